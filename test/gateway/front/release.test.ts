import { createHash, createPrivateKey, type JsonWebKey } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { decodeJwt } from "jose";
import type { ChainedRecord } from "../../../gateway/evidence/record";
import { digestOfVariables, variablesKey } from "../../../gateway/evidence/variables";
import { verifyEvidence } from "../../../gateway/evidence/verify";
import { type Answer, assigned, comparable, startWorld, type World } from "./labelled-federation";

let world: World;
beforeAll(async () => { world = await startWorld(); });
afterAll(async () => { await world.stop(); });

const REPORTS = "{ defenseReports { id title assessment } }";

describe("an answer", () => {
  it("holds what the asker is permitted, and says what it is", async () => {
    const hi = await world.ask(REPORTS, "hi");
    expect(hi.json.data).toMatchObject({ defenseReports: [{ id: "open" }, { id: "hidden", title: "The hidden report" }, { id: "known", assessment: "assessed The known report" }, { id: "cui" }] });
    expect(hi.json.extensions?.release).toMatchObject({ marking: { en: expect.stringMatching(/^\/\/JPN SECRET\/\/CUI\/SDS\/\/NTK MOD-1/), label: expect.stringMatching(/^L-/) }, policy: expect.stringMatching(/^P-/) });
    const lo = await world.ask(REPORTS, "lo");
    expect(lo.json.data).toEqual({ defenseReports: [
      { id: "open", title: "An open report", assessment: "assessed An open report" }, { id: "known", title: null, assessment: null }, { id: "cui", title: "A controlled report", assessment: "assessed A controlled report" },
    ] });
    expect(lo.json.extensions?.release).toMatchObject({ withheld: [{ path: ["defenseReports", "1"], reasonClass: "RESTRICTED", requestable: true, contact: { en: "MOD desk" } }] });
    expect(lo.text).not.toContain("hidden");
  });

  it("is the same, byte for byte, whether a thing is hidden or absent", async () => {
    const hidden = await world.ask('{ defenseReport(id: "hidden") { id title assessment } }', "lo");
    const absent = await world.ask('{ defenseReport(id: "absent") { id title assessment } }', "lo");
    expect(comparable(hidden)).toBe(comparable(absent));
    expect(hidden.json.data).toEqual({ defenseReport: null });
    expect((await world.ask('{ defenseReport(id: "hidden") { title } }', "hi")).json.data).toEqual({ defenseReport: { title: "The hidden report" } });
  });

  it("narrows with the client's registered level, the ceiling, the release, and gives portion marks when asked", async () => {
    const titles = async (headers: Record<string, string>, client?: string): Promise<unknown> => {
      const { json } = await world.ask("{ defenseReports { title } }", "hi", { headers, ...(client === undefined ? {} : { client }) });
      return ((json.data ?? {})["defenseReports"] as readonly { title: string | null }[]).map(({ title }) => title);
    };
    expect(await titles({})).toHaveLength(4);
    expect(await titles({}, "kasumi-2-z1")).toEqual(["An open report", null, "A controlled report"]);
    expect(await titles({ "kanmon-ceiling": "CUI" })).toEqual(["An open report", null, "A controlled report"]);
    expect(await titles({ "kanmon-release-to": "USA" })).toEqual(["An open report", "A controlled report"]);
    expect(await titles({ "kanmon-release-to": "USA,FRA" })).toEqual(["An open report"]);
    expect(await titles({ "kanmon-case": "OTHER" })).toEqual(["An open report", null, "A controlled report"]);
    const marked = await world.ask("{ defenseReports { title } }", "hi", { headers: { "kanmon-marks": "portions" } });
    expect(marked.json.extensions?.release["portions"]).toMatchObject({ marks: expect.arrayContaining([{ ja: expect.stringContaining("\uFF08"), en: expect.stringMatching(/^\(\/\/JPN S\/\/SDS/) }]), at: { "defenseReports.1.title": expect.any(Number) } });
  });

  it("is refused for headers that are not the asker's to use, before any ministry is asked", async () => {
    const before = world.defense.calls.length;
    for (const [name, value] of [["kanmon-purpose", "VETTING"], ["kanmon-release-to", "ATLANTIS"], ["kanmon-clearance", "4"]] as const) {
      const answer = await world.ask(REPORTS, "hi", { headers: { [name]: value } });
      expect([answer.status, answer.json.errors?.[0]?.extensions.code]).toEqual([400, "BAD_USER_INPUT"]);
    }
    expect(world.defense.calls.length).toBe(before);
  });
});

describe("a refusal", () => {
  async function raw(init: RequestInit): Promise<{ status: number; text: string; headers: Headers }> {
    const answer = await fetch(world.gateway.url, { method: "POST", body: JSON.stringify({ query: "{ __typename }" }), ...init });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  }

  it("is one and the same 401 for everybody who is not known, and introspection is no exception [B-114] [B-116]", async () => {
    const json = { "content-type": "application/json" };
    const refused = await Promise.all([
      raw({ headers: json }), raw({ headers: { ...json, authorization: "Bearer a.b.c" } }), raw({ headers: { ...json, authorization: `Bearer ${await world.token("nobody")}` } }),
      raw({ headers: { ...json, authorization: `Bearer ${await world.token("hi", "no-client")}` } }), raw({ headers: json, body: JSON.stringify({ query: "{ __schema { types { name } } }" }) }),
      raw({ headers: json, body: "not json" }), raw({ headers: { authorization: "Basic eDp5" } }),
    ]);
    expect(new Set(refused.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['401 {"errors":[{"message":"Unauthorized.","extensions":{"code":"UNAUTHENTICATED"}}]}']));
    expect(refused[0]?.headers.get("www-authenticate")).toBe("Bearer");
  });

  it("and every answer is not to be kept by anybody on the way [B-96] [B-97]", async () => {
    for (const headers of [(await world.ask(REPORTS, "hi")).headers, (await world.ask("{ nope }", "hi")).headers, (await raw({})).headers]) {
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("etag")).toBeNull();
    }
  });
});

describe("what a class of subjects may not know of", () => {
  const pairs: readonly (readonly [string, string, unknown?])[] = [
    ["{ covertReports { name } }", "{ covertReportz { name } }"], ["{ covertReports }", "{ covertReportz }"], ["{ covertReport }", "{ covertReporz }"], ["{ defenseReports { covertTitle } }", "{ defenseReports { covertTitlz } }"],
    ["{ defenseReports(covert: 1) { id } }", "{ defenseReports(coverz: 1) { id } }"], ["{ defenseReports(order: COVERT) { id } }", "{ defenseReports(order: COVERZ) { id } }"],
    ["{ defenseReports(where: {covertLevel: 1}) { id } }", "{ defenseReports(where: {covertLevez: 1}) { id } }"], ["{ ... on Covert { name } }", "{ ... on Coverz { name } }"], ["fragment F on Covert { name } { ...F }", "fragment F on Coverz { name } { ...F }"],
    ["query Q($c: Covert) { defenseReports { id } }", "query Q($c: Coverz) { defenseReports { id } }"], ['{ __type(name: "Covert") { name description } }', '{ __type(name: "Coverz") { name description } }'],
    ["{ defenseReports @label { id } }", "{ defenseReports @labez { id } }"], ["{ defenseReports { _label } }", "{ defenseReports { _labez } }"], ["{ _service { sdl } }", "{ _servicz { sdl } }"],
    ["query Q($w: ReportFilter) { defenseReports(where: $w) { id } }", "query Q($w: ReportFilter) { defenseReports(where: $w) { id } }", [{ w: { covertLevel: 1 } }, { w: { covertLevez: 1 } }]],
    ["query Q($o: ReportOrder) { defenseReports(order: $o) { id } }", "query Q($o: ReportOrder) { defenseReports(order: $o) { id } }", [{ o: "COVERT" }, { o: "COVERZ" }]],
  ];
  const neutral = (text: string): string => text.replaceAll(/covertReportz|covertReporz|covertTitlz|coverz\b|COVERZ|covertLevez|Coverz|labez|_servicz/g, (name) => ({ covertReportz: "covertReports", covertReporz: "covertReport", covertTitlz: "covertTitle", coverz: "covert", COVERZ: "COVERT", covertLevez: "covertLevel", Coverz: "Covert", labez: "label", _servicz: "_service" })[name] ?? name);

  it("is unknown: same bytes, status, headers, in validation, coercion and introspection [B-77] [B-78] [B-80] [B-82]", async () => {
    for (const [hidden, unknown, variables] of pairs) {
      const [one, two] = (variables ?? []) as readonly unknown[];
      for (const accept of ["application/json", "application/graphql-response+json"]) {
        const a = await world.ask(hidden, "lo", { headers: { accept }, variables: one });
        const b = await world.ask(unknown, "lo", { headers: { accept }, variables: two });
        expect([hidden, comparable(a)]).toEqual([hidden, neutral(comparable(b))]);
      }
    }
  });

  it("is known to those who are cleared, so the comparison says something", async () => {
    expect((await world.ask("{ covertReports { name } }", "hi")).json.errors).toBeUndefined();
    expect((await world.ask('{ __type(name: "Covert") { description } }', "hi")).text).toContain("CODEWORD GRANITE");
    expect((await world.ask("query Q($w: ReportFilter) { defenseReports(where: $w) { id } }", "hi", { variables: { w: { covertLevel: 1 } } })).json.errors).toBeUndefined();
  });

  it("is not in the schema that they can read, whatever they ask about it [B-76]", async () => {
    const everything = `{ __schema { description types { kind name description fields(includeDeprecated: true) { name description deprecationReason args(includeDeprecated: true) { name description defaultValue } } inputFields { name } enumValues(includeDeprecated: true) { name } possibleTypes { name } interfaces { name } } directives { name args { name } } } }`;
    const lo = await world.ask(everything, "lo");
    expect(lo.json.data).toBeDefined();
    expect(JSON.stringify(lo.json.data)).not.toMatch(/covert|granite|_label|"label"|join__|SECRET/i);
    expect((await world.ask(everything, "hi")).text).toMatch(/CODEWORD GRANITE/);
  });

  it("is never suggested, in validation or coercion, not even to those who may know it [B-77]", async () => {
    for (const [query, variables] of [["{ defenseReport { idd } }"], ["{ defenseReportz { id } }"], ["{ defenseReports(wher: 1) { id } }"], ["{ defenseReports(order: TITL) { id } }"], ["{ __typ }"], ["{ defenseReports }"],
      ["query Q($w: ReportFilter) { defenseReports(where: $w) { id } }", { w: { titl: "x" } }], ["query Q($o: ReportOrder) { defenseReports(order: $o) { id } }", { o: "TITL" }]] as const) {
      const answer = await world.ask(query, "hi", { variables });
      expect(answer.json.errors?.length).toBeGreaterThan(0);
      expect(answer.text).not.toMatch(/did you mean/i);
    }
  });
});

describe("what was validated or planned for one", () => {
  it("is never executed for another, in whatever order they ask [B-21] [B-98] [B-141] [B-142]", async () => {
    const query = "{ defenseReports { id } covertReports { name } __schema { queryType { fields { name } } } }";
    const first = await world.ask(query, "lo");
    expect((await world.ask(query, "hi")).json.data).toMatchObject({ covertReports: [{ name: "GRANITE" }] });
    const again = await world.ask(query, "lo");
    expect(comparable(again)).toBe(comparable(first));
    expect(again.json.errors?.[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it("cannot be named by a hash, whoever registered it [B-81] [B-98]", async () => {
    const query = "{ covertReports { name } }";
    const sha256Hash = createHash("sha256").update(query).digest("hex");
    const ask = async (who: string, body: object): Promise<string> => {
      const answer = await fetch(world.gateway.url, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${await world.token(who)}` }, body: JSON.stringify(body) });
      return `${answer.status} ${await answer.text()}`;
    };
    const registered = await ask("hi", { query, extensions: { persistedQuery: { version: 1, sha256Hash } } });
    const known = await ask("lo", { extensions: { persistedQuery: { version: 1, sha256Hash } } });
    const unknown = await ask("lo", { extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } });
    expect(known).toBe(unknown);
    expect(known).toContain("PERSISTED_QUERY_NOT_SUPPORTED");
    expect(registered).toContain("PERSISTED_QUERY_NOT_SUPPORTED");
  });
});

describe("standing", () => {
  it("is told to a ministry in a statement made for it, with a mutation named as such", async () => {
    await world.ask('mutation { defenseRename(id: "open", title: "An open report") { id } }', "hi");
    const statement = decodeJwt(String(world.defense.calls.at(-1)?.headers["kanmon-statement"]));
    expect(statement).toMatchObject({ aud: "defense", sub: "hi", ctx: { action: "WRITE" } });
    await world.ask(REPORTS, "hi");
    expect(decodeJwt(String(world.defense.calls.at(-1)?.headers["kanmon-statement"]))).toMatchObject({ ctx: { action: "RETRIEVE", zoneLevel: 4, site: "KASUMI-1" } });
  });

  it("takes effect when it is revoked, without anybody asking again for a new standing", async () => {
    const sees = async (): Promise<boolean> => (await world.ask("{ defenseReports { title } }", "hi")).text.includes("The hidden report");
    const { assignments } = world.defense.standing;
    expect(await sees()).toBe(true);
    world.defense.standing = { ...world.defense.standing, assignments: [] };
    const begun = Date.now();
    world.defense.announce();
    while (await sees()) await wait(5);
    expect(Date.now() - begun).toBeLessThan(10_000);
    world.defense.standing = { ...world.defense.standing, assignments };
    world.defense.announce();
    while (!(await sees())) await wait(5);
  });

  it("is read again just before the first byte: what was decided before a revocation is decided anew", async () => {
    const { assignments } = world.defense.standing;
    let calls = 0;
    world.defense.interfere = async () => {
      if ((calls += 1) > 1) return false;
      world.defense.standing = { ...world.defense.standing, assignments: [assigned("lo", "MOD-1")] };
      world.defense.announce();
      await wait(150);
      return false;
    };
    const answer = await world.ask("{ defenseReports { title } }", "hi");
    world.defense.interfere = undefined;
    expect(calls).toBe(2);
    expect(answer.text).not.toContain("The hidden report");
    const [thrownAway, given] = world.records().slice(-2);
    expect(given?.supersedes).toBe(thrownAway?.index);
    world.defense.standing = { ...world.defense.standing, assignments };
    world.defense.announce();
    await wait(150);
  });

  it("is what it was when a matter of others comes or goes meanwhile: no question is asked twice, no refused change is answered otherwise, and no record tells of it [G3]", async () => {
    const own = world.defense.standing;
    const stateOf = async (tokens: unknown, assignments: unknown): Promise<void> => {
      world.defense.standing = { ...world.defense.standing, tokens, assignments };
      world.defense.announce();
      await wait(150);
    };
    const others = [...own["assignments"] as readonly unknown[], assigned("lo", "MOD-9")];
    const withMatter = [...own["tokens"] as readonly unknown[], { token: "MOD-9", issuer: "JPN.MOD" }];
    await stateOf(withMatter, others);
    let comesOrGoes = (): Promise<void> => Promise.resolve();
    world.defense.interfere = async (_request, response, body) => {
      await comesOrGoes();
      if (!body.includes("mutation")) return false;
      response.end(JSON.stringify({ data: { defenseRename: null }, errors: [{ message: "", path: ["defenseRename"], extensions: { code: "REFUSED_STATE" } }], extensions: { labels: [] } }));
      return true;
    };
    const asked = async (text: string): Promise<readonly [Answer, number]> => {
      const before = world.defense.calls.length;
      const answer = await world.ask(text, "hi");
      return [answer, world.defense.calls.length - before];
    };
    const CHANGE = 'mutation { defenseRename(id: "absent", title: "Nothing") { title } }';
    const [[query], [change]] = [await asked(REPORTS), await asked(CHANGE)];
    expect(change.json.errors?.[0]?.extensions.code).toBe("MINISTRY_REFUSED");
    for (const text of [REPORTS, CHANGE]) {
      for (const tokens of [own["tokens"], withMatter]) {
        comesOrGoes = () => stateOf(tokens, others);
        const [answer, calls] = await asked(text);
        expect([comparable(answer), calls]).toEqual([comparable(text === REPORTS ? query : change), 1]);
        expect(world.records().at(-1)?.supersedes).toBeUndefined();
      }
    }
    world.defense.interfere = undefined;
    await stateOf(own["tokens"], own["assignments"]);
  });

  it("does not carry a change out twice when it was revoked meanwhile", async () => {
    const { assignments } = world.defense.standing;
    world.defense.interfere = async () => {
      world.defense.standing = { ...world.defense.standing, assignments: [] };
      world.defense.announce();
      await wait(150);
      return false;
    };
    const before = world.defense.calls.length;
    const answer = await world.ask('mutation { defenseRename(id: "hidden", title: "The hidden report") { title } }', "hi");
    world.defense.interfere = undefined;
    expect(world.defense.calls.length - before).toBe(1);
    expect([answer.status, answer.json.errors?.[0]?.extensions.code]).toEqual([503, "STANDING_CHANGED"]);
    world.defense.standing = { ...world.defense.standing, assignments };
    world.defense.announce();
    await wait(150);
  });
});

describe("a change after which the asker is somebody else", () => {
  const RENAME = 'mutation { a: defenseRename(id: "hidden", title: "The hidden report") { title } b: defenseRename(id: "open", title: "An open report") { title } }';
  const saidOf = ({ body }: { readonly body: string }): { readonly key: string; readonly again: boolean } => (JSON.parse(body) as { readonly extensions: { readonly once: { key: string; again: boolean } } }).extensions.once;
  const heldIn = (call: { readonly headers: Readonly<Record<string, unknown>> } | undefined): readonly unknown[] => (decodeJwt(String(call?.headers["kanmon-statement"]))["subject"] as { readonly assignments: readonly unknown[] }).assignments;
  let assignments: unknown;
  beforeEach(() => { ({ assignments } = world.defense.standing); world.defense.remembers = true; });
  afterEach(async () => {
    Object.assign(world.defense, { interfere: undefined, remembers: false, standing: { ...world.defense.standing, assignments } });
    world.defense.announce();
    await wait(150);
  });
  const endAccess = async (): Promise<void> => {
    world.defense.standing = { ...world.defense.standing, assignments: [] };
    world.defense.announce();
    await wait(150);
  };

  it("is asked about once more under its key and as who they are now; what they may not see any more is not in the answer, whatever the ministry says", async () => {
    world.defense.interfere = async () => { if (world.defense.standing["assignments"] === assignments) await endAccess(); return false; };
    const before = world.defense.calls.length;
    const answer = await world.ask(RENAME, "hi");
    const [first, second, ...others] = world.defense.calls.slice(before).filter(({ body }) => body.includes("mutation"));
    expect([answer.status, answer.json.data, answer.json.errors]).toEqual([200, { a: null, b: { title: "An open report" } }, undefined]);
    expect(answer.text).not.toContain("The hidden report");
    expect(others).toEqual([]);
    expect(first === undefined || second === undefined ? [] : [saidOf(first).again, saidOf(second).again, saidOf(first).key === saidOf(second).key]).toEqual([false, true, true]);
    expect([heldIn(first).length, heldIn(second).length]).toEqual([1, 0]);
    const [thrownAway, given] = world.records().slice(-2);
    expect([thrownAway?.kind, given?.kind, given?.supersedes]).toEqual(["ANSWER", "ANSWER", thrownAway?.index]);
  });

  it("is not said to be refused when only the question what became of it is refused", async () => {
    world.defense.interfere = async (_request, response, body) => {
      if (world.defense.standing["assignments"] === assignments) await endAccess();
      if (!saidOf({ body }).again) return false;
      response.end(JSON.stringify({ data: { a: null, b: null }, errors: [{ message: "", extensions: { code: "REFUSED_STATE" } }], extensions: { labels: [], kept: true } }));
      return true;
    };
    const answer = await world.ask(RENAME, "hi");
    expect([answer.status, answer.json.errors?.[0]?.extensions.code]).toEqual([503, "STANDING_CHANGED"]);
    expect(world.records().at(-1)).toMatchObject({ kind: "REFUSAL", errors: ["STANDING_CHANGED"] });
  });

  it("has a key of its own, which no other change has", async () => {
    const before = world.defense.calls.length;
    await world.ask(RENAME, "hi");
    await world.ask(RENAME, "hi");
    expect(new Set(world.defense.calls.slice(before).filter(({ body }) => body.includes("mutation")).map((call) => saidOf(call).key)).size).toBe(2);
  });
});

describe("evidence", () => {
  it("names every answer and refusal, over the very bytes that were sent", async () => {
    const answers: Answer[] = [
      await world.ask(REPORTS, "lo", { headers: { "kanmon-case": "CASE-1" } }), await world.ask("{ nope }", "lo"), await world.ask("{ a: defenseReports { id } }".padEnd(70_000), "lo"), await world.ask(REPORTS, "nobody"),
      await world.ask(REPORTS, "hi", { headers: { "kanmon-purpose": "OVERSIGHT" } }),
    ];
    const records = world.records().slice(-answers.length);
    expect(records.map((record) => record.response)).toEqual(answers.map(({ text }) => createHash("sha256").update(text).digest("hex")));
    expect(records.map(({ kind, subject, status, errors }) => [kind, subject, status, errors?.[0]])).toEqual([
      ["ANSWER", "lo", 200, undefined], ["REFUSAL", "lo", 200, "GRAPHQL_VALIDATION_FAILED"], ["REFUSAL", "lo", 413, "BODY_TOO_LARGE"], ["REFUSAL", "nobody", 401, "UNAUTHENTICATED"], ["ANSWER", "hi", 200, undefined],
    ]);
    expect(records[0]).toMatchObject({ case: "CASE-1", client: "kasumi-1-z4", action: "RETRIEVE", ministries: ["defense", "economy"], withheld: { RESTRICTED: 1 }, document: createHash("sha256").update(REPORTS).digest("hex"), label: { level: 1 } });
    expect(records[4]).toMatchObject({ purpose: "OVERSIGHT", label: { level: 3, need: ["MOD-1"] }, marking: { en: expect.stringContaining("SECRET") } });
    expect(records[4]?.released?.every((id) => id.startsWith("L-"))).toBe(true);
    expect(answers[4]?.json.extensions?.release["evidence"]).toEqual({ log: records[4]?.log, index: records[4]?.index, txn: records[4]?.txn });
    expect(answers.map(({ headers }) => headers.get("kanmon-request-id"))).toEqual(records.map((record) => record.txn));
    expect(await verifyEvidence(world.evidenceDir)).toMatchObject({ ok: true });
  });

  it("says which operation it was, and of its variables no more than whoever has the gateway's keys can check", async () => {
    const document = "query Q($w: ReportFilter) { defenseReports(where: $w) { id } }";
    const ask = async (variables: unknown, operationName: unknown = "Q"): Promise<ChainedRecord | undefined> => { await world.ask(document, "hi", { variables, operationName }); return world.records().at(-1); };
    const [first, same, other] = [await ask({ w: { title: "SEARCHTERM" } }), await ask({ w: { title: "SEARCHTERM" } }), await ask({ w: { title: "ANOTHER" } })];
    expect([first?.operation, first?.variables === same?.variables, first?.variables === other?.variables]).toEqual(["Q", true, false]);
    const key = variablesKey(createPrivateKey({ key: (world.config.keys as { readonly agree: JsonWebKey }).agree, format: "jwk" }));
    expect(first?.variables).toBe(digestOfVariables(key, { w: { title: "SEARCHTERM" } }));
    expect(first?.variables).not.toBe(createHash("sha256").update('{"w":{"title":"SEARCHTERM"}}').digest("hex"));
    const none = await ask({});
    expect([none?.operation, none?.variables]).toEqual(["Q", undefined]);
    for (const hostile of ["a b", "x".repeat(129), 7]) expect((await ask({}, hostile))?.operation).toBeUndefined();
  });

  it("holds no value, document or variable", async () => {
    await world.ask("query Q($w: ReportFilter) { secretAlias: defenseReports(where: $w) { title } }", "hi", { variables: { w: { title: "SEARCHTERM" } } });
    expect(JSON.stringify(world.records())).not.toMatch(/SEARCHTERM|secretAlias|report"|GRANITE|Bearer/);
  });
});
