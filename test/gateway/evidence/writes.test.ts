/** What a change is made of (SPEC 4.18, 4.19): said beforehand, it goes to the ministry and refuses; not said, it is found in the evidence. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ChainedRecord } from "../../../gateway/evidence/record";
import { ReleasedAnswers, SOURCES_MS } from "../../../gateway/evidence/released";
import { lowWrites } from "../../../gateway/evidence/writes";
import { LABEL_KEY } from "../../../gateway/plan/shape";
import { readNarrowing } from "../../../gateway/subject/headers";
import { BOTTOM, dominates, type LabelCore } from "../../../schema/label";
import { labelOf, loadPolicy } from "../../../schema/policy";
import { build, run } from "../cli/command";
import { LABELS, startWorld, type Answer, type World } from "../front/labelled-federation";

const policy = loadPolicy();
const labelled = (level: 0 | 1 | 3, owner = "JPN.MOD"): LabelCore => ({ policy: "JPN-GOV-DEMO", level, regimes: level === 3 ? ["SDS"] : level === 1 ? ["CUI"] : [], need: [], purposes: "ALL", handling: [], owners: level === 0 ? {} : { [owner]: { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } });
const [OPEN, CUI, SECRET] = [labelled(0), labelled(1), labelled(3)];
const TXN = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

describe("the header", () => {
  const read = (value: string): readonly string[] | undefined => readNarrowing(["Kanmon-Sources", value], policy).sources;
  test("names requests, each once and at most sixteen, or says NONE", () => {
    expect([read("NONE"), read(`${TXN(2)}, ${TXN(1)},${TXN(2)}`)]).toEqual([[], [TXN(1), TXN(2)]]);
    for (const value of ["", "none", "ALL", "1", `${TXN(1)},`, Array.from({ length: 17 }, (_, at) => TXN(at)).join(",")]) expect(() => read(value)).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT" }) as Error);
  });
  test("takes nothing away from what is read, so that it tells no asker apart", () => {
    expect(readNarrowing(["Kanmon-Sources", "NONE"], policy).key).toBe(readNarrowing(["Kanmon-Sources", TXN(1)], policy).key);
  });
});

describe("what was released", () => {
  test("is joined for whoever it was released to, for a day", () => {
    let now = 0;
    const released = new ReleasedAnswers(() => now);
    for (const [txn, subject, label] of [[TXN(1), "a", CUI], [TXN(2), "a", SECRET], [TXN(3), "b", SECRET]] as const) released.remember({ txn, subject, label });
    expect(released.highWaterOf("a", [])).toEqual(BOTTOM);
    expect(released.highWaterOf("a", [TXN(1)])).toEqual(CUI);
    expect(released.highWaterOf("a", [TXN(1), TXN(2)])).toMatchObject({ level: 3, regimes: ["CUI", "SDS"] });
    // Another's, and one that nobody has: alike, also beside one's own.
    for (const sources of [[TXN(3)], [TXN(4)], [TXN(1), TXN(3)]]) expect(released.highWaterOf("a", sources)).toBeUndefined();
    now = SOURCES_MS + 1;
    expect(released.highWaterOf("a", [TXN(1)])).toBeUndefined();
  });
});

const RENAME = "mutation Rename($t: String!) { one: defenseRename(id: \"open\", title: $t) { id title } two: defenseRename(id: \"cui\", title: $t) { id } }";
const READ = "{ defenseReport(id: \"plain\") { title } }";

describe("a gateway", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    world.reports.push({ id: "plain", title: "A secret without a token", label: LABELS.push({ record: labelOf(SECRET) }) - 1 });
  }, 60_000);
  afterAll(() => world.stop());
  interface Said { readonly evidence: { readonly txn: string }; readonly withheld: readonly unknown[] }
  const saidOf = ({ json, text }: Answer): Said => { const said: unknown = json.extensions?.release; if (said === undefined) throw new Error(text); return said as Said; };
  const txnOf = (answer: Answer): string => saidOf(answer).evidence.txn;
  const change = (who: string, sources?: string): Promise<Answer> => world.ask(RENAME, who, { variables: { t: "as the client wrote it" }, ...(sources === undefined ? {} : { headers: { "kanmon-sources": sources } }) });
  interface Sent { readonly variables: Readonly<Record<string, unknown>>; readonly extensions: { readonly highWater?: LabelCore } }
  const lastSent = (): Sent => JSON.parse(world.defense.calls.at(-1)?.body ?? "{}") as Sent;

  test("sends of a change the client's own words alone, whatever the changes before it in the operation gave back (4.18)", async () => {
    world.reports.splice(0, 1, { id: "open", title: "read before", label: 0 });
    const before = world.defense.calls.length;
    const answer = await change("hi");
    expect(answer.json.data).toMatchObject({ one: { title: "as the client wrote it" } });
    const sent = world.defense.calls.slice(before).filter(({ body }) => body.includes("defenseRename")).map(({ body }) => JSON.parse(body) as Sent);
    expect(sent.length).toBeGreaterThan(0);
    for (const { variables } of sent) expect(new Set(Object.values(variables))).toEqual(new Set(["as the client wrote it"]));
    for (const { extensions } of sent) expect(extensions.highWater).toBeUndefined();
  });

  test("tells the ministry what a change was said to be made of, and refuses what was not released to whoever says so [B-38]", async () => {
    const read = await world.ask(READ, "hi");
    expect(read.json.data).toEqual({ defenseReport: { title: "A secret without a token" } });
    await change("hi", txnOf(read));
    expect(lastSent().extensions.highWater).toEqual(SECRET);
    await change("hi", "NONE");
    expect(lastSent().extensions.highWater).toEqual(BOTTOM);
    const calls = world.defense.calls.length;
    const refused = [await change("lo", txnOf(read)), await change("lo", TXN(9)), await change("hi", TXN(9))];
    expect(refused.map(({ json }) => json.errors?.map(({ extensions }) => extensions.code))).toEqual([["BAD_USER_INPUT"], ["BAD_USER_INPUT"], ["BAD_USER_INPUT"]]);
    expect(refused.map(({ text }) => text)).toEqual(refused.map(() => refused[0]?.text));
    expect(world.defense.calls.length).toBe(calls);
  });

  test("does not ask a ministry for the change that may not know of what it is made of", async () => {
    const read = await world.ask("{ defenseReport(id: \"hidden\") { title } }", "hi");
    expect(read.json.data).toEqual({ defenseReport: { title: "The hidden report" } });
    // The policy does not accredit this ministry's subgraph for the token.
    const calls = world.defense.calls.length;
    const answer = await change("hi", txnOf(read));
    expect([answer.json.data, world.defense.calls.length]).toEqual([{ one: null, two: null }, calls]);
    expect(saidOf(answer).withheld).toMatchObject([{ path: ["one"], reasonClass: "NOT_ASKED" }, { path: ["two"], reasonClass: "NOT_ASKED" }]);
    expect(world.records().at(-1)?.written).toBeUndefined();
  });

  test("writes down what was said, and under which labels the ministry wrote, also where nothing was said", async () => {
    const read = await world.ask(READ, "hi");
    await change("hi", txnOf(read));
    const said = world.records().at(-1);
    expect(said).toMatchObject({ kind: "ANSWER", sources: [txnOf(read)], written: [{ level: 0 }, { level: 1, regimes: ["CUI"] }] });
    await change("hi");
    const unsaid = world.records().at(-1);
    expect([unsaid?.sources, unsaid?.written?.map((label) => label?.level)]).toEqual([undefined, [0, 1]]);
    for (const record of [said, unsaid]) for (const label of record?.written ?? []) expect(dominates(record?.label ?? BOTTOM, label ?? SECRET)).toBe(true);
    await world.ask("{ defenseReports { id } }", "hi");
    expect(world.records().at(-1)?.written).toBeUndefined();
  });

  test("has left in its evidence which changes lie below what had been released, and `kanmon audit writes` finds them", async () => {
    const found = await lowWrites([world.evidenceDir]);
    const [last] = found.toReversed();
    expect(last).toMatchObject({ subject: "hi", steps: ["defenseRename", "defenseRename"], written: { level: 1 }, highWater: { level: 3, need: ["MOD-1"] } });
    expect(found.map(({ sources }) => sources === undefined)).toContain(true);
    build();
    const { code, out } = await run(["audit", "writes", world.evidenceDir, "--json"]);
    expect([code, (JSON.parse(out) as readonly { readonly txn: string }[]).map(({ txn }) => txn)]).toEqual([0, found.map(({ txn }) => txn)]);
    const told = await run(["audit", "writes", world.evidenceDir, "--lang", "en"]);
    expect([told.code, told.err]).toEqual([0, expect.stringContaining(`to their asker: ${found.length} `)]);
    expect(told.out).toContain("written as //JPN CUI//CUI//REL TO JPN, USA, after being released //JPN SECRET");
  }, 120_000);

  test("writes down a change whose answer the asker broke below it, as one that was made: a refused one has its error at its own place [B-38]", async () => {
    const answerWith = (body: object): void => { world.defense.interfere = (_request, response, sent) => { if (!sent.includes("defenseRename")) return false; response.setHeader("content-type", "application/json"); response.end(JSON.stringify(body)); return true; }; };
    const entry = { record: labelOf(CUI) };
    const error = (...path: readonly string[]): object => ({ message: "An argument is not valid.", path, extensions: { code: "BAD_USER_INPUT" } });
    const wrote = async (data: object | null, ...errors: readonly object[]): Promise<unknown> => {
      answerWith({ data, errors, extensions: { labels: [entry] } });
      await change("hi");
      world.defense.interfere = undefined;
      return world.records().at(-1)?.written?.map((label) => label?.level ?? null);
    };
    await change("hi");
    // As the gateway names them.
    const [one = "", two = ""] = [...(world.defense.calls.at(-1)?.body ?? "").matchAll(/(\w+):defenseRename/g)].map(([, name]) => name ?? "");
    expect([one, two]).not.toContain("");
    expect(await wrote({ [one]: { id: "open", title: null, [LABEL_KEY]: 0 }, [two]: null }, error(one, "title"), error(two))).toEqual([1]);
    expect(await wrote({ [one]: null, [two]: null }, error(one, "id"), error(two))).toEqual([null]);
    expect(await wrote(null, error(one, "id"))).toEqual([null]);
    expect(await wrote({ [one]: null, [two]: null }, error(one), error(two))).toBeUndefined();
  });

  test("writes down a change of which the ministry gave no answer that could be read, so that nobody hides one by going away [B-38]", async () => {
    await world.ask(READ, "hi");
    const isChange = (sent: string): boolean => sent.includes("defenseRename");
    for (const how of ["destroyed", "unreadable", "status"] as const) {
      world.defense.interfere = (_request, response, sent) => {
        if (!isChange(sent)) return false;
        if (how === "destroyed") response.destroy(); else { response.statusCode = how === "status" ? 500 : 200; response.end("{"); }
        return true;
      };
      await change("hi");
      world.defense.interfere = undefined;
      expect([how, world.records().at(-1)?.written]).toEqual([how, [null]]);
      expect((await lowWrites([world.evidenceDir])).at(-1)).toMatchObject({ txn: world.records().at(-1)?.txn, written: null });
    }
    // And whoever leaves while the ministry is at it.
    let arrived: () => void = () => undefined;
    const isThere = new Promise<void>((resolve) => { arrived = resolve; });
    world.defense.interfere = (_request, _response, sent) => { if (!isChange(sent)) return false; arrived(); return true; };
    const leaving = new AbortController();
    const before = world.records().length;
    const left = fetch(world.gateway.url, { method: "POST", signal: leaving.signal, body: JSON.stringify({ query: RENAME, variables: { t: "gone" } }), headers: { "content-type": "application/json", authorization: `Bearer ${await world.token("hi")}` } }).catch(() => undefined);
    await isThere;
    leaving.abort();
    await left;
    while (!world.records().slice(before).some(({ kind }) => kind === "ANSWER")) await new Promise((resolve) => { setTimeout(resolve, 20); });
    world.defense.interfere = undefined;
    expect(world.records().slice(before).find(({ kind }) => kind === "ANSWER")?.written).toEqual([null]);
  });
});

describe("the evidence of several gateways", () => {
  const root = mkdtempSync(path.join(tmpdir(), "kanmon-writes-"));
  afterAll(() => { rmSync(root, { recursive: true, force: true }); });
  const at = (minutes: number): string => new Date(Date.UTC(2026, 10, 1) + minutes * 60_000).toISOString();
  const answer = (minutes: number, more: Partial<ChainedRecord>): Partial<ChainedRecord> => ({ kind: "ANSWER", txn: `t${minutes}`, at: at(minutes), subject: "a", purpose: "ANALYSIS", ...more });
  /** Each list is the log of one gateway. */
  const found = async (...logs: readonly (readonly Partial<ChainedRecord>[])[]): Promise<readonly (readonly [string, number])[]> => {
    const folders = logs.map((records, name) => {
      const folder = mkdtempSync(path.join(root, "log-"));
      writeFileSync(path.join(folder, "evidence.jsonl"), records.map((record, index) => `${JSON.stringify({ log: `E-${name}`, index, prev: "", ...record })}\n`).join(""));
      return folder;
    });
    return (await lowWrites(folders)).map(({ txn, highWater }) => [txn, highWater.level] as const);
  };
  const [read, low] = [answer(0, { label: SECRET }), (minutes: number, more: Partial<ChainedRecord> = {}) => answer(minutes, { label: CUI, written: [CUI], ...more })];

  test("is looked at together: what was read at one and written at the other is found", async () => {
    expect(await found([read], [low(5)])).toEqual([["t5", 3]]);
    expect(await found([low(5), read])).toEqual([["t5", 3]]);
  });
  test("is told of nothing that dominates, was released to others, for another purpose or case, afterwards, or more than a day before", async () => {
    expect(await found([read, answer(5, { label: SECRET, written: [SECRET] })])).toEqual([]);
    expect(await found([read], [low(5, { subject: "b" }), low(6, { purpose: "LIAISON" }), low(7, { case: "MOD-1" })])).toEqual([]);
    expect(await found([low(5), answer(6, { label: SECRET })])).toEqual([]);
    expect(await found([read, low(24 * 60 + 1)])).toEqual([]);
    expect(await found([read, low(24 * 60)])).toEqual([["t1440", 3]]);
  });

  test("is not satisfied by what a change reads beside what it writes, nor by what is said about it", async () => {
    expect(await found([read, low(5, { label: SECRET })])).toEqual([["t5", 3]]);
    expect(await found([read, low(5, { sources: [] })])).toEqual([["t5", 3]]);
    expect(await found([answer(5, { label: SECRET, written: [null] })])).toEqual([["t5", 0]]);
    expect(await found([answer(0, { label: OPEN }), low(5)])).toEqual([]);
  });
});
