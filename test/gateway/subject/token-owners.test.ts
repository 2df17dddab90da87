/** Who owns which token, remembered over a restart of the gateway: real files beside a real log. */
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EvidenceLog } from "../../../gateway/evidence/log";
import { verifyEvidence } from "../../../gateway/evidence/verify";
import { FeedLines } from "../../../gateway/subject/lines";
import { StandingStore } from "../../../gateway/subject/store";
import { MOST_REMEMBERED, OWNERS_FILE, TokenOwners } from "../../../gateway/subject/token-owners";
import { loadPolicy } from "../../../schema/policy";
import { StandingScript } from "../../support/standing-script";

const { members } = loadPolicy();
const NOW = Date.parse("2026-11-01T03:00:00Z");
const { privateKey: AGREE } = generateKeyPairSync("x25519");
const TOKEN = "PRJ-QS-2026";

let dir = "";
let warnings: string[] = [];
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), "token-owners-")); warnings = []; });
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });

interface Gateway { readonly store: StandingStore; readonly stop: () => Promise<void> }
type KeeperOf = (org: string) => string | undefined;

/** What a gateway has of standing, put together as at its start. */
async function start({ ministries = ["defense", "economy", "police"], keeperOf = members.keeperOf, agree = AGREE, warn = (problem: string) => { warnings.push(problem); } }: { readonly ministries?: readonly string[]; readonly keeperOf?: KeeperOf; readonly agree?: typeof AGREE; readonly warn?: (problem: string) => void } = {}): Promise<Gateway> {
  const evidence = new EvidenceLog({ dir, clock: () => NOW });
  const record = (): Promise<void> => evidence.append(() => ({ kind: "REFUSAL", txn: "t", at: "now" })).durable;
  await record();
  try {
    const owners = new TokenOwners({ dir, evidence, agree, warn, pause: 0 });
    const store = new StandingStore({ ministries, keeperOf, clock: () => NOW, warn, remembered: owners });
    owners.follow(() => store.heardTokens());
    return { store, stop: async () => { await owners.stop(); await record(); await evidence.close(); } };
  } catch (error) {
    await evidence.close();
    throw error;
  }
}

/** A whole snapshot with a sign of life. */
function hear({ store }: Gateway, ministry: string, statement: Record<string, unknown> = {}): void {
  const script = new StandingScript({ ministry, revision: 1, at: NOW, tokens: [], vocabulary: [], subjects: [], eligibilities: [], assignments: [], roles: [], facilities: [], attestations: [], ...statement });
  const lines = new FeedLines(store, ministry, undefined);
  for (const line of [...script.snapshot(), script.alive(NOW)]) lines.take(line);
}
const stated = (issuer: string, ...subjects: readonly string[]) => ({ tokens: [{ token: TOKEN, issuer }], assignments: subjects.map((subject) => ({ subject, token: TOKEN, role: "READER", from: "2026-01-01", until: "2027-03-31", grantedBy: issuer, reason: "r" })) });
const tokensOf = ({ store }: Gateway, subject: string): readonly string[] => store.partsOf(subject).flatMap(({ assignments }) => assignments.map(({ token }) => token));

/** A gateway that has heard everybody, and is over. */
async function live(): Promise<void> {
  const gateway = await start();
  hear(gateway, "economy", stated("JPN.METI", "reader"));
  hear(gateway, "defense");
  expect(tokensOf(gateway, "reader")).toEqual([TOKEN]);
  await gateway.stop();
}
const file = (): string => join(dir, OWNERS_FILE);
const read = (): string => readFileSync(file(), "utf8");

describe("after a restart", () => {
  it("another ministry's claim of a token that is remembered as its owner's gives nobody anything, although the owner is not heard yet", async () => {
    await live();
    // The attack: the owner is down while the gateway starts, and the other one says that the token is its own and that its person is assigned to it.
    const gateway = await start();
    hear(gateway, "defense", stated("JPN.MOD", "intruder"));
    hear(gateway, "police");
    expect(tokensOf(gateway, "intruder")).toEqual([]);
    expect(warnings).toEqual(["a token claimed by defense and economy is void"]);
    hear(gateway, "economy", stated("JPN.METI", "reader"));
    expect([tokensOf(gateway, "intruder"), tokensOf(gateway, "reader")]).toEqual([[], []]);
    hear(gateway, "defense");
    expect([tokensOf(gateway, "intruder"), tokensOf(gateway, "reader")]).toEqual([[], [TOKEN]]);
    await gateway.stop();
  });

  it("and so after a second restart in which the owner was never heard, or not in the registry", async () => {
    await live();
    const second = await start({ ministries: ["defense"] });
    hear(second, "defense", stated("JPN.MOD", "intruder"));
    expect(tokensOf(second, "intruder")).toEqual([]);
    await second.stop();
    const third = await start();
    hear(third, "defense", stated("JPN.MOD", "intruder"));
    expect(tokensOf(third, "intruder")).toEqual([]);
    await third.stop();
  });

  it("one ministry that is down stops nobody else: tokens that it never claimed count as they are heard", async () => {
    await live();
    const gateway = await start();
    const other = { token: "MOD-7", issuer: "JPN.MOD" };
    hear(gateway, "defense", { tokens: [other], assignments: [{ subject: "ann", token: "MOD-7", role: "READER", from: "2026-01-01", until: "2027-03-31", grantedBy: "JPN.MOD", reason: "r" }] });
    expect(tokensOf(gateway, "ann")).toEqual(["MOD-7"]);
    await gateway.stop();
  });

  it("the claim counts once the owner is heard and claims the token no more, or the policy has its body kept by the other", async () => {
    await live();
    const gateway = await start();
    hear(gateway, "defense", stated("JPN.MOD", "successor"));
    const before = gateway.store.revisionOf("successor");
    hear(gateway, "economy");
    expect([tokensOf(gateway, "successor"), gateway.store.revisionOf("successor") === before]).toEqual([[TOKEN], false]);
    await gateway.stop();
    const moved = await start({ keeperOf: (org) => (org === "JPN.METI" ? "police" : members.keeperOf(org)) });
    hear(moved, "police", stated("JPN.METI", "successor"));
    expect(tokensOf(moved, "successor")).toEqual([]);
    hear(moved, "defense");
    expect(tokensOf(moved, "successor")).toEqual([TOKEN]);
    await moved.stop();
  });

  it("a token that came or went with one event is remembered so", async () => {
    await live();
    const gateway = await start();
    for (const ministry of ["economy", "defense"]) hear(gateway, ministry);
    gateway.store.apply("economy", 1, { list: "tokens", subject: "", key: "METI-9", entry: { issuer: "JPN.METI" } });
    await gateway.stop();
    const next = await start();
    hear(next, "defense", { ...stated("JPN.MOD", "ann"), tokens: [{ token: TOKEN, issuer: "JPN.MOD" }, { token: "METI-9", issuer: "JPN.MOD" }] });
    expect([tokensOf(next, "ann"), warnings]).toEqual([[TOKEN], ["a token claimed by defense and economy is void"]]);
    await next.stop();
  });

  it("a gateway that was never started before takes claims as they come, as there is nobody to remember", async () => {
    const gateway = await start();
    expect(existsSync(file())).toBe(false);
    hear(gateway, "defense", stated("JPN.MOD", "ann"));
    expect(tokensOf(gateway, "ann")).toEqual([TOKEN]);
    await gateway.stop();
  });
});

describe("the file", () => {
  it("holds no token, is its owner's alone to read, and leaves the evidence whole", async () => {
    await live();
    expect(read()).not.toMatch(/PRJ|QS-2026/);
    expect(JSON.parse(read())).toMatchObject({ format: "kanmon-token-owners/1", serial: expect.any(Number) as number, owners: { economy: { "JPN.METI": expect.stringMatching(/^[\w-]{22}$/) as string }, defense: {} } });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect((await verifyEvidence(dir)).ok).toBe(true);
  });

  it.each<readonly [string, RegExp, () => void]>([
    ["a changed owner", /was changed/, () => { writeFileSync(file(), read().replace("JPN.METI", "JPN.MOD")); }],
    ["a token less", /was changed/, () => { writeFileSync(file(), read().replace(/"JPN.METI":"[\w-]+"/, "\"JPN.METI\":\"\"")); }],
    ["a MAC less", /was changed/, () => { writeFileSync(file(), read().replace(/,?"mac":"[\w-]+"/, "").replace("{,", "{")); }],
    ["half of it", /is not what was written/, () => { writeFileSync(file(), read().slice(0, 40)); }],
    ["nothing", /is missing/, () => { rmSync(file()); }],
  ])("refuses the start with %s in its place, and names no token", async (_name, refusal, spoil) => {
    await live();
    spoil();
    const refused = await start().then(() => "started", String);
    expect(refused).toMatch(refusal);
    expect(refused).not.toContain(TOKEN);
  });

  it("refuses the start with an earlier one in its place", async () => {
    await live();
    writeFileSync(join(dir, "earlier"), read());
    const gateway = await start();
    hear(gateway, "economy", { tokens: [{ token: "METI-9", issuer: "JPN.METI" }] });
    await gateway.stop();
    renameSync(join(dir, "earlier"), file());
    await expect(start()).rejects.toThrow(/is older than the head/);
  });

  it("refuses the start with that of another log, or under other keys", async () => {
    await live();
    const foreign = read();
    rmSync(dir, { recursive: true });
    await (await start()).stop();
    writeFileSync(file(), foreign);
    await expect(start()).rejects.toThrow(/belongs to another evidence log/);
    rmSync(dir, { recursive: true });
    await live();
    await expect(start({ agree: generateKeyPairSync("x25519").privateKey })).rejects.toThrow(/other keys/);
  });

  it("keeps the place of one ministry's tokens, however many another states", async () => {
    const flood = Array.from({ length: MOST_REMEMBERED + 1 }, (_, at) => ({ token: `MOD-${at}`, issuer: "JPN.MOD" }));
    const gateway = await start();
    hear(gateway, "defense", { tokens: flood });
    hear(gateway, "economy", stated("JPN.METI"));
    await gateway.stop();
    expect(warnings).toEqual([`defense states ${MOST_REMEMBERED + 1} tokens; no more than ${MOST_REMEMBERED} are remembered as its own over a restart`]);
    const { owners } = JSON.parse(read()) as { readonly owners: Readonly<Record<string, Readonly<Record<string, string>>>> };
    expect([owners["defense"]?.["JPN.MOD"]?.length, owners["economy"]?.["JPN.METI"]?.length]).toEqual([22 * MOST_REMEMBERED, 22]);
  }, 60_000);

  it("is not written again where nothing is new, and what cannot be written is told", async () => {
    await live();
    const written = read();
    const again = await start();
    hear(again, "economy", stated("JPN.METI", "reader"));
    hear(again, "defense");
    await again.stop();
    expect(read()).toBe(written);
    const gateway = await start();
    rmSync(dir, { recursive: true });
    hear(gateway, "economy");
    await gateway.stop().catch(() => undefined);
    expect(warnings.some((problem) => problem.startsWith("who owns which token could not be remembered"))).toBe(true);
  });
});
