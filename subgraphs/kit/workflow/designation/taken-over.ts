/**
 * Designations that were there before they had a file (SPEC 15.28, decision 0028). Takes what the register says of one and the labels of what it covers; gives the label and the first contents of
 * its file, and what a covered place was, or would have been, without it. Pure: nobody is asked, and nothing becomes more open by it.
 */
import { type LabelCore, type OrgPath, type Regime, isForeignOwner, isUnder, join } from "../../../../schema/label";
import { type Policy, addYears, startOfDay } from "../../../../schema/policy";
import type { Values } from "../kinds";
import { REVIEW_WITHIN_YEARS, classOf } from "./demo-policy";
import { FILE_LEVELS, fileLabel, levelOf } from "./file-label";
import type { PlaceKind } from "./relabel";

/** What the register says of a designation. */
export interface Registered {
  readonly matter: string; readonly designation: string | null; readonly token: string; readonly name: { readonly ja: string; readonly en: string }; readonly issuer: OrgPath; readonly regime: Regime;
  readonly designatedOn: string; readonly validUntil: string | null; readonly statutoryItem: string | null;
  /** Label of the register's entry. */
  readonly entry: LabelCore;
  /** Records that need the token as a whole or in a portion: the labels of these, and that of the fact that there is the record. */
  readonly records: readonly { readonly id: string; readonly existence: LabelCore; readonly covered: readonly LabelCore[] }[];
}

/** The step by which a file comes with the register; nobody took it. */
export const TAKE_OVER = "TAKE_OVER_DESIGNATION";
/** Who writes what comes with a register. */
export const SYSTEM = "SYSTEM";

/**
 * Whoever reads the file reads the register's entry and all that is covered: its days, its counts and that there is such a file tell nobody anything new. Beyond that it is for whom files of
 * designations are (15.24).
 */
export function takenOverLabel({ issuer, entry, records }: Registered): LabelCore {
  const all = [entry, ...records.flatMap(({ existence, covered }) => [existence, ...covered])];
  return all.reduce((label, core) => join(label, core), fileLabel(issuer, levelOf(levelNameOf(entry)), []));
}

/** What a file holds that follows from the register. The law's tests are not in it: those who designated had them, and the register has not. */
export function factsOf(registered: Registered): Values {
  const { matter, designation, token, name, issuer, regime, validUntil, entry, records, designatedOn } = registered;
  const owners = (of: readonly LabelCore[]): readonly string[] => of.flatMap((core) => Object.keys(core.owners));
  const covered = records.flatMap((record) => record.covered);
  const heldBy = owners(covered).some((owner) => isUnder(owner, "JPN.PRV")) ? "PRIVATE" : "GOVERNMENT";
  const [first = entry, ...rest] = covered;
  const whole = rest.reduce((label, core) => join(label, core), first);
  return {
    takenOver: true, matter, designation, token, body: issuer, name, regime, registeredOn: designatedOn, validUntil, heldBy, class: classOf(regime, heldBy), level: levelNameOf(entry), measure: "MARK",
    label: { ...whole, need: whole.need.filter((other) => other !== token) }, records: records.map(({ id }) => id).sort(), protectedRecords: records.length,
    foreignOwners: [...new Set(owners(covered).filter(isForeignOwner))].sort(),
  };
}

/**
 * A file as it comes with the register. No review is on record, so the first one was due a year after the designation: what nobody is known to have looked at is overdue, and says so at once instead
 * of by a reminder to nobody.
 */
export function takenOverFile(registered: Registered, today: string): { readonly label: LabelCore; readonly due: string; readonly body: Values } {
  const { designatedOn, validUntil, statutoryItem } = registered;
  const withinYear = addYears(designatedOn, REVIEW_WITHIN_YEARS);
  const due = validUntil !== null && validUntil < withinYear ? validUntil : withinYear;
  return { label: takenOverLabel(registered), due, body: { ...factsOf(registered), statutoryItem, designatedOn, reviewBy: due, ...(due < today ? { reminded: due } : {}) } };
}

function levelNameOf({ level }: LabelCore): (typeof FILE_LEVELS)[number] { return level > 1 ? "CONFIDENTIAL" : "CUI"; }

/** Another token of a place that this ministry's register knows. */
export interface OtherToken { readonly token: string; readonly kind: string; readonly regime: string | null; readonly validUntil: string | null }

export interface Leaving {
  readonly token: string; readonly regime: Regime; readonly body: OrgPath;
  /** Label of before the designation, where two people stated it. */
  readonly before?: LabelCore | undefined;
}

/**
 * The label of a covered place without the designation. Token and regime go; the level stays, or is the highest that a secret document has; whatever else protects the place stays. The regime stays as
 * long as another designation may be under it: one of the register, or one of somebody else who is an owner (V11). Only where nothing else protects the place is it what was stated of before.
 */
export function formerCore(policy: Policy, core: LabelCore, { token, regime, body, before }: Leaving, others: readonly OtherToken[], kind: PlaceKind): LabelCore {
  const need = core.need.filter((other) => other !== token);
  if (isUnderUnknown(core, { token, body }, others) || others.some((other) => need.includes(other.token) && other.kind === "DESIGNATION" && other.regime === regime)) return { ...core, need };
  const regimes = core.regimes.filter((code) => code !== regime);
  if (core.level < 2 || regimes.some((code) => code !== "CUI")) return { ...core, need, regimes };
  const levels = policy.regimes.get("DOC")?.levels ?? [];
  const level = levels.filter((one) => one <= core.level).at(-1) ?? core.level;
  const former: LabelCore = { ...core, need, level, regimes: kind === "portion" ? ["DOC"] : [...new Set([...regimes, "DOC" as const])].sort() };
  if (before === undefined || need.length > 0 || isShared(core, body) || before.level > core.level) return former;
  return join({ ...former, level: 0, regimes: [] }, before);
}

/** Whether another Japanese body is an owner, as it is of whatever it designated. */
function isShared(core: LabelCore, body: OrgPath): boolean { return Object.keys(core.owners).some((owner) => !isForeignOwner(owner) && !isUnder(owner, body)); }

/** Whether a token that this register does not know may be another body's designation. */
function isUnderUnknown(core: LabelCore, { token, body }: Pick<Leaving, "body" | "token">, others: readonly OtherToken[]): boolean {
  return isShared(core, body) && core.need.some((other) => other !== token && !others.some((known) => known.token === other));
}

/**
 * A place's last day when that of the designation becomes another, or none. What had no day, or ended by itself before, stays as it is, and so does what may be another body's designation besides; what
 * another designation of the register ends earlier ends then.
 */
export function placeDay(core: LabelCore, day: string | undefined, designation: Pick<Leaving, "body" | "token"> & { readonly validUntil: string | null }, until: string | null, others: readonly OtherToken[]): string | undefined {
  const { validUntil } = designation;
  if (day === undefined || Number.isNaN(startOfDay(day)) || validUntil === null || day < validUntil || isUnderUnknown(core, designation, others)) return day;
  const days = [until, ...others.filter(({ kind }) => kind === "DESIGNATION").map((other) => other.validUntil)].filter((one) => one !== null);
  return days.sort()[0];
}
