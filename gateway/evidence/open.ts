/**
 * Opens an evidence directory for its one writer (SPEC 7). Takes the directory and gives the place where the chain continues. A last line
 * without its end (a crash in the middle of a write) is set aside in a file of its own; a log shorter than its head says, or one that does
 * not fit its head, is refused: somebody removed records.
 */
import { createHash, randomBytes } from "node:crypto";
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { GENESIS, HEAD_FILE, LOG_FILE } from "./record";

export interface OpenedLog {
  readonly path: string; readonly fd: number; readonly headFd: number; readonly id: string;
  readonly next: number; readonly prev: string; readonly size: number;
  /** How far the file of token owners beside the log has come, as the head says. */
  readonly ownersKept?: number;
  readonly torn?: { readonly bytes: number; readonly sha256: string };
  readonly release: () => void;
}
/** What the head file says of the log. */
export interface Head { readonly log: string; readonly index: number; readonly hash: string; readonly size: number; readonly owners?: number }

const BLOCK = 65_536;

/**
 * @throws Error with the reason, in words for the operator
 */
export function openLog(dir: string): OpenedLog {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const release = lock(dir);
  const open: number[] = [];
  try {
    const path = join(dir, LOG_FILE);
    const headPath = join(dir, HEAD_FILE);
    const head = readHead(headPath);
    const isNew = !existsSync(path);
    if (isNew && head !== undefined) throw new Error(`evidence: ${path} is missing although its head says that it has ${head.index + 1} records`);
    const fd = openSync(path, isNew ? "wx+" : "r+", 0o600);
    open.push(fd);
    const headFd = openSync(headPath, head === undefined ? "w+" : "r+", 0o600);
    open.push(headFd);
    if (isNew) syncDirectory(dir);
    const tail = readTail(fd, path, head);
    const torn = setTornAside(fd, dir, tail.end);
    return { path, fd, headFd, id: head?.log ?? tail.log ?? newId(), next: tail.next, prev: tail.prev, size: tail.end, release, ...(head?.owners === undefined ? {} : { ownersKept: head.owners }), ...(torn === undefined ? {} : { torn }) };
  } catch (error) {
    for (const fd of open) closeSync(fd);
    release();
    throw error;
  }
}

/** Walks from the record the head names (or from the start) to the last whole line, checking the chain on the way. */
function readTail(fd: number, path: string, head: Head | undefined): { readonly next: number; readonly prev: string; readonly end: number; readonly log?: string } {
  const size = fstatSync(fd).size;
  if (head !== undefined && size < head.size) throw new Error(`evidence: ${path} was truncated: ${size} bytes, its head says ${head.size}`);
  let end = head?.size ?? 0;
  let prev = head?.hash ?? GENESIS;
  let next = head === undefined ? 0 : head.index + 1;
  let log = head?.log;
  if (head !== undefined && hashOf(lastLine(fd, head.size)) !== head.hash) throw new Error(`evidence: ${path} does not fit its head at record ${head.index}`);
  const rest = readFrom(fd, end, size);
  for (let from = 0; ;) {
    const stop = rest.indexOf(0x0a, from);
    if (stop < 0) break;
    const line = rest.subarray(from, stop);
    const record = parseLine(line);
    if (record === undefined || record.index !== next || record.prev !== prev || (log !== undefined && record.log !== log)) throw new Error(`evidence: the chain of ${path} is broken at record ${next}`);
    if (typeof record.log === "string") log = record.log;
    prev = hashOf(line);
    next += 1;
    from = stop + 1;
    end = (head?.size ?? 0) + from;
  }
  return { next, prev, end, ...(log === undefined ? {} : { log }) };
}

function parseLine(line: Buffer): { readonly index?: unknown; readonly prev?: unknown; readonly log?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(line.toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch { return undefined; }
}

function setTornAside(fd: number, dir: string, end: number): { readonly bytes: number; readonly sha256: string } | undefined {
  const size = fstatSync(fd).size;
  if (size === end) return undefined;
  const torn = readFrom(fd, end, size);
  const sha256 = hashOf(torn);
  writeFileSync(join(dir, `torn-${sha256.slice(0, 16)}`), torn, { mode: 0o600 });
  ftruncateSync(fd, end);
  fsyncSync(fd);
  return { bytes: torn.length, sha256 };
}

/** The line that ends just before `end`. */
function lastLine(fd: number, end: number): Buffer {
  for (let from = Math.max(0, end - BLOCK); ; from = Math.max(0, from - BLOCK)) {
    const block = readFrom(fd, from, end - 1);
    const start = block.lastIndexOf(0x0a);
    if (start >= 0) return block.subarray(start + 1);
    if (from === 0) return block;
  }
}

function readFrom(fd: number, from: number, to: number): Buffer {
  const buffer = Buffer.alloc(Math.max(0, to - from));
  for (let done = 0; done < buffer.length;) {
    const count = readSync(fd, buffer, done, buffer.length - done, from + done);
    if (count === 0) return buffer.subarray(0, done);
    done += count;
  }
  return buffer;
}

function readHead(path: string): Head | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, "utf8").trim();
  if (text === "") return undefined;
  return JSON.parse(text) as Head;
}

/** Locks this process holds: after a restart in a container the old lock may name the very same process id. */
const held = new Set<string>();

/** One writer per directory; the lock of a process that is gone is taken over. */
function lock(dir: string): () => void {
  const path = join(resolve(dir), "lock");
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const fd = openSync(path, "wx", 0o600);
      writeSync(fd, String(process.pid));
      closeSync(fd);
      held.add(path);
      return () => { held.delete(path); rmSync(path, { force: true }); };
    } catch (error) {
      if (errno(error) !== "EEXIST") throw error;
      const pid = Number(readFileSync(path, "utf8"));
      if (pid === process.pid ? held.has(path) : isRunning(pid)) break;
      rmSync(path, { force: true });
    }
  }
  throw new Error(`evidence: another process is writing ${dir}`);
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try { process.kill(pid, 0); return true; } catch (error) { return errno(error) === "EPERM"; }
}

function errno(error: unknown): unknown { return typeof error === "object" && error !== null && "code" in error ? error.code : undefined; }

function syncDirectory(dir: string): void { const fd = openSync(dir, "r"); try { fsyncSync(fd); } finally { closeSync(fd); } }
function newId(): string { return `E-${randomBytes(8).toString("hex")}`; }
function hashOf(bytes: Buffer): string { return createHash("sha256").update(bytes).digest("hex"); }
