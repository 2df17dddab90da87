import { execFile } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { makeDeployment } from "../gateway/cli/deployment";
import { AUDIENCE } from "../gateway/cli/members";
import { takePorts } from "../gateway/cli/ports";
import { DEMO_MATTER } from "../gateway/cli/question";
import { ministries } from "../subgraphs";
import { startEmbedded, type EmbeddedPostgres } from "../subgraphs/kit";
import { build, Command, run } from "./gateway/cli/command";
import { listAt, mapAt, readCompose, textAt, type YamlMap } from "./gateway/cli/compose-yaml";

const ROOT = path.join(__dirname, "..");
const MINISTRIES = Object.keys(ministries);
const GATEWAYS = ["gateway-1", "gateway-2"];
const ISSUER = "http://127.0.0.1:4002";
/** As the publisher sees the gateway whose network it shares. */
const GATEWAY = "http://127.0.0.1:4000/graphql";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-compose-"));
fs.chmodSync(root, 0o755);
const deployment = path.join(root, "deployment");
const running = new Map<string, Command>();
let database: EmbeddedPostgres;
let services: YamlMap;
let file: YamlMap;
/** Where a container's own port is found here: every container has 4100, this machine has only one. */
let portOf: Readonly<Record<string, number>>;

beforeAll(async () => {
  build();
  database = await startEmbedded(path.join(root, "postgres"), { fast: true });
  const wanted = [...MINISTRIES, ...GATEWAYS, ...GATEWAYS.map((name) => `${name}-admin`), "issuer", "site"];
  portOf = await takePorts(Object.fromEntries(wanted.map((name) => [name, { port: 0, option: "" }])));
  const here = `http://127.0.0.1:${portOf["issuer"]}`;
  await makeDeployment({ folder: deployment, gateways: GATEWAYS, ministries: MINISTRIES, issuer: { issuer: here, jwksUri: `${here}/jwks`, audience: AUDIENCE, algorithms: ["EdDSA"], speaksFor: "EVERYBODY" }, machines: ["meti-system", "publication-system"] });
  const variables = Object.fromEntries(fs.readFileSync(path.join(deployment, "compose.env"), "utf8").trim().split("\n").map((line) => line.split("=") as [string, string]));
  file = readCompose(fs.readFileSync(path.join(ROOT, "docker-compose.yml"), "utf8"), { ...variables, DEPLOYMENT_DEMO: "1" });
  services = mapAt(file, "services");
  settleHere();
}, 180_000);

afterAll(async () => {
  for (const command of [...running.values()].reverse()) { command.process.kill("SIGTERM"); await command.finished; }
  await database.stop();
  fs.rmSync(root, { recursive: true, force: true });
}, 60_000);

/** What the network of the containers does: names lead to this machine's ports and to the one database server. */
function settleHere(): void {
  const registry = path.join(deployment, "registry.json");
  let text = fs.readFileSync(registry, "utf8");
  for (const name of MINISTRIES) {
    text = text.replace(`http://${name}:4100`, `http://127.0.0.1:${portOf[name]}`);
    for (const secret of [`${name}-database-url`, `${name}-database-owner-url`]) {
      const at = path.join(deployment, secret);
      const url = new URL(fs.readFileSync(at, "utf8"));
      if (secret.endsWith("owner-url")) url.password = database.password;
      expect(url.hostname).toBe(`${name}-db`);
      url.hostname = "localhost";
      url.searchParams.set("host", database.host);
      fs.writeFileSync(at, url.href, { mode: 0o600 });
    }
  }
  fs.writeFileSync(registry, text);
}

/** The service's environment with what a container mounts in its place here. */
function environmentOf(name: string): Record<string, string> {
  const mounts = listAt(mapAt(services, name), "volumes").map((volume) => volume.split(":"));
  const inPlace = (value: string): string => {
    if (value.startsWith("/run/secrets/")) return textAt(mapAt(file, "secrets", value.slice("/run/secrets/".length)), "file");
    // In memory, as `tmpfs` of the service says.
    if (listAt(mapAt(services, name), "tmpfs").some((folder) => value.startsWith(`${folder}/`))) return path.join(root, `${name}-${path.basename(value)}`);
    for (const [from = "", to = ""] of mounts) if (value === to || value.startsWith(`${to}/`)) return path.resolve(ROOT, from) + value.slice(to.length);
    return value;
  };
  const ports: Readonly<Record<string, number | undefined>> = { KANMON_PORT: portOf[name] ?? portOf["issuer"], KANMON_ADMIN_PORT: portOf[`${name}-admin`] };
  const issuer = `http://127.0.0.1:${portOf["issuer"]}`;
  const environment = mapAt(services, name, "environment");
  return Object.fromEntries(Object.keys(environment).map((key) => {
    const value = textAt(environment, key);
    return [key, key in ports ? String(ports[key]) : value === ISSUER ? issuer : value === GATEWAY ? `http://127.0.0.1:${portOf["gateway-1"]}/graphql` : inPlace(value)];
  }));
}

/** Starts a service by its own command. */
function startService(name: string): Command {
  const { args, script, flags } = commandOf(name);
  return new Command(args, environmentOf(name), script, flags);
}

function commandOf(name: string): { readonly args: readonly string[]; readonly script: string; readonly flags: readonly string[] } {
  const [node, ...rest] = listAt(mapAt(services, name), "command");
  expect(node).toBe("node");
  const at = rest.findIndex((part) => !part.startsWith("--"));
  return { flags: rest.slice(0, at), script: path.join(ROOT, rest[at] ?? ""), args: rest.slice(at + 1) };
}

/** Runs the service's own health check until it is well, as docker-compose would. */
async function untilHealthy(name: string, command: Command): Promise<void> {
  const [, node, ...args] = listAt(mapAt(services, name, "healthcheck"), "test");
  expect(node).toBe("node");
  const ports: Readonly<Record<string, number | undefined>> = { 4100: portOf[name], 4001: portOf[`${name}-admin`], 4002: portOf["issuer"], 4003: portOf["site"] };
  const here = args.map((part) => part.replace(/127\.0\.0\.1:(\d+)/, (_whole, port: string) => `127.0.0.1:${ports[port]}`));
  const port = Object.entries(ports).find(([own]) => args.some((part) => part.includes(`127.0.0.1:${own}`)))?.[1] ?? 0;
  for (let tries = 0; tries < 600; tries += 1) {
    if (command.process.exitCode !== null) throw new Error(`${name} ended: ${command.err}`);
    // A check is a process: asked before anything listens, a dozen of them would only keep the services from starting.
    const well = await isListening(port) && await new Promise<boolean>((resolve) => { execFile(process.execPath, here, (error) => { resolve(error === null); }); });
    if (well) return;
    await wait(250);
  }
  throw new Error(`${name} did not get healthy: ${command.err}`);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => { socket.destroy(); resolve(true); }).once("error", () => { resolve(false); });
  });
}

async function startAndWait(names: readonly string[]): Promise<void> {
  await Promise.all(names.map(async (name) => { const command = startService(name); running.set(name, command); await untilHealthy(name, command); }));
}

test("prepares each ministry's database and ends", async () => {
  const waiting = [...MINISTRIES];
  const prepareNext = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const { code, err } = await startService(`${name}-setup`).finished;
      expect([name, code, err]).toEqual([name, 0, expect.stringContaining("is ready")]);
    }
  };
  await Promise.all([prepareNext(), prepareNext()]);
}, 120_000);

test("starts the issuer, every ministry and both gateways until their own health checks pass", async () => {
  await startAndWait(["issuer-1", ...MINISTRIES]);
  await startAndWait(GATEWAYS);
  expect([...running.values()].every((command) => command.process.exitCode === null)).toBe(true);
}, 180_000);

test.each(GATEWAYS)("answers through %s with a token of the issuer beside it", async (name) => {
  const url = `http://127.0.0.1:${portOf[name]}/graphql`;
  const { code, out } = await run(["query", "--as", "ciro-analyst", "--json", "--url", url, "--issuer", `http://127.0.0.1:${portOf["issuer"]}`]);
  expect(code).toBe(4);
  expect(out).toContain("DEMO-MOD-14");
}, 60_000);

test("hands to anybody, without a token, what the publisher put there, and nothing else", async () => {
  await startAndWait(["site"]);
  const at = `http://127.0.0.1:${portOf["site"]}`;
  expect((await fetch(`${at}/figures.json`)).status).toBe(404);
  // It is not well because there is a file, but when it has published, and only as long as it goes on to.
  const [, node, script = "", ...check] = listAt(mapAt(services, "publisher", "healthcheck"), "test");
  const checked = async (): Promise<number | null> => (await new Command(check, environmentOf("publisher"), path.join(ROOT, script)).finished).code;
  expect([node, await checked()]).toEqual(["node", 1]);
  const publisher = startService("publisher");
  running.set("publisher", publisher);
  while ((await fetch(`${at}/figures.json`)).status !== 200) {
    if (publisher.process.exitCode !== null) throw new Error(publisher.err);
    await wait(250);
  }
  expect(await (await fetch(`${at}/figures.json`)).json()).toMatchObject({ reports: [] });
  const { KANMON_PUBLISH_STAMP_FILE: stamp = "" } = environmentOf("publisher");
  while (!fs.existsSync(stamp)) await wait(100);
  expect(await checked()).toBe(0);
  publisher.process.kill("SIGTERM");
  await publisher.finished;
  fs.writeFileSync(stamp, new Date(Date.now() - 181_000).toISOString());
  const { args, script: command, flags } = commandOf("publisher");
  const failed = await new Command(args, { ...environmentOf("publisher"), KANMON_PUBLISH_EVERY: "0", KANMON_URL: `${at}/graphql` }, command, flags).finished;
  expect([failed.code === 0, await checked()]).toEqual([false, 1]);
  expect((await fetch(`${at}/graphql`, { method: "POST", body: "{}" })).status).toBe(405);
}, 120_000);

test("does not serve the demonstration's page where other machines can ask", async () => {
  for (const name of GATEWAYS) expect((await fetch(`http://127.0.0.1:${portOf[name]}/`)).status).toBe(404);
});

test("keeps the evidence of each gateway in its own folder, and it verifies", async () => {
  for (const name of GATEWAYS) expect((await run(["audit", "verify", path.join(deployment, "state", name)])).code).toBe(0);
}, 60_000);

test("does not let a ministry that answers hold its owner's sign-in", async () => {
  const { args, script, flags } = commandOf("defense");
  const { code, err } = await new Command(args, { ...environmentOf("defense"), ...environmentOf("defense-setup"), KANMON_PORT: "0" }, script, flags).finished;
  expect([code, err]).toEqual([7, expect.stringContaining("must not hold it")]);
}, 60_000);

interface Answered { readonly data: { readonly matter: Readonly<Record<string, { readonly documents: { readonly nodes: readonly { readonly reference: string | null }[] } | null } | null>> }; readonly errors?: readonly { readonly extensions: { readonly code: string } }[] }
const SECTIONS = Object.values(ministries).map(({ field }) => field);
const QUESTION = `query($id: ID!) { matter(id: $id) { ${SECTIONS.map((section) => `${section} { documents(first: 20) { nodes { reference } } }`).join(" ")} } }`;
/** What an analyst is given of the demo's matter by all ministries: the references of each one's documents, and the codes of the errors. */
async function ask(): Promise<{ readonly references: Readonly<Record<string, readonly (string | null)[] | null>>; readonly codes: readonly string[] }> {
  const { out } = await run(["query", "-", "--variables", JSON.stringify({ id: DEMO_MATTER }), "--as", "ciro-analyst", "--json", "--url", `http://127.0.0.1:${portOf["gateway-1"]}/graphql`, "--issuer", `http://127.0.0.1:${portOf["issuer"]}`], {}, QUESTION);
  const { data, errors = [] } = JSON.parse(out) as Answered;
  const references = Object.fromEntries(SECTIONS.map((section) => [section, data.matter[section]?.documents?.nodes.map(({ reference }) => reference) ?? null]));
  return { references, codes: errors.map(({ extensions }) => extensions.code) };
}

async function kill(name: string): Promise<void> {
  running.get(name)?.process.kill("SIGKILL");
  await running.get(name)?.finished;
}

describe("when a ministry is killed", () => {
  let whole: Awaited<ReturnType<typeof ask>>;
  beforeAll(async () => { whole = await ask(); }, 60_000);

  test.each(MINISTRIES.map((name, index) => [name, SECTIONS[index] ?? ""]))("the others still answer, with one code for what %s would have said, and all is whole when it is back", async (name, section) => {
    expect(whole.codes).toEqual([]);
    await kill(name);
    const partial = await ask();
    expect(partial).toEqual({ references: { ...whole.references, [section]: null }, codes: ["MINISTRY_UNAVAILABLE"] });
    await startAndWait([name]);
    expect(await ask()).toEqual(whole);
  }, 120_000);

  test("what it granted is void after a minute without its standing, and not before", async () => {
    // Another ministry's document that needs an assignment by the one that dies.
    const isGranted = ({ references }: typeof whole): boolean => references["economy"]?.includes("DEMO-METI-13") === true;
    expect(isGranted(whole)).toBe(true);
    const killedAt = Date.now();
    await kill("defense");
    while (Date.now() - killedAt < 40_000) {
      expect(isGranted(await ask())).toBe(true);
      await wait(5_000);
    }
    await wait(killedAt + 62_000 - Date.now());
    const without = await ask();
    expect([isGranted(without), without.codes]).toEqual([false, ["MINISTRY_UNAVAILABLE"]]);
    await startAndWait(["defense"]);
    for (let tries = 0; tries < 60 && !isGranted(await ask()); tries += 1) await wait(500);
    expect(await ask()).toEqual(whole);
  }, 180_000);
});
