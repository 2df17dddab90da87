import { addedFlows, bundleOf, composeSupergraph, flowDigest, flowGraphOf } from "../../../schema/compose";
import { describe as describeComposition, mergeSubgraphs } from "../../../schema/compose/compose";
import { findFlows, type FlowGraph } from "../../../schema/compose/flow-graph";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { labelledSubgraphs, PLACES } from "./arbitrary-labels";
import { compose, composeUnchecked, findingsOf, generous, open, subgraph } from "./harness";

const SECRET = `@label(level: "SECRET", regimes: ["SDS"])`;
const lines = (graph: FlowGraph): readonly string[] => graph.flatMap(({ from, to, coordinate, by }) => from.map((giver) => `${giver} -> ${to} ${coordinate} (${by})`)).sort();
const flowsOf = (...sources: readonly ReturnType<typeof subgraph>[]): readonly string[] => lines(flowGraphOf(compose(...sources)));

const owner = subgraph("a", `type Query { d: D } type D @key(fields: "id") { id: ID! secret: String weight: Int owner: Owner } type Owner { agent: Agent } type Agent { name: String }`);

describe("a ministry may learn", () => {
  test("the keys of the entities it adds to, and that they are there", () => {
    expect(flowsOf(owner, subgraph("b", `type D @key(fields: "id") { id: ID! note: String }`))).toEqual(["a -> b D (key)", "a -> b D.id (key)"]);
  });

  test("nothing of entities that it only names; whoever is asked for these learns which", () => {
    for (const key of [`@key(fields: "id", resolvable: false)`, `@key(fields: "id")`]) {
      expect(flowsOf(owner, subgraph("b", `type Query { e: E } type E { d: D } type D ${key} { id: ID! }`))).toEqual(["b -> a D (key)", "b -> a D.id (key)"]);
    }
  });

  test("the key that a stub of somebody else holds", () => {
    const stub = subgraph("c", `type Query { e: E } type E { d: D } type D @key(fields: "id", resolvable: false) { id: ID! }`);
    expect(flowsOf(owner, stub, subgraph("b", `type D @key(fields: "id") { id: ID! note: String }`))).toEqual(["a -> b D (key)", "a -> b D.id (key)", "c -> a D (key)", "c -> a D.id (key)", "c -> b D (key)", "c -> b D.id (key)"]);
  });

  test("what its fields require, however deep [B-14, B-16]", () => {
    const reader = subgraph("b", `type D @key(fields: "id") { id: ID! secret: String @external owner: Owner @external hint: String @requires(fields: "secret owner { agent { name } }") } type Owner { agent: Agent @external } type Agent { name: String @external }`);
    expect(flowsOf(owner, reader).filter((line) => line.includes("requires"))).toEqual([
      "a -> b Agent (requires)", "a -> b Agent.name (requires)", "a -> b D (requires)", "a -> b D.owner (requires)", "a -> b D.secret (requires)", "a -> b Owner (requires)", "a -> b Owner.agent (requires)",
    ]);
  });

  test("what a third ministry computed for it, from that ministry", () => {
    const middle = subgraph("b", `type D @key(fields: "id") { id: ID! secret: String @external middle: String @requires(fields: "secret") }`);
    const last = subgraph("c", `type D @key(fields: "id") { id: ID! middle: String @external last: String @requires(fields: "middle") }`);
    expect(flowsOf(owner, middle, last).filter((line) => line.includes("D.middle") || line.includes("D.secret"))).toEqual(["a -> b D.secret (requires)", "b -> c D.middle (requires)"]);
  });

  test("an argument that clients meant for another ministry which answers the same field [B-36]", () => {
    const find = (name: string): ReturnType<typeof subgraph> => subgraph(name, `type Query { find(q: String): String @shareable }`);
    expect(flowsOf(find("a"))).toEqual([]);
    expect(flowsOf(find("a"), find("b"))).toEqual(["a -> b Query.find(q:) (argument)", "b -> a Query.find(q:) (argument)"]);
  });

  test("fields of another ministry from its contexts [B-17]", () => {
    const computing = subgraph("b", `type Query { one: One } type One @context(name: "c") @key(fields: "id") { id: ID! grade: String @external leaf: Leaf } type Leaf @key(fields: "id") { id: ID! computed(grade: String @fromContext(field: "$c { grade }")): String }`);
    const grading = subgraph("a", `type One @key(fields: "id") { id: ID! grade: String }`);
    expect(flowsOf(grading, computing).filter((line) => line.includes("context"))).toEqual(["a -> b One (context)", "a -> b One.grade (context)"]);
  });

  test("keys of every implementation of an interface that it adds to [B-13]", () => {
    const media = subgraph("a", `type Query { media: [Media] } interface Media @key(fields: "id") { id: ID! } type Book implements Media @key(fields: "id") { id: ID! } type Film implements Media @key(fields: "id") { id: ID! }`);
    const ratings = subgraph("b", `type Media @interfaceObject @key(fields: "id") { id: ID! rating: Int }`);
    expect(flowsOf(media, ratings)).toEqual(["a -> b Book (key)", "a -> b Book.id (key)", "a -> b Film (key)", "a -> b Film.id (key)"]);
  });

  test("nothing any more from a ministry whose field it took over, and then the other way round", () => {
    const reader = subgraph("b", `type D @key(fields: "id") { id: ID! secret: String @external hint: String @requires(fields: "secret") }`);
    const taker = subgraph("c", `type D @key(fields: "id") { id: ID! secret: String @override(from: "a") }`);
    const secretFlows = (flows: readonly string[]): readonly string[] => flows.filter((line) => line.includes("D.secret"));
    expect(secretFlows(flowsOf(owner, reader))).toEqual(["a -> b D.secret (requires)"]);
    expect(secretFlows(flowsOf(owner, reader, taker))).toEqual(["c -> b D.secret (requires)"]);
  });
});

test("the flows of a bundle that was read are those of the composition it came from", () => {
  const sources = [open, ...labelledSubgraphs(Array.from({ length: PLACES }, () => -1))];
  const read = sources.map(readSubgraph);
  const composed = findFlows(describeComposition(read, readSupergraph(mergeSubgraphs(read)), generous));
  const { supergraphSdl, labels } = composeUnchecked(...sources.slice(1));
  expect(composed.length).toBeGreaterThan(4);
  expect(flowGraphOf(bundleOf(supergraphSdl, JSON.parse(labels.print())))).toEqual(composed);
});

test("a change adds what was not known before; a second reason for a known flow adds nothing", () => {
  const plain = subgraph("b", `type D @key(fields: "id") { id: ID! note: String }`);
  const reader = (fields: string): ReturnType<typeof subgraph> => subgraph("b", `type D @key(fields: "id") { id: ID! secret: String @external ${fields} }`);
  const [none, one, two] = [[owner, plain], [owner, reader(`hint: String @requires(fields: "secret")`)], [owner, reader(`hint: String @requires(fields: "secret") other: String @requires(fields: "secret")`)]].map((sources) => flowGraphOf(compose(...sources)));
  const added = (before: FlowGraph = [], now: FlowGraph = []): readonly string[] => addedFlows(before, now).map(({ line }) => line);
  expect(added(none, one)).toEqual(["a -> b D.secret (requires)"]);
  expect(added(one, two)).toEqual([]);
  expect(added(one, none)).toEqual([]);
  expect(new Set([none, one, two].map((graph = []) => flowDigest(graph))).size).toBe(3);
});

describe("a ministry that is not cleared", () => {
  const mda = `@label(level: "CONFIDENTIAL", regimes: ["MDA"])`;
  const from = (label: string): ReturnType<typeof subgraph> => subgraph("defense", `type D @key(fields: "id") { id: ID! yield: String ${label} }`);
  const to = (name: string, label: string): ReturnType<typeof subgraph> => subgraph(name, `type D @key(fields: "id") { id: ID! yield: String @external price: String @requires(fields: "yield") ${label} }`);
  const refused = (...sources: readonly ReturnType<typeof subgraph>[]): string => {
    try { composeSupergraph([open, ...sources]); return ""; } catch (error) { return String(error); }
  };

  test("may not require what its accreditation does not permit, whatever the label of the result [B-14]", () => {
    expect(refused(from(mda), to("economy", mda))).toContain("receiver-cleared D.yield [economy]");
    expect(refused(from(SECRET), to("cabinet-office", SECRET))).toBe("");
    expect(refused(from(""), to("economy", ""))).toBe("");
  });

  test("may not add to an entity whose very type is above it, because the key would tell [B-18]", () => {
    const type = (name: string, field: string): ReturnType<typeof subgraph> => subgraph(name, `type D @key(fields: "id") ${mda} { id: ID! ${field}: String }`);
    expect(refused(type("defense", "x"), type("economy", "y"))).toMatch(/receiver-cleared D \[economy\][^]*receiver-cleared D\.id \[economy\]/);
    expect(refused(type("defense", "x"))).toBe("");
  });

  test("may not be passed an argument above it [B-36]", () => {
    const find = (name: string): ReturnType<typeof subgraph> => subgraph(name, `type Query { find(q: String ${mda}): String }`);
    expect(refused(find("economy"))).toContain("receiver-cleared Query.find(q:) [economy]");
    expect(refused(find("defense"))).toBe("");
  });

  test("is told what is PUBLIC and no more when it has no accreditation at all", () => {
    expect(refused(subgraph("stranger", `type Query { find(q: String): String }`))).toBe("");
    expect(refused(subgraph("stranger", `type Query { find(q: String @label(level: "CUI")): String }`))).toContain("receiver-cleared Query.find(q:) [stranger]");
  });

  test("is not asked about by the rules of a graph whose ministries are all cleared", () => {
    expect(findingsOf(from(mda), to("economy", mda))).toEqual([]);
  });
});
