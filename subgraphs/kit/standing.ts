/**
 * The ministry's statement of standing (SPEC 3, G8): who its people are, what it granted them, to which of its own tokens they are assigned. Gives a snapshot on demand and
 * announces changes: a notification of the database is only a wake-up, the snapshot is what counts.
 */
import "./database/navigator";
import { EventEmitter } from "node:events";
import { Client } from "pg";
import type { DataSource } from "typeorm";
import type { MinistryLogin, ServerAddress } from "./database/connection";

export interface StandingSnapshot extends Readonly<Record<string, unknown>> {
  readonly ministry: string;
  readonly revision: number;
  readonly at: string;
  readonly vocabulary: readonly string[];
}

const RECONNECT_MS = 500;
const CONNECT_TIMEOUT_MS = 5_000;
const LISTS = ["tokens", "subjects", "eligibilities", "assignments", "roles", "facilities", "attestations"] as const;

/** @param vocabulary every token that labels of this ministry need @param now milliseconds since the epoch */
export async function readStanding(pool: DataSource, ministry: string, vocabulary: readonly string[], now: number): Promise<StandingSnapshot> {
  const [row] = await pool.query<{ body: Readonly<Record<string, unknown>> }[]>("SELECT standing() AS body");
  if (row === undefined) throw new Error("no standing");
  const lists = Object.fromEntries(LISTS.map((list) => [list, row.body[list] ?? []]));
  return { ministry, revision: Number(row.body["revision"]), at: new Date(now).toISOString(), vocabulary, ...lists };
}

/** Listens to the database on a connection of its own and says when something changed; comes back by itself when the connection is lost. */
export class StandingChanges extends EventEmitter<{ changed: [revision: number] }> {
  readonly #server: ServerAddress;
  readonly #login: MinistryLogin;
  #client: Client | undefined;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(server: ServerAddress, login: MinistryLogin) {
    super();
    this.setMaxListeners(0);
    this.#server = server;
    this.#login = login;
  }

  /** @throws Error when the database cannot be listened to at first */
  async start(): Promise<void> {
    const client = new Client({ ...this.#server, user: this.#login.username, password: this.#login.password, database: this.#login.database, keepAlive: true, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    client.on("error", () => undefined);
    client.on("notification", ({ payload }) => { this.emit("changed", Number(payload)); });
    this.#client = client;
    await client.connect();
    await client.query("LISTEN standing");
    // Only a connection that once listened is come back to here; one that never did has failed, and whoever asked for it knows.
    client.once("end", () => { this.#restart(); });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    // A client whose connection is already gone has nothing to end, and would never say that it did.
    await this.#client?.end().catch(() => undefined);
  }

  /** What happened while nobody listened is announced as a change of unknown number. */
  #restart(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.start().then(() => { this.emit("changed", 0); }, () => { this.#client?.end().catch(() => undefined); this.#restart(); });
    }, RECONNECT_MS);
  }
}
