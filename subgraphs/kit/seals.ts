/**
 * What one ministry tells another on paper (SPEC 15.36): a document that people carry, because ministries do not call each other. Takes claims and gives a compact JWS under a key that only the two
 * ministries can work out, from the keys of the registry that they answer gateways with: each for one direction and this use alone. Opens to nothing what another made, made for another, or changed.
 */
import { type KeyObject, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from "node:crypto";
import { jwtVerify } from "jose/jwt/verify";
import { SignJWT } from "jose/jwt/sign";
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

const KIND = "kanmon-document+jwt";
const LONGEST = 8_192;

/** @throws Error when the ministry's key is of no use */
export function sealsOf(registry: RegistryData, subgraph: string, keys: MinistryKeys): Seals {
  const own = createPrivateKey({ key: keys.agree, format: "jwk" });
  if (own.asymmetricKeyType !== "x25519") throw new Error("the ministry's agreement key is not X25519");
  const known = new Map((registry.ministries ?? []).map(({ subgraph: name, agree }): readonly [string, KeyObject] => [name, createPublicKey({ key: agree, format: "jwk" })]));
  const keyOf = (other: string, from: string, to: string): Uint8Array | undefined => {
    const publicKey = known.get(other);
    return publicKey && new Uint8Array(hkdfSync("sha256", diffieHellman({ privateKey: own, publicKey }), new Uint8Array(), `kanmon-document-v1|${from}|${to}`, 32));
  };
  return {
    issuer: subgraph,
    seal: async (audience, claims) => {
      const key = keyOf(audience, subgraph, audience);
      if (key === undefined) throw new Error(`${audience} is not in the registry`);
      return new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256", typ: KIND }).setIssuer(subgraph).setAudience(audience).sign(key);
    },
    open: async (issuer, text) => {
      const key = keyOf(issuer, issuer, subgraph);
      if (key === undefined || text.length > LONGEST) return undefined;
      const opened = await jwtVerify<SealedClaims>(text, key, { algorithms: ["HS256"], typ: KIND, issuer, audience: subgraph }).catch(() => undefined);
      return opened?.payload;
    },
  };
}
