/**
 * members.json: the org tree, which ministry keeps which body, and what each ministry is accredited for (SPEC 3.5, 12 F3).
 * Takes parsed JSON; gives `Members`; refuses unknown keys, unknown codes and contradictions with their JSON path.
 */
import { isUnder, type Level, type OrgPath, type Regime } from "../label";
import { shiftDate } from "./days";
import { PolicyError } from "./policy-error";
import {
  code, date, flag, level, list, matching, nationCode, notice, nullable, object, oneOf, optional, orgPath, record, refuseTwice, regime,
  text,
} from "./shape";
import type { Assignment, Eligibility, Subject } from "./subject";

const subgraphName = matching(/^[a-z]+(-[a-z]+)*$/, "a subgraph name");

const shape = object({
  notice,
  demoDay: date,
  members: list(object({
    org: orgPath, parent: nullable(orgPath), nameJa: text, shortJa: text, nameEn: text, shortEn: text, subgraph: nullable(subgraphName),
    mayDesignate: list(regime), firm: optional(flag),
  })),
  subgraphs: list(object({ subgraph: subgraphName, ministry: text, serves: list(orgPath), zoneLevel: level })),
  registrar: record(subgraphName, subgraphName),
  accreditation: list(object({
    id: text, subgraph: subgraphName, ministry: text, kind: oneOf("subgraph"), nation: nationCode, org: orgPath, zoneLevel: level, site: text,
    purposes: list(code), roles: list(object({})),
    eligibilities: list(object({
      regime, maxLevel: level, basis: oneOf("ASSESSMENT", "OFFICE_EXEMPT", "FOREIGN_ATTESTATION"), grantedBy: orgPath, usableAt: list(orgPath),
      investigationId: optional(text), notifiedOn: date, validUntil: date, status: oneOf("ACTIVE", "SUSPENDED", "WITHDRAWN", "EXPIRED"),
      consentId: text,
    })),
    assignments: list(object({
      token: code, role: oneOf("HANDLER", "MANAGER", "READER"), from: date, until: date, grantedBy: orgPath, reason: text,
    })),
  })),
});

type MembersFile = ReturnType<typeof shape>;
export type Member = MembersFile["members"][number];

/** What a ministry's subgraph is cleared for: decided about like any other subject, before anything is sent to it. */
export interface Accreditation { readonly subject: Subject; readonly zoneLevel: Level; readonly site: string }

export interface Members {
  readonly all: readonly Member[];
  /** Subgraphs of the registry, with the bodies they serve. */
  readonly subgraphs: readonly { readonly subgraph: string; readonly serves: readonly OrgPath[]; readonly zoneLevel: Level }[];
  /** The ministry that may state the standing of a body: its own subgraph, or that subgraph's registrar; undefined for nobody. */
  keeperOf(org: OrgPath): string | undefined;
  isKnownOrg(org: string): boolean;
  /** True when the body, or the one it belongs to, may designate under the regime. */
  mayDesignate(org: OrgPath, regime: Regime): boolean;
  accreditations(subgraph: string): readonly Accreditation[];
  /** Japanese short names by path. A name that two bodies share stands behind the name of the body above, so that marks can be read back. */
  readonly wordsJa: Readonly<Record<string, string>>;
}

/** Reads members.json. `shiftDays`: whole days by which every date is moved. Throws PolicyError. */
export function readMembers(value: unknown, shiftDays: number): Members {
  const file = shape(value, "members");
  checkTree(file);
  checkSubgraphs(file);
  const byOrg = new Map(file.members.map((member) => [member.org, member]));
  const accredited = new Map<string, Accreditation[]>();
  for (const entry of file.accreditation) {
    const known = accredited.get(entry.subgraph) ?? [];
    accredited.set(entry.subgraph, [...known, toAccreditation(entry, shiftDays)]);
  }
  const nearest = <T>(org: OrgPath, pick: (member: Member) => T | undefined): T | undefined => {
    for (let member = byOrg.get(org); member !== undefined; member = member.parent === null ? undefined : byOrg.get(member.parent)) {
      const found = pick(member);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    all: file.members,
    subgraphs: file.subgraphs.map(({ subgraph, serves, zoneLevel }) => ({ subgraph, serves, zoneLevel })),
    keeperOf: (org) => {
      const own = nearest(org, (member) => member.subgraph ?? undefined);
      return own === undefined ? undefined : file.registrar[own] ?? own;
    },
    isKnownOrg: (org) => byOrg.has(org),
    mayDesignate: (org, code) => nearest(org, (member) => (member.mayDesignate.includes(code) ? true : undefined)) === true,
    accreditations: (subgraph) => accredited.get(subgraph) ?? [],
    wordsJa: wordsOf(file.members),
  };
}

function wordsOf(members: readonly Member[]): Readonly<Record<string, string>> {
  const words = members.map((member): readonly [string, string] => {
    const shared = members.some((other) => other !== member && other.shortJa === member.shortJa);
    const above = shared ? members.find((other) => other.org === member.parent)?.shortJa ?? "" : "";
    return [member.org, above + member.shortJa];
  });
  refuseTwice(words, ([, word]) => word, "members.members", "shortJa");
  return Object.fromEntries(words);
}

function checkTree(file: MembersFile): void {
  refuseTwice(file.members, (member) => member.org, "members.members", "org");
  const known = new Set(file.members.map((member) => member.org));
  file.members.forEach((member, at) => {
    const path = `members.members[${at}]`;
    const above = member.org.includes(".") ? member.org.slice(0, member.org.lastIndexOf(".")) : null;
    if (member.parent !== above) throw new PolicyError(`${path}.parent`, `contradicts the path ${member.org}`);
    if (member.parent !== null && !known.has(member.parent)) throw new PolicyError(`${path}.parent`, `unknown: ${member.parent}`);
    // These words stand for the empty list and for no restriction in the English marks.
    if (member.org === "JPN.NONE" || member.org === "JPN.ALL" || member.org === "JPN.JPN") throw new PolicyError(`${path}.org`, "reserved by the marks");
    if (member.firm === true && member.mayDesignate.length > 0) throw new PolicyError(`${path}.mayDesignate`, "a firm designates nothing");
  });
}

function checkSubgraphs(file: MembersFile): void {
  refuseTwice(file.subgraphs, (entry) => entry.subgraph, "members.subgraphs", "subgraph");
  const subgraphs = new Map(file.subgraphs.map((entry) => [entry.subgraph, entry]));
  const orgs = new Set(file.members.map((member) => member.org));
  const need = (name: string, path: string): void => {
    if (!subgraphs.has(name)) throw new PolicyError(path, `unknown subgraph ${name}`);
  };
  file.members.forEach((member, at) => { if (member.subgraph !== null) need(member.subgraph, `members.members[${at}].subgraph`); });
  file.subgraphs.forEach((entry, at) => entry.serves.forEach((org, index) => {
    if (!orgs.has(org)) throw new PolicyError(`members.subgraphs[${at}].serves[${index}]`, `unknown body ${org}`);
  }));
  for (const [absent, keeper] of Object.entries(file.registrar)) {
    need(absent, `members.registrar.${absent}`);
    need(keeper, `members.registrar.${absent}`);
    if (file.registrar[keeper] !== undefined) throw new PolicyError(`members.registrar.${absent}`, `${keeper} has a registrar itself`);
  }
  file.accreditation.forEach((entry, at) => {
    const path = `members.accreditation[${at}]`;
    need(entry.subgraph, `${path}.subgraph`);
    const served = subgraphs.get(entry.subgraph);
    if (served?.serves.some((org) => isUnder(entry.org, org)) !== true) throw new PolicyError(`${path}.org`, "is not served by that subgraph");
    if (served.zoneLevel !== entry.zoneLevel) throw new PolicyError(`${path}.zoneLevel`, "contradicts the subgraph's zone level");
  });
}

function toAccreditation(entry: MembersFile["accreditation"][number], days: number): Accreditation {
  const eligibilities = entry.eligibilities.map((given): Eligibility => {
    const { investigationId, ...rest } = given;
    const dates = { notifiedOn: shiftDate(given.notifiedOn, days), validUntil: shiftDate(given.validUntil, days) };
    return { ...rest, ...dates, ...(investigationId === undefined ? {} : { investigationId }) };
  });
  const assignments = entry.assignments.map((given): Assignment => ({ ...given, from: shiftDate(given.from, days), until: shiftDate(given.until, days) }));
  const subject: Subject = {
    id: entry.id, kind: entry.kind, nation: entry.nation, org: entry.org, eligibilities, assignments, roles: [], purposes: entry.purposes,
  };
  return { subject, zoneLevel: entry.zoneLevel, site: entry.site };
}
