/**
 * Loads the bundle and lets the customer's package, @apollo/gateway, judge the supergraph (SPEC 5, ADR 0001): it refuses what it cannot serve, such as access control directives
 * that nothing here would enforce. Its executor and its data sources are never used; the instance is dropped after loading. A verdict may be remembered in a file: it is about
 * this very text and these versions, so the package is not even loaded when the same supergraph is served again.
 */
import "./config";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { bareBundle, type Bundle, bundleOf } from "../schema/compose";
import type { GatewayConfig } from "./config";

export class BundleError extends Error { override readonly name = "BundleError"; }

type BundleSource = Pick<GatewayConfig, "supergraph"> & ({ readonly mode: "bare" } | { readonly mode: "labelled"; readonly labels: string; readonly judgedFile?: string });

/** Whose versions decide what is refused. */
const JUDGES = ["@apollo/gateway", "@apollo/federation-internals", "@apollo/query-planner", "graphql"];

/**
 * @throws BundleError or ComposeError with the reason, in words for the operator
 */
export async function loadBundle(config: BundleSource): Promise<Bundle> {
  await judgeOnce(config.supergraph, config.mode === "labelled" ? config.judgedFile : undefined);
  if (config.mode === "bare") return bareBundle(config.supergraph);
  let table: unknown;
  try { table = JSON.parse(config.labels); } catch { throw new BundleError("the label table of the bundle is not JSON"); }
  return bundleOf(config.supergraph, table);
}

/** Only an acceptance is remembered, and only the last one. */
async function judgeOnce(supergraphSdl: string, file: string | undefined): Promise<void> {
  if (file === undefined) return judge(supergraphSdl);
  const accepted = nameAcceptance(supergraphSdl);
  if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === accepted) return;
  await judge(supergraphSdl);
  fs.writeFileSync(file, accepted, { mode: 0o600 });
}

/** What an acceptance of this text by these versions is called: a hash over all of it. */
function nameAcceptance(supergraphSdl: string): string {
  const versions = JUDGES.map((name) => [name, (require(`${name}/package.json`) as { readonly version: string }).version]);
  return createHash("sha256").update(JSON.stringify([process.version, versions, supergraphSdl])).digest("hex");
}

async function judge(supergraphSdl: string): Promise<void> {
  const { ApolloGateway } = require("@apollo/gateway") as typeof import("@apollo/gateway");
  const silent = (): void => undefined;
  const gateway = new ApolloGateway({
    supergraphSdl, debug: false, logger: { debug: silent, info: silent, warn: silent, error: silent }, __exposeQueryPlanExperimental: false, validateSupergraph: true,
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
