/** Several ministries in one process: all or none, each with the settings of its own, and a plain word for a file that holds no settings. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { takePorts } from "../../../gateway/cli/ports";
import { ministries } from "../../../subgraphs";
import type { MinistryDefinition, MinistryLogin } from "../../../subgraphs/kit";
import { listOf, makePolicyFolder, type PolicyFolder } from "../../support/policy-files";
import { createTestDatabase, dropDatabase, makeKeys, testAdmin } from "../../support/postgres";
import { build, Command, MAIN, run } from "./command";

jest.setTimeout(120_000);
const NAMES = ["police", "cyber"] as const;
type Name = (typeof NAMES)[number];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-ministries-"));
const file = path.join(folder, "ministries.json");
const keys = makeKeys(NAMES);
const logins = new Map<Name, MinistryLogin>();
let policy: PolicyFolder;
let ports: Readonly<Record<Name, number>>;

beforeAll(async () => {
  build();
  for (const name of NAMES) logins.set(name, await createTestDatabase(ministries[name] as MinistryDefinition, Date.now()));
  policy = await makePolicyFolder(Date.now());
});
afterAll(async () => {
  for (const { database } of logins.values()) await dropDatabase(database);
  policy.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

const keep = (name: string, value: unknown): string => { const at = path.join(folder, name); fs.writeFileSync(at, JSON.stringify(value), { mode: 0o600 }); return at; };

function settingsOf(name: Name, password = logins.get(name)?.password ?? ""): Readonly<Record<string, string>> {
  const { host, port } = testAdmin();
  const { username = "", database = "" } = logins.get(name) ?? {};
  const { snapshotFile } = policy.settingsOf(name);
  const url = `postgres://${username}:${password}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  return {
    KANMON_DATABASE_URL: url, KANMON_HOST: "127.0.0.1", KANMON_PORT: String(ports[name]), KANMON_DEMO: "1", KANMON_REGISTRY_FILE: keep("registry.json", keys.registry),
    KANMON_KEYS_FILE: keep(`${name}.json`, { agree: keys.ministries[name]?.agree }), KANMON_POLICY_FILE: snapshotFile, KANMON_POLICY_SIGNERS_FILE: keep("signers.json", listOf(policy.officers)),
    KANMON_POLICY_STATE_FILE: path.join(folder, `${name}.state`),
  };
}

/** Health of each, as status codes; nothing where nobody listens. */
const healths = (): Promise<readonly (number | undefined)[]> => Promise.all(NAMES.map(async (name) => (await fetch(`http://127.0.0.1:${ports[name]}/health/ready`).catch(() => undefined))?.status));
const isAlive = (pid: number): boolean => { try { process.kill(pid, 0); return true; } catch { return false; } };

beforeEach(async () => { ports = await takePorts({ police: { port: 0, option: "" }, cyber: { port: 0, option: "" } }); });

test("answers at the address of each, and stops them all when asked", async () => {
  const started = new Command(["ministries", keep("ministries.json", { police: settingsOf("police"), cyber: settingsOf("cyber") })]);
  for (let left = 600; left > 0 && !started.err.includes("ministry cyber on"); left -= 1) await new Promise((done) => { setTimeout(done, 100); });
  expect(await healths()).toEqual([200, 200]);
  started.process.kill("SIGTERM");
  expect((await started.finished).code).toBe(0);
  expect(await healths()).toEqual([undefined, undefined]);
});

test("starts none when one cannot start, and ends", async () => {
  keep("ministries.json", { police: settingsOf("police"), cyber: settingsOf("cyber", "not-the-password") });
  const { code, err } = await run(["ministries", file]);
  expect([code, err]).toEqual([1, expect.stringContaining("ministry police on")]);
  expect(err).not.toContain("ministry cyber on");
  expect(await healths()).toEqual([undefined, undefined]);
});

test("ends when its parent goes while it starts", async () => {
  keep("ministries.json", { police: settingsOf("police"), cyber: settingsOf("cyber") });
  const child = spawn(process.execPath, [MAIN, "ministries", file], { env: { PATH: process.env["PATH"] ?? "" }, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const { pid = 0 } = child;
  await new Promise((done) => { setTimeout(done, 300); });
  child.disconnect();
  for (let left = 600; left > 0 && isAlive(pid); left -= 1) await new Promise((done) => { setTimeout(done, 100); });
  expect(isAlive(pid)).toBe(false);
});

test.each<[string, unknown, number, RegExp]>([
  ["no file of settings", [], 7, /holds no settings of ministries/],
  ["settings that are no texts", { police: { KANMON_PORT: 4100 } }, 7, /holds no settings of ministries/],
  ["nobody", {}, 7, /holds no settings of ministries/],
  ["a ministry without its settings", { police: {} }, 7, /KANMON_DATABASE_URL/],
  ["settings that no ministry has", { police: { KANMON_ADMIN_PORT: "4001" } }, 7, /KANMON_ADMIN_PORT is not a setting/],
])("refuses %s", async (_what, content, code, said) => {
  keep("ministries.json", content);
  const refused = await run(["ministries", file], { LC_ALL: "en_US.UTF-8" });
  expect([refused.code, refused.err]).toEqual([code, expect.stringMatching(said)]);
});

test("refuses a ministry that nobody knows", async () => {
  keep("ministries.json", { treasury: settingsOf("police") });
  const { code, err } = await run(["ministries", file], { LC_ALL: "en_US.UTF-8" });
  expect([code, err]).toEqual([2, expect.stringContaining("treasury")]);
});
