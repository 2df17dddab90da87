/**
 * Categories as parts of a label (SPEC 16.3, 16.4). Takes what a document says, and the policy whose words those are; gives the core and the lifecycle. Refuses a tag set that is unknown, of another type or given
 * twice, a value the policy does not know, an audience that is not said, and categories that are not exactly those that the label they say would be written with: so nothing is guessed, and nothing contradicts.
 */
import { canonical, type LabelCore, type Level, type Lifecycle, type LifecycleStatus, type Owner, type OwnerPolicy, type Regime } from "../label";
import { startOfDay, type Policy } from "../policy";
import { EVERYBODY, lifecycleCategories, NOBODY, ownCategories, sharedCategories } from "./core-categories";
import type { Category, Information } from "./label-document";
import { ExchangeError } from "./refusal";
import { isTagName, OWN_POLICY, type Tag, TAGS, tagUri, type TagName, type ValueKind } from "./tags";

export interface OwnInformation { readonly core: LabelCore; readonly lifecycle: Lifecycle | undefined }

const STATUSES: readonly LifecycleStatus[] = ["PROPOSED", "LAPSED_HOLD", "TERMINATED", "CHALLENGED"];
const TOKEN = /^[A-Z0-9][A-Z0-9.:+_-]*$/;
const LABEL_ID = /^L-[a-z2-7]{52}$/;

/** Whether a value is one of its kind. */
export function isKnown(policy: Policy, kind: ValueKind, value: string): boolean {
  switch (kind) {
    case "regime": return policy.regimes.has(value as Regime);
    case "token": return TOKEN.test(value);
    case "owner": return policy.members.isKnownOrg(value) || policy.nations.has(value) || policy.groups.has(value) || value === "FGI";
    case "nations": return policy.nations.has(value);
    case "bodies": case "body": return policy.members.isKnownOrg(value);
    case "purposes": return policy.purposes.has(value);
    case "caveat": return policy.caveats.has(value);
    case "status": return STATUSES.some((status) => status === value);
    case "day": return !Number.isNaN(startOfDay(value));
    case "lastDay": return value === "OWNER_CONSENT" || !Number.isNaN(startOfDay(value));
    case "label": return LABEL_ID.test(value);
    case "text": return true;
  }
}

const AUDIENCES: readonly ValueKind[] = ["nations", "bodies", "purposes"];

/** One label of our own policy, as one document says it. */
export function readOwn(policy: Policy, information: Information): OwnInformation {
  const { path = "/" } = information;
  const { level, given } = readValues(policy, information);
  const core = readCore(level, given, path);
  const lifecycle = readLifecycle(given);
  requireSame(information, [...ownCategories(core), ...lifecycleCategories(lifecycle)]);
  requireReleaseLists(core, path);
  return { core, lifecycle };
}

/** What a partner says in our words about what is theirs, by 16.5: an audience beside Releasable To that is not there restricts nobody. */
export function readFromPartner(policy: Policy, information: Information, owner: Owner): LabelCore {
  const { path = "/" } = information;
  const { level, given } = readValues(policy, information);
  const list = (name: TagName): readonly string[] => given.get(name) ?? [];
  const restricted = (name: TagName): readonly string[] | "ALL" => (given.has(name) ? audienceOf(given, name, path) : "ALL");
  const terms = { rel: audienceOf(given, "Releasable To", path), disp: restricted("Display To"), dist: restricted("Distribution"), orcon: list("Originator Control").length > 0 };
  const core = canonical({ level, regimes: list("Regime") as readonly Regime[], need: list("Need To Know"), owners: { [owner]: terms }, purposes: restricted("Purpose"), handling: list("Handling") });
  requireSame(information, sharedCategories(core));
  return core;
}

interface Values { readonly level: Level; readonly given: ReadonlyMap<string, readonly string[]> }
function readValues(policy: Policy, information: Information): Values {
  const { path = "/" } = information;
  if (information.policy.name !== OWN_POLICY.name || information.policy.uri !== OWN_POLICY.uri) throw new ExchangeError("POLICY_UNKNOWN", `${path}/PolicyIdentifier`, `not ${OWN_POLICY.name} with ${OWN_POLICY.uri}`);
  const level = policy.levels.find(({ name }) => name === information.classification)?.level;
  if (level === undefined) throw new ExchangeError("CLASSIFICATION_UNKNOWN", `${path}/Classification`, `unknown: ${information.classification}`);
  const given = new Map<string, readonly string[]>();
  for (const category of information.categories) {
    if (given.has(category.tagName)) throw new ExchangeError("CATEGORY_TWICE", `${category.path ?? path}/@TagName`, `given twice: ${category.tagName}`);
    given.set(category.tagName, readCategory(policy, category));
  }
  return { level, given };
}

/** The values of one category of ours, with its owner where its name has one. */
function readCategory(policy: Policy, { tagName, type, uri, values, path = "/" }: Category): readonly string[] {
  const [name = "", ...rest] = tagName.split("@");
  const tag: Tag | undefined = isTagName(name) ? TAGS[name] : undefined;
  const owner = rest.length === 0 ? undefined : rest.join("@");
  if (tag === undefined || !isTagName(name) || (owner !== undefined && (tag.perOwner !== true || !isKnown(policy, "owner", owner)))) throw new ExchangeError("CATEGORY_UNKNOWN", `${path}/@TagName`, `unknown: ${tagName}`);
  if (type !== tag.type) throw new ExchangeError("CATEGORY_UNKNOWN", `${path}/@Type`, `${tagName} is ${tag.type}`);
  if (uri !== tagUri(name, owner)) throw new ExchangeError("CATEGORY_UNKNOWN", `${path}/@URI`, `${tagName} is ${tagUri(name, owner)}`);
  checkValues(policy, tag, values, path);
  return values;
}

/** Refuses what is not one of the values of the tag set. */
export function checkValues(policy: Policy, tag: Tag, values: readonly string[], path: string): void {
  const whole = AUDIENCES.includes(tag.values) && values.length === 1 && (values[0] === EVERYBODY || values[0] === NOBODY);
  values.forEach((value, at) => {
    const here = `${path}/GenericValue${at === 0 ? "" : `[${at + 1}]`}`;
    if (!whole && !isKnown(policy, tag.values, value)) throw new ExchangeError("CATEGORY_VALUE", here, `unknown: ${value}`);
    if (values.indexOf(value) !== at) throw new ExchangeError("CATEGORY_VALUE", here, `given twice: ${value}`);
  });
}

function audienceOf(given: ReadonlyMap<string, readonly string[]>, tagName: string, path: string): readonly string[] | "ALL" {
  const values = given.get(tagName);
  if (values === undefined) throw new ExchangeError("CATEGORY_MISSING", `${path}/Category`, `nothing says ${tagName}; that nobody is restricted is said by ${EVERYBODY}`);
  if (values[0] === EVERYBODY) return "ALL";
  return values[0] === NOBODY ? [] : values;
}

function readCore(level: Level, given: ReadonlyMap<string, readonly string[]>, path: string): LabelCore {
  const list = (name: TagName): readonly string[] => given.get(name) ?? [];
  const orcon = list("Originator Control");
  const owners: Record<string, OwnerPolicy> = {};
  for (const tagName of given.keys()) {
    const at = tagName.indexOf("@");
    if (at === -1) continue;
    const owner = tagName.slice(at + 1);
    owners[owner] ??= {
      rel: audienceOf(given, `Releasable To@${owner}`, path), disp: audienceOf(given, `Display To@${owner}`, path), dist: audienceOf(given, `Distribution@${owner}`, path),
      orcon: orcon.includes(owner),
    };
  }
  audienceOf(given, "Releasable To", path);
  const purposes = audienceOf(given, "Purpose", path);
  return canonical({ level, regimes: list("Regime") as readonly Regime[], need: list("Need To Know"), owners, purposes, handling: list("Handling") });
}

function readLifecycle(given: ReadonlyMap<string, readonly string[]>): Lifecycle | undefined {
  const one = (name: TagName): string | undefined => given.get(name)?.[0];
  const designationIds = given.get("Designation");
  const members = {
    status: STATUSES.find((status) => status === one("Status")), validUntil: one("Valid Until"), onLapse: one("Successor"), reviewBy: one("Review By"), hardStop: one("Hard Stop"),
    designationIds, designatedBy: one("Designated By"), designatedOn: one("Designated On"), statutoryItem: one("Statutory Item"),
  };
  const present = Object.entries(members).filter(([, member]) => member !== undefined);
  return present.length === 0 ? undefined : Object.fromEntries(present);
}

/** The parts say the label, and the label says the parts: every list in order, every effective value that of the owners together. */
function requireSame({ categories, path = "/" }: Information, wanted: readonly Category[]): void {
  for (let at = 0; at < Math.max(categories.length, wanted.length); at += 1) {
    const [found, expected] = [categories[at], wanted[at]];
    if (expected !== undefined && found !== undefined && isSame(found, expected)) continue;
    throw new ExchangeError("CONTRADICTION", found?.path ?? `${path}/Category`, expected === undefined ? "says more than the label it is part of" : `the other categories say ${expected.tagName}: ${expected.values.join(", ")}`);
  }
}

function isSame(a: Category, b: Category): boolean {
  return a.type === b.type && a.tagName === b.tagName && a.uri === b.uri && a.values.length === b.values.length && a.values.every((value, at) => value === b.values[at]);
}

/** V1: a label with no release list is readable abroad, so from level 1 on it is neither written nor read. */
function requireReleaseLists(core: LabelCore, path: string): void {
  const lists = Object.values(core.owners).map(({ rel }) => rel);
  if (core.level >= 1 && (lists.length === 0 || lists.includes("ALL"))) throw new ExchangeError("RELEASE_MISSING", `${path}/Category`, "from level 1 on every owner says who may receive it");
}
