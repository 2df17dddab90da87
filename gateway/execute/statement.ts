/**
 * Seals what a ministry is told about the asker (SPEC 6, G9): a session statement per asker and ministry (compact JWS, Ed25519, at most 30 s
 * old) and, per call, an HMAC over method, path, statement, body, nonce and time under the pairwise key of gateway and ministry. A statement
 * carries only the need tokens in that ministry's own vocabulary, and those that the asker names in the very change that it is about: a full list would tell every ministry the others' secrets.
 */
import { createHmac, createSecretKey, diffieHellman, hash, hkdfSync, type KeyObject, randomBytes, randomFillSync, sign } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Action, DecisionContext, Subject } from "../../schema/policy";
import type { GatewayKeys, RegisteredMinistry } from "../registry";
import { tokensNamedIn } from "./named-tokens";

/** Seconds a statement may be used. Renewed before it ends, so that a call never carries a dying one. */
const LIFE = 30;
const RENEW_AFTER_MS = 20_000;
const NONCE_BYTES = 16;
const NONCES_A_PAGE = 256;
/** Statements kept; one may take 20 kB. */
const KEPT = 1_000;

/** The part of an asker that a statement is about. `digest` covers everything else in it. */
export interface Stated { readonly subject: Subject; readonly action: Action; readonly ctx: DecisionContext; readonly digest: string }
export type SealedHeaders = Readonly<Record<"kanmon-statement" | "kanmon-call", string>>;
export type Seal = (subgraph: string, method: string, path: string, body: Uint8Array) => SealedHeaders;

export interface SealerOptions {
  readonly keys: GatewayKeys;
  readonly ministries: readonly RegisteredMinistry[];
  readonly policyVersion: string;
  /** Need tokens a ministry's labels can use, as it published them; empty while its standing is void. */
  readonly vocabularyOf: (subgraph: string) => ReadonlySet<string>;
  readonly clock: () => number;
}

interface Session { readonly jws: string; readonly jwsHash: string; readonly madeAt: number; readonly vocabulary: ReadonlySet<string> }

export class Sealer {
  readonly #options: SealerOptions;
  readonly #callKeys: ReadonlyMap<string, KeyObject>;
  readonly #header: string;
  readonly #nonces = new Nonces();
  readonly #sessions = new LRUCache<string, Session>({ max: KEPT });

  constructor(options: SealerOptions) {
    this.#options = options;
    this.#header = encode({ alg: "EdDSA", typ: "kanmon-statement+jwt", kid: options.keys.kid });
    this.#callKeys = new Map(options.ministries.map((ministry) => [ministry.subgraph, callKey(options.keys, ministry)]));
  }

  /** Seals calls on behalf of one asker. */
  forAsker(stated: Stated): Seal {
    return (subgraph, method, path, body) => this.#headers(subgraph, this.#session(subgraph, stated, body), method, path, body);
  }

  /** Seals the pull of a ministry's standing, which is asked by nobody in particular. */
  forStanding(subgraph: string, path: string): SealedHeaders {
    const jws = this.#sign(subgraph, { sub: this.#options.keys.id, subject: null, ctx: { action: "RETRIEVE", zoneLevel: 0 }, standing: true });
    return this.#headers(subgraph, { jws, jwsHash: digest(jws) }, "GET", path, new Uint8Array());
  }

  #session(subgraph: string, stated: Stated, body: Uint8Array): Session {
    const vocabulary = this.#options.vocabularyOf(subgraph);
    const named = namedBeyond(stated, vocabulary, body);
    const key = `${subgraph}\n${stated.action}\n${stated.digest}${named.map((token) => `\n${token}`).join("")}`;
    const known = this.#sessions.get(key);
    if (known !== undefined && known.vocabulary === vocabulary && this.#options.clock() - known.madeAt < RENEW_AFTER_MS) return known;
    const told = named.length === 0 ? vocabulary : new Set([...vocabulary, ...named]);
    const jws = this.#sign(subgraph, { sub: stated.subject.id, subject: narrowToVocabulary(stated.subject, told), ctx: { ...contextOf(stated.ctx, vocabulary), action: stated.action } });
    const made: Session = { jws, jwsHash: digest(jws), madeAt: this.#options.clock(), vocabulary };
    this.#sessions.set(key, made);
    return made;
  }

  #sign(subgraph: string, claims: Readonly<Record<string, unknown>>): string {
    const iat = Math.floor(this.#options.clock() / 1000);
    const payload = encode({ iss: this.#options.keys.id, aud: subgraph, iat, exp: iat + LIFE, jti: randomBytes(16).toString("base64url"), policy: this.#options.policyVersion, ...claims });
    const input = `${this.#header}.${payload}`;
    return `${input}.${sign(null, Buffer.from(input), this.#options.keys.sign).toString("base64url")}`;
  }

  #headers(subgraph: string, session: Pick<Session, "jws" | "jwsHash">, method: string, path: string, body: Uint8Array): SealedHeaders {
    const key = this.#callKeys.get(subgraph);
    if (key === undefined) throw new Error(`${subgraph} is not in the registry`);
    const nonce = this.#nonces.take();
    const time = this.#options.clock();
    const mac = createHmac("sha256", key).update(`kanmon-call-v1\n${method} ${path}\n${session.jwsHash}\n${digest(body)}\n${nonce}\n${time}`).digest("base64url");
    return { "kanmon-statement": session.jws, "kanmon-call": `v1;t=${time};n=${nonce};m=${mac}` };
  }
}

/**
 * Tokens of the asker that no label of the ministry needs yet, and that the change names. Whoever may write under a label must be known to hold what it needs, also where nothing was under it
 * before; the ministry is sent the name in any case, and learns of no other.
 */
function namedBeyond({ subject, action }: Stated, vocabulary: ReadonlySet<string>, body: Uint8Array): readonly string[] {
  if (action !== "WRITE") return [];
  const beyond = subject.assignments.flatMap(({ token }) => (vocabulary.has(token) ? [] : [token]));
  return beyond.length === 0 ? beyond : tokensNamedIn(body, beyond);
}

/** Leaves out every token that is not in the vocabulary, wherever a subject carries one. */
export function narrowToVocabulary(subject: Subject, vocabulary: ReadonlySet<string>): Subject {
  const { facility } = subject;
  return {
    ...subject,
    assignments: subject.assignments.filter((assignment) => vocabulary.has(assignment.token)),
    ...(facility === undefined ? {} : { facility: { ...facility, contracts: facility.contracts.filter((token) => vocabulary.has(token)) } }),
  };
}

/** What a ministry is told of the circumstances: it has a clock of its own. An officer's tokens are told like the subject's. */
function contextOf(ctx: DecisionContext, vocabulary: ReadonlySet<string>): Omit<DecisionContext, "now"> {
  const { now: _now, observer, ...told } = ctx;
  return observer === undefined ? told : { ...told, observer: { ...observer, subject: narrowToVocabulary(observer.subject, vocabulary) } };
}

/** Random numbers, drawn by the page: one call of the generator costs as much as the whole seal. Each is given out once and erased. */
class Nonces {
  readonly #page = Buffer.alloc(NONCE_BYTES * NONCES_A_PAGE);
  #next = this.#page.length;

  take(): string {
    if (this.#next === this.#page.length) {
      randomFillSync(this.#page);
      this.#next = 0;
    }
    const from = this.#next;
    this.#next += NONCE_BYTES;
    const nonce = this.#page.toString("base64url", from, this.#next);
    this.#page.fill(0, from, this.#next);
    return nonce;
  }
}

function callKey(keys: GatewayKeys, ministry: RegisteredMinistry): KeyObject {
  const shared = diffieHellman({ privateKey: keys.agree, publicKey: ministry.agree });
  return createSecretKey(Buffer.from(hkdfSync("sha256", shared, new Uint8Array(), `kanmon-call-v1|${keys.id}|${ministry.subgraph}`, 32)));
}

function encode(value: unknown): string { return Buffer.from(JSON.stringify(value)).toString("base64url"); }
function digest(bytes: string | Uint8Array): string { return hash("sha256", bytes, "base64url"); }
