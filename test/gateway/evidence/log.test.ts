import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { codeOf } from "../../../gateway/errors";
import { EvidenceLog } from "../../../gateway/evidence/log";
import type { ChainedRecord, EvidenceRecord } from "../../../gateway/evidence/record";
import { verifyEvidence } from "../../../gateway/evidence/verify";

const dirs: string[] = [];
function newDir(): string { const dir = mkdtempSync(join(tmpdir(), "evidence-")); dirs.push(dir); return dir; }
afterAll(() => { for (const dir of dirs) rmSync(dir, { recursive: true, force: true }); });

const answer = (txn: string): EvidenceRecord => ({ kind: "ANSWER", txn, at: "2026-11-01T00:00:00.000Z", subject: "ciro-analyst", errors: [] });
const linesOf = (dir: string): string[] => readFileSync(join(dir, "evidence.jsonl"), "utf8").split("\n").filter((line) => line !== "");

async function write(dir: string, count: number): Promise<void> {
  const log = new EvidenceLog({ dir, clock: () => 0 });
  await Promise.all(Array.from({ length: count }, (_, at) => log.append(() => answer(`t${at}`)).durable));
  await log.close();
}

describe("the evidence log", () => {
  it("verifies what it wrote, over restarts and group commits", async () => {
    const dir = newDir();
    await write(dir, 50);
    await write(dir, 7);
    expect(await verifyEvidence(dir)).toMatchObject({ ok: true, records: 59, findings: [] });
    const records = linesOf(dir).map((line) => JSON.parse(line) as ChainedRecord);
    expect(records.map((record) => record.index)).toEqual(records.map((_, at) => at));
    expect(new Set(records.map((record) => record.log)).size).toBe(1);
  });

  it("keeps its promise only when the line is on disk", async () => {
    const dir = newDir();
    const log = new EvidenceLog({ dir, clock: () => 0 });
    const { index, durable } = log.append((at) => answer(`own-index-${at}`));
    await durable;
    expect(linesOf(dir)[index]).toContain(`own-index-${index}`);
    await log.close();
  });

  it("gathers the records of a moment in one commit while there is more to do than hands, and waits for nobody otherwise", async () => {
    const groups: number[] = [];
    let isBusy = false;
    const dir = newDir();
    const log = new EvidenceLog({ dir, clock: () => 0, isBusy: () => isBusy, observe: (_, records) => { groups.push(records); } });
    await log.append(() => answer("alone")).durable;
    groups.length = 0;
    isBusy = true;
    const first = log.append(() => answer("first")).durable;
    await turn();
    await Promise.all([first, log.append(() => answer("second")).durable]);
    expect(groups).toEqual([2]);
    isBusy = false;
    await log.append(() => answer("third")).durable;
    expect(groups).toEqual([2, 1]);
    await log.close();
    expect(await verifyEvidence(dir)).toMatchObject({ ok: true, findings: [] });
  });

  it("finds any flipped bit of any record", async () => {
    const dir = newDir();
    await write(dir, 4);
    const path = join(dir, "evidence.jsonl");
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 17) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(path, changed);
      expect((await verifyEvidence(dir)).ok).toBe(false);
    }
    writeFileSync(path, whole);
    expect((await verifyEvidence(dir)).ok).toBe(true);
  });

  it("finds a record that was removed, repeated, moved or cut off", async () => {
    const dir = newDir();
    await write(dir, 6);
    const path = join(dir, "evidence.jsonl");
    const lines = linesOf(dir);
    const removed = lines.filter((_, at) => at !== 3);
    const swapped = [...lines.slice(0, 2), lines[3], lines[2], ...lines.slice(4)];
    const repeated = [...lines.slice(0, 3), lines[2], ...lines.slice(3)];
    for (const changed of [removed, swapped, repeated, lines.slice(0, -1), lines.slice(1), []]) {
      writeFileSync(path, changed.map((line) => `${line}\n`).join(""));
      expect((await verifyEvidence(dir)).ok).toBe(false);
    }
    writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
    expect((await verifyEvidence(dir)).ok).toBe(true);
    rmSync(join(dir, "head.json"));
    expect((await verifyEvidence(dir)).ok).toBe(false);
  });

  it("sets a torn last line aside, records that, and continues the chain", async () => {
    const dir = newDir();
    await write(dir, 3);
    appendFileSync(join(dir, "evidence.jsonl"), '{"kind":"ANSWER","half');
    expect((await verifyEvidence(dir)).ok).toBe(false);
    await write(dir, 1);
    expect(await verifyEvidence(dir)).toMatchObject({ ok: true, records: 6 });
    expect(JSON.parse(linesOf(dir)[4] ?? "")).toMatchObject({ kind: "RECOVERY", torn: { bytes: 22 } });
  });

  it("continues after whole lines that the head does not name yet", async () => {
    const dir = newDir();
    await write(dir, 2);
    const head = readFileSync(join(dir, "head.json"));
    await write(dir, 2);
    writeFileSync(join(dir, "head.json"), head);
    await write(dir, 1);
    expect(await verifyEvidence(dir)).toMatchObject({ ok: true, records: 8 });
  });

  it("refuses to open a log that was truncated, replaced, broken or is written by another", async () => {
    const dir = newDir();
    await write(dir, 5);
    const path = join(dir, "evidence.jsonl");
    const whole = readFileSync(path);
    truncateSync(path, whole.length - 30);
    expect(() => new EvidenceLog({ dir, clock: () => 0 })).toThrow(/truncated/);
    const other = newDir();
    await write(other, 9);
    writeFileSync(path, readFileSync(join(other, "evidence.jsonl")));
    expect(() => new EvidenceLog({ dir, clock: () => 0 })).toThrow(/does not fit its head/);
    rmSync(path);
    expect(() => new EvidenceLog({ dir, clock: () => 0 })).toThrow(/missing/);
    writeFileSync(path, whole);
    appendFileSync(path, '{"index":6,"prev":"00","log":"x"}\n');
    expect(() => new EvidenceLog({ dir, clock: () => 0 })).toThrow(/broken at record 6/);
    writeFileSync(path, whole);
    const first = new EvidenceLog({ dir, clock: () => 0 });
    expect(() => new EvidenceLog({ dir, clock: () => 0 })).toThrow(/another process/);
    await first.close();
  });

  it("refuses for ever once the file was replaced or written by someone else [B-132]", async () => {
    for (const spoil of [
      (path: string) => { renameSync(path, `${path}.old`); },
      (path: string) => { renameSync(path, `${path}.old`); writeFileSync(path, readFileSync(`${path}.old`)); },
      (path: string) => { appendFileSync(path, "{}\n"); },
      (path: string) => { truncateSync(path, 10); },
    ]) {
      const dir = newDir();
      const log = new EvidenceLog({ dir, clock: () => 0 });
      await log.append(() => answer("before")).durable;
      spoil(join(dir, "evidence.jsonl"));
      await expect(log.append(() => answer("after")).durable).rejects.toMatchObject({ code: "EVIDENCE_UNAVAILABLE" });
      expect(log.isHealthy()).toBe(false);
      expect(codeOf(caught(() => log.append(() => answer("later"))))).toBe("EVIDENCE_UNAVAILABLE");
      await log.close();
    }
  });

  it("refuses answers while the disk is too slow, loses no record by it, and recovers", async () => {
    const dir = newDir();
    const log = new EvidenceLog({ dir, clock: () => 0, patience: 1 });
    // How fast the disk is, nobody knows: the record grows until writing it takes too long.
    let records = 0;
    for (let refused: unknown; refused === undefined && records < 3; records += 1) {
      refused = await log.append(() => answer("x".repeat(80_000_000 * 2 ** records))).durable.then(() => undefined, codeOf);
      expect([undefined, "EVIDENCE_UNAVAILABLE"]).toContain(refused);
    }
    expect(codeOf(caught(() => log.append(() => answer("meanwhile"))))).toBe("EVIDENCE_UNAVAILABLE");
    while (!log.isHealthy()) await new Promise((done) => { setTimeout(done, 10); });
    log.append(() => answer("after")).durable.catch(() => undefined);
    await log.close();
    expect(await verifyEvidence(dir)).toMatchObject({ ok: true, records: records + 2 });
  });

  it("does not take a process that was held up for a slow disk", async () => {
    const log = new EvidenceLog({ dir: newDir(), clock: () => 0, patience: 200 });
    await log.append(() => answer("before")).durable;
    const { durable } = log.append(() => answer("held up"));
    await Promise.resolve().then(() => undefined).then(() => undefined);
    for (const until = performance.now() + 600; performance.now() < until;);
    await expect(durable).resolves.toBeUndefined();
    expect(log.isHealthy()).toBe(true);
    await log.close();
  });

  it("refuses instead of dropping when its queue is full", async () => {
    const log = new EvidenceLog({ dir: newDir(), clock: () => 0, most: 3 });
    const kept = [1, 2].map((at) => log.append(() => answer(`t${at}`)).durable);
    expect(codeOf(caught(() => log.append(() => answer("too many"))))).toBe("EVIDENCE_UNAVAILABLE");
    await Promise.all(kept);
    await log.append(() => answer("room again")).durable;
    await log.close();
  });
});

function caught(run: () => unknown): unknown { try { run(); } catch (error) { return error; } return undefined; }
