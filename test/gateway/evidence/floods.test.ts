/** Refusals of a flood in the evidence (SPEC 7.6): few records, whose numbers add up. The log is real. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { codeOf } from "../../../gateway/errors";
import { type FloodOf, Floods } from "../../../gateway/evidence/floods";
import { EvidenceLog } from "../../../gateway/evidence/log";
import type { ChainedRecord } from "../../../gateway/evidence/record";
import { verifyEvidence } from "../../../gateway/evidence/verify";

const UNDER = { policy: "P", bundle: "B", status: 429, errors: ["TOO_MANY_REQUESTS"] } as const;
const UNKNOWN = { policy: "P", bundle: "B", status: 401, errors: ["UNAUTHENTICATED"] } as const;
const HI = { subject: "hi", client: "desk" };
const AN_HOUR = 3_600_000;

let dir: string;
let log: EvidenceLog;
let floods: Floods | undefined;
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), "floods-")); log = new EvidenceLog({ dir, clock: () => 0 }); });
afterEach(async () => { floods?.stop(); await log.close(); rmSync(dir, { recursive: true, force: true }); });

const make = (every = AN_HOUR, clock = (): number => 0): Floods => (floods = new Floods({ evidence: log, clock, every }));
const recordOne = (of: FloodOf) => (): Promise<void> => log.append(() => ({ kind: "REFUSAL", txn: "t", at: "1970-01-01T00:00:00.000Z", ...UNDER, ...of })).durable;
const refuse = (of: FloodOf): Promise<boolean> => (floods ?? make()).refuse(of, UNDER, recordOne(of));
const records = (): ChainedRecord[] => readFileSync(join(dir, "evidence.jsonl"), "utf8").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as ChainedRecord).filter(({ kind }) => kind !== "START");
/** What the records say, once what was appended is on disk. */
async function told(): Promise<ChainedRecord[]> {
  await log.append(() => ({ kind: "REFUSAL", txn: "mark", at: "1970-01-01T00:00:00.000Z" })).durable;
  return records().filter(({ txn }) => txn !== "mark");
}
const sumOf = (all: readonly ChainedRecord[], who: string | undefined): number => all.filter(({ subject }) => subject === who).reduce((sum, { times = 1 }) => sum + times, 0);

it("makes two records of a thousand refusals of one sender, which add up, name whom and what, and verify [B-109]", async () => {
  make();
  const counted = [];
  for (let at = 0; at < 1_000; at += 1) counted.push(await refuse(HI));
  expect(counted.filter((is) => is)).toHaveLength(999);
  floods?.stop();
  const all = await told();
  expect(all.map(({ kind, times }) => [kind, times])).toEqual([["REFUSAL", undefined], ["FLOOD", 999]]);
  expect(sumOf(all, "hi")).toBe(1_000);
  expect(all.at(-1)).toMatchObject({ ...HI, ...UNDER, since: "1970-01-01T00:00:00.000Z" });
  expect(await verifyEvidence(dir)).toMatchObject({ ok: true, findings: [] });
});

it("records as many by themselves as it is told to before it counts, for each reason, and none again while the flood goes on [B-109]", async () => {
  const counted: boolean[] = [];
  make();
  for (let at = 0; at < 100; at += 1) counted.push(await (floods as Floods).refuse({}, UNKNOWN, recordOne({}), 60));
  expect(counted.filter((is) => is)).toHaveLength(40);
  expect(await floods?.refuse({}, UNDER, recordOne({}), 60)).toBe(false);
  floods?.tell();
  expect(await floods?.refuse({}, UNKNOWN, recordOne({}), 60)).toBe(true);
  floods?.stop();
  const all = await told();
  expect(all.filter(({ kind }) => kind === "FLOOD").map(({ errors, times }) => [errors, times])).toEqual([[["UNAUTHENTICATED"], 40], [["UNAUTHENTICATED"], 1]]);
  expect(all.filter(({ kind }) => kind === "REFUSAL")).toHaveLength(61);
});

it("has the first refusal on disk before it is sent", async () => {
  await refuse(HI);
  expect(records()).toEqual([expect.objectContaining({ kind: "REFUSAL", ...HI })]);
});

it("counts senders apart: those whom nobody knows are one, and a client more is one more", async () => {
  make();
  const senders = [HI, { ...HI, client: "field" }, { subject: "lo", client: "desk" }, {}];
  for (let at = 0; at < 10; at += 1) for (const of of senders) await refuse(of);
  floods?.stop();
  const all = await told();
  expect(all.filter(({ kind }) => kind === "FLOOD").map(({ subject, client, times }) => [subject, client, times])).toEqual(senders.map(({ subject, client }: FloodOf) => [subject, client, 9]));
  expect([sumOf(all, "hi"), sumOf(all, "lo"), sumOf(all, undefined)]).toEqual([20, 10, 10]);
});

it("tells after every interval what came in it, each once, and forgets a sender who has stopped", async () => {
  let now = 0;
  make(AN_HOUR, () => now);
  for (const times of [5, 3]) {
    for (let at = 0; at < times; at += 1) { now += 1_000; await refuse(HI); }
    floods?.tell();
  }
  expect((await told()).map(({ kind, times, since }) => [kind, times, since])).toEqual([["REFUSAL", undefined, undefined], ["FLOOD", 4, "1970-01-01T00:00:02.000Z"], ["FLOOD", 3, "1970-01-01T00:00:06.000Z"]]);
  floods?.tell();
  expect(await refuse(HI)).toBe(false);
  expect(sumOf(await told(), "hi")).toBe(9);
});

it("tells by itself when the interval ends", async () => {
  make(20);
  for (let at = 0; at < 4; at += 1) await refuse(HI);
  for (let left = 1_000; left > 0 && sumOf(records(), "hi") < 4; left -= 1) await wait(10);
  expect(sumOf(records(), "hi")).toBe(4);
});

it("counts nothing while no record can be kept, and begins with a record when one could not be made", async () => {
  make();
  await expect((floods as Floods).refuse(HI, UNDER, () => Promise.reject(new Error("no disk")))).rejects.toThrow("no disk");
  expect(await refuse(HI)).toBe(false);
  expect(await refuse(HI)).toBe(true);
  await log.append(() => ({ kind: "REFUSAL", txn: "last", at: "" })).durable;
  rmSync(join(dir, "evidence.jsonl"));
  await expect(log.append(() => ({ kind: "REFUSAL", txn: "lost", at: "" })).durable).rejects.toThrow();
  expect(await refuse(HI).catch(codeOf)).toBe("EVIDENCE_UNAVAILABLE");
});

it("keeps a count that found no place in the log for the next record", async () => {
  let isFull = false;
  const evidence = { isHealthy: () => true, append: (record: Parameters<EvidenceLog["append"]>[0]) => { if (isFull) throw new Error("the queue is full"); return log.append(record); } };
  floods = new Floods({ evidence, clock: () => 0, every: AN_HOUR });
  for (let at = 0; at < 3; at += 1) await refuse(HI);
  isFull = true;
  floods.tell();
  isFull = false;
  await refuse(HI);
  floods.tell();
  expect((await told()).map(({ kind, times }) => [kind, times])).toEqual([["REFUSAL", undefined], ["FLOOD", 3]]);
});

it("remembers no more senders than it may: the others have records of their own", async () => {
  make();
  await Promise.all(Array.from({ length: 1_000 }, (_, at) => refuse({ subject: `s${at}` })));
  expect([await refuse({ subject: "more" }), await refuse({ subject: "more" }), await refuse({ subject: "s7" })]).toEqual([false, false, true]);
});
