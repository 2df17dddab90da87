/**
 * What one ministry tells another on paper (SPEC 15.35): a document that people carry, because ministries do not call each other. Takes claims and gives a JWS under the issuer's own signing key, which nobody else
 * can make, within a JWE under a key that only the two ministries can work out: so the ministry that reads it could not have written it, and nobody else can read it. Opens to nothing what another made, made for
 * another, or changed, and anything of an issuer whose signing key the registry does not have.
 */
import { type JsonWebKey, type KeyObject, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from "node:crypto";
import { CompactEncrypt } from "jose/jwe/compact/encrypt";
import { compactDecrypt } from "jose/jwe/compact/decrypt";
import { SignJWT } from "jose/jwt/sign";
import { jwtVerify } from "jose/jwt/verify";
import { documentKey } from "./document-key";
import type { MinistryKeys, RegistryData } from "./registry";

export type SealedClaims = Readonly<Record<string, unknown>>;

export interface Seals {
  /** Subgraph that seals here. */
  readonly issuer: string;
  /** @throws Error for a ministry that the registry does not have */
  readonly seal: (audience: string, claims: SealedClaims) => Promise<string>;
  /** What `issuer` sealed for this ministry; nothing for anything else. */
  readonly open: (issuer: string, text: string) => Promise<SealedClaims | undefined>;
}

const SIGNED = "kanmon-document+jwt";
const ENCLOSED = "kanmon-document+jwe";
const LONGEST = 8_192;

interface Known { readonly agree: KeyObject; readonly sign: KeyObject | undefined }

/** @throws Error when the ministry's key, or one of the registry, is of no use */
export function sealsOf(registry: RegistryData, subgraph: string, keys: MinistryKeys): Seals {
  const own = createPrivateKey({ key: keys.agree, format: "jwk" });
  if (own.asymmetricKeyType !== "x25519") throw new Error("the ministry's agreement key is not X25519");
  const signing = documentKey(keys.agree, subgraph);
  const known = new Map((registry.ministries ?? []).map(({ subgraph: name, agree, sign }): readonly [string, Known] => [name, { agree: createPublicKey({ key: agree, format: "jwk" }), sign: sign === undefined ? undefined : readSign(name, sign) }]));
  const keyOf = (other: string, from: string, to: string): Uint8Array | undefined => {
    const publicKey = known.get(other)?.agree;
    return publicKey && new Uint8Array(hkdfSync("sha256", diffieHellman({ privateKey: own, publicKey }), new Uint8Array(), `kanmon-document-v2|${from}|${to}`, 32));
  };
  return {
    issuer: subgraph,
    seal: async (audience, claims) => {
      const key = keyOf(audience, subgraph, audience);
      if (key === undefined) throw new Error(`${audience} is not in the registry`);
      const signed = await new SignJWT({ ...claims }).setProtectedHeader({ alg: "EdDSA", typ: SIGNED }).setIssuer(subgraph).setAudience(audience).sign(signing);
      return new CompactEncrypt(Buffer.from(signed)).setProtectedHeader({ alg: "dir", enc: "A256GCM", typ: ENCLOSED, cty: SIGNED }).encrypt(key);
    },
    open: async (issuer, text) => {
      const key = keyOf(issuer, issuer, subgraph);
      const sign = known.get(issuer)?.sign;
      if (key === undefined || sign === undefined || text.length > LONGEST) return undefined;
      const enclosed = await compactDecrypt(text, key, { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] }).catch(() => undefined);
      if (enclosed?.protectedHeader.typ !== ENCLOSED) return undefined;
      const opened = await jwtVerify<SealedClaims>(Buffer.from(enclosed.plaintext).toString("utf8"), sign, { algorithms: ["EdDSA"], typ: SIGNED, issuer, audience: subgraph }).catch(() => undefined);
      return opened?.payload;
    },
  };
}

function readSign(name: string, sign: JsonWebKey): KeyObject {
  const key = createPublicKey({ key: sign, format: "jwk" });
  if (key.asymmetricKeyType !== "ed25519") throw new Error(`the signing key of ${name} is not Ed25519`);
  return key;
}
