/**
 * The ministry's standing as its database has it (SPEC 3.11, 6.2): everything stated in one snapshot, and numbered events behind it. Takes the process's pool; gives lines and events. A
 * notification of the database is only a wake-up and may be lost: the rows of the event table are what counts.
 */
import "./database/navigator";
import { EventEmitter } from "node:events";
import { Client } from "pg";
import type { DataSource } from "typeorm";
import type { MinistryLogin, ServerAddress } from "./database/connection";

/** A place in the chain of events. */
export interface FeedPosition { readonly number: number; readonly hash: string }
export interface FeedEvent extends FeedPosition { readonly change: string }
/** Events in order; `isAll` when there were no others at that instant. */
export interface FeedEvents { readonly events: readonly FeedEvent[]; readonly isAll: boolean }
/** The snapshot that the receiver was given, before its first batch and after its last. */
export interface SnapshotReceiver {
  readonly begin: (position: FeedPosition) => Promise<void>;
  /** Lines of entries, each `["list","subject","key",entry]`. */
  readonly entries: (lines: string, count: number) => Promise<void>;
}

const RECONNECT_MS = 500;
const CONNECT_TIMEOUT_MS = 5_000;
const ROWS_A_FETCH = 1_000;
const MOST_EVENTS = 500;

/** Reads what the ministry states. */
export class StandingReader {
  constructor(private readonly pool: DataSource) {}

  /** Whether events behind this position are still there. */
  async isKnown({ number, hash }: FeedPosition): Promise<boolean> {
    const [row] = await this.pool.query<{ known: boolean }[]>("SELECT known FROM standing_head($1, $2)", [number, hash]);
    return row?.known === true;
  }

  /** How far the ministry's history has come. */
  async readHistory(): Promise<number> {
    const [row] = await this.pool.query<{ revision: string }[]>("SELECT history_revision() AS revision");
    return Number(row?.revision ?? 0);
  }

  /**
   * Everything stated, from one snapshot of the database, a thousand rows at a time and no faster than it is taken.
   * @throws whatever the receiver throws; the transaction ends with it
   */
  async readSnapshot(receiver: SnapshotReceiver): Promise<FeedPosition> {
    const runner = this.pool.createQueryRunner();
    try {
      await runner.startTransaction("REPEATABLE READ");
      const [head] = await runner.query("SELECT number, hash FROM standing_head(0, '')") as readonly { readonly number: string; readonly hash: string }[];
      if (head === undefined) throw new Error("no standing");
      const position = { number: Number(head.number), hash: head.hash };
      await receiver.begin(position);
      await runner.query("SELECT open_standing()");
      for (;;) {
        const rows = await runner.query(`FETCH ${ROWS_A_FETCH} FROM standing`) as readonly { readonly list: string; readonly subject: string; readonly key: string; readonly entry: string }[];
        if (rows.length === 0) return position;
        await receiver.entries(rows.map(({ list, subject, key, entry }) => `[${JSON.stringify(list)},${JSON.stringify(subject)},${JSON.stringify(key)},${entry}]\n`).join(""), rows.length);
      }
    } finally {
      await runner.rollbackTransaction().catch(() => undefined);
      await runner.release();
    }
  }

  /**
   * The events behind a position, in order, at most some hundred.
   * @returns undefined when they are not there any more, or the position is of another past: only a snapshot helps
   */
  async eventsAfter(position: FeedPosition): Promise<FeedEvents | undefined> {
    const rows = await this.pool.query<{ head: string; head_hash: string; number: string | null; hash: string | null; change: string | null }[]>("SELECT * FROM standing_events($1, $2)", [position.number, MOST_EVENTS]);
    const events = rows.flatMap(({ number, hash, change }) => (number === null || hash === null || change === null ? [] : [{ number: Number(number), hash, change }]));
    const [first] = rows;
    if (first === undefined || !events.every(({ number }, at) => number === position.number + 1 + at)) return undefined;
    if (events.length === 0 && (Number(first.head) !== position.number || first.head_hash !== position.hash)) return undefined;
    return { events, isAll: Number(first.head) === position.number + events.length };
  }
}

/** Listens to the database on a connection of its own and says when something changed; comes back by itself when the connection is lost. */
export class StandingChanges extends EventEmitter<{ changed: [] }> {
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
    client.on("notification", () => { this.emit("changed"); });
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

  /** What happened while nobody listened is announced as a change. */
  #restart(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.start().then(() => { this.emit("changed"); }, () => { this.#client?.end().catch(() => undefined); this.#restart(); });
    }, RECONNECT_MS);
  }
}
