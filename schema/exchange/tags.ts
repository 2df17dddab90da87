/**
 * Names of the exchange (SPEC 16.1, 16.3): the namespace, the policies with their object identifiers, the category tag sets with their types.
 * The arc is one of 2.25 and so nobody else's. The partners' policies are those of the exercise; they stand below our arc.
 */
import { POLICY_ID, type Nation } from "../label";
import type { Policy } from "../policy";

export const NAMESPACE = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0";
const ARC = "urn:oid:2.25.8997788446173493985394160323437819512";
const PARTNERS_ARC = 100;

export type CategoryType = "RESTRICTIVE" | "PERMISSIVE" | "INFORMATIVE";
export interface PolicyName { readonly name: string; readonly uri: string }

/** What the values of a tag set are. The lists of an audience may be `*` or NOBODY. */
export type ValueKind = "regime" | "token" | "owner" | "nations" | "bodies" | "purposes" | "caveat" | "status" | "day" | "lastDay" | "label" | "body" | "text";
export interface Tag {
  readonly type: CategoryType;
  readonly arc: number;
  readonly values: ValueKind;
  /** One set per owner, `Releasable To@USA`. */
  readonly perOwner?: true;
}

export const TAGS = {
  "Regime": { type: "RESTRICTIVE", arc: 1, values: "regime" },
  "Need To Know": { type: "RESTRICTIVE", arc: 2, values: "token" },
  "Originator Control": { type: "RESTRICTIVE", arc: 3, values: "owner" },
  "Releasable To": { type: "PERMISSIVE", arc: 4, values: "nations", perOwner: true },
  "Display To": { type: "PERMISSIVE", arc: 5, values: "nations", perOwner: true },
  "Distribution": { type: "PERMISSIVE", arc: 6, values: "bodies", perOwner: true },
  "Purpose": { type: "PERMISSIVE", arc: 7, values: "purposes" },
  "Foreign Government Information": { type: "INFORMATIVE", arc: 8, values: "owner" },
  "Handling": { type: "INFORMATIVE", arc: 9, values: "caveat" },
  "Status": { type: "RESTRICTIVE", arc: 10, values: "status" },
  "Valid Until": { type: "INFORMATIVE", arc: 11, values: "lastDay" },
  "Successor": { type: "INFORMATIVE", arc: 12, values: "label" },
  "Review By": { type: "INFORMATIVE", arc: 13, values: "day" },
  "Hard Stop": { type: "INFORMATIVE", arc: 14, values: "day" },
  "Designation": { type: "INFORMATIVE", arc: 15, values: "text" },
  "Designated By": { type: "INFORMATIVE", arc: 16, values: "body" },
  "Designated On": { type: "INFORMATIVE", arc: 17, values: "day" },
  "Statutory Item": { type: "INFORMATIVE", arc: 18, values: "text" },
} as const satisfies Readonly<Record<string, Tag>>;
export type TagName = keyof typeof TAGS;

export function isTagName(name: string): name is TagName { return Object.hasOwn(TAGS, name); }

export const OWN_POLICY: PolicyName = { name: POLICY_ID, uri: ARC };

/** Letters as arcs: no two names have the same number. */
const arcsOf = (name: string): string => Array.from(name, (letter) => `.${letter.charCodeAt(0)}`).join("");

/** Object identifier of a tag set, or of one owner's. */
export function tagUri(name: TagName, owner?: string): string { return `${ARC}.${TAGS[name].arc}${owner === undefined ? "" : arcsOf(owner)}`; }

/** The policy of a nation or a registered group, as labels name it. */
export function partnerPolicy(nation: Nation): PolicyName { return { name: `${nation}-GOV-DEMO`, uri: `${ARC}.${PARTNERS_ARC}${arcsOf(nation)}` }; }

/** The partner whose policy this is, whether or not the agreement is in force; name and identifier must both fit. */
export function nationOf(policy: Policy, { name, uri }: PolicyName): Nation | undefined {
  return policy.agreements.all.map(({ nation }) => nation).find((nation) => { const own = partnerPolicy(nation); return own.name === name && own.uri === uri; });
}
