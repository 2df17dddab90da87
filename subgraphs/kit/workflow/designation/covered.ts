/**
 * Extension and end of a designation that was taken over (SPEC 15.28). Takes the context of a step on its file; gives every part of a record that needs the token its label of then, in the step's own
 * transaction. An extension changes days and nothing else; the end takes token and regime away, and what two people stated of before counts only then.
 */
import { type Label, equalLabels } from "../../../../schema/label";
import { labelOf } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { formerAccessLabel } from "../vetting/labels";
import type { Change, Item, StepContext } from "../declare";
import { classOf } from "./demo-policy";
import { readRecipients } from "./recipients";
import type { Held } from "./effects";
import { fileLabel, levelOf } from "./file-label";
import { coreOf, kindOf, readLabels, type Place } from "./marking";
import { tellHandlers, tellMakers, tellParties, tellWaiting } from "./notice";
import { type PlaceKind, endedCore, heldCore } from "./relabel";
import { type OtherToken, formerCore, placeDay } from "./taken-over";

interface CoveredPlace extends Place { readonly mark: string | null; readonly others: readonly OtherToken[] }
interface Made { readonly core: ReturnType<typeof coreOf>; readonly day: string | undefined }

/** Later days, for the places that had the designation's. */
export async function extendCovered(context: StepContext, held: Held, until: string): Promise<void> {
  const { query, intern } = context;
  const covered = await relabelCovered(context, (label, { others }) => ({ core: coreOf(label), day: placeDay(label, label.lifecycle?.validUntil, held, until, others) }));
  const [entry] = await query<{ body: Label }>("SELECT l.body FROM matter m JOIN label l ON l.id = m.label_id WHERE m.id = $1", [held.matter]);
  if (entry === undefined) throw new Refusal("REFUSED_STATE");
  await write(context, covered, await intern(coreOf(entry.body), { existence: existenceOf(entry.body), validUntil: until }), until, false);
}

/**
 * What it covered has the label of before, or more; its file is for whom files of designations are (15.24), as there is nobody any more who is assigned to the token. What happened to it before stays
 * under the token, so that the step says by whom and when.
 */
export async function endCovered(context: StepContext, item: Item, held: Held): Promise<Pick<Change, "label" | "note">> {
  const { ministry, policy, query, today, input, intern, id } = context;
  const successor = input["successor"] as Parameters<typeof endedCore>[2];
  const covered = await relabelCovered(context, (label, { others }, kind) => ({
    core: endedCore(policy, formerCore(policy, coreOf(label), held, others, kind), successor, held.regime, kind), day: placeDay(label, label.lifecycle?.validUntil, held, null, others),
  }));
  const label = fileLabel(item.owner, levelOf(held.level), item.label.need.filter((token) => token !== held.token));
  await tellHandlers(context, "ENDED");
  await tellWaiting(context);
  await tellMakers(context, "SOURCE_ENDED");
  await query("SELECT keep_former_handlers($1, $2, $3)", [id, await intern(formerAccessLabel(ministry.org)), today]);
  await write(context, covered, await intern(label), today, true, held);
  await tellParties({ ...context, item }, "ENDED", await readRecipients(context, id), today);
  return { label, note: { before: item.steps.map(({ name, actor, at }) => ({ name, actor, at })) } };
}

interface Written extends CoveredPlace { readonly after: number; readonly label: Made }

/** The number of the label that each place gets: the same for all that have one label. */
async function relabelCovered(context: StepContext, make: (label: Label, place: CoveredPlace, kind: PlaceKind) => Made): Promise<readonly Written[]> {
  const places = await context.query<CoveredPlace>("SELECT record, place, mark, before, others FROM covered_places($1)", [context.id]);
  const labels = await readLabels(context, places.map(({ before }) => before));
  const made = new Map<number, { readonly after: number; readonly label: Made }>();
  const written: Written[] = [];
  for (const place of places) {
    const label = labels.get(place.before);
    // Of one that is not in force the successor would have to be made anew, which nobody has decided.
    if (label === undefined || (label.lifecycle?.status ?? "ACTIVE") !== "ACTIVE") throw new Refusal("REFUSED_STATE");
    const kind = kindOf(places, place.before);
    const known = made.get(place.before) ?? await internPlace(context, label, make(label, place, kind), place, kind);
    made.set(place.before, known);
    written.push({ ...place, ...known });
  }
  return written;
}

/** That a record exists is known to whom it was known before, where that was not a matter of its content. */
async function internPlace({ intern }: StepContext, before: Label, made: Made, place: CoveredPlace, kind: PlaceKind): Promise<{ readonly after: number; readonly label: Made }> {
  const { core, day } = made;
  if (equalLabels(core, coreOf(before)) && day === before.lifecycle?.validUntil) return { after: place.before, label: made };
  const existence = existenceOf(before);
  if (day === undefined) return { after: await intern(core, { existence, kind }), label: made };
  const held = heldCore(core);
  await intern(held, { existence, kind: "existence" });
  return { after: await intern(core, { existence, validUntil: day, onLapse: labelOf(held, { existence }).id, kind }), label: made };
}

function existenceOf(label: Label): Label["existence"] | undefined { return equalLabels(coreOf(label), label.existence) ? undefined : label.existence; }

async function write({ asker, query, id }: StepContext, covered: readonly Written[], entry: number, validUntil: string, isEnd: boolean, held?: Held): Promise<void> {
  const places = covered.map(({ record, place, mark, before, after, label }) => ({ record, place, mark, before, after, ...(isEnd && place === "record" ? { class: classAfter(label.core, held) } : {}) }));
  const [done] = await query<{ result: string }>("SELECT relabel_covered($1, $2, $3, $4, $5, $6) AS result", [asker.subject.id, id, JSON.stringify(places), entry, validUntil, isEnd]);
  if (done?.result !== "DONE") throw new Refusal("REFUSED_STATE");
}

/** Information class of a record whose designation has ended; the one that it has where it is still under the regime. */
function classAfter({ level, regimes }: Made["core"], held: Held | undefined): string | null {
  if (held === undefined || regimes.includes(held.regime)) return null;
  return level > 1 ? "B" : classOf("CUI", held.heldBy);
}
