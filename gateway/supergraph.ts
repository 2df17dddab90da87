/**
 * Loads the bundle and lets the customer's package, @apollo/gateway, judge the supergraph (SPEC 5, ADR 0001): it refuses what it cannot serve, such as access control directives
 * that nothing here would enforce. Its executor and its data sources are never used; the instance is dropped after loading.
 */
import "./config";
import { ApolloGateway } from "@apollo/gateway";
import { bareBundle, type Bundle, bundleOf } from "../schema/compose";
import type { GatewayConfig } from "./config";

export class BundleError extends Error { override readonly name = "BundleError"; }

/**
 * @throws BundleError or ComposeError with the reason, in words for the operator
 */
export async function loadBundle(config: Pick<GatewayConfig, "supergraph"> & ({ readonly mode: "bare" } | { readonly mode: "labelled"; readonly labels: string })): Promise<Bundle> {
  await judge(config.supergraph);
  if (config.mode === "bare") return bareBundle(config.supergraph);
  let table: unknown;
  try { table = JSON.parse(config.labels); } catch { throw new BundleError("the label table of the bundle is not JSON"); }
  return bundleOf(config.supergraph, table);
}

async function judge(supergraphSdl: string): Promise<void> {
  const silent = (): void => undefined;
  const gateway = new ApolloGateway({
    supergraphSdl, debug: false, logger: { debug: silent, info: silent, warn: silent, error: silent }, __exposeQueryPlanExperimental: false,
    buildService: ({ name }) => ({ process: () => Promise.reject(new Error(`${name} is never asked by this path`)) }),
  });
  try {
    await gateway.load({ apollo: {} });
  } catch (error) {
    throw new BundleError(`the supergraph is refused: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await gateway.stop().catch(silent);
  }
}
