/**
 * What the steps of a designation ask for and bring about (SPEC 15.21-15.26): rules before a step, and what follows in the registers. Takes the context of a step; refuses by throwing, and
 * then nothing of the step has happened.
 */
import { type LabelCore, isForeignOwner, isUnder } from "../../../../schema/label";
import { addYears, clearanceAt } from "../../../../schema/policy";
import { refuseHeld } from "../oversight/information-request";
import { formerAccessLabel } from "../vetting/labels";
import { Refusal } from "../../refusal";
import type { Item, StepContext } from "../declare";
import { checkAdoption } from "./adoption";
import { type About, type Consultation, isConsulted, readConsultations, refuseOwnAnswers } from "./consultation";
import { extendCovered } from "./covered";
import { REVIEW_WITHIN_YEARS, classOf } from "./demo-policy";
import { levelOf } from "./file-label";
import { internAssignment, internEntry, readMarks, readPlaces, relabelPlaces } from "./marking";
import { tellHandlers, tellMakers, tellParties, tellWaiting } from "./notice";
import { type Proposal, checkProposal, designatedCore } from "./proposal";
import { enterGiven, enterReleases, readRecipients } from "./recipients";
import { endedCore, raiseCore } from "./relabel";
import { isWithinLimits } from "./terms";

export interface Held extends Proposal {
  readonly matter: string; readonly designation: string; readonly designatedOn: string; readonly foreignOwners: readonly string[]; readonly review?: string;
  /** It was there before it had a file (15.28); and the label of before that two people stated. */
  readonly takenOver?: boolean; readonly before?: LabelCore;
}

/** The file of a step that does not open one. */
export function fileOf({ item }: Pick<StepContext, "item">): { readonly item: Item; readonly held: Held } {
  if (item === undefined) throw new Error("there is no file");
  return { item, held: item.body as unknown as Held };
}

function refuseUnlessDone(rows: readonly { readonly result: string }[]): void { if (rows[0]?.result !== "DONE") throw new Refusal("REFUSED_STATE"); }

/** What was said by others than whoever decides now. */
async function consultationsFor(context: StepContext, about: About): Promise<readonly Consultation[]> {
  const all = await readConsultations(context, context.id);
  refuseOwnAnswers(all, about, context.asker.subject.id);
  return all;
}

export async function checkApproval(context: StepContext): Promise<void> {
  const { held } = fileOf(context);
  const { holder, dualUse, heldBy: holding } = held;
  if (held.takenOver === true) return checkAdoption(context);
  await checkProposal(context, held);
  const needed = { about: "DESIGNATION" as const, heard: holder === undefined ? [] : [holder], agreed: [], somebody: dualUse || holding === "PRIVATE" };
  if (!isConsulted(await consultationsFor(context, needed.about), needed, context.today)) throw new Refusal("REFUSED_STATE");
}

/** Entry, marks and first handlers; all of which a designation that is adopted has. */
export async function designate(context: StepContext): Promise<void> {
  const { policy, asker, query, id, today, input } = context;
  const { held } = fileOf(context);
  if (held.takenOver === true) return enterGiven(context);
  const { matter, designation, token, body: issuer, label, level, validUntil, name, regime, statutoryItem, records, handlers, handlersUntil, reasons } = held;
  const designated = designatedCore(held);
  const places = await relabelPlaces(context, await readPlaces(context, records), (core, kind) => raiseCore(policy, core, designated, kind), validUntil);
  const rel = label.owners[issuer]?.rel ?? ["JPN"];
  const entry = {
    matter, designation, token, issuer, name, regime, statutoryItem: statutoryItem ?? null, designatedOn: today, validUntil, class: classOf(regime, held.heldBy), handlersUntil, reason: reasons.slice(0, 1_000),
    label: await internEntry(context, { token, issuer, level: levelOf(level) === 2 ? 2 : 1, rel: rel === "ALL" ? ["JPN"] : rel, validUntil }), assignmentLabel: await internAssignment(context, token, issuer), decision: input["decision"],
  };
  refuseUnlessDone(await query("SELECT designate($1, $2, $3, $4, $5) AS result", [asker.subject.id, id, JSON.stringify(entry), JSON.stringify(places), handlers]));
  await enterReleases(context, { file: id });
  await tellMakers(context, "SOURCE_DESIGNATED");
}

export function checkExtension(context: StepContext): void {
  const { policy, today, input } = context;
  const { held } = fileOf(context);
  const { until, reviewBy, cabinetDecision, exemptClass } = input as { readonly until: string; readonly reviewBy: string; readonly cabinetDecision?: string; readonly exemptClass?: string };
  if (reviewBy <= today) throw new Refusal("BAD_USER_INPUT");
  // Nobody extends what nobody has looked at.
  if (held.review !== "CONTINUE") throw new Refusal("REFUSED_STATE");
  // What ends on no day is not made to end on one by an extension.
  if (typeof held.validUntil !== "string") throw new Refusal("REFUSED_LIMIT");
  const term = { regime: held.regime, decidedOn: today, firstOn: held.firstDesignatedOn ?? held.designatedOn, until, cabinetDecision, exemptClass };
  if (until <= held.validUntil || reviewBy > until || reviewBy > addYears(today, REVIEW_WITHIN_YEARS) || !isWithinLimits(policy, term)) throw new Refusal("REFUSED_LIMIT");
}

export async function extend(context: StepContext): Promise<void> {
  const { held } = fileOf(context);
  const until = String(context.input["until"]);
  await (held.takenOver === true ? extendCovered(context, held, until) : extendMarked(context, held, until));
  await tellParties(context, "EXTENDED", await readRecipients(context, context.id), until);
  await tellHandlers(context, "EXTENDED");
}

async function extendMarked(context: StepContext, held: Held, until: string): Promise<void> {
  const { policy, asker, query, id } = context;
  const designated = designatedCore(held);
  const places = await relabelPlaces(context, await readMarks(context, id), (core, kind) => raiseCore(policy, core, designated, kind), until);
  const rel = held.label.owners[held.body]?.rel ?? ["JPN"];
  const label = await internEntry(context, { token: held.token, issuer: held.body, level: levelOf(held.level) === 2 ? 2 : 1, rel: rel === "ALL" ? ["JPN"] : rel, validUntil: until });
  refuseUnlessDone(await query("SELECT redesignate($1, $2, $3, $4, $5, $6, false) AS result", [asker.subject.id, id, held.token, JSON.stringify(places), label, until]));
}

/** Everybody who was given it and every foreign owner has been asked, and every Japanese owner's authority is there. */
export async function checkEnd(context: StepContext): Promise<void> {
  const { policy, asker, now, id, today, input } = context;
  const { held } = fileOf(context);
  if ((input["successor"] as LabelCore).level === 0) throw new Refusal("REFUSED_LIMIT");
  const recipients = await readRecipients(context, id);
  const foreign = held.foreignOwners;
  if (!isConsulted(await consultationsFor(context, "ENDING"), { about: "ENDING", heard: [...recipients, ...foreign], agreed: foreign }, today)) throw new Refusal("REFUSED_STATE");
  // What others own in the records stays as it was before; what the designation added is its own owners'.
  // A register names none but the body that designated.
  const owners = held.takenOver === true ? [held.body] : Object.keys(held.label.owners).filter((owner) => !isForeignOwner(owner));
  const { roles } = clearanceAt(policy, asker.subject, now);
  if (!owners.every((owner) => roles.some(({ role, org }) => role === "DECLASSIFY" && isUnder(owner, org)))) throw new Refusal("REFUSED_ROLE");
}

export async function endDesignation(context: StepContext): Promise<void> {
  const { ministry, policy, asker, query, id, today, input, intern } = context;
  const { held, item } = fileOf(context);
  // Done with the step itself, which gives the file another label.
  if (held.takenOver === true) return;
  await refuseHeld(context);
  const successor = input["successor"] as LabelCore;
  const places = await relabelPlaces(context, await readMarks(context, id), (core, kind) => endedCore(policy, core, successor, held.regime, kind), null);
  await tellHandlers(context, "ENDED");
  await tellWaiting(context);
  await tellMakers(context, "SOURCE_ENDED");
  // Nobody is assigned to the token any more, and who was is kept for oversight; the entry stays for those who read the file.
  await query("SELECT keep_former_handlers($1, $2, $3)", [id, await intern(formerAccessLabel(ministry.org)), today]);
  const label = await intern(item.label);
  refuseUnlessDone(await query("SELECT redesignate($1, $2, $3, $4, $5, $6, true) AS result", [asker.subject.id, id, held.token, JSON.stringify(places), label, today]));
  await tellParties(context, "ENDED", await readRecipients(context, id), today);
}
