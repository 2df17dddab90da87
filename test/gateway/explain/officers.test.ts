/** Explain, simulate and dry-run through a running gateway before two ministries that guard nothing themselves: who may use them, what they tell, what they never tell. */
import { comparable, type Answer, assigned, person, startWorld, vetted, type World } from "../front/labelled-federation";

interface Told { readonly outcome: string; readonly reasons: readonly { readonly clause: string; readonly component: string; readonly ja: string; readonly en: string }[] }
interface Explained extends Told { readonly existence: Told; readonly fields: readonly (Told & { readonly field: string })[]; readonly notExplained: readonly string[]; readonly item: unknown }

const role = (subject: string, name: string, org = "JPN.MOD", until = "2099-03-31") => ({ subject, role: name, org, from: "2020-01-01", until, grantedBy: "JPN.MOD" });
let world: World;

beforeAll(async () => {
  world = await startWorld();
  world.defense.standing = {
    ...world.defense.standing, subjects: ["hi", "lo", "officer", "blind", "plain", "over", "mutator"].map(person), eligibilities: ["hi", "officer"].map(vetted), assignments: ["hi", "officer"].map((who) => assigned(who, "MOD-1")),
    roles: [...["officer", "blind", "firm"].flatMap((who) => [role(who, "EXPLAIN"), role(who, "SIMULATE")]), role("plain", "GRANT"), role("over", "EXPLAIN", "JPN.MOD", "2020-12-31"), role("over", "SIMULATE", "JPN.MOD", "2020-12-31")],
  };
  world.economy.standing = { ...world.economy.standing, subjects: [{ ...person("elsewhere"), org: "JPN.METI.ECON" }, { ...person("firm"), kind: "contractor", org: "JPN.PRV.9990001000001" }] };
  world.defense.announce();
  world.economy.announce();
  for (let tries = 0; tries < 100 && (await world.ask("{ __typename }", "mutator")).status !== 200; tries += 1) await new Promise((done) => { setTimeout(done, 50); });
});
afterAll(async () => { await world.stop(); });

async function use(tool: string, who: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const answer = await fetch(new URL(`/officer/${tool}`, world.gateway.url), {
    method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", authorization: `Bearer ${await world.token(who)}`, ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) as Answer["json"] };
}
const about = (subject: string) => ({ subject, client: "kasumi-1-z4" });
const explain = (who: string, subject: string, item: object): Promise<Answer> => use("explain", who, { ...about(subject), ...item });
const told = (answer: Answer): Explained => { if (answer.json.data === undefined) throw new Error(answer.text); return answer.json.data as unknown as Explained; };
const clauses = ({ reasons }: Told): readonly string[] => reasons.map(({ clause, component }) => `${clause} ${component}`);
const lastRecord = () => world.records().at(-1);

describe("who asks for a firm", () => {
  it("may ask known operations only: no tool, whatever role they hold, no schema, and no question that is not listed (SPEC 19.4)", async () => {
    const answers = [await explain("firm", "lo", { record: "defense:known" }), await use("simulate", "firm", { ...about("lo"), query: "{ defenseReports { id } }" }), await use("dry-run", "firm", {}), await world.ask("{ defenseReports { id } }", "firm"), await world.ask("{ nothing }", "firm")];
    expect(answers.map(({ status, text }) => [status, text])).toEqual(answers.map(() => [403, '{"errors":[{"message":"This is none of the operations that are known for you.","extensions":{"code":"UNKNOWN_OPERATION"}}]}']));
    const schema = await fetch(new URL("/schema", world.gateway.url), { headers: { authorization: `Bearer ${await world.token("firm")}` } });
    expect([schema.status, await schema.text()]).toEqual([403, answers[0]?.text]);
    expect(lastRecord()).toMatchObject({ kind: "REFUSAL", subject: "firm", errors: ["UNKNOWN_OPERATION"] });
    expect(lastRecord()?.["class"]).toMatch(/^C-/);
  });

  it("is explained to officers like anybody else (19.5)", async () => {
    expect(told(await explain("officer", "firm", { coordinate: "DefenseReport.covertTitle" })).outcome).toBe("hide");
  });
});

describe("explain", () => {
  it("says by number of the rule, in both languages, why a record is redacted, field by field", async () => {
    const answer = told(await explain("officer", "lo", { record: "defense:known" }));
    expect(answer.item).toEqual({ record: "defense:known", type: "DefenseReport" });
    expect([answer.existence.outcome, answer.existence.reasons]).toEqual(["permit", []]);
    const title = answer.fields.find(({ field }) => field === "title");
    expect(title?.outcome).toBe("redact");
    expect(clauses(title ?? { outcome: "", reasons: [] })).toEqual(["4.1 level", "4.2 regimes:SDS", "4.3 need:MOD-1"]);
    expect(title?.reasons.find(({ clause }) => clause === "4.3")?.en).toBe("there is no current assignment to MOD-1");
    expect(title?.reasons.every(({ ja }) => /[\u3040-\u30ff]/.test(ja))).toBe(true);
  });

  it("says what the subject gets, without a reason, where nothing stands in the way", async () => {
    const answer = told(await explain("officer", "hi", { record: "defense:hidden" }));
    expect(answer.fields.map(({ field, outcome, reasons }) => [field, outcome, reasons.length])).toEqual(expect.arrayContaining([["title", "permit", 0], ["covertTitle", "permit", 0]]));
  });

  it("says that a record is as if absent to the subject", async () => {
    const answer = told(await explain("officer", "lo", { record: "defense:hidden" }));
    expect([answer.existence.outcome, ...answer.fields.map(({ outcome }) => outcome)]).toEqual(["hide", "hide", "hide"]);
    expect(clauses(answer.existence)).toContain("4.3 need:MOD-1");
  });

  it("decides at the client that is named and at the later instant that is named", async () => {
    const low = told(await use("explain", "officer", { subject: "hi", client: "kasumi-2-z1", record: "defense:hidden" }));
    expect(clauses(low.existence)).toEqual(["4.1 zone"]);
    const later = told(await use("explain", "officer", { ...about("hi"), record: "defense:hidden", at: "2099-04-01" }));
    expect(clauses(later.existence)).toEqual(expect.arrayContaining(["4.2 regimes:SDS", "4.3 need:MOD-1"]));
  });

  it("explains a coordinate by its floor", async () => {
    const hidden = told(await explain("officer", "lo", { coordinate: "DefenseReport.covertTitle" }));
    expect([hidden.outcome, clauses(hidden)]).toEqual(["hide", ["4.1 level", "4.2 regimes:SDS"]]);
    for (const coordinate of ["DefenseReport", "DefenseReport.title", "Query.defenseReports(where:)", "ReportFilter.title", "ReportOrder.DATE"]) {
      expect([coordinate, told(await explain("officer", "lo", { coordinate })).outcome]).toEqual([coordinate, "permit"]);
    }
    for (const coordinate of ["Covert", "Query.covertReports", "Query.defenseReports(covert:)", "ReportFilter.covertLevel", "ReportOrder.COVERT"]) {
      expect([coordinate, told(await explain("officer", "lo", { coordinate })).outcome]).toEqual([coordinate, "hide"]);
    }
  });

  it("tells what the officer may know of and not read apart from what is explained, and nothing of its label [B-134]", async () => {
    const answer = await explain("blind", "hi", { record: "defense:known" });
    expect(told(answer).notExplained).toEqual(expect.arrayContaining(["title", "assessment"]));
    expect(told(answer).fields).toEqual([]);
    expect(answer.text).not.toMatch(/SDS|MOD-1|SECRET/);
  });

  it("is the same bytes for what the officer may not know of and what does not exist [B-134]", async () => {
    const absent = comparable(await explain("blind", "hi", { record: "defense:absent" }));
    expect(comparable(await explain("blind", "hi", { record: "defense:hidden" }))).toBe(absent);
    expect(comparable(await explain("blind", "lo", { record: "defense:hidden" }))).toBe(absent);
    for (const coordinate of ["Query.covertReports", "Query.nothing", "Covert", "Nothing", "DefenseReport.covertTitle", "DefenseReport._label", "ReportOrder.COVERT", "Query.defenseReports(covert:)", "String", "__Schema", "", "a b"]) {
      expect([coordinate, comparable(await explain("blind", "hi", { coordinate }))]).toEqual([coordinate, absent]);
    }
    expect(told(await explain("officer", "hi", { coordinate: "Query.covertReports" })).outcome).toBe("permit");
  });

  it("calls the same ministries for what the officer may not know of and what does not exist [B-134]", async () => {
    const calls = async (id: string): Promise<readonly string[]> => {
      const before = [world.defense.calls.length, world.economy.calls.length];
      await explain("blind", "hi", { record: `defense:${id}` });
      return [...world.defense.calls.slice(before[0]), ...world.economy.calls.slice(before[1])].map(({ body }) => body.replaceAll(id, "ID"));
    };
    const hidden = await calls("hidden");
    expect(hidden.length).toBeGreaterThan(0);
    expect(hidden).toEqual(await calls("absent"));
  });

  it("is refused alike for a subject nobody states and for one who is not the officer's, unless the record is", async () => {
    const unknown = comparable(await explain("officer", "nobody", { coordinate: "DefenseReport.title" }));
    expect(comparable(await explain("officer", "elsewhere", { coordinate: "DefenseReport.title" }))).toBe(unknown);
    expect(comparable(await explain("blind", "elsewhere", { record: "defense:open" }))).toBe(unknown);
    expect(told(await explain("officer", "elsewhere", { record: "defense:hidden" })).existence.outcome).toBe("hide");
    expect(comparable(await use("explain", "officer", { subject: "hi", client: "nowhere", coordinate: "DefenseReport.title" }))).toBe(unknown);
    expect(comparable(await use("explain", "officer", { ...about("hi"), purpose: "VETTING", coordinate: "DefenseReport.title" }))).toBe(unknown);
    expect(comparable(await use("explain", "officer", { ...about("hi"), at: "2020-01-01", coordinate: "DefenseReport.title" }))).toBe(unknown);
  });
});

describe("simulate", () => {
  const REPORTS = "{ defenseReports { id title assessment } }";
  const simulate = (who: string, subject: string, query: string, more: object = {}): Promise<Answer> => use("simulate", who, { ...about(subject), query, ...more });

  it("gives exactly what the subject would get, to an officer who may read all of it", async () => {
    for (const subject of ["hi", "lo", "blind"]) {
      const simulated = await simulate("officer", subject, REPORTS);
      const own = await world.ask(REPORTS, subject);
      expect(comparable(simulated)).toBe(comparable(own));
    }
  });

  it("shows an officer nothing that they may not read, whoever it is about [B-133] [B-134]", async () => {
    const own = await world.ask(REPORTS, "blind");
    const simulated = await simulate("blind", "hi", REPORTS);
    expect(simulated.json.data).toEqual(own.json.data);
    expect(simulated.text).not.toMatch(/hidden|MOD-1|SDS/);
    expect(comparable(await simulate("blind", "hi", '{ defenseReport(id: "hidden") { title } }'))).toBe(comparable(await simulate("blind", "hi", '{ defenseReport(id: "absent") { title } }')));
    expect((await simulate("blind", "hi", "{ covertReports { name } }")).json.errors?.[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it("sends the ministries both subjects, so that they guard for both", async () => {
    const before = world.defense.calls.length;
    await simulate("blind", "hi", REPORTS);
    const statement = world.defense.calls[before]?.headers["kanmon-statement"];
    const payload = JSON.parse(Buffer.from(String(statement).split(".")[1] ?? "", "base64url").toString()) as { sub: string; ctx: { observer: { subject: { id: string } } } };
    expect([payload.sub, payload.ctx.observer.subject.id]).toEqual(["hi", "blind"]);
  });

  it("gives what the subject would get at a later instant", async () => {
    const later = await simulate("officer", "hi", REPORTS, { at: "2099-04-01T00:00:00+09:00" });
    expect(later.json.data).toEqual((await world.ask(REPORTS, "lo")).json.data);
  });

  it("never changes anything, in whatever way it is asked to [B-133]", async () => {
    const rename = 'mutation { defenseRename(id: "open", title: "x") { title } }';
    const two = `${rename.replace("mutation", "mutation M")} query Q { defenseReports { id } }`;
    const before = world.defense.calls.length;
    for (const [query, more] of [[rename, {}], [two, { operationName: "M" }], [two, { operationName: "Q" }]] as const) {
      expect([(await simulate("officer", "hi", query, more)).status, world.reports[0]?.title]).toEqual([400, "An open report"]);
    }
    const answer = await fetch(new URL(`/officer/simulate?query=${encodeURIComponent(rename)}`, world.gateway.url), { headers: { authorization: `Bearer ${await world.token("officer")}`, "apollo-require-preflight": "1" } });
    expect([answer.status, world.defense.calls.length]).toEqual([400, before]);
    expect((await world.ask(rename.replace('"x"', '"An open report"'), "hi")).json.errors).toBeUndefined();
  });

  it("is refused alike for a subject nobody states and for one who is not the officer's", async () => {
    expect(comparable(await simulate("officer", "elsewhere", REPORTS))).toBe(comparable(await simulate("officer", "nobody", REPORTS)));
    expect((await simulate("officer", "elsewhere", REPORTS)).json.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });
});

describe("dry-run", () => {
  const people = ["hi", "lo", "elsewhere", "nobody"].map(about);
  const tried = async (change: object, more: object = {}): Promise<{ people: readonly string[]; changed: number; differences: readonly { subject: string; before: string; after: string; reasons: readonly { clause: string }[] }[]; refused?: string }> => {
    const answer = await use("dry-run", "officer", { people, change, over: "generated", records: 300, seed: 7, ...more });
    return told(answer) as never;
  };

  it("says what a revocation takes from whom, and applies nothing", async () => {
    const diff = await tried({ assignments: [{ revoke: { subject: "hi", token: "MOD-1" } }] });
    expect(diff.people).toEqual(["hi", "lo"]);
    expect(diff.changed).toBeGreaterThan(0);
    expect(diff.differences.every(({ subject, after, reasons }) => subject === "hi" && after !== "permit" && reasons.some(({ clause }) => clause === "4.3"))).toBe(true);
    expect((await world.ask('{ defenseReport(id: "hidden") { title } }', "hi")).json.data).toEqual({ defenseReport: { title: "The hidden report" } });
  });

  it("says what a grant gives, with the rules that stand in the way today", async () => {
    const diff = await tried({ assignments: [{ grant: { subject: "lo", token: "MOD-1" } }] });
    expect(new Set(diff.differences.map(({ subject }) => subject))).toEqual(new Set(["lo"]));
    expect(diff.differences.every(({ reasons }) => reasons.some(({ clause }) => clause === "4.3"))).toBe(true);
  });

  it("says what another policy changes, and why a policy would not load", async () => {
    const narrower = await tried({ policy: { implications: { SDS: null } } });
    expect(narrower.differences.length).toBeGreaterThan(0);
    expect(narrower.differences.every(({ subject, after, reasons }) => subject === "hi" && after !== "permit" && reasons.some(({ clause }) => clause === "4.2"))).toBe(true);
    expect((await tried({ policy: { levels: [] } })).refused).toMatch(/^policy/);
    expect((await tried({ agreements: [{ id: "JPN-XXX", set: {} }] })).refused).toBe("agreements[0].id: there is no such agreement");
    expect((await tried({ nonsense: 1 })).refused).toMatch(/^change\.nonsense/);
  });

  it("finds nothing where nothing changes, and the same for the same seed", async () => {
    expect((await tried({})).changed).toBe(0);
    const change = { assignments: [{ revoke: { subject: "hi", token: "MOD-1" } }] };
    expect(await tried(change)).toEqual(await tried(change));
  });
});

describe("each tool", () => {
  const bodies: Readonly<Record<string, object>> = {
    explain: { ...about("lo"), coordinate: "DefenseReport.title" }, simulate: { ...about("lo"), query: "{ __typename }" }, "dry-run": { people: [about("lo")], change: {}, over: "generated" },
  };

  it.each(Object.keys(bodies))("%s is not there for whoever does not hold its role now", async (tool) => {
    const nowhere = comparable(await use("nothing", "officer", {}));
    for (const who of ["hi", "plain", "over"]) {
      const answer = await use(tool, who, bodies[tool] ?? {});
      expect([answer.status, answer.text]).toEqual([404, '{"errors":[{"message":"Not found.","extensions":{"code":"NOT_FOUND"}}]}']);
      expect(comparable(answer)).toBe(nowhere);
      expect(lastRecord()).toMatchObject({ kind: "REFUSAL", subject: who, errors: ["NOT_FOUND"], about: ["lo"] });
    }
    expect((await use(tool, "officer", bodies[tool] ?? {})).status).toBe(200);
    expect((await use(tool, "stranger", bodies[tool] ?? {})).status).toBe(401);
  });

  it.each(Object.keys(bodies))("%s is recorded with who used it about whom, and the subject never as the one who asked", async (tool) => {
    const { json } = await use(tool, "officer", bodies[tool] ?? {});
    const record = lastRecord();
    expect(record).toMatchObject({ kind: "ANSWER", subject: "officer", about: ["lo"], tool: tool.toUpperCase().replace("-", "_") });
    expect(json.extensions?.release).toMatchObject({ evidence: { index: record?.index, txn: record?.txn }, marking: { en: expect.stringMatching(/^\/\/JPN /) } });
    expect(world.records().filter(({ subject, index }) => subject === "lo" && index === record?.index)).toEqual([]);
    if (tool === "explain") expect(record?.item).toBe("DefenseReport.title");
  });

  it.each(Object.keys(bodies))("%s refuses what is no request of it", async (tool) => {
    for (const body of [{}, { ...bodies[tool], bypass: true }, [], { ...bodies[tool], subject: 7, people: [{ subject: 7, client: "x" }] }]) {
      const answer = await use(tool, "officer", body);
      expect([answer.status, answer.json.errors?.[0]?.extensions.code]).toEqual([400, "BAD_REQUEST"]);
    }
    const form = await use(tool, "officer", bodies[tool] ?? {}, { "content-type": "text/plain" });
    expect(form.status).toBe(400);
  });

  it("decides anew when the subject's standing changes under it", async () => {
    let changes = 0;
    world.defense.interfere = async () => {
      changes += 1;
      if (changes > 1) return false;
      world.defense.standing = { ...world.defense.standing, assignments: [assigned("officer", "MOD-1")] };
      world.defense.announce();
      await new Promise((done) => { setTimeout(done, 200); });
      return false;
    };
    const answer = told(await explain("officer", "hi", { record: "defense:hidden" }));
    world.defense.interfere = undefined;
    expect(answer.existence.outcome).toBe("hide");
    expect(lastRecord()?.supersedes).toEqual(expect.any(Number));
  });
});
