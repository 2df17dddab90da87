/**
 * The member registry and this gateway's private keys (SPEC 8): who may state, issue and answer, and with which keys. Takes parsed JSON and
 * gives typed, checked values; refuses unknown members, symmetric or private keys where public ones belong, and anything incomplete.
 */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type { SpeaksFor, Spoken } from "./speaks-for";

export interface RegisteredMinistry { readonly subgraph: string; readonly url: URL; readonly agree: KeyObject }
export interface RegisteredIssuer { readonly issuer: string; readonly jwksUri: URL; readonly audience: string; readonly algorithms: readonly string[]; readonly speaksFor: SpeaksFor }
export interface Registry { readonly gatewayIds: readonly string[]; readonly ministries: readonly RegisteredMinistry[]; readonly issuers: readonly RegisteredIssuer[] }
export interface GatewayKeys { readonly id: string; readonly kid: string; readonly sign: KeyObject; readonly agree: KeyObject }

/** Asymmetric signatures only: with a shared secret the verifier could issue. */
const ALGORITHMS: ReadonlySet<string> = new Set(["EdDSA", "ES256", "ES384", "PS256"]);

const EVERYBODY = "EVERYBODY";
const BODY = /^JPN(\.[A-Z0-9]+)*$/;
/** Of liaisons; people of our own bodies are spoken for by body. */
const NATION = /^(?!JPN$)[A-Z]{3}$/;

export class RegistryError extends Error { override readonly name = "RegistryError"; }

/**
 * @param value parsed registry JSON
 * @throws RegistryError with the JSON path of the mistake
 */
export function parseRegistry(value: unknown): Registry {
  const root = members(value, "$", ["gateways", "ministries", "issuers"], ["notice"]);
  return {
    gatewayIds: list(root["gateways"], "$.gateways").map((entry, at) => {
      const path = `$.gateways[${at}]`;
      const gateway = members(entry, path, ["id", "sign", "agree"]);
      publicKey(gateway["sign"], "Ed25519", `${path}.sign`);
      publicKey(gateway["agree"], "X25519", `${path}.agree`);
      return text(gateway["id"], `${path}.id`);
    }),
    ministries: unique(list(root["ministries"], "$.ministries").map((entry, at) => {
      const path = `$.ministries[${at}]`;
      const ministry = members(entry, path, ["subgraph", "url", "agree"], ["sign"]);
      // Of documents between ministries: nothing to a gateway, but what is there has to be right.
      if (ministry["sign"] !== undefined) publicKey(ministry["sign"], "Ed25519", `${path}.sign`);
      return { subgraph: text(ministry["subgraph"], `${path}.subgraph`), url: httpUrl(ministry["url"], `${path}.url`), agree: publicKey(ministry["agree"], "X25519", `${path}.agree`) };
    }), (ministry) => ministry.subgraph, "$.ministries"),
    issuers: unique(list(root["issuers"], "$.issuers").map((entry, at) => {
      const path = `$.issuers[${at}]`;
      const issuer = members(entry, path, ["issuer", "jwksUri", "audience", "algorithms", "speaksFor"]);
      const algorithms = list(issuer["algorithms"], `${path}.algorithms`).map((name, index) => text(name, `${path}.algorithms[${index}]`));
      if (algorithms.length === 0 || !algorithms.every((name) => ALGORITHMS.has(name))) fail(`${path}.algorithms`, `must name some of ${[...ALGORITHMS].join(", ")}`);
      return { issuer: text(issuer["issuer"], `${path}.issuer`), jwksUri: httpUrl(issuer["jwksUri"], `${path}.jwksUri`), audience: text(issuer["audience"], `${path}.audience`), algorithms, speaksFor: speaksFor(issuer["speaksFor"], `${path}.speaksFor`) };
    }), (issuer) => issuer.issuer, "$.issuers"),
  };
}

/**
 * @param value parsed key file: `{id, sign, agree}` with private JWKs
 * @throws RegistryError when a key is missing, of the wrong kind, or the gateway is not in the registry
 */
export function parseGatewayKeys(value: unknown, registry: Registry): GatewayKeys {
  const root = members(value, "keys", ["id", "sign", "agree"]);
  const id = text(root["id"], "keys.id");
  if (!registry.gatewayIds.includes(id)) fail("keys.id", `${id} is not a gateway of the registry`);
  const sign = members(root["sign"], "keys.sign", ["kty", "crv", "x", "d"], ["kid", "alg", "use", "key_ops"]);
  return { id, kid: text(sign["kid"], "keys.sign.kid"), sign: privateKey(root["sign"], "Ed25519", "keys.sign"), agree: privateKey(root["agree"], "X25519", "keys.agree") };
}

function publicKey(value: unknown, curve: string, path: string): KeyObject {
  const jwk = okp(value, curve, path);
  if ("d" in jwk) fail(path, "is a private key; the registry holds public ones");
  try { return createPublicKey({ key: jwk, format: "jwk" }); } catch { return fail(path, "is not a usable key"); }
}

function privateKey(value: unknown, curve: string, path: string): KeyObject {
  const jwk = okp(value, curve, path);
  try { return createPrivateKey({ key: jwk, format: "jwk" }); } catch { return fail(path, "is not a usable private key"); }
}

function okp(value: unknown, curve: string, path: string): JsonWebKey {
  const jwk = members(value, path, ["kty", "crv", "x"], ["d", "kid", "alg", "use", "key_ops"]);
  if (jwk["kty"] !== "OKP" || jwk["crv"] !== curve) fail(path, `must be an OKP key on ${curve}`);
  return jwk;
}

/** Everybody is said by that word; an empty list, or an entry that names nobody, is a mistake and not a way to say it. */
function speaksFor(value: unknown, path: string): SpeaksFor {
  if (value === EVERYBODY) return EVERYBODY;
  const entries = list(value, path).map((entry, at): Spoken => {
    const place = `${path}[${at}]`;
    const { body, nation } = members(entry, place, [], ["body", "nation"]);
    if (body === undefined && nation === undefined) fail(place, "must name a body or a nation");
    return {
      ...(body === undefined ? {} : { body: matching(BODY, body, `${place}.body`, "an org path such as JPN.MOD") }),
      ...(nation === undefined ? {} : { nation: matching(NATION, nation, `${place}.nation`, "the code of another nation") }),
    };
  });
  return entries.length === 0 ? fail(path, "names nobody") : entries;
}

function matching(pattern: RegExp, value: unknown, path: string, what: string): string {
  const given = text(value, path);
  return pattern.test(given) ? given : fail(path, `must be ${what}`);
}

function members(value: unknown, path: string, required: readonly string[], optional: readonly string[] = []): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(path, "must be an object");
  for (const name of required) if (!Object.hasOwn(value, name)) fail(path, `lacks ${name}`);
  for (const name of Object.keys(value)) if (!required.includes(name) && !optional.includes(name)) fail(`${path}.${name}`, "is not known");
  return value as Record<string, unknown>;
}

function list(value: unknown, path: string): readonly unknown[] { return Array.isArray(value) ? value : fail(path, "must be a list"); }

function text(value: unknown, path: string): string { return typeof value === "string" && value !== "" ? value : fail(path, "must be a text that is not empty"); }

function httpUrl(value: unknown, path: string): URL {
  const url = URL.canParse(text(value, path)) ? new URL(text(value, path)) : fail(path, "is not a URL");
  return url.protocol === "http:" || url.protocol === "https:" ? url : fail(path, "must be an http or https URL");
}

function unique<T>(entries: readonly T[], key: (entry: T) => string, path: string): readonly T[] {
  return new Set(entries.map(key)).size === entries.length ? entries : fail(path, "names the same member twice");
}

function fail(path: string, problem: string): never { throw new RegistryError(`registry: ${path} ${problem}`); }
