import { parse, validate } from "graphql";
import { readDemoBundle, viewOf } from "../../../schema/compose";
import { BOTTOM } from "../../../schema/label";
import { labelOf } from "../../../schema/policy";
import { Planner } from "../../../gateway/plan";
import { DecisionMemo, type ExecuteOutcome, execute } from "../../../gateway/execute";
import { MINISTRY_NAMES } from "../../../subgraphs/names";
import { clearedMinistry, hi } from "./archive";
import { policy } from "./federation";

const bundle = readDemoBundle();
const view = viewOf(bundle, () => true);
const planner = new Planner(bundle);
const PUBLIC_LINE = { record: labelOf(BOTTOM) };
interface Body { readonly query: string; readonly variables: { readonly representations?: readonly { readonly __typename: string; readonly id: string }[] } }

/** Runs over the committed supergraph; every ministry answers an empty section for whatever it is asked. */
async function ask(query: string, variables: Record<string, unknown>, dead: readonly string[] = []): Promise<{ readonly outcome: ExecuteOutcome; readonly bodies: ReadonlyMap<string, Body> }> {
  const document = parse(query);
  expect(validate(view, document)).toEqual([]);
  const bodies = new Map<string, Body>();
  const outcome = await execute(planner.compile(view, document, undefined), {
    variables, asker: hi, policy, decisions: new DecisionMemo(policy), accreditation: () => clearedMinistry, deadlineMs: 5_000,
    call: (subgraph, sent) => {
      const body = JSON.parse(sent.toString()) as Body;
      bodies.set(subgraph, body);
      // A field with arguments is asked for under a name of the gateway's.
      const documents = /(\w+):documents/u.exec(body.query)?.[1] ?? "documents";
      const section = (name: string): object => ({ [name.replace(/-(.)/gu, (_, letter: string) => letter.toUpperCase())]: { [documents]: { totalCount: 0, nodes: [], _kanmon_label: 0 } } });
      const entities = body.variables.representations?.map(({ __typename, id }) => ({ __typename, id, _kanmon_key_id: id, _kanmon_label: 0, ...section(subgraph) }));
      return Promise.resolve(dead.includes(subgraph) ? { ok: false } : { ok: true, json: { data: { _entities: entities }, extensions: { labels: [PUBLIC_LINE] } } });
    },
  });
  return { outcome, bodies };
}

const QUERY = "query M($id: ID!) { m: matter(id: $id) { key: id __typename defense { documents(first: 1) { totalCount nodes { id } } } economy { documents(first: 1) { totalCount } } } }";
const empty = { documents: { totalCount: 0 } };

it("answers shared entities itself, whether or not they exist, and asks the ministries named in the question", async () => {
  for (const id of ["known", "never-existed"]) {
    const { outcome, bodies } = await ask(QUERY, { id });
    expect(outcome.data).toEqual({ m: { key: id, __typename: "Matter", defense: { documents: { totalCount: 0, nodes: [] } }, economy: empty } });
    expect(outcome.errors).toEqual([]);
    expect([...bodies.keys()].sort()).toEqual(["defense", "economy"]);
    expect(bodies.get("defense")?.variables.representations).toEqual([{ __typename: "Matter", id }]);
  }
});
it("asks nobody when only the id is asked for", async () => {
  const { outcome, bodies } = await ask("query($id: ID!) { matter(id: $id) { id } p: person(id: \"p-1\") { __typename } designation(id: 7) { id } skipped: matter(id: $id) @include(if: false) { id } }", { id: "m-1" });
  expect(outcome).toMatchObject({ data: { matter: { id: "m-1" }, p: { __typename: "Person" }, designation: { id: "7" } }, errors: [], calls: [], released: BOTTOM });
  expect(bodies.size).toBe(0);
});
it("loses only the section of a dead ministry", async () => {
  const { outcome } = await ask(QUERY, { id: "x" }, ["defense"]);
  expect(outcome.data).toEqual({ m: { key: "x", __typename: "Matter", defense: null, economy: empty } });
  expect(outcome.errors).toEqual([{ code: "MINISTRY_UNAVAILABLE", path: ["m"] }]);
});
it("names the ministries of a bundle, and not the part that the gateway answers itself", () => {
  expect([...planner.subgraphs].sort()).toEqual([...MINISTRY_NAMES].sort());
});
