/**
 * DEVELOPMENT ONLY, but strict: how a machine shows who it is (RFC 7523, private_key_jwt). Takes the fields of a token request and gives the client they prove; there is no client
 * secret. The assertion is signed with the registered key and a pinned algorithm, names the client as issuer and subject and this issuer as its only audience, lives a minute at most, and
 * counts once: its id is remembered for as long as it would count, and what was signed before this process began is refused, because whether it was used nobody knows.
 */
import type { JWK } from "jose";
import { jwtVerify } from "jose/jwt/verify";
import { importJWK } from "jose/key/import";
import { decodeProtectedHeader } from "jose/decode/protected_header";
import type { MachineClient } from "./machines";

export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
export const ASSERTION_ALGORITHM = "EdDSA";
/** Longest life of an assertion, in seconds. */
export const LONGEST_ASSERTION_S = 60;
const CLOCK_TOLERANCE_S = 5;
/** Ids remembered at most; beyond that nobody is let in, rather than an id forgotten. */
const MOST_REMEMBERED = 100_000;
/** Of another kind of token, such as an access token, no assertion is made. */
const TYPES: readonly (string | undefined)[] = ["client-authentication+jwt", "JWT", undefined];

export interface AssertionOptions {
  readonly machines: readonly MachineClient[];
  /** This issuer's own identifier. */
  readonly audience: () => string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export class Assertions {
  readonly #options: AssertionOptions;
  readonly #beganAt: number;
  /** Second until which an id counts, by client and id. */
  readonly #used = new Map<string, number>();

  constructor(options: AssertionOptions) {
    this.#options = options;
    this.#beganAt = Math.floor(options.clock() / 1000);
  }

  /** The machine that an assertion proves, which counts from now on as used; undefined whatever is wrong with it. */
  async redeem(form: URLSearchParams): Promise<MachineClient | undefined> {
    if (form.get("client_assertion_type") !== ASSERTION_TYPE || form.has("client_secret")) return undefined;
    try {
      return await this.#verify(form.get("client_assertion") ?? "", form.get("client_id") ?? undefined);
    } catch {
      return undefined;
    }
  }

  async #verify(assertion: string, named: string | undefined): Promise<MachineClient | undefined> {
    const { kid, alg, typ } = decodeProtectedHeader(assertion);
    const { machine, key } = this.#keyOf(kid) ?? {};
    if (machine === undefined || key === undefined || alg !== ASSERTION_ALGORITHM || !TYPES.includes(typ) || (named !== undefined && named !== machine.id)) return undefined;
    const now = this.#options.clock();
    const audience = this.#options.audience();
    const { payload } = await jwtVerify(assertion, await importJWK(key, ASSERTION_ALGORITHM), {
      algorithms: [ASSERTION_ALGORITHM], issuer: machine.id, subject: machine.id, audience, clockTolerance: CLOCK_TOLERANCE_S, currentDate: new Date(now), requiredClaims: ["exp", "iat", "jti"],
    });
    const { aud, exp, iat, jti } = payload;
    // What another server would take too could be carried from there to here.
    if (aud !== audience || typeof exp !== "number" || typeof iat !== "number" || typeof jti !== "string" || jti === "") return undefined;
    const nowS = now / 1000;
    if (exp - iat > LONGEST_ASSERTION_S || iat > nowS + CLOCK_TOLERANCE_S || iat < this.#beganAt) return undefined;
    return this.#remember(JSON.stringify([machine.id, jti]), exp + CLOCK_TOLERANCE_S, nowS) ? machine : undefined;
  }

  /** Found by the key's id alone; that the assertion names whose key it is is checked afterwards. */
  #keyOf(kid: unknown): { readonly machine: MachineClient; readonly key: JWK } | undefined {
    for (const machine of this.#options.machines) {
      const key = machine.keys.find((each) => each.kid === kid);
      if (key !== undefined && kid !== undefined) return { machine, key };
    }
    return undefined;
  }

  /** Whether this is the first time. In one turn, so that of two who come at once one is refused. */
  #remember(id: string, until: number, now: number): boolean {
    if (this.#used.has(id)) return false;
    if (this.#used.size >= MOST_REMEMBERED) for (const [each, last] of this.#used) if (last < now) this.#used.delete(each);
    if (this.#used.size >= MOST_REMEMBERED) return false;
    this.#used.set(id, until);
    return true;
  }
}
