/** `kanmon token --as PERSONA`: prints an access token of the development issuer, and nothing else, on standard output. */
import { readClientConfig } from "../../config";
import { fetchToken } from "../ask";
import { EXIT, type ExitCode } from "../exit";
import { personaCalled } from "../people";
import { print } from "../say";

export interface TokenOptions { readonly as: string; readonly issuer?: string; readonly json: boolean }

export async function runToken(options: TokenOptions): Promise<ExitCode> {
  const { issuerUrl } = readClientConfig({ KANMON_ISSUER_URL: options.issuer });
  const persona = personaCalled(options.as);
  const token = await fetchToken(issuerUrl, persona.id);
  print(options.json ? JSON.stringify({ access_token: token, token_type: "Bearer", sub: persona.id, client_id: persona.client, purpose: persona.purpose }) : token);
  return EXIT.ok;
}
