import net from "node:net";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Writable } from "node:stream";
import type { BundleContent } from "../../../gateway/bundle/document";
import { judgeHere } from "../../../gateway/bundle/judge";
import { judgeApart } from "../../../gateway/bundle/judge-apart";
import { startGateway } from "../../../gateway/start";
import { makeReleaseKey, put, signed, signersOf } from "../../support/signed-bundle";
import { compiledApart } from "../../support/thread";
import { comparable, startWorld, type World } from "./labelled-federation";

const REPORTS = "{ defenseReports { id title assessment } }";
const lines: string[] = [];
const log = new Writable({ write: (chunk: Buffer, _, done) => { lines.push(chunk.toString()); done(); } });
let offset = 0;
let world: World;
const contacted = new Set<string>();
let restore: () => void = () => undefined;

beforeAll(async () => {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function spied(this: net.Socket, ...args: unknown[]): net.Socket {
    const flat: unknown[] = args.flat(2);
    const options: unknown = flat.find((each) => typeof each === "object" && each !== null);
    const { host = "", port = "", path } = (options ?? { host: String(flat[1]), port: String(flat[0]) }) as { readonly host?: string; readonly port?: string | number; readonly path?: string };
    contacted.add(path ?? `${host}:${port}`);
    return Reflect.apply(connect, this, args) as net.Socket;
  };
  restore = () => { net.Socket.prototype.connect = connect; };
  world = await startWorld({ log, clock: () => Date.now() + offset });
});
afterAll(async () => { restore(); await world.stop(); });

describe("a gateway", () => {
  it("opens connections to configured peers and nobody else [G11]", async () => {
    await world.ask(REPORTS, "hi");
    await wait(200);
    expect([...contacted].filter((peer) => !world.ports.some((port) => peer === `127.0.0.1:${port}`))).toEqual([]);
    expect(contacted.size).toBeGreaterThanOrEqual(3);
  });

  it("answers from the others when a ministry is down, with one code, and recovers", async () => {
    world.economy.interfere = (_, response) => { response.destroy(); return true; };
    const answer = await world.ask(REPORTS, "hi");
    expect(answer.json.errors).toEqual([{ message: "A ministry did not answer.", path: ["defenseReports"], extensions: { code: "MINISTRY_UNAVAILABLE" } }]);
    expect(answer.text).toContain("The hidden report");
    expect(world.records().at(-1)).toMatchObject({ kind: "ANSWER", errors: ["MINISTRY_UNAVAILABLE"] });
    world.economy.interfere = undefined;
    expect((await world.ask(REPORTS, "hi")).json.errors).toBeUndefined();
  });

  it("never forwards a ministry's text, headers or status, and never logs a value [B-85] [B-86] [B-89] [B-90]", async () => {
    const secret = "row 42 is TOP SECRET for bob";
    world.defense.interfere = (_, response) => {
      response.setHeader("x-secret", secret);
      response.end(JSON.stringify({ errors: [{ message: secret, extensions: { code: "FORBIDDEN", label: secret, sql: secret } }], data: null, extensions: { secret } }));
      return true;
    };
    const answer = await world.ask("query Named($w: ReportFilter) { defenseReports(where: $w) { id } }", "hi", { variables: { w: { title: "SEARCHTERM" } } });
    world.defense.interfere = undefined;
    expect(answer.text).toContain('{"errors":[{"message":"A ministry did not answer.","path":["defenseReports"],"extensions":{"code":"MINISTRY_UNAVAILABLE"}}],"data":{"defenseReports":null}');
    expect(`${answer.text}${JSON.stringify([...answer.headers])}`).not.toContain("row 42");
    await world.ask("{ nope }", "hi");
    await world.ask(REPORTS, "nobody");
    for (const [name, value] of [["kanmon-clientword", "1"], ["kanmon-purpose", "CLIENTWORD"], ["kanmon-case", "client word"], ["accept", "text/clientword"], ["content-type", "text/clientword"]] as const) {
      expect((await world.ask("query ClientWord { clientWord: defenseReports { id } }", "hi", { headers: { [name]: value } })).status).toBeGreaterThanOrEqual(400);
    }
    const malformed = await fetch(world.gateway.url, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${await world.token("hi")}` }, body: '{"query":CLIENTWORD' });
    expect(malformed.status).toBe(400);
    for (const query of ["query ClientWord { ...ClientWord } fragment ClientWord on ClientWord { clientword }", "{ clientword(", "query ClientWord { a: defenseReports { id } } query Other { b: defenseReports { id } }", "{ _kanmonclientword: defenseReports { id } }"]) await world.ask(query, "hi");
    const logged = lines.join("");
    expect(logged).toContain("GRAPHQL_VALIDATION_FAILED");
    expect(logged).not.toMatch(/row 42|SEARCHTERM|client.?word|Named|The hidden report|GRANITE|eyJ|MOD-1/i);
  });

  it("is ready while evidence can be written, and names silent ministries to operators only", async () => {
    const ready = await fetch(`${world.gateway.adminUrl}/health/ready`);
    expect(ready.status).toBe(200);
    const metrics = await (await fetch(`${world.gateway.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/kanmon_withheld_total\{reason_class="\w+"\} \d+/);
    expect(metrics).toMatch(/kanmon_audit_commit_duration_seconds_count \d+/);
    expect(metrics).not.toMatch(/"hi"|"lo"|MOD-1|SECRET|defenseReports/);
  });

  it("refuses a second gateway on the same evidence, and starts on nothing in doubt", async () => {
    await expect(startGateway(world.config, { judge: judgeHere })).rejects.toThrow(/another process/);
    const registry = world.config.registry as { readonly ministries: readonly { readonly subgraph: string }[] };
    const without = { ...registry, ministries: registry.ministries.filter(({ subgraph }) => subgraph !== "economy") };
    await expect(startGateway({ ...world.config, registry: without }, { judge: judgeHere })).rejects.toThrow(/economy/);
    await expect(startGateway({ ...world.config, bundleSigners: { signers: [] } }, { judge: judgeHere })).rejects.toThrow(/signers/);
    await expect(startGateway({ ...world.config, keys: {} }, { judge: judgeHere })).rejects.toThrow(/keys/);
  });

  it("voids the grants of a ministry after a minute of silence, and knows its people no more", async () => {
    await world.defense.down();
    expect((await world.ask("{ __typename }", "hi")).status).toBe(200);
    offset = 61_000;
    expect((await world.ask("{ __typename }", "hi")).status).toBe(401);
    offset = 0;
    expect((await world.ask("{ __typename }", "hi")).status).toBe(200);
  });

  it("remembers over a restart who owns which token, and does not start where that was changed", async () => {
    const other = await startWorld();
    const file = join(other.evidenceDir, "token-owners.json");
    try {
      await other.gateway.stop();
      const written = readFileSync(file, "utf8");
      expect(JSON.parse(written)).toMatchObject({ owners: { defense: { "JPN.MOD": expect.stringMatching(/^[\w-]{22}$/) as string } } });
      writeFileSync(file, written.replace("JPN.MOD", "JPN.METI"));
      await expect(startGateway(other.config, { judge: judgeHere })).rejects.toThrow(/token owners: .* was changed/);
      writeFileSync(file, written);
      await (await startGateway(other.config, { judge: judgeHere })).stop();
    } finally { await other.stop().catch(() => undefined); }
  });

  it("judges its bundle at the start, by the judge that it is given and by the one that it has by itself", async () => {
    const folder = mkdtempSync(join(tmpdir(), "front-judged-"));
    try {
      const key = makeReleaseKey();
      const text = readFileSync(world.config.bundleFile, "utf8");
      const { payload } = JSON.parse(text) as { readonly payload: string };
      const content = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as BundleContent;
      // As good as the other in everything but a feature that asks for enforcement, and nothing here enforces it.
      const unfit = { supergraph: content.supergraph.replace(/^schema\n/, 'schema\n  @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)\n'), labels: content.labels, flows: content.flows, operations: content.operations, policies: content.policies };
      const bundleFile = join(folder, "bundle.json");
      put(bundleFile, await signed(unfit, [key]));
      const config = { ...world.config, bundleFile, bundleSigners: signersOf([key]), evidenceDir: join(folder, "evidence"), logLevel: "silent" as const };
      let asked = 0;
      await expect(startGateway(config, { judge: (judged) => { asked += 1; return judgeHere(judged); } })).rejects.toThrow(/refused[^]*authenticated/);
      expect(asked).toBe(1);
      await expect(startGateway(config, { judge: judgeApart(compiledApart()) })).rejects.toThrow(/refused[^]*authenticated/);
      // Sources do not run in its thread as they are: without a verdict nothing starts either.
      await expect(startGateway(config)).rejects.toThrow(/could not be judged/);
    } finally { rmSync(folder, { recursive: true, force: true }); }
  }, 120_000);

  it("gives no answer at all without evidence, not even a refusal, and says so to operators [B-132]", async () => {
    expect((await world.ask("{ __typename }", "hi")).status).toBe(200);
    renameSync(join(world.evidenceDir, "evidence.jsonl"), join(world.evidenceDir, "moved.jsonl"));
    const answers = [await world.ask("{ __typename }", "hi"), await world.ask("{ nope }", "hi"), await world.ask("{ __typename }", "nobody")];
    expect(new Set(answers.map(comparable)).size).toBe(1);
    expect([answers[0]?.status, answers[0]?.text]).toEqual([503, '{"errors":[{"message":"No evidence can be written, so no answer is given.","extensions":{"code":"EVIDENCE_UNAVAILABLE"}}]}']);
    const ready = await fetch(`${world.gateway.adminUrl}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { status: "not ready", problems: expect.arrayContaining(["evidence"]) as unknown }]);
  });
});
