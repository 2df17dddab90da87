/** Files of designations that were there before (SPEC 15.28): who reads them, what they hold, how their days move, what a covered place is without the designation and on which day it ends. */
import { type Label, type LabelCore, dominates } from "../../../../../schema/label";
import { checkLabel, decide, existenceOf, labelOf, loadPolicy, shiftDate } from "../../../../../schema/policy";
import { ministries } from "../../../../../subgraphs";
import { type Row, rowsOf } from "../../../../../subgraphs/kit/database/rows";
import { matterLabel } from "../../../../../subgraphs/kit/register-labels";
import { isFormerLabel } from "../../../../../subgraphs/kit/workflow/designation/adoption";
import { type OtherToken, formerCore, placeDay } from "../../../../../subgraphs/kit/workflow/designation/taken-over";
import { everybody } from "../../../../support/people";
import { DEMO_NOON } from "../../../../support/postgres";

const policy = loadPolicy();
const PURPOSES = [undefined, ...policy.purposes.keys()];
const core = (changes: Partial<LabelCore>): LabelCore => ({ policy: "JPN-GOV-DEMO", level: 3, regimes: ["SDS"], need: ["MOD-1"], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [], ...changes });
const shared = { "JPN.METI": { rel: ["JPN"], disp: ["JPN"], dist: "ALL" as const, orcon: false }, "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL" as const, orcon: false } };

interface Seeded { readonly token: string; readonly item: Row; readonly label: LabelCore; readonly entry: LabelCore; readonly covered: readonly LabelCore[] }
const known = new Map<LabelCore, Label>();
const labelled = (one: LabelCore): Label => { const label = known.get(one) ?? labelOf(one); known.set(one, label); return label; };
const itemsOf = (name: string, shift: number): readonly Row[] => { const ministry = ministries[name]; return ministry === undefined ? [] : rowsOf(ministry, shift).tables.find(({ table }) => table === "item")?.rows ?? []; };

const seeded: readonly Seeded[] = Object.values(ministries).flatMap((ministry) => {
  const rows = rowsOf(ministry, 0);
  const labels = new Map(rows.labels.map((label) => [label.id, label]));
  return itemsOf(ministry.name, 0).map((item) => {
    const { token } = item["body"] as { readonly token: string };
    const matter = ministry.demo.matters.matters.find((one) => one.token === token);
    const label = labels.get(String(item["label_id"]));
    if (matter === undefined || label === undefined) throw new Error(`no register of ${token}`);
    const covered = ministry.demo.records.records.flatMap((record) => {
      const all = [record.label, ...Object.values(record.portions ?? {}).map((portion) => portion.label)].map((one) => ({ policy: "JPN-GOV-DEMO" as const, ...one }));
      const parts = all.filter(({ need }) => need.includes(token));
      return parts.length === 0 ? [] : [...parts, existenceOf(all[0] as LabelCore, record.existenceLevel)];
    });
    return { token, item, label, entry: matterLabel(matter), covered };
  });
});

test("every designation of the data but one has a file: the one is left as a register brings it, to be adopted", () => {
  const all = Object.values(ministries).flatMap(({ demo }) => demo.matters.matters.filter(({ kind }) => kind === "DESIGNATION"));
  expect(all.map(({ token }) => token).filter((token) => !seeded.some((file) => file.token === token))).toEqual(["MOD-2026-041"]);
  expect(new Set(all.map(({ file }) => file)).size).toBe(all.length);
  for (const { token, label } of seeded) expect([token, checkLabel(policy, label, { kind: "record", tokenOf: () => undefined }).filter(({ rule }) => rule !== "V5" && rule !== "V6")]).toEqual([token, []]);
});

test("nobody reads a file who does not read the register's entry and everything that the designation covers, for whatever purpose; and only for designation and oversight [B-58]", () => {
  const readers: string[] = [];
  for (const { subject, ctx, id } of everybody(policy)) {
    for (const purpose of PURPOSES) {
      const { purpose: usual, ...place } = ctx;
      void usual;
      const reads = (one: LabelCore): boolean => decide(policy, subject, "RETRIEVE", labelled(one), { ...place, ...(purpose === undefined ? {} : { purpose }), now: DEMO_NOON }).outcome === "permit";
      for (const { token, label, entry, covered } of seeded.filter((file) => reads(file.label))) {
        readers.push(`${id} ${token}`);
        expect([id, token, purpose === "DESIGNATION" || purpose === "OVERSIGHT", [entry, ...covered].every(reads)]).toEqual([id, token, true, true]);
        expect([entry, ...covered].every((one) => dominates(label, one))).toBe(true);
      }
    }
  }
  expect(readers).toEqual(expect.arrayContaining(["mod-officer MOD-2024-001", "mod-approver MOD-2024-001", "mod-security-officer MOD-2024-006", "meti-officer METI-CE-2026-05"]));
  expect(readers.filter((reader) => reader.startsWith("mod-approver"))).toEqual(["mod-approver MOD-2024-001"]);
});

test("what was designated more than a year ago is overdue, as no review is on record; the rest is in the queue; nothing of the law's tests is made up", () => {
  const due = new Map(seeded.map(({ token, item }) => [token, item["due"]]));
  expect([due.get("MOD-2024-001"), due.get("METI-CE-2026-05"), due.get("MIC-2021-001"), due.get("MDA-0041")]).toEqual(["2025-04-01", "2027-04-01", "2023-01-01", "2025-06-01"]);
  for (const { token, item } of seeded) {
    const body = item["body"] as Readonly<Record<string, unknown>>;
    expect([token, body["reviewBy"], "reminded" in body, body["listed"] ?? body["harm"] ?? body["reasons"]]).toEqual([token, item["due"], String(item["due"]) < "2026-11-01", undefined]);
  }
});

test("days of files move with the calendar like all others", () => {
  for (const name of Object.keys(ministries)) {
    const moved = itemsOf(name, 400);
    for (const [at, item] of itemsOf(name, 0).entries()) {
      const body = (row: Row | undefined): Readonly<Record<string, unknown>> => row?.["body"] as Readonly<Record<string, unknown>>;
      const to = (day: unknown): unknown => (typeof day === "string" ? shiftDate(day, 400) : day);
      expect([moved[at]?.["due"], ...["validUntil", "designatedOn", "reviewBy", "reminded"].map((field) => body(moved[at])[field])]).toEqual([to(item["due"]), ...["validUntil", "designatedOn", "reviewBy", "reminded"].map((field) => to(body(item)[field]))]);
    }
  }
});

describe("a covered place without its designation", () => {
  const left = { token: "MOD-1", regime: "SDS", body: "JPN.MOD" } as const;
  const other = (changes: Partial<OtherToken>): OtherToken => ({ token: "X", kind: "CODEWORD", regime: null, validUntil: null, ...changes });

  test("loses token and regime, keeps its level as a secret document, and TOP SECRET, which no document has, becomes SECRET", () => {
    expect(formerCore(policy, core({}), left, [], "portion")).toEqual(core({ regimes: ["DOC"], need: [] }));
    expect(formerCore(policy, core({ level: 4 }), left, [], "portion")).toEqual(core({ level: 3, regimes: ["DOC"], need: [] }));
    expect(formerCore(policy, core({ level: 4, need: ["KAGAMI", "MOD-1"] }), left, [other({ token: "KAGAMI" })], "portion")).toEqual(core({ level: 3, regimes: ["DOC"], need: ["KAGAMI"] }));
    expect(formerCore(policy, core({ regimes: ["EQS", "SDS"], need: ["EQS-1", "MOD-1"] }), left, [other({ token: "EQS-1", kind: "DESIGNATION", regime: "EQS" })], "record")).toEqual(core({ regimes: ["EQS"], need: ["EQS-1"] }));
  });

  test("keeps the regime while it may be another designation's: one of this register, or of another body that is an owner", () => {
    expect(formerCore(policy, core({ need: ["MOD-1", "MOD-2"] }), left, [other({ token: "MOD-2", kind: "DESIGNATION", regime: "SDS" })], "portion").regimes).toEqual(["SDS"]);
    expect(formerCore(policy, core({ need: ["METI-1", "MOD-1"], owners: shared }), left, [], "portion").regimes).toEqual(["SDS"]);
    expect(formerCore(policy, core({ need: ["MOD-1", "PRJ"] }), left, [], "portion").regimes).toEqual(["DOC"]);
  });

  test("is what two people stated of before only where nothing else protects it, and never above what it was", () => {
    const before = core({ level: 2, regimes: ["DOC"], need: [] });
    expect(formerCore(policy, core({}), { ...left, before }, [], "portion")).toEqual(core({ level: 2, regimes: ["DOC"], need: [] }));
    expect(formerCore(policy, core({ need: ["MOD-1", "PRJ"] }), { ...left, before }, [], "portion").level).toBe(3);
    expect(formerCore(policy, core({ owners: shared }), { ...left, before }, [], "portion").level).toBe(3);
    expect(formerCore(policy, core({ regimes: ["MODS", "SDS"] }), { ...left, before }, [], "record").level).toBe(3);
  });

  test("ends on the earliest day that is left: its own, another designation's, or the new one; what had no day gets none", () => {
    const designation = { token: "MOD-1", body: "JPN.MOD", validUntil: "2029-03-31" };
    const until = (day: string | undefined, next: string | null, others: readonly OtherToken[] = [], label = core({})): string | undefined => placeDay(label, day, designation, next, others);
    expect([until("2029-03-31", "2031-10-01"), until("2029-03-31", null), until("2028-01-01", "2031-10-01"), until(undefined, "2031-10-01"), until("OWNER_CONSENT", null)]).toEqual(["2031-10-01", undefined, "2028-01-01", undefined, "OWNER_CONSENT"]);
    const second = [other({ token: "MOD-2", kind: "DESIGNATION", regime: "EQS", validUntil: "2030-06-30" })];
    expect([until("2029-03-31", "2031-10-01", second), until("2029-03-31", null, second)]).toEqual(["2030-06-30", "2030-06-30"]);
    expect(until("2029-03-31", "2031-10-01", [], core({ need: ["METI-1", "MOD-1"], owners: shared }))).toBe("2029-03-31");
  });

  test("was never public, nor another's, nor designated under a statute", () => {
    const issued = { issuer: "JPN.MOD", regime: "SDS" } as const;
    const before = core({ level: 2, regimes: ["DOC"], need: [] });
    expect([before, core({ level: 0, regimes: [], need: [] }), core({ need: [] }), { ...before, owners: { "JPN.METI": shared["JPN.METI"] } }, { ...before, regimes: [] }].map((one) => isFormerLabel(policy, one, issued))).toEqual([true, false, false, false, false]);
  });
});
