/**
 * Caller check (SPEC 6.1, G9): a ministry answers only a signed statement made for it, not older than 30 s, together with a MAC over this very call.
 * Takes method, path, headers and body; gives who asks, or nothing. There is one refusal and it says nothing.
 */
import { createHash, createHmac, timingSafeEqual, verify } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Action, Subject } from "../../schema/policy";
import type { KnownGateway } from "./registry";
import type { Asker } from "./rows";

/** Seconds between issue and end of a statement, at most. */
const LONGEST_LIFE = 30;
/** Milliseconds by which the clocks of gateway and ministry may differ. */
const WINDOW = 10_000;
const KEPT_STATEMENTS = 10_000;
const CALL = /^v1;t=(\d{1,16});n=([A-Za-z0-9_-]{22});m=([A-Za-z0-9_-]{43})$/;
const ACTIONS: readonly string[] = ["VIEW", "RETRIEVE", "EXPORT", "DERIVE", "WRITE"] satisfies readonly Action[];

export interface Call {
  readonly method: string;
  /** Path and query exactly as they were sent. */
  readonly path: string;
  readonly statement: string | undefined;
  readonly call: string | undefined;
  readonly body: Uint8Array;
}

/** Who calls: on behalf of an asker, or only to read the standing. */
export type Caller = { readonly kind: "asker"; readonly asker: Asker } | { readonly kind: "standing" };

interface Verified { readonly gateway: KnownGateway; readonly caller: Caller; readonly expires: number; readonly hash: string }

export interface CallerCheckOptions {
  readonly subgraph: string;
  readonly gateways: ReadonlyMap<string, KnownGateway>;
  readonly policyVersion: string;
  readonly clock: () => number;
}

export class CallerCheck {
  readonly #options: CallerCheckOptions;
  readonly #verified = new LRUCache<string, Verified>({ max: KEPT_STATEMENTS });
  readonly #nonces: NonceWindow;

  constructor(options: CallerCheckOptions) {
    this.#options = options;
    this.#nonces = new NonceWindow(2 * WINDOW);
  }

  /** The caller; undefined when anything at all is wrong. */
  check(call: Call): Caller | undefined {
    const now = this.#options.clock();
    const parts = CALL.exec(call.call ?? "");
    if (call.statement === undefined || call.statement.length > 65_536 || parts === null) return undefined;
    const [, time = "", nonce = "", mac = ""] = parts;
    if (Math.abs(now - Number(time)) > WINDOW) return undefined;
    const statement = this.#statement(call.statement, now);
    if (statement === undefined) return undefined;
    const input = `kanmon-call-v1\n${call.method} ${call.path}\n${statement.hash}\n${digest(call.body)}\n${nonce}\n${time}`;
    if (!timingSafeEqual(createHmac("sha256", statement.gateway.callKey).update(input).digest(), Buffer.from(mac, "base64url"))) return undefined;
    // Only what carries a right MAC is remembered, so a stranger cannot fill the window.
    return this.#nonces.firstSeen(`${statement.gateway.id} ${nonce}`, now) ? statement.caller : undefined;
  }

  /** Signatures are checked once per statement, its end at every call. */
  #statement(jws: string, now: number): Verified | undefined {
    const hash = digest(jws);
    let verified = this.#verified.get(hash);
    if (verified === undefined) {
      verified = this.#verify(jws, hash, now);
      if (verified !== undefined) this.#verified.set(hash, verified);
    }
    return verified !== undefined && now < verified.expires ? verified : undefined;
  }

  #verify(jws: string, hash: string, now: number): Verified | undefined {
    const parts = jws.split(".");
    const [head = "", body = "", signature = ""] = parts;
    const header = decode(head);
    if (parts.length !== 3 || header?.["alg"] !== "EdDSA" || header["typ"] !== "kanmon-statement+jwt" || Object.keys(header).length !== 3) return undefined;
    const gateway = [...this.#options.gateways.values()].find(({ kid }) => kid === header["kid"]);
    if (gateway === undefined || !verify(null, Buffer.from(`${head}.${body}`), gateway.sign, Buffer.from(signature, "base64url"))) return undefined;
    const claims = decode(body);
    if (claims === undefined) return undefined;
    const { iss, aud, iat, exp, policy } = claims;
    if (iss !== gateway.id || aud !== this.#options.subgraph || policy !== this.#options.policyVersion) return undefined;
    if (typeof iat !== "number" || typeof exp !== "number" || !(exp - iat <= LONGEST_LIFE) || !(iat * 1000 <= now + WINDOW)) return undefined;
    const caller = readCaller(claims);
    return caller && { gateway, caller, expires: exp * 1000, hash };
  }
}

/** A part of a compact JWS; undefined when it is no object. */
function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readCaller({ sub, subject, ctx, standing }: Readonly<Record<string, unknown>>): Caller | undefined {
  if (standing !== undefined) return standing === true && subject === null ? { kind: "standing" } : undefined;
  if (!isSubject(subject) || subject.id !== sub || !isRecord(ctx)) return undefined;
  const { action, zoneLevel, purpose, site, releaseTo, item, ...unknown } = ctx;
  if (Object.keys(unknown).length > 0 || typeof action !== "string" || !ACTIONS.includes(action) || !isLevel(zoneLevel)) return undefined;
  if (![purpose, site, item].every((text) => text === undefined || typeof text === "string") || !(releaseTo === undefined || isTexts(releaseTo))) return undefined;
  const { action: asked, ...circumstances } = ctx;
  return { kind: "asker", asker: { subject, action: asked as Action, ctx: circumstances as unknown as Asker["ctx"], digest: digest(JSON.stringify([subject, ctx])) } };
}

/** The shape on which `decide` relies; what the values mean is its own business. */
function isSubject(value: unknown): value is Subject {
  if (!isRecord(value)) return false;
  const { id, kind, nation, eligibilities, assignments, roles, purposes } = value;
  return typeof id === "string" && typeof kind === "string" && typeof nation === "string" && isTexts(purposes)
    && [eligibilities, assignments, roles].every((list) => Array.isArray(list) && list.every(isRecord));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> { return typeof value === "object" && value !== null && !Array.isArray(value); }
function isTexts(value: unknown): value is readonly string[] { return Array.isArray(value) && value.every((each) => typeof each === "string"); }
function isLevel(value: unknown): boolean { return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 4; }
function digest(bytes: string | Uint8Array): string { return createHash("sha256").update(bytes).digest("base64url"); }

/** Remembers what it has seen for at least `keep` milliseconds, in two halves that take turns. */
class NonceWindow {
  readonly #keep: number;
  #recent = new Set<string>();
  #older = new Set<string>();
  #turned = Number.NEGATIVE_INFINITY;

  constructor(keep: number) { this.#keep = keep; }

  firstSeen(nonce: string, now: number): boolean {
    if (now - this.#turned > this.#keep) {
      this.#older = now - this.#turned > 2 * this.#keep ? new Set() : this.#recent;
      this.#recent = new Set();
      this.#turned = now;
    }
    if (this.#recent.has(nonce) || this.#older.has(nonce)) return false;
    this.#recent.add(nonce);
    return true;
  }
}
