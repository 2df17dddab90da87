/**
 * Makes the key pairs of gateways and ministries and the registry that tells each the others' public halves.
 * Private halves go into one file per process and nowhere else; the registry holds no secret.
 */
import { createHash, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { publicDocumentKey } from "../../subgraphs/kit/document-key";

export interface GatewayKeys { readonly id: string; readonly sign: JsonWebKey; readonly agree: JsonWebKey }
export interface MinistryKeys { readonly agree: JsonWebKey }
export interface OwnedKey { readonly owner: string; readonly key: JsonWebKey }
export interface MachineEntry { readonly id: string; readonly persona: string; readonly keys: readonly JsonWebKey[] }
export interface IssuerEntry { readonly issuer: string; readonly jwksUri: string; readonly audience: string; readonly algorithms: readonly string[]; /** Everybody, or the bodies and nations for whose people its tokens count. */ readonly speaksFor: "EVERYBODY" | readonly { readonly body?: string; readonly nation?: string }[] }
export interface Registry {
  readonly gateways: readonly { readonly id: string; readonly sign: JsonWebKey; readonly agree: JsonWebKey }[];
  readonly ministries: readonly { readonly subgraph: string; readonly url: string; readonly agree: JsonWebKey; readonly sign: JsonWebKey }[];
  readonly issuers: readonly IssuerEntry[];
}

/** A gateway's keys: Ed25519 to sign caller statements, X25519 to agree on a call key with each ministry. */
export function makeGatewayKeys(id: string): GatewayKeys {
  const sign = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const kid = createHash("sha256").update(String(sign.x)).digest("base64url").slice(0, 16);
  return { id, sign: { ...sign, kid }, agree: generateKeyPairSync("x25519").privateKey.export({ format: "jwk" }) };
}

/** A ministry's key: X25519 to agree on a call key with each gateway; the one with which it signs documents is made of it. */
export function makeMinistryKeys(): MinistryKeys {
  return { agree: generateKeyPairSync("x25519").privateKey.export({ format: "jwk" }) };
}

/** The key with which a person, or an office that one person holds, signs bundles and other documents: Ed25519 with an id made of its public half. */
export function makeSigningKey(owner: string): OwnedKey {
  const key = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return { owner, key: { ...key, kid: createHash("sha256").update(String(key.x)).digest("base64url").slice(0, 16) } };
}

/** The list of signers that these keys are on; only public halves enter it. */
export function signersOf(keys: readonly OwnedKey[]): { readonly signers: readonly { readonly owner: string; readonly key: JsonWebKey }[] } {
  return { signers: keys.map(({ owner, key }) => ({ owner, key: publicHalf(key) })) };
}

/** The registry of these gateways, ministries and issuers; only public halves enter it. */
export function registryOf(
  gateways: readonly GatewayKeys[],
  ministries: readonly { readonly subgraph: string; readonly url: string; readonly keys: MinistryKeys }[],
  issuers: readonly IssuerEntry[],
): Registry {
  return {
    gateways: gateways.map(({ id, sign, agree }) => ({ id, sign: publicHalf(sign), agree: publicHalf(agree) })),
    ministries: ministries.map(({ subgraph, url, keys }) => ({ subgraph, url, agree: publicHalf(keys.agree), sign: publicDocumentKey(keys.agree, subgraph) })),
    issuers,
  };
}

/** What an issuer is told of a machine that keeps this key. */
export function machineOf(persona: string, key: JsonWebKey): MachineEntry { return { id: persona, persona, keys: [publicHalf(key)] }; }

/** Names what to copy instead of what to drop: a private part that a later key type brings stays out. */
function publicHalf({ kty, crv, x, kid }: JsonWebKey): JsonWebKey {
  return { kty, crv, x, ...(kid === undefined ? {} : { kid }) };
}
