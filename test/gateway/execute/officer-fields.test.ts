/** What the gateway itself answers to officers' fields is released like a ministry's answer: by a desk that says anything, under any label, for any asker. */
import { parse, validate } from "graphql";
import { Refused } from "../../../gateway/errors";
import { DecisionMemo, type ExecuteOutcome, execute } from "../../../gateway/execute";
import type { OfficerDesk, ToolAnswer } from "../../../gateway/execute/officer-fields";
import { MOST_TOOLS } from "../../../gateway/plan/tool-limit";
import { Planner } from "../../../gateway/plan";
import { readDemoBundle, viewOf } from "../../../schema/compose";
import { BOTTOM, type LabelCore } from "../../../schema/label";
import type { Role, Subject } from "../../../schema/policy";
import { policy } from "./federation";

const bundle = readDemoBundle();
/** Of nobody: so that whatever a view would hide has to be withheld by release. */
const view = viewOf(bundle, () => true);
const planner = new Planner(bundle);
const held = (role: Role["role"]): Role => ({ role, org: "JPN.MOD", from: "2020-01-01", until: "2099-12-31", grantedBy: "JPN.MOD" });
const officer: Subject = { id: "officer", kind: "official", nation: "JPN", org: "JPN.MOD", eligibilities: [], assignments: [], purposes: [], roles: [held("EXPLAIN"), held("SIMULATE")] };
const core = (level: LabelCore["level"], regimes: LabelCore["regimes"] = []): LabelCore => ({ policy: "JPN-GOV-DEMO", level, regimes, need: [], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] });
const NOTHING: ToolAnswer = { data: {}, released: BOTTOM, labelIds: [] };

async function ask(query: string, use: OfficerDesk["use"] | undefined, subject: Subject = officer): Promise<ExecuteOutcome> {
  const document = parse(query);
  expect(validate(view, document)).toEqual([]);
  return execute(planner.compile(view, document, undefined), {
    variables: {}, policy, decisions: new DecisionMemo(policy), accreditation: () => [], deadlineMs: 5_000, portions: true,
    asker: { subject, action: "RETRIEVE", ctx: { now: Date.parse("2026-11-11"), zoneLevel: 4 }, digest: subject.id },
    call: () => Promise.reject(new Error("no ministry is asked")), ...(use === undefined ? {} : { officers: () => ({ use }) }),
  });
}
const EXPLAIN = '(subject: "s", client: "c", coordinate: "T", reason: "r")';
const SIMULATE = '(subject: "s", client: "c", query: "{ a }", reason: "r")';

it("gives what the desk says, under its label joined with the field's own, and names the labels behind it", async () => {
  const use: OfficerDesk["use"] = (tool, given) => Promise.resolve({ data: { subject: `${tool} ${String(given["subject"])}`, outcome: "HIDE", reasons: [{ en: 'a "quote"' }] }, released: core(1, ["CUI"]), labelIds: ["L-b", "L-a"] });
  const outcome = await ask(`{ why: explain${EXPLAIN} { __typename subject outcome reasons { en ja } } }`, use);
  expect(outcome.data).toEqual({ why: { __typename: "Explanation", subject: "explain s", outcome: "HIDE", reasons: [{ en: 'a "quote"', ja: null }] } });
  expect(outcome).toMatchObject({ errors: [], calls: [], releasedLabelIds: ["L-a", "L-b"], released: { level: 1, regimes: ["CUI"], need: ["ROLE.EXPLAIN"] } });
  for (const at of Object.values(outcome.portions?.at ?? {})) expect(outcome.portions?.labels[at]?.need).toEqual(["ROLE.EXPLAIN"]);
});

it("withholds what the asker is not permitted, whatever the desk says, and names no label of it", async () => {
  const outcome = await ask(`{ explain${EXPLAIN} { subject } }`, () => Promise.resolve({ data: { subject: "secret" }, released: core(3, ["SDS"]), labelIds: ["L-a"] }));
  expect(outcome).toMatchObject({ data: { explain: null }, releasedLabelIds: [], withheld: [], released: { level: 0 } });
});

it("withholds it from whoever does not hold the role", async () => {
  const say: OfficerDesk["use"] = () => Promise.resolve({ ...NOTHING, data: { subject: "told", answer: { data: "told" } } });
  for (const roles of [[], [held("GRANT")], [{ ...held("SIMULATE"), until: "2026-11-10" }], [held("SIMULATE")]]) {
    const outcome = await ask(`{ explain${EXPLAIN} { subject } }`, say, { ...officer, roles });
    expect(outcome).toMatchObject({ data: { explain: null }, withheld: [], released: { level: 0, need: [] } });
  }
  expect((await ask(`{ simulate${SIMULATE} { answer } }`, say)).data).toEqual({ simulate: { answer: { data: "told" } } });
});

it("says of a tool that refuses nothing but the code of the refusal, at its own field", async () => {
  const use: OfficerDesk["use"] = (_, given) => (given["subject"] === "s" ? Promise.resolve({ ...NOTHING, data: { subject: "s" } }) : Promise.reject(given["subject"] === "x" ? new Refused("BAD_USER_INPUT", "secret") : new Error("secret")));
  const outcome = await ask(`{ a: explain${EXPLAIN} { subject } b: explain${EXPLAIN.replace('"s"', '"x"')} { subject } c: explain${EXPLAIN.replace('"s"', '"y"')} { subject } }`, use);
  expect(outcome.data).toEqual({ a: { subject: "s" }, b: null, c: null });
  expect(outcome.errors).toEqual([{ code: "BAD_USER_INPUT", path: ["b"] }, { code: "INTERNAL_SERVER_ERROR", path: ["c"] }]);
});

it("answers nothing where there is no desk", async () => {
  expect(await ask(`{ explain${EXPLAIN} { subject } }`, undefined)).toMatchObject({ data: { explain: null }, errors: [{ code: "MINISTRY_UNAVAILABLE", path: ["explain"] }], calls: [] });
});

it("is not used where a condition does not hold", async () => {
  let used = 0;
  const use: OfficerDesk["use"] = () => { used += 1; return Promise.resolve(NOTHING); };
  expect((await ask(`{ explain${EXPLAIN} @skip(if: true) { subject } simulate${SIMULATE} @include(if: false) { subject } }`, use)).data).toEqual({});
  expect(used).toBe(0);
});

it("refuses more tools in one operation than the limit, and counts one name once", () => {
  const compile = (fields: readonly string[]): unknown => planner.compile(view, parse(`{ ...F } fragment F on Query { ${fields.join(" ")} }`), undefined);
  const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `a${at}: ${at % 2 === 0 ? `explain${EXPLAIN}` : `simulate${SIMULATE}`} { subject }`);
  expect(() => compile(many(MOST_TOOLS))).not.toThrow();
  expect(() => compile([...many(MOST_TOOLS), ...many(MOST_TOOLS), 'matter(id: "m") { id }'])).not.toThrow();
  expect(() => compile(many(MOST_TOOLS + 1))).toThrow(expect.objectContaining({ code: "OPERATION_LIMIT" }));
});
