/**
 * The databases behind `kanmon start`: one PostgreSQL (the embedded one, or an administrator's URL), one database and role per ministry. Makes what is missing and
 * seeds the demonstration; the ministries get their own sign-in only, never the administrator's. Watches the server and says when it is gone.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "pg";
import { demoShiftDays } from "../../schema/policy";
import { launchEmbedded } from "../../subgraphs/kit/embedded";
import { refuseTooFewConnections } from "./connections";
import { CommandFailure, EXIT } from "./exit";
import { makePassword, writePrivate, type Home } from "./home";
import { PACKAGE_ROOT } from "./root";

/** Our own server answers for sure, only late where all the machine's processes start at once; an address that somebody gave may be wrong. */
const OWN_WITHIN_MS = 30_000;
const OTHER_WITHIN_MS = 5_000;

export interface DatabaseOptions {
  readonly home: Home;
  readonly ministries: readonly string[];
  readonly databaseUrl?: string;
  readonly onGone: (how: string) => void;
}
export interface Databases {
  readonly kind: "embedded" | "external";
  /** Settles when the server answers and is watched; rejects with CommandFailure in plain words when it does not. */
  readonly ready: Promise<void>;
  /** Settings for the process of one ministry. */
  environmentOf(ministry: string): Readonly<Record<string, string>>;
  close(): Promise<void>;
}
interface Login { readonly username: string; readonly password: string; readonly database: string }
interface Server { readonly kind: Databases["kind"]; readonly host: string; readonly port: number; readonly username: string; readonly password: string; readonly database: string; readonly up: Promise<void>; stop(): Promise<void> }

/**
 * Opens the server and makes what the ministries need. When an earlier start made all of it, nothing is waited for: the ministries may load while the server starts.
 * @throws CommandFailure in plain words when it does not answer
 */
export async function openDatabases({ home, ministries, databaseUrl, onGone }: DatabaseOptions): Promise<Databases> {
  const server = databaseUrl === undefined ? startOwn(home) : externalServer(databaseUrl);
  let isClosing = false;
  let watcher: Client | undefined;
  const watch = async (): Promise<void> => {
    await server.up;
    watcher = await connect(server);
    if (server.kind === "external") await refuseTooFewConnections(watcher, ministries.length);
    for (const event of ["error", "end"] as const) watcher.on(event, (error?: Error) => { if (!isClosing) onGone(error?.message ?? "the connection was closed"); });
  };
  const close = async (): Promise<void> => { isClosing = true; await watcher?.end().catch(() => undefined); await server.stop(); };
  try {
    const logins = new Map<string, Login>();
    for (const name of ministries) {
      const role = name.replaceAll("-", "_");
      const login = await home.keep<Login>(`${name}-database`, () => ({ username: role, password: makePassword(), database: role }));
      logins.set(name, login);
      writePrivate(home.keyFile(`${name}-database-url`), urlOf(server, login));
    }
    const note = noteFor(server, home);
    const ready = watch();
    // Whoever waits for it may do so later.
    ready.catch(() => undefined);
    if (note === undefined || !isPrepared(note)) {
      await ready;
      await prepare(server, logins, note);
    }
    return { kind: server.kind, ready, environmentOf: (name) => ({ KANMON_DATABASE_URL_FILE: home.keyFile(`${name}-database-url`) }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function startOwn(home: Home): Server {
  const explain = (error: unknown): never => { throw new CommandFailure(EXIT.failure, ["embeddedNotStarted", { why: error instanceof Error ? error.message : String(error) }]); };
  const running = ((): ReturnType<typeof launchEmbedded> => { try { return launchEmbedded(home.databaseDir); } catch (error) { return explain(error); } })();
  const up = running.ready.catch(explain);
  up.catch(() => undefined);
  // One that an earlier, killed start left behind is ours all the same: the data folder is held by us.
  const stop = (): Promise<void> => (running.owner ? running.stop() : stopLeftBehind(home.databaseDir));
  return { kind: "embedded", host: running.host, port: running.port, username: running.username, password: running.password, database: "postgres", up, stop };
}

function externalServer(text: string): Server {
  if (!URL.canParse(text)) throw new CommandFailure(EXIT.configuration, ["databaseUrlNoUrl"]);
  const url = new URL(text);
  return {
    kind: "external", host: url.searchParams.get("host") ?? decodeURIComponent(url.hostname), port: url.port === "" ? 5432 : Number(url.port), username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password), database: url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : "postgres", up: Promise.resolve(), stop: () => Promise.resolve(),
  };
}

async function connect({ kind, host, port, username, password, database }: Server): Promise<Client> {
  require("../../subgraphs/kit/database/navigator");
  const pg = require("pg") as typeof import("pg");
  const client = new pg.Client({ host, port, user: username, password, database, connectionTimeoutMillis: kind === "embedded" ? OWN_WITHIN_MS : OTHER_WITHIN_MS });
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new CommandFailure(EXIT.failure, ["databaseSilent", { host, port, why: code ?? message }]);
  }
}

/** What a preparation is noted as, and where. */
interface Note { readonly file: string; readonly wanted: string }

/** The note lies beside the embedded server's data, so that whoever removes these removes it too; of an external server nothing is assumed. */
function noteFor(server: Server, home: Home): Note | undefined {
  if (server.kind === "external") return undefined;
  return { file: path.join(home.databaseDir, "prepared.json"), wanted: JSON.stringify({ day: demoShiftDays(Date.now()), code: hashOfMinistries() }) };
}

/** Whether the ministries' code, their data and the day are those it was prepared for last. */
function isPrepared({ file, wanted }: Note): boolean { return fs.existsSync(file) && fs.readFileSync(file, "utf8") === wanted; }

/** Loads what the ministries load. */
async function prepare(server: Server, logins: ReadonlyMap<string, Login>, note: Note | undefined): Promise<void> {
  const { ministries } = require("../../subgraphs") as typeof import("../../subgraphs");
  const { createMinistryDatabase } = require("../../subgraphs/kit") as typeof import("../../subgraphs/kit");
  await Promise.all([...logins].map(async ([name, login]) => {
    const ministry = ministries[name];
    if (ministry === undefined) throw new CommandFailure(EXIT.failure, ["noMinistry", { name, known: Object.keys(ministries).join(", ") }]);
    await createMinistryDatabase(server, ministry, login, { demo: true, now: Date.now() });
  }));
  if (note !== undefined) writePrivate(note.file, note.wanted);
}

/** Changes with anything that decides what a ministry's database looks like. */
function hashOfMinistries(): string {
  const hash = createHash("sha256");
  for (const part of ["subgraphs", "schema"]) {
    const folder = path.join(PACKAGE_ROOT, "dist", part);
    for (const name of fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
      if (/\.(js|json)$/.test(name)) hash.update(name).update(fs.readFileSync(path.join(folder, name)));
    }
  }
  return hash.digest("hex");
}

function urlOf({ host, port }: Server, { username, password, database }: Login): string {
  const socket = host.startsWith("/");
  return `postgres://${username}:${password}@${socket ? "localhost" : host}:${port}/${database}${socket ? `?host=${encodeURIComponent(host)}` : ""}`;
}

async function stopLeftBehind(folder: string): Promise<void> {
  const file = path.join(folder, "data", "postmaster.pid");
  const pid = fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8").split("\n")[0]) : Number.NaN;
  if (!Number.isInteger(pid)) return;
  try { process.kill(pid, "SIGINT"); } catch { return; }
  for (let tries = 0; tries < 200 && fs.existsSync(file); tries += 1) await wait(50);
}
