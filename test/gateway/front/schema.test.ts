/** `GET /schema` through a running gateway: who gets what, what refuses, what is recorded, and that nothing hidden shows. */
import { createHash } from "node:crypto";
import { request } from "node:http";
import { buildClientSchema, buildSchema, getIntrospectionQuery, type IntrospectionQuery, lexicographicSortSchema, printSchema, validateSchema } from "graphql";
import type { EvidenceRecord } from "../../../gateway/evidence/record";
import { verifyEvidence } from "../../../gateway/evidence/verify";
import { Departure } from "../../../gateway/execute/stop";
import { Banners } from "../../../gateway/front/release";
import { answerSchema } from "../../../gateway/front/schema";
import type { Stations } from "../../../gateway/pipeline";
import { BOTTOM } from "../../../schema/label";
import { loadPolicy } from "../../../schema/policy";
import { type Answer, comparable, startWorld, type World } from "./labelled-federation";
import { startBare, startPlainFederation } from "./plain-federation";

let world: World;
beforeAll(async () => { world = await startWorld(); });
afterAll(async () => { await world.stop(); });

type Got = Omit<Answer, "json">;
async function get(who: string | undefined, { headers = {}, method = "GET", client, search = "" }: { readonly headers?: Record<string, string>; readonly method?: string; readonly client?: string; readonly search?: string } = {}): Promise<Got> {
  const answer = await fetch(new URL(`/schema${search}`, world.gateway.url), { method, headers: { ...(who === undefined ? {} : { authorization: `Bearer ${await world.token(who, client)}` }), ...headers } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}
const INTROSPECTION = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, schemaDescription: true, oneOf: true });

describe("the schema that an asker gets", () => {
  it("is that of their own class, the same that introspection tells them [B-76]", async () => {
    for (const who of ["hi", "lo"]) {
      const { status, headers, text } = await get(who);
      expect([status, headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
      const schema = buildSchema(text);
      expect(validateSchema(schema)).toEqual([]);
      const told = buildClientSchema((await world.ask(INTROSPECTION, who)).json.data as unknown as IntrospectionQuery);
      expect(printSchema(lexicographicSortSchema(schema))).toBe(printSchema(lexicographicSortSchema(told)));
      expect(text).toContain(`\n\n${printSchema(told)}\n`);
    }
  });

  it("has no trace of what they may not know of, and all of what they may [B-76] [B-80]", async () => {
    const [hi, lo] = [await get("hi"), await get("lo")];
    expect(hi.text).toMatch(/CODEWORD GRANITE/);
    expect(hi.text).toContain("covertReports");
    expect(lo.text).not.toMatch(/covert|granite|_label|@label|join__|@link|SECRET/i);
  });

  it("stands under the join of the labels of what it names", async () => {
    expect((await get("hi")).text.split("\n", 3)).toEqual([expect.stringMatching(/^# .*S/), expect.stringMatching(/^# \/\/JPN SECRET/), ""]);
    expect((await get("lo")).text.split("\n", 3)[1]).toBe("# //JPN PUBLIC");
  });

  it("stands under the same label when it is told by introspection, whatever of it is asked", async () => {
    for (const who of ["hi", "lo"]) {
      const banner = (await get(who)).text.split("\n", 3)[1];
      for (const query of [INTROSPECTION, "{ __schema { queryType { name } } }", '{ __type(name: "Query") { name } }', "{ defenseReports { __typename } __schema { description } }"]) {
        const { json } = await world.ask(query, who);
        expect([who, query, `# ${(json.extensions?.release["marking"] as { readonly en: string } | undefined)?.en}`]).toEqual([who, query, query.includes("Reports") ? expect.any(String) : banner]);
      }
    }
    expect((await world.ask("{ __typename }", "hi")).json.extensions?.release).toMatchObject({ marking: { en: "//JPN PUBLIC" } });
  });

  it("narrows with the client and with headers like any answer", async () => {
    const low = (await get("lo")).text;
    expect((await get("hi", { client: "kasumi-2-z1" })).text).toBe(low);
    expect((await get("hi", { headers: { "kanmon-ceiling": "CUI" } })).text).toBe(low);
    expect((await get("hi", { headers: { "kanmon-ceiling": "TOP SECRET" } })).text).toBe((await get("hi")).text);
  });

  it("is not kept on the way and has no tag, so it tells of no other asker [B-97]", async () => {
    const { headers } = await get("hi");
    expect([headers.get("cache-control"), headers.get("etag"), headers.get("last-modified"), headers.get("x-content-type-options")]).toEqual(["no-store", null, null, "nosniff"]);
  });

  it("is of the media type that the client accepts", async () => {
    const typeFor = async (accept: string): Promise<string | null> => (await get("lo", { headers: { accept } })).headers.get("content-type");
    expect(await typeFor("application/graphql")).toBe("application/graphql; charset=utf-8");
    expect(await typeFor("application/graphql, */*;q=0.1")).toBe("text/plain; charset=utf-8");
    expect(await typeFor("text/*")).toBe("text/plain; charset=utf-8");
    expect(await typeFor("application/json")).toMatch(/^application\/json/);
  });

  it("answers HEAD with the headers of GET and no body", async () => {
    const [full, head] = [await get("lo"), await get("lo", { method: "HEAD" })];
    expect([head.status, head.text, head.headers.get("content-length")]).toEqual([200, "", String(Buffer.byteLength(full.text))]);
    for (const name of ["content-type", "cache-control", "x-content-type-options", "etag"]) expect(head.headers.get(name)).toBe(full.headers.get(name));
  });
});

describe("a refusal of it", () => {
  it("is the one that an operation gets [B-114] [B-116]", async () => {
    const operation = async (authorization: string | undefined, headers: Record<string, string>): Promise<string> => {
      const answer = await fetch(`${world.gateway.url}?query=%7B__typename%7D`, { headers: { "apollo-require-preflight": "1", ...(authorization === undefined ? {} : { authorization }), ...headers } });
      return comparable({ status: answer.status, headers: answer.headers, text: await answer.text(), json: {} });
    };
    const token = `Bearer ${await world.token("lo")}`;
    for (const [authorization, headers] of [[undefined, {}], ["Bearer a.b.c", {}], [`Bearer ${await world.token("nobody")}`, {}], [`Bearer ${await world.token("hi", "no-client")}`, {}],
      [token, { accept: "image/png" }], [token, { "kanmon-purpose": "VETTING" }], [token, { "kanmon-clearance": "4" }]] as const) {
      const refused = await get(undefined, { headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) } });
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(comparable({ ...refused, json: {} })).toBe(await operation(authorization, headers));
    }
  });

  it("is for those who are known where the method is wrong, and names the right ones", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
      const known = await get("lo", { method });
      expect([method, known.status, known.headers.get("allow"), known.text]).toEqual([method, 405, "GET, HEAD", '{"errors":[{"message":"Method not allowed.","extensions":{"code":"METHOD_NOT_ALLOWED"}}]}']);
      expect([(await get(undefined, { method })).status]).toEqual([401]);
    }
    expect((await get("lo", { headers: { accept: "application/json" } })).status).toBe(406);
  });

  it("is the same for a token in the address", async () => {
    expect((await get("lo", { search: `?access_token=${await world.token("lo")}` })).status).toBe(401);
    expect((await get("lo", { search: "?whatever" })).status).toBe(200);
  });

  it("is for no other path: what is beside it is not found", async () => {
    for (const path of ["/schema/", "/Schema", "/schema.graphql", "/schemas"]) expect((await fetch(new URL(path, world.gateway.url))).status).toBe(404);
  });
});

describe("the evidence of it", () => {
  it("is written over the very bytes before they are sent, with who and under which label", async () => {
    const { text, headers } = await get("hi", { headers: { "kanmon-purpose": "OVERSIGHT" } });
    const record = world.records().at(-1);
    expect(record).toMatchObject({
      kind: "ANSWER", item: "/schema", subject: "hi", purpose: "OVERSIGHT", status: 200, errors: [], txn: headers.get("kanmon-request-id"), response: createHash("sha256").update(text).digest("hex"),
      marking: { en: text.split("\n")[1]?.slice(2) }, label: { level: 3 }, class: expect.stringMatching(/^C-/), ministries: [],
    });
    await get("hi", { method: "POST" });
    expect(world.records().at(-1)).toMatchObject({ kind: "REFUSAL", subject: "hi", status: 405, errors: ["METHOD_NOT_ALLOWED"] });
    expect((await verifyEvidence(world.evidenceDir)).ok).toBe(true);
  });

  it("follows the standing: what is revoked is gone from the schema within seconds", async () => {
    const { eligibilities } = world.defense.standing;
    const sees = async (): Promise<boolean> => (await get("hi")).text.includes("covertReports");
    const begun = Date.now();
    world.defense.standing = { ...world.defense.standing, eligibilities: [] };
    world.defense.announce();
    while (await sees()) expect(Date.now() - begun).toBeLessThan(5_000);
    world.defense.standing = { ...world.defense.standing, eligibilities };
    world.defense.announce();
    while (!(await sees())) expect(Date.now() - begun).toBeLessThan(10_000);
  });

  it("names an earlier record whose schema was thrown away because the standing changed while it was written", async () => {
    const appended: EvidenceRecord[] = [];
    const banners = new Banners(loadPolicy());
    const identity = { sub: "hi", clientId: "c", issuer: "i", speaksFor: "EVERYBODY", jti: "j", site: "", zoneLevel: 4, action: "RETRIEVE" } as const;
    const classes = ["before", "after", "later", "latest"].map((sdl) => ({ id: `C-${sdl}`, print: () => ({ sdl, floor: BOTTOM }) }));
    const stationsWith = (stale: number): Stations => {
      let asked = -1;
      return {
        authenticate: () => Promise.resolve(identity), narrow: () => ({ portions: false, key: "" }), ask: () => { asked += 1; return { action: "RETRIEVE", digest: "d" } as never; }, isCurrent: () => asked >= stale, admit: () => { throw new Error("nobody is bound"); },
        classOf: () => classes[asked] as never, bannerOf: (floor) => banners.of(floor), note: () => undefined, policyVersion: "P", bundleVersion: "B", clock: Date.now,
        evidence: { id: "log", append: (make) => { const index = appended.length; appended.push(make(index)); return { index, durable: Promise.resolve() }; } },
      };
    };
    const arrival = { method: "GET", search: "", rawHeaders: [], headers: {}, readBody: () => Promise.resolve(undefined), signal: new Departure() };
    const second = await answerSchema(arrival, stationsWith(1));
    expect([second.status, second.body.toString().split("\n").at(-1)]).toEqual([200, "after"]);
    expect(appended.map(({ kind, supersedes, class: of }) => [kind, supersedes, of])).toEqual([["ANSWER", undefined, "C-before"], ["ANSWER", 0, "C-after"]]);
    const never = await answerSchema(arrival, stationsWith(9));
    expect([never.status, never.body.toString()]).toEqual([503, expect.stringContaining("STANDING_CHANGED")]);
    expect(appended.at(-1)).toMatchObject({ kind: "REFUSAL", supersedes: 4, errors: ["STANDING_CHANGED"] });
  });
});

it("no answer tells of the class it was made for, and no number of the gateway is on the public listener", async () => {
  const asked = [
    await get("hi"), await get("lo"), await get(undefined), await world.ask("{ defenseReports { id } }", "hi"), await world.ask("{ nope }", "lo"), await world.ask("{ __schema { types { name } } }", "lo"),
    await world.ask("{ defenseReports { title } }", "lo", { headers: { "kanmon-marks": "portions" } }),
  ];
  const classes = new Set(world.records().flatMap((record) => (record.class === undefined ? [] : [record.class])));
  expect(classes.size).toBeGreaterThanOrEqual(2);
  for (const { text, headers } of asked) {
    const shown = `${text}\n${[...headers].map(([name, value]) => `${name}: ${value}`).join("\n")}`;
    for (const id of classes) expect(shown).not.toContain(id);
    expect(shown).not.toMatch(/\bB-[A-Za-z0-9_-]{20,}|kanmon_|classes/);
  }
  for (const path of ["/metrics", "/health", "/health/live", "/health/ready", "/classes", "/debug", "/schema/metrics"]) {
    const [known, nobody] = [await fetch(new URL(path, world.gateway.url), { headers: { authorization: `Bearer ${await world.token("hi")}` } }), await fetch(new URL(path, world.gateway.url))];
    expect([path, known.status, await known.text()]).toEqual([path, 404, await nobody.text()]);
  }
});

test("a gateway without labels gives the schema of the supergraph to everybody, and marks nothing", async () => {
  const federation = await startPlainFederation();
  const gateway = await startBare(federation.supergraph);
  try {
    const text = await (await fetch(new URL("/schema", gateway.url))).text();
    expect(text).toMatch(/^type Book \{\n {2}id: ID!\n {2}price: Int\n {2}title: String\n\}\n/);
    expect(validateSchema(buildSchema(text))).toEqual([]);
  } finally {
    await gateway.stop();
    await federation.stop();
  }
});

test("a body that comes with the question is not taken for the next one", async () => {
  const token = await world.token("lo");
  const status = await new Promise<number | undefined>((done, fail) => {
    const sent = request(new URL("/schema", world.gateway.url), { method: "GET", headers: { authorization: `Bearer ${token}`, "content-length": "5" } }, (response) => { response.resume(); response.once("end", () => { done(response.statusCode); }); });
    sent.once("error", fail);
    sent.end("hello");
  });
  expect(status).toBe(200);
});
