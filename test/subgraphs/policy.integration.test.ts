/** A ministry and a gateway that decide by different policies for a while: whoever asks gets what both permit, and a ministry follows its file like a gateway. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { judgeHere } from "../../gateway/bundle/judge";
import { startGateway, type RunningGateway } from "../../gateway/start";
import { issueToken, makeIssuerKeys, startIssuer } from "../../gateway/issuer";
import { composeSupergraph } from "../../schema/compose";
import { loadPolicy, type PolicyFiles } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { type MinistryDefinition, sdlOf } from "../../subgraphs/kit";
import { type Draft, draftOf } from "../schema/policy/arbitrary-policy";
import { persona } from "../support/people";
import { DAY, makePolicyFolder, OWN_FILES, type PolicyFolder } from "../support/policy-files";
import { makeKeys, startTestMinistry, type TestMinistry } from "../support/postgres";
import { releaseInto } from "../support/signed-bundle";

jest.setTimeout(120_000);
const NOW = Date.now();
const STALE = { issuedAt: NOW - 40 * DAY, freshUntil: NOW - 10 * DAY };
const defense = ministries["defense"] as MinistryDefinition;
const officer = persona(loadPolicy(), "mod-officer");
const QUESTION = "{ defenseDocuments(first: 50) { nodes { id title { ja } } } }";
const filesWith = (change: (draft: Draft) => void): PolicyFiles => { const draft = draftOf(); change(draft); return draft; };
/** An eligibility for specially designated secrets covers less. */
const narrower = { one: filesWith((draft) => { draft.policy.implications.SDS = draft.policy.implications.SDS.filter((code) => code !== "DOC" && code !== "MODS"); }), other: filesWith((draft) => { draft.policy.implications.SDS = ["DOC"]; }) };

let ministry: TestMinistry;
let gateway: RunningGateway;
let folders: { readonly ministry: PolicyFolder; readonly gateway: PolicyFolder };
let token = "";
let revision = 1;
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  folders = { ministry: await makePolicyFolder(NOW), gateway: await makePolicyFolder(NOW) };
  undo.push(folders.ministry.remove, folders.gateway.remove);
  const keys = makeKeys(["defense", "cabinet-office"]);
  ministry = await startTestMinistry(defense, { keys, clock: Date.now, policy: folders.ministry.settingsOf("defense") });
  undo.push(() => ministry.stop());
  // It keeps the register of legal notices: nobody is answered before they have read theirs.
  const office = await startTestMinistry(ministries["cabinet-office"] as MinistryDefinition, { keys, clock: Date.now, policy: folders.ministry.settingsOf("cabinet-office") });
  undo.push(() => office.stop());
  const settings = { audience: "kanmon", keys: await makeIssuerKeys(), personas: [{ id: officer.id, client: "ichigaya-1-z4" }] };
  const issuer = await startIssuer({ ...settings, host: "127.0.0.1", port: 0, origins: [] });
  undo.push(() => issuer.stop());
  const evidenceDir = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-two-"));
  undo.push(() => { fs.rmSync(evidenceDir, { recursive: true, force: true }); });
  const anywhere = { host: "127.0.0.1", port: 0 };
  const { snapshotFile: policyFile, signers: policySigners } = folders.gateway.settingsOf("gateway");
  gateway = await startGateway({
    mode: "labelled", listen: anywhere, admin: anywhere, logLevel: "silent", evidenceDir, demo: true,
    ...await releaseInto(evidenceDir, composeSupergraph([{ name: "defense", url: `${ministry.url}/graphql`, sdl: sdlOf(defense) }])), policyFile, policySigners,
    limits: { body: 65_536, tokens: 1_000, depth: 20, aliases: 20, planning: 3_000, share: 64, deadline: 10_000 }, keys: { id: keys.gateway.id, sign: keys.gateway.sign, agree: keys.gateway.agree },
    registry: {
      ...keys.registry, ministries: [{ subgraph: "defense", url: ministry.url, agree: keys.ministries["defense"]?.agreePublic }, { subgraph: "cabinet-office", url: office.url, agree: keys.ministries["cabinet-office"]?.agreePublic }],
      issuers: [{ issuer: issuer.url, jwksUri: `${issuer.url}/jwks`, audience: "kanmon", algorithms: ["EdDSA"], speaksFor: "EVERYBODY" }],
    },
  }, { judge: judgeHere });
  undo.push(() => gateway.stop());
  token = (await issueToken({ ...settings, issuer: issuer.url, lifeS: 600, clock: Date.now }, officer.id))?.token ?? "";
});
afterAll(async () => { for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step(); });

async function inForceAt(side: "ministry" | "gateway", files: PolicyFiles, freshness: object = {}): Promise<void> {
  await folders[side].publish({ revision: revision += 1, files, ...freshness });
  await wait(2_500);
}
interface Documents { readonly defenseDocuments: { readonly nodes: readonly { readonly id: string; readonly title: object | null }[] } }
/** Documents whose title is answered. */
const titled = ({ defenseDocuments }: Documents): readonly string[] => defenseDocuments.nodes.flatMap(({ id, title }) => (title === null ? [] : [id]));
async function asked(): Promise<readonly string[]> {
  const answer = await fetch(gateway.url, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${token}` }, body: JSON.stringify({ query: QUESTION }) });
  const { data, errors } = (await answer.json()) as { data?: Documents; errors?: unknown };
  if (data === undefined || errors !== undefined) throw new Error(JSON.stringify(errors));
  return titled(data);
}

test("answer what both permit, whichever of them is ahead [B-100]", async () => {
  const before = await asked();
  await inForceAt("ministry", narrower.one, STALE);
  const both = await asked();
  expect(both.length).toBeLessThan(before.length);
  expect(both.length).toBeGreaterThan(0);
  await inForceAt("gateway", narrower.one, STALE);
  expect(await asked()).toEqual(both);
  await inForceAt("ministry", OWN_FILES);
  expect(await asked()).toEqual(both);
  await inForceAt("gateway", OWN_FILES);
  await inForceAt("ministry", narrower.other);
  const other = await asked();
  expect(other).not.toEqual(both);
  await inForceAt("gateway", narrower.one);
  expect(await asked()).toEqual(both.filter((id) => other.includes(id)));
  await inForceAt("gateway", OWN_FILES);
  await inForceAt("ministry", OWN_FILES);
  expect(await asked()).toEqual(before);
});

test("a ministry asked under a statement of another policy answers by its own", async () => {
  const ask = async (): Promise<number> => titled((await ministry.ask(officer, QUESTION)).data as unknown as Documents).length;
  const before = await ask();
  await inForceAt("ministry", narrower.one, STALE);
  expect(await ask()).toBeLessThan(before);
  await inForceAt("ministry", OWN_FILES);
  expect(await ask()).toBe(before);
});

test("a ministry does not start on a policy that only one officer has signed", async () => {
  const folder = await makePolicyFolder(NOW);
  try {
    await folder.publish({}, [folder.officers[0]]);
    await expect(startTestMinistry(defense, { clock: Date.now, policy: folder.settingsOf("defense"), login: { username: "nobody", password: "none", database: "none" } })).rejects.toThrow("1 of 2 persons have signed");
  } finally { folder.remove(); }
});
