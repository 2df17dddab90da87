import { canonical, PORTIONS, type CoreInput } from "../../../schema/label";
import { checkLabel, raiseLabel, type Finding, type LabelFacts, type TokenFacts } from "../../../schema/policy";
import { matterOf, policy, readJson, records } from "../../support/demo-data";
import { specTable } from "../../support/spec-tables";

interface ValidityCase {
  readonly rule: string | null;
  readonly name: string;
  readonly core: CoreInput;
  readonly facts: Omit<LabelFacts, "tokenOf" | "source"> & { readonly source?: CoreInput; readonly tokens?: Readonly<Record<string, TokenFacts>> };
}
interface Cases { readonly tokens: Readonly<Record<string, TokenFacts>>; readonly validity: readonly ValidityCase[] }
const { tokens, validity } = readJson<Cases>("test/cases/label.json");

function findings({ core, facts }: ValidityCase): readonly Finding[] {
  const { source, tokens: more, ...rest } = facts;
  const known = { ...tokens, ...more };
  return checkLabel(policy, core, { ...rest, tokenOf: (token) => known[token], ...(source === undefined ? {} : { source: canonical(source) }) });
}

test("every validity rule of SPEC 1.10 has a label that breaks it alone", () => {
  const rules = specTable("## 1 ", "rule", "text").map(([rule]) => rule);
  expect(rules).toEqual(Array.from({ length: 11 }, (_, at) => `V${at + 1}`));
  const alone = validity.filter((given) => findings(given).every((finding) => finding.rule === given.rule)).map((given) => given.rule);
  for (const rule of rules) expect(alone).toContain(rule);
});

test.each(validity.map((given) => [given.rule ?? "valid", given.name, given] as const))("%s: %s", (_rule, _name, given) => {
  const rules = new Set(findings(given).map((finding) => finding.rule));
  if (given.rule === null) expect([...rules]).toEqual([]);
  else expect([...rules]).toContain(given.rule);
});

test.each(records.map((record) => [record.reference, record] as const))("the demo's labels are valid: %s", (_reference, record) => {
  const source = records.find((other) => other.id === record.tearlineOf);
  const whole = checkLabel(policy, record.label, {
    kind: record.kind === "TEARLINE" ? "tearline" : "record", tokenOf: matterOf, validUntil: record.validUntil, existenceLevel: record.existenceLevel,
    source: source === undefined ? undefined : canonical(source.label),
  });
  const { portions } = record;
  const parts = portions === undefined ? [] : PORTIONS.flatMap((name) => checkLabel(policy, portions[name].label, { kind: "portion", tokenOf: matterOf, validUntil: record.validUntil }));
  expect([...whole, ...parts]).toEqual([]);
});

describe("what can be raised is raised, never guessed", () => {
  const written = { level: 3 as const, regimes: [], need: [], purposes: "ALL" as const, handling: [] };
  test("no release list becomes Japan alone", () => {
    expect(raiseLabel(policy, { ...written, regimes: ["DOC"], owners: { "JPN.MOD": {} } }).owners["JPN.MOD"]).toEqual({ rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false });
  });
  test("foreign information without a statute becomes DOC", () => {
    expect(raiseLabel(policy, { ...written, owners: { USA: {} } }).regimes).toEqual(["DOC"]);
    expect(raiseLabel(policy, { ...written, owners: { "JPN.MOD": {} } }).regimes).toEqual([]);
  });
  test("a group becomes its members of the registered day", () => {
    const raised = raiseLabel(policy, { ...written, owners: { "JPN.MOD": { rel: ["FVEY", "JPN"] } } });
    expect(raised.owners["JPN.MOD"]?.rel).toEqual(["AUS", "CAN", "GBR", "JPN", "NZL", "USA"]);
    expect(raised.owners["JPN.MOD"]?.disp).toEqual(["AUS", "CAN", "GBR", "JPN", "NZL", "USA"]);
  });
});
