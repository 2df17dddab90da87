/**
 * What `docker-compose.yml` needs beside itself: keys, passwords, registry, signed bundle and state folders of one deployment, made once and then kept.
 * Every secret is a file of its own, readable by its owner only; there is no default password anywhere.
 */
import fs from "node:fs";
import path from "node:path";
import { makeIssuerKeys } from "../issuer";
import { makePassword, writePrivate } from "./home";
import { machineOf, makeGatewayKeys, makeMinistryKeys, makeSigningKey, type OwnedKey, registryOf, signersOf, type GatewayKeys, type IssuerEntry, type MinistryKeys } from "./keyring";
import { DEMO_OFFICERS, keepPolicy, makeOfficer } from "./policy-file";
import { keepBundle } from "./release-file";

export interface DeploymentSettings {
  readonly folder: string;
  readonly gateways: readonly string[];
  readonly ministries: readonly string[];
  /** Who may issue tokens; in a demonstration the development issuer beside each gateway. */
  readonly issuer: IssuerEntry;
  /** Systems that ask for tokens with a key of their own. */
  readonly machines: readonly string[];
}

const MINISTRY_PORT = 4100;

/** Makes whatever is missing. Gives the names of the files it made. */
export async function makeDeployment({ folder, gateways, ministries, issuer, machines }: DeploymentSettings): Promise<readonly string[]> {
  const made: string[] = [];
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const text = (name: string, make: () => string): string => {
    const file = path.join(folder, name);
    if (!fs.existsSync(file)) { writePrivate(file, make()); made.push(name); }
    return fs.readFileSync(file, "utf8");
  };
  const json = <T>(name: string, make: () => T): T => JSON.parse(text(name, () => `${JSON.stringify(make())}\n`)) as T;

  const gatewayKeys = gateways.map((id) => json<GatewayKeys>(`${id}.json`, () => makeGatewayKeys(id)));
  const ministryKeys = ministries.map((subgraph) => ({ subgraph, url: `http://${subgraph}:${MINISTRY_PORT}`, keys: json<MinistryKeys>(`${subgraph}.json`, makeMinistryKeys) }));
  const issuerKeys = await makeIssuerKeys();
  json("issuer.json", () => issuerKeys);
  // The issuer is told the public halves; a private one stays with whoever runs the system.
  const machineKeys = machines.map((id) => machineOf(id, json<OwnedKey["key"]>(`${id}.json`, () => makeSigningKey(id).key)));
  // Made of the keys that are there, like the registry: one that came later is in it too.
  writePrivate(path.join(folder, "machines.json"), `${JSON.stringify(machineKeys)}\n`);
  for (const name of ministries) {
    const owner = text(`${name}-owner-password`, makePassword);
    const host = `${name}-db:5432`;
    const role = name.replaceAll("-", "_");
    text(`${name}-database-url`, () => `postgres://${role}:${makePassword()}@${host}/${role}`);
    text(`${name}-database-owner-url`, () => `postgres://postgres:${owner}@${host}/${role}`);
  }
  for (const state of ["public", ...gateways, ...ministries, ...ministries.map((name) => `${name}-db`)]) fs.mkdirSync(path.join(folder, "state", state), { recursive: true, mode: 0o700 });
  writePrivate(path.join(folder, "registry.json"), `${JSON.stringify(registryOf(gatewayKeys, ministryKeys, [issuer]), null, 1)}\n`);
  const release = json<OwnedKey>("release.json", () => makeSigningKey("release"));
  json("bundle-signers.json", () => signersOf([release]));
  // A folder of its own: a container that mounts it sees the file that is put there by a rename.
  fs.mkdirSync(path.join(folder, "bundle"), { recursive: true, mode: 0o700 });
  if (await keepBundle(path.join(folder, "bundle", "bundle.json"), release)) made.push("bundle/bundle.json");
  const officers = DEMO_OFFICERS.map((name) => json<OwnedKey>(`${name}.json`, () => makeOfficer(name)));
  json("policy-signers.json", () => signersOf(officers));
  fs.mkdirSync(path.join(folder, "policy"), { recursive: true, mode: 0o700 });
  if (await keepPolicy(path.join(folder, "policy", "policy.json"), officers)) made.push("policy/policy.json");
  text("compose.env", () => envOf(folder));
  if (process.getuid?.() === 0) for (const file of [".", ...fs.readdirSync(folder, { recursive: true, encoding: "utf8" })]) fs.lchownSync(path.join(folder, file), ...NOT_ROOT);
  return made;
}

/** Containers never run as root: what root makes is given to this user and group. */
const NOT_ROOT = [1000, 1000] as const;

/** The variables that docker-compose.yml requires. Containers run as whoever made the folder, so that its files need not be readable by others. */
function envOf(folder: string): string {
  const [user, group] = process.getuid?.() === 0 ? NOT_ROOT : [process.getuid?.() ?? NOT_ROOT[0], process.getgid?.() ?? NOT_ROOT[1]];
  return [`DEPLOYMENT=${path.resolve(folder)}`, `DEPLOYMENT_USER=${user}:${group}`, "DEPLOYMENT_DEMO=0", "GATEWAY_1_PORT=4000", "GATEWAY_2_PORT=4010", ""].join("\n");
}
