/** Rules of ingestion: the demonstration's labels pass, and every kind of broken label is named and refused. */
import { loadPolicy } from "../../../schema/policy";
import { ministries } from "../../../subgraphs";
import type { MinistryDefinition } from "../../../subgraphs/kit";
import type { CoreData, MatterData, RecordData } from "../../../subgraphs/kit/database/data";
import { refuseInvalid } from "../../../subgraphs/kit/database/ingestion";

const policy = loadPolicy();
const defense = ministries["defense"] as MinistryDefinition;

test.each(Object.values(ministries))("keeps the labels of $name", (ministry) => {
  expect(() => refuseInvalid(policy, ministry)).not.toThrow();
});

function withRecord(reference: string, change: (record: RecordData) => RecordData): MinistryDefinition {
  const { records } = defense.demo.records;
  if (!records.some((record) => record.reference === reference)) throw new Error(`no ${reference}`);
  return { ...defense, demo: { ...defense.demo, records: { ...defense.demo.records, records: records.map((record) => (record.reference === reference ? change(record) : record)) } } };
}
const label = (change: Partial<CoreData>) => (record: RecordData): RecordData => ({ ...record, label: { ...record.label, ...change } });

test.each<[string, string, (record: RecordData) => RecordData, string]>([
  ["no owner", "DEMO-MOD-13", label({ owners: {} }), "V1"],
  ["no regime from level 2 on", "DEMO-MOD-13", label({ regimes: [] }), "V2"],
  ["a release that leaves Japan out", "DEMO-MOD-13", label({ owners: { "JPN.MOD": { rel: ["USA"], disp: ["USA"], dist: "ALL", orcon: false } } }), "V4"],
  ["a special defense secret without a designation", "DEMO-MOD-13", label({ regimes: ["SDS"], level: 3, need: [] }), "V5"],
  ["an existence above the record", "DEMO-MOD-13", (record) => ({ ...record, existenceLevel: 4, label: { ...record.label, level: 3 } }), "V9"],
  ["a tearline as high as its source", "DEMO-MOD-13-T", label({ level: 4 }), "V9"],
  ["an issuer who does not own", "DEMO-MOD-13", label({ owners: { "JPN.METI": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } }), "V11"],
])("refuses a record with %s", (_what, reference, change, rule) => {
  expect(() => refuseInvalid(policy, withRecord(reference, change))).toThrow(new RegExp(`${reference} .*\\(${rule}\\)`));
});

describe("education", () => {
  const education = ministries["education"] as MinistryDefinition;
  const { matters, records } = education.demo;
  const designation = matters.matters.find(({ kind, regime }) => kind === "DESIGNATION" && regime === "CESI");
  if (designation === undefined) throw new Error("education designates nothing");
  const underSds = { ...designation, regime: "SDS" as const };
  const withMatters = (...added: readonly MatterData[]): MinistryDefinition =>
    ({ ...education, demo: { ...education.demo, matters: { ...matters, matters: [...matters.matters.filter(({ id }) => !added.some((each) => each.id === id)), ...added] } } });

  test("holds a specially designated secret under the designation of another body", () => {
    expect(records.records.filter(({ label: { regimes } }) => regimes.includes("SDS")).map(({ label: { need } }) => need)).toEqual([["CAO-2025-001"]]);
    expect(matters.matters.filter(({ regime }) => regime === "SDS")).toEqual([]);
  });
  test("may not keep a designation of its own under SDS, used by a document or not", () => {
    const unused = { ...underSds, id: "mtr_unused0000000000", designationId: "dsg_unused0000000000", token: "MEXT-2026-099" };
    expect(() => refuseInvalid(policy, withMatters(unused))).toThrow("MEXT-2026-099 issuer: JPN.MEXT may not designate under SDS (V5)");
    expect(() => refuseInvalid(policy, withMatters({ ...unused, regime: "CESI" }))).not.toThrow();
    expect(() => refuseInvalid(policy, withMatters({ ...unused, issuer: "JPN.CAO" }))).not.toThrow();
  });
  test("may not keep a document as SDS under a designation of its own", () => {
    const [record] = records.records.filter(({ label: { need } }) => need.includes(designation.token));
    if (record === undefined) throw new Error("nothing is under the designation");
    const secret = { ...record, label: { ...record.label, level: 3 as const, regimes: ["SDS" as const] } };
    const ministry = withMatters(underSds);
    const changed = { ...ministry, demo: { ...ministry.demo, records: { ...records, records: [...records.records.filter(({ id }) => id !== record.id), secret] } } };
    expect(() => refuseInvalid(policy, changed)).toThrow(new RegExp(`${record.reference} need: no SDS designation of a body that may designate \\(V5\\)`));
  });
});

test("refuses a portion with a regime that never has its level", () => {
  const broken = withRecord("DEMO-MOD-13", (record) => {
    const title = record.portions?.title;
    if (title === undefined) throw new Error("no title");
    return { ...record, portions: { ...record.portions, title: { ...title, label: { ...title.label, level: 4, regimes: ["EQS"] } } } };
  });
  expect(() => refuseInvalid(policy, broken)).toThrow(/DEMO-MOD-13\.title level: .*\(V3\)/);
});
