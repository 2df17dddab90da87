import { buildASTSchema, getNamedType, isObjectType, parse, type GraphQLObjectType } from "graphql";
import { acknowledgedIn, isAboutNotices, NOTICE_FIELDS, refuseUnread } from "../../gateway/notices";
import { codeOf, errorFor, noticesOf, toClientError } from "../../gateway/errors";
import { refusalBody } from "../../gateway/front/finish";
import { readDemoBundle, viewOf } from "../../schema/compose";
import { makeBundle } from "../../schema/compose/bundle";
import { describe as describeComposition, mergeSubgraphs } from "../../schema/compose/compose";
import { readSubgraph } from "../../schema/compose/subgraph";
import { readSupergraph } from "../../schema/compose/supergraph";
import { generous, subgraph } from "../schema/compose/harness";
import { startFront } from "./view/front-of-view";

const isAbout = (text: string, name?: string): boolean => isAboutNotices(parse(text), name);
const view = viewOf(readDemoBundle(), () => true);

test.each([
  ["{ legalNotices { id } }", true], ["{ a: legalNotices { id } b: legalNotices { text { ja } } __typename }", true], ["{ ... { legalNotices { id } } ... on Query { legalNotices { id } } }", true],
  ["query Q { ...F } fragment F on Query { legalNotices { id } ...G } fragment G on Query { legalNotices { version } }", true],
  ['mutation { acknowledgeNotice(notice: "a", version: "1") { id } }', true],
  ["{ __typename }", false], ["{ __schema { queryType { name } } }", false], ["{ legalNotices: defenseDocuments { totalCount } }", false], ["{ legalNotices { id } defenseDocuments { totalCount } }", false],
  ["{ legalNotices { id } defenseDocuments @skip(if: true) { totalCount } }", false], ["{ legalNotices { id } __schema { queryType { name } } }", false],
  ["query Q { ...F } fragment F on Query { legalNotices { id } matter(id: 1) { id } }", false], ["query Q { legalNotices { id } ...F } fragment F on Query { ...G } fragment G on Query { matter(id: 1) { id } }", false],
  ["mutation { legalNotices { id } }", false], ["query { acknowledgeNotice { id } }", false], ["subscription { legalNotices { id } }", false],
  ['mutation { acknowledgeNotice(notice: "a", version: "1") { id } defenseRevokeAssignment { id } }', false], ["query A { legalNotices { id } } query B { legalNotices { id } }", false],
] as const)("%s is about notices alone: %s", (text, expected) => { expect(isAbout(text)).toBe(expected); });

test("of several operations the one that is carried out counts", () => {
  const text = "query A { legalNotices { id } } query B { defenseDocuments { totalCount } }";
  expect([isAbout(text, "A"), isAbout(text, "B"), isAbout(text, "C")]).toEqual([true, false, false]);
});

test("below the open fields there is nothing but notices and their texts", () => {
  const reached = new Set<string>();
  const reach = (type: unknown): void => {
    const named = getNamedType(type as GraphQLObjectType);
    if (reached.has(named.name)) return;
    reached.add(named.name);
    if (isObjectType(named)) for (const field of Object.values(named.getFields())) reach(field.type);
  };
  const fields = [view.getQueryType()?.getFields()[NOTICE_FIELDS.query], view.getMutationType()?.getFields()[NOTICE_FIELDS.mutation]];
  for (const field of fields) { expect(field).toBeDefined(); reach(field?.type); }
  expect([...reached].sort()).toEqual(["ID", "LegalNotice", "String", "Text"]);
});

test("says for the evidence what a change acknowledges, by aliases and variables too, and nothing for a question", () => {
  const text = 'mutation M($v: String!) { acknowledgeNotice(notice: "NOTICE-SDS", version: $v) { id } other: acknowledgeNotice(notice: "NOTICE-VET", version: "1") { id } }';
  const answered = { acknowledgeNotice: null, other: null };
  expect(acknowledgedIn(view, parse(text), undefined, { v: "2" }, answered)).toEqual(["NOTICE-SDS@2", "NOTICE-VET@1"]);
  expect(acknowledgedIn(view, parse("{ legalNotices { id } }"), undefined, {}, answered)).toEqual([]);
  expect(acknowledgedIn(buildASTSchema(parse("type Query { a: String } type Mutation { b: String }")), parse("mutation { b }"), undefined, {}, answered)).toEqual([]);
});

test("says it for variables that have a default, and not for what was left out: no acknowledgement is lost from the evidence, and none is made up", () => {
  const text = 'mutation M($notice: ID! = "NOTICE-SDS", $not: Boolean!) { acknowledgeNotice(notice: $notice, version: "1") { id } other: acknowledgeNotice(notice: "NOTICE-VET", version: "1") @skip(if: $not) { id } }';
  expect(acknowledgedIn(view, parse(text), undefined, { not: true }, { acknowledgeNotice: null })).toEqual(["NOTICE-SDS@1"]);
});

test("refuses whoever has something to read, with the ids and nothing else", () => {
  expect(() => { refuseUnread({ unread: [] }); }).not.toThrow();
  let thrown: unknown;
  try { refuseUnread({ unread: ["NOTICE-SDS", "NOTICE-VET"] }); } catch (error) { thrown = error; }
  const extensions = { code: "NOTICE_NOT_ACKNOWLEDGED", notices: ["NOTICE-SDS", "NOTICE-VET"] };
  expect([codeOf(thrown), noticesOf(thrown)]).toEqual([extensions.code, extensions.notices]);
  expect(toClientError(errorFor(thrown))).toEqual({ message: "Read and acknowledge the legal notices that bind you first.", extensions });
  expect(JSON.parse(refusalBody("NOTICE_NOT_ACKNOWLEDGED", noticesOf(thrown)))).toEqual({ errors: [{ message: "Read and acknowledge the legal notices that bind you first.", extensions }] });
  expect(toClientError(new Error("x")).extensions).toEqual({ code: "INTERNAL_SERVER_ERROR" });
});

test("whoever has something to read is told no name of the schema by a mistake: an unknown field and one that there is are refused in the same bytes [B-77]", async () => {
  const read = [readSubgraph(subgraph("a", "type Query { legalNotices: String open(filter: String): String }", { bare: true }))];
  const { supergraph, labels } = describeComposition(read, readSupergraph(mergeSubgraphs(read)), generous);
  const bundle = makeBundle(supergraph.sdl, labels, supergraph);
  const front = await startFront(bundle, viewOf(bundle, () => true), { unread: ["NOTICE-SDS"] });
  try {
    const ask = (query: string): Promise<string> => front.ask({ body: { query }, headers: { accept: "application/graphql-response+json" } });
    const refused = await ask("{ open }");
    expect(refused).toMatch(/^403\n[^]*"NOTICE_NOT_ACKNOWLEDGED","notices":\["NOTICE-SDS"\]/);
    for (const query of ["{ hidden }", "{ legalNotices hidden }", "query ($a: Hidden) { legalNotices open(filter: $a) }"]) expect([query, await ask(query)]).toEqual([query, refused]);
  } finally { await front.stop(); }
});
