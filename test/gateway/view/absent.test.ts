/**
 * Hidden equals absent (SPEC 5.7, G3): for generated schemas and a class of subjects, the bundle is composed twice, once as it is and once without anything that is hidden from the class, and
 * everything the class may ask is answered by both in the same bytes. To show that the comparison looks at every kind of element, the filtering is emptied for each
 * kind in turn, and then some answer differs.
 */
import { createHash } from "node:crypto";
import { getIntrospectionQuery, type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isSpecifiedScalarType } from "graphql";
import { type Bundle, viewOf } from "../../../schema/compose";
import { makeBundle } from "../../../schema/compose/bundle";
import { describe as describeComposition, mergeSubgraphs } from "../../../schema/compose/compose";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import type { LabelCore } from "../../../schema/label";
import { coordinatesOf, keepOnly, makeModel, type Model, printModel, randomOf } from "../../schema/compose/arbitrary-schema";
import { generous, subgraph } from "../../schema/compose/harness";
import { generateOperation } from "../../support/generate-operation";
import { randomFrom } from "../../support/generate-random";
import { type Front, type Question, startFront } from "./front-of-view";

const OWNERS = ["JPN.MOD", "JPN.METI", "JPN.CAS", "JPN.CAO"];
const MAY = new Set(OWNERS.slice(0, 2));
const may = (core: LabelCore): boolean => Object.keys(core.owners).every((owner) => MAY.has(owner));
const SEEDS = [1, 2, 4, 8];

const KINDS = ["enum", "value", "scalar", "input", "input field", "interface", "object", "field", "argument", "union"] as const;
type ElementKind = (typeof KINDS)[number];

function kindOf(model: Model, coordinate: string): ElementKind {
  if (coordinate.includes("(")) return "argument";
  const [type = "", member] = coordinate.split(".");
  if (model.enums.has(type)) return member === undefined ? "enum" : "value";
  if (model.inputs.has(type)) return member === undefined ? "input" : "input field";
  if (member !== undefined) return "field";
  return model.interfaces.has(type) ? "interface" : model.unions.has(type) ? "union" : model.scalars.includes(type) ? "scalar" : "object";
}

/** Owners of about a fifth of the coordinates; `Query` has none, and its first field one that the class is permitted, so that something is labelled in every bundle. */
function ownersOf(model: Model, seed: number): ReadonlyMap<string, readonly string[]> {
  const random = randomOf(seed ^ 0x5eed);
  return new Map(coordinatesOf(model).filter((coordinate) => coordinate !== "Query").flatMap((coordinate) => (coordinate === "Query.hello" ? [[coordinate, ["JPN.MOD"]] as const] : random(5) === 0 ? [[coordinate, [OWNERS[random(OWNERS.length)] ?? ""]] as const] : [])));
}

/** Really composed, by Apollo's composition and ours; no rule looks at it, because a view has to be right for whatever bundle there is. */
function composeModel(model: Model, owners: ReadonlyMap<string, readonly string[]>): Bundle {
  const sdl = printModel(model, { name: (name) => name, text: (coordinate) => `<${coordinate}>`, applied: (coordinate) => (owners.get(coordinate) ?? []).map((owner) => `@label(level: "CUI", owner: "${owner}", rel: ["JPN"])`).join(" ") });
  const read = [readSubgraph(subgraph("a", sdl, { bare: true }))];
  const { supergraph, labels } = describeComposition(read, readSupergraph(mergeSubgraphs(read)), generous);
  return makeBundle(supergraph.sdl, labels, supergraph);
}

function coordinatesIn(schema: GraphQLSchema): ReadonlySet<string> {
  return new Set(Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith("__") && !isSpecifiedScalarType(type)).flatMap((type) => [
    type.name,
    ...(isEnumType(type) ? type.getValues().map(({ name }) => `${type.name}.${name}`) : []),
    ...(isInputObjectType(type) ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`) : []),
    ...(isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()).flatMap((field) => [`${type.name}.${field.name}`, ...field.args.map(({ name }) => `${type.name}.${field.name}(${name}:)`)]) : []),
  ]));
}

/** Ways to ask about one coordinate of the whole schema, hidden or not: right, wrong and by introspection. */
function questionsAbout(model: Model, coordinate: string): readonly Question[] {
  const [, type = "", member = "", argument = ""] = /^(\w+)(?:\.(\w+))?(?:\((\w+):\))?$/.exec(coordinate) ?? [];
  const on = (selection: string): string => (type === "Query" ? `{ ${selection} }` : `{ hello ... on ${type} { ${selection} } }`);
  const taking = [...model.objects, ...model.interfaces].flatMap(([owner, { fields }]) => fields.flatMap((field) => field.args.map((input) => ({ owner, field: field.name, input }))));
  const texts = ((): readonly (string | readonly [string, unknown])[] => {
    switch (kindOf(model, coordinate)) {
      case "argument": return [on(`${member}(${argument}: 1)`), on(`${member}(${argument}: {nowhere: 1}) { __typename }`), on(`${member}(${argument}: $v)`), [`query ($v: Int) ${on(`${member}(${argument}: $v) { __typename }`)}`, { v: 1 }]];
      case "field": return [on(member), on(`${member} { __typename }`), on(`x: ${member}(nowhere: 1) { nowhere }`), `fragment F on ${type} { ${member} } { hello ...F }`];
      case "value": return [`query ($v: ${type} = ${member}) { hello }`, ...taking.filter(({ input }) => input.type.includes(type)).slice(0, 4).flatMap(({ owner, field, input }) => {
        const at = (value: string): string => (owner === "Query" ? `{ ${field}(${input.name}: ${value}) }` : `{ ... on ${owner} { ${field}(${input.name}: ${value}) } }`);
        return [at(member), at(`[${member}]`), at(`"${member}"`), [`query ($v: ${input.type}) ${at("$v")}`, { v: member }] as const, [`query ($v: ${input.type}) ${at("$v")}`, { v: [member] }] as const];
      })];
      case "input field": return taking.filter(({ input }) => input.type.includes(type)).slice(0, 4).flatMap(({ owner, field, input }) => {
        const at = (value: string): string => (owner === "Query" ? `{ ${field}(${input.name}: ${value}) { __typename } }` : `{ ... on ${owner} { ${field}(${input.name}: ${value}) } }`);
        return [at(`{${member}: 1}`), at(`{${member}: NOWHERE}`), at("{}"), [`query ($v: ${input.type}) ${at("$v")}`, { v: { [member]: 1 } }] as const, [`query ($v: ${input.type}) ${at("$v")}`, { v: { [member]: "NOWHERE" } }] as const];
      });
      case "enum": case "input": case "interface": case "object": case "scalar": case "union": return [
        `{ __type(name: "${type}") { kind name description fields(includeDeprecated: true) { name description deprecationReason } possibleTypes { name } interfaces { name } enumValues { name } inputFields { name defaultValue } } }`,
        `{ hello ... on ${type} { __typename } }`, `fragment F on ${type} { __typename } { hello ...F }`, `query ($v: ${type}) { hello @include(if: $v) }`, `query ($v: [${type}!]!) { hello }`,
      ];
    }
  })();
  return texts.map((text) => (typeof text === "string" ? { body: { query: text } } : { body: { query: text[0], variables: text[1] } }));
}

const INTROSPECTIONS = [
  getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, schemaDescription: true, directiveIsRepeatable: true, oneOf: true }), getIntrospectionQuery(),
  "{ __schema { types { name fields { name args { name } } } directives { name locations args { name defaultValue } } } __typename }", "{ __schema { queryType { fields(includeDeprecated: false) { name isDeprecated } } } }",
];

/** Everything that is asked: about every coordinate of the whole, about the schema, what is valid for the class, and by way of hashes. */
function questionsFor(model: Model, view: GraphQLSchema, seed: number): readonly Question[] {
  const about = coordinatesOf(model).flatMap((coordinate) => questionsAbout(model, coordinate));
  const valid = Array.from({ length: 12 }, (_, at) => generateOperation(randomFrom(`${seed}/${at}`), view, { ids: ["1"], prefixes: ["x"] })).map(({ text, variables }) => ({ body: { query: text, variables } }));
  const hashed = about.slice(0, 10).map(({ body }) => {
    const { query } = body as { readonly query: string };
    return { body: { extensions: { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") } } } };
  });
  return [
    { path: "/schema", method: "GET" }, ...INTROSPECTIONS.map((query) => ({ body: { query } })), ...about, ...valid, ...hashed,
    ...about.filter((_, at) => at % 7 === 0).map((question) => ({ ...question, headers: { accept: "application/graphql-response+json" } })),
  ];
}

interface Compared { readonly asked: number; readonly different: readonly Question[]; readonly statuses: ReadonlyMap<string, number> }

/** Asks both; `one` may be a mutated one. */
async function compare(questions: readonly Question[], one: readonly [Bundle, GraphQLSchema], other: readonly [Bundle, GraphQLSchema], enough = Number.POSITIVE_INFINITY): Promise<Compared> {
  const fronts: Front[] = [await startFront(...one), await startFront(...other)];
  const different: Question[] = [];
  const statuses = new Map<string, number>();
  try {
    for (const question of questions) {
      const [a = "", b = ""] = await Promise.all(fronts.map((front) => front.ask(question)));
      const status = `${a.split("\n", 1)[0] ?? ""}${a.includes('"data":{') ? " with data" : ""}`;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (a !== b) different.push(question);
      if (different.length >= enough) break;
    }
  } finally {
    await Promise.all(fronts.map((front) => front.stop()));
  }
  return { asked: questions.length, different, statuses };
}

/** What a coordinate is labelled in effect: a hidden interface labels what implements it, and what it says of the visible stays true without it. */
function effectiveOwners({ labels }: Bundle, coordinate: string): readonly string[] {
  const [, type = "", member, argument] = /^(\w+)(?:\.(\w+))?(?:\((\w+):\))?$/.exec(coordinate) ?? [];
  const entry = labels.toJSON().types[type];
  const core = argument !== undefined && member !== undefined ? labels.argumentFloor(type, member, argument)
    : member !== undefined && entry?.values !== undefined ? labels.enumValueFloor(type, member)
      : member !== undefined && entry?.inputFields !== undefined ? labels.inputFieldFloor(type, member) : labels.floor(type, member);
  return Object.keys(core.owners);
}

interface World { readonly model: Model; readonly owners: ReadonlyMap<string, readonly string[]>; readonly seen: ReadonlySet<string>; readonly absent: Bundle; readonly questions: readonly Question[]; readonly seed: number }
function worldOf(seed: number): World & { readonly whole: Bundle } {
  const model = makeModel(seed);
  const owners = ownersOf(model, seed);
  const whole = composeModel(model, owners);
  const seen = coordinatesIn(viewOf(whole, may));
  const absent = composeModel(keepOnly(model, seen), new Map([...seen].map((coordinate) => [coordinate, effectiveOwners(whole, coordinate)])));
  return { model, owners, seen, whole, absent, seed, questions: questionsFor(model, viewOf(absent, may), seed) };
}

test.each(SEEDS)("what is hidden is answered as if it had never been written: status, headers and bytes, in validation, coercion, introspection, data and SDL (seed %i) [B-72] [B-76] [B-77] [B-78] [B-80] [B-81]", async (seed) => {
  const { model, seen, whole, absent, questions } = worldOf(seed);
  expect(coordinatesOf(model).filter((coordinate) => !seen.has(coordinate)).length).toBeGreaterThan(5);
  const { different, statuses } = await compare(questions, [whole, viewOf(whole, may)], [absent, viewOf(absent, may)]);
  expect(different).toEqual([]);
  // Refused, answered, and answered with data: the questions are of every kind.
  expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining(["200 with data", "400"]));
  expect(statuses.get("200 with data")).toBeGreaterThan(10);
});

test.each(KINDS)("the comparison fails when nothing of one kind is filtered: %s", async (kind) => {
  for (const seed of [...SEEDS, ...Array.from({ length: 300 }, (_, at) => 100 + at)]) {
    const model = makeModel(seed);
    const owners = ownersOf(model, seed);
    const hidden = [...owners].filter(([coordinate, labelled]) => kindOf(model, coordinate) === kind && labelled.some((owner) => !MAY.has(owner)));
    if (hidden.length === 0) continue;
    const { seen, absent, questions } = worldOf(seed);
    const mutated = composeModel(model, new Map([...owners].filter(([coordinate]) => kindOf(model, coordinate) !== kind)));
    const shown = coordinatesIn(viewOf(mutated, may));
    if ([...shown].every((coordinate) => seen.has(coordinate))) continue;
    // What is asked by name: that the schema as a whole differs is seen at once.
    const named = questions.filter(({ body }) => body !== undefined && !JSON.stringify(body).includes("__schema"));
    const { different } = await compare(named, [mutated, viewOf(mutated, may)], [absent, viewOf(absent, may)], 1);
    expect(different).toHaveLength(1);
    return;
  }
  throw new Error(`no generated schema hides a ${kind} that would be seen`);
});
