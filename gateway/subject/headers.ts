/**
 * The headers by which a request narrows itself (SPEC 4, 8): Kanmon-Purpose, -Case, -Ceiling, -Release-To, -Marks, -Sources. They only ever take away, so one that is
 * misspelt, repeated or malformed is refused: ignoring it would give more than was asked for.
 */
import type { Level, Nation } from "../../schema/label";
import type { Policy } from "../../schema/policy";
import { Refused } from "../errors";

export interface Narrowing {
  readonly purpose?: string;
  readonly case?: string;
  readonly ceiling?: Level;
  /** Sorted, without repetition, not empty. */
  readonly releaseTo?: readonly Nation[];
  readonly portions: boolean;
  /** What a change is made of (4.19): requests of the same asker, by their ids; an empty list says of nothing that was released. Takes nothing away from what is read. */
  readonly sources?: readonly string[];
  /** The same narrowing of what is read has the same key. */
  readonly key: string;
}

const PREFIX = "kanmon-";
const KNOWN: ReadonlySet<string> = new Set(["purpose", "case", "ceiling", "release-to", "marks", "sources"].map((name) => PREFIX + name));
const NOTHING: Narrowing = Object.freeze({ portions: false, key: "" });
const CODE = /^[A-Z][A-Z0-9-]{0,63}$/;
const TOKEN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MOST_NATIONS = 16;
const TXN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOST_SOURCES = 16;
const NO_SOURCES = "NONE";

/**
 * @param rawHeaders names and values as received, alternating
 * @throws Refused BAD_USER_INPUT
 */
export function readNarrowing(rawHeaders: readonly string[], policy: Pick<Policy, "levels" | "nations" | "groups">): Narrowing {
  const given = new Map<string, string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    if (!name.startsWith(PREFIX)) continue;
    if (given.has(name)) throw refuse(nameable(name), "is repeated");
    given.set(name, rawHeaders[at + 1]?.trim() ?? "");
  }
  if (given.size === 0) return NOTHING;
  const take = <T>(name: string, read: (value: string) => T | undefined): T | undefined => {
    const value = given.get(PREFIX + name);
    if (value === undefined) return undefined;
    given.delete(PREFIX + name);
    return read(value) ?? fail(PREFIX + name, "is malformed");
  };
  const purpose = take("purpose", (value) => (CODE.test(value) ? value : undefined));
  const token = take("case", (value) => (TOKEN.test(value) ? value : undefined));
  const ceiling = take("ceiling", (value) => policy.levels.find((entry) => entry.name.replaceAll(" ", "_") === value.replaceAll(" ", "_"))?.level);
  const releaseTo = take("release-to", (value) => nationsOf(value, (code) => policy.nations.has(code) || policy.groups.has(code)));
  const portions = take("marks", (value) => (value === "portions" ? true : undefined)) ?? false;
  const sources = take("sources", sourcesOf);
  for (const name of given.keys()) throw refuse(nameable(name), "is unknown");
  const narrowing = {
    portions, ...(purpose === undefined ? {} : { purpose }), ...(token === undefined ? {} : { case: token }), ...(ceiling === undefined ? {} : { ceiling }),
    ...(releaseTo === undefined ? {} : { releaseTo }),
  };
  return { ...narrowing, ...(sources === undefined ? {} : { sources }), key: JSON.stringify(narrowing) };
}

function sourcesOf(value: string): readonly string[] | undefined {
  if (value === NO_SOURCES) return [];
  const sources = value.split(",").map((txn) => txn.trim());
  return sources.length <= MOST_SOURCES && sources.every((txn) => TXN.test(txn)) ? [...new Set(sources)].sort() : undefined;
}

function nationsOf(value: string, isKnown: (code: string) => boolean): readonly Nation[] | undefined {
  const nations = value.split(",").map((nation) => nation.trim());
  return nations.length <= MOST_NATIONS && nations.every(isKnown) ? [...new Set(nations)].sort() : undefined;
}

function refuse(name: string, problem: string): Refused { return new Refused("BAD_USER_INPUT", `header ${name} ${problem}`); }
/** The log repeats no words of a client. */
function nameable(name: string): string { return KNOWN.has(name) ? name : `${PREFIX}*`; }
function fail(name: string, problem: string): never { throw refuse(name, problem); }
