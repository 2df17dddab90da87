/**
 * Lets the customer's package, @apollo/gateway, judge a supergraph (SPEC 5.18, ADR 0001): it refuses what it cannot serve, such as access control directives that nothing here would enforce.
 * Its executor and its data sources are never used; the instance is dropped after loading. It is loaded only when there is something to judge.
 */
import "./config";

/** @throws Error with the reason, in words for the operator */
export async function judgeSupergraph(supergraphSdl: string): Promise<void> {
  const { ApolloGateway } = require("@apollo/gateway") as typeof import("@apollo/gateway");
  const silent = (): void => undefined;
  const gateway = new ApolloGateway({
    supergraphSdl, debug: false, logger: { debug: silent, info: silent, warn: silent, error: silent }, __exposeQueryPlanExperimental: false, validateSupergraph: true,
    buildService: ({ name }) => ({ process: () => Promise.reject(new Error(`${name} is never asked by this path`)) }),
  });
  try {
    await gateway.load({ apollo: {} });
  } catch (error) {
    throw new Error(`the supergraph is refused: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await gateway.stop().catch(silent);
  }
}
