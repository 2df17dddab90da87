/** A ministry that is started beside its database server: it waits while that starts, as long as it was told and for nothing else. */
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { defense } from "../../../subgraphs/defense/ministry";
import { type MinistryConfig, createMinistryDatabase, startEmbedded, startMinistry } from "../../../subgraphs/kit";
import { launchEmbedded } from "../../../subgraphs/kit/embedded";
import type { PolicySettings } from "../../../schema/snapshot";
import { policyIn } from "../../support/policy-files";
import { makeKeys } from "../../support/postgres";

jest.setTimeout(120_000);
const login = { username: "defense", password: "test-only", database: "defense" };
const keys = makeKeys(["defense"]);
let root = "";
let policy: PolicySettings;

beforeAll(async () => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-patience-"));
  policy = await policyIn(fs.mkdtempSync(path.join(root, "policy-")), Date.now());
  fs.chmodSync(root, 0o755);
  const server = await startEmbedded(root, { fast: true });
  try { await createMinistryDatabase(server, defense, login, { demo: true, now: Date.now() }); } finally { await server.stop(); }
});
afterAll(() => { fs.rmSync(root, { recursive: true, force: true }); });

function configFor(host: string, patience: number | undefined, password = login.password): MinistryConfig {
  const own = keys.ministries["defense"] ?? { agree: {} };
  return { host: "127.0.0.1", port: 0, database: { host, port: 5432, ...login, password }, registry: keys.registry, keys: own, policy, demo: true, ...(patience === undefined ? {} : { patience }) };
}

async function timeToRefuse(config: MinistryConfig): Promise<{ readonly ms: number; readonly why: string }> {
  const begun = performance.now();
  const why = await startMinistry(defense, config).then(async (running) => { await running.stop(); return "started"; }, (error: Error) => error.message);
  return { ms: performance.now() - begun, why };
}

test("starts beside a server that does not answer yet, and does not wait for one with a wrong password", async () => {
  const server = launchEmbedded(root, { fast: true });
  try {
    let isUp = false;
    void server.ready.then(() => { isUp = true; });
    const starting = startMinistry(defense, configFor(server.host, 60_000));
    expect(isUp).toBe(false);
    const running = await starting;
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200);
    await running.stop();
    const refused = await timeToRefuse(configFor(server.host, 60_000, "wrong"));
    expect(refused.why).toContain("password authentication failed");
    expect(refused.ms).toBeLessThan(30_000);
  } finally { await server.stop(); }
});

test("refuses at once where nobody is, unless it is told to wait, and then no longer than that", async () => {
  const nowhere = path.join(root, "nowhere");
  const atOnce = await timeToRefuse(configFor(nowhere, undefined));
  expect(atOnce.why).toContain("ENOENT");
  const later = await timeToRefuse(configFor(nowhere, 1_500));
  expect(later.why).toContain("ENOENT");
  expect(later.ms).toBeGreaterThan(1_500);
});

/** Stands before a server and leaves these connections, counted from one, without an answer. */
async function relayTo(server: string, dir: string, silent: readonly number[]): Promise<net.Server> {
  let count = 0;
  const relay = net.createServer((client) => {
    client.on("error", () => undefined);
    count += 1;
    if (silent.includes(count)) return;
    const upstream = net.connect(path.join(server, ".s.PGSQL.5432"));
    upstream.on("error", () => client.destroy());
    client.on("close", () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => { relay.listen(path.join(dir, ".s.PGSQL.5432"), resolve); });
  return relay;
}

test("goes on waiting for a server that is late to answer, when it begins to listen and when it opens its pool; without patience the first silence counts", async () => {
  const server = launchEmbedded(root, { fast: true });
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-late-"));
  await server.ready;
  const relay = await relayTo(server.host, dir, [1, 2, 4]);
  try {
    const refused = await timeToRefuse(configFor(dir, undefined));
    expect(refused.why).toContain("timeout");
    const running = await startMinistry(defense, configFor(dir, 60_000));
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200);
    await running.stop();
  } finally {
    relay.close();
    await server.stop();
    fs.rmSync(dir, { recursive: true, force: true });
  }
});
