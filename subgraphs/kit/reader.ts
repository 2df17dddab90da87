/**
 * One read-only transaction per request, opened at the first query and told once what the asker may know and read (SPEC 6). Queries run one after the
 * other: everything in an answer, counts and labels included, is of the same instant and the same world.
 */
import type { PoolClient } from "pg";
import type { DataSource, EntityManager, QueryRunner } from "typeorm";
import { KNOWN_SETTING, MASK_OF, READABLE_SETTING } from "./database/guards";
import type { Visible } from "./rows";

/**
 * How a statement is planned. `once`: one plan is good for all values and made once per connection, where the server by itself would plan anew each time, as a plan for known values looks cheaper
 * (measured: 1.4 of 5.1 ms of a page). `byId`: what was found is looked up by ids, one after the other. `byLabel`: all that the asker has is found by its labels, and hashed, as how few of it a condition leaves is not known. `inOrder`: under each label an index has the
 * rows in the order of the page, and it is walked; left to choose, the planner reads and sorts all that there is under the label, or does not, by how many rows there are in all. In none of these
 * is a table read as a whole, however small hidden rows let it be, or walked in an order that hidden rows are in too.
 */
export type Manner = "usual" | "once" | "byId" | "byLabel" | "inOrder";

type Switch = "on" | "off";
const MANNERS: Readonly<Record<Manner, { readonly plan_cache_mode: string; readonly walks: Switch; readonly hashes: Switch; readonly loops: Switch; readonly bitmaps: Switch }>> = {
  usual: { plan_cache_mode: "auto", walks: "on", hashes: "on", loops: "on", bitmaps: "on" }, once: { plan_cache_mode: "force_generic_plan", walks: "off", hashes: "off", loops: "on", bitmaps: "on" },
  byId: { plan_cache_mode: "auto", walks: "off", hashes: "off", loops: "on", bitmaps: "on" }, byLabel: { plan_cache_mode: "auto", walks: "off", hashes: "on", loops: "off", bitmaps: "on" },
  inOrder: { plan_cache_mode: "auto", walks: "off", hashes: "off", loops: "on", bitmaps: "off" },
};

export class Reader {
  readonly #pool: DataSource;
  readonly #visible: Visible;
  #runner: QueryRunner | undefined;
  #opened: Promise<PoolClient> | undefined;
  #connection: PoolClient | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  #manner: Manner = "usual";

  constructor(pool: DataSource, visible: Visible) {
    this.#pool = pool;
    this.#visible = visible;
  }

  /**
   * Rows of one statement.
   * @param name given for texts of which there are few: they are prepared once per connection.
   * @param manner how it is planned
   */
  rows<T>(text: string, values: readonly unknown[], name?: string, manner: Manner = "usual"): Promise<readonly T[]> {
    return this.#next(async () => {
      const client = await this.#client(manner);
      const result = await client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
      return result.rows as readonly T[];
    });
  }

  /** Reads by TypeORM inside the same transaction. */
  entities<T>(read: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.#next(async () => {
      await this.#client();
      if (this.#runner === undefined) throw new Error("the request is over");
      return read(this.#runner.manager);
    });
  }

  /** Ends the transaction; nothing of the asker's stays on the connection. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last.catch(() => undefined);
    const runner = this.#runner;
    if (runner === undefined) return;
    this.#runner = undefined;
    try {
      // Also when opening it failed half way: the next request must not find a connection inside somebody else's transaction.
      await this.#connection?.query("COMMIT");
    } finally {
      await runner.release();
    }
  }

  #next<T>(task: () => Promise<T>): Promise<T> {
    const next = this.#last.then(task, task);
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #client(manner: Manner = "usual"): Promise<PoolClient> {
    if (this.#closed) throw new Error("the request is over");
    const client = await (this.#opened ??= this.#open(manner));
    if (manner !== this.#manner) await client.query(planning(manner));
    this.#manner = manner;
    return client;
  }

  /** @param manner of the first statement: to say so then takes no turn of its own */
  async #open(manner: Manner): Promise<PoolClient> {
    const runner = this.#pool.createQueryRunner();
    this.#runner = runner;
    const client = await runner.connect() as PoolClient;
    this.#connection = client;
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${[settings(this.#visible), ...(manner === "usual" ? [] : [planning(manner)])].join("; ")}`);
    this.#manner = manner;
    return client;
  }
}

function planning(manner: Manner): string {
  const { plan_cache_mode: mode, walks, hashes, loops, bitmaps } = MANNERS[manner];
  return [`plan_cache_mode = ${mode}`, `enable_seqscan = ${walks}`, `enable_mergejoin = ${walks}`, `enable_hashjoin = ${hashes}`, `enable_nestloop = ${loops}`, `enable_bitmapscan = ${bitmaps}`].map((setting) => `SET LOCAL ${setting}`).join("; ");
}

/** Statements that tell a transaction what the asker may know and read. Numbers only, so they may stand in the text: one round trip for all. */
export function settings({ knownText, knownMask, readableText, readableMask }: Pick<Visible, "knownText" | "knownMask" | "readableText" | "readableMask">): string {
  if (!/^[\d,]*$/.test(knownText + readableText) || !/^[\da-f]*$/.test(knownMask + readableMask)) throw new Error("numbers of labels expected");
  const sets = [[KNOWN_SETTING, knownText], [MASK_OF[KNOWN_SETTING], knownMask], [READABLE_SETTING, readableText], [MASK_OF[READABLE_SETTING], readableMask]];
  return sets.map(([name, value]) => `SET LOCAL ${name} = '${value}'`).join("; ");
}
