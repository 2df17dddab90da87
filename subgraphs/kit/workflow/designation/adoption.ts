/**
 * Bringing in a designation of the register that has no file (SPEC 15.28): one person adopts it and states what the register does not hold, another approves. Takes the step's context; refuses what the
 * asker does not read as a whole like what is not there, and an approval when the register has changed since. Changes no label.
 */
import { isDeepStrictEqual } from "node:util";
import { type Label, type LabelCore, equalLabels } from "../../../../schema/label";
import { type Policy, addYears, checkLabel, decide, labelOf } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import type { Opening, StepContext } from "../declare";
import type { FieldDeclarations, Values } from "../kinds";
import { REVIEW_WITHIN_YEARS, isDamageOf, isStatutoryItem } from "./demo-policy";
import { coreOf } from "./marking";
import { PROPOSAL } from "./proposal";
import { type Registered, factsOf, takenOverLabel } from "./taken-over";

const { listed, nonPublic, harm, damage, reasons, reviewBy, firstDesignatedOn } = PROPOSAL as Required<typeof PROPOSAL>;

/** What an officer writes to adopt a designation; everything else is the register's. */
export const ADOPTION: FieldDeclarations = {
  token: { kind: "token", description: "Token of the designation in the register." }, statutoryItem: { kind: "text", optional: true, description: "Item of the law's table, where the register has none." },
  ...Object.fromEntries(Object.entries({ listed, nonPublic, harm, damage, reasons, reviewBy, firstDesignatedOn }).filter((entry): entry is [string, FieldDeclarations[string]] => entry[1] !== undefined)),
  before: { kind: "label", optional: true, description: "Label that the information had before it was designated. Where it is not stated the level stays when the designation ends." },
};

/** Statements of a file that was adopted, by name. */
interface Stated { readonly statutoryItem?: string; readonly damage: string; readonly reviewBy: string; readonly firstDesignatedOn?: string; readonly before?: LabelCore }

interface Row extends Omit<Registered, "entry" | "records"> { readonly entry: Label; readonly records: readonly { readonly id: string; readonly existence: LabelCore; readonly covered: readonly Label[] }[] }

/** @throws Refusal STATE for a designation that is not there, that the asker does not read with all that it covers, or that has a file */
async function readRegistered({ query, id, asker, policy, now, today }: StepContext, token: unknown): Promise<Registered> {
  const [read] = await query<{ found: Row | null }>("SELECT registered_designation($1, $2, $3, $4) AS found", [asker.subject.id, id, token, today]);
  const found = read?.found ?? undefined;
  if (found === undefined) throw new Refusal("REFUSED_STATE");
  const registered = { ...found, entry: coreOf(found.entry), records: found.records.map((record) => ({ ...record, existence: coreOf(record.existence), covered: record.covered.map(coreOf) })) };
  // Past its last day all of it is held for review; its file is for those who read it until then.
  const reads = (core: LabelCore): boolean => decide(policy, asker.subject, "RETRIEVE", labelOf(core), { ...asker.ctx, now }).outcome === "permit";
  if (isOver(registered, today) && ![registered.entry, ...registered.records.flatMap(({ covered }) => covered)].every(reads)) throw new Refusal("REFUSED_STATE");
  return registered;
}

function isOver({ validUntil }: Pick<Registered, "validUntil">, today: string): boolean { return validUntil !== null && validUntil < today; }

/** The statements against the law and the register. @throws Refusal INPUT, LIMIT, LABEL */
async function checkStatements(context: StepContext, registered: Registered, stated: Stated): Promise<void> {
  const { policy, query, today } = context;
  const { regime, designatedOn, validUntil, token } = registered;
  const item = registered.statutoryItem ?? stated.statutoryItem;
  if ((stated.statutoryItem !== undefined && stated.statutoryItem !== item) || !isStatutoryItem(regime, item) || !isDamageOf(regime, stated.damage)) throw new Refusal("BAD_USER_INPUT");
  if (stated.reviewBy <= today || (stated.firstDesignatedOn !== undefined && stated.firstDesignatedOn > designatedOn)) throw new Refusal("BAD_USER_INPUT");
  if (stated.reviewBy > addYears(today, REVIEW_WITHIN_YEARS) || (validUntil !== null && !isOver(registered, today) && stated.reviewBy > validUntil)) throw new Refusal("REFUSED_LIMIT");
  if (stated.before === undefined) return;
  const known = await query<{ token: string }>("SELECT token FROM matter WHERE token = ANY($1::text[])", [stated.before.need]);
  if (!isFormerLabel(policy, stated.before, registered) || stated.before.need.some((one) => one === token || !known.some((row) => row.token === one))) throw new Refusal("REFUSED_LABEL");
}

/** What information may have been before it was designated: never public, the body's, under no regime that the designation brought, and by the rules of labels. */
export function isFormerLabel(policy: Policy, before: LabelCore, { issuer, regime }: Pick<Registered, "issuer" | "regime">): boolean {
  return before.level > 0 && !before.regimes.includes(regime) && before.owners[issuer] !== undefined && before.regimes.every((code) => policy.regimes.get(code)?.designation !== true)
    && checkLabel(policy, before, { kind: "record", tokenOf: () => undefined }).length === 0;
}

/** A file for it, which another person has to approve. */
export async function adopt(context: StepContext): Promise<Opening> {
  const { token, ...stated } = context.input;
  const registered = await readRegistered(context, token);
  await checkStatements(context, registered, stated as unknown as Stated);
  const { statutoryItem } = registered;
  return { label: takenOverLabel(registered), owner: registered.issuer, body: { ...factsOf(registered), ...(statutoryItem === null ? {} : { statutoryItem }), ...stated } };
}

/** Whether a file that nobody has approved yet adopts a designation. */
export function isAdoption(body: Values): boolean { return body["takenOver"] === true; }

/** The register says what it said when it was adopted, to whoever approves too. @throws Refusal STATE when it does not */
export async function checkAdoption(context: StepContext): Promise<void> {
  const { item } = context;
  if (item === undefined) throw new Error("there is no file");
  const registered = await readRegistered(context, item.body["token"]);
  const facts = JSON.parse(JSON.stringify(factsOf(registered))) as Values;
  if (!equalLabels(takenOverLabel(registered), item.label) || !Object.entries(facts).every(([name, value]) => isDeepStrictEqual(item.body[name], value))) throw new Refusal("REFUSED_STATE");
  await checkStatements(context, registered, item.body as unknown as Stated);
}
