/**
 * The data folder of `kanmon start`: keys, registry, evidence, logs and the embedded database. Made at first start, used again at later ones.
 * Private keys and passwords are readable by their owner only; the folder itself stays passable because the database runs under another user when started by root.
 * Refuses a folder that another running start holds, and one written by a version it does not know.
 */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { CommandFailure, EXIT } from "./exit";

const VERSION = 1;

export interface Home {
  readonly root: string;
  readonly databaseDir: string;
  readonly evidenceDir: string;
  readonly logDir: string;
  readonly registryFile: string;
  /** What was published: the only folder that is for others. */
  readonly publicDir: string;
  /** The signed bundle, and who may sign it. */
  readonly bundleFile: string;
  readonly bundleSignersFile: string;
  /** The signed policy, who may sign it, and where a process remembers what is in force. */
  readonly policyFile: string;
  readonly policySignersFile: string;
  policyStateFile(name: string): string;
  /** Settings of the ministries where one process runs them all. */
  readonly ministriesFile: string;
  /** The last bundle that was accepted. */
  readonly judgedFile: string;
  /** Path of a private file under `keys/`. */
  keyFile(name: string): string;
  /** Reads `keys/<name>.json`, or makes, stores and gives it. */
  keep<T extends object>(name: string, make: () => T | Promise<T>): Promise<T>;
  /** Gives the folder free for another start. */
  release(): void;
}

/** Opens the folder and holds it until `release`. Throws CommandFailure when it is held or unreadable. */
export function openHome(root: string): Home {
  const at = path.resolve(root);
  const inside = (...parts: string[]): string => path.join(at, ...parts);
  fs.mkdirSync(at, { recursive: true, mode: 0o711 });
  hold(inside("running.pid"), at);
  checkVersion(inside("version.json"), at);
  for (const folder of ["keys", "evidence", "log", "policy-in-force"]) fs.mkdirSync(inside(folder), { recursive: true, mode: 0o700 });
  return {
    root: at, databaseDir: inside("postgres"), evidenceDir: inside("evidence"), logDir: inside("log"), publicDir: inside("public"), registryFile: inside("registry.json"), bundleFile: inside("bundle.json"), bundleSignersFile: inside("bundle-signers.json"), judgedFile: inside("judged"),
    policyFile: inside("policy.json"), policySignersFile: inside("policy-signers.json"), policyStateFile: (name) => inside("policy-in-force", `${name}.json`),
    ministriesFile: inside("ministries.json"),
    keyFile: (name) => inside("keys", name),
    keep: (name, make) => keep(inside("keys", `${name}.json`), make),
    release: () => fs.rmSync(inside("running.pid"), { force: true }),
  };
}

/** Writes a file that only its owner can read, whole or not at all. */
export function writePrivate(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, text, { mode: 0o600 });
  fs.renameSync(draft, file);
}

/** A password that fits into a URL without escaping. */
export function makePassword(): string { return randomBytes(24).toString("base64url"); }

async function keep<T extends object>(file: string, make: () => T | Promise<T>): Promise<T> {
  if (fs.existsSync(file)) {
    try { return JSON.parse(fs.readFileSync(file, "utf8")) as T; } catch { throw new CommandFailure(EXIT.configuration, ["keptUnreadable", { file }]); }
  }
  const made = await make();
  writePrivate(file, `${JSON.stringify(made)}\n`);
  return made;
}

function checkVersion(file: string, root: string): void {
  if (!fs.existsSync(file)) return writePrivate(file, `{"version":${VERSION}}\n`);
  const found = (JSON.parse(fs.readFileSync(file, "utf8")) as { version?: unknown }).version;
  if (found !== VERSION) throw new CommandFailure(EXIT.configuration, ["homeOfOtherVersion", { root, found: String(found) }]);
}

/** One start at a time: two would fight over the database and the evidence log. */
function hold(file: string, root: string): void {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try { return fs.writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o644 }); } catch (error) { if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; }
    const holder = Number(fs.readFileSync(file, "utf8"));
    if (holder !== process.pid && isAlive(holder)) throw new CommandFailure(EXIT.failure, ["alreadyRunning", { root, holder }]);
    fs.rmSync(file, { force: true });
  }
  throw new CommandFailure(EXIT.failure, ["cannotHold", { root }]);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try { process.kill(pid, 0); return true; } catch (error) { return (error as NodeJS.ErrnoException).code === "EPERM"; }
}
