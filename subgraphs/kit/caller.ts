/**
 * Caller check (SPEC 6.1, G9): a ministry answers only a signed statement made for it, not older than 30 s, together with a MAC over this very call.
 * Takes method, path, headers and body; gives who asks, or nothing. There is one refusal and it says nothing. The statement is verified by jose; what is ours is
 * its profile: the closed header, the short life, the one audience, the shape of the asker.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { JWTHeaderParameters } from "jose";
import { jwtVerify } from "jose/jwt/verify";
import { LRUCache } from "lru-cache";
import type { Action, Subject } from "../../schema/policy";
import type { KnownGateway } from "./registry";
import type { Asker } from "./rows";

/** Seconds between issue and end of a statement, at most. */
const LONGEST_LIFE = 30;
/** Milliseconds by which the clocks of gateway and ministry may differ. */
const WINDOW = 10_000;
/** Milliseconds that a body may take to arrive; its nonce is remembered longer than that. */
const SLOWEST_BODY = 30_000;
/** Characters of statements of which the verified content is kept. */
const KEPT_STATEMENTS = 32 * 1024 * 1024;
const LONGEST_STATEMENT = 65_536;
const CALL = /^v1;t=(\d{1,16});n=([A-Za-z0-9_-]{22});m=([A-Za-z0-9_-]{43})$/;
/** Which policy the gateway decides by. The ministry decides by its own, so that for a moment in which the two differ, what either denies is denied. */
const POLICY = /^P-[0-9a-f]{16}$/;
const STATEMENT = "kanmon-statement+jwt";
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
  readonly clock: () => number;
}

export class CallerCheck {
  readonly #options: CallerCheckOptions;
  readonly #verified = new LRUCache<string, Verified>({ maxSize: KEPT_STATEMENTS });
  readonly #nonces: NonceWindow;

  constructor(options: CallerCheckOptions) {
    this.#options = options;
    this.#nonces = new NonceWindow(2 * WINDOW + SLOWEST_BODY);
  }

  /** The caller; undefined when anything at all is wrong. */
  async check(call: Call): Promise<Caller | undefined> {
    return (await this.admit(call))?.(call.body);
  }

  /**
   * Checks what the headers say before a byte of the body is taken in, so that strangers cannot make a ministry read for them.
   * @returns how to check the call with its body; undefined when the headers alone are wrong.
   */
  async admit({ method, path, statement: jws, call }: Omit<Call, "body">): Promise<((body: Uint8Array) => Caller | undefined) | undefined> {
    const now = this.#options.clock();
    const parts = CALL.exec(call ?? "");
    if (jws === undefined || jws.length > LONGEST_STATEMENT || parts === null) return undefined;
    const [, time = "", nonce = "", mac = ""] = parts;
    if (Math.abs(now - Number(time)) > WINDOW) return undefined;
    const statement = await this.#statement(jws, now);
    if (statement === undefined) return undefined;
    return (body) => {
      const input = `kanmon-call-v1\n${method} ${path}\n${statement.hash}\n${digest(body)}\n${nonce}\n${time}`;
      if (!timingSafeEqual(createHmac("sha256", statement.gateway.callKey).update(input).digest(), Buffer.from(mac, "base64url"))) return undefined;
      // Only what carries a right MAC is remembered, so a stranger cannot fill the window. A body may have come slowly: the window is that of now.
      const arrived = this.#options.clock();
      return Math.abs(arrived - Number(time)) <= WINDOW + SLOWEST_BODY && this.#nonces.firstSeen(`${statement.gateway.id} ${nonce}`, arrived) ? statement.caller : undefined;
    };
  }

  /** Signatures are checked once per statement, its end at every call. */
  async #statement(jws: string, now: number): Promise<Verified | undefined> {
    const hash = digest(jws);
    let verified = this.#verified.get(hash);
    if (verified === undefined) {
      verified = await this.#verify(jws, hash, now).catch(() => undefined);
      if (verified !== undefined) this.#verified.set(hash, verified, { size: jws.length });
    }
    return verified !== undefined && now < verified.expires ? verified : undefined;
  }

  /** @throws whatever jose finds wrong */
  async #verify(jws: string, hash: string, now: number): Promise<Verified | undefined> {
    if (!isPlain(jws)) return undefined;
    const { subgraph } = this.#options;
    const { payload, protectedHeader } = await jwtVerify<Readonly<Record<string, unknown>>>(jws, ({ kid }: JWTHeaderParameters) => this.#byKey(kid).sign, {
      algorithms: ["EdDSA"], typ: STATEMENT, audience: subgraph, currentDate: new Date(now), requiredClaims: ["iss", "aud", "iat", "exp"],
    });
    const gateway = this.#byKey(protectedHeader.kid);
    const { iss, aud, iat, exp, policy } = payload;
    // jose takes a list that contains the audience and a type with a prefix, and allows clocks the same difference at the end as at the beginning.
    if (Object.keys(protectedHeader).length !== 3 || protectedHeader.typ !== STATEMENT || iss !== gateway.id || aud !== subgraph || typeof policy !== "string" || !POLICY.test(policy)) return undefined;
    if (typeof iat !== "number" || typeof exp !== "number" || !(exp - iat <= LONGEST_LIFE) || !(iat * 1000 <= now + WINDOW)) return undefined;
    const caller = readCaller(payload);
    return caller && { gateway, caller, expires: exp * 1000, hash };
  }

  #byKey(id: string | undefined): KnownGateway {
    const gateway = [...this.#options.gateways.values()].find(({ kid }) => kid === id);
    if (gateway === undefined) throw new Error("nobody has this key id");
    return gateway;
  }
}

/**
 * Header and claims are JSON as gateways write it, without anything that another reader could take otherwise: no member twice, nothing left out.
 * @throws SyntaxError when a part is no JSON
 */
function isPlain(jws: string): boolean {
  return jws.split(".").slice(0, 2).every((part) => {
    const text = Buffer.from(part, "base64url").toString("utf8");
    return JSON.stringify(JSON.parse(text)) === text;
  });
}

function readCaller({ sub, subject, ctx, standing }: Readonly<Record<string, unknown>>): Caller | undefined {
  if (standing !== undefined) return standing === true && subject === null ? { kind: "standing" } : undefined;
  if (!isSubject(subject) || subject.id !== sub || !isRecord(ctx)) return undefined;
  const { action: asked, observer, ...circumstances } = ctx;
  const { item, ...place } = circumstances;
  if (typeof asked !== "string" || !ACTIONS.includes(asked) || !isPlace(place) || !(item === undefined || typeof item === "string")) return undefined;
  if (observer !== undefined && (asked === "WRITE" || !isObserver(observer))) return undefined;
  return { kind: "asker", asker: { subject, action: asked as Action, ctx: { ...circumstances, ...(observer === undefined ? {} : { observer }) } as unknown as Asker["ctx"], digest: digest(JSON.stringify([subject, ctx])) } };
}

/** Circumstances of somebody: known members only. */
function isPlace({ zoneLevel, purpose, site, releaseTo, ...unknown }: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(unknown).length === 0 && isLevel(zoneLevel) && [purpose, site].every((text) => text === undefined || typeof text === "string") && (releaseTo === undefined || isTexts(releaseTo));
}

/** The officer who is shown a simulation (4.16): a subject of full shape, who can only take away. */
function isObserver(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { subject, at, ...place } = value;
  return isSubject(subject) && (at === undefined || (typeof at === "number" && Number.isFinite(at))) && isPlace(place);
}

/** The shape on which `decide` relies; what the values mean is its own business. */
function isSubject(value: unknown): value is Subject {
  if (!isRecord(value)) return false;
  const { id, kind, nation, eligibilities, assignments, roles, purposes, suspendedAgreements } = value;
  return typeof id === "string" && typeof kind === "string" && typeof nation === "string" && isTexts(purposes)
    && (suspendedAgreements === undefined || suspendedAgreements === "ALL" || isTexts(suspendedAgreements))
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
