/** The SDL of the ministries: complete, alike where they share types, and composable together with the lookup subgraph. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { composeServices } from "@apollo/composition";
import { type ObjectTypeDefinitionNode, Kind, parse } from "graphql";
import { Directive, Field, ObjectType, Query, Resolver } from "type-graphql";
import { ministries } from "../../../subgraphs";
import { LABEL_SDL, type MinistryDefinition, prefixOf, sdlOf } from "../../../subgraphs/kit";
import { buildSubgraph, printSubgraph } from "../../../subgraphs/kit/federation";
import { Label } from "../../../subgraphs/kit/labels";

const schemaFolder = path.join(__dirname, "../../../schema");
const all = Object.values(ministries);

function objectType(sdl: string, name: string): ObjectTypeDefinitionNode {
  const found = parse(sdl).definitions.find((definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === name);
  if (found?.kind !== Kind.OBJECT_TYPE_DEFINITION) throw new Error(`no type ${name}`);
  return found;
}

test("composes all ministries and lookup without errors or hints", () => {
  const services = all.map((ministry) => ({ name: ministry.name, url: "http://unused.invalid", typeDefs: parse(sdlOf(ministry)) }));
  const lookup = { name: "lookup", url: "http://unused.invalid", typeDefs: parse(readFileSync(path.join(schemaFolder, "lookup.graphql"), "utf8")) };
  const composed = composeServices([...services, lookup]);
  expect(composed.errors ?? []).toEqual([]);
  expect((composed.hints ?? []).map((hint) => hint.message)).toEqual([]);
});

test("defines the label directives with the text of schema/directives.graphql", () => {
  const text = readFileSync(path.join(schemaFolder, "directives.graphql"), "utf8");
  expect(LABEL_SDL.trim()).toBe(text.split("\n").filter((line) => !line.startsWith("#")).join("\n").trim());
});

test.each(all)("answers ministry and contact of a document of $name under its existence label", (ministry) => {
  const document = objectType(sdlOf(ministry), `${ministry.prefix}Document`);
  const marked = (document.fields ?? []).filter((field) => field.directives?.some((directive) => directive.name.value === "existence"));
  expect(marked.map((field) => field.name.value)).toEqual(["ministry", "contact"]);
});

test.each(all)("declares every field of a labelled type of $name nullable except key and label index", (ministry) => {
  const labelled = parse(sdlOf(ministry)).definitions.filter((definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.fields?.some((field) => field.name.value === "_label"));
  expect(labelled.length).toBeGreaterThan(10);
  for (const type of labelled as ObjectTypeDefinitionNode[]) {
    const strict = (type.fields ?? []).filter((field) => field.type.kind === Kind.NON_NULL_TYPE).map((field) => field.name.value);
    expect(strict.filter((name) => name !== "id" && name !== "_label")).toEqual([]);
  }
});

test("keeps the outcome of a vetting from every view without the vetting regime", () => {
  const directives = objectType(sdlOf(ministries["defense"] as MinistryDefinition), "EligibilityEntry").directives ?? [];
  expect(directives.some((directive) => directive.name.value === "label")).toBe(true);
});

test("refuses to print a schema in which a recorded label is lost", () => {
  // A parent's class-level directive does not reach its children: type-graphql drops it without a word.
  @ObjectType() @Label({ level: "SECRET" }) class Parent { @Field(() => String) name!: string; }
  @ObjectType("Lost") class Child extends Parent { @Field(() => String) more!: string; }
  @Resolver() class Root { @Query(() => Child) lost(): Child { return new Child(); } }
  expect(() => printSubgraph({ resolvers: [Root], orphans: [], classes: [Parent, Child], references: {} })).toThrow("labels lost in printing: Parent @label(level: \"SECRET\")");
  const { sdl } = buildSubgraph({ resolvers: [Root], orphans: [], classes: [Parent, Child], references: { Lost: () => null } });
  expect(sdl).toThrow("labels lost in printing");
});

test("puts directives of every kind back where they were applied", () => {
  @ObjectType("Kept") @Directive("@shareable") @Label({ level: "CUI", rel: ["USA", "JPN"] }) class Kept { @Field(() => String) @Label({ level: "SECRET" }) name!: string; }
  @Resolver() class Root { @Query(() => Kept) @Label({ level: "CUI" }) kept(): Kept { return new Kept(); } }
  const { sdl } = printSubgraph({ resolvers: [Root], orphans: [], classes: [Kept], references: {} });
  expect(sdl).toContain('type Kept @shareable @label(level: "CUI", rel: ["JPN", "USA"])');
  expect(sdl).toContain('name: String! @label(level: "SECRET")');
  expect(sdl).toContain('kept: Kept! @label(level: "CUI")');
});

test("derives the prefix of a ministry's types from its name", () => {
  expect(prefixOf("cabinet-office")).toBe("CabinetOffice");
});
