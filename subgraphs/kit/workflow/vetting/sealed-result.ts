/**
 * The result of an investigation as a document (SPEC 15.36): sealed by the Cabinet Office for the one ministry that evaluates, carried there by its officer, opened there. Binds person, regimes, level,
 * depth, opinion, consent and days; what the Cabinet Office did not say, or said to another ministry, is refused as what does not exist.
 */
import { Refusal } from "../../refusal";
import type { StepContext } from "../declare";
import { CASE_YEARS, lastDay } from "./demo-policy";

const ISSUER = "cabinet-office";
const PURPOSE = "VETTING_RESULT";

/** What a result says to the ministry that evaluates. */
export interface SealedResult {
  /** Id of the result: it serves for one evaluation for each regime. */
  readonly result: string;
  readonly subject: string;
  readonly person?: string;
  readonly home?: string;
  readonly employer: string;
  readonly investigation: string;
  readonly consentId: string;
  readonly regimes: readonly string[];
  readonly level: number;
  readonly depth: string;
  readonly opinion: string;
  readonly investigatedOn: string;
  /** Last day on which the investigation may be relied upon, and on which this document is taken. */
  readonly reliableUntil: string;
  readonly until: string;
}

/** @throws Refusal STATE where the body that evaluates has no ministry of the registry */
export async function sealResult({ policy, seals, id, today }: StepContext, agency: string, subject: string, body: Readonly<Record<string, unknown>>): Promise<string> {
  const audience = policy.members.keeperOf(agency);
  if (seals === undefined || audience === undefined) throw new Refusal("REFUSED_STATE");
  const { person, home, employer, investigation, consentId, regimes, level, depth, opinion, investigatedOn, reliableUntil } = body;
  const ownEnd = lastDay(today, CASE_YEARS);
  const until = String(reliableUntil) < ownEnd ? reliableUntil : ownEnd;
  return seals.seal(audience, { purpose: PURPOSE, result: id, subject, person, home, employer, investigation, consentId, regimes, level, depth, opinion, investigatedOn, reliableUntil, until });
}

/** @throws Refusal STATE for what is no result of the Cabinet Office for this ministry; LIMIT for one that is too old */
export async function openResult({ seals, input, today }: Pick<StepContext, "seals" | "input" | "today">): Promise<SealedResult> {
  const claims = await seals?.open(ISSUER, String(input["result"]));
  if (claims?.["purpose"] !== PURPOSE) throw new Refusal("REFUSED_STATE");
  const { iss: _issuer, aud: _audience, purpose: _purpose, ...said } = claims;
  const result = said as unknown as SealedResult;
  if (result.until < today || result.reliableUntil < today) throw new Refusal("REFUSED_LIMIT");
  return result;
}
