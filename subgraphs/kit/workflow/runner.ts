/**
 * Takes steps (SPEC 15.5): one transaction from the first look to the last line, so that a crash leaves all of a step or nothing. What the asker may not read is refused as what
 * does not exist; a request sent again with its key gives what it gave before; of two who race the second is told that the item has changed.
 */
import { createHash, randomBytes } from "node:crypto";
import type { DataSource, EntityManager } from "typeorm";
import { type Label, type LabelCore, join } from "../../../schema/label";
import { type Policy, checkLabel, japanDay, labelOf } from "../../../schema/policy";
import { isAccreditedFor } from "../accreditation";
import { MOST_LABELS_A_DAY } from "../database/label-use";
import type { MinistryDefinition } from "../definition";
import { settings } from "../reader";
import type { Once } from "../once";
import { Refusal } from "../refusal";
import type { Asker, Visible } from "../rows";
import type { Seals } from "../seals";
import { refuseWrite } from "../write-guard";
import type { Change, Item, LabelParts, Opening, StepContext, StepDeclaration, TakenStep, Workflow } from "./declare";
import { type Values, readValues } from "./kinds";

export interface RunnerEnvironment {
  readonly ministry: MinistryDefinition;
  readonly policy: Policy;
  readonly pool: DataSource;
  readonly asker: Asker;
  readonly visible: Visible;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly seals?: Seals | undefined;
  /** What the change was said to be made of (4.19). */
  readonly highWater?: LabelCore | undefined;
  /** Told where nothing was done, because the request was carried out before. */
  readonly onRepeated?: () => void;
}

const KEY = /^[A-Za-z0-9_-]{8,64}$/;
const FROM_DATABASE = { STATE: "REFUSED_STATE", STALE: "REFUSED_STALE", FOUR_EYES: "REFUSED_FOUR_EYES" } as const;
const MOST_NUMBER = 2_147_483_647;
/** Who takes the steps that a day brings about. */
export const CLOCK = "CLOCK";

export interface ItemRow {
  readonly id: string; readonly label_id: number; readonly workflow: string; readonly state: string; readonly version: number; readonly owner: string; readonly subject: string | null;
  readonly due: string | null; readonly opened_at: Date; readonly body: Values; readonly steps: readonly (TakenStep & { readonly label_id: number })[] | null;
}

/** The item as rules see it. */
export function itemOf(row: ItemRow, visible: Pick<Visible, "labels">): Item {
  const { id, state, version, owner, subject, due, body, steps } = row;
  const label = visible.labels.get(row.label_id);
  if (label === undefined) throw new Error("an item without a label");
  return { id, state, version, owner, subject, due, body, label, steps: steps ?? [] };
}

/**
 * Takes one step for an asker.
 * @param key under which the client may send the same request again
 * @param once under which the gateway may ask again what became of it
 * @returns id of the item
 * @throws Refusal with what was wrong; then nothing has changed
 */
export async function takeStep(environment: RunnerEnvironment, workflow: Workflow, name: string, given: Values, key: string | null, once?: Once): Promise<string> {
  const step = workflow.steps[name];
  const { asker, pool, visible } = environment;
  if (step === undefined || asker.action !== "WRITE") throw new Refusal("REFUSED_ROLE");
  const isEntitled = step.by.early(environment);
  // Whoever carried it out is told what became of it, also where they could not do it any more.
  if (!isEntitled && key === null && once?.isAgain !== true) throw new Refusal("REFUSED_ROLE");
  const input = readValues(step.input, given);
  const { id, version } = given;
  const opens = step.from.length === 0;
  if (input === undefined || (key !== null && !KEY.test(key)) || (!opens && (typeof id !== "string" || typeof version !== "number"))) throw new Refusal("BAD_USER_INPUT");
  return pool.transaction(async (manager) => {
    await manager.query(settings(visible));
    const target = opens ? newId() : String(id);
    const request = JSON.stringify([workflow.name, name, id, version, input]);
    const ownKey = key ?? once?.keyOf(request);
    const before = ownKey === undefined ? "" : await useKey(manager, asker.subject.id, ownKey, request, target);
    if (before === "!") throw new Refusal("REFUSED_KEY");
    if (before !== "") { environment.onRepeated?.(); return before; }
    if (!isEntitled) throw new Refusal("REFUSED_ROLE");
    if (once?.isAgain === true) throw new Refusal("REFUSED_STATE");
    const item = opens ? undefined : await readItem(manager, workflow, target, visible);
    if (!opens && item === undefined) throw new Refusal("REFUSED_STATE");
    if (item !== undefined && !step.by.over(environment, item)) throw new Refusal("REFUSED_ROLE");
    if (item !== undefined && item.version !== version) throw new Refusal("REFUSED_STALE");
    if (item !== undefined && !step.from.includes(item.state)) throw new Refusal("REFUSED_STATE");
    await carryOut({ environment, workflow, name, step, actor: asker.subject.id, version: Number(version ?? 0) }, manager, item, target, input);
    return target;
  });
}

interface Taking { readonly environment: RunnerEnvironment; readonly workflow: Workflow; readonly name: string; readonly step: StepDeclaration; readonly actor: string; readonly version: number }

/** Rules, the step itself, what follows from it, notices: within a transaction that the caller ends. */
export async function carryOut(taking: Taking, manager: EntityManager, item: Item | undefined, id: string, input: Values): Promise<void> {
  const { environment, workflow, name, step, actor, version } = taking;
  const { ministry, policy, asker, now, seals } = environment;
  const query = <T>(text: string, values: readonly unknown[] = []): Promise<readonly T[]> => manager.query(text, [...values]);
  const today = japanDay(now);
  const intern: StepContext["intern"] = (core, parts) => internLabel({ ministry, policy, actor, now, today, query }, core, parts);
  const context: StepContext = { ministry, policy, asker, now, today, item, id, input, query, seals, intern };
  await step.check?.(context);
  const change: Change = await step.change(context);
  const to = typeof step.to === "string" ? step.to : step.to(context);
  if (!workflow.states.includes(to)) throw new Error(`${workflow.name} has no state ${to}`);
  const core = change.label ?? item?.label;
  const owner = change.owner ?? item?.owner;
  if (core === undefined || owner === undefined) throw new Error(`${name} opens an item without a label or an owner`);
  // Who opens an item needs authority over the body that will own it, and may write only what is at least as closed as what they may write.
  if (item === undefined && !step.by.over(environment, { owner, subject: change.subject ?? null, body: change.body ?? {} })) throw new Refusal("REFUSED_ROLE");
  const label = await intern(core);
  // Upwards, into an item that is sealed from the start, anybody may write: they gain nothing by it.
  if (actor !== CLOCK) refuseWrite(environment, labelOf(core), item === undefined && step.sealed === true);
  const note = JSON.stringify(change.note ?? {});
  if (item === undefined) {
    const { body, subject = null, due = null } = change as Opening;
    await query("SELECT open_item($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", [actor, id, label, workflow.name, name, to, owner, subject, due, JSON.stringify(body), note]);
  } else {
    const { body = item.body, subject = item.subject, due = item.due } = change;
    const past = await intern(join(item.label, core), { kind: "existence" });
    const [done] = await query<{ result: string }>("SELECT take_step($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS result",
      [actor, id, version, workflow.name, name, step.from, step.notBy ?? [], to, label, past, subject, due, JSON.stringify(body), note]);
    if (done?.result !== "DONE") throw new Refusal(FROM_DATABASE[done?.result as keyof typeof FROM_DATABASE] ?? "REFUSED_STATE");
  }
  await step.effect?.(context);
  for (const { subject, kind } of await step.notify?.(context) ?? []) await query("SELECT leave_notice($1, $2, $3, $4)", [newId("ntc"), id, subject, kind]);
}

async function readItem(manager: EntityManager, workflow: Workflow, id: string, visible: Visible): Promise<Item | undefined> {
  const [row] = await manager.query<ItemRow[]>("SELECT * FROM item WHERE id = $1 AND workflow = $2", [id, workflow.name]);
  return row && itemOf(row, visible);
}

export async function useKey(manager: Pick<EntityManager, "query">, actor: string, key: string, request: string, id: string): Promise<string> {
  const [used] = await manager.query<{ before: string }[]>("SELECT use_key($1, $2, $3, $4) AS before", [actor, key, createHash("sha256").update(request).digest("base64url"), id]);
  return used?.before ?? "!";
}

interface Interning extends Pick<StepContext, "ministry" | "policy" | "now" | "today" | "query"> { readonly actor: string }

async function internLabel({ ministry, policy, actor, now, today, query }: Interning, core: LabelCore, { existence, validUntil, onLapse, lifecycle, kind = "record" }: LabelParts = {}): Promise<number> {
  // Whether a token may stand where it stands is for the register of its issuer to say.
  const wrong = checkLabel(policy, core, { kind, tokenOf: () => undefined, validUntil }).filter(({ rule }) => !OF_THE_ISSUER.has(rule));
  if (wrong.length > 0 || (actor !== CLOCK && !isAccreditedFor(policy, ministry.name, core, now))) throw new Refusal("REFUSED_LABEL");
  const label = labelOf(core, { existence, ...(validUntil === null || validUntil === undefined ? lifecycle && { lifecycle } : { lifecycle: { ...lifecycle, validUntil, ...(onLapse === undefined ? {} : { onLapse }) } }) });
  // What a day brings about makes no more than people have made before.
  const most = actor === CLOCK ? MOST_NUMBER : MOST_LABELS_A_DAY;
  return internFor(query, { actor, today, most }, label);
}
/** The number of a label that follows from what whoever acts may not know: it counts for nobody, as the number of labels that are left to a person would tell of it. */
export function internUnseen(context: Pick<StepContext, "ministry" | "policy" | "now" | "today" | "query">, core: LabelCore): Promise<number> { return internLabel({ ...context, actor: CLOCK }, core); }

const OF_THE_ISSUER: ReadonlySet<string> = new Set(["V5", "V6"]);

/** The number of a label that somebody uses. @throws Refusal LIMIT for one too many that day */
export async function internFor(query: StepContext["query"], { actor, today, most }: { readonly actor: string; readonly today: string; readonly most: number }, label: Label): Promise<number> {
  const [row] = await query<{ id: number | null }>("SELECT intern_label_for($1, $2, $3, $4, $5) AS id", [actor, today, most, label.id, JSON.stringify(label)]);
  if (typeof row?.id !== "number") throw new Refusal("REFUSED_LIMIT");
  return row.id;
}

/** Opaque and random: ids hold no content. */
export function newId(prefix = "itm"): string { return `${prefix}_${randomBytes(12).toString("base64url").replaceAll("-", "0").replaceAll("_", "1").toLowerCase()}`; }
