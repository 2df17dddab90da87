/**
 * One ministry's statement of standing (SPEC 3). Takes the body of `GET /standing` and gives it by subject, without everything that this ministry may
 * not state: people of organisations it does not keep, eligibilities it did not grant, assignments to tokens of others, facilities and attestations
 * that are not its office. What is dropped is named, so that somebody notices. A body of the wrong shape is refused whole.
 */
import type { Assignment, Eligibility, Facility, Role, Subject } from "../../schema/policy";

/** Who keeps an organisation's registers: its own subgraph or a registrar; undefined when nobody does. */
export type KeeperOf = (org: string) => string | undefined;

export interface StatedSubject extends Pick<Subject, "id" | "kind" | "nation" | "org" | "hostOrg" | "purposes"> {}
export interface Attestation { readonly agreementId: string; readonly attestedLevel: NonNullable<Subject["attestedLevel"]> }
/** What one ministry states about one subject. */
export interface Part {
  readonly subject?: StatedSubject;
  readonly eligibilities: readonly Eligibility[];
  /** With the issuer of each token. */
  readonly assignments: readonly (Assignment & { readonly issuer: string })[];
  readonly roles: readonly Role[];
  readonly facility?: Facility;
  readonly attestation?: Attestation;
}
export interface Snapshot {
  readonly vocabulary: ReadonlySet<string>;
  /** Tokens this ministry may assign, with their issuers. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly parts: ReadonlyMap<string, Part>;
  readonly dropped: readonly string[];
}

const FACILITY_KEEPER = "JPN.CAO";
const ATTESTATION_KEEPER = "JPN.MOFA";

/**
 * @param body parsed JSON
 * @throws Error when it is not a statement of this ministry at all
 */
export function readSnapshot(subgraph: string, body: unknown, keeperOf: KeeperOf): Snapshot {
  if (!isRecord(body) || body["ministry"] !== subgraph) throw new Error("the statement is not of this ministry");
  const dropped: string[] = [];
  const keeps = (org: unknown): boolean => typeof org === "string" && keeperOf(org) === subgraph;
  const listOf = (name: string): readonly unknown[] => {
    const list = body[name];
    if (!Array.isArray(list)) throw new Error(`${name} is missing`);
    return list;
  };
  const entries = <T>(name: string, read: (entry: Readonly<Record<string, unknown>>) => T | undefined): readonly T[] => {
    return listOf(name).flatMap((entry: unknown, at) => {
      const value = isRecord(entry) ? read(entry) : undefined;
      if (value === undefined) dropped.push(`${name}[${at}]`);
      return value === undefined ? [] : [value];
    });
  };

  const tokens = new Map(entries("tokens", ({ token, issuer }) => typeof token === "string" && typeof issuer === "string" && keeps(issuer) ? [token, issuer] as const : undefined));
  const vocabulary = new Set(listOf("vocabulary").filter((token) => typeof token === "string"));
  const drafts = new Map<string, Draft>();
  const draftOf = (id: string): Draft => { const known = drafts.get(id) ?? newDraft(); drafts.set(id, known); return known; };

  entries("subjects", (entry) => {
    const subject = subjectOf(entry);
    if (subject === undefined || !keeps(subject.kind === "liaison" ? subject.hostOrg : subject.org)) return undefined;
    draftOf(subject.id).subject = subject;
    return true;
  });
  entries("eligibilities", (entry) => keeps(entry["grantedBy"]) ? add(entry, isEligibility, (id, value) => draftOf(id).eligibilities.push(value)) : undefined);
  entries("assignments", (entry) => {
    const issuer = typeof entry["token"] === "string" ? tokens.get(entry["token"]) : undefined;
    return issuer === undefined ? undefined : add(entry, isAssignment, (id, value) => draftOf(id).assignments.push({ ...value, issuer }));
  });
  // An auditor's authority may reach over bodies that nobody keeps, such as the whole government; nobody else's may.
  const mayState = (role: Readonly<Record<string, unknown>>): boolean => keeps(role["org"]) || (role["role"] === "AUDIT" && keeps(role["grantedBy"]) && typeof role["org"] === "string" && keeperOf(role["org"]) === undefined);
  entries("roles", (entry) => mayState(entry) ? add(entry, isRole, (id, value) => draftOf(id).roles.push(value)) : undefined);
  entries("facilities", (entry) => keeperOf(FACILITY_KEEPER) === subgraph ? add(entry, isFacility, (id, value) => { draftOf(id).facility = value; }) : undefined);
  entries("attestations", (entry) => keeperOf(ATTESTATION_KEEPER) === subgraph ? add(entry, isAttestation, (id, value) => { draftOf(id).attestation = value; }) : undefined);
  return { vocabulary, tokens, parts: drafts, dropped };
}

interface Draft { subject?: StatedSubject; eligibilities: Eligibility[]; assignments: (Assignment & { issuer: string })[]; roles: Role[]; facility?: Facility; attestation?: Attestation }
function newDraft(): Draft { return { eligibilities: [], assignments: [], roles: [] }; }

/** Splits the subject off an entry and keeps the rest if it has the right shape. */
function add<T extends object>(entry: Readonly<Record<string, unknown>>, is: (value: object) => value is T, keep: (subject: string, value: T) => void): true | undefined {
  const { subject, ...rest } = entry;
  if (typeof subject !== "string" || !is(rest)) return undefined;
  keep(subject, rest);
  return true;
}

function subjectOf(entry: Readonly<Record<string, unknown>>): StatedSubject | undefined {
  const { id, kind, nation, org, hostOrg, purposes } = entry;
  const known = (["official", "contractor", "liaison", "system"] as const).find((each) => each === kind);
  if (typeof id !== "string" || known === undefined || typeof nation !== "string" || !isTexts(purposes)) return undefined;
  if (known === "liaison" ? typeof hostOrg !== "string" || nation === "JPN" : typeof org !== "string" || nation !== "JPN") return undefined;
  return { id, kind: known, nation, purposes, ...(typeof org === "string" ? { org } : {}), ...(typeof hostOrg === "string" ? { hostOrg } : {}) };
}

function isEligibility(value: object): value is Eligibility {
  const v = value as Partial<Record<keyof Eligibility, unknown>>;
  return areTexts(v.regime, v.basis, v.grantedBy, v.validUntil, v.status) && isLevel(v.maxLevel) && isTexts(v.usableAt);
}
function isAssignment(value: object): value is Assignment {
  const v = value as Partial<Record<keyof Assignment, unknown>>;
  return areTexts(v.token, v.role, v.from, v.until, v.grantedBy);
}
function isRole(value: object): value is Role {
  const v = value as Partial<Record<keyof Role, unknown>>;
  return areTexts(v.role, v.org, v.from, v.until, v.grantedBy);
}
function isFacility(value: object): value is Facility {
  const v = value as Partial<Record<keyof Facility, unknown>>;
  return areTexts(v.id, v.foci, v.validUntil) && isLevel(v.level) && isTexts(v.sites) && isTexts(v.contracts);
}
function isAttestation(value: object): value is Attestation {
  const v = value as Partial<Record<keyof Attestation, unknown>>;
  return areTexts(v.agreementId) && isLevel(v.attestedLevel);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> { return typeof value === "object" && value !== null && !Array.isArray(value); }
function areTexts(...values: readonly unknown[]): boolean { return values.every((value) => typeof value === "string"); }
function isTexts(value: unknown): value is readonly string[] { return Array.isArray(value) && value.every((each) => typeof each === "string"); }
function isLevel(value: unknown): boolean { return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 4; }
