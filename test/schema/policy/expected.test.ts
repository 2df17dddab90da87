import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PORTIONS } from "../../../schema/label";
import { decide, existenceOf, labelOf, type DecisionContext, type Subject } from "../../../schema/policy";
import { clientOf, demo, DEMO_NOON, policy, records, subjectOf, type DemoRecord } from "../../support/demo-data";

const root = join(__dirname, "..", "..", "..");
const committed = readFileSync(join(root, "test/cases/expected.json"), "utf8");
type Outcome = "permit" | "redact" | "hide";
type Row = Outcome | Readonly<Record<string, Outcome>>;
interface Case { readonly persona: string; readonly client: string; readonly purpose: string; readonly outcomes: Readonly<Record<string, Row>> }
const cases = (JSON.parse(committed) as { readonly cases: readonly Case[] }).cases;

/** SPEC 4.12: a row, then the values of a visible row. */
function outcomesOf(subject: Subject, record: DemoRecord, ctx: DecisionContext): Row {
  const label = labelOf(record.label, { existence: existenceOf(record.label, record.existenceLevel) });
  const whole = decide(policy, subject, "RETRIEVE", label, ctx).outcome;
  const { portions } = record;
  if (portions === undefined) return whole;
  const values = PORTIONS.map((name) => [name, whole === "hide" ? "hide" : decide(policy, subject, "RETRIEVE", labelOf(portions[name].label), ctx).outcome] as const);
  return { record: whole, ...Object.fromEntries(values) };
}

test("the committed table is what the naive reading of the rules gives", () => {
  const printed = execFileSync(process.execPath, [join(root, "test/support/expected.js")], { encoding: "utf8" });
  expect(committed).toBe(printed);
});

test("the table covers every persona, every record and every outcome", () => {
  expect(cases.map((entry) => entry.persona)).toEqual(demo.personas.map((persona) => persona.id));
  for (const entry of cases) expect(Object.keys(entry.outcomes)).toEqual(records.map((record) => record.reference));
  const seen = new Set(cases.flatMap((entry) => Object.values(entry.outcomes).flatMap((row) => (typeof row === "string" ? [row] : Object.values(row)))));
  expect([...seen].sort()).toEqual(["hide", "permit", "redact"]);
});

test.each(demo.personas)("decides about every record and portion as the table says: $id", (persona) => {
  const subject = subjectOf(persona);
  const wanted = cases.find((entry) => entry.persona === persona.id);
  const ctx: DecisionContext = { now: DEMO_NOON, zoneLevel: clientOf(persona).zoneLevel, purpose: wanted?.purpose ?? "" };
  expect(subject.purposes[0]).toBe(wanted?.purpose);
  expect(Object.fromEntries(records.map((record) => [record.reference, outcomesOf(subject, record, ctx)]))).toEqual(wanted?.outcomes);
});

test("exactly the records listed for nobody are permitted to nobody, whatever the purpose", () => {
  const permitted = new Set(demo.personas.flatMap((persona) => {
    const subject = subjectOf(persona);
    return subject.purposes.flatMap((purpose) => records
      .filter((record) => decide(policy, subject, "RETRIEVE", labelOf(record.label), { now: DEMO_NOON, zoneLevel: clientOf(persona).zoneLevel, purpose }).outcome === "permit")
      .map((record) => record.reference));
  }));
  expect(records.map((record) => record.reference).filter((reference) => !permitted.has(reference)).sort()).toEqual(demo.nobody.map((entry) => entry.id).sort());
  expect(demo.nobody.length).toBeGreaterThan(0);
});

test("a contractor's grants end at the gate of the facility", () => {
  const persona = demo.personas.find((entry) => entry.id === "contractor-engineer");
  if (persona === undefined) throw new Error("no contractor");
  const ctx: DecisionContext = { now: DEMO_NOON, zoneLevel: 2, purpose: "CONTRACT" };
  const permittedAt = (site: string | undefined): number => records.filter((record) => record.label.need.length > 0
    && decide(policy, subjectOf(persona, site), "RETRIEVE", labelOf(record.label), ctx).outcome === "permit").length;
  expect(permittedAt("AONADA-1")).toBeGreaterThan(0);
  expect(permittedAt("KASUMI-1")).toBe(0);
});
