/**
 * Two layers refuse an operation of a kind for which the view has no root type (SPEC 8.7, B-76): validation (gateway/server.ts) and the compiler (gateway/plan/compile.ts). Each is emptied here
 * alone, and the other still refuses whatever is named alike and sends nothing; with both emptied what is hidden reaches a ministry, so the test can fail.
 */
import type { ApolloServerOptions, BaseContext } from "@apollo/server";
import type { GraphQLObjectType, GraphQLSchema } from "graphql";
import { viewOf } from "../../../schema/compose";
import { makeBundle } from "../../../schema/compose/bundle";
import { describe as describeComposition, mergeSubgraphs } from "../../../schema/compose/compose";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { generous, subgraph } from "../../schema/compose/harness";
import { type Front, startFront } from "./front-of-view";

const mockEmptied = new Set<"validation" | "compiler">();

jest.mock("@apollo/server", () => {
  const actual = jest.requireActual<typeof import("@apollo/server")>("@apollo/server");
  return {
    ...actual,
    ApolloServer: class extends actual.ApolloServer {
      constructor(options: ApolloServerOptions<BaseContext>) { super(mockEmptied.has("validation") ? { ...options, validationRules: [] } : options); }
    },
  };
});

jest.mock("../../../gateway/plan/root-type", () => {
  const { rootTypeOf } = jest.requireActual<{ rootTypeOf: (schema: GraphQLSchema, operation: string) => GraphQLObjectType | undefined }>("../../../gateway/plan/root-type");
  const whole = (operation: string): { readonly name: string } => ({ name: operation === "mutation" ? "Mutation" : "Subscription" });
  return { rootTypeOf: (schema: GraphQLSchema, operation: string) => rootTypeOf(schema, operation) ?? (mockEmptied.has("compiler") ? whole(operation) : undefined) };
});

const SDL = `type Query { open: String hello: String @label(level: "CUI", owner: "JPN.MOD", rel: ["JPN"]) }
  type Mutation { grant(token: String): String @label(level: "CUI", owner: "JPN.METI", rel: ["JPN"]) }
  type Subscription { granted: [String] @label(level: "CUI", owner: "JPN.METI", rel: ["JPN"]) }`;
const NAMED = ['grant(token: "T")', "granted", "nothing", "__typename"];

interface Told { readonly answers: readonly string[]; readonly sent: readonly string[] }

/** What a class that may know of no mutation and no subscription is told, and what its questions send. */
async function tell(operation: string, ...emptied: readonly ("validation" | "compiler")[]): Promise<Told> {
  mockEmptied.clear();
  for (const layer of emptied) mockEmptied.add(layer);
  const read = [readSubgraph(subgraph("a", SDL, { bare: true }))];
  const { supergraph, labels } = describeComposition(read, readSupergraph(mergeSubgraphs(read)), generous);
  const bundle = makeBundle(supergraph.sdl, labels, supergraph);
  const view = viewOf(bundle, (core) => Object.keys(core.owners).every((owner) => owner === "JPN.MOD"));
  const sent: string[] = [];
  const front: Front = await startFront(bundle, view, { sent: (text) => { sent.push(text); } });
  try {
    const answers: string[] = [];
    for (const field of NAMED) answers.push((await front.ask({ body: { query: `${operation} { ${field} }` } })).replaceAll(/content-length: \d+/g, ""));
    return { answers, sent };
  } finally {
    await front.stop();
    mockEmptied.clear();
  }
}

describe.each(["mutation", "subscription"])("a hidden %s type", (operation) => {
  it.each(["validation", "compiler"] as const)("is refused alike whatever is named with the %s emptied, by the other layer [B-76]", async (emptied) => {
    const { answers, sent } = await tell(operation, emptied);
    for (const answer of answers) expect(answer).toContain("GRAPHQL_VALIDATION_FAILED");
    expect(new Set(answers).size).toBe(1);
    expect(sent).toEqual([]);
  });

  it("is told from what does not exist when both are emptied", async () => {
    const { answers, sent } = await tell(operation, "validation", "compiler");
    expect(new Set(answers).size).toBeGreaterThan(1);
    if (operation === "mutation") expect(sent.join()).toContain("grant");
  });
});
