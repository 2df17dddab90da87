/** The officers' tools as fields of GraphQL: the same answers as by the paths, in nobody else's schema, labelled by what is in them, and each use of them recorded. */
import { getIntrospectionQuery } from "graphql";
import { MOST_TOOLS } from "../../../gateway/plan/tool-limit";
import { type Answer, assigned, comparable, LABELS, person, startWorld, vetted, type World } from "../front/labelled-federation";

const role = (subject: string, name: string, org = "JPN.MOD", until = "2099-03-31") => ({ subject, role: name, org, from: "2020-01-01", until, grantedBy: "JPN.MOD" });
const ROLES = [...["officer", "blind", "second"].flatMap((who) => [role(who, "EXPLAIN"), role(who, "SIMULATE")]), role("explainer", "EXPLAIN"), role("plain", "GRANT"), role("over", "EXPLAIN", "JPN.MOD", "2020-12-31"), role("over", "SIMULATE", "JPN.MOD", "2020-12-31")];
let world: World;

async function state(standing: Record<string, unknown>): Promise<void> {
  world.defense.standing = { ...world.defense.standing, ...standing };
  world.defense.announce();
  await new Promise((done) => { setTimeout(done, 200); });
}

beforeAll(async () => {
  world = await startWorld({ officers: true });
  world.economy.standing = { ...world.economy.standing, subjects: [{ ...person("elsewhere"), org: "JPN.METI.ECON" }] };
  world.economy.announce();
  await state({
    subjects: ["hi", "lo", "officer", "blind", "second", "explainer", "plain", "over"].map(person), eligibilities: ["hi", "officer", "second"].map(vetted),
    assignments: ["hi", "officer", "second"].map((who) => assigned(who, "MOD-1")), roles: ROLES,
  });
});
afterAll(async () => { await world.stop(); });

async function post(tool: string, who: string, body: object): Promise<Answer> {
  const answer = await fetch(new URL(`/officer/${tool}`, world.gateway.url), {
    method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", authorization: `Bearer ${await world.token(who)}` },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) as Answer["json"] };
}
const CLIENT = "kasumi-1-z4";
const VALUE = "outcome marking { ja en } reasons { clause component ja en }";
const EXPLANATION = `{ subject client at item { coordinate record type } ${VALUE} existence { ${VALUE} } fields { field ${VALUE} } notExplained }`;
const DRY_RUN = "{ refused over isWhole policy { before after } people records places changed differences { subject record field before after reasons { clause component ja en } } }";
const REPORTS = "{ defenseReports { id title assessment } }";

const explain = (who: string, subject: string, item: string, more = ""): Promise<Answer> => world.ask(`{ explain(subject: "${subject}", client: "${CLIENT}", ${item}, reason: "complaint 7"${more}) ${EXPLANATION} }`, who);
const simulate = (who: string, subject: string, query: string, more = ""): Promise<Answer> => world.ask(`query ($query: String!) { simulate(subject: "${subject}", client: "${CLIENT}", query: $query, reason: "complaint 7"${more}) { subject client at answer } }`, who, { variables: { query } });
const field = <T>(answer: Answer, name: string): T => { const value = answer.json.data?.[name]; if (value === null || value === undefined) throw new Error(answer.text); return value as T; };
const codes = (answer: Answer): readonly string[] => (answer.json.errors ?? []).map(({ extensions }) => extensions.code);
const lastRecord = () => world.records().at(-1);
const release = (answer: Answer): { readonly marking: { readonly en: string }; readonly portions: { readonly marks: readonly { readonly en: string }[]; readonly at: Readonly<Record<string, number>> } } => {
  if (answer.json.extensions === undefined) throw new Error(answer.text);
  return answer.json.extensions.release as never;
};
const marking = (answer: Answer): string => release(answer).marking.en;
interface Inner { readonly data?: unknown; readonly errors?: unknown; readonly extensions?: { readonly release: { readonly marking: { readonly en: string }; readonly withheld: unknown; readonly portions?: unknown } } }
const inner = (answer: Answer): Inner => field<{ readonly answer: Inner }>(answer, "simulate").answer;
const [, HIDDEN, KNOWN] = LABELS;

/** As the paths write it: no nulls, words in small letters, and no instant. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "string") return ["PERMIT", "REDACT", "HIDE", "STORED", "GENERATED"].includes(value) ? value.toLowerCase() : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name, each]) => each !== null && name !== "at").map(([name, each]) => [name, plain(each)]));
}

describe("both ways in", () => {
  it.each([["record", "defense:known"], ["record", "defense:hidden"], ["record", "defense:open"], ["coordinate", "DefenseReport.covertTitle"], ["coordinate", "Query.defenseReports(where:)"], ["coordinate", "Query.explain"]])("explain alike: %s %s", async (kind, name) => {
    for (const subject of ["hi", "lo", "elsewhere"]) {
      const byPath = await post("explain", "officer", { subject, client: CLIENT, [kind]: name });
      const byField = await explain("officer", subject, `${kind}: "${name}"`);
      if (byPath.status === 200) expect(plain(field(byField, "explain"))).toEqual(plain(byPath.json.data));
      else expect([byField.json.data, codes(byField)]).toEqual([{ explain: null }, [byPath.json.errors?.[0]?.extensions.code]]);
    }
  });

  it("simulate alike: data, withheld places and marking", async () => {
    for (const [officer, subject] of [["officer", "hi"], ["officer", "lo"], ["blind", "hi"]] as const) {
      const byPath = await post("simulate", officer, { subject, client: CLIENT, query: REPORTS });
      const { evidence: _, ...without } = byPath.json.extensions?.release ?? {};
      expect(inner(await simulate(officer, subject, REPORTS))).toEqual({ data: byPath.json.data, extensions: { release: without } });
    }
  });

  it("try a change alike", async () => {
    const change = { assignments: [{ revoke: { subject: "hi", token: "MOD-1" } }] };
    for (const over of ["generated", "stored"]) {
      const people = ["hi", "lo", "elsewhere", "nobody"].map((subject) => ({ subject, client: CLIENT }));
      const byPath = await post("dry-run", "officer", { people, change, over, records: 100, seed: 7 });
      const byField = await world.ask(`query ($people: [DryRunPerson!]!, $change: JSON!) { dryRun(people: $people, change: $change, over: ${over.toUpperCase()}, records: 100, seed: 7, reason: "r") ${DRY_RUN} }`, "officer", { variables: { people, change } });
      expect(plain(field(byField, "dryRun"))).toEqual(plain(byPath.json.data));
    }
    const literal = await world.ask(`{ dryRun(people: [{ subject: "hi", client: "${CLIENT}" }], change: { nonsense: 1 }, over: GENERATED, reason: "r") ${DRY_RUN} }`, "officer");
    expect(field<{ refused: string }>(literal, "dryRun").refused).toMatch(/^change\.nonsense/);
  });

  it("decide at the later instant that is named", async () => {
    const later = await simulate("officer", "hi", REPORTS, ', at: "2099-04-01"');
    expect(inner(later).data).toEqual((await world.ask(REPORTS, "lo")).json.data);
    expect(codes(await simulate("officer", "hi", REPORTS, ', at: "2020-01-01"'))).toEqual(["BAD_USER_INPUT"]);
    const explained = await explain("officer", "hi", 'record: "defense:hidden"', ', at: "2099-04-01"');
    expect(field<{ existence: { outcome: string } }>(explained, "explain").existence.outcome).toBe("HIDE");
  });
});

describe("to whoever does not hold the role", () => {
  const CALLS = [
    ["explain", `{ FIELD(subject: "lo", client: "${CLIENT}", coordinate: "DefenseReport.title", reason: "r") { outcome } }`],
    ["simulate", `{ FIELD(subject: "lo", client: "${CLIENT}", query: "{ __typename }", reason: "r") { answer } }`],
    ["dryRun", `{ FIELD(people: [], change: {}, over: GENERATED, reason: "r") { changed } }`],
  ] as const;

  it.each(CALLS)("the field of %s is an unknown name, byte for byte [B-134]", async (name, query) => {
    for (const who of ["hi", "lo", "plain", "over", ...(name === "explain" ? [] : ["explainer"])]) {
      const unknown = name.split("").reverse().join("");
      const said = comparable(await world.ask(query.replace("FIELD", name), who));
      expect(said.replaceAll(name, unknown)).toBe(comparable(await world.ask(query.replace("FIELD", unknown), who)));
      expect(said).toContain("GRAPHQL_VALIDATION_FAILED");
    }
  });

  it("nothing of them is in introspection, and all of them is to whoever does", async () => {
    const introspect = async (who: string): Promise<Answer> => world.ask(getIntrospectionQuery(), who);
    const WORDS = /Explanation|Simulation|DryRun|Outcome|PrintedMark|"JSON"|simulate|explain/;
    for (const who of ["hi", "lo", "plain", "over"]) expect((await introspect(who)).text).not.toMatch(WORDS);
    for (const word of ["Explanation", "Simulation", "DryRunDifference", "Outcome", "JSON"]) expect((await introspect("officer")).text).toContain(`"${word}"`);
    const half = (await introspect("explainer")).text;
    expect(half).toContain('"Explanation"');
    expect(half).not.toMatch(/Simulation|DryRun|"JSON"|simulate/);
    expect((await world.ask('{ __type(name: "Simulation") { name } }', "lo")).json.data).toEqual({ __type: null });
    expect(comparable(await world.ask("{ ... on Simulation { answer } }", "lo")).replaceAll("Simulation", "Xyz")).toBe(comparable(await world.ask("{ ... on Xyz { answer } }", "lo")));
  });

  it("nothing of them is in the schema that one may fetch, and all of them is for whoever does", async () => {
    const schemaOf = async (who: string): Promise<string> => (await fetch(new URL("/schema", world.gateway.url), { headers: { authorization: `Bearer ${await world.token(who)}` } })).text();
    expect(await schemaOf("lo")).toContain("defenseReports");
    for (const who of ["lo", "hi", "plain", "over"]) expect(await schemaOf(who)).not.toMatch(/explain|simulate|dryRun|Outcome|scalar JSON|ROLE/);
    const whole = await schemaOf("officer");
    for (const part of ["explain(", "scalar JSON", "type Simulation", "input DryRunPerson", "enum Outcome"]) expect(whole).toContain(part);
    expect(await schemaOf("explainer")).not.toMatch(/simulate|dryRun|JSON|SIMULATE/);
  });

  it("is withdrawn with the role, at the next request, and comes back with it", async () => {
    expect((await explain("second", "lo", 'coordinate: "DefenseReport.title"')).status).toBe(200);
    await state({ roles: ROLES.filter(({ subject }) => subject !== "second") });
    expect(codes(await explain("second", "lo", 'coordinate: "DefenseReport.title"'))[0]).toBe("GRAPHQL_VALIDATION_FAILED");
    await state({ roles: ROLES });
    expect((await explain("second", "lo", 'coordinate: "DefenseReport.title"')).json.errors).toBeUndefined();
  });

  it("is not opened by an assignment to the token of the role", async () => {
    const { tokens, assignments } = world.defense.standing as { tokens: object[]; assignments: object[] };
    await state({ tokens: [...tokens, { token: "ROLE.EXPLAIN", issuer: "JPN.MOD" }], assignments: [...assignments, assigned("lo", "ROLE.EXPLAIN")] });
    expect(codes(await explain("lo", "lo", 'coordinate: "DefenseReport.title"'))[0]).toBe("GRAPHQL_VALIDATION_FAILED");
    await state({ tokens, assignments });
  });

  it("is not in a simulation of somebody who holds it, so there is no simulation within one [B-133]", async () => {
    const nested = `{ simulate(subject: "lo", client: "${CLIENT}", query: "{ __typename }", reason: "r") { answer } }`;
    expect((await world.ask(nested, "second")).json.errors).toBeUndefined();
    const said = inner(await simulate("officer", "second", nested));
    const absent = inner(await simulate("officer", "second", nested.replace("simulate", "etalumis")));
    expect(JSON.stringify(said).replaceAll("simulate", "etalumis")).toBe(JSON.stringify(absent));
    expect(said).toMatchObject({ errors: expect.arrayContaining([expect.objectContaining({ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } })]) });
    expect(JSON.stringify(inner(await simulate("officer", "second", getIntrospectionQuery())))).not.toContain("Simulation");
    expect((await post("simulate", "officer", { subject: "second", client: CLIENT, query: nested })).json.errors?.[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it("is not in mutations", async () => {
    expect(codes(await world.ask(CALLS[0][1].replace("FIELD", "explain").replace("{", "mutation {"), "officer"))[0]).toBe("GRAPHQL_VALIDATION_FAILED");
  });
});

describe("what an officer may not know of", () => {
  it("is the same bytes, evidence and calls as what does not exist [B-134]", async () => {
    const asked = async (item: string): Promise<readonly [string, object, readonly number[]]> => {
      const before = [world.defense.calls.length, world.economy.calls.length];
      const answer = comparable(await explain("blind", "hi", item));
      const { tools: _, index: __, txn: ___, at: ____, prev: _____, response: ______, document: _______, ...record } = lastRecord() ?? { tools: [] };
      return [answer, record, [world.defense.calls.length - (before[0] ?? 0), world.economy.calls.length - (before[1] ?? 0)]];
    };
    const absent = await asked('record: "defense:absent"');
    expect(await asked('record: "defense:hidden"')).toEqual(absent);
    expect((await asked('coordinate: "Query.covertReports"'))[0]).toBe((await asked('coordinate: "Query.nothing"'))[0]);
    expect(absent[1]).toMatchObject({ ministries: ["defense"] });
    expect((await asked('coordinate: "DefenseReport.covertTitle"'))[0]).toBe(absent[0]);
    expect(comparable(await explain("explainer", "hi", 'coordinate: "Query.simulate"'))).toBe(comparable(await explain("explainer", "hi", 'coordinate: "Query.nothing"')));
    expect(comparable(await explain("officer", "nobody", 'coordinate: "DefenseReport.title"'))).toBe(comparable(await explain("officer", "elsewhere", 'coordinate: "DefenseReport.title"')));
    expect(comparable(await simulate("officer", "nobody", REPORTS))).toBe(comparable(await simulate("officer", "elsewhere", REPORTS)));
  });

  it("changes no byte and no call, whatever it is [B-133] [B-134]", async () => {
    const people = ["hi", "lo"].map((subject) => ({ subject, client: CLIENT }));
    const questions = [
      ...["hi", "lo"].flatMap((subject) => [
        `{ explain(subject: "${subject}", client: "${CLIENT}", record: "defense:hidden", reason: "r") ${EXPLANATION.replace(" at ", " ")} }`,
        `query ($query: String!) { simulate(subject: "${subject}", client: "${CLIENT}", query: $query, reason: "r") { answer } }`,
      ]),
      `query ($people: [DryRunPerson!]!, $change: JSON!) { dryRun(people: $people, change: $change, over: STORED, reason: "r") ${DRY_RUN} }`,
    ];
    const variables = { query: REPORTS, people, change: { labels: [{ record: "defense:hidden", set: { level: 0, regimes: [], need: [], owners: {} } }] } };
    const lookFrom = async (who: string): Promise<readonly string[]> => {
      const before = world.defense.calls.length;
      const answers = [];
      for (const question of questions) answers.push(comparable(await world.ask(question, who, { variables })));
      return [...answers, ...world.defense.calls.slice(before).map(({ body }) => body)];
    };
    const whole = [...world.reports];
    const [blind, seeing] = [await lookFrom("blind"), await lookFrom("officer")];
    const at = whole.findIndex(({ id }) => id === "hidden");
    for (const reports of [whole.filter(({ id }) => id !== "hidden"), whole.map((report, index) => (index === at ? { ...report, title: "Another title" } : report))]) {
      world.reports.splice(0, world.reports.length, ...reports);
      expect(await lookFrom("blind")).toEqual(blind);
      expect(await lookFrom("officer")).not.toEqual(seeing);
    }
    world.reports.splice(0, world.reports.length, ...whole);
  });

  it("is not in a simulation of somebody who may [B-133]", async () => {
    const simulated = await simulate("blind", "hi", REPORTS);
    expect(inner(simulated).data).toEqual((await world.ask(REPORTS, "blind")).json.data);
    expect(simulated.text).not.toMatch(/hidden|MOD-1|SDS/);
  });

  it("is never changed [B-133]", async () => {
    const before = world.defense.calls.length;
    expect(codes(await simulate("officer", "hi", 'mutation { defenseRename(id: "open", title: "x") { title } }'))).toEqual(["BAD_USER_INPUT"]);
    expect([world.reports[0]?.title, world.defense.calls.length]).toEqual(["An open report", before]);
  });
});

describe("an answer within an answer", () => {
  it("is marked with what it releases, joined with the field's own floor [B-134]", async () => {
    const simulated = await simulate("officer", "hi", REPORTS);
    expect(inner(simulated).extensions?.release.marking.en).toContain("SECRET//CUI/SDS//NTK MOD-1");
    expect(marking(simulated)).toBe("//JPN SECRET//CUI/SDS//NTK MOD-1/ROLE.SIMULATE//JPN ONLY");
    expect(marking(await simulate("officer", "lo", "{ __typename }"))).toBe("//JPN CUI//NTK ROLE.SIMULATE//JPN ONLY");
    expect(marking(await explain("officer", "lo", 'record: "defense:hidden"'))).toBe("//JPN SECRET//SDS//NTK MOD-1/ROLE.EXPLAIN//JPN ONLY");
    expect(marking(await explain("officer", "lo", 'coordinate: "DefenseReport.covertTitle"'))).toBe("//JPN SECRET//SDS//NTK ROLE.EXPLAIN//JPN ONLY");
    expect(marking(await world.ask(`{ open: simulate(subject: "lo", client: "${CLIENT}", query: "{ __typename }", reason: "r") { answer } explain(subject: "lo", client: "${CLIENT}", record: "defense:hidden", reason: "r") { client } }`, "officer"))).toBe("//JPN SECRET//SDS//NTK MOD-1/ROLE.EXPLAIN/ROLE.SIMULATE//JPN ONLY");
  });

  it("is in the evidence with the labels and ministries behind it, and not when it is not given out", async () => {
    await simulate("officer", "hi", REPORTS);
    expect(lastRecord()).toMatchObject({ subject: "officer", ministries: ["defense", "economy"], released: expect.arrayContaining([HIDDEN?.record.id, KNOWN?.record.id]) });
    await simulate("officer", "hi", '{ defenseReport(id: "known") { title } }');
    expect(lastRecord()?.released).toEqual([KNOWN?.record.id]);
    await simulate("blind", "hi", '{ defenseReport(id: "hidden") { title } }');
    expect(lastRecord()?.released).toEqual([]);
    await world.ask(`query ($query: String!) { simulate(subject: "hi", client: "${CLIENT}", query: $query, reason: "r") { client } defenseReport(id: "open") { title } }`, "officer", { variables: { query: '{ defenseReport(id: "hidden") { title } }' } });
    expect(lastRecord()?.released).toEqual(LABELS.slice(0, 2).map(({ record }) => record.id).sort((a, b) => (a < b ? -1 : 1)));
  });

  it("has its own portions, and one portion of the whole", async () => {
    const query = `query ($query: String!) { simulate(subject: "hi", client: "${CLIENT}", query: $query, reason: "r") { client answer } }`;
    const answer = await world.ask(query, "officer", { variables: { query: '{ defenseReport(id: "hidden") { title } }' }, headers: { "kanmon-marks": "portions" } });
    const { portions } = release(answer);
    expect(portions.marks[portions.at["simulate.answer"] ?? -1]?.en).toBe("(//JPN S//SDS//NTK MOD-1/ROLE.SIMULATE//JPN ONLY)");
    const own = inner(answer).extensions?.release.portions as { marks: { en: string }[]; at: Record<string, number> };
    expect(own.marks[own.at["defenseReport.title"] ?? -1]?.en).toBe("(//JPN S//SDS//NTK MOD-1//JPN ONLY)");
    expect(inner(await simulate("officer", "hi", REPORTS)).extensions?.release.portions).toBeUndefined();
  });

  it("is not told below its level, nor for release abroad", async () => {
    for (const [name, value] of [["kanmon-ceiling", "PUBLIC"], ["kanmon-release-to", "USA"]] as const) {
      const answer = await world.ask(`{ simulate(subject: "lo", client: "${CLIENT}", query: "{ __typename }", reason: "r") { answer } }`, "officer", { headers: { [name]: value } });
      expect(codes(answer)[0]).toBe("GRAPHQL_VALIDATION_FAILED");
    }
  });
});

describe("each use", () => {
  const one = (alias: string, subject: string, id: string): string => `${alias}: explain(subject: "${subject}", client: "${CLIENT}", purpose: "OVERSIGHT", record: "defense:${id}", reason: "complaint ${alias}") { client }`;

  it("is recorded by itself, whatever its alias, with whom it is about, for which purpose and why", async () => {
    await world.ask(`query ($q: String!) { ${one("a", "hi", "open")} ${one("b", "lo", "absent")} c: simulate(subject: "hi", client: "${CLIENT}", query: $q, reason: "complaint c") { client } d: dryRun(people: [{ subject: "lo", client: "${CLIENT}" }], change: {}, over: GENERATED, reason: "complaint d") { changed } }`, "officer", { variables: { q: REPORTS } });
    expect(lastRecord()).toMatchObject({ kind: "ANSWER", subject: "officer", errors: ["BAD_USER_INPUT"] });
    expect(lastRecord()?.tools).toEqual([
      { tool: "EXPLAIN", about: ["hi"], aboutPurpose: "OVERSIGHT", item: "defense:open", reason: "complaint a" },
      { tool: "EXPLAIN", about: ["lo"], aboutPurpose: "OVERSIGHT", item: "defense:absent", reason: "complaint b" },
      { tool: "SIMULATE", about: ["hi"], item: expect.stringMatching(/^[0-9a-f]{64}$/), reason: "complaint c" },
      { tool: "DRY_RUN", about: ["lo"], item: expect.stringMatching(/^[0-9a-f]{64}$/), reason: "complaint d" },
    ]);
  });

  it("stands in no record of an operation that did not use it", async () => {
    await world.ask(`query ($no: Boolean!) { ${one("a", "hi", "open").replace("{ client }", "@include(if: $no) { client }")} defenseReport(id: "open") { id } }`, "officer", { variables: { no: false } });
    expect(lastRecord()?.tools).toBeUndefined();
  });

  it("says why, or is refused and recorded", async () => {
    for (const reason of ["", "   ", "a\\nb", "x".repeat(501)]) {
      const answer = await world.ask(`{ explain(subject: "lo", client: "${CLIENT}", coordinate: "DefenseReport.title", reason: "${reason}") { outcome } }`, "officer");
      expect([answer.json.data, codes(answer)]).toEqual([{ explain: null }, ["BAD_USER_INPUT"]]);
      expect(lastRecord()?.tools).toEqual([{ tool: "EXPLAIN", about: [] }]);
    }
    await post("explain", "officer", { subject: "lo", client: CLIENT, coordinate: "DefenseReport.title", reason: "complaint 9" });
    expect(lastRecord()).toMatchObject({ tool: "EXPLAIN", about: ["lo"], item: "DefenseReport.title", reason: "complaint 9" });
  });

  it("counts: more than the limit in one operation are refused before anything is asked", async () => {
    const many = (count: number): string => `{ ...F } fragment F on Query { ${Array.from({ length: count }, (_, at) => one(`a${at}`, "hi", "open")).join(" ")} }`;
    expect((await world.ask(many(MOST_TOOLS), "officer")).json.errors).toBeUndefined();
    expect(lastRecord()?.tools).toHaveLength(MOST_TOOLS);
    const before = world.defense.calls.length;
    expect(codes(await world.ask(many(MOST_TOOLS + 1), "officer"))).toEqual(["OPERATION_LIMIT"]);
    expect([lastRecord()?.tools, world.defense.calls.length]).toEqual([undefined, before]);
  });

  it("waits for the one before it, so that one operation asks no more at a time than one request", async () => {
    let [asking, most] = [0, 0];
    world.defense.interfere = async () => {
      asking += 1;
      most = Math.max(most, asking);
      await new Promise((done) => { setTimeout(done, 20); });
      asking -= 1;
      return false;
    };
    await world.ask(`{ ${["a", "b", "c"].map((alias) => one(alias, "hi", "open")).join(" ")} }`, "officer");
    world.defense.interfere = undefined;
    expect([most, lastRecord()?.tools?.length]).toEqual([1, 3]);
  });

  it("fails by itself: what else the operation asks is answered", async () => {
    const answer = await world.ask(`{ ${one("a", "nobody", "open")} ${one("b", "hi", "open")} defenseReport(id: "open") { title } }`, "officer");
    expect(answer.json.data).toMatchObject({ a: null, b: { client: CLIENT }, defenseReport: { title: "An open report" } });
    expect(answer.json.errors).toEqual([{ message: "An input of the request is unknown, malformed or not yours to use.", path: ["a"], extensions: { code: "BAD_USER_INPUT" } }]);
  });

  it("is decided anew when the standing of whom it is about changes under it", async () => {
    let changes = 0;
    const { assignments } = world.defense.standing as { assignments: object[] };
    world.defense.interfere = async () => {
      changes += 1;
      if (changes === 1) await state({ assignments: [assigned("officer", "MOD-1"), assigned("second", "MOD-1")] });
      return false;
    };
    const answer = await explain("officer", "hi", 'record: "defense:hidden"');
    world.defense.interfere = undefined;
    expect(field<{ existence: { outcome: string } }>(answer, "explain").existence.outcome).toBe("HIDE");
    expect(lastRecord()?.supersedes).toEqual(expect.any(Number));
    await state({ assignments });
  });
});
