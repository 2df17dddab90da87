/** The ministry of `bench:ministry` as a process of its own, so that its memory is its own: takes a file that says where its database is and which keys it has, prints `ready` and its address. */
import { readFileSync } from "node:fs";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { type MinistryKeys, type MinistryLogin, type RegistryData, startMinistry } from "../../subgraphs/kit";
import { makePolicyFolder } from "../support/policy-files";
import { BENCH_NOON } from "./ministry-world";

export interface ProcessOrder { readonly host: string; readonly port: number; readonly login: MinistryLogin; readonly registry: RegistryData; readonly keys: MinistryKeys; readonly folder: string }

async function main(): Promise<void> {
  const order = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as ProcessOrder;
  const ministry = ministries["defense"];
  if (ministry === undefined) throw new Error("no such ministry");
  loadPolicy();
  const policy = await makePolicyFolder(BENCH_NOON, undefined, order.folder);
  const running = await startMinistry(ministry, {
    host: "127.0.0.1", port: 0, database: { host: order.host, port: order.port, ...order.login }, registry: order.registry, keys: order.keys, policy: policy.settingsOf(ministry.name), demo: false,
  }, { clock: () => BENCH_NOON });
  process.once("SIGTERM", () => { void running.stop().finally(() => process.exit(0)); });
  process.stdout.write(`ready ${running.url}\n`);
}

void main().catch((error: unknown) => { process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`); process.exitCode = 1; });
