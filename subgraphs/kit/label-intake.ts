/**
 * Takes the ministry's labels from its database into the table by which its guards decide (SPEC 6). A label that a change brought is not known to the guards until it was taken in, and what has it is
 * not there for anybody: so nobody is told that the history has come to a number, and no event is looked for up to one, before the labels of that number are in.
 */
import type { DataSource } from "typeorm";
import type { LabelTable } from "./label-table";

export class LabelIntake {
  /** The number of the history whose labels are all in. */
  #upTo = -1;
  #running: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  /** @param readHistory how far the history has come */
  constructor(private readonly pool: Pick<DataSource, "query">, private readonly table: LabelTable, private readonly readHistory: () => Promise<number>) {}

  /** Takes in every label that was committed before the call. @throws whatever the database says, and Error for a label that is not what its id says */
  refresh(): Promise<void> {
    // A run that has begun may have read too early for whoever calls now; one that waits has not, and is for everybody who calls meanwhile.
    this.#waiting ??= this.#running.catch(() => undefined).then(() => {
      this.#waiting = undefined;
      return this.#running = this.#reload();
    });
    return this.#waiting;
  }

  /** Resolves when the labels of the history up to a number are in. @throws as `refresh` */
  async upTo(number: number): Promise<void> {
    if (number > this.#upTo) await this.refresh();
  }

  async #reload(): Promise<void> {
    const history = await this.readHistory();
    const numbers = await this.pool.query<{ id: number }[]>("SELECT id FROM label");
    const unknown = numbers.filter(({ id }) => !this.table.has(id));
    // Numbers are never used again, so the same numbers are the same labels. Every step of a case brings labels of its own: with all of them read and checked again each time, a step would cost
    // what there is, not what is new.
    if (this.table.size + unknown.length !== numbers.length) this.table.load(await this.pool.query<{ id: number; body: unknown }[]>("SELECT id, body FROM label"));
    else if (unknown.length > 0) this.table.add(await this.pool.query<{ id: number; body: unknown }[]>("SELECT id, body FROM label WHERE id = ANY($1::int[])", [unknown.map(({ id }) => id)]));
    this.#upTo = history;
  }
}
