/**
 * Streams of operations that are taken off the list while they are open, of askers whom the list binds meanwhile, and of what no longer fits a view (SPEC 8.8, 19.4): they end at once, with the refusal that whoever asked now would
 * get. A real gateway follows its bundle and policy files. That no sign of life is waited for is seen in known-operations.test.ts.
 */
import { loadPolicy, type PolicyFiles } from "../../../schema/policy";
import { composeSupergraph } from "../../../schema/compose";
import { printOperation } from "../../../gateway/bundle/known-operations";
import { draftOf } from "../../schema/policy/arbitrary-policy";
import { subgraph } from "../../schema/compose/harness";
import { makePolicyFolder, OWN_FILES, type PolicyFolder } from "../../support/policy-files";
import { contentOf, makeReleaseKey, put, signed } from "../../support/signed-bundle";
import { DEFENSE, ECONOMY, LIVE, startWorld, type World } from "./labelled-federation";

const release = makeReleaseKey();
const bundle = composeSupergraph([subgraph("defense", `${DEFENSE}\n${LIVE}`), subgraph("economy", ECONOMY)]);
const BOUND: PolicyFiles = (() => { const draft = draftOf(); draft.policy.knownOperations.orgs.push("JPN.MOD"); return draft; })();
const lowered = (files: PolicyFiles): PolicyFiles => { const draft = draftOf(files); for (const client of draft.clients.clients) if (client.id === "kasumi-1-z4") client.zoneLevel = 1; return draft; };
const [LOWER, LOWER_AND_FREE] = [lowered(BOUND), lowered(OWN_FILES)];
const COVERT = printOperation("subscription Covert { defenseTold { covertTitle } }");
const TOLD = printOperation("subscription Told { defenseTold { id } }");
const TITLES = printOperation("subscription Titles { defenseTold { title } }");
const REFUSAL = '{"errors":[{"message":"This is none of the operations that are known for you.","extensions":{"code":"UNKNOWN_OPERATION"}}]}';
const LIMIT_MS = 60_000;

let folder: PolicyFolder;
let world: World;
let revision = 1;
let serial = 1;
beforeAll(async () => {
  folder = await makePolicyFolder(Date.now());
  world = await startWorld({ live: true, releaseKey: release, policy: folder.settingsOf("gateway") });
}, LIMIT_MS);
afterAll(async () => { await world.stop(); folder.remove(); });

interface Health { readonly bundle: { readonly serial: number }; readonly policy: { readonly revision: number; readonly isApplied: boolean } }
async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LIMIT_MS / 2; !await holds(); await new Promise((done) => { setTimeout(done, 20); })) if (Date.now() > end) throw new Error(`it did not come to it: ${what}`);
}
const health = async (): Promise<Health> => (await (await fetch(`${world.gateway.adminUrl}/health/ready`)).json()) as Health;
async function list(...operations: readonly string[]): Promise<void> {
  const policies = [OWN_FILES, BOUND, LOWER, LOWER_AND_FREE].map((files) => loadPolicy(files).version);
  put(world.config.bundleFile, await signed({ ...contentOf(bundle), operations, policies }, [release], { serial: serial += 1 }));
  await until("the list is in force", async () => (await health()).bundle.serial === serial);
}
async function bind(files: PolicyFiles): Promise<void> {
  await folder.publish({ revision: revision += 1, files });
  await until("the policy is in force", async () => { const { policy } = await health(); return policy.revision === revision && policy.isApplied; });
}

interface Line { text: string; isOver: boolean }
async function follow(query: string): Promise<Line> {
  const response = await fetch(world.gateway.url, { method: "POST", headers: { authorization: `Bearer ${await world.token("hi")}`, "content-type": "application/json", accept: "text/event-stream" }, body: JSON.stringify({ query }) });
  const line = { text: "", isOver: false };
  void (async () => { for await (const chunk of response.body ?? []) line.text += Buffer.from(chunk as Uint8Array).toString(); })().catch(() => undefined).finally(() => { line.isOver = true; });
  await until("the first answer", () => line.text.includes("event: next"));
  expect([response.status, line.text]).toEqual([200, expect.not.stringContaining("errors")]);
  return line;
}
const eventsOf = ({ text }: Line): readonly string[] => text.split("\n\n").filter((event) => event !== "" && event !== ":");
const refusals = (): number => world.records().filter(({ kind, subject, errors }) => kind === "REFUSAL" && subject === "hi" && errors?.includes("UNKNOWN_OPERATION") === true).length;

it("ends the stream of an operation that was taken off the list at once, with the refusal and a record, and leaves those that are on it [B-76]", async () => {
  await list(TOLD, TITLES);
  await bind(BOUND);
  const [told, titles] = [await follow(TOLD), await follow(TITLES)];
  const before = refusals();
  await list(TITLES);
  await until("the stream ends", () => told.isOver);
  expect(eventsOf(told).slice(1)).toEqual([`event: next\ndata: ${REFUSAL}`, "event: complete\ndata: "]);
  expect(refusals()).toBeGreaterThan(before);
  expect(titles.isOver).toBe(false);
  world.defense.happen(100);
  await until("the other stream goes on", () => eventsOf(titles).length === 2);
  expect(eventsOf(titles)[1]).toContain("defenseTold");
  // Whoever comes back is told the same.
  const again = await fetch(world.gateway.url, { method: "POST", headers: { authorization: `Bearer ${await world.token("hi")}`, "content-type": "application/json", accept: "text/event-stream" }, body: JSON.stringify({ query: TOLD }) });
  expect([again.status, await again.text()]).toEqual([403, REFUSAL]);
  await list();
  await until("that ends with the list", () => titles.isOver);
}, 2 * LIMIT_MS);

it("ends the streams of whom the list binds from now on, and of nobody who asks what is on it [B-76]", async () => {
  await bind(OWN_FILES);
  await list(TITLES);
  const [told, titles] = [await follow(TOLD), await follow(TITLES)];
  await bind(BOUND);
  await until("the stream ends", () => told.isOver);
  expect(eventsOf(told).slice(1)).toEqual([`event: next\ndata: ${REFUSAL}`, "event: complete\ndata: "]);
  world.defense.happen(200);
  await until("the other stream goes on", () => eventsOf(titles).length === 2);
}, 2 * LIMIT_MS);

it("ends the stream of a listed operation that does not fit the asker's view any more like that of one that is not listed [B-76]", async () => {
  await list(TOLD, COVERT);
  const [told, covert] = [await follow(TOLD), await follow(COVERT)];
  await bind(LOWER);
  await until("the stream ends", () => covert.isOver);
  expect(eventsOf(covert).slice(1)).toEqual([`event: next\ndata: ${REFUSAL}`, "event: complete\ndata: "]);
  world.defense.happen(300);
  await until("the other stream goes on", () => eventsOf(told).length === 2);
}, 2 * LIMIT_MS);

it("ends the stream of somebody whom no list binds when it does not fit their view any more, as it is refused then [B-76]", async () => {
  await list();
  await bind(OWN_FILES);
  const [told, covert] = [await follow(TOLD), await follow(COVERT)];
  await bind(LOWER_AND_FREE);
  await until("the stream ends", () => covert.isOver);
  const again = await fetch(world.gateway.url, { method: "POST", headers: { authorization: `Bearer ${await world.token("hi")}`, "content-type": "application/json", accept: "text/event-stream" }, body: JSON.stringify({ query: COVERT }) });
  const refusal = await again.text();
  expect([again.status, refusal]).toEqual([400, expect.stringContaining("GRAPHQL_VALIDATION_FAILED")]);
  expect(eventsOf(covert).slice(1)).toEqual([`event: next\ndata: ${refusal}`, "event: complete\ndata: "]);
  expect(told.isOver).toBe(false);
  world.defense.happen(400);
  await until("the other stream goes on", () => eventsOf(told).length === 2);
}, 2 * LIMIT_MS);
