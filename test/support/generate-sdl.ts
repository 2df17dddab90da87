/**
 * Prints a schema plan as one federation SDL per subgraph, in the form real ministries use: `_label` on every labelled object type, floors by `@label`,
 * existence fields by `@existence`, stubs for foreign entities, the same directive definitions in every subgraph.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FLOORED_CHOICE, type AbstractPlan, type FieldPlan, type FloorPlan, type RootPlan, type ScalarKind, type SchemaPlan, type TypePlan, type ValuePlan, type Wrapping } from "./generate-schema";

const DIRECTIVES = readFileSync(join(__dirname, "../../schema/directives.graphql"), "utf8");
const HEADER = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@inaccessible", "@composeDirective"])
  @link(url: "https://kanmon.example/label/v1.0", import: ["@label", "@existence"])
  @composeDirective(name: "@label") @composeDirective(name: "@existence")
${DIRECTIVES}`;
const LABEL_FIELD = "  _label: Int! @inaccessible @shareable";
const SCALARS: Readonly<Record<ScalarKind, string>> = {
  text: "String", number: "Int", flag: "Boolean", choice: "Choice", texts: "[String!]", matrix: "[[String]!]", words: "Words",
};

/** Name of the connection type of a page root. */
export function pageTypeOf(root: RootPlan): string {
  return `P${root.name.slice(1)}`;
}

/** SDL of every subgraph of the plan. */
export function printSubgraphs(plan: SchemaPlan): Map<string, string> {
  return new Map(plan.subgraphs.map((subgraph) => [subgraph, printSubgraph(plan, subgraph)]));
}

function printSubgraph(plan: SchemaPlan, subgraph: string): string {
  const held = plan.types.filter((type) => type.holders.includes(subgraph));
  const abstracts = plan.abstracts.filter((abstract) => abstract.subgraph === subgraph);
  const values = plan.values.filter((value) => value.subgraphs.includes(subgraph));
  const roots = plan.roots.filter((root) => root.subgraph === subgraph);
  const stubs = plan.types.filter((type) => type.entity && !type.holders.includes(subgraph) && isReferred(type.name, subgraph, held, values, roots));
  return [
    HEADER,
    `enum Choice { RED GREEN ${FLOORED_CHOICE}${printFloor(plan.choiceFloor)} }`,
    "type Words @shareable { ja: String en: String }",
    ...values.map((value) => printValue(value)),
    ...abstracts.map((abstract) => printAbstract(abstract, plan)),
    ...held.map((type) => printType(type, subgraph, abstracts)),
    ...stubs.map((type) => `type ${type.name} @key(fields: "id", resolvable: false) {\n  id: ID!\n${LABEL_FIELD}\n}`),
    ...roots.filter((root) => root.kind === "page").map((root) => printPage(root, plan)),
    ...printRoots("Query", roots.filter((root) => root.kind !== "change" && root.kind !== "news")), ...printRoots("Mutation", roots.filter((root) => root.kind === "change")),
    ...printRoots("Subscription", roots.filter((root) => root.kind === "news")),
  ].join("\n\n");
}

function isReferred(name: string, subgraph: string, held: readonly TypePlan[], values: readonly ValuePlan[], roots: readonly RootPlan[]): boolean {
  const fields = [...held, ...values].flatMap((type) => type.fields).filter((field) => field.owner === subgraph);
  const inputs = new Set(fields.flatMap((field) => (field.kind === "derived" ? field.requires : [])));
  const edges = held.flatMap((type) => type.fields).filter((field) => field.kind === "edge" && field.target === name);
  return roots.some((root) => root.target === name) || fields.some((field) => field.kind === "edge" && field.target === name) || edges.some((edge) => inputs.has(edge.name));
}

function printType(type: TypePlan, subgraph: string, abstracts: readonly AbstractPlan[]): string {
  const faces = abstracts.filter((a) => a.kind === "interface" && a.members.includes(type.name)).map((a) => a.name);
  const implementing = faces.length === 0 ? "" : ` implements ${faces.join(" & ")}`;
  const own = type.fields.filter((field) => field.owner === subgraph);
  const inputs = new Set(own.flatMap((field) => (field.kind === "derived" ? field.requires : [])));
  const external = type.fields.filter((field) => inputs.has(field.name)).map((field) => `  ${printField(field)} @external`);
  const lines = [...(type.entity ? ["  id: ID!"] : []), ...own.map((field) => `  ${printField(field)}${printDirectives(field, type)}`), ...external, LABEL_FIELD];
  const floor = subgraph === type.holders[0] ? printFloor(type.floor) : "";
  return `type ${type.name}${implementing}${type.entity ? ' @key(fields: "id")' : ""}${floor} {\n${lines.join("\n")}\n}`;
}

function printDirectives(field: FieldPlan, type: TypePlan): string {
  const requires = field.kind === "derived" ? ` @requires(fields: "${field.requires.map((name) => printRequired(name, type)).join(" ")}")` : "";
  return `${requires}${field.existence === true ? " @existence" : ""}${printFloor(field.floor)}`;
}

function printRequired(name: string, type: TypePlan): string {
  const field = type.fields.find((f) => f.name === name);
  if (field?.kind === "echo") return `${name}(prefix: \\"req\\")`;
  if (field?.kind === "edge") return `${name} { id }`;
  return field?.kind === "scalar" && field.scalar === "words" ? `${name} { ja }` : name;
}

function printField(field: FieldPlan): string {
  switch (field.kind) {
    case "scalar": return `${field.name}: ${SCALARS[field.scalar]}`;
    case "echo": return `${field.name}(prefix: String = "echo", times: Int): String`;
    case "derived": return `${field.name}: String`;
    case "value": return `${field.name}: ${wrap(field.value, field.wrapping, false)}`;
    case "edge": return `${field.name}: ${wrap(field.target, field.wrapping, field.strict)}`;
    default: throw new Error("unknown field");
  }
}

function wrap(type: string, wrapping: Wrapping, strict: boolean): string {
  const item = strict ? `${type}!` : type;
  return wrapping === "one" ? type : wrapping === "list" ? `[${item}]` : `[[${item}]!]`;
}

function printValue(value: ValuePlan): string {
  const shareable = value.subgraphs.length > 1 ? " @shareable" : "";
  return `type ${value.name}${shareable} {\n${value.fields.map((field) => `  ${printField(field)}`).join("\n")}\n}`;
}

function printAbstract(abstract: AbstractPlan, plan: SchemaPlan): string {
  if (abstract.kind === "union") return `union ${abstract.name} = ${abstract.members.join(" | ")}`;
  const keyed = abstract.members.every((member) => plan.types.some((type) => type.name === member && type.entity));
  return `interface ${abstract.name} { ${keyed ? "id: ID! " : ""}${abstract.field ?? ""}: String }`;
}

function printPage(root: RootPlan, plan: SchemaPlan): string {
  const floor = plan.types.find((type) => type.name === root.target)?.floor;
  return `type ${pageTypeOf(root)}${printFloor(floor)} {\n  totalCount: Int\n  hasNext: Boolean\n  nodes: [${root.target}!]\n${LABEL_FIELD}\n}`;
}

function printRoots(type: string, roots: readonly RootPlan[]): readonly string[] { return roots.length === 0 ? [] : [`type ${type} {\n${roots.map(printRoot).join("\n")}\n}`]; }

function printRoot(root: RootPlan): string {
  switch (root.kind) {
    case "all": return `  ${root.name}: [${root.target}${root.strict ? "!" : ""}]`;
    case "grid": return `  ${root.name}: [[${root.target}${root.strict ? "!" : ""}]!]`;
    case "byId": return `  ${root.name}(id: ID!): ${root.target}`;
    case "page": return `  ${root.name}(first: Int, after: Int = 0, startsWith: String, down: Boolean): ${pageTypeOf(root)}`;
    case "change": return `  ${root.name}(id: ID!, text: String): ${root.target}${printFloor(root.floor)}`;
    case "news": return `  ${root.name}: [${root.target}${root.strict ? "!" : ""}]${printFloor(root.floor)}`;
    default: throw new Error("unknown root");
  }
}

function printFloor(floor: FloorPlan | undefined): string {
  if (floor === undefined) return "";
  const list = (items: readonly string[]): string => `[${items.map((item) => `"${item}"`).join(", ")}]`;
  const parts = [
    `level: "${floor.level}"`,
    ...(floor.regimes === undefined ? [] : [`regimes: ${list(floor.regimes)}`]),
    ...(floor.rel === undefined ? [] : [`rel: ${list(floor.rel)}`]),
    ...(floor.purposes === undefined ? [] : [`purposes: ${list(floor.purposes)}`]),
  ];
  return ` @label(${parts.join(", ")})`;
}
