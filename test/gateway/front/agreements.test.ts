/**
 * Agreements as the foreign ministry states them, through a whole gateway over HTTP (SPEC 3.14, G8): a liaison, an edition made for a partner, a stream that is open, and what a ministry is told of the
 * asker. Nobody else's statement changes anything.
 */
import { setTimeout as wait } from "node:timers/promises";
import { startWorld, type World } from "./labelled-federation";

jest.setTimeout(60_000);
const AGREEMENT = "JPN-USA-2007";
const REPORTS = "{ defenseReports { id title } }";
const TOLD = "subscription { defenseTold { id title } }";
/** How soon it is, on a machine that does nothing else, is measured in test/revocation.integration.test.ts. */
const PATIENCE_MS = 10_000;
let world: World;
let happened = 0;

beforeAll(async () => {
  world = await startWorld({ live: true });
  const { defense, foreign } = world;
  defense.standing = { ...defense.standing, subjects: [...defense.standing["subjects"] as object[], { id: "us", kind: "liaison", nation: "USA", hostOrg: "JPN.MOD", purposes: [] }] };
  foreign.standing = { ...foreign.standing, attestations: [{ subject: "us", agreementId: AGREEMENT, attestedLevel: 3 }] };
  for (const ministry of [defense, foreign]) ministry.announce();
  await sees("us", {}, ["open", "cui"]);
});
afterAll(async () => { await world.stop(); });
beforeEach(async () => { state(world.foreign, []); state(world.economy, []); await sees("us", {}, ["open", "cui"]); });

/** A ministry states these agreements, and no others. */
function state(ministry: World["foreign"], agreements: readonly { readonly agreement: string; readonly status: string }[]): void {
  ministry.standing = { ...ministry.standing, agreements };
  ministry.announce();
}
const suspend = (ministry: World["foreign"]): void => { state(ministry, [{ agreement: AGREEMENT, status: "SUSPENDED" }]); };

async function idsFor(who: string, headers: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { json } = await world.ask(REPORTS, who, { headers });
  return ((json.data?.["defenseReports"] ?? []) as readonly ({ readonly id: string } | null)[]).map((report) => report?.id ?? "");
}
/** Comes to it. */
async function sees(who: string, headers: Readonly<Record<string, string>>, ids: readonly string[]): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await idsFor(who, headers);
    if (found.join() === ids.join() || performance.now() > until) { expect(found).toEqual(ids); return; }
    await wait(10);
  }
}
function subjectTold(): Readonly<Record<string, unknown>> {
  const jws = String(world.defense.calls.filter(({ method }) => method === "POST").at(-1)?.headers["kanmon-statement"]);
  return (JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()) as { readonly subject: Readonly<Record<string, unknown>> }).subject;
}

it("stops a liaison, tells the ministry so, and lets them go on when it is active again (G8, G10)", async () => {
  expect("suspendedAgreements" in subjectTold()).toBe(false);
  suspend(world.foreign);
  await sees("us", {}, ["open"]);
  expect(subjectTold()).toMatchObject({ id: "us", agreementId: AGREEMENT, suspendedAgreements: [AGREEMENT] });
  state(world.foreign, [{ agreement: AGREEMENT, status: "ACTIVE" }]);
  await sees("us", {}, ["open", "cui"]);
});

it("keeps it out of what an official makes for the partner, and leaves what they read themselves (G8)", async () => {
  const forUsa = { "kanmon-release-to": "USA" };
  expect(await idsFor("hi", forUsa)).toEqual(["open", "cui"]);
  const own = await idsFor("hi", {});
  suspend(world.foreign);
  await sees("hi", forUsa, ["open"]);
  expect(await idsFor("hi", {})).toEqual(own);
  state(world.foreign, []);
  await sees("hi", forUsa, ["open", "cui"]);
});

it("decides every event of an open stream by it: none shows what is suspended, and the next one after it is active again does (G8)", async () => {
  const leaving = new AbortController();
  const response = await fetch(world.gateway.url, {
    method: "POST", signal: leaving.signal, body: JSON.stringify({ query: TOLD }), headers: { "content-type": "application/json", accept: "text/event-stream", authorization: `Bearer ${await world.token("us")}` },
  });
  let text = "";
  void (async () => { for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString(); })().catch(() => undefined);
  const next = async (): Promise<string> => {
    const before = text.length;
    world.defense.happen(happened += 1);
    for (const until = performance.now() + PATIENCE_MS; !text.slice(before).includes("\n\n") && performance.now() < until;) await wait(10);
    return text.slice(before);
  };
  try {
    expect([response.status, await next()]).toEqual([200, expect.stringContaining("A controlled report")]);
    suspend(world.foreign);
    await sees("us", {}, ["open"]);
    const suspended = await next();
    expect(suspended).toContain("An open report");
    expect(suspended).not.toContain("controlled");
    state(world.foreign, [{ agreement: AGREEMENT, status: "ACTIVE" }]);
    await sees("us", {}, ["open", "cui"]);
    expect(await next()).toContain("A controlled report");
  } finally { leaving.abort(); }
});

it("does not listen to any other ministry: neither does its suspension stop anybody, nor does its word bring back what is suspended", async () => {
  suspend(world.economy);
  await wait(300);
  await sees("us", {}, ["open", "cui"]);
  suspend(world.foreign);
  await sees("us", {}, ["open"]);
  state(world.economy, [{ agreement: AGREEMENT, status: "ACTIVE" }]);
  await wait(300);
  await sees("us", {}, ["open"]);
});

it("has nobody under any agreement once the foreign ministry states something that is not understood, until it states everything anew", async () => {
  world.foreign.standing = { ...world.foreign.standing, agreements: [{ agreement: AGREEMENT, status: "PAUSED" }] };
  world.foreign.announce();
  await sees("us", {}, ["open"]);
  await sees("hi", { "kanmon-release-to": "USA" }, ["open"]);
  state(world.foreign, []);
  for (const until = performance.now() + 10_000; (await idsFor("us", {})).length < 2 && performance.now() < until;) await wait(50);
  await sees("us", {}, ["open", "cui"]);
});
