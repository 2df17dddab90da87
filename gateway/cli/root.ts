/** Where the package lies: the same for the sources and for the compiled files under dist/. */
import fs from "node:fs";
import path from "node:path";

/** The folder of package.json, found upwards from this file. */
export const PACKAGE_ROOT = ((): string => {
  let folder = __dirname;
  while (!fs.existsSync(path.join(folder, "package.json"))) folder = path.dirname(folder);
  return folder;
})();

/** A committed file of the contract: `supergraph.graphql`, its labels and its flow graph. */
export function schemaFile(name: string): string { return path.join(PACKAGE_ROOT, "schema", name); }

/** What a launcher runs as a child: this package's own command, compiled. */
export const MAIN_SCRIPT = path.join(PACKAGE_ROOT, "dist", "gateway", "cli", "main.js");

/**
 * How node is run for ministries, here and in docker-compose.yml. Collecting garbage on several threads ends no pause sooner where little is alive, and costs a twelfth of the processor
 * time; one that wants more cores runs more processes. The heap grows by two fifths between full collections, because many ministries share a machine.
 */
export const MINISTRY_NODE_FLAGS: readonly string[] = ["--single-threaded-gc", "--heap-growing-percent=40"];

/**
 * The same for a gateway, whose heap doubles between full collections and whose young generation may take twice the usual: both are rarer then, and what is alive is mostly what is kept
 * anyway. As far as its 250 MB in 10,000 requests allow; it took 230 (ADR 0016).
 */
export const GATEWAY_NODE_FLAGS: readonly string[] = ["--single-threaded-gc", "--heap-growing-percent=100", "--max-semi-space-size=32"];
