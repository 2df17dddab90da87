/** The demonstration's data as a whole: every ministry is there with what is its own, and whatever points to something in another ministry finds it there. */
import members from "../../schema/policy/members.json";
import { existenceOf, loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { MINISTRY_NAMES, neighboursOf } from "../../subgraphs/names";

const policy = loadPolicy();
const all = Object.values(ministries);
const records = all.flatMap(({ name, demo }) => demo.records.records.map((record) => ({ ...record, ministry: name })));
const matters = all.flatMap(({ name, demo }) => demo.matters.matters.map((matter) => ({ ...matter, ministry: name })));
const people = all.flatMap(({ demo }) => demo.people?.people ?? []);

test("the ministries are those of the registry, each under its own name, and neighbours of all others", () => {
  expect(all.map(({ name }) => name)).toEqual(MINISTRY_NAMES);
  expect([...MINISTRY_NAMES].sort()).toEqual(members.subgraphs.map(({ subgraph }) => subgraph).sort());
  for (const { name, neighbours } of all) expect([...neighbours, name].sort()).toEqual([...MINISTRY_NAMES].sort());
  expect(neighboursOf("cyber")).not.toContain("cyber");
});

test("167 records, 101 matters and 35 people are there, each once", () => {
  const counted = (ids: readonly string[]): readonly number[] => [ids.length, new Set(ids).size];
  expect(counted(records.map(({ id }) => id))).toEqual([167, 167]);
  expect(counted(records.map(({ reference }) => reference))).toEqual([167, 167]);
  expect(counted(matters.map(({ id }) => id))).toEqual([101, 101]);
  expect(counted(matters.map(({ token }) => token))).toEqual([101, 101]);
  expect(counted(people.map(({ id }) => id))).toEqual([35, 35]);
});

test("every register entry is kept by the ministry of the body that issued it", () => {
  expect(matters.filter(({ issuer, ministry }) => policy.members.keeperOf(issuer) !== ministry)).toEqual([]);
});

test("every item has a class from A to E, or is public; firms own those of class D and E and no others", () => {
  expect(records.filter((record) => (record.class === null) !== (record.label.level === 0)).map(({ reference }) => reference)).toEqual([]);
  expect(new Set(records.map((record) => record.class))).toEqual(new Set(["A", "B", "C", "D", "E", null]));
  const isFirm = (owner: string): boolean => members.members.some((member) => member.org === owner && "firm" in member && member.firm === true);
  const ofFirms = records.filter(({ owner }) => isFirm(owner));
  expect(ofFirms.length).toBe(5);
  expect(records.filter((record) => ["D", "E"].includes(record.class ?? ""))).toEqual(ofFirms);
});

test("whatever points to another ministry finds it there, with the existence label that it has there", () => {
  const found = new Map(records.map((record) => [record.id, record]));
  const core = (data: (typeof records)[number]["label"]): Parameters<typeof existenceOf>[0] => ({ policy: "JPN-GOV-DEMO", ...data });
  let across = 0;
  for (const { ministry, reference, refersTo } of records) {
    for (const { id, ministry: there, existence } of refersTo) {
      const target = found.get(id);
      if (target === undefined) throw new Error(`${reference} refers to nothing`);
      expect([reference, there, core(existence)]).toEqual([reference, target.ministry, existenceOf(core(target.label), target.existenceLevel)]);
      across += there === ministry ? 0 : 1;
    }
  }
  expect(across).toBeGreaterThan(40);
  const kept = new Set(matters.map(({ id, ministry }) => `${id} ${ministry}`));
  expect(records.filter(({ matter }) => matter !== null && !kept.has(`${matter.id} ${matter.ministry}`))).toEqual([]);
  for (const record of records) for (const id of [record.tearline, record.tearlineOf]) expect(id === null || found.get(id)?.ministry === record.ministry).toBe(true);
});

test("every statement about somebody names their entry in the register of people", () => {
  const entries = new Map(people.flatMap(({ id, subject }) => (subject === null ? [] : [[subject, id] as const])));
  for (const { name, demo: { standing } } of all) {
    const named = new Map([...(standing.persons ?? []), ...standing.subjects.map(({ id, person }) => ({ subject: id, person }))].map(({ subject, person }) => [subject, person]));
    for (const { subject } of [...standing.eligibilities, ...standing.assignments]) expect([name, subject, named.get(subject) ?? null]).toEqual([name, subject, entries.get(subject) ?? null]);
  }
});
