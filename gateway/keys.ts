/**
 * The signing keys of one token issuer (SPEC 8). Takes its registered JWKS address and gives the public key for a token's `kid`. Keys are fetched when
 * first needed and again in the background; the last good set serves while the issuer is down, but not for ever; an unknown `kid`
 * may cause one fetch per cooldown, however many tokens carry one. Whatever a token says about keys (`jku`, `jwk`, `x5u`) is never followed.
 */
import type { CryptoKey, JWK } from "jose";
import { importJWK } from "jose/key/import";
import { type Dispatcher, request } from "undici";

export interface IssuerKeysOptions {
  readonly jwksUri: URL;
  readonly algorithms: readonly string[];
  readonly clock: () => number;
  readonly dispatcher?: Dispatcher;
  readonly warn: (problem: string) => void;
}

const REFRESH_MS = 300_000;
/** The last good set is void this long after it was fetched. */
const STALE_MS = 3_600_000;
const COOLDOWN_MS = 10_000;
const TIMEOUT_MS = 3_000;
const MOST_BYTES = 65_536;

export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  #keys: ReadonlyMap<string, CryptoKey | Uint8Array> = new Map();
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #underWay: Promise<void> | undefined;
  #generation = 0;
  #print = "";

  constructor(options: IssuerKeysOptions) { this.#options = options; }

  /** Grows whenever the set of keys changed; what was verified under an older generation has to be verified again. */
  get generation(): number { return this.#generation; }

  /** False once the last good set is too old to be believed. */
  isUsable(): boolean { return this.#options.clock() - this.#fetchedAt < STALE_MS; }

  /** Fetches in the background when the set is old, so that a removed key is noticed although every token is remembered. */
  refreshWhenDue(): void { if (this.#options.clock() - this.#fetchedAt >= REFRESH_MS) void this.#refresh(); }

  /** The key with that id, or undefined. */
  async keyFor(kid: string, algorithm: string): Promise<CryptoKey | Uint8Array | undefined> {
    const name = `${algorithm}\n${kid}`;
    if (!this.isUsable() || !this.#keys.has(name)) await this.#refresh();
    else this.refreshWhenDue();
    return this.isUsable() ? this.#keys.get(name) : undefined;
  }

  /** One fetch at a time, and none within the cooldown of the last try. */
  #refresh(): Promise<void> {
    if (this.#underWay !== undefined) return this.#underWay;
    if (this.#options.clock() - this.#triedAt < COOLDOWN_MS) return Promise.resolve();
    this.#triedAt = this.#options.clock();
    this.#underWay = this.#fetch().catch((error: unknown) => { this.#options.warn(`keys of ${this.#options.jwksUri.href} could not be fetched: ${String(error)}`); })
      .finally(() => { this.#underWay = undefined; });
    return this.#underWay;
  }

  async #fetch(): Promise<void> {
    const { dispatcher } = this.#options;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await request(this.#options.jwksUri, { method: "GET", headers: { accept: "application/json" }, signal, ...(dispatcher === undefined ? {} : { dispatcher }) });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_BYTES) throw new Error("the key set is too large");
      chunks.push(chunk);
    }
    if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
    const { keys, print } = await this.#read(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    if (print !== this.#print) this.#generation += 1;
    this.#print = print;
    this.#keys = keys;
    this.#fetchedAt = this.#options.clock();
  }

  /** Public signature keys with an id and an algorithm this issuer is registered for; anything else in the set is left out. */
  async #read(body: unknown): Promise<{ readonly keys: ReadonlyMap<string, CryptoKey | Uint8Array>; readonly print: string }> {
    const list = typeof body === "object" && body !== null && "keys" in body && Array.isArray(body.keys) ? (body.keys as readonly JWK[]) : undefined;
    if (list === undefined) throw new Error("not a key set");
    const keys = new Map<string, CryptoKey | Uint8Array>();
    const seen = new Map<string, string>();
    for (const jwk of list) {
      if (typeof jwk !== "object" || jwk === null || typeof jwk.kid !== "string" || jwk.kty === "oct" || jwk.d !== undefined || (jwk.use !== undefined && jwk.use !== "sig")) continue;
      for (const algorithm of this.#options.algorithms) {
        if (!fits(jwk, algorithm)) continue;
        const name = `${algorithm}\n${jwk.kid}`;
        const print = JSON.stringify([jwk.x, jwk.y, jwk.n, jwk.e]);
        if (seen.has(name) && seen.get(name) !== print) throw new Error("two different keys share an id");
        seen.set(name, print);
        keys.set(name, await importJWK({ ...jwk }, algorithm));
      }
    }
    return { keys, print: JSON.stringify([...seen].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
  }
}

function fits(jwk: JWK, algorithm: string): boolean {
  if (jwk.alg !== undefined && jwk.alg !== algorithm) return false;
  switch (algorithm) {
    case "EdDSA": return jwk.kty === "OKP" && jwk.crv === "Ed25519";
    case "ES256": return jwk.kty === "EC" && jwk.crv === "P-256";
    case "ES384": return jwk.kty === "EC" && jwk.crv === "P-384";
    case "PS256": return jwk.kty === "RSA";
    default: return false;
  }
}
