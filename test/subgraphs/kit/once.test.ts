import { buildSchema, parse } from "graphql";
import { Once, isRemembered, rememberedChanges } from "../../../subgraphs/kit/once";
import { OperationRunner } from "../../../subgraphs/kit/operation";
import { ministries } from "../../../subgraphs";

const schema = buildSchema("type Query { a: Int } type Mutation { keeps: Int forgets: Int }");
let done: string[] = [];
const scope = { context: { keeps: () => 1 } as never, printLabels: () => "[]", close: () => Promise.resolve() };
for (const name of ["keeps", "forgets"]) Object.assign(schema.getMutationType()?.getFields()[name] ?? {}, { resolve: () => { done.push(name); return 1; } });
const runner = new OperationRunner(schema, new Set(["keeps"]));
const run = (query: string, once?: unknown): Promise<string> => runner.run(Buffer.from(JSON.stringify({ query, ...(once === undefined ? {} : { extensions: { once } }) })), () => Promise.resolve(scope));
beforeEach(() => { done = []; });

describe("a change that may be asked about again", () => {
  it("says so at the end of the answer; others do not, nor does one without a key", async () => {
    expect(await run("mutation{a:keeps}", { key: "k", again: false })).toBe('{"data":{"a":1},"extensions":{"labels":[],"kept":true}}');
    for (const [query, once] of [["mutation{forgets}", { key: "k" }], ["mutation{keeps forgets}", { key: "k" }], ["mutation{...on Mutation{keeps}}", { key: "k" }], ["mutation{keeps}", undefined], ["{a}", { key: "k" }]] as const) expect(await run(query, once)).not.toContain("kept");
  });

  it("and nothing that forgets is carried out by asking again", async () => {
    expect(await run("mutation{keeps forgets}", { key: "k", again: true })).toContain("REFUSED_STATE");
    expect(done).toEqual([]);
    await run("mutation{keeps}", { key: "k", again: true });
    expect(done).toEqual(["keeps"]);
  });

  it("has for each request of a call a key of its own, the same when asked again", () => {
    const keys = (once: Once): readonly string[] => ["a", "b", "a"].map((request) => once.keyOf(request));
    const first = keys(new Once("k", false));
    expect(new Set(first).size).toBe(3);
    expect(keys(new Once("k", true))).toEqual(first);
    expect(keys(new Once("l", true))).not.toEqual(first);
  });

  it("is every step of a workflow and every change of an assignment; an acknowledgement is not", () => {
    const { defense } = ministries;
    if (defense === undefined) throw new Error("no ministry of defense");
    const remembered = rememberedChanges(defense);
    for (const [query, is] of [["mutation{defenseGrantAccess}", true], ["mutation{x:defenseRevokeAssignment __typename}", true], ["mutation{acknowledgeNotice}", false], ["mutation{defenseGrantAccess acknowledgeNotice}", false]] as const) expect([query, isRemembered(parse(query), undefined, remembered)]).toEqual([query, is]);
  });
});

describe("what a change is said to be made of", () => {
  const label = { policy: "JPN-GOV-DEMO", level: 3, regimes: ["SDS"], need: [], owners: {}, purposes: "ALL", handling: [] };
  const seen = async (extensions: unknown): Promise<unknown> => {
    let given: unknown = "not opened";
    const said = await runner.run(Buffer.from(JSON.stringify({ query: "mutation{keeps}", extensions })), (_window, _once, highWater) => { given = highWater; return Promise.resolve(scope); });
    return given === "not opened" ? said : given;
  };

  it("reaches the guards as it was sent", async () => {
    expect(await seen({ highWater: label })).toEqual(label);
    expect(await seen({})).toBeUndefined();
  });

  it("refuses the change where it is no label, rather than to compare with nothing", async () => {
    for (const highWater of [null, 3, {}, { ...label, level: 9 }, { ...label, policy: "OTHER" }]) {
      expect(await seen({ highWater })).toContain("BAD_USER_INPUT");
      expect(done).toEqual([]);
    }
  });
});
