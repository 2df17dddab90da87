/** The guards as sets of label numbers: right for every person, remembered exactly as long as they hold, and wrong only where a test asks for it. */
import { type Label, canonical } from "../../../schema/label";
import { type Subject, decide, endOfDay, existenceOf, labelOf, loadPolicy, startOfDay } from "../../../schema/policy";
import { ministries } from "../../../subgraphs";
import { rowsOf } from "../../../subgraphs/kit/database/rows";
import { LabelTable } from "../../../subgraphs/kit/label-table";
import { type Asker, type GuardSeams, RowGuard } from "../../../subgraphs/kit/rows";
import { changed } from "../../schema/policy/arbitrary-policy";
import { everybody, persona } from "../../support/people";

const policy = loadPolicy();
const NOON = startOfDay("2026-11-01") + 43_200_000;
const labels: readonly Label[] = Object.values(ministries).flatMap((ministry) => rowsOf(ministry, 0).labels);
const asker = (subject: Subject, ctx: Asker["ctx"], action: Asker["action"] = "RETRIEVE"): Asker => ({ subject, ctx, action, digest: JSON.stringify([subject, ctx, action]) });

function guardOver(over: readonly Label[], seams?: GuardSeams): RowGuard {
  const table = new LabelTable();
  table.load(over.map((body, at) => ({ id: at + 1, body })));
  return new RowGuard(table, seams);
}

test("are what decide says about every label, for every person", () => {
  const guard = guardOver(labels);
  for (const { subject, ctx } of everybody(policy)) {
    const { known, readable, knownText, knownMask, readableText, readableMask } = guard.visible(policy, asker(subject, ctx), NOON);
    const outcomes = labels.map((label) => decide(policy, subject, "RETRIEVE", label, { ...ctx, now: NOON }).outcome);
    expect([...readable].sort((a, b) => a - b)).toEqual(outcomes.flatMap((outcome, at) => (outcome === "permit" ? [at + 1] : [])));
    expect([...known].sort((a, b) => a - b)).toEqual(outcomes.flatMap((outcome, at) => (outcome === "hide" ? [] : [at + 1])));
    expect([knownText, readableText]).toEqual([known.join(), [...readable].join()]);
    for (const [mask, numbers] of [[knownMask, known], [readableMask, readable]] as const) {
      const bits = [...Buffer.from(mask, "hex")].flatMap((byte) => Array.from({ length: 8 }, (_, bit) => Math.trunc(byte / 2 ** bit) % 2 === 1));
      expect(bits.flatMap((bit, number) => (bit ? [number] : []))).toEqual([...numbers].sort((a, b) => a - b));
    }
  }
});

test("let a display-only client know what may be seen and not kept, and a writer what may be kept", () => {
  const display = labelOf(canonical({ level: 1, regimes: ["CUI"], need: [], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN", "USA"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] }));
  const guard = guardOver([display]);
  const { subject, ctx } = persona(policy, "us-liaison");
  expect(guard.visible(policy, asker(subject, ctx, "VIEW"), NOON).known).toEqual([1]);
  expect(guard.visible(policy, asker(subject, ctx, "RETRIEVE"), NOON).known).toEqual([]);
  expect(guard.visible(policy, asker(subject, ctx, "WRITE"), NOON).known).toEqual([]);
});

test("are remembered until the earliest day on which one of the answers changes, and not beyond", () => {
  const guard = guardOver(labels);
  const { subject, ctx } = persona(policy, "mod-officer");
  const first = guard.visible(policy, asker(subject, ctx), NOON);
  expect(guard.visible(policy, asker(subject, ctx), NOON + 1)).toBe(first);
  const lastDay = endOfDay(subject.assignments.map(({ until }) => until).sort()[0] ?? "");
  expect(first.until).toBeLessThanOrEqual(lastDay);
  expect(guard.visible(policy, asker(subject, ctx), first.until - 1)).toBe(first);
  const later = guard.visible(policy, asker(subject, ctx), lastDay);
  expect(later).not.toBe(first);
  expect(later.readable.length).toBeLessThan(first.readable.length);
});

test("are computed anew for anybody whose standing differs in anything", () => {
  const guard = guardOver(labels);
  const { subject, ctx } = persona(policy, "mod-officer");
  const before = guard.visible(policy, asker(subject, ctx), NOON);
  const after = guard.visible(policy, asker({ ...subject, assignments: [] }, ctx), NOON);
  expect(after.readable.length).toBeLessThan(before.readable.length);
});

test("follow a label that lapses to its successor, and hold it for review when there is none", () => {
  const successor = labelOf(canonical({ level: 1, regimes: ["CUI"], need: [], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] }));
  const core = { ...canonical(successor), level: 2 as const, regimes: ["DOC" as const] };
  const lapsing = labelOf(core, { lifecycle: { validUntil: "2026-11-01", onLapse: successor.id } });
  const held = labelOf(core, { existence: existenceOf(core, null), lifecycle: { validUntil: "2026-11-01" } });
  const guard = guardOver([successor, lapsing, held]);
  const { subject, ctx } = persona(policy, "uncleared-official");
  const officer = persona(policy, "mof-officer");
  expect(guard.visible(policy, asker(subject, ctx), NOON).known).toEqual([1]);
  expect(guard.visible(policy, asker(subject, ctx), endOfDay("2026-11-01")).known).toEqual([1, 2]);
  const after = guard.visible(policy, asker(officer.subject, officer.ctx), endOfDay("2026-11-01"));
  expect(after.labels.get(3)?.need).toEqual(["HOLD.REVIEW"]);
  expect(after.readable.includes(3)).toBe(false);
});

test("refuse a label whose id is not that of its content", () => {
  const [label] = labels;
  if (label === undefined) throw new Error("no label");
  expect(() => new LabelTable().load([{ id: 1, body: { ...label, level: 0 } }])).toThrow("label 1 is not what its id says");
  expect(() => new LabelTable().load([{ id: 1, body: null }])).toThrow("label 1 is not what its id says");
});

test.each<[GuardSeams, "known" | "readable"]>([[{ rows: false }, "known"], [{ columns: false }, "readable"]])("hold everything back no longer when switched off by %j", (seams, set) => {
  const { subject, ctx } = persona(policy, "uncleared-official");
  const [on, off] = [guardOver(labels).visible(policy, asker(subject, ctx), NOON), guardOver(labels, seams).visible(policy, asker(subject, ctx), NOON)];
  expect([...off[set]].length).toBe(labels.length);
  expect([...on[set]].length).toBeLessThan(labels.length);
});

test("are computed anew under another policy, and remembered under each [B-100]", () => {
  const guard = guardOver(labels);
  const { subject, ctx } = persona(policy, "mod-officer");
  const before = guard.visible(policy, asker(subject, ctx), NOON);
  const narrower = changed((draft) => { draft.policy.implications.SDS = []; });
  if (narrower === undefined) throw new Error("no policy");
  const after = guard.visible(narrower, asker(subject, ctx), NOON);
  expect(after.readable.length).toBeLessThan(before.readable.length);
  expect(after.readable.every((number) => before.readable.includes(number))).toBe(true);
  expect(guard.visible(narrower, asker(subject, ctx), NOON)).toBe(after);
  expect(guard.visible(policy, asker(subject, ctx), NOON).readable).toEqual(before.readable);
});

test("labels that come later are known beside those that were there, checked like them, and begin a new snapshot [B-130]", () => {
  const [first, second] = labels;
  if (first === undefined || second === undefined) throw new Error("no labels");
  const table = new LabelTable();
  table.load([{ id: 1, body: first }]);
  const before = table.at(NOON);
  table.add([{ id: 2, body: second }]);
  expect([table.size, table.has(1), table.has(2), before.get(2), table.at(NOON).get(2)?.id]).toEqual([2, true, true, undefined, second.id]);
  expect(() => { table.add([{ id: 3, body: { ...second, level: 0 } }]); }).toThrow("label 3 is not what its id says");
  expect(table.has(3)).toBe(false);
});
