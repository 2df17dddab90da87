/**
 * First stage (SPEC 8): takes the headers of a request and gives a verified identity, by access tokens of the RFC 9068 profile from registered issuers.
 * Refuses everything else with one message. Nothing in a token but who it is about and which client it was given to is believed:
 * clearance comes from standing, and the level and place of the device from the client's registration.
 */
import { decodeProtectedHeader } from "jose/decode/protected_header";
import { decodeJwt } from "jose/jwt/decode";
import { jwtVerify } from "jose/jwt/verify";
import { LRUCache } from "lru-cache";
import type { Dispatcher } from "undici";
import type { Level } from "../schema/label";
import type { Action } from "../schema/policy";
import { Refused } from "./errors";
import { IssuerKeys } from "./keys";
import type { RegisteredIssuer } from "./registry";
import type { SpeaksFor } from "./speaks-for";

/** A device or system at which tokens may be used. */
export interface Client { readonly site: string; readonly zoneLevel: Level; readonly displayOnly: boolean }
export interface Identity {
  readonly sub: string; readonly clientId: string; readonly issuer: string; readonly jti: string;
  /** For whom the issuer may speak: whether the subject is one of them shows when it is known where they are at home. */
  readonly speaksFor: SpeaksFor;
  readonly site: string; readonly zoneLevel: Level;
  /** VIEW only at a display-only client; JSON that is kept is RETRIEVE. */
  readonly action: Extract<Action, "VIEW" | "RETRIEVE">;
}
/** The parts of a request that may carry a credential. */
export interface Credentials { readonly rawHeaders: readonly string[]; readonly search: string }

export interface AuthenticatorOptions {
  readonly issuers: readonly RegisteredIssuer[];
  readonly clients: ReadonlyMap<string, Client>;
  readonly clock: () => number;
  readonly dispatcher?: Dispatcher;
  readonly warn: (problem: string) => void;
}

const LONGEST_TOKEN = 8_192;
const CLOCK_TOLERANCE_S = 5;
/** Verified tokens remembered, so that a signature is checked once per token and not once per request. */
const REMEMBERED = 10_000;
const BEARER = /^bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

interface Remembered { readonly identity: Identity; readonly expires: number; readonly notBefore: number; readonly generation: number }

type Issuers = ReadonlyMap<string, { readonly registered: RegisteredIssuer; readonly keys: IssuerKeys }>;

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #issuers: Issuers;
  readonly #verified = new LRUCache<string, Remembered>({ max: REMEMBERED });

  constructor(options: AuthenticatorOptions, issuers: Issuers = openIssuers(options)) {
    this.#options = options;
    this.#issuers = issuers;
  }

  /** The same issuers, with the keys already fetched, and other registered clients. Nothing that was verified before is remembered. */
  withClients(clients: AuthenticatorOptions["clients"]): Authenticator { return new Authenticator({ ...this.#options, clients }, this.#issuers); }

  /**
   * @returns who asks, and from which registered device
   * @throws Refused UNAUTHENTICATED, whatever was wrong
   */
  async authenticate(credentials: Credentials): Promise<Identity> {
    const token = bearerOf(credentials);
    const known = this.#verified.get(token);
    if (known !== undefined && this.#stillHolds(known)) return known.identity;
    try {
      return await this.#verify(token);
    } catch (error) {
      throw error instanceof Refused ? error : refuse("token not accepted", error);
    }
  }

  /** Who asks, when the token was verified before and still holds; nothing is checked that `authenticate` will not check again. */
  knownIdentity(credentials: Credentials): Identity | undefined {
    let known: Remembered | undefined;
    try { known = this.#verified.get(bearerOf(credentials)); } catch { return undefined; }
    return known !== undefined && this.#stillHolds(known) ? known.identity : undefined;
  }

  /** The registered issuer that a token names, not verified; empty where there is none. */
  claimedIssuer(credentials: Credentials): string {
    try {
      const claimed = decodeJwt(bearerOf(credentials)).iss;
      return claimed !== undefined && this.#issuers.has(claimed) ? claimed : "";
    } catch { return ""; }
  }

  #stillHolds(known: Remembered): boolean {
    const now = this.#options.clock() / 1000;
    const keys = this.#issuers.get(known.identity.issuer)?.keys;
    keys?.refreshWhenDue();
    return keys !== undefined && keys.isUsable() && keys.generation === known.generation && now < known.expires + CLOCK_TOLERANCE_S && now >= known.notBefore - CLOCK_TOLERANCE_S;
  }

  async #verify(token: string): Promise<Identity> {
    const claimed = decodeJwt(token).iss;
    const issuer = claimed === undefined ? undefined : this.#issuers.get(claimed);
    if (issuer === undefined) throw refuse("issuer not registered");
    const { registered, keys } = issuer;
    const { alg, kid } = decodeProtectedHeader(token);
    if (alg === undefined || !registered.algorithms.includes(alg) || typeof kid !== "string") throw refuse("algorithm or key id not accepted");
    const key = await keys.keyFor(kid, alg);
    if (key === undefined) throw refuse("no such key");
    const generation = keys.generation;
    const { payload } = await jwtVerify(token, key, {
      algorithms: [alg], typ: "at+jwt", issuer: registered.issuer, audience: registered.audience, clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(this.#options.clock()), requiredClaims: ["iss", "aud", "exp", "iat", "sub", "client_id", "jti"],
    });
    const { sub, jti, exp, nbf, aud, client_id: clientId } = payload;
    if (typeof sub !== "string" || sub === "" || typeof jti !== "string" || jti === "" || typeof clientId !== "string" || typeof exp !== "number") throw refuse("claims of the wrong type");
    if (Array.isArray(aud) && aud.length !== 1) throw refuse("token made for several audiences");
    const client = this.#options.clients.get(clientId);
    if (client === undefined) throw refuse("client not registered");
    const identity: Identity = Object.freeze({
      sub, clientId, jti, issuer: registered.issuer, speaksFor: registered.speaksFor, site: client.site, zoneLevel: client.zoneLevel, action: client.displayOnly ? "VIEW" : "RETRIEVE",
    } as const);
    this.#verified.set(token, { identity, expires: exp, notBefore: nbf ?? 0, generation });
    return identity;
  }
}

function openIssuers({ issuers, clock, warn, dispatcher }: AuthenticatorOptions): Issuers {
  return new Map(issuers.map((registered) => [registered.issuer, {
    registered, keys: new IssuerKeys({ jwksUri: registered.jwksUri, algorithms: registered.algorithms, clock, warn, ...(dispatcher === undefined ? {} : { dispatcher }) }),
  }]));
}

/** The one bearer token. Two credentials, in whatever places, are refused: nobody could say which one was meant. */
function bearerOf({ rawHeaders, search }: Credentials): string {
  const values = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === "authorization");
  if (values.length !== 1) throw refuse(values.length === 0 ? "no token" : "two tokens");
  if (search !== "" && new URLSearchParams(search).has("access_token")) throw refuse("token in the address");
  const value = values[0] ?? "";
  const token = value.length <= LONGEST_TOKEN ? BEARER.exec(value)?.[1] : undefined;
  if (token === undefined) throw refuse("not a bearer token");
  return token;
}

function refuse(why: string, cause?: unknown): Refused { return new Refused("UNAUTHENTICATED", why, { cause }); }
