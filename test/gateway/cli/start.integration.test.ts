import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { documentsOf } from "../../../gateway/cli/present";
import { DEMO_PERSONAS, SECTIONS } from "../../../gateway/cli/question";
import { MINISTRY_NAMES } from "../../../subgraphs/names";
import expected from "../../cases/expected.json";
import { documents } from "./demo-documents";
import { build, Command, processesOf, run, type Finished } from "./command";

interface ReadmeAnswer { readonly extensions: { readonly release: { readonly evidence: unknown } } }
type Outcome = "permit" | "redact" | "hide";
const home = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-start-"));
fs.chmodSync(home, 0o711);
const data = path.join(home, "data");
const FREE_PORTS = ["--port", "0", "--admin-port", "0", "--issuer-port", "0", "--ministry-port", "0"];

let started: Command;
let url = "";
let issuer = "";
const query = (...args: readonly string[]): Promise<Finished> => run(["query", ...args, "--url", url, "--issuer", issuer, "--lang", "en"]);

async function start(): Promise<void> {
  started = new Command(["start", "--home", data, "--lang", "en", ...FREE_PORTS]);
  await started.said("ready ");
  url = /ready (\S+)/.exec(started.out)?.[1] ?? "";
  issuer = /issuer +(\S+)/.exec(started.err)?.[1] ?? "";
}

beforeAll(async () => { build(); await start(); }, 180_000);
afterAll(async () => {
  started.process.kill("SIGTERM");
  await started.finished;
  fs.rmSync(home, { recursive: true, force: true });
}, 60_000);

test("says when it is ready, where, and how to get a token", () => {
  expect(started.out).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+\/graphql \(\d+\.\d s; Ctrl-C stops everything\)\n$/);
  for (const name of [...MINISTRY_NAMES, "issuer", "admin", "page"]) expect(started.err).toMatch(new RegExp(`^ +${name} +http://127\\.0\\.0\\.1:\\d+`, "m"));
  expect(started.err).toContain("npx kanmon token --as ciro-analyst");
  expect(started.err).toContain("EXERCISE");
});

test("keeps its keys from everybody but their owner", () => {
  const loose = fs.readdirSync(path.join(data, "keys")).filter((name) => (fs.statSync(path.join(data, "keys", name)).mode & 0o077) !== 0);
  expect(fs.readdirSync(path.join(data, "keys")).length).toBeGreaterThan(10);
  expect(loose).toEqual([]);
});

test("no ministry states what another keeps", () => {
  expect(fs.readFileSync(path.join(data, "log", "gateway.log"), "utf8")).not.toContain("may not state");
});

test("runs one process per ministry, each with its own database user and none with the administrator's password", () => {
  const environments = processesOf(data).map((pid) => { try { return fs.readFileSync(`/proc/${pid}/environ`, "utf8"); } catch { return ""; } }).filter((text) => text.includes("KANMON_DATABASE_URL_FILE"));
  const users = environments.map((text) => new URL(fs.readFileSync(/KANMON_DATABASE_URL_FILE=([^\0]*)/.exec(text)?.[1] ?? "", "utf8")).username);
  expect([...users].sort()).toEqual(MINISTRY_NAMES.map((name) => name.replaceAll("-", "_")).sort());
  expect(environments.join()).not.toContain(fs.readFileSync(path.join(data, "postgres", "password"), "utf8").trim());
});

describe("query", () => {
  test.each(DEMO_PERSONAS)("gives %s exactly what the expected table permits of the demo's matter", async (persona) => {
    const { code, out, err } = await query("--as", persona, "--json");
    expect([0, 4]).toContain(code);
    const answer = JSON.parse(out) as { notice: string; data: unknown; extensions: { release: { marking: { ja: string; en: string }; withheld: readonly unknown[] } } };
    expect(answer.notice).toContain("EXERCISE");
    expect(code).toBe(answer.extensions.release.withheld.length > 0 ? 4 : 0);
    expect(err).toBe("");
    const outcomes = expected.cases.find((each) => each.persona === persona)?.outcomes as Readonly<Record<string, Outcome | Readonly<Record<string, Outcome>>>>;
    const shown = new Map(SECTIONS.flatMap((section) => documentsOf({ status: 200, errors: [], ms: 0, data: answer.data }, section)).map(({ document }) => [document.id, document]));
    expect(documents.length).toBeGreaterThan(8);
    for (const { id, reference } of documents) {
      const outcome = outcomes[reference] ?? "hide";
      const record = typeof outcome === "string" ? outcome : outcome["record"];
      const document = shown.get(id);
      const isVisible = record !== "hide" || Object.values(outcome).includes("permit");
      expect([reference, document !== undefined]).toEqual([reference, isVisible]);
      if (document === undefined) continue;
      expect([reference, document.reference]).toEqual([reference, record === "permit" ? reference : null]);
      for (const portion of ["title", "summary", "body", "source", "figures"] as const) {
        const permitted = (typeof outcome === "string" ? outcome : outcome[portion]) === "permit";
        if (!permitted) expect([reference, portion, document[portion]]).toEqual([reference, portion, null]);
        if (permitted && typeof outcome !== "string") expect([reference, portion, document[portion]]).not.toEqual([reference, portion, null]);
      }
    }
  }, 60_000);

  test("answers the README's question as the README shows", async () => {
    const readme = fs.readFileSync(path.join(__dirname, "../../../README.md"), "utf8");
    const shown = JSON.parse(/^```json\n([^]*?)\n```$/m.exec(readme)?.[1] ?? "") as ReadmeAnswer;
    const given = JSON.parse((await query("--as", "uncleared-official", "--json")).out) as ReadmeAnswer;
    expect(given).toEqual({ ...shown, extensions: { release: { ...shown.extensions.release, evidence: given.extensions.release.evidence } } });
  }, 60_000);

  test("frames the data of a demonstration and says the marking on standard error", async () => {
    const { out, err } = await query("--as", "uncleared-official");
    expect(out).toMatch(/^# .*EXERCISE .* FICTIONAL\n\{[^]*\}\n# .*EXERCISE .* FICTIONAL\n$/);
    expect(err).toMatch(/^\/\/JPN /m);
  }, 60_000);

  test("gives a nation's edition of the answer, which is never more", async () => {
    const whole = JSON.parse((await query("--as", "ciro-analyst", "--json")).out) as { data: unknown };
    const released = JSON.parse((await query("--as", "ciro-analyst", "--release-to", "USA", "--json")).out) as { data: unknown };
    const values = (value: unknown): readonly string[] => (typeof value === "string" ? [value] : typeof value === "object" && value !== null ? Object.values(value).flatMap(values) : []);
    const all = new Set(values(whole.data));
    expect(values(released.data).filter((value) => !all.has(value))).toEqual([]);
    expect(values(released.data).length).toBeLessThan(values(whole.data).length);
  }, 60_000);

  test("exits with 3 for a token that is none, 2 for nobody it knows, 1 for a question that does not fit", async () => {
    expect((await run(["query", "--url", url], { KANMON_TOKEN: "none" })).code).toBe(3);
    expect((await query("--as", "nobody")).code).toBe(2);
    const unfit = await run(["query", "-", "--as", "ciro-analyst", "--url", url, "--issuer", issuer], {}, "{ nonsense }");
    expect(unfit.code).toBe(1);
    expect(unfit.err).toContain("GRAPHQL_VALIDATION_FAILED");
  }, 60_000);
});

test("serves the page under its policy, and only at its own address", async () => {
  const page = await fetch(new URL("/", url));
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(page.headers.get("content-security-policy")).toContain(`connect-src 'self' ${issuer}`);
  expect((await fetch(new URL("/other", url))).status).toBe(404);
  expect((await fetch(new URL("/", url), { method: "POST" })).status).toBe(405);
});

test("takes a new bundle while it answers: no request fails, and the process that judges is the compiled one [B-101]", async () => {
  const admin = /admin +(http:\/\/[^/]+)/.exec(started.err)?.[1] ?? "";
  const token = (await run(["token", "--as", "ciro-analyst", "--issuer", issuer])).out.trim();
  const inForce = async (): Promise<{ readonly serial: number; readonly version: string }> => (await (await fetch(`${admin}/health/ready`)).json() as { readonly bundle: { readonly serial: number; readonly version: string } }).bundle;
  const before = await inForce();
  // As a release does: composed, judged, signed, put in the place of the old one.
  const changed = path.join(home, "changed");
  fs.cpSync(path.join(__dirname, "../../../schema"), changed, { recursive: true, filter: (source) => fs.statSync(source).isDirectory() || path.basename(source).startsWith("supergraph.") });
  fs.appendFileSync(path.join(changed, "supergraph.graphql"), "# the same in other words\n");
  const made = run(["bundle", "make", changed, "--after", path.join(data, "bundle.json"), "--key", path.join(data, "keys", "release.json"), "--out", path.join(data, "bundle.json")]);
  let isOver = false;
  const answers: string[] = [];
  const ask = async (): Promise<void> => {
    while (!isOver) {
      const given = await fetch(url, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${token}` }, body: '{"query":"{ __typename }"}' });
      answers.push(given.ok ? "ok" : await given.text());
    }
  };
  const asking = Promise.all([ask(), ask(), ask()]);
  for (let left = 600; left > 0 && (await inForce()).serial === before.serial; left -= 1) await wait(100);
  isOver = true;
  await asking;
  expect((await made).code).toBe(0);
  const after = await inForce();
  expect(after.serial).toBeGreaterThan(before.serial);
  expect(after.version).not.toBe(before.version);
  expect([...new Set(answers)]).toEqual(["ok"]);
  expect(answers.length).toBeGreaterThan(20);
}, 120_000);

test("refuses a second start on the same data, and says plainly which port is busy", async () => {
  const held = await run(["start", "--home", data, ...FREE_PORTS]);
  expect([held.code, held.out]).toEqual([1, ""]);
  expect(held.err).toContain("already running");
  const busy = net.createServer();
  await new Promise<void>((resolve) => { busy.listen(0, "127.0.0.1", resolve); });
  const { port } = busy.address() as net.AddressInfo;
  const other = path.join(home, "other");
  const refused = await run(["start", "--home", other, ...FREE_PORTS, "--port", String(port)]);
  busy.close();
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(`port ${port} (gateway) is in use; choose another with --port`);
  expect(processesOf(other)).toEqual([]);
}, 60_000);

test("says plainly that an external database does not answer, and leaves nothing running", async () => {
  const other = path.join(home, "external");
  const { code, err } = await run(["start", "--home", other, ...FREE_PORTS], { KANMON_DATABASE_URL: "postgres://nobody:x@127.0.0.1:9/none" });
  expect(code).toBe(1);
  expect(err).toContain("PostgreSQL at 127.0.0.1:9 does not answer: ECONNREFUSED");
  expect(processesOf(other)).toEqual([]);
}, 60_000);

test("refuses an address that other machines reach before anything is started", async () => {
  const other = path.join(home, "reachable");
  const { code, err } = await run(["start", "--home", other, ...FREE_PORTS], { KANMON_HOST: "0.0.0.0" });
  expect([code, err]).toEqual([1, expect.stringContaining("loopback")]);
  expect([fs.existsSync(path.join(other, "postgres")), fs.readdirSync(path.join(other, "log"))]).toEqual([false, []]);
  expect(processesOf(other)).toEqual([]);
}, 60_000);

test("starts a ministry again that was killed, and says so", async () => {
  const pid = processesOf(data).find((each) => fs.readFileSync(`/proc/${each}/cmdline`, "utf8").includes("ministry\0economy")) ?? 0;
  process.kill(pid, "SIGKILL");
  for (let tries = 0; tries < 300 && !started.err.includes("economy answers again"); tries += 1) await wait(100);
  expect(started.err).toContain("economy crashed (was ended by SIGKILL)");
  expect(started.err).toContain("economy answers again");
}, 60_000);

test("stops everything on Ctrl-C, and a second start uses the data of the first", async () => {
  const registry = fs.readFileSync(path.join(data, "keys", "gateway-1.json"), "utf8");
  const records = fs.readFileSync(path.join(data, "evidence", "evidence.jsonl"), "utf8");
  started.process.kill("SIGINT");
  const { code } = await started.finished;
  expect(code).toBe(0);
  expect(processesOf(data)).toEqual([]);
  await start();
  expect(fs.readFileSync(path.join(data, "keys", "gateway-1.json"), "utf8")).toBe(registry);
  expect(fs.readFileSync(path.join(data, "evidence", "evidence.jsonl"), "utf8").startsWith(records)).toBe(true);
  expect((await query("--as", "ciro-analyst", "--json")).code).toBe(4);
  const verdict = await run(["audit", "verify", path.join(data, "evidence")]);
  expect([verdict.code, verdict.err]).toEqual([0, ""]);
}, 180_000);

test("ends with a plain word when its database dies", async () => {
  const postmaster = Number(fs.readFileSync(path.join(data, "postgres", "data", "postmaster.pid"), "utf8").split("\n")[0]);
  process.kill(postmaster, "SIGQUIT");
  const { code, err } = await started.finished;
  expect([code, err]).toEqual([1, expect.stringContaining("The database is gone")]);
  expect(processesOf(data)).toEqual([]);
  await start();
}, 180_000);

test("leaves nothing running when it is killed", async () => {
  started.process.kill("SIGKILL");
  await started.finished;
  const withoutDatabase = (): readonly number[] => processesOf(data).filter((pid) => !fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("postgres"));
  for (let tries = 0; tries < 150 && withoutDatabase().length > 0; tries += 1) await wait(100);
  expect(withoutDatabase()).toEqual([]);
  await start();
  started.process.kill("SIGTERM");
  await started.finished;
  expect(processesOf(data)).toEqual([]);
}, 180_000);
