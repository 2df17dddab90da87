import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { makeDeployment } from "../../../gateway/cli/deployment";
import { parseGatewayKeys, parseRegistry } from "../../../gateway/registry";

const folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-deployment-")), "made");
afterAll(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));
const settings = { folder, gateways: ["gateway-1", "gateway-2"], ministries: ["defense", "cabinet-office"], issuer: { issuer: "http://127.0.0.1:4002", jwksUri: "http://127.0.0.1:4002/jwks", audience: "a", algorithms: ["EdDSA"] } };
const read = (name: string): string => fs.readFileSync(path.join(folder, name), "utf8");
const contents = (): Readonly<Record<string, string>> => Object.fromEntries(fs.readdirSync(folder).filter((name) => name !== "state").map((name) => [name, read(name)]));

test("makes every secret once, keeps it for its owner, and never changes it afterwards", async () => {
  expect((await makeDeployment(settings)).length).toBeGreaterThan(8);
  const first = contents();
  expect(await makeDeployment(settings)).toEqual([]);
  expect(contents()).toEqual(first);
  const loose = Object.keys(first).filter((name) => (fs.statSync(path.join(folder, name)).mode & 0o077) !== 0);
  expect(loose).toEqual([]);
  const passwords = ["defense", "cabinet-office"].flatMap((name) => [read(`${name}-owner-password`), new URL(read(`${name}-database-url`)).password]);
  expect(new Set(passwords).size).toBe(4);
  expect(Math.min(...passwords.map((password) => password.length))).toBeGreaterThanOrEqual(32);
});

test("writes a registry that each gateway's keys belong to, without any private half", () => {
  const registry = parseRegistry(JSON.parse(read("registry.json")));
  for (const id of settings.gateways) expect(parseGatewayKeys(JSON.parse(read(`${id}.json`)), registry).id).toBe(id);
  expect(read("registry.json")).not.toContain("\"d\"");
  expect(registry.ministries.map(({ subgraph, url }) => [subgraph, url.href])).toEqual([["defense", "http://defense:4100/"], ["cabinet-office", "http://cabinet-office:4100/"]]);
});

test("never runs containers as root", () => {
  expect(/^DEPLOYMENT_USER=(\d+):\d+$/m.exec(read("compose.env"))?.[1]).not.toBe("0");
});
