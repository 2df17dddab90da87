import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PORTIONS } from "../../../schema/label";
import { currentLabel, decide, existenceOf, labelOf, startOfDay, type DecisionContext, type Subject } from "../../../schema/policy";
import { clientOf, demo, DEMO_NOON, policy, records, subjectOf, type DemoRecord } from "../../support/demo-data";

const root = join(__dirname, "..", "..", "..");
const committed = readFileSync(join(root, "test/cases/expected.json"), "utf8");
type Outcome = "permit" | "redact" | "hide";
type Row = Outcome | Readonly<Record<string, Outcome>>;
interface Case { readonly persona: string; readonly client: string; readonly purpose: string; readonly outcomes: Readonly<Record<string, Row>> }
interface Less { readonly persona: string; readonly by: string; readonly outcomes: Readonly<Record<string, Row>> }
const { cases, narrowed } = JSON.parse(committed) as { readonly cases: readonly Case[]; readonly narrowed: readonly Less[] };

/** SPEC 4.7, 4.12: a row, then the values of a visible row, each under the label that it has by then. A portion that is not designated does not end with its record. */
function outcomesOf(subject: Subject, record: DemoRecord, ctx: DecisionContext): Row {
  const { portions, validUntil } = record;
  const lifecycle = validUntil === null ? undefined : { validUntil };
  const decided = (core: DemoRecord["label"], parts: Parameters<typeof labelOf>[1]): Outcome => decide(policy, subject, "RETRIEVE", currentLabel(labelOf(core, parts), () => undefined, ctx.now), ctx).outcome;
  const whole = decided(record.label, { existence: existenceOf(record.label, record.existenceLevel), lifecycle });
  if (portions === undefined) return whole;
  const isDesignated = ({ need, regimes }: DemoRecord["label"]): boolean => need.length > 0 || regimes.some((regime) => policy.regimes.get(regime)?.designation === true);
  const values = PORTIONS.map((name) => [name, whole === "hide" ? "hide" : decided(portions[name].label, { lifecycle: isDesignated(portions[name].label) ? lifecycle : undefined })] as const);
  return { record: whole, ...Object.fromEntries(values) };
}

/** What is less than on the demo day, as the table calls it. */
const LESS: Readonly<Record<string, { readonly lower?: (subject: Subject) => Subject; readonly ctx?: Partial<DecisionContext> }>> = {
  CEILING_CUI: { ctx: { zoneLevel: 1 } },
  STANDING_CONFIDENTIAL: {
    lower: (subject) => ({
      ...subject, eligibilities: subject.eligibilities.map((held) => ({ ...held, maxLevel: held.maxLevel > 2 ? 2 : held.maxLevel })),
      ...(subject.attestedLevel === undefined ? {} : { attestedLevel: subject.attestedLevel > 2 ? 2 : subject.attestedLevel }),
    }),
  },
  "DAY_2027-07-01": { ctx: { now: startOfDay("2027-07-01") + 12 * 3_600_000 } },
};

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

test("what is less is in the table for every persona, and there only ever less", () => {
  expect(narrowed.map(({ persona, by }) => [by, persona])).toEqual(Object.keys(LESS).flatMap((by) => demo.personas.map(({ id }) => [by, id])));
  const rank = (outcome: Outcome): number => ["hide", "redact", "permit"].indexOf(outcome);
  const partsOf = (row: Row | undefined): Readonly<Record<string, Outcome>> => (typeof row === "string" ? { record: row } : row ?? {});
  for (const by of Object.keys(LESS)) expect(narrowed.filter((entry) => entry.by === by).flatMap(({ outcomes }) => Object.keys(outcomes)).length).toBeGreaterThan(20);
  for (const { persona, outcomes } of narrowed) {
    for (const [reference, row] of Object.entries(outcomes)) {
      const before = partsOf(cases.find((entry) => entry.persona === persona)?.outcomes[reference]);
      for (const [part, outcome] of Object.entries(partsOf(row))) expect(rank(outcome)).toBeLessThanOrEqual(rank(before[part] ?? "hide"));
    }
  }
});

test.each(Object.keys(LESS).flatMap((by) => demo.personas.map((persona) => [by, persona.id, persona] as const)))("%s: decides about every record and portion as the table says: %s", (by, id, persona) => {
  const { lower = (same: Subject): Subject => same, ctx: less } = LESS[by] ?? {};
  const whole = cases.find((entry) => entry.persona === id);
  // A ceiling never lifts a client above its own zone.
  const zoneLevel = Math.min(clientOf(persona).zoneLevel, less?.zoneLevel ?? 4) as DecisionContext["zoneLevel"];
  const ctx: DecisionContext = { now: DEMO_NOON, purpose: whole?.purpose ?? "", ...less, zoneLevel };
  const wanted = { ...whole?.outcomes, ...narrowed.find((entry) => entry.persona === id && entry.by === by)?.outcomes };
  expect(Object.fromEntries(records.map((record) => [record.reference, outcomesOf(lower(subjectOf(persona)), record, ctx)]))).toEqual(wanted);
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
