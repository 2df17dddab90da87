/**
 * Entries of a ministry's standing (SPEC 3.11): which lists there are, of which fields their entries consist, and which of them a ministry may state. Takes an entry as it came and gives it with
 * exactly its fields, or nothing when its shape is wrong. A further list is one more line in `LISTS` and one more rule in `mayState`.
 */
import type { Acknowledgement, Assignment, Eligibility, Facility, Role, Subject } from "../../schema/policy";

export interface StatedSubject extends Pick<Subject, "id" | "kind" | "nation" | "org" | "hostOrg" | "purposes"> { /** Day on which they left: what any ministry gave them before has ended. */ readonly left?: string }
export interface Attestation { readonly agreementId: string; readonly attestedLevel: NonNullable<Subject["attestedLevel"]> }
/** What one ministry states about one subject, as far as it may. */
export interface Part {
  readonly subject?: StatedSubject;
  readonly eligibilities: readonly Eligibility[];
  /** With the issuer of each token. */
  readonly assignments: readonly (Assignment & { readonly issuer: string })[];
  readonly roles: readonly Role[];
  readonly facility?: Facility;
  readonly attestation?: Attestation;
  /** Legal notices that the subject has read. */
  readonly acknowledgements: readonly Acknowledgement[];
}

export type FieldKind = "text" | "text?" | "level" | "texts";
export type Value = string | number | readonly string[] | undefined;
export type Fields = Readonly<Record<string, Value>>;

/** Fields of the entries about people; what else an entry has is left out. The order of lists and fields is that in memory. */
export const LISTS = {
  subjects: { kind: "text", nation: "text", org: "text?", hostOrg: "text?", purposes: "texts", left: "text?" },
  eligibilities: { regime: "text", maxLevel: "level", basis: "text", grantedBy: "text", usableAt: "texts", notifiedOn: "text", validUntil: "text", status: "text" },
  assignments: { role: "text", from: "text", until: "text", grantedBy: "text" },
  roles: { role: "text", org: "text", from: "text", until: "text", grantedBy: "text" },
  facilities: { id: "text", level: "level", foci: "text", validUntil: "text", sites: "texts", contracts: "texts" },
  attestations: { agreementId: "text", attestedLevel: "level" },
  acknowledgements: { notice: "text", version: "text" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, FieldKind>>>>;
export type ListName = keyof typeof LISTS;
export const LIST_NAMES = Object.keys(LISTS) as readonly ListName[];

/** The same, by place in `LIST_NAMES`. */
export const SHAPES: readonly (readonly (readonly [name: string, kind: FieldKind])[])[] = LIST_NAMES.map((list) => Object.entries(LISTS[list]));
const PLACES: ReadonlyMap<ListName, number> = new Map(LIST_NAMES.map((list, at) => [list, at]));

export interface Entry { readonly list: ListName; readonly key: string; readonly fields: Fields }

/** Who keeps an organisation's registers: its own subgraph or a registrar; undefined when nobody does. */
export type KeeperOf = (org: string) => string | undefined;

const FACILITY_KEEPER = "JPN.CAO";
/** States agreements and attestations. */
const PARTNER_KEEPER = "JPN.MOFA";
const ACKNOWLEDGEMENT_KEEPER = "JPN.CAO";
const KINDS: readonly unknown[] = ["official", "contractor", "liaison", "system"] satisfies readonly Subject["kind"][];

/** Whose statements about agreements count; undefined when nobody's do. */
export function keeperOfAgreements(keeperOf: KeeperOf): string | undefined { return keeperOf(PARTNER_KEEPER); }

/** Place of a list in `LIST_NAMES`. */
export function placeOf(list: ListName): number { return PLACES.get(list) ?? -1; }

/** The fields of an entry; undefined when one is missing or of another type. */
export function readFields(list: ListName, value: unknown): Fields | undefined {
  if (!isRecord(value)) return undefined;
  const fields: Record<string, Value> = {};
  for (const [name, kind] of SHAPES[placeOf(list)] ?? []) {
    const given = value[name];
    if (!isOfKind(kind, given)) return undefined;
    fields[name] = given;
  }
  if (list === "subjects") {
    const { kind, nation, org, hostOrg } = fields;
    if (!KINDS.includes(kind) || (kind === "liaison" ? hostOrg === undefined || nation === "JPN" : org === undefined || nation !== "JPN")) return undefined;
  }
  return fields;
}

/** Whether it is this ministry's to state: `issuerOf` knows the tokens that are its own. */
export function mayState(subgraph: string, { list, key, fields }: Entry, keeperOf: KeeperOf, issuerOf: (token: string) => string | undefined): boolean {
  const keeps = (org: Value): boolean => typeof org === "string" && keeperOf(org) === subgraph;
  switch (list) {
    case "subjects": return keeps(fields["kind"] === "liaison" ? fields["hostOrg"] : fields["org"]);
    case "eligibilities": return keeps(fields["grantedBy"]);
    case "assignments": return issuerOf(key) !== undefined;
    // An auditor's authority may reach over bodies that nobody keeps, such as the whole government; nobody else's may.
    case "roles": return keeps(fields["org"]) || (fields["role"] === "AUDIT" && keeps(fields["grantedBy"]) && keeperOf(String(fields["org"])) === undefined);
    case "facilities": return keeperOf(FACILITY_KEEPER) === subgraph;
    case "attestations": return keeperOfAgreements(keeperOf) === subgraph;
    case "acknowledgements": return keeperOf(ACKNOWLEDGEMENT_KEEPER) === subgraph;
  }
}

/** Puts entries that a ministry may state together. Of two facilities or attestations the later counts. */
export function partOf(subject: string, entries: readonly Entry[], issuerOf: (token: string) => string | undefined): Part {
  const part = { eligibilities: [] as Eligibility[], assignments: [] as (Assignment & { readonly issuer: string })[], roles: [] as Role[], acknowledgements: [] as Acknowledgement[] };
  let about: { subject?: StatedSubject; facility?: Facility; attestation?: Attestation } = {};
  for (const { list, key, fields } of entries) {
    // What was read has the fields of its list.
    const stated: unknown = fields;
    switch (list) {
      case "subjects": about = { ...about, subject: { id: subject, ...stated as Omit<StatedSubject, "id"> } }; break;
      case "eligibilities": part.eligibilities.push(stated as Eligibility); break;
      case "acknowledgements": part.acknowledgements.push(stated as Acknowledgement); break;
      case "roles": part.roles.push(stated as Role); break;
      case "facilities": about = { ...about, facility: stated as Facility }; break;
      case "attestations": about = { ...about, attestation: stated as Attestation }; break;
      case "assignments": {
        const issuer = issuerOf(key);
        if (issuer !== undefined) part.assignments.push({ token: key, ...stated as Omit<Assignment, "token">, issuer });
      }
    }
  }
  return { ...part, ...about };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> { return typeof value === "object" && value !== null && !Array.isArray(value); }

function isOfKind(kind: FieldKind, value: unknown): value is Value {
  switch (kind) {
    case "text": return typeof value === "string";
    case "text?": return value === undefined || typeof value === "string";
    case "level": return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 4;
    case "texts": return Array.isArray(value) && value.every((each) => typeof each === "string");
  }
}
