/**
 * Story: need-to-know on request. An analyst of the Cabinet Intelligence and Research Office knows of a matter of the Ministry of Defense but has no access to it. She asks; the
 * security officer of the ministry decides; the analyst reads what she could not; access ends.
 */
import { codesOf, reasonsOf, startStory, within } from "./story";

const story = startStory();
jest.setTimeout(120_000);

const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);

const REQUEST = `mutation ($input: RequestAccessInput!, $key: String) { defenseRequestAccess(input: $input, key: $key) { id state version owner subject steps { name actor to } } }`;
const GRANT = `mutation ($input: GrantAccessInput!) { defenseGrantAccess(input: $input) { id state version due decision } }`;
const END = `mutation ($input: EndAccessInput!) { defenseEndAccess(input: $input) { id state } }`;
const MATTERS = `{ defenseMatters { nodes { id defense { entry { token } assignments { subject } } } } }`;

interface Matter { readonly id: string; readonly defense: { readonly entry: { readonly token: string | null } | null; readonly assignments: readonly { readonly subject: string }[] | null } | null }
let matter = "";
let request: { readonly id: string; readonly version: number };

const ask = (key?: string, changes: object = {}): ReturnType<ReturnType<typeof story.as>["mutate"]> =>
  story.as("ciro-analyst").mutate(REQUEST, { input: { matter, role: "READER", from: TODAY, until: inDays(90), reason: "Assessment of the (fictional) strait", ...changes }, key });

test("given a matter of which the analyst knows, and which the security officer may grant", async () => {
  const seen = async (persona: string): Promise<readonly Matter[]> => ((await story.as(persona).query(MATTERS)).data as { readonly defenseMatters: { readonly nodes: readonly Matter[] } }).defenseMatters.nodes;
  const known = await seen("ciro-analyst");
  const held = (await seen("mod-security-officer")).filter(({ defense }) => typeof defense?.entry?.token === "string");
  matter = held.find(({ id }) => known.some((other) => other.id === id && typeof other.defense?.entry?.token !== "string"))?.id ?? "";
  expect(matter).toMatch(/^mtr_/);
});

test("a request beyond a year, for a day that is over, or for a matter that nobody knows is refused, each with its reason", async () => {
  expect(reasonsOf(await ask(undefined, { until: inDays(800) }))).toEqual(["LIMIT"]);
  expect(reasonsOf(await ask(undefined, { until: inDays(-1) }))).toEqual(["INPUT"]);
  const unknown = await ask(undefined, { matter: "mtr_0000000000000000" });
  expect([codesOf(unknown), reasonsOf(unknown)]).toEqual([["MINISTRY_REFUSED"], ["STATE"]]);
});

test("when she asks, and her system sends the same request again, there is one request", async () => {
  const first = await ask("story-access-1");
  const again = await ask("story-access-1");
  const { defenseRequestAccess: made } = first.data as { readonly defenseRequestAccess: typeof request };
  expect(made).toMatchObject({ state: "REQUESTED", owner: "JPN.MOD", subject: "ciro-analyst", version: 1 });
  expect(again.data).toEqual(first.data);
  expect(reasonsOf(await ask("story-access-1", { reason: "Something else" }))).toEqual(["KEY"]);
  request = made;
});

test("she cannot grant it herself, nor can an officer of another ministry, who does not even see it", async () => {
  const input = { id: request.id, version: request.version, decision: "No" };
  expect(reasonsOf(await story.as("ciro-analyst").mutate(GRANT, { input }))).toEqual(["ROLE"]);
  expect(reasonsOf(await story.as("meti-security-officer").mutate(GRANT, { input }))).toEqual(["STATE"]);
  const seen = await story.as("meti-security-officer").query(`query ($id: ID!) { defenseAccessRequest(id: $id) { id } }`, { id: request.id });
  expect(seen.data).toEqual({ defenseAccessRequest: null });
});

test("an officer who read an older version is told that it changed", async () => {
  expect(reasonsOf(await story.as("mod-security-officer").mutate(GRANT, { input: { id: request.id, version: 7, decision: "Yes" } }))).toEqual(["STALE"]);
});

test("then the security officer grants it, the analyst is told, and within a second she reads the entry of the matter", async () => {
  const granted = await story.as("mod-security-officer").mutate(GRANT, { input: { id: request.id, version: request.version, decision: "Needed for the assessment" } });
  expect(granted.data).toMatchObject({ defenseGrantAccess: { state: "GRANTED", version: 2, due: inDays(90) } });
  const entry = `query ($id: ID!) { defenseMatters(filter: { id: { eq: $id } }) { nodes { id defense { entry { token } } } } }`;
  const read = await within(1_000, () => story.as("ciro-analyst").query(entry, { id: matter }), ({ data }) => JSON.stringify(data).includes('"token":"'));
  expect(JSON.stringify(read.data)).toContain('"token":"');
  const notices = await story.as("ciro-analyst").query("{ defenseNotices { workflow item kind } }");
  expect(notices.data).toEqual({ defenseNotices: [{ workflow: "AccessRequest", item: request.id, kind: "ACCESS_GRANTED" }] });
});

test("of two officers who decide at once one is first, and granting twice is refused", async () => {
  const second = await story.as("mod-security-officer").mutate(GRANT, { input: { id: request.id, version: 2, decision: "Again" } });
  expect(reasonsOf(second)).toEqual(["STATE"]);
});

test("access that is ended is gone within a second, and the history of the request says who did what", async () => {
  const ended = await story.as("mod-security-officer").mutate(END, { input: { id: request.id, version: 2, reason: "The assessment is done" } });
  expect(ended.data).toMatchObject({ defenseEndAccess: { state: "ENDED" } });
  const entry = `query ($id: ID!) { defenseMatters(filter: { id: { eq: $id } }) { nodes { id defense { entry { token } } } } }`;
  const gone = await within(1_000, () => story.as("ciro-analyst").query(entry, { id: matter }), ({ data }) => !JSON.stringify(data).includes('"token":"'));
  expect(JSON.stringify(gone.data)).not.toContain('"token":"');
  const history = await story.as("ciro-analyst").query(`query ($id: ID!) { defenseAccessRequest(id: $id) { steps { name actor from to } } }`, { id: request.id });
  expect(history.data).toEqual({ defenseAccessRequest: { steps: [
    { name: "REQUEST_ACCESS", actor: "ciro-analyst", from: null, to: "REQUESTED" }, { name: "GRANT_ACCESS", actor: "mod-security-officer", from: "REQUESTED", to: "GRANTED" },
    { name: "END_ACCESS", actor: "mod-security-officer", from: "GRANTED", to: "ENDED" } ] } });
});
