/**
 * Variables of an operation in the evidence (SPEC 7.3): their HMAC-SHA-256 under a key that only this gateway can make. A plain digest would let whoever reads the log try out search terms and ids;
 * with the gateway's keys it can be shown that an operation had these variables.
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";

/** The key, from the gateway's private key of agreement. */
export function variablesKey(agree: KeyObject): KeyObject {
  const secret = agree.export({ format: "der", type: "pkcs8" });
  return createSecretKey(Buffer.from(hkdfSync("sha256", secret, new Uint8Array(), "kanmon-evidence-variables-v1", 32)));
}

/** @param variables as the request had them; undefined where there are none */
export function digestOfVariables(key: KeyObject, variables: unknown): string | undefined {
  if (typeof variables !== "object" || variables === null || Object.keys(variables).length === 0) return undefined;
  return createHmac("sha256", key).update(JSON.stringify(variables)).digest("hex");
}
