import { randomUUID } from "node:crypto";
import { ELSEWHERE, startWorld, type World } from "./labelled-federation";

const SHARE = 4;
const FLOOD = 160;
const QUERY = "{ defenseReports { id } }";
let world: World;
beforeAll(async () => { world = await startWorld({ limits: { share: SHARE, deadline: 60_000 }, elsewhere: [{ body: "JPN.MOD" }] }); begun = Date.now(); }, 60_000);
afterAll(() => world.stop());

/** Holds what the ministry is asked on behalf of `hi`. */
function hold(): { readonly open: () => number; readonly release: () => void } {
  let release: () => void = () => undefined;
  const held = new Promise<void>((done) => { release = done; });
  let open = 0;
  world.defense.interfere = async (request) => {
    if (!String(statementOf(request.headers["kanmon-statement"])).includes("\"hi\"")) return false;
    open += 1;
    await held;
    return false;
  };
  return { open: () => open, release };
}
const send = (token: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> => fetch(world.gateway.url, { method: "POST", body: JSON.stringify({ query: QUERY }), headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers } });
/** What the evidence has on refusals of a flood by somebody. */
const refusalsOf = (who: string): ReturnType<World["records"]> => world.records().filter(({ errors, subject }) => errors?.includes("TOO_MANY_REQUESTS") === true && subject === who);
let begun = 0;
/** Sent to `hi`, in all tests. */
let refusals = 0;

/** Only then there is too much of it, however slowly it arrives. */
async function oneRefused(sent: readonly Promise<Response>[]): Promise<void> {
  await Promise.any(sent.map(async (answer) => { if ((await answer).status !== 429) throw new Error("answered"); }));
}

/** Sends the flood; somebody else is answered while no more of it than a share is worked on, and all of it is answered or refused and recorded in the end. */
async function flood(tokens: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<readonly Response[]> {
  const { open, release } = hold();
  const sent = tokens.map((token) => send(token, headers));
  const other = await world.ask(QUERY, "lo");
  expect([other.status, other.json.data === undefined]).toEqual([200, false]);
  // Also with a token that nobody has seen.
  expect((await send(await world.token("lo", undefined, undefined, randomUUID()))).status).toBe(200);
  await oneRefused(sent);
  expect(open()).toBeLessThanOrEqual(SHARE);
  release();
  const answers = await Promise.all(sent);
  const refused = answers.filter(({ status }) => status === 429);
  // 400: what is no subscription is not streamed.
  expect([answers.filter(({ status }) => status === 200 || status === 400).length + refused.length, refused.length > 0]).toEqual([tokens.length, true]);
  refusals += refused.length;
  // The first of it is on disk before it is sent.
  expect(refusalsOf("hi").length).toBeGreaterThan(0);
  return refused;
}

it("leaves others their answers while one asker floods with more requests than a ministry has connections, and refuses what is too much [B-109]", async () => {
  for (const who of ["hi", "lo"]) expect((await world.ask(QUERY, who)).status).toBe(200);
  const token = await world.token("hi");
  const [refused] = await flood(Array.from({ length: FLOOD }, () => token));
  expect(refused?.headers.get("retry-after")).toBe("1");
  expect(await refused?.json()).toEqual({ errors: [{ message: "Too many of your requests wait to be answered.", extensions: { code: "TOO_MANY_REQUESTS" } }] });
}, 60_000);

it("counts what comes with tokens never seen before as their asker's, however many tokens that are [B-109]", async () => {
  await flood(await Promise.all(Array.from({ length: FLOOD }, () => world.token("hi", undefined, undefined, randomUUID()))));
}, 60_000);

it("counts what two issuers issue to one person as one person's, once both were found to speak for them [B-109]", async () => {
  for (const issuer of [undefined, ELSEWHERE]) expect((await world.ask(QUERY, "hi", issuer === undefined ? {} : { issuer })).status).toBe(200);
  const [here, there] = [await world.token("hi"), await world.token("hi", undefined, ELSEWHERE)];
  await flood(Array.from({ length: FLOOD }, (_, at) => (at % 2 === 0 ? here : there)));
}, 60_000);

it("counts a question that is asked as if it were a stream like any other [B-109]", async () => {
  const token = await world.token("hi");
  await flood(Array.from({ length: FLOOD }, () => token), { accept: "text/event-stream, application/json" });
}, 60_000);

it("counts what is asked at other paths too [B-109]", async () => {
  const { release } = hold();
  const token = await world.token("hi");
  const sent = Array.from({ length: FLOOD }, () => send(token));
  await oneRefused(sent);
  const schemas = await Promise.all(Array.from({ length: 8 }, () => fetch(new URL("/schema", world.gateway.url), { headers: { authorization: `Bearer ${token}`, connection: "close" } })));
  release();
  refusals += schemas.length + (await Promise.all(sent)).filter(({ status }) => status === 429).length;
  expect(new Set(schemas.map(({ status }) => status))).toEqual(new Set([429]));
}, 60_000);

it("records the first refusals of those whom nobody knows by themselves and counts the others, so that nobody fills the evidence without a token [B-109]", async () => {
  const before = world.records().length;
  const answers = await Promise.all(Array.from({ length: 300 }, () => send("nothing")));
  expect(answers.every(({ status }) => status === 401)).toBe(true);
  const unknown = world.records().slice(before).filter(({ errors, subject }) => errors?.includes("UNAUTHENTICATED") === true && subject === undefined);
  expect(unknown.filter(({ kind }) => kind === "REFUSAL").length).toBeGreaterThan(0);
  // A minute may end among them, and begin another flood.
  expect(unknown.length).toBeLessThanOrEqual(2 * 61);
  expect((await world.ask(QUERY, "lo")).status).toBe(200);
}, 60_000);

it("has few records of all that, two in a minute at most, whose numbers add up to every refusal that was sent [B-109]", async () => {
  await world.gateway.stop();
  const records = refusalsOf("hi");
  expect(refusals).toBeGreaterThan(8);
  expect(records.reduce((sum, { times = 1 }) => sum + times, 0)).toBe(refusals);
  expect(records.length).toBeLessThanOrEqual(2 * (Math.floor((Date.now() - begun) / 60_000) + 1));
}, 60_000);

/** What a signed statement says; who signed it is not asked here. */
function statementOf(header: unknown): string { return Buffer.from(String(header).split(".")[1] ?? "", "base64url").toString("utf8"); }
