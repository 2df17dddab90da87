/**
 * The evidence log (SPEC 7, G7): one writer, one file of JSON lines, each naming the hash of the line before. Takes a record and gives a promise that is
 * kept only when the line is on disk. Lines that arrive together share one write and one fdatasync. Refuses when the queue is full, when the disk
 * fails (from then on for ever: after a failed fsync nothing is known about the file), or when the file is no longer the one it opened.
 */
import { hash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { closeSync, fdatasync, fstatSync, type Stats, statSync, write, writeSync } from "node:fs";
import { canonicalJson } from "../../schema/label";
import { Refused } from "../errors";
import { lineOf } from "./line";
import { type Head, type OpenedLog, openLog } from "./open";
import { type EvidenceRecord, HEAD_BYTES } from "./record";

export interface EvidenceOptions {
  readonly dir: string;
  readonly clock: () => number;
  /** Records waiting for the disk before new ones are refused. */
  readonly most?: number;
  /** Milliseconds that an answer waits for the disk; a slower disk refuses answers until it is done. */
  readonly patience?: number;
  /** Whether there is more to do than there are hands: then a commit waits a moment for other records, because each costs the same however many it holds. */
  readonly isBusy?: () => boolean;
  /** Said in the first record. */
  readonly versions?: Pick<EvidenceRecord, "policy" | "bundle">;
  /** Told how long each commit took, in milliseconds, and how many records it held. */
  readonly observe?: (milliseconds: number, records: number) => void;
}

interface Waiting { readonly line: string; readonly hash: string; readonly index: number; readonly kept: () => void; readonly lost: (error: unknown) => void }

/** Parts in which patience is spent. */
const PATIENCE_STEPS = 20;
/** Milliseconds that a commit of a busy gateway waits for other records. */
const GATHER_MS = 5;

export class EvidenceLog {
  readonly id: string;
  /** Kept when the first record of this run is on disk. */
  readonly begun: Promise<void>;
  readonly #opened: OpenedLog;
  readonly #most: number;
  readonly #patience: number;
  readonly #options: EvidenceOptions;
  #queue: Waiting[] = [];
  #underWay = 0;
  #writing: Promise<void> | undefined;
  #poison: unknown;
  #isStalled = false;
  #next: number;
  #prev: string;
  #size: number;
  #ownersKept: number | undefined;

  /**
   * Opens or creates the log and continues its chain.
   * @throws Error when the log is shorter than its head says, is not a log, or another process writes it
   */
  constructor(options: EvidenceOptions) {
    this.#options = options;
    this.#most = options.most ?? 4_096;
    this.#patience = options.patience ?? 2_000;
    this.#opened = openLog(options.dir);
    this.id = this.#opened.id;
    this.#next = this.#opened.next;
    this.#prev = this.#opened.prev;
    this.#size = this.#opened.size;
    this.#ownersKept = this.#opened.ownersKept;
    const at = new Date(options.clock()).toISOString();
    const { torn } = this.#opened;
    const first: EvidenceRecord = { ...options.versions, at, ...(torn === undefined ? { kind: "START", txn: "start" } : { kind: "RECOVERY", txn: "recovery", torn }) };
    this.begun = this.append(() => first).durable;
    this.begun.catch(() => undefined);
  }

  /** False while evidence cannot be written; then nothing may be answered. */
  isHealthy(): boolean { return this.#poison === undefined && !this.#isStalled; }
  /** How far the file of token owners beside the log has come (3.16): what the head says, so that a file that is taken away or put back is noticed. */
  get ownersKept(): number | undefined { return this.#ownersKept; }
  /** Said with the next record. */
  keepOwners(serial: number): void { this.#ownersKept = serial; }
  /** Records not yet on disk. */
  get waiting(): number { return this.#queue.length + this.#underWay; }

  /**
   * Gives the next place in the log to a record. The record is made here because it may depend on its own index.
   * @returns the index, and a promise kept when the record is durable
   * @throws Refused EVIDENCE_UNAVAILABLE; the promise is broken with the same
   */
  append(make: (index: number) => EvidenceRecord): { readonly index: number; readonly durable: Promise<void> } {
    if (this.#poison !== undefined) throw new Refused("EVIDENCE_UNAVAILABLE", "the log is poisoned", { cause: this.#poison });
    if (this.#isStalled) throw new Refused("EVIDENCE_UNAVAILABLE", "the disk is too slow");
    if (this.waiting >= this.#most) throw new Refused("EVIDENCE_UNAVAILABLE", "the queue is full");
    const index = this.#next;
    const line = lineOf(make(index), { log: this.id, index, prev: this.#prev });
    const digest = hash("sha256", line, "hex");
    this.#next = index + 1;
    this.#prev = digest;
    const durable = new Promise<void>((kept, lost) => { this.#queue.push({ line, hash: digest, index, kept, lost }); });
    this.#writing ??= Promise.resolve().then(() => this.#drain());
    return { index, durable };
  }

  /** Waits for what is queued and closes the file. */
  async close(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    this.#poison ??= new Error("closed");
    this.#opened.release();
    closeSync(this.#opened.fd);
    closeSync(this.#opened.headFd);
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#options.isBusy?.() === true) await wait(GATHER_MS);
      const batch = this.#queue;
      this.#queue = [];
      this.#underWay = batch.length;
      const begun = performance.now();
      try {
        if (this.#poison !== undefined) throw new Error("the log is poisoned", { cause: this.#poison });
        await this.#commitPatiently(batch);
        for (const waiting of batch) waiting.kept();
        this.#options.observe?.(performance.now() - begun, batch.length);
      } catch (error) {
        this.#poison ??= error;
        for (const waiting of batch) waiting.lost(new Refused("EVIDENCE_UNAVAILABLE", "the record could not be made durable", { cause: error }));
      } finally {
        this.#underWay = 0;
      }
    }
    this.#writing = undefined;
  }

  /** A late commit refuses the answers that wait for it, and new ones until it is done; only a failed one poisons the log. */
  async #commitPatiently(batch: readonly Waiting[]): Promise<void> {
    // Counted in steps: while the process itself was held up (a new edition is being made), the disk may long be done, and nobody could hear of it.
    let left = PATIENCE_STEPS;
    const timer = setInterval(() => {
      left -= 1;
      if (left !== 0) return;
      this.#isStalled = true;
      for (const waiting of batch) waiting.lost(new Refused("EVIDENCE_UNAVAILABLE", `the disk took longer than ${this.#patience} ms`));
    }, this.#patience / PATIENCE_STEPS);
    try { await this.#commit(batch); } finally { clearInterval(timer); this.#isStalled = false; }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    this.#checkFile();
    const bytes = Buffer.from(batch.map((waiting) => `${waiting.line}\n`).join(""));
    for (let done = 0; done < bytes.length;) done += await writeCounted(this.#opened.fd, bytes, done, this.#size + done);
    await syncData(this.#opened.fd);
    this.#size += bytes.length;
    const last = batch.at(-1);
    if (last !== undefined) writeHead(this.#opened.headFd, { log: this.id, index: last.index, hash: last.hash, size: this.#size, ...(this.#ownersKept === undefined ? {} : { owners: this.#ownersKept }) });
  }

  /** The path must still lead to the file that is open, and nobody else may have written to it. */
  #checkFile(): void {
    const open = fstatSync(this.#opened.fd);
    const named: Stats | undefined = statSync(this.#opened.path, { throwIfNoEntry: false });
    if (named === undefined || named.ino !== open.ino || named.dev !== open.dev) throw new Error("the evidence file was moved or replaced");
    if (open.size !== this.#size) throw new Error("the evidence file was changed by someone else");
  }
}

/** Not synced: after a power cut the log may be ahead of its head, never the other way round. */
function writeHead(fd: number, head: Head): void { writeSync(fd, `${canonicalJson(head).padEnd(HEAD_BYTES - 1)}\n`, 0); }

function writeCounted(fd: number, bytes: Buffer, from: number, position: number): Promise<number> {
  return new Promise((done, fail) => { write(fd, bytes, from, bytes.length - from, position, (error, count) => { if (error === null) done(count); else fail(error); }); });
}

function syncData(fd: number): Promise<void> {
  return new Promise((done, fail) => { fdatasync(fd, (error) => { if (error === null) done(); else fail(error); }); });
}
