import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Kind, lexicographicSortSchema, parse, print, printSchema, validate, validateSchema } from "graphql";
import { bundleOf, composeDemo, lookupSource, readDemoBundle, viewOf } from "../../../schema/compose";
import { readSchemaFile } from "../../../schema/compose/specification";
import type { LabelCore } from "../../../schema/label";
import { ministries } from "../../../subgraphs";
import { sdlOf } from "../../../subgraphs/kit";

const composed = composeDemo(Object.values(ministries).map((ministry) => ({ name: ministry.name, sdl: sdlOf(ministry) })));
const everything = (): boolean => true;
const upTo = (level: number) => (core: LabelCore): boolean => core.level <= level;

test("the committed supergraph and labels are what the ministries' schemas give", () => {
  for (const [name, text] of Object.entries(composed.files)) {
    expect({ name, text: readFileSync(join(__dirname, "../../../schema", name), "utf8") }).toEqual({ name, text });
  }
});

test("the bundle read from the committed files is the composed one", () => {
  const read = readDemoBundle();
  expect(read.version).toBe(composed.bundle.version);
  expect(printSchema(lexicographicSortSchema(viewOf(read, everything)))).toBe(printSchema(lexicographicSortSchema(viewOf(composed.bundle, everything))));
});

test("a bundle whose labels do not fit its supergraph is refused", () => {
  const sdl = composed.bundle.supergraphSdl;
  const table = (): { distinct: object[]; types: Record<string, { floor: number; fields?: Record<string, unknown>; labelledIn?: unknown }> } => JSON.parse(composed.bundle.labels.print()) as never;
  expect(() => bundleOf(sdl, table())).not.toThrow();
  const without = table(); delete without.types["DefenseDocument"];
  expect(() => bundleOf(sdl, without)).toThrow(/DefenseDocument /);
  const withoutField = table(); delete withoutField.types["DefenseDocument"]?.fields?.["title"];
  expect(() => bundleOf(sdl, withoutField)).toThrow(/DefenseDocument\.title /);
  const tooMany = table(); tooMany.types["Nobody"] = { floor: 0 };
  expect(() => bundleOf(sdl, tooMany)).toThrow(/Nobody /);
  const unlabelled = table(); delete unlabelled.types["DefenseDocument"]?.labelledIn;
  expect(() => bundleOf(sdl, unlabelled)).toThrow(/DefenseDocument .*disagree/);
  const outOfRange = table(); outOfRange.types["DefenseDocument"] = { floor: 99 };
  expect(() => bundleOf(sdl, outOfRange)).toThrow(/unreadable/);
  const notALabel = table(); notALabel.distinct[0] = { ...notALabel.distinct[0], level: "PUBLIC" };
  expect(() => bundleOf(sdl, notALabel)).toThrow(/unreadable/);
  for (const nothing of [undefined, null, [], {}, { distinct: [] }, { distinct: [], types: [] }]) expect(() => bundleOf(sdl, nothing)).toThrow(/unreadable/);
});

test("lookup links the very text of the label specification", () => {
  const definitions = (text: string): readonly string[] => parse(text, { noLocation: true }).definitions.filter(({ kind }) => kind === Kind.DIRECTIVE_DEFINITION).map(print);
  expect(definitions(readSchemaFile("directives.graphql"))).toHaveLength(2);
  expect(definitions(lookupSource().sdl)).toEqual(definitions(readSchemaFile("directives.graphql")));
});

test("every ministry's view of every level is valid and answers the shared lookups", () => {
  for (const level of [0, 1, 2, 3, 4]) {
    const schema = viewOf(composed.bundle, upTo(level));
    expect(validateSchema(schema)).toEqual([]);
    expect(validate(schema, parse(`query ($id: ID!) { matter(id: $id) { id } person(id: $id) { id } designation(id: $id) { id } }`))).toEqual([]);
  }
});

test("the question of the demo is valid for somebody who is permitted only PUBLIC", () => {
  const section = "documents(first: 20) { totalCount nodes { ...D } }";
  const question = `query Matter($id: ID!) { matter(id: $id) { id
    defense { entry { token name { ja en } } ${section} } economy { ${section} } cabinetSecretariat { ${section} } cabinetOffice { ${section} } } }
    fragment D on Document { id ministry contact { ja en } reference kind title { ja en } summary { ja en } body { ja en } source { ja en } figures { ja en } }`;
  expect(validate(viewOf(composed.bundle, upTo(0)), parse(question))).toEqual([]);
});

test("documents, connections, edges and register entries are labelled; texts, pages and sections inherit", () => {
  const { labels } = composed.bundle;
  for (const { prefix } of Object.values(ministries)) {
    expect([`${prefix}Document`, `${prefix}DocumentConnection`, `${prefix}DocumentEdge`].filter((type) => !labels.isLabelled(type))).toEqual([]);
    expect(labels.isLabelled(`${prefix}Matter`)).toBe(false);
    expect(["id", "ministry", "contact", "title"].filter((field) => labels.isExistence(`${prefix}Document`, field))).toEqual(["id", "ministry", "contact"]);
  }
  expect(["Text", "PageInfo"].filter((type) => labels.isLabelled(type))).toEqual([]);
  expect(["Matter", "Person", "Designation", "MatterEntry"].filter((type) => !labels.isLabelled(type))).toEqual([]);
});
