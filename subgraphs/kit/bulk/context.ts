/** What the rules of an import may look at: the asker's world, within the import's transaction. */
import { type Label, type LabelCore, isUnder } from "../../../schema/label";
import { type Policy, clearanceAt } from "../../../schema/policy";
import type { MinistryDefinition } from "../definition";
import type { Asker } from "../rows";
import { MOST_LABELS_A_DAY } from "../database/label-use";
import { type RunnerEnvironment, internFor } from "../workflow/runner";
import type { EntityManager } from "typeorm";

export interface ImportContext {
  readonly ministry: MinistryDefinition;
  readonly policy: Policy;
  readonly asker: Asker;
  /** Milliseconds since the epoch, and its day in Japan. */
  readonly now: number;
  readonly today: string;
  /** Id of this import in the history. */
  readonly id: string;
  readonly environment: RunnerEnvironment;
  readonly manager: EntityManager;
  /** What the import was said to be made of (4.19). */
  readonly highWater?: LabelCore | undefined;
}

/** Reads and calls within the import's transaction. */
export function ask<T>({ manager }: Pick<ImportContext, "manager">, text: string, values: readonly unknown[] = []): Promise<readonly T[]> { return manager.query(text, [...values]); }

/** Whether the asker has a role over a body. */
export function hasRoleOver({ policy, asker, now }: ImportContext, name: string, body: string): boolean {
  return clearanceAt(policy, asker.subject, now).roles.some(({ role, org }) => role === name && isUnder(body, org));
}

/** Numbers of labels, each looked up or kept once, and no more than one person may use a day. */
export class InternedLabels {
  readonly #numbers = new Map<string, number>();

  constructor(private readonly context: ImportContext) {}

  async number(label: Label): Promise<number> {
    const known = this.#numbers.get(label.id);
    if (known !== undefined) return known;
    const { asker, today } = this.context;
    const number = await internFor((text, values) => ask(this.context, text, values), { actor: asker.subject.id, today, most: MOST_LABELS_A_DAY }, label);
    this.#numbers.set(label.id, number);
    return number;
  }
}

/** Whether a label lets something out of Japan, or is open to everybody: that is a decision of its own, by somebody else. */
export function isReleased({ level, owners }: LabelCore): boolean {
  const abroad = (nations: readonly string[] | "ALL"): boolean => nations === "ALL" || nations.some((nation) => nation !== "JPN");
  return level === 0 || Object.values(owners).some(({ rel, disp }) => abroad(rel) || abroad(disp));
}
