import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { copyWithFlippedByte } from "../../../gateway/cli/evidence-of";
import { EvidenceLog } from "../../../gateway/evidence/log";
import { makeIssuerKeys } from "../../../gateway/issuer";
import { build, Command, run } from "./command";

const ROOT = path.join(__dirname, "../../..");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-commands-"));
const evidence = path.join(folder, "evidence");

beforeAll(async () => {
  build();
  const log = new EvidenceLog({ dir: evidence, clock: () => 0 });
  for (let at = 0; at < 20; at += 1) await log.append(() => ({ kind: "ANSWER", txn: `t${at}`, at: new Date(at).toISOString() })).durable;
  await log.close();
}, 60_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("kanmon", () => {
  test("lists its commands and its exit codes", async () => {
    const { code, out } = await run(["--help"]);
    expect(code).toBe(0);
    for (const name of ["start", "gateway", "ministry", "ministries", "issuer", "token", "query", "compose", "check", "audit", "keys", "doctor", "demo"]) expect(out).toMatch(new RegExp(`^ {2}${name} `, "m"));
    expect(out).toContain("3 not authorised, 4 partial");
  });

  test.each([[["nonsense"]], [["token"]], [["start", "--nonsense"]], [["query", "--lang", "fr"]], [["ministry", "nowhere"]]])("exits with 2 or 7 and says why for %p", async (args) => {
    const { code, out, err } = await run(args);
    expect(code).toBe(args[0] === "ministry" ? 7 : 2);
    expect(out).toBe("");
    expect(err).not.toBe("");
    expect(err).not.toContain("    at ");
  });

  test("refuses a setting that the command does not know", async () => {
    const { code, err } = await run(["token", "--as", "ciro-analyst"], { KANMON_NONSENSE: "1" });
    expect([code, err]).toEqual([7, expect.stringContaining("KANMON_NONSENSE is not a setting of this command")]);
  });

  test("says where it looked when nothing is running", async () => {
    const { code, err } = await run(["token", "--as", "ciro-analyst", "--issuer", "http://127.0.0.1:9"]);
    expect([code, err]).toEqual([1, expect.stringContaining("Cannot reach http://127.0.0.1:9/token")]);
  });
});

describe("check and compose", () => {
  test("find the committed contract sound and up to date", async () => {
    const check = await run(["check", "--json"]);
    expect(JSON.parse(check.out)).toEqual([expect.objectContaining({ ok: true }), expect.objectContaining({ ok: true })]);
    expect(check.code).toBe(0);
    const compose = await run(["compose", "--check"]);
    expect([compose.code, compose.out]).toEqual([0, "up to date schema/supergraph.graphql\nup to date schema/supergraph.labels.json\nup to date schema/supergraph.flows.json\n"]);
  }, 60_000);
});

describe("audit verify", () => {
  test("accepts a log by its folder or its file", async () => {
    for (const at of [evidence, path.join(evidence, "evidence.jsonl")]) {
      const { code, out } = await run(["audit", "verify", at, "--lang", "en"]);
      expect([code, out]).toEqual([0, expect.stringContaining("evidence is intact: 21 records")]);
    }
  });

  test("exits with 5 and names the record when one bit differs", async () => {
    const copy = path.join(folder, "tampered");
    copyWithFlippedByte(evidence, copy);
    const { code, out } = await run(["audit", "verify", copy, "--json"]);
    expect(code).toBe(5);
    const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: readonly { index: number }[] };
    expect(ok).toBe(false);
    expect(findings[0]?.index).toBeGreaterThan(0);
  });

  test("exits with 2 where there is no log", async () => {
    expect((await run(["audit", "verify", path.join(folder, "nowhere")])).code).toBe(2);
  });
});

describe("doctor", () => {
  test("measures the disk, looks at ports and clock, and leaves no file behind", async () => {
    const home = path.join(folder, "home");
    fs.mkdirSync(home);
    const { code, out } = await run(["doctor", "--json", "--home", home]);
    const findings = JSON.parse(out) as { what: string; state: string }[];
    expect(code).toBe(0);
    expect(findings.map(({ what }) => what)).toEqual(expect.arrayContaining(["node", "embedded PostgreSQL", "clock", "making a record durable", "port 4000 (gateway)"]));
    expect(fs.readdirSync(home)).toEqual([]);
  });

  test("finds a port that is taken", async () => {
    const server = http.createServer();
    await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    const { port } = server.address() as AddressInfo;
    const { out } = await run(["doctor", "--json"], { KANMON_ISSUER_PORT: String(port) });
    server.close();
    expect((JSON.parse(out) as { what: string; state: string }[]).find(({ what }) => what === `port ${port} (issuer)`)?.state).toBe("warn");
  });
});

describe("issuer", () => {
  test("refuses to listen on an address that others can reach", async () => {
    const keys = JSON.stringify(await makeIssuerKeys());
    const { code, err } = await run(["issuer"], { KANMON_HOST: "0.0.0.0", KANMON_PORT: "0", KANMON_ISSUER: "http://127.0.0.1:1", KANMON_AUDIENCE: "a", KANMON_KEYS: keys });
    expect([code, err]).toEqual([7, expect.stringContaining("loopback addresses only")]);
  });
});

describe("gateway", () => {
  const supergraph = path.join(ROOT, "schema", "supergraph.graphql");

  test.each([
    [["--supergraph", supergraph]], [["--supergraph", supergraph, "--anonymous"]], [["--supergraph", supergraph, "--unlabelled", "PUBLIC"]],
    [["--supergraph", supergraph, "--anonymous", "--unlabelled", "SECRET"]], [["--anonymous"]], [["--anonymous", "--unlabelled", "PUBLIC"]],
  ])("serves nothing without labels unless told all of it: %p", async (args) => {
    const { code, err } = await run(["gateway", ...args]);
    expect([code, err]).toEqual([2, expect.stringContaining("--supergraph FILE --anonymous --unlabelled PUBLIC")]);
  });

  test("refuses to serve without labels beside a registry, keys or evidence", async () => {
    const bare = ["gateway", "--supergraph", supergraph, "--anonymous", "--unlabelled", "PUBLIC", "--port", "0"];
    for (const name of ["KANMON_REGISTRY_FILE", "KANMON_KEYS", "KANMON_EVIDENCE_DIR", "KANMON_BUNDLE_FILE", "KANMON_POLICY_FILE"]) {
      const { code, err } = await run(bare, { [name]: "x" });
      expect([code, err]).toEqual([7, expect.stringContaining(`${name} is not a setting of this command`)]);
    }
  }, 60_000);

  test("refuses to serve a labelled supergraph as if it had no labels", async () => {
    const { code, err } = await run(["gateway", "--supergraph", supergraph, "--anonymous", "--unlabelled", "PUBLIC", "--port", "0"]);
    expect(code).not.toBe(0);
    expect(err).toMatch(/_label|label specification/);
  }, 60_000);

  test("serves any other federation 2 supergraph to anybody", async () => {
    const ministry = http.createServer((request, response) => { request.resume(); response.setHeader("content-type", "application/json"); response.end(JSON.stringify({ data: { hello: "world" } })); });
    await new Promise<void>((resolve) => { ministry.listen(0, "127.0.0.1", resolve); });
    const file = path.join(folder, "plain.graphql");
    fs.writeFileSync(file, plainSupergraph(`http://127.0.0.1:${(ministry.address() as AddressInfo).port}/`));
    const gateway = new Command(["gateway", "--supergraph", file, "--anonymous", "--unlabelled", "PUBLIC", "--port", "0"], { KANMON_ADMIN_PORT: "0" });
    for (let tries = 0; tries < 400 && !gateway.err.includes("gateway on"); tries += 1) await new Promise((resolve) => { setTimeout(resolve, 50); });
    const url = /gateway on (\S+);/.exec(gateway.err)?.[1] ?? "";
    const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query: "{ hello }" }) });
    expect(await answer.json()).toMatchObject({ data: { hello: "world" } });
    expect((await fetch(new URL("/", url))).status).toBe(404);
    gateway.process.kill("SIGTERM");
    expect((await gateway.finished).code).toBe(0);
    ministry.close();
    ministry.closeAllConnections();
  }, 60_000);
});

/** The smallest supergraph of one subgraph with one field. */
function plainSupergraph(url: string): string {
  return `schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) { query: Query }
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
scalar join__FieldSet
enum join__Graph { ONE @join__graph(name: "one", url: "${url}") }
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }
type Query @join__type(graph: ONE) { hello: String }
`;
}
