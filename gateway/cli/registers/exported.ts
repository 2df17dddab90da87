/**
 * The registers that can be exported (SPEC 17.1): the list in the graph that each is, what is asked of it, and how an entry of the answer becomes lines. Reads only what any client reads; what is
 * withheld is an empty cell.
 */
import { MINISTRY_NAMES } from "../../../subgraphs/names";

export interface Entry { readonly [name: string]: unknown }
/** A line with the paths in the answer, below its entry, of all values in it; by which it is marked. */
export interface ExportedLine { readonly cells: Readonly<Record<string, string>>; readonly within: readonly string[] }
export interface ExportedRegister {
  readonly columns: readonly string[];
  /** Who keeps it. */
  readonly ministries: readonly string[];
  /** Name of the list at a ministry, and what is asked of an entry. */
  readonly list: (field: string) => string;
  readonly selection: (field: string) => string;
  readonly lines: (entry: Entry, field: string) => readonly ExportedLine[];
  /** Columns with the mark of one part of an entry, and where that is; empty where it is that of the entry itself. */
  readonly marked: Readonly<Record<string, string>>;
  /** Part of an entry that is under the entry's own label. */
  readonly own: string;
}

const PORTIONS = ["title", "summary", "body", "source", "figures"] as const;
const LANGS = ["ja", "en"] as const;
const ALL: readonly string[] = MINISTRY_NAMES;
const REGISTER_OFFICE: readonly string[] = ["cabinet-office"];

const ENTRY = ["token", "kind", "issuer", "regime", "designatedOn", "validUntil", "statutoryItem"] as const;
const ASSIGNMENT = ["subject", "token", "role", "from", "until", "grantedBy", "reason"] as const;
const ELIGIBILITY = ["regime", "maxLevel", "basis", "grantedBy", "usableAt", "investigationId", "notifiedOn", "validUntil", "status"] as const;
const FACILITY = ["state", "version", "owner", "due", "agency", "firm", "facility", "level", "need", "foci", "mitigation", "validUntil"] as const;

const registered = (list: string): ExportedRegister => ({
  columns: ["ministry", "id", ...ENTRY, "name.ja", "name.en", "label"], ministries: ALL, marked: {}, own: "id", list: (field) => `${field}${list}`,
  selection: (field) => `id ${field} { entry { ${ENTRY.join(" ")} name { ja en } } }`,
  lines: (entry, field) => {
    const own = within(entry, field, "entry");
    return [{ cells: { id: textOf(entry["id"]), ...textsOf(own, ENTRY), ...localized(own, "name") }, within: [""] }];
  },
});

export const EXPORTED: Readonly<Record<string, ExportedRegister>> = {
  designations: registered("Designations"),
  matters: registered("Matters"),
  documents: {
    columns: ["ministry", "id", "reference", "kind", "class", "owner", "matter", "validUntil", "contact.ja", "contact.en", "label", ...PORTIONS.flatMap((name) => [`${name}.ja`, `${name}.en`, `${name}.label`])],
    ministries: ALL, own: "reference", list: (field) => `${field}Documents`, marked: Object.fromEntries(PORTIONS.map((name) => [`${name}.label`, name])),
    selection: (field) => `id reference kind class owner validUntil contact { ja en } matter { id ${field} { entry { token } } } ${PORTIONS.map((name) => `${name} { ja en }`).join(" ")}`,
    lines: (entry, field) => [{
      cells: {
        ...textsOf(entry, ["id", "reference", "kind", "class", "owner", "validUntil"]), matter: textOf(within(entry, "matter", field, "entry")["token"]), ...localized(entry, "contact"),
        ...Object.assign({}, ...PORTIONS.map((name) => localized(entry, name))) as Readonly<Record<string, string>>,
      },
      within: [""],
    }],
  },
  assignments: {
    columns: ["ministry", ...ASSIGNMENT, "label"], ministries: ALL, marked: {}, own: "id", list: (field) => `${field}Matters`,
    selection: (field) => `id ${field} { assignments { ${ASSIGNMENT.join(" ")} } }`,
    lines: (entry, field) => listOf(within(entry, field)["assignments"]).flatMap((one, at) => (one === null ? [] : [{ cells: textsOf(one, ASSIGNMENT), within: [`${field}.assignments.${at}`] }])),
  },
  eligibilities: {
    columns: ["ministry", "person", "reference", "name", ...ELIGIBILITY, "label"], ministries: REGISTER_OFFICE, marked: {}, own: "id", list: (field) => `${field}People`,
    selection: (field) => `id ${field} { entry { reference name } eligibilities { ${ELIGIBILITY.join(" ")} } }`,
    lines: (entry, field) => listOf(within(entry, field)["eligibilities"]).flatMap((one, at) => (one === null ? [] : [{
      cells: { person: textOf(entry["id"]), ...textsOf(within(entry, field, "entry"), ["reference", "name"]), ...textsOf(one, ELIGIBILITY) }, within: ["id", `${field}.entry`, `${field}.eligibilities.${at}`],
    }])),
  },
  facilities: {
    columns: ["ministry", "id", ...FACILITY, "label"], ministries: REGISTER_OFFICE, marked: {}, own: "id", list: (field) => `${field}FacilityClearances`,
    selection: () => `id ${FACILITY.join(" ")}`, lines: (entry) => [{ cells: textsOf(entry, ["id", ...FACILITY]), within: [""] }],
  },
};

function within(entry: Entry, ...names: readonly string[]): Entry {
  let at: unknown = entry;
  for (const name of names) at = (at as Entry | null | undefined)?.[name];
  return (at ?? {}) as Entry;
}

function listOf(value: unknown): readonly (Entry | null)[] { return Array.isArray(value) ? value as readonly (Entry | null)[] : []; }

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.join(";") : `${value as string | number | boolean}`;
}

function textsOf(entry: Entry, names: readonly string[]): Readonly<Record<string, string>> { return Object.fromEntries(names.map((name) => [name, textOf(entry[name])])); }

function localized(entry: Entry, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(LANGS.map((lang) => [`${name}.${lang}`, textOf(within(entry, name)[lang])]));
}
