/** Policy snapshots: what is refused when one is read, and which policy is in force after each. */
import { decide, type DecisionContext, loadPolicy, type Policy, type PolicyFiles, type Subject } from "../../../schema/policy";
import { readSigners, signDocument } from "../../../schema/signed";
import { canonical, type LabelCore } from "../../../schema/label";
import { makePayload, openSnapshot, PolicySource, readPayload, SNAPSHOT_TYPE } from "../../../schema/snapshot";
import { DAY, listOf, makeOfficer, makePolicyFolder, OWN_FILES, type PolicyFolder } from "../../support/policy-files";
import { type Draft, draftOf } from "../policy/arbitrary-policy";

const NOW = Date.UTC(2026, 10, 11, 3);
const filesWith = (change: (draft: Draft) => void): PolicyFiles => { const draft = draftOf(); change(draft); return draft; };
const setUsa = (draft: Draft, status: string): void => { for (const entry of draft.agreements.agreements) if (entry.nation === "USA") entry.status = status; };
const suspended = filesWith((draft) => { setUsa(draft, "SUSPENDED"); });
const wider = filesWith((draft) => { draft.policy.implications.SDS.push("NPS"); });
const mixed = filesWith((draft) => { setUsa(draft, "SUSPENDED"); draft.policy.implications.SDS.push("NPS"); });

const liaison: Subject = { id: "L", kind: "liaison", nation: "USA", hostOrg: "JPN.MOD", agreementId: "JPN-USA-2007", attestedLevel: 4, eligibilities: [], assignments: [], roles: [], purposes: [] };
const official: Subject = {
  id: "O", kind: "official", nation: "JPN", org: "JPN.MOD", assignments: [], roles: [], purposes: [],
  eligibilities: [{ regime: "SDS", maxLevel: 4, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: ["JPN"], notifiedOn: "2026-01-01", validUntil: "2030-12-31", status: "ACTIVE", consentId: "C" }],
};
const ctx: DecisionContext = { now: NOW, zoneLevel: 4 };
const label = (regime: "DOC" | "NPS", rel: readonly string[]): LabelCore => canonical({ level: 2, regimes: [regime], need: [], owners: { "JPN.MOD": { rel, disp: rel, dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] });
/** `agreement`: the USA get what the agreement lets out. `implied`: an SDS eligibility covers NPS. */
const permits = (policy: Policy): { readonly agreement: boolean; readonly implied: boolean } => ({
  agreement: decide(policy, liaison, "RETRIEVE", label("DOC", ["JPN", "USA"]), ctx).outcome === "permit", implied: decide(policy, official, "RETRIEVE", label("NPS", ["JPN"]), ctx).outcome === "permit",
});

let folder: PolicyFolder;
let now: number;
let told: string[];
const sources: PolicySource[] = [];
const open = async (signers: unknown = listOf(folder.officers)): Promise<PolicySource> => {
  const source = await PolicySource.open({ ...folder.settingsOf("one"), signers, shiftDays: 0, clock: () => now, tell: (event, detail) => { told.push(`${event} ${JSON.stringify(detail)}`); } });
  sources.push(source);
  return source;
};
beforeEach(async () => { now = NOW; told = []; folder = await makePolicyFolder(NOW); });
afterEach(() => { for (const source of sources.splice(0)) source.stop(); folder.remove(); });
const stale = { issuedAt: NOW - 40 * DAY, freshUntil: NOW - 10 * DAY };

describe("a snapshot is read", () => {
  const content = { revision: 1, issuedAt: NOW, freshUntil: NOW + DAY, files: OWN_FILES };
  const payload = makePayload(content) as Record<string, unknown>;
  test("as it was made, whoever of the officers signed first", async () => {
    const signers = readSigners(listOf(folder.officers));
    const [first, second] = await Promise.all([folder.officers, [...folder.officers].reverse()].map(async (keys) => openSnapshot(await signDocument(SNAPSHOT_TYPE, payload, keys), signers)));
    expect(first).toMatchObject({ ...content, by: ["first", "second"] });
    expect(second?.digest).toBe(first?.digest);
    expect(loadPolicy(first?.files).version).toBe(loadPolicy().version);
  });
  test.each<readonly [string, Record<string, unknown>, string]>([
    ["another format", { format: "kanmon-policy/2" }, "format: must be"],
    ["an unknown key", { comment: "" }, "comment: unknown key"],
    ["no revision", { revision: 0 }, "revision: must be"],
    ["a revision that is no whole number", { revision: 1.5 }, "revision: must be"],
    ["a day instead of an instant", { issuedAt: "2026-11-11" }, "issuedAt: must be an instant"],
    ["an end before the beginning", { freshUntil: payload["issuedAt"] }, "freshUntil: must lie after"],
    ["an end that is too far away", { freshUntil: new Date(NOW + 32 * DAY).toISOString() }, "freshUntil: must lie after"],
    ["a file missing", { clients: undefined }, "clients: missing"],
  ])("and refused with %s", (_, change, problem) => {
    expect(() => readPayload(JSON.parse(JSON.stringify({ ...payload, ...change })))).toThrow(problem);
  });
});

describe("in force is", () => {
  test("nothing, when the first snapshot is not fresh, or one officer has signed it, or somebody else", async () => {
    await folder.publish(stale);
    await expect(open()).rejects.toThrow("is not fresh, and no policy is in force");
    await folder.publish({}, [folder.officers[0]]);
    await expect(open()).rejects.toThrow("1 of 2 persons have signed");
    await folder.publish({}, [folder.officers[0], makeOfficer("second-1")]);
    await expect(open()).rejects.toThrow("does not hold");
  });
  test("nothing, when the files make no policy; the path of the mistake is named", async () => {
    await folder.publish({ files: filesWith((draft) => { (draft.policy as { extra?: number }).extra = 1; }) });
    await expect(open()).rejects.toThrow("policy.extra");
  });
  test("nothing, when fewer than two persons may sign", async () => {
    await expect(open(listOf([folder.officers[0], makeOfficer("first-2")]))).rejects.toThrow("fewer than two persons");
  });
  test("a narrowing at once, even of a snapshot that is not fresh [B-100]", async () => {
    const source = await open();
    expect(permits(source.current())).toEqual({ agreement: true, implied: false });
    await folder.publish({ revision: 2, files: suspended, ...stale });
    await source.look();
    expect(permits(source.current()).agreement).toBe(false);
    expect(source.current().version).toBe(loadPolicy(suspended).version);
    expect(source.status()).toMatchObject({ revision: 2, isHeld: false, isFresh: false, isRefused: false });
  });
  test("a widening only of a snapshot that is fresh", async () => {
    const source = await open();
    const before = source.current();
    await folder.publish({ revision: 2, files: wider, ...stale });
    await source.look();
    expect(permits(source.current()).implied).toBe(false);
    expect(source.current()).toBe(before);
    expect(source.status()).toMatchObject({ revision: 2, isHeld: true });
    await folder.publish({ revision: 3, files: wider });
    await source.look();
    expect(permits(source.current()).implied).toBe(true);
    expect(source.status()).toMatchObject({ revision: 3, isHeld: false });
  });
  test("of a change that does both and is not fresh, the narrowing part alone, until a fresh one comes [B-100]", async () => {
    const source = await open();
    await folder.publish({ revision: 2, files: mixed, ...stale });
    await source.look();
    expect(permits(source.current())).toEqual({ agreement: false, implied: false });
    // What the second takes back is not given back by a third that is not fresh either.
    await folder.publish({ revision: 3, files: wider, ...stale });
    await source.look();
    expect(permits(source.current())).toEqual({ agreement: false, implied: false });
    await folder.publish({ revision: 4, files: wider });
    await source.look();
    expect(permits(source.current())).toEqual({ agreement: true, implied: true });
  });
  test("a snapshot from the future of a clock that is behind as soon as the clock reaches it", async () => {
    const source = await open();
    await folder.publish({ revision: 2, files: wider, issuedAt: NOW + DAY });
    await source.look();
    expect([permits(source.current()).implied, source.status().isHeld]).toEqual([false, true]);
    now += DAY;
    await source.look();
    expect([permits(source.current()).implied, source.status().isHeld]).toEqual([true, false]);
  });
  test("never an older revision, nor another content under the same one, also after a restart", async () => {
    await folder.publish({ revision: 5, files: suspended });
    const source = await open();
    for (const content of [{ revision: 4 }, { revision: 5 }]) {
      await folder.publish(content);
      await source.look();
      expect(source.status()).toMatchObject({ revision: 5, isRefused: true });
      expect(permits((await open()).current()).agreement).toBe(false);
    }
    expect(told.filter((line) => line.includes("refused"))).toEqual(expect.arrayContaining([expect.stringContaining("revision 4 is older than 5"), expect.stringContaining("in use with another content")]));
  });
  test("what was in force before, after a restart beside a file that is gone, torn or badly signed; the operator is told once", async () => {
    await folder.publish({ revision: 2, files: suspended });
    const { version } = (await open()).current();
    for (const spoil of ["", "{\"payload\":", JSON.stringify({ payload: "e30", signatures: [] })]) {
      folder.write(spoil);
      told = [];
      const source = await open();
      await source.look();
      expect(source.current().version).toBe(version);
      expect(told).toHaveLength(1);
      expect(source.status().isRefused).toBe(true);
    }
  });
  test("the narrowed policy, after a restart in between", async () => {
    await open();
    await folder.publish({ revision: 2, files: mixed, ...stale });
    const before = await (async () => { const source = await open(); return source.current(); })();
    const source = await open();
    expect(source.current().version).toBe(before.version);
    expect(permits(source.current())).toEqual({ agreement: false, implied: false });
    expect(source.status()).toMatchObject({ revision: 2, isHeld: true });
  });
  test("nothing that an officer signed who is no longer listed; the revision stays taken", async () => {
    await folder.publish({ revision: 7 });
    await open();
    const replacement = makeOfficer("third-1");
    const listed = listOf([folder.officers[0], replacement]);
    await expect(open(listed)).rejects.toThrow("not listed");
    await folder.publish({ revision: 6 }, [folder.officers[0], replacement]);
    await expect(open(listed)).rejects.toThrow("revision 6 is older than 7");
    await folder.publish({ revision: 8 }, [folder.officers[0], replacement]);
    expect((await open(listed)).status().revision).toBe(8);
  });
  test("told to whoever follows, again until it is applied", async () => {
    const source = await open();
    const seen: string[] = [];
    let fails = true;
    source.follow((policy) => { if (fails) throw new Error("not now"); seen.push(policy.version); });
    await folder.publish({ revision: 2, files: suspended });
    await source.look();
    expect([seen, source.status().isRefused]).toEqual([[], true]);
    fails = false;
    await source.look();
    expect([seen, source.status().isRefused]).toEqual([[loadPolicy(suspended).version], false]);
    await source.look();
    expect(seen).toHaveLength(1);
  });
  test("of a known age", async () => {
    const source = await open();
    now += 3 * DAY;
    expect(source.status()).toMatchObject({ age: 4 * DAY, isFresh: true });
    now += 40 * DAY;
    await source.look();
    expect(source.status()).toMatchObject({ age: 44 * DAY, isFresh: false, isRefused: false });
    expect(permits(source.current()).agreement).toBe(true);
  });
  test("followed within about a second of the file", async () => {
    const source = await open();
    const applied = new Promise<string>((resolve) => { source.follow((policy) => { resolve(policy.version); }); });
    await folder.publish({ revision: 2, files: suspended });
    expect(await applied).toBe(loadPolicy(suspended).version);
  });
});
