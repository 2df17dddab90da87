import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { CommandFailure } from "../../../gateway/cli/exit";
import { openHome } from "../../../gateway/cli/home";
import { makeGatewayKeys, makeMinistryKeys, registryOf } from "../../../gateway/cli/keyring";
import { documentKey, publicDocumentKey } from "../../../subgraphs/kit/document-key";
import { parseGatewayKeys, parseRegistry } from "../../../gateway/registry";

let root: string;
beforeEach(() => { root = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-home-")), "data"); });
afterEach(() => fs.rmSync(path.dirname(root), { recursive: true, force: true }));

test("makes keys once, readable by their owner only, and gives the same ones at the next start", async () => {
  const first = openHome(root);
  const made = await first.keep("gateway-1", () => makeGatewayKeys("gateway-1"));
  first.release();
  const second = openHome(root);
  const found = await second.keep("gateway-1", () => makeGatewayKeys("other"));
  second.release();
  expect(found).toEqual(made);
  expect(fs.statSync(second.keyFile("gateway-1.json")).mode & 0o777).toBe(0o600);
  expect(fs.statSync(path.dirname(second.keyFile("x"))).mode & 0o777).toBe(0o700);
});

test("refuses a folder that a running start holds, and takes over one whose holder is gone", () => {
  fs.mkdirSync(root);
  fs.writeFileSync(path.join(root, "running.pid"), String(process.ppid));
  expect(() => openHome(root)).toThrow(/already running/);
  fs.writeFileSync(path.join(root, "running.pid"), "999999999");
  const home = openHome(root);
  expect(fs.readFileSync(path.join(root, "running.pid"), "utf8")).toBe(String(process.pid));
  home.release();
  expect(fs.existsSync(path.join(root, "running.pid"))).toBe(false);
});

test("refuses a folder of another version and a damaged key file with the code for configuration", async () => {
  openHome(root).release();
  fs.writeFileSync(path.join(root, "keys", "issuer.json"), "{");
  const home = openHome(root);
  await expect(home.keep("issuer", () => ({}))).rejects.toMatchObject({ exitCode: 7 });
  home.release();
  fs.writeFileSync(path.join(root, "version.json"), `{"version":99}`);
  expect(() => openHome(root)).toThrow(CommandFailure);
});

test("writes no private half into the registry, and the gateway accepts what it reads there", () => {
  const gateway = makeGatewayKeys("gateway-1");
  const ministry = makeMinistryKeys();
  const registry = registryOf([gateway], [{ subgraph: "defense", url: "http://127.0.0.1:4100", keys: ministry }],
    [{ issuer: "http://127.0.0.1:4002", jwksUri: "http://127.0.0.1:4002/jwks", audience: "a", algorithms: ["EdDSA"], speaksFor: "EVERYBODY" }]);
  const text = JSON.stringify(registry);
  for (const secret of [gateway.sign.d, gateway.agree.d, ministry.agree.d, documentKey(ministry.agree, "defense").export({ format: "jwk" }).d]) expect(text).not.toContain(String(secret));
  const parsed = parseRegistry(JSON.parse(text));
  expect(parseGatewayKeys(gateway, parsed)).toMatchObject({ id: "gateway-1", kid: gateway.sign.kid });
  expect(registry.ministries[0]?.sign).toEqual(publicDocumentKey(ministry.agree, "defense"));
  expect(() => parseRegistry({ ...registry, ministries: registry.ministries.map((entry) => ({ ...entry, sign: entry.agree })) })).toThrow("$.ministries[0].sign");
});
