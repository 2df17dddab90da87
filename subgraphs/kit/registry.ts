/**
 * What a ministry needs of the member registry: the gateways that may call it, with their public keys, and its own private key (SPEC 6.1).
 * Takes parsed JSON, gives keys; refuses what is missing or of another curve, so that a mistake is found at start and not by a caller.
 */
import { type JsonWebKey, type KeyObject, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from "node:crypto";

/** Parsed registry file; other parts of it are for gateways. Of the other ministries a ministry needs what it takes to know their documents (seals.ts). */
export interface RegistryData {
  readonly gateways: readonly { readonly id: string; readonly sign: JsonWebKey & { readonly kid?: string }; readonly agree: JsonWebKey }[];
  readonly ministries?: readonly { readonly subgraph: string; readonly agree: JsonWebKey; /** With which it signs documents (document-key.ts); without it nothing that it sealed is opened. */ readonly sign?: JsonWebKey }[];
}
/** The ministry's private keys. */
export interface MinistryKeys { readonly agree: JsonWebKey }

export interface KnownGateway {
  readonly id: string;
  readonly kid: string;
  readonly sign: KeyObject;
  /** Key of the MAC over each call, known to this gateway and this ministry alone. */
  readonly callKey: Buffer;
}

/**
 * @param subgraph name of this ministry's subgraph
 * @throws Error naming the gateway whose keys are of no use
 */
export function knownGateways(registry: RegistryData, subgraph: string, keys: MinistryKeys): ReadonlyMap<string, KnownGateway> {
  const own = createPrivateKey({ key: keys.agree, format: "jwk" });
  if (own.asymmetricKeyType !== "x25519") throw new Error("the ministry's agreement key is not X25519");
  const gateways = registry.gateways.map(({ id, sign, agree }): readonly [string, KnownGateway] => {
    const signKey = createPublicKey({ key: sign, format: "jwk" });
    const agreeKey = createPublicKey({ key: agree, format: "jwk" });
    if (signKey.asymmetricKeyType !== "ed25519" || agreeKey.asymmetricKeyType !== "x25519" || typeof sign.kid !== "string") throw new Error(`keys of gateway ${id} are of no use`);
    const callKey = Buffer.from(hkdfSync("sha256", diffieHellman({ privateKey: own, publicKey: agreeKey }), new Uint8Array(), `kanmon-call-v1|${id}|${subgraph}`, 32));
    return [id, { id, kid: sign.kid, sign: signKey, callKey }];
  });
  if (new Set(gateways.map(([id]) => id)).size !== gateways.length) throw new Error("two gateways of one id");
  if (new Set(gateways.map(([, { kid }]) => kid)).size !== gateways.length) throw new Error("two gateways with one key id");
  return new Map(gateways);
}

/** Key under which cursors are sealed: derived, so that every process of the ministry opens those of the others. */
export function cursorKey(keys: MinistryKeys, subgraph: string): Buffer {
  const secret = createPrivateKey({ key: keys.agree, format: "jwk" }).export({ format: "der", type: "pkcs8" });
  return Buffer.from(hkdfSync("sha256", secret, new Uint8Array(), `kanmon-cursor-v1|${subgraph}`, 32));
}
