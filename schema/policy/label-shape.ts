/**
 * Is this value a label of this policy at all (SPEC 1.7, decision rule 9)? Unknown policy, level, category or key, a wrong type
 * or a missing part: no. Used on everything that came over a wire or out of a database before it is decided about.
 */
import { POLICY_ID, type Label, type LabelCore } from "../label";

const CORE_KEYS: ReadonlySet<string> = new Set(["policy", "level", "regimes", "need", "owners", "purposes", "handling"]);
const LABEL_KEYS: ReadonlySet<string> = new Set([...CORE_KEYS, "id", "existence", "lifecycle"]);
const OWNER_KEYS: ReadonlySet<string> = new Set(["rel", "disp", "dist", "orcon"]);
const REGIMES: ReadonlySet<unknown> = new Set(["SDS", "MDA", "CESI", "EQS", "MODS", "DOC", "NPS", "PAT", "CUI", "VET"]);
const STATUSES: ReadonlySet<unknown> = new Set(["PROPOSED", "ACTIVE", "LAPSED_HOLD", "TERMINATED", "CHALLENGED"]);
const LIFECYCLE_TEXTS = ["validUntil", "onLapse", "reviewBy", "hardStop", "designatedBy", "designatedOn", "statutoryItem"];

type Given = Readonly<Record<string, unknown>>;

function isGiven(value: unknown): value is Given {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "");
}

function isAudience(value: unknown): boolean {
  return value === "ALL" || isTexts(value);
}

function isOwnerPolicy(value: unknown): boolean {
  return isGiven(value) && Object.keys(value).every((key) => OWNER_KEYS.has(key))
    && isAudience(value["rel"]) && isAudience(value["disp"]) && isAudience(value["dist"]) && typeof value["orcon"] === "boolean";
}

function isCoreWith(value: unknown, keys: ReadonlySet<string>): value is LabelCore {
  if (!isGiven(value) || value["policy"] !== POLICY_ID) return false;
  const { level, regimes, need, owners, purposes, handling } = value;
  return Object.keys(value).every((key) => keys.has(key))
    && (level === 0 || level === 1 || level === 2 || level === 3 || level === 4)
    && Array.isArray(regimes) && regimes.every((regime) => REGIMES.has(regime))
    && isTexts(need) && isAudience(purposes) && isTexts(handling)
    && isGiven(owners) && Object.values(owners).every(isOwnerPolicy);
}

function isLifecycle(value: unknown): boolean {
  if (!isGiven(value)) return false;
  return Object.entries(value).every(([key, member]) => member === undefined
    || (key === "status" ? STATUSES.has(member)
      : key === "designationIds" ? isTexts(member)
        : LIFECYCLE_TEXTS.includes(key) && typeof member === "string"));
}

/** True for a core of this policy: exactly its parts, each of its type. */
export function isLabelCore(value: unknown): value is LabelCore {
  return isCoreWith(value, CORE_KEYS);
}

/** True for a label as rows and wires carry it. Says nothing about the id; see `verifyLabelId`. */
export function isLabel(value: unknown): value is Label {
  if (!isCoreWith(value, LABEL_KEYS)) return false;
  const { id, existence, lifecycle } = value as Partial<Label>;
  return typeof id === "string" && isLabelCore(existence) && (lifecycle === undefined || isLifecycle(lifecycle));
}

const readable = new WeakSet<object>();

/** `isLabelCore`, or a core with some of the members of a label; remembers values that passed, which are immutable. */
export function isReadable(value: unknown): value is LabelCore & Partial<Label> {
  if (typeof value !== "object" || value === null) return false;
  if (readable.has(value)) return true;
  if (!isCoreWith(value, LABEL_KEYS)) return false;
  const { existence, lifecycle } = value as Partial<Label>;
  if (existence !== undefined && !isLabelCore(existence)) return false;
  if (lifecycle !== undefined && !isLifecycle(lifecycle)) return false;
  readable.add(value);
  return true;
}
