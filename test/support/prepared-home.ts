/**
 * A data folder as the first start of a deployment leaves it (databases made and seeded, keys, signed bundle and policy), made once in a run of the tests by a real first start and copied
 * for every deployment whose test is not about that. A copy has no evidence and no policy in force: those it begins by itself. What it was prepared for, day and code, is noted in it, and a start
 * that finds another day prepares anew.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { build, Command } from "../gateway/cli/command";
import { RUN_FOLDER_VARIABLE } from "./postgres-address";

const FREE_PORTS = ["--port", "0", "--admin-port", "0", "--issuer-port", "0", "--ministry-port", "0"];
const LONGEST_MS = 200_000;
const LOOK_AGAIN_MS = 100;
/** What a deployment that has run has, and one that was only prepared has not. */
const OF_A_RUN = ["evidence", "log", "policy-in-force"];

/** Puts a prepared data folder there. The first caller of a run makes it, the others wait for it. */
export async function copyPreparedHome(home: string): Promise<void> {
  build();
  // As is: the database's files belong to another user where tests are run by root.
  execFileSync("cp", ["-a", await preparedHome(), home]);
}

async function preparedHome(): Promise<string> {
  const folder = process.env[RUN_FOLDER_VARIABLE];
  if (folder === undefined) throw new Error("there is no folder of this run: name the file *.integration.test.ts");
  const [prepared, lock] = [path.join(folder, "prepared"), path.join(folder, "preparing")];
  for (const until = Date.now() + LONGEST_MS; !fs.existsSync(prepared); await wait(LOOK_AGAIN_MS)) {
    if (Date.now() > until) throw new Error(`${lock} is held`);
    try { fs.mkdirSync(lock); } catch { continue; }
    // Between the look and the lock another may have finished.
    try { if (!fs.existsSync(prepared)) await prepare(path.join(folder, "draft"), prepared); } finally { fs.rmdirSync(lock); }
  }
  return prepared;
}

async function prepare(draft: string, prepared: string): Promise<void> {
  fs.rmSync(draft, { recursive: true, force: true });
  const first = new Command(["start", "--home", draft, "--lang", "en", "--together", ...FREE_PORTS]);
  await first.said("ready ");
  first.process.kill("SIGTERM");
  const { code, err } = await first.finished;
  if (code !== 0) throw new Error(`the first start ended with ${String(code)}:\n${err}`);
  for (const name of OF_A_RUN) fs.rmSync(path.join(draft, name), { recursive: true, force: true });
  fs.renameSync(draft, prepared);
}
