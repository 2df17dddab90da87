/**
 * DEVELOPMENT ONLY. Access tokens for the people of the demo (RFC 9068: `typ: at+jwt`), signed with a key made on this machine.
 * A token says who asks and through which registered client; what that person may read comes from the ministries' standing, never from here.
 * Refuses people it does not know and lives longer than ten minutes.
 */
import type { JWK } from "jose";
import { calculateJwkThumbprint } from "jose/jwk/thumbprint";
import { SignJWT } from "jose/jwt/sign";
import { exportJWK } from "jose/key/export";
import { generateKeyPair } from "jose/key/generate/keypair";
import { importJWK } from "jose/key/import";
import { randomUUID } from "node:crypto";

/** Longest life of a token, in seconds. */
export const MAX_LIFE_S = 600;
const ALGORITHM = "EdDSA";

export interface Persona { readonly id: string; readonly client: string }
export interface IssuerKeys { readonly sign: JWK }
export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: IssuerKeys;
  readonly personas: readonly Persona[];
  /** Life of a token in seconds, at most MAX_LIFE_S. */
  readonly lifeS: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}
export interface Issued { readonly token: string; readonly expiresIn: number }

/** Makes a fresh Ed25519 key pair; the key id is its RFC 7638 thumbprint. */
export async function makeIssuerKeys(): Promise<IssuerKeys> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: "Ed25519", extractable: true });
  const jwk = await exportJWK(privateKey);
  return { sign: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: "sig" } };
}

/** The public half, as the JWKS document shows it. */
export function publicKeysOf(keys: IssuerKeys): { readonly keys: readonly JWK[] } {
  const { kty, crv, x, kid, alg, use } = keys.sign;
  return { keys: [{ kty, crv, x, kid, alg, use }] };
}

/** Signs a token for a persona. Gives `undefined` for a persona it does not know; throws when the settings ask for more than ten minutes. */
export async function issueToken(settings: TokenSettings, personaId: string): Promise<Issued | undefined> {
  if (!(settings.lifeS > 0 && settings.lifeS <= MAX_LIFE_S)) throw new RangeError(`A token lives between 1 and ${MAX_LIFE_S} seconds`);
  const persona = settings.personas.find((each) => each.id === personaId);
  if (persona === undefined) return undefined;
  const iat = Math.floor(settings.clock() / 1000);
  const token = await new SignJWT({ client_id: persona.client })
    .setProtectedHeader({ alg: ALGORITHM, typ: "at+jwt", kid: settings.keys.sign.kid })
    .setIssuer(settings.issuer).setSubject(persona.id).setAudience(settings.audience)
    .setIssuedAt(iat).setExpirationTime(iat + settings.lifeS).setJti(randomUUID())
    .sign(await importJWK(settings.keys.sign, ALGORITHM));
  return { token, expiresIn: settings.lifeS };
}
