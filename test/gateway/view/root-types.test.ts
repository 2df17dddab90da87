/**
 * A class that may know of no mutation, or of no subscription, has no such root type, and graphql-js then looks at none of an operation's fields: whatever it names must be refused alike, before
 * anything is planned or sent (G3, B-76).
 */
import { viewOf } from "../../../schema/compose";
import { makeBundle } from "../../../schema/compose/bundle";
import { describe as describeComposition, mergeSubgraphs } from "../../../schema/compose/compose";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { generous, subgraph } from "../../schema/compose/harness";
import { type Front, startFront } from "./front-of-view";

const SDL = `type Query { open: String hello: String @label(level: "CUI", owner: "JPN.MOD", rel: ["JPN"]) }
  type Mutation { grant(token: String): String @label(level: "CUI", owner: "JPN.METI", rel: ["JPN"]) }
  type Subscription { granted: [String] @label(level: "CUI", owner: "JPN.METI", rel: ["JPN"]) }`;

const fronts: Front[] = [];
const asked: string[] = [];
async function frontFor(owner: string): Promise<Front> {
  const read = [readSubgraph(subgraph("a", SDL, { bare: true }))];
  const { supergraph, labels } = describeComposition(read, readSupergraph(mergeSubgraphs(read)), generous);
  const bundle = makeBundle(supergraph.sdl, labels, supergraph);
  const front = await startFront(bundle, viewOf(bundle, (core) => Object.keys(core.owners).every((each) => each === owner)), { sent: (text) => { asked.push(text); } });
  fronts.push(front);
  return front;
}
afterAll(async () => { await Promise.all(fronts.map((front) => front.stop())); });

test.each(["mutation", "subscription"])("whether a field of a hidden %s type exists is told by no byte, and nothing is sent [B-76]", async (operation) => {
  const front = await frontFor("JPN.MOD");
  const answers = await Promise.all(["grant(token: \"T\")", "granted", "nothing", "grant", "__typename"].map((field) => front.ask({ body: { query: `${operation} { ${field} }` } })));
  for (const answer of answers) expect(answer).toContain("GRAPHQL_VALIDATION_FAILED");
  expect(new Set(answers.map((answer) => answer.replaceAll(/content-length: \d+/g, ""))).size).toBe(1);
  expect(asked).toEqual([]);
});

test("a class that has the type is served, so the refusal is not for everybody", async () => {
  const front = await frontFor("JPN.METI");
  expect(await front.ask({ body: { query: "mutation { grant(token: \"T\") }" } })).toContain('"data":{"grant":"Mutation.grant"}');
  expect(asked.length).toBe(1);
});
