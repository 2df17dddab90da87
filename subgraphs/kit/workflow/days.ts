/**
 * What a day brings about (SPEC 15.6): steps that are taken when a day has come, whoever is late. Looks at its items at start, when a day begins in Japan, and every hour; of several processes of
 * one ministry one does it. Takes the labels that there are, because the clock reads everything and tells nobody.
 */
import type { DataSource } from "typeorm";
import { type Policy, endOfDay, japanDay } from "../../../schema/policy";
import type { MinistryDefinition } from "../definition";
import type { LabelSnapshot } from "../label-table";
import { settings } from "../reader";
import { Refusal } from "../refusal";
import { type Asker, maskOf } from "../rows";
import { workflowsOf } from "./list";
import { CLOCK, type ItemRow, carryOut, itemOf } from "./runner";

export interface DaysOptions {
  readonly ministry: MinistryDefinition;
  readonly pool: DataSource;
  readonly policy: () => Policy;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly labels: () => LabelSnapshot;
}

const HOUR_MS = 3_600_000;
/** A timer may be early by a little. */
const AFTER_MIDNIGHT_MS = 100;
/** Of several processes one holds it while it looks. */
const LOCK = 0x6b616e6d;
const NOBODY: Asker = { subject: { id: CLOCK, kind: "system", nation: "JPN", eligibilities: [], assignments: [], roles: [], purposes: [], agreementRegimes: [] }, action: "WRITE", ctx: { zoneLevel: 0 }, digest: CLOCK };

/** Milliseconds until the next look: an hour, but no later than when the next day has begun, so that what ends with a day does not stay for an hour of the next one. */
export function untilNextLook(now: number): number { return Math.min(HOUR_MS, endOfDay(japanDay(now)) + AFTER_MIDNIGHT_MS - now); }

export class Days {
  #timer: NodeJS.Timeout | undefined;
  #failures: Error[] = [];

  constructor(private readonly options: DaysOptions) {}

  start(): void {
    this.sweep().catch(() => undefined);
    this.#timer = setTimeout(() => { this.start(); }, untilNextLook(this.options.clock()));
    this.#timer.unref();
  }

  stop(): void { clearTimeout(this.#timer); }

  /** Takes every step whose day has come; one that fails keeps none of the others from being taken. @returns how many @throws what the first failure threw, when all have been tried */
  async sweep(): Promise<number> {
    const { ministry } = this.options;
    let taken = 0;
    this.#failures = [];
    for (const workflow of workflowsOf(ministry)) {
      for (const [name, step] of Object.entries(workflow.steps)) if (step.onDay !== undefined) taken += await this.#sweepStep(workflow, name, step);
    }
    const [failure] = this.#failures;
    if (failure !== undefined) throw failure;
    return taken;
  }

  async #sweepStep(workflow: Parameters<typeof carryOut>[0]["workflow"], name: string, step: Parameters<typeof carryOut>[0]["step"]): Promise<number> {
    const { ministry, pool, policy, clock, labels } = this.options;
    const now = clock();
    const today = japanDay(now);
    const all = [...labels().numbers()];
    const visible = { policy: policy(), labels: labels(), known: all, knownText: all.join(), knownMask: maskOf(all), readable: all, readableText: all.join(), readableMask: maskOf(all), until: now };
    let taken = 0;
    const rows = await pool.transaction(async (manager) => {
      await manager.query(settings(visible));
      return manager.query<ItemRow[]>("SELECT * FROM item WHERE workflow = $1 AND state = ANY($2) AND due IS NOT NULL ORDER BY due, id", [workflow.name, step.from]);
    });
    for (const row of rows) {
      if (step.onDay?.(itemOf(row, visible), today) !== true) continue;
      await pool.transaction(async (manager) => {
        await manager.query(settings(visible));
        const [held] = await manager.query<{ held: boolean }[]>("SELECT pg_try_advisory_xact_lock($1) AS held", [LOCK]);
        if (held?.held !== true) return;
        const environment = { ministry, policy: visible.policy, pool, asker: NOBODY, visible, now };
        await carryOut({ environment, workflow, name, step, actor: CLOCK, version: row.version }, manager, itemOf(row, visible), row.id, {});
        taken += 1;
      }).catch((error: unknown) => { if (!(error instanceof Refusal)) this.#failures.push(error instanceof Error ? error : new Error("a step of the clock failed", { cause: error })); });
    }
    return taken;
  }
}
