/** placeholder until startGateway exists */
export interface GatewayOptions { readonly port?: string; readonly supergraph?: string; readonly anonymous?: boolean; readonly unlabelled?: string }
