/**
 * What goes over the wire besides values: labels of records, portions and links; stubs of other ministries' records; registers under labels of their own. The gateway
 * decides by these labels again, so they must be there and true even where a value is not.
 */
import { type Label, type LabelCore, PORTIONS, canonical, canonicalJson, join } from "../../schema/label";
import { decide, existenceOf, labelOf, loadPolicy, verifyLabelId } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { MinistryDefinition } from "../../subgraphs/kit";
import type { CoreData, RecordData } from "../../subgraphs/kit/database/data";
import { assignmentLabel, matterLabel, personLabel, vettingLabel } from "../../subgraphs/kit/register-labels";
import { type Persona, everybody, persona } from "../support/people";
import { DEMO_NOON, type MinistryAnswer, type TestMinistry, startTestMinistry } from "../support/postgres";

jest.setTimeout(60_000);
const policy = loadPolicy();
const people = everybody(policy);
const core = (data: CoreData): LabelCore => canonical({ policy: "JPN-GOV-DEMO", ...data });
const coreText = (label: LabelCore): string => { const { policy: of, level, regimes, need, owners, purposes, handling } = label; return canonicalJson({ policy: of, level, regimes, need, owners, purposes, handling }); };
const checked = new Map<string, string>();
/** Text of a label's core; its id is that of its content, which is looked at once per content. */
const wireText = (label: Label): string => {
  const content = JSON.stringify(label);
  let text = checked.get(content);
  if (text === undefined) {
    expect(verifyLabelId(label)).toBe(true);
    checked.set(content, text = coreText(label));
  }
  return text;
};
const outcome = ({ subject, ctx }: Persona, label: Label): string => decide(policy, subject, "RETRIEVE", label, { ...ctx, now: DEMO_NOON }).outcome;

type Node = Readonly<Record<string, unknown>> & { readonly id: string; readonly _label: number };
const entry = (answer: MinistryAnswer, node: { readonly _label: number }): NonNullable<MinistryAnswer["extensions"]>["labels"][number] => {
  const found = answer.extensions?.labels[node._label];
  if (found === undefined) throw new Error("an index without an entry");
  return found;
};
const existence = (record: RecordData): LabelCore => existenceOf(core(record.label), record.existenceLevel);

describe.each(Object.values(ministries))("documents of $name", (ministry) => {
  const { records } = ministry.demo.records;
  const byId = new Map(records.map((record) => [record.id, record]));
  let running: TestMinistry;
  beforeAll(async () => { running = await startTestMinistry(ministry); }, 60_000);
  afterAll(async () => { await running.stop(); });

  const list = async (who: Persona, fields: string): Promise<{ readonly answer: MinistryAnswer; readonly nodes: readonly Node[]; readonly label: number; readonly edges: readonly { readonly _label: number }[] }> => {
    const answer = await running.ask(who, `{ list: ${ministry.field}Documents(first: 500) { _label edges { _label } nodes { id _label ${fields} } } }`);
    expect(answer.errors).toBeUndefined();
    const { list: given } = answer.data as { readonly list: { readonly nodes: readonly Node[]; readonly _label: number; readonly edges: readonly { readonly _label: number }[] } };
    return { answer, nodes: given.nodes, label: given._label, edges: given.edges };
  };

  test("carry their record's label, their portions' labels and their links' labels, readable or not", async () => {
    for (const who of people) {
      const { answer, nodes, edges } = await list(who, "");
      for (const node of nodes) {
        const record = byId.get(node.id) as RecordData;
        const { record: label, fields = {}, contact } = entry(answer, node);
        expect(wireText(label)).toBe(coreText(core(record.label)));
        expect(coreText(label.existence)).toBe(coreText(existence(record)));
        expect(label.lifecycle?.validUntil ?? null).toBe(record.validUntil);
        expect(contact).toEqual(record.contact);
        const source = byId.get(record.tearlineOf ?? "");
        const links = { matter: existence(record), tearline: existence(record), tearlineOf: existence(source ?? record) };
        const wanted = { ...Object.fromEntries(Object.entries(record.portions ?? {}).map(([name, portion]) => [name, core(portion.label)])), ...links };
        expect(Object.fromEntries(Object.entries(fields).map(([name, own]) => [name, wireText(own)]))).toEqual(Object.fromEntries(Object.entries(wanted).map(([name, own]) => [name, coreText(own)])));
      }
      expect(edges.map(({ _label }) => _label)).toEqual(nodes.map(({ _label }) => _label));
    }
  });

  test("are counted under the join of the labels of the existence of what was counted", async () => {
    for (const who of people) {
      const { answer, nodes, label } = await list(who, "");
      const joined = nodes.map((node) => existence(byId.get(node.id) as RecordData)).reduce((all, one) => join(all, one), core({ level: 0, regimes: [], need: [], owners: {}, purposes: "ALL", handling: [] }));
      expect(coreText(entry(answer, { _label: label }).record)).toBe(coreText(joined));
    }
  });

  test("answer their links by the label of the source's existence, and not at all when withheld as a whole", async () => {
    let links = 0;
    for (const who of people) {
      const { answer, nodes } = await list(who, `matter { id _label } tearline { id } tearlineOf { id }`);
      const seen = new Set(nodes.map(({ id }) => id));
      for (const node of nodes) {
        const record = byId.get(node.id) as RecordData;
        const own = entry(answer, node);
        const whole = [own.record, ...PORTIONS.map((name) => own.fields?.[name] ?? own.record)].every((label) => outcome(who, label) !== "permit");
        const link = (target: string | null, source: RecordData | undefined): unknown =>
          !whole && target !== null && source !== undefined && outcome(who, labelOf(existence(source))) === "permit" && seen.has(target) ? { id: target } : null;
        expect(node["tearline"]).toEqual(link(record.tearline, record));
        expect(node["tearlineOf"]).toEqual(link(record.tearlineOf, byId.get(record.tearlineOf ?? "")));
        const matter = node["matter"] as Node | null;
        expect(matter?.id).toBe(whole ? undefined : record.matter?.id);
        if (matter) expect(coreText(entry(answer, matter).record)).toBe(coreText(existence(record)));
        links += [node["tearline"], node["tearlineOf"], matter].filter((value) => value !== null).length;
      }
    }
    const linked = records.filter(({ matter, tearline, tearlineOf }) => [matter, tearline, tearlineOf].some((value) => value !== null));
    expect(links).toBeGreaterThanOrEqual(linked.length);
  });

  test("refer to records of the graph under the join of their own label and the target's existence", async () => {
    let stubs = 0;
    for (const who of people) {
      const { answer, nodes } = await list(who, `refersTo { __typename id ${Object.values(ministries).map(({ prefix }) => `... on ${prefix}Document { _label }`).join(" ")} }`);
      const seen = new Set(nodes.map(({ id }) => id));
      for (const node of nodes) {
        const record = byId.get(node.id) as RecordData;
        const given = node["refersTo"] as readonly (Node & { readonly __typename: string })[] | null;
        if (outcome(who, entry(answer, node).record) !== "permit") { expect(given).toBeNull(); continue; }
        const wanted = record.refersTo.filter(({ id, ministry: of, existence: label }) => outcome(who, labelOf(join(core(record.label), core(label)))) === "permit" && (of === ministry.name ? seen.has(id) : of in ministries));
        expect(given?.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
        for (const [at, target] of wanted.entries()) {
          if (target.ministry === ministry.name) continue;
          stubs += 1;
          const stub = given?.[at];
          expect(stub?.__typename).toBe(`${ministries[target.ministry]?.prefix}Document`);
          expect(coreText(entry(answer, stub as Node).record)).toBe(coreText(join(core(record.label), core(target.existence))));
        }
      }
    }
    expect(stubs).toBeGreaterThan(0);
  });

  test("are found again by their key, many in one call, and a hidden one like one that is not there [B-121]", async () => {
    const representations = [...records.map(({ id }) => ({ __typename: `${ministry.prefix}Document`, id })), { __typename: `${ministry.prefix}Document`, id: "doc_none" }];
    for (const who of people.slice(0, 8)) {
      const { nodes } = await list(who, "");
      const seen = new Set(nodes.map(({ id }) => id));
      const { data, errors } = await running.ask(who, `query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on ${ministry.prefix}Document { id } } }`, { r: representations });
      expect(errors).toBeUndefined();
      expect((data as { readonly _entities: readonly (Node | null)[] })._entities).toEqual(representations.map(({ __typename, id }) => (seen.has(id) ? { __typename, id } : null)));
    }
  });
});

describe("registers", () => {
  const office = ministries["cabinet-office"] as MinistryDefinition;
  const defense = ministries["defense"] as MinistryDefinition;
  let cabinet: TestMinistry;
  let military: TestMinistry;
  beforeAll(async () => { [cabinet, military] = [await startTestMinistry(office), await startTestMinistry(defense)]; }, 60_000);
  afterAll(async () => { await cabinet.stop(); await military.stop(); });
  const section = async <T>(running: TestMinistry, who: Persona, typename: string, id: string, fields: string): Promise<{ readonly answer: MinistryAnswer; readonly value: T }> => {
    const field = running === cabinet ? "cabinetOffice" : "defense";
    const answer = await running.ask(who, `query($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { id _label ${field} { ${fields} } } } }`, { r: [{ __typename: typename, id }] });
    expect(answer.errors).toBeUndefined();
    const [entity] = (answer.data as { readonly _entities: readonly Readonly<Record<string, unknown>>[] })._entities;
    expect(entity?.["id"]).toBe(id);
    expect(coreText(entry(answer, entity as Node).record)).toBe(coreText(core({ level: 0, regimes: [], need: [], owners: {}, purposes: "ALL", handling: [] })));
    return { answer, value: entity?.[field] as T };
  };

  test("a matter's entry is read by those assigned to its token, its existence known at its level", async () => {
    const { matters } = defense.demo.matters;
    for (const who of people) {
      const answer = await military.ask(who, "query($r: [_Any!]!) { _entities(representations: $r) { ... on Matter { defense { entry { ministry contact { ja } token name { ja en } kind issuer _label } } } } }",
        { r: matters.map(({ id }) => ({ __typename: "Matter", id })) });
      const entries = (answer.data as { readonly _entities: readonly { readonly defense: { readonly entry: Node | null } }[] })._entities.map((entity) => entity.defense.entry);
      for (const [at, matter] of matters.entries()) {
        const label = labelOf(matterLabel(matter), { existence: existenceOf(matterLabel(matter), matter.existenceLevel), lifecycle: matter.validUntil === null ? undefined : { validUntil: matter.validUntil } });
        const given = entries[at];
        const wanted = outcome(who, label);
        if (wanted === "hide") { expect(given).toBeNull(); continue; }
        expect(given).toMatchObject(wanted === "permit" ? { ministry: "defense", token: matter.token, name: matter.name, issuer: matter.issuer } : { ministry: "defense", token: null, name: null, kind: null, issuer: null });
        expect(entry(answer, given as Node).record.id).toBe(label.id);
      }
    }
  });

  test("a matter that is hidden and one that never was are the same section [B-52]", async () => {
    const hidden = defense.demo.matters.matters.find(({ existenceLevel }) => existenceLevel >= 2);
    const stranger = persona(policy, "uncleared-official");
    const fields = "entry { token } documents { totalCount nodes { id } _label } assignments { subject }";
    const real = await section(military, stranger, "Matter", hidden?.id ?? "", fields);
    const none = await section(military, stranger, "Matter", "mtr_none000000000000", fields);
    expect(real.value).toEqual(none.value);
    expect(real.answer.extensions).toEqual(none.answer.extensions);
  });

  test("matters and designations are listed by keys under the label of their existence", async () => {
    for (const who of people.slice(0, 8)) {
      const answer = await military.ask(who, "{ defenseMatters(first: 500) { totalCount nodes { id _label } } defenseDesignations(first: 500) { totalCount nodes { id _label } } }");
      const { defenseMatters: listed, defenseDesignations: designations } = answer.data as Record<string, { readonly totalCount: number; readonly nodes: readonly Node[] }>;
      const known = defense.demo.matters.matters.filter((matter) => outcome(who, labelOf(matterLabel(matter), { existence: existenceOf(matterLabel(matter), matter.existenceLevel) })) !== "hide");
      expect(listed?.nodes.map(({ id }) => id).sort()).toEqual(known.map(({ id }) => id).sort());
      expect(listed?.totalCount).toBe(known.length);
      expect(designations?.nodes.map(({ id }) => id).sort()).toEqual(known.flatMap(({ designationId }) => designationId ?? []).sort());
      for (const node of listed?.nodes ?? []) {
        const matter = known.find(({ id }) => id === node.id);
        expect(coreText(entry(answer, node).record)).toBe(coreText(existenceOf(matterLabel(matter as (typeof known)[number]), matter?.existenceLevel ?? 0)));
      }
    }
  });

  test("a designation leads to its matter and back to the same entry", async () => {
    const matter = defense.demo.matters.matters.find(({ token }) => token === "MOD-2026-041");
    const { value } = await section<{ readonly entry: { readonly token: string }; readonly matter: { readonly id: string } }>(military, persona(policy, "mod-officer"), "Designation", matter?.designationId ?? "", "entry { token } matter { id }");
    expect(value).toEqual({ entry: { token: "MOD-2026-041" }, matter: { id: matter?.id } });
  });

  test("assignments are read by those assigned to the same token only", async () => {
    const matter = defense.demo.matters.matters.find(({ token }) => token === "PRJ-QS-2026");
    for (const who of people) {
      const label = labelOf(assignmentLabel("PRJ-QS-2026", "JPN.MOD"));
      const { answer, value } = await section<{ readonly assignments: readonly (Node & { readonly subject: string })[] }>(military, who, "Matter", matter?.id ?? "", "assignments { subject _label }");
      const wanted = outcome(who, label) === "permit" ? defense.demo.standing.assignments.filter(({ token }) => token === "PRJ-QS-2026").map(({ subject }) => subject) : [];
      expect(value.assignments.map(({ subject }) => subject)).toEqual([...wanted].sort());
      for (const node of value.assignments) expect(entry(answer, node).record.id).toBe(label.id);
    }
  });

  test("people are for Japanese bodies, outcomes of vettings for the purposes of vetting", async () => {
    const register = office.demo.people?.people ?? [];
    const subject = register.find(({ subject: id }) => id === "meti-officer");
    const left = register.find(({ formerAccess }) => formerAccess.length > 0);
    let outcomes = 0;
    for (const who of people) {
      const listed = await cabinet.ask(who, "{ cabinetOfficePeople(first: 500) { totalCount nodes { id _label } } }");
      const may = outcome(who, labelOf(personLabel())) === "permit";
      expect((listed.data as { readonly cabinetOfficePeople: { readonly totalCount: number } }).cabinetOfficePeople.totalCount).toBe(may ? register.length : 0);
      const { answer, value } = await section<{ readonly entry: Node | null; readonly eligibilities: readonly Node[] }>(cabinet, who, "Person", subject?.id ?? "", "entry { name post { ja en } org _label } eligibilities { regime grantedBy usableAt _label }");
      expect(value.entry).toEqual(may ? expect.objectContaining({ name: subject?.name, post: subject?.post, org: subject?.org }) : null);
      const vetting = labelOf(vettingLabel("JPN.METI"));
      const wanted = outcome(who, vetting) === "permit" ? subject?.eligibilities.map(({ regime }) => regime) : [];
      expect(value.eligibilities.map(({ regime }) => regime)).toEqual(wanted);
      for (const node of value.eligibilities) expect(entry(answer, node).record.id).toBe(vetting.id);
      const former = await section<{ readonly formerAccess: readonly Readonly<Record<string, unknown>>[] }>(cabinet, who, "Person", left?.id ?? "", "formerAccess { token from until }");
      expect(former.value.formerAccess).toEqual(outcome(who, labelOf(vettingLabel("JPN.CAO"))) === "permit" ? left?.formerAccess : []);
      outcomes += value.eligibilities.length;
    }
    expect(outcomes).toBeGreaterThan(0);
  });
});

describe("lists that were found by content", () => {
  const cabinet = ministries["cabinet-secretariat"] as MinistryDefinition;
  let running: TestMinistry;
  beforeAll(async () => { running = await startTestMinistry(cabinet); }, 60_000);
  afterAll(async () => { await running.stop(); });

  /** Everybody's readable records that are known of at a lower label than that of the named value. */
  const cases = people.flatMap((who) => cabinet.demo.records.records.flatMap((record) => {
    const own = labelOf(core(record.label), { existence: existence(record) });
    const title = record.portions?.title;
    const readable = title !== undefined && outcome(who, labelOf(core(title.label))) === "permit" && outcome(who, own) === "permit";
    return readable && record.existenceLevel !== null ? [{ who, record, title }] : [];
  })).slice(0, 6);

  test("are labelled with the values by which they were found, and not only with the existence of what they hold", async () => {
    expect(cases.length).toBeGreaterThan(0);
    for (const { who, record, title } of cases) {
      const listed = async (filter: object): Promise<string> => {
        const answer = await running.ask(who, "query($f: DocumentFilter) { cabinetSecretariatDocuments(filter: $f) { totalCount _label } }", { f: { and: [{ id: { eq: record.id } }, filter] } });
        const list = (answer.data as { readonly cabinetSecretariatDocuments: { readonly totalCount: number; readonly _label: number } }).cabinetSecretariatDocuments;
        expect(list.totalCount).toBe(1);
        return wireText(entry(answer, list).record);
      };
      const known = existence(record);
      expect(await listed({})).toBe(coreText(known));
      expect(await listed({ title: { ja: { eq: title.ja } } })).toBe(coreText(join(known, core(title.label))));
      expect(await listed({ kind: { eq: record.kind } })).toBe(coreText(join(known, core(record.label))));
      expect(await listed({ or: [{ kind: { eq: record.kind } }, { title: { ja: { eq: title.ja } } }] })).toBe(coreText(join(join(known, core(record.label)), core(title.label))));
      const found = Object.values(record.portions ?? {}).filter((portion) => [portion.ja, portion.en].some((text) => text.includes(title.ja)));
      expect(await listed({ search: title.ja })).toBe(coreText(found.map((portion) => core(portion.label)).filter((label) => outcome(who, labelOf(label)) === "permit").reduce(join, known)));
    }
  });

  test("of matters are labelled with the entry that a filter reads", async () => {
    let seen = 0;
    for (const who of people) {
      for (const matter of cabinet.demo.matters.matters.slice(0, 8)) {
        const answer = await running.ask(who, "query($f: MatterFilter) { cabinetSecretariatMatters(filter: $f) { totalCount _label } }", { f: { token: { eq: matter.token } } });
        const list = (answer.data as { readonly cabinetSecretariatMatters: { readonly totalCount: number; readonly _label: number } }).cabinetSecretariatMatters;
        const label = matterLabel(matter);
        seen += list.totalCount;
        if (list.totalCount > 0) expect(wireText(entry(answer, list).record)).toBe(coreText(join(existenceOf(label, matter.existenceLevel), label)));
      }
    }
    expect(seen).toBeGreaterThan(0);
  });
});
