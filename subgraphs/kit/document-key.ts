/**
 * The key with which a ministry signs documents for others (SPEC 15.35): Ed25519, made of the private key that it has already (HKDF-SHA-256, a use of its own), so that nobody has to make, hand out or keep another
 * one. Its public half stands in the registry as `sign`; without the private key nobody can make it.
 */
import { createPrivateKey, createPublicKey, hkdfSync, type JsonWebKey, type KeyObject } from "node:crypto";

/** An Ed25519 private key in PKCS #8, before its 32 bytes. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** @throws Error where the ministry's key is of no use */
export function documentKey(agree: JsonWebKey, subgraph: string): KeyObject {
  const own = createPrivateKey({ key: agree, format: "jwk" });
  if (own.asymmetricKeyType !== "x25519") throw new Error("the ministry's agreement key is not X25519");
  const seed = hkdfSync("sha256", own.export({ format: "der", type: "pkcs8" }), new Uint8Array(), `kanmon-document-sign-v1|${subgraph}`, 32);
  return createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.from(seed)]), format: "der", type: "pkcs8" });
}

/** Its public half, as the registry has it. */
export function publicDocumentKey(agree: JsonWebKey, subgraph: string): JsonWebKey { return createPublicKey(documentKey(agree, subgraph)).export({ format: "jwk" }); }
