/**
 * Which ministry stated which need token, remembered over a restart (SPEC 3.16): a file beside the evidence, whole on disk or not at all, under a MAC of this gateway's own. It holds no token, only keyed digests.
 * Gives the claims of ministries as they were when last heard. Refuses to begin with a file that was changed, taken away, put back to an earlier state, or brought from another log.
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { canonicalJson } from "../../schema/label";
import { isRecord } from "./entries";

/** That a ministry stated a token as one of this issuer's. */
export interface Claim { readonly ministry: string; readonly issuer: string }
/** What the standing in force needs of what is remembered. */
export interface RememberedClaims {
  /** Whoever stated the token when they were last heard. */
  readonly claimsOf: (token: string) => readonly Claim[];
  /** Some ministry's tokens are not what they were. */
  readonly changed: () => void;
}
/** Tokens with their issuers, by ministry: of those that were heard since the start. */
export type Heard = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface TokenOwnersOptions {
  /** Folder of the evidence. */
  readonly dir: string;
  readonly evidence: {
    /** Id of the log beside which the file lies. */
    readonly id: string;
    /** What the log's head says of the file: it has come at least so far. */
    readonly ownersKept: number | undefined;
    /** Kept when the log has a record on disk: until then it may be another one at the next start. */
    readonly begun: Promise<void>;
    keepOwners(serial: number): void;
  };
  /** The gateway's private key of agreement. */
  readonly agree: KeyObject;
  readonly warn: (problem: string) => void;
  /** Milliseconds in which changes are put together, and between two writes. */
  readonly pause?: number;
}

/** By ministry and issuer the digests of tokens, one after the other. */
type Kept = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const OWNERS_FILE = "token-owners.json";
const FORMAT = "kanmon-token-owners/1";
/** Tokens of one ministry. None takes another's place, however many it states. */
export const MOST_REMEMBERED = 100_000;
const DIGEST_BYTES = 16;
const DIGEST_LENGTH = 22;
const PAUSE_MS = 500;
/** Digests made between two turns of the event loop: about 2 ms. */
const AT_ONCE = 1_000;

export class TokenOwners implements RememberedClaims {
  readonly #options: TokenOwnersOptions;
  readonly #path: string;
  readonly #names: KeyObject;
  readonly #seal: KeyObject;
  readonly #ended = new AbortController();
  /** Of ministries that were not heard since. */
  #kept: Kept = {};
  readonly #claims = new Map<string, Claim[]>();
  #serial = 0;
  #written = "";
  #heard: () => Heard = () => new Map();
  #isBehind = false;
  #writing: Promise<void> | undefined;
  readonly #warned = new Set<string>();

  /** @throws Error in words for the operator, without any token */
  constructor(options: TokenOwnersOptions) {
    this.#options = options;
    this.#path = join(options.dir, OWNERS_FILE);
    const secret = options.agree.export({ format: "der", type: "pkcs8" });
    const keyFor = (use: string): KeyObject => createSecretKey(Buffer.from(hkdfSync("sha256", secret, new Uint8Array(), `kanmon-token-owners-v1|${use}`, 32)));
    this.#names = keyFor("token");
    this.#seal = keyFor("file");
    this.#read();
  }

  claimsOf(token: string): readonly Claim[] { return this.#claims.size === 0 ? NONE : this.#claims.get(this.#digestOf(token)) ?? NONE; }

  /** From now on what is heard is remembered. */
  follow(heard: () => Heard): void { this.#heard = heard; }

  changed(): void {
    this.#isBehind = true;
    this.#writing ??= this.#writeLater().finally(() => { this.#writing = undefined; });
  }

  /** Writes what is not written yet. */
  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#writing;
  }

  async #writeLater(): Promise<void> {
    while (this.#isBehind) {
      await wait(this.#options.pause ?? PAUSE_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined);
      const isLast = this.#ended.signal.aborted;
      try {
        this.#isBehind = false;
        await this.#write();
      } catch (error) {
        this.#options.warn(`who owns which token could not be remembered: ${String(error)}`);
        this.#isBehind = !isLast;
      }
    }
  }

  async #write(): Promise<void> {
    const owners = await this.#digestsOf(this.#heard());
    const written = canonicalJson(owners);
    if (written === this.#written) return;
    await this.#options.evidence.begun;
    const serial = this.#serial + 1;
    const content = { format: FORMAT, log: this.#options.evidence.id, serial, owners };
    await writeWhole(this.#options.dir, this.#path, canonicalJson({ ...content, mac: this.#macOf(content) }));
    this.#serial = serial;
    this.#written = written;
    // Only now: the head never says more than the file has.
    this.#options.evidence.keepOwners(serial);
  }

  /** Of those who were heard what they state, of the others what they last stated. */
  async #digestsOf(heard: Heard): Promise<Kept> {
    const owners: Record<string, Record<string, string>> = Object.fromEntries(Object.entries(this.#kept).filter(([ministry]) => !heard.has(ministry)).map(([ministry, kept]) => [ministry, { ...kept }]));
    for (const [ministry, tokens] of heard) {
      if (tokens.size > MOST_REMEMBERED && !this.#warned.has(ministry)) {
        this.#warned.add(ministry);
        this.#options.warn(`${ministry} states ${tokens.size} tokens; no more than ${MOST_REMEMBERED} are remembered as its own over a restart`);
      }
      const digests = new Map<string, string[]>();
      let count = 0;
      for (const [token, issuer] of tokens) {
        if (count >= MOST_REMEMBERED) break;
        count += 1;
        if (count % AT_ONCE === 0) await turn();
        const known = digests.get(issuer);
        if (known === undefined) digests.set(issuer, [this.#digestOf(token)]); else known.push(this.#digestOf(token));
      }
      // In the order of digests, so that nobody reads from it in which order they were issued.
      owners[ministry] = Object.fromEntries([...digests].map(([issuer, each]) => [issuer, each.sort().join("")]));
    }
    return owners;
  }

  #read(): void {
    const { id, ownersKept } = this.#options.evidence;
    const refuse = (what: string): never => { throw new Error(`token owners: ${this.#path} ${what}`); };
    if (!existsSync(this.#path)) {
      if (ownersKept !== undefined) refuse("is missing although the head of the evidence names it");
      return;
    }
    const { mac, ...content } = parse(readFileSync(this.#path, "utf8")) ?? refuse("is not what was written");
    if (typeof mac !== "string" || !isSame(mac, this.#macOf(content))) refuse("was changed, or written with other keys");
    const { format, log, serial, owners } = content;
    if (format !== FORMAT || typeof serial !== "number" || !isRecord(owners)) refuse("is of a format that is not known");
    if (log !== id) refuse("belongs to another evidence log");
    if (Number(serial) < (ownersKept ?? 0)) refuse("is older than the head of the evidence says");
    // What bears this gateway's MAC is what it wrote.
    this.#kept = owners as Kept;
    this.#serial = Number(serial);
    this.#written = canonicalJson(this.#kept);
    for (const [ministry, issuers] of Object.entries(this.#kept)) for (const [issuer, digests] of Object.entries(issuers)) for (let at = 0; at < digests.length; at += DIGEST_LENGTH) this.#remember(digests.slice(at, at + DIGEST_LENGTH), { ministry, issuer });
    this.#options.evidence.keepOwners(this.#serial);
  }

  #remember(digest: string, claim: Claim): void {
    const known = this.#claims.get(digest);
    if (known === undefined) this.#claims.set(digest, [claim]); else known.push(claim);
  }

  #digestOf(token: string): string { return createHmac("sha256", this.#names).update(token).digest().toString("base64url", 0, DIGEST_BYTES); }

  #macOf(content: object): string { return createHmac("sha256", this.#seal).update(canonicalJson(content)).digest("base64url"); }
}

const NONE: readonly Claim[] = [];

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch { return undefined; }
}

function isSame(given: string, made: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(made)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The old file or the new one, never a part of one; on disk before it returns. */
async function writeWhole(dir: string, path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally { await file.close(); }
  await rename(draft, path);
  const folder = await open(dir, "r");
  try { await folder.sync(); } finally { await folder.close(); }
}
