/** Which bundle a gateway runs (SPEC 5.18): every reason to refuse one, what stays in force then, and what a restart remembers. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type BundleContent, openBundle } from "../../../gateway/bundle/document";
import { judgeHere } from "../../../gateway/bundle/judge";
import type { BundleError } from "../../../gateway/bundle/refusal";
import { type Prepare, Release, type ReleaseOptions } from "../../../gateway/bundle/release";
import { type Edition, type EditionParts, Editions } from "../../../gateway/edition";
import { composeSupergraph } from "../../../schema/compose";
import type { Policy } from "../../../schema/policy";
import { readSigners } from "../../../schema/signed";
import { subgraph } from "../../schema/compose/harness";
import { contentOf, makeReleaseKey, put, type ReleaseKey, signed, signersOf } from "../../support/signed-bundle";

const sdl = (more = ""): string => `type Query { reports: [Report!] } type Report @key(fields: "id") { id: ID! title: String ${more} _label: Int! @inaccessible @shareable }`;
const notes = 'type Report @key(fields: "id") { id: ID! note: String _label: Int! @inaccessible @shareable }';
const compose = (more?: string): BundleContent => ({ ...contentOf(composeSupergraph([subgraph("defense", sdl(more)), subgraph("economy", notes)])), policies: ["P-1"] });
const [first, second] = [compose(), compose("added: String")];
const [release, other] = [makeReleaseKey("release"), makeReleaseKey("other")];
/** Wants a feature that nothing here enforces. */
const unfit: BundleContent = { ...second, supergraph: second.supergraph.replace(/^schema\n/, 'schema\n  @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)\n') };

interface Stand { readonly opened: Release; readonly editions: Editions; readonly told: string[]; readonly log: string[]; readonly options: ReleaseOptions; put(text: string): Promise<void>; stop(): Promise<void> }
let folder: string;
let stands: Stand[];
beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-release-")); stands = []; });
afterEach(async () => {
  for (const stand of stands) await stand.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function until(holds: () => boolean): Promise<void> {
  for (let left = 1_500; !holds(); left -= 1) {
    if (left === 0) throw new Error("it did not happen");
    await new Promise((done) => { setTimeout(done, 10); });
  }
}
const policy = (version: string): Policy => ({ version }) as Policy;
const edition = (parts: EditionParts): Edition => ({ ...parts, stations: {} as Edition["stations"], classes: () => 0, end: () => Promise.resolve() });

/** A gateway's release without the rest of the gateway. */
async function start({ text, policyVersion = "P-1", keys = [release], needed = 1, prepare = () => undefined }: { readonly text?: string; readonly policyVersion?: string; readonly keys?: readonly ReleaseKey[]; readonly needed?: number; readonly prepare?: Prepare } = {}): Promise<Stand> {
  const file = path.join(folder, "bundle.json");
  if (text !== undefined) put(file, text);
  const log: string[] = [];
  const options: ReleaseOptions = {
    file, trust: { signers: readSigners(signersOf(keys)), needed }, keptIn: path.join(folder, "evidence"), judgedFile: undefined, judge: judgeHere, clock: () => Date.parse("2026-11-02T00:00:00Z"),
    log: { info: (what) => { log.push(what); }, warn: (what) => { log.push(what); }, note: () => undefined }, interval: 20,
  };
  const opened = await Release.open(options, policyVersion, prepare);
  const editions: Editions = new Editions(edition({ bundle: opened.bundle, operations: opened.operations, policy: policy(policyVersion) }), {
    make: edition, warn: (problem) => { log.push(problem); }, onSwitch: (now, before) => { if (now.policy !== before.policy) void opened.reconsider(); },
  });
  const told: string[] = [];
  opened.follow(editions, prepare, (outcome) => { told.push(outcome); });
  const stand: Stand = {
    opened, editions, told, log, options,
    put: async (next) => { const before = told.length; put(file, next); await until(() => told.length > before); },
    stop: () => opened.stop(),
  };
  stands.push(stand);
  return stand;
}
const reasonOf = (starting: Promise<unknown>): Promise<string> => starting.then(() => "started", (error: unknown) => (error as BundleError).reason);
const versionOf = ({ editions }: Stand): string => editions.current().bundle.version;

it("puts a good one in force while it runs, for requests that begin afterwards, and tells [B-101]", async () => {
  const stand = await start({ text: await signed(first, [release]) });
  const early = stand.editions.take();
  await stand.put(await signed(second, [release], { serial: 2 }));
  expect(stand.told).toEqual(["switched"]);
  expect([early.edition.bundle.supergraphSdl, stand.editions.current().bundle.supergraphSdl]).toEqual([first.supergraph, second.supergraph]);
  expect(stand.opened.status).toEqual({ version: versionOf(stand), serial: 2, issuedAt: "2026-11-01T03:00:00.000Z" });
  expect(stand.log).toEqual(["bundle in force"]);
});

describe("what is refused", () => {
  const changedFlows = { ...second, flows: [...second.flows as readonly unknown[], { to: "economy", coordinate: "Report.title", by: "key", from: ["defense"], at: ["Report"] }] };
  const cases: readonly (readonly [string, string, () => Promise<string>])[] = [
    ["an unsigned one", "signature", () => signed(second, [], { serial: 2 })],
    ["one of a key that is not on the list", "signature", () => signed(second, [other], { serial: 2 })],
    ["one that is not a bundle", "signature", () => Promise.resolve("{}")],
    ["an older one", "serial", () => signed(second, [release], { serial: 4 })],
    ["another one of the same serial", "serial", () => signed(second, [release], { serial: 5 })],
    ["the same content issued again under the same serial at another time", "serial", () => signed(first, [release], { serial: 5, issuedAt: "2026-11-01T04:00:00.000Z" })],
    ["one that was checked against another policy", "policy", () => signed({ ...second, policies: ["P-0", "P-2"] }, [release], { serial: 6 })],
    ["one with the labels of another supergraph", "labels", () => signed({ ...second, labels: first.labels }, [release], { serial: 6 })],
    ["one with a flow graph that does not follow from it", "flows", () => signed(changedFlows, [release], { serial: 6 })],
    ["one with a known operation that does not fit it", "operations", () => signed({ ...second, operations: ["query A {\n  nothing\n}"] }, [release], { serial: 6 })],
    ["one with a known operation that is not written as it is printed", "operations", () => signed({ ...second, operations: ["query A { __typename }"] }, [release], { serial: 6 })],
    ["one that the customer's gateway refuses", "unfit", () => signed(unfit, [release], { serial: 6 })],
  ];

  it.each(cases)("%s: %s; the last good one stays, and a good one clears it", async (_, reason, make) => {
    const stand = await start({ text: await signed(first, [release], { serial: 5 }) });
    const before = stand.editions.current();
    await stand.put(await make());
    expect([stand.told, stand.opened.status.refused]).toEqual([[reason], { reason, at: "2026-11-02T00:00:00.000Z" }]);
    expect(stand.editions.current()).toBe(before);
    expect(stand.opened.status.serial).toBe(5);
    expect(stand.log).toEqual([expect.stringMatching(new RegExp(`^bundle refused \\(${reason}\\): [^]+; serial 5 stays in force$`))]);
    await stand.put(await signed(second, [release], { serial: 7 }));
    expect([stand.told, stand.opened.status.refused, stand.opened.status.serial]).toEqual([[reason, "switched"], undefined, 7]);
  });

  it.each(cases.filter(([, reason]) => reason !== "serial"))("%s keeps a gateway from starting when there is nothing else: %s", async (_, reason, make) => {
    expect(await reasonOf(start({ text: await make() }))).toBe(reason);
    expect(fs.existsSync(path.join(folder, "evidence", "last-good-bundle.json"))).toBe(false);
  });

  it("no file at all, and too few persons", async () => {
    expect(await reasonOf(start())).toBe("unreadable");
    const keys = [release, other];
    expect(await reasonOf(start({ text: await signed(first, [release]), keys, needed: 2 }))).toBe("signature");
    expect(await reasonOf(start({ text: await signed(first, keys), keys, needed: 2 }))).toBe("started");
  });

  it("one that this gateway cannot serve, such as one of a ministry it does not know", async () => {
    const prepare: Prepare = ({ supergraphSdl }) => { if (supergraphSdl === second.supergraph) throw new Error("the registry does not say where it answers"); };
    const stand = await start({ text: await signed(first, [release]), prepare });
    await stand.put(await signed(second, [release], { serial: 2 }));
    expect([stand.told, stand.editions.current().bundle.supergraphSdl]).toEqual([["member"], first.supergraph]);
    await stand.stop();
    expect((await start({ prepare })).opened.status).toMatchObject({ serial: 1, refused: { reason: "member" } });
    fs.rmSync(path.join(folder, "evidence"), { recursive: true });
    expect(await reasonOf(start({ prepare }))).toBe("member");
  });

  it("one that cannot be kept: a restart could not tell what is older", async () => {
    const stand = await start({ text: await signed(first, [release]) });
    fs.rmSync(path.join(folder, "evidence"), { recursive: true });
    fs.writeFileSync(path.join(folder, "evidence"), "not a folder");
    await stand.put(await signed(second, [release], { serial: 2 }));
    expect([stand.told, stand.opened.status.serial, stand.editions.current().bundle.supergraphSdl]).toEqual([["storage"], 1, first.supergraph]);
  });

  it("a file that is gone, while the last good one goes on", async () => {
    const stand = await start({ text: await signed(first, [release]) });
    fs.rmSync(stand.options.file);
    await until(() => stand.told.length > 0);
    expect([stand.told, stand.opened.status.refused?.reason]).toEqual([["unreadable"], "unreadable"]);
    put(stand.options.file, await signed(first, [release]));
    await until(() => stand.opened.status.refused === undefined);
    expect(stand.opened.status.serial).toBe(1);
  });
});

it("takes the same bundle with other signatures for the same bundle", async () => {
  const keys = [release, other];
  const stand = await start({ text: await signed(first, [release]), keys });
  const before = stand.editions.current();
  await stand.put("{}");
  put(stand.options.file, await signed(first, keys));
  await until(() => stand.opened.status.refused === undefined);
  expect([stand.editions.current() === before, stand.told]).toEqual([true, ["signature"]]);
});

it("makes nothing anew when only the number, the time or the policies are others", async () => {
  let prepared = 0;
  const stand = await start({ text: await signed(first, [release]), prepare: () => { prepared += 1; } });
  const before = stand.editions.current();
  await stand.put(await signed({ ...first, policies: ["P-1", "P-2"] }, [release], { serial: 2 }));
  expect([stand.told, prepared, stand.editions.current() === before, stand.opened.status.serial, stand.opened.isCheckedAgainst("P-2")]).toEqual([["switched"], 1, true, 2, true]);
  // Another list of the same graph is another edition, and still the same planner.
  await stand.put(await signed({ ...first, operations: ["query A {\n  __typename\n}"] }, [release], { serial: 3 }));
  expect([prepared, stand.editions.current() === before, stand.editions.current().operations.all.map(({ name }) => name), stand.opened.status.version === before.bundle.version]).toEqual([1, false, ["A"], false]);
  await stand.put(await signed(second, [release], { serial: 4 }));
  expect([prepared, stand.editions.current().bundle.supergraphSdl]).toEqual([2, second.supergraph]);
});

describe("a restart", () => {
  const restart = async (text: string, settings: Parameters<typeof start>[0] = {}): Promise<Stand> => { for (const stand of stands) await stand.stop(); return start({ ...settings, text }); };

  it("goes on with the last good one, and refuses everything older", async () => {
    const stand = await start({ text: await signed(first, [release], { serial: 3 }) });
    await stand.put(await signed(second, [release], { serial: 9 }));
    for (const [text, reason] of [[await signed(first, [release], { serial: 3 }), "serial"], [await signed(first, [release], { serial: 9 }), "serial"], ["{}", "signature"], [await signed(unfit, [release], { serial: 10 }), "unfit"]] as const) {
      const again = await restart(text);
      expect([again.opened.status.serial, again.opened.status.refused?.reason, again.editions.current().bundle.supergraphSdl, again.told]).toEqual([9, reason, second.supergraph, [reason]]);
    }
    expect((await restart(await signed(first, [release], { serial: 10 }))).opened.status).toMatchObject({ serial: 10 });
  });

  it("keeps nothing that it did not run", async () => {
    await start({ text: await signed(first, [release], { serial: 3 }) });
    await restart(await signed(unfit, [release], { serial: 8 }));
    const kept = await openBundle(fs.readFileSync(path.join(folder, "evidence", "last-good-bundle.json"), "utf8"), { signers: readSigners(signersOf([release])), needed: 1 });
    expect(kept.document.serial).toBe(3);
    expect(fs.statSync(path.join(folder, "evidence", "last-good-bundle.json")).mode & 0o077).toBe(0);
  });

  it("takes the kept one for nothing when its signer was struck off the list", async () => {
    await start({ text: await signed(second, [release], { serial: 900 }) });
    const again = await restart(await signed(first, [other], { serial: 1 }), { keys: [other] });
    expect([again.opened.status.serial, again.log]).toEqual([1, [expect.stringContaining("counts for nothing")]]);
    expect(await reasonOf(restart("{}", { keys: [release] }))).toBe("signature");
  });

  it("goes on with the bundle it ran when the policy has moved on meanwhile, and with no other", async () => {
    const text = await signed(first, [release], { serial: 3 });
    await start({ text });
    const again = await restart(text, { policyVersion: "P-2" });
    expect([again.opened.status.serial, again.opened.isCheckedAgainst("P-2"), again.opened.isCheckedAgainst("P-1")]).toEqual([3, false, true]);
    expect((await restart(await signed(second, [release], { serial: 4 }), { policyVersion: "P-2" })).opened.status).toMatchObject({ serial: 3, refused: { reason: "policy" } });
  });
});

describe("a new policy", () => {
  const later = (): Promise<string> => signed({ ...second, policies: ["P-2"] }, [release], { serial: 2 });

  it("brings the bundle that waited for it into force", async () => {
    const stand = await start({ text: await signed(first, [release]) });
    await stand.put(await later());
    expect(stand.told).toEqual(["policy"]);
    await stand.editions.replace({ policy: policy("P-2") });
    expect(stand.editions.current().bundle.supergraphSdl).toBe(first.supergraph);
    await until(() => stand.told.length >= 2);
    expect([stand.told, stand.editions.current().bundle.supergraphSdl, stand.editions.current().policy.version]).toEqual([["policy", "switched"], second.supergraph, "P-2"]);
  });

  it("that comes while a bundle is judged is not met by a bundle that was checked against the one before", async () => {
    let judged: () => void = () => undefined;
    const judging = new Promise<void>((done) => { judged = done; });
    let begun: () => void = () => undefined;
    const hasBegun = new Promise<void>((done) => { begun = done; });
    const stand = await start({ text: await signed(first, [release]) });
    Object.assign(stand.options, { judge: async () => { begun(); await judging; } });
    const refused = stand.put(await signed(second, [release], { serial: 2 }));
    await hasBegun;
    await stand.editions.replace({ policy: policy("P-2") });
    judged();
    await refused;
    expect([stand.told[0], stand.editions.current().bundle.supergraphSdl, stand.editions.current().policy.version]).toEqual(["policy", first.supergraph, "P-2"]);
  });
});
