/**
 * Cases (SPEC 15.31): a token of its own for each vetting, to which those are assigned who have to do with it, the person concerned included. Takes the context of a step; gives new
 * tokens and items of the same case. What the asker may not read is as what does not exist.
 */
import { createHash } from "node:crypto";
import type { OrgPath } from "../../../../schema/label";
import { assignmentLabel } from "../../register-labels";
import { Refusal } from "../../refusal";
import type { StepContext } from "../declare";
import type { Values } from "../kinds";
import { newId } from "../runner";
import { CASE_YEARS, SELF_ACCESS_YEARS, lastDay } from "./demo-policy";
import { caseLabel } from "./labels";

export interface FoundItem { readonly id: string; readonly state: string; readonly subject: string | null; readonly body: Values }

/** Token of the case of an item, whose id was drawn: nobody can count the cases by it, nor find the item. */
export function caseOf(prefix: string, id: string): string {
  const drawn = createHash("sha256").update(`${prefix} ${id}`).digest().readUIntBE(0, 6);
  return `${prefix}-${String(drawn % 1e12).padStart(12, "0")}`;
}

/** Makes the case of a person known to those who are assigned to it from now on: the person, the officer who opens it, and other officers. */
export async function openCase({ query, intern, asker, today }: StepContext, token: string, issuer: OrgPath, person: string, others: readonly string[] = []): Promise<void> {
  const officers = [...new Set([asker.subject.id, ...others])].filter((officer) => officer !== person);
  const people = [{ subject: person, role: "SELF", until: lastDay(today, SELF_ACCESS_YEARS) }, ...officers.map((officer) => ({ subject: officer, role: "HANDLER", until: lastDay(today, CASE_YEARS) }))];
  const [entry, assignment] = [await intern(caseLabel(token, issuer)), await intern(assignmentLabel(token, issuer))];
  await query("SELECT open_case($1, $2, $3, $4, $5, $6, $7, $8)", [asker.subject.id, newId("mtr"), token, issuer, entry, assignment, today, JSON.stringify(people)]);
}

/** Assigns one more to a case of the asker's. */
export async function admitToCase({ query, asker, today }: StepContext, token: string, subject: string, issuer: OrgPath, reason: string): Promise<void> {
  await query("SELECT grant_assignment($1, $2, $3, $4, $5, $6, $7, $8)", [asker.subject.id, subject, token, "MANAGER", today, lastDay(today, CASE_YEARS), issuer, reason]);
}

/** What the personnel register says of a person: where they are, so that what is theirs reaches them, and under which id registers know them. */
export async function personOf({ query }: StepContext, subject: string): Promise<{ readonly person?: string; readonly home?: OrgPath }> {
  const [found] = await query<{ id: string; org: string | null; host_org: string | null }>("SELECT id, org, host_org FROM person WHERE subject = $1", [subject]);
  const home = found?.org ?? found?.host_org ?? undefined;
  return found === undefined ? {} : { person: found.id, ...(home === undefined ? {} : { home }) };
}

/** Nobody handles their own vetting. @throws Refusal FOUR_EYES */
export function refuseOwnCase({ asker }: StepContext, person: unknown): void {
  if (person === asker.subject.id) throw new Refusal("REFUSED_FOUR_EYES");
}

/** An item that the asker reads, by workflow and id. @throws Refusal STATE */
export async function findItem({ query }: StepContext, workflow: string, id: unknown): Promise<FoundItem> {
  const [found] = await query<FoundItem>("SELECT id, state, subject, body FROM item WHERE id = $1 AND workflow = $2", [id, workflow]);
  if (found === undefined) throw new Refusal("REFUSED_STATE");
  return found;
}

/** The consent on which an investigation rests. Asked under the ministry's lock, where nobody can withdraw it at the same time. @throws Refusal STATE without one */
export async function requireConsent(context: StepContext, vetting: unknown): Promise<FoundItem & { readonly consent: string }> {
  const found = await findItem(context, "Vetting", vetting);
  const { consentId, noticedOn } = found.body;
  if (found.state !== "CONSENTED" || typeof consentId !== "string" || typeof noticedOn !== "string") throw new Refusal("REFUSED_STATE");
  return { ...found, consent: consentId };
}
