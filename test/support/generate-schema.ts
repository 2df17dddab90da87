/**
 * A random federation as a plan: subgraphs, labelled entities with contributions of several ministries, labelled parts without keys, value objects,
 * interfaces, unions, fields under @requires, connections and root fields. `generate-sdl.ts` prints it; worlds and the reference read it.
 * Every field name occurs once in a plan (portions and interface fields apart, which have one shape everywhere), so operations never conflict.
 */
import { PORTIONS } from "../../schema/label/label";
import type { Random } from "./generate-random";

export type ScalarKind = "text" | "number" | "flag" | "choice" | "texts" | "matrix" | "words";
export type Wrapping = "one" | "list" | "grid";

/** A static floor as `@label` prints it. */
export interface FloorPlan { readonly level: string; readonly regimes?: readonly string[]; readonly rel?: readonly string[]; readonly purposes?: readonly string[] }

interface FieldBase {
  readonly name: string;
  /** The subgraph that resolves it. */
  readonly owner: string;
  readonly floor?: FloorPlan;
  /** Carries the existence label of its object. */
  readonly existence?: boolean;
}
export type FieldPlan = FieldBase & (
  | { readonly kind: "scalar"; readonly scalar: ScalarKind }
  | { readonly kind: "echo" }
  | { readonly kind: "derived"; readonly requires: readonly string[] }
  | { readonly kind: "value"; readonly value: string; readonly wrapping: Wrapping }
  | { readonly kind: "edge"; readonly target: string; readonly wrapping: Wrapping; readonly strict: boolean });

/** A labelled type: entity (has a key, may be contributed to by several subgraphs) or part (no key, one subgraph). */
export interface TypePlan {
  readonly name: string;
  readonly entity: boolean;
  /** Subgraphs that hold rows of it; the first is its home. */
  readonly holders: readonly string[];
  readonly floor?: FloorPlan;
  readonly fields: readonly FieldPlan[];
}
/** Value object: no label of its own. */
export interface ValuePlan { readonly name: string; readonly subgraphs: readonly string[]; readonly fields: readonly FieldPlan[] }
export interface AbstractPlan {
  readonly name: string;
  readonly kind: "interface" | "union";
  readonly subgraph: string;
  readonly members: readonly string[];
  /** Field every member has, for an interface. */
  readonly field?: string;
}
export type RootPlan =
  | { readonly name: string; readonly subgraph: string; readonly kind: "all" | "grid"; readonly target: string; readonly strict: boolean }
  | { readonly name: string; readonly subgraph: string; readonly kind: "byId"; readonly target: string }
  | { readonly name: string; readonly subgraph: string; readonly kind: "page"; readonly target: string; readonly filter: string }
  /** A mutation: gives one text field of a row another value, where its asker has the row. */
  | { readonly name: string; readonly subgraph: string; readonly kind: "change"; readonly target: string; readonly field: string; readonly floor?: FloorPlan }
  /** A subscription: rows that came in a window of changes; row number n of a world came with change n. */
  | { readonly name: string; readonly subgraph: string; readonly kind: "news"; readonly target: string; readonly strict: boolean; readonly floor?: FloorPlan };

export interface SchemaPlan {
  readonly subgraphs: readonly string[];
  /** Floor of the value `FLOORED_CHOICE` of the enum that all subgraphs share. */
  readonly choiceFloor?: FloorPlan;
  readonly types: readonly TypePlan[];
  readonly values: readonly ValuePlan[];
  readonly abstracts: readonly AbstractPlan[];
  readonly roots: readonly RootPlan[];
}

/** Shape of a portion field, the same in every type. */
export const PORTION_KIND: Readonly<Record<string, ScalarKind>> = { title: "text", summary: "text", body: "words", source: "texts", figures: "number" };

/** The one value of the shared enum that may have a floor of its own. */
export const FLOORED_CHOICE = "BLUE";

const SUBGRAPHS = ["archive", "beacon", "customs", "dockyard"] as const;
const FLOORS: readonly FloorPlan[] = [
  { level: "CUI" }, { level: "CUI", rel: ["JPN", "USA"] }, { level: "CONFIDENTIAL", regimes: ["DOC"], rel: ["JPN", "USA", "AUS"] },
  { level: "SECRET", regimes: ["SDS"], rel: ["JPN", "USA"] }, { level: "CUI", regimes: ["VET"], purposes: ["OVERSIGHT", "VETTING"] },
];

interface Draft { name: string; entity: boolean; holders: string[]; floor?: FloorPlan; fields: FieldPlan[] }

/** Makes a random plan: 2 to 4 subgraphs, 2 to 4 entities, up to 2 parts. */
export function generateSchema(random: Random): SchemaPlan {
  let counter = 0;
  const name = (stem: string): string => `${stem}${(counter += 1)}`;
  const subgraphs = SUBGRAPHS.slice(0, 2 + random.int(3));
  const drafts: Draft[] = [];
  const entities = 2 + random.int(3);
  for (let i = 0; i < entities; i += 1) {
    const home = random.pick(subgraphs);
    const holders = [home, ...random.some(subgraphs.filter((s) => s !== home), 0.5)];
    // One type without a floor, because everybody must have something to ask.
    drafts.push({ name: `Entity${i}`, entity: true, holders, fields: [], ...(i === 0 ? {} : floorOf(random, 0.12)) });
  }
  const parts = random.int(3);
  for (let i = 0; i < parts; i += 1) drafts.push({ name: `Part${i}`, entity: false, holders: [random.pick(subgraphs)], fields: [], ...floorOf(random, 0.12) });
  const shared: ValuePlan = {
    name: "Pair", subgraphs,
    fields: [{ name: "left", owner: "*", kind: "scalar", scalar: "text" }, { name: "right", owner: "*", kind: "scalar", scalar: "number" }],
  };
  const values: ValuePlan[] = [shared];
  const abstracts = planAbstracts(random, subgraphs, drafts, name);
  for (const draft of drafts) planFields(random, draft, drafts, values, abstracts, name);
  const choiceFloor = random.chance(0.7) ? random.pick(FLOORS) : undefined;
  for (const draft of drafts) planDerived(random, draft, drafts, choiceFloor, name);
  return { subgraphs, ...(choiceFloor === undefined ? {} : { choiceFloor }), types: drafts, values, abstracts, roots: planRoots(random, subgraphs, drafts, abstracts, name) };
}

function floorOf(random: Random, probability: number): { floor?: FloorPlan } {
  return random.chance(probability) ? { floor: random.pick(FLOORS) } : {};
}

function planAbstracts(random: Random, subgraphs: readonly string[], drafts: readonly Draft[], name: (stem: string) => string): AbstractPlan[] {
  const out: AbstractPlan[] = [];
  for (const subgraph of subgraphs) {
    const members = drafts.filter((draft) => draft.holders.includes(subgraph));
    if (members.length < 2 || !random.chance(0.7)) continue;
    const chosen = random.shuffle(members).slice(0, 2 + random.int(2));
    if (random.chance(0.5)) {
      out.push({ name: name("Union"), kind: "union", subgraph, members: chosen.map((m) => m.name) });
    } else {
      const field = name("tag");
      for (const member of chosen) member.fields.push({ name: field, owner: subgraph, kind: "scalar", scalar: "text", ...floorOf(random, 0.05) });
      out.push({ name: name("Face"), kind: "interface", subgraph, members: chosen.map((m) => m.name), field });
    }
  }
  return out;
}

function planFields(random: Random, draft: Draft, drafts: readonly Draft[], values: ValuePlan[], abstracts: readonly AbstractPlan[], name: (stem: string) => string): void {
  const portions = random.shuffle(PORTIONS);
  for (const [index, owner] of draft.holders.entries()) {
    for (const portion of portions.splice(0, index === 0 ? 3 : 1)) {
      draft.fields.push({ name: portion, owner, kind: "scalar", scalar: PORTION_KIND[portion] ?? "text", ...floorOf(random, 0.05) });
    }
    for (const scalar of random.some<ScalarKind>(["text", "number", "flag", "choice", "texts", "matrix"], 0.35)) {
      draft.fields.push({ name: name(scalar), owner, kind: "scalar", scalar, ...floorOf(random, 0.08) });
    }
    if (random.chance(0.3)) draft.fields.push({ name: name("echo"), owner, kind: "echo" });
    if (random.chance(0.4)) draft.fields.push({ name: name("desk"), owner, kind: "scalar", scalar: "text", existence: true });
    if (random.chance(0.35)) draft.fields.push({ name: name("pair"), owner, kind: "value", value: "Pair", wrapping: random.pick(["one", "list", "grid"]) });
    const known = [...drafts.filter((d) => d.entity || d.holders.includes(owner)).map((d) => d.name), ...abstracts.filter((a) => a.subgraph === owner).map((a) => a.name)];
    const edge = (): FieldPlan => ({ name: name("edge"), owner, kind: "edge", target: random.pick(known), wrapping: random.pick(["one", "list", "list", "grid"]), strict: random.chance(0.5) });
    const edges = (index === 0 ? 1 : 0) + random.int(3);
    for (let i = 0; i < edges; i += 1) draft.fields.push({ ...edge(), ...floorOf(random, 0.04) });
    if (random.chance(0.25)) {
      const section: ValuePlan = { name: name("Section"), subgraphs: [owner], fields: [{ name: name("note"), owner, kind: "scalar", scalar: "text" }, edge()] };
      values.push(section);
      draft.fields.push({ name: name("section"), owner, kind: "value", value: section.name, wrapping: random.pick(["one", "list"]) });
    }
  }
}

/**
 * Fields under @requires, in another subgraph than their inputs; now and then one that requires another one. Chains that come back to a subgraph are
 * avoided: @apollo/query-planner 2.14 then asks a root field for external fields, and whoever is asked speaks for a field that is not its own.
 */
function planDerived(random: Random, draft: Draft, drafts: readonly Draft[], choiceFloor: FloorPlan | undefined, name: (stem: string) => string): void {
  if (!draft.entity || draft.holders.length < 2) return;
  for (const owner of draft.holders) {
    const inputs = draft.fields.filter((f) => isInput(f, drafts) && !ownersOf(draft, f).has(owner));
    if (inputs.length === 0 || !random.chance(0.75)) continue;
    const required = random.shuffle(inputs).slice(0, 1 + random.int(2));
    // What is made of a value with a floor has that floor too, or composition refuses it.
    const floor = required.some((f) => isChoice(f) || f.floor !== undefined) ? choiceFloor : undefined;
    draft.fields.push({ name: name("derived"), owner, kind: "derived", requires: required.map((f) => f.name), ...(floor === undefined ? {} : { floor }) });
  }
}

function isInput(field: FieldPlan, drafts: readonly Draft[]): boolean {
  if (field.existence === true) return false;
  if (field.kind === "derived") return true;
  if (field.floor !== undefined) return false;
  return field.kind === "edge" ? drafts.some((draft) => draft.name === field.target && draft.entity && draft.floor === undefined) : field.kind === "scalar" || field.kind === "echo";
}

function isChoice(field: FieldPlan): boolean { return field.kind === "scalar" && field.scalar === "choice"; }

/** The owner of a field and those of everything it requires. */
function ownersOf(draft: Draft, field: FieldPlan): Set<string> {
  const inputs = field.kind === "derived" ? draft.fields.filter((f) => field.requires.includes(f.name)) : [];
  return new Set([field.owner, ...inputs.flatMap((input) => [...ownersOf(draft, input)])]);
}

function planRoots(random: Random, subgraphs: readonly string[], drafts: readonly Draft[], abstracts: readonly AbstractPlan[], name: (stem: string) => string): RootPlan[] {
  const out: RootPlan[] = [];
  for (const subgraph of subgraphs) {
    for (const draft of drafts.filter((d) => d.entity && d.holders.includes(subgraph))) {
      out.push({ name: name("all"), subgraph, kind: "all", target: draft.name, strict: random.chance(0.5) });
      if (random.chance(0.6)) out.push({ name: name("one"), subgraph, kind: "byId", target: draft.name });
      if (random.chance(0.2)) out.push({ name: name("grid"), subgraph, kind: "grid", target: draft.name, strict: random.chance(0.5) });
      const filter = draft.fields.find((f) => f.owner === subgraph && f.kind === "scalar" && f.scalar === "text" && f.existence !== true);
      if (filter !== undefined && random.chance(0.5)) out.push({ name: name("page"), subgraph, kind: "page", target: draft.name, filter: filter.name });
    }
    for (const abstract of abstracts.filter((a) => a.subgraph === subgraph)) out.push({ name: name("mixed"), subgraph, kind: "all", target: abstract.name, strict: random.chance(0.5) });
    if (!out.some((root) => root.subgraph === subgraph)) {
      const foreign = drafts.find((d) => d.entity);
      if (foreign !== undefined) out.push({ name: name("none"), subgraph, kind: "byId", target: foreign.name });
    }
  }
  return [...out, ...planChanges(random, drafts, name)];
}

/** What can be changed and listened to; some of it only by those who are permitted a floor, so that views differ in their root types too. */
function planChanges(random: Random, drafts: readonly Draft[], name: (stem: string) => string): RootPlan[] {
  return drafts.filter((draft) => draft.entity).flatMap((draft) => draft.holders.flatMap((subgraph): RootPlan[] => {
    const texts = draft.fields.filter((field) => field.owner === subgraph && field.kind === "scalar" && field.scalar === "text" && field.existence !== true);
    const field = texts.length === 0 ? undefined : random.pick(texts).name;
    return [
      ...(field === undefined ? [] : [{ name: name("change"), subgraph, kind: "change" as const, target: draft.name, field, ...floorOf(random, 0.25) }]),
      ...(random.chance(0.7) ? [{ name: name("news"), subgraph, kind: "news" as const, target: draft.name, strict: random.chance(0.5), ...floorOf(random, 0.25) }] : []),
    ];
  }));
}
