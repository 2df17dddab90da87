/** A policy that changes while a gateway runs, over HTTP: what it takes away is gone for the next request, whatever was remembered; what is refused changes nothing. */
import { setTimeout as wait } from "node:timers/promises";
import { dirname } from "node:path";
import { Writable } from "node:stream";
import { judgeHere } from "../../../gateway/bundle/judge";
import { startGateway } from "../../../gateway/start";
import type { PolicyFiles } from "../../../schema/policy";
import type { PolicyStatus } from "../../../schema/snapshot";
import { type Draft, draftOf } from "../../schema/policy/arbitrary-policy";
import { DAY, makePolicyFolder, OWN_FILES, type PolicyFolder } from "../../support/policy-files";
import { type Answer, comparable, startWorld, type World } from "../front/labelled-federation";

const NOW = Date.now();
const STALE = { issuedAt: NOW - 40 * DAY, freshUntil: NOW - 10 * DAY };
const filesWith = (change: (draft: Draft) => void): PolicyFiles => { const draft = draftOf(); change(draft); return draft; };
const suspended = filesWith((draft) => { for (const entry of draft.agreements.agreements) if (entry.nation === "USA") entry.status = "SUSPENDED"; });
const onNetwork = (level: number): PolicyFiles => filesWith((draft) => { for (const client of draft.clients.clients) if (client.id === "kasumi-1-z4") client.zoneLevel = level; });
const struckOut = filesWith((draft) => { draft.members.members = draft.members.members.filter(({ org }) => org !== "JPN.MOD.JS"); });
const bound = filesWith((draft) => { draft.policy.knownOperations.orgs.push("JPN.MOD"); });
const mixed = filesWith((draft) => {
  for (const client of draft.clients.clients) if (client.id === "kasumi-1-z4") client.zoneLevel = 1;
  draft.policy.implications.SDS.push("NPS");
});

const REPORTS = "{ defenseReports { id title } }";
const COVERT = "{ covertReports { name } }";
const FOR_USA = { headers: { "kanmon-release-to": "USA" } };
const lines: string[] = [];
const log = new Writable({ write: (chunk: Buffer, _, done) => { lines.push(chunk.toString()); done(); } });
let folder: PolicyFolder;
let world: World;
let revision = 1;

interface Health { readonly status: string; readonly problems: readonly string[]; readonly policy: Omit<PolicyStatus, "age"> & { readonly ageSeconds: number } }
const health = async (): Promise<Health> => (await (await fetch(`${world.gateway.adminUrl}/health/ready`)).json()) as Health;
const until = async (holds: (now: Health) => boolean): Promise<Health> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const now = await health();
    if (holds(now)) return now;
    await wait(50);
  }
  throw new Error("the policy did not change");
};
/** Publishes the next revision and waits until it is in force. */
const publish = async (files: PolicyFiles, freshness: object = {}): Promise<Health> => {
  await folder.publish({ revision: revision += 1, files, ...freshness });
  return until(({ policy }) => policy.revision === revision && policy.isApplied);
};
const idsOf = ({ json }: Answer): readonly string[] => {
  const reports = json.data?.["defenseReports"];
  return Array.isArray(reports) ? (reports as readonly { readonly id: string }[]).map(({ id }) => id) : [];
};

beforeAll(async () => {
  folder = await makePolicyFolder(NOW);
  world = await startWorld({ log, policy: folder.settingsOf("gateway") });
});
afterAll(async () => { await world.stop(); folder.remove(); });
beforeEach(async () => {
  await publish(OWN_FILES);
  // Everything that is remembered is remembered now: askers, classes, plans, decisions.
  for (let times = 0; times < 2; times += 1) if (idsOf(await world.ask(REPORTS, "hi")).join() !== "open,hidden,known,cui") throw new Error("not everything is there to begin with");
});

it("lets an agreement that was suspended let nothing out from the next request on, fresh or not [B-100] [B-136]", async () => {
  for (let times = 0; times < 2; times += 1) expect(idsOf(await world.ask(REPORTS, "hi", FOR_USA))).toContain("cui");
  await publish(suspended, STALE);
  expect(idsOf(await world.ask(REPORTS, "hi", FOR_USA))).toEqual(["open"]);
  expect(idsOf(await world.ask(REPORTS, "hi"))).toContain("cui");
});

it("takes rows, values and the view from a client that is on a lower network now [B-100]", async () => {
  expect((await world.ask(COVERT, "hi")).json.data).toEqual({ covertReports: [{ name: "GRANITE" }] });
  const before = world.records().length;
  await publish(onNetwork(1), STALE);
  expect(idsOf(await world.ask(REPORTS, "hi"))).toEqual(["open", "known", "cui"]);
  expect((await world.ask(REPORTS, "hi")).text).not.toContain("The known report");
  const refused = await world.ask(COVERT, "hi");
  const unknown = await world.ask("{ coverdReports { name } }", "hi");
  expect([refused.status, refused.text]).toEqual([unknown.status, unknown.text.replaceAll("coverdReports", "covertReports")]);
  const { policy } = await health();
  for (const record of world.records().slice(before)) expect(record).toMatchObject({ policy: policy.version });
});

it("knows nobody of a body that was struck out [B-100]", async () => {
  await publish(struckOut, STALE);
  expect((await world.ask(REPORTS, "hi")).status).toBe(401);
  await publish(OWN_FILES);
  expect(idsOf(await world.ask(REPORTS, "hi"))).toContain("hidden");
});

it("binds to known operations from the next request on, fresh or not, and lets go of them with a fresh snapshot alone (SPEC 19.1)", async () => {
  await publish(bound, STALE);
  const refused = await world.ask(REPORTS, "hi");
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("UNKNOWN_OPERATION")]);
  expect((await world.ask("{ nothing }", "hi")).text).toBe(refused.text);
  await folder.publish({ revision: revision += 1, files: OWN_FILES, ...STALE });
  await until(({ policy }) => policy.revision === revision && policy.isHeld);
  expect((await world.ask(REPORTS, "hi")).status).toBe(403);
  await publish(OWN_FILES);
  expect(idsOf(await world.ask(REPORTS, "hi"))).toContain("hidden");
});

it("gives back only what a fresh snapshot gives back", async () => {
  await publish(onNetwork(1));
  await publish(OWN_FILES, STALE);
  expect((await health()).policy).toMatchObject({ isHeld: true, isFresh: false });
  expect(idsOf(await world.ask(REPORTS, "hi"))).not.toContain("hidden");
  await publish(OWN_FILES);
  expect((await health()).policy).toMatchObject({ isHeld: false, isFresh: true });
  expect(idsOf(await world.ask(REPORTS, "hi"))).toContain("hidden");
});

it("applies of a change that narrows and widens the narrowing at once [B-100]", async () => {
  const { version } = (await health()).policy;
  const held = await publish(mixed, STALE);
  expect(held.policy.isHeld).toBe(true);
  expect(held.policy.version).not.toBe(version);
  expect(idsOf(await world.ask(REPORTS, "hi"))).not.toContain("hidden");
});

it("stays with the last good one beside a file that it refuses; operators are told why, and nobody else anything", async () => {
  const before = { answer: comparable(await world.ask(REPORTS, "lo")), health: await health() };
  expect(before.health).toMatchObject({ status: "ready", problems: [] });
  lines.length = 0;
  await folder.publish({ revision: revision + 1, files: onNetwork(1) }, [folder.officers[0]]);
  const now = await until(({ problems }) => problems.includes("policy"));
  expect(now).toMatchObject({ status: "ready", problems: ["policy"], policy: { revision, isRefused: true, version: before.health.policy.version } });
  expect(now.policy.ageSeconds).toBeGreaterThanOrEqual(24 * 3_600);
  expect(comparable(await world.ask(REPORTS, "lo"))).toBe(before.answer);
  expect(lines.filter((line) => line.includes("1 of 2 persons have signed"))).toHaveLength(1);
  const metrics = await (await fetch(`${world.gateway.adminUrl}/metrics`)).text();
  expect(metrics).toContain(`kanmon_policy_revision ${revision}\n`);
  expect(metrics).toContain("kanmon_policy_refused 1\n");
});

it("does not start on a policy that nobody, or only one, has signed", async () => {
  const other = await makePolicyFolder(NOW);
  try {
    const { snapshotFile: policyFile, signers: policySigners, stateFile } = other.settingsOf("gateway");
    const config = { ...world.config, logLevel: "silent" as const, evidenceDir: dirname(stateFile), policyFile, policySigners };
    for (const officers of [[], [other.officers[0]]]) {
      await other.publish({}, officers);
      await expect(startGateway(config, { judge: judgeHere })).rejects.toThrow(`no policy is in force: ${officers.length} of 2 persons have signed`);
    }
  } finally { other.remove(); }
});
