import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { CompactSign, compactVerify, importJWK, type JWK } from "jose";
import { makeDeployment } from "../../../gateway/cli/deployment";
import type { OwnedKey } from "../../../gateway/cli/keyring";
import { DEMO_OFFICERS, keepPolicy } from "../../../gateway/cli/policy-file";
import { keepBundle } from "../../../gateway/cli/release-file";
import { openBundle, signBundle } from "../../../gateway/bundle/document";
import { readMachines } from "../../../gateway/issuer/machines";
import { parseGatewayKeys, parseRegistry } from "../../../gateway/registry";
import { readDemoBundle } from "../../../schema/compose";
import { loadPolicy } from "../../../schema/policy";
import { readSigners } from "../../../schema/signed";
import { openSnapshot } from "../../../schema/snapshot";

const folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-deployment-")), "made");
afterAll(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));
const settings = { folder, gateways: ["gateway-1", "gateway-2"], ministries: ["defense", "cabinet-office"], issuer: { issuer: "http://127.0.0.1:4002", jwksUri: "http://127.0.0.1:4002/jwks", audience: "a", algorithms: ["EdDSA"], speaksFor: "EVERYBODY" as const }, machines: ["meti-system"] };
const read = (name: string): string => fs.readFileSync(path.join(folder, name), "utf8");
const contents = (): Readonly<Record<string, string>> => Object.fromEntries(fs.readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => fs.statSync(path.join(folder, name)).isFile()).map((name) => [name, read(name)]));

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

test("gives a machine a key of its own, of which the issuer is told the public half", async () => {
  const key = JSON.parse(read("meti-system.json")) as JWK;
  const [machine] = readMachines(JSON.parse(read("machines.json")));
  expect(machine).toEqual({ id: "meti-system", persona: "meti-system", keys: [{ kty: "OKP", crv: "Ed25519", x: key.x, kid: key.kid }] });
  expect(read("machines.json")).not.toContain("\"d\"");
  const signed = await new CompactSign(Buffer.from("x")).setProtectedHeader({ alg: "EdDSA" }).sign(await importJWK(key, "EdDSA"));
  await expect(compactVerify(signed, await importJWK(machine?.keys[0] as JWK, "EdDSA"))).resolves.toBeDefined();
});

test("signs the committed bundle for whoever holds the list of signers, which has no private half", async () => {
  const signers = readSigners(JSON.parse(read("bundle-signers.json")));
  const { document, by } = await openBundle(read("bundle/bundle.json"), { signers, needed: 1 });
  expect([document.supergraph, document.policies, by]).toEqual([readDemoBundle().supergraphSdl, [loadPolicy().version], ["release"]]);
  expect(read("bundle-signers.json")).not.toContain("\"d\"");
});

test("signs anew what says something else, under a larger serial, and nothing else", async () => {
  const file = path.join(folder, "bundle", "bundle.json");
  const release = JSON.parse(read("release.json")) as OwnedKey;
  const trust = { signers: readSigners(JSON.parse(read("bundle-signers.json"))), needed: 1 };
  const { document: before } = await openBundle(read("bundle/bundle.json"), trust);
  expect(await keepBundle(file, release)).toBe(false);
  fs.writeFileSync(file, await signBundle({ ...before, policies: ["P-other"] }, { serial: before.serial + 5_000, issuedAt: before.issuedAt }, [release.key]));
  expect(await keepBundle(file, release)).toBe(true);
  const { document: after } = await openBundle(read("bundle/bundle.json"), trust);
  expect([after.policies, after.serial]).toEqual([before.policies, before.serial + 5_001]);
});

test("signs the committed policy with two officers' keys, fresh for a month, and anew before it is fresh no more", async () => {
  const file = path.join(folder, "policy", "policy.json");
  const signers = readSigners(JSON.parse(read("policy-signers.json")));
  const officers = DEMO_OFFICERS.map((name) => JSON.parse(read(`${name}.json`)) as OwnedKey);
  const snapshot = await openSnapshot(read("policy/policy.json"), signers);
  expect([loadPolicy(snapshot.files).version, snapshot.by]).toEqual([loadPolicy().version, [...DEMO_OFFICERS]]);
  expect(snapshot.freshUntil - snapshot.issuedAt).toBe(30 * 86_400_000);
  expect(read("policy-signers.json")).not.toContain("\"d\"");
  expect(await keepPolicy(file, officers)).toBe(false);
  expect(await keepPolicy(file, officers, snapshot.issuedAt + 24 * 86_400_000)).toBe(true);
  const renewed = await openSnapshot(read("policy/policy.json"), signers);
  expect([renewed.revision > snapshot.revision, renewed.issuedAt - snapshot.issuedAt]).toEqual([true, 24 * 86_400_000]);
});

test("never runs containers as root", () => {
  expect(/^DEPLOYMENT_USER=(\d+):\d+$/m.exec(read("compose.env"))?.[1]).not.toBe("0");
});
