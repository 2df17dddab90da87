/**
 * Who may sign (SPEC 14.1): a list of persons, each with the public halves of their keys. Takes parsed JSON; gives signers by key id; refuses whatever is no public
 * Ed25519 key with an id, a private half, an id given twice, and one key under two names: two signatures must mean two persons.
 */
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { SignedError } from "./refusal";

export interface Signer {
  /** The person, or the office that one person holds. A person may have several keys. */
  readonly owner: string;
  readonly key: KeyObject;
}
/** Key id -> whose key it is. */
export type Signers = ReadonlyMap<string, Signer>;

const MEMBERS: ReadonlySet<string> = new Set(["kty", "crv", "x", "kid", "alg", "use"]);
const OWNER = /^[\w.@ -]{1,100}$/;
const KEY_ID = /^[\w.-]{1,100}$/;

/**
 * Reads `{"signers": [{"owner": "...", "key": {"kty": "OKP", "crv": "Ed25519", "kid": "...", "x": "..."}}]}`.
 * @throws SignedError naming the entry at fault
 */
export function readSigners(json: unknown): Signers {
  const entries = isRecord(json) && Object.keys(json).length === 1 ? json["signers"] : undefined;
  if (!Array.isArray(entries) || entries.length === 0) throw new SignedError("the list of signers is not {\"signers\": [...]} with somebody in it");
  const signers = new Map<string, Signer>();
  const known = new Set<string>();
  for (const [at, entry] of (entries as readonly unknown[]).entries()) {
    const path = `signers[${at}]`;
    if (!isRecord(entry) || Object.keys(entry).some((key) => key !== "owner" && key !== "key")) throw new SignedError(`${path} is not {"owner": ..., "key": ...}`);
    const { owner } = entry;
    if (typeof owner !== "string" || !OWNER.test(owner)) throw new SignedError(`${path}.owner is not a name`);
    const { kid, x, key } = readPublicKey(entry["key"], `${path}.key`);
    if (signers.has(kid)) throw new SignedError(`${path}.key has the id of another entry`);
    if (known.has(x)) throw new SignedError(`${path}.key is the key of another entry`);
    known.add(x);
    signers.set(kid, { owner, key });
  }
  return signers;
}

/**
 * One public Ed25519 key with an id.
 * @throws SignedError naming `path`
 */
export function readPublicKey(json: unknown, path: string): { readonly kid: string; readonly x: string; readonly key: KeyObject } {
  const fail = (problem: string): never => { throw new SignedError(`${path} ${problem}`); };
  if (!isRecord(json)) return fail("is not a key");
  if (Object.hasOwn(json, "d")) return fail("is a private key");
  const { kty, crv, x, kid, alg, use } = json;
  if (Object.keys(json).some((member) => !MEMBERS.has(member)) || kty !== "OKP" || crv !== "Ed25519" || typeof x !== "string") return fail("is not a public Ed25519 key");
  if ((alg !== undefined && alg !== "EdDSA") || (use !== undefined && use !== "sig")) return fail("is for another use");
  if (typeof kid !== "string" || !KEY_ID.test(kid)) return fail("has no kid");
  try {
    const key = createPublicKey({ key: { kty, crv, x } satisfies JsonWebKey, format: "jwk" });
    // As the key itself says it: one key has more than one spelling.
    return { kid, x: String(key.export({ format: "jwk" }).x), key };
  } catch { return fail("is not a public Ed25519 key"); }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
