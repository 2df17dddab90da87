/**
 * Signed documents (SPEC 14): JSON in a JWS of the General JSON Serialization, signed with Ed25519 by several persons, one after the other if they like. Takes texts and
 * keys; gives the payload and who signed it. A signature that does not hold, or that nobody listed has made, refuses the document: a text says exactly who stands for
 * it, and nothing in it is left unread. Also refused: another type, members that nobody asked for, JSON that two readers could read differently, a text too large.
 */
import type { JWK } from "jose";
import { importJWK } from "jose/key/import";
import { FlattenedSign } from "jose/jws/flattened/sign";
import { flattenedVerify } from "jose/jws/flattened/verify";
import { SignedError } from "./refusal";
import type { Signers } from "./signers";

/** A private Ed25519 JWK with a `kid`. */
export type SigningKey = Readonly<JWK>;
export interface Verified {
  readonly payload: unknown;
  /** The persons, sorted, each once. */
  readonly by: readonly string[];
}
export interface VerifyOptions {
  /** Type in the protected header of every signature; what was signed as one kind of document is never taken for another. */
  readonly typ: string;
  readonly signers: Signers;
  /** So many different persons must have signed. */
  readonly needed: number;
  /** Bytes that the text may have. */
  readonly most: number;
}

interface Signature { readonly protected: string; readonly signature: string }
interface Envelope { readonly payload: string; readonly signatures: readonly Signature[] }

const MOST_SIGNATURES = 16;

/**
 * Signs a payload; without keys the document waits for its first signature.
 * @throws SignedError for a key that is not a private Ed25519 key with an id
 */
export async function signDocument(typ: string, payload: unknown, keys: readonly SigningKey[]): Promise<string> {
  // Twice through JSON: only then the text is the one that reading and writing it again gives.
  const text = JSON.stringify(JSON.parse(JSON.stringify(payload)));
  let envelope: Envelope = { payload: Buffer.from(text).toString("base64url"), signatures: [] };
  for (const key of keys) envelope = await append(envelope, typ, key);
  return `${JSON.stringify(envelope)}\n`;
}

/**
 * Adds a signature to a document that others may have signed; theirs stay as they are, and are not looked at.
 * @throws SignedError for a text that is no document, a key of no use or one that has signed already
 */
export async function addSignature(text: string, typ: string, key: SigningKey): Promise<string> {
  return `${JSON.stringify(await append(readEnvelope(text), typ, key))}\n`;
}

/**
 * What the document says, if it is signed as it must be.
 * @throws SignedError saying what is wrong with it
 */
export async function verifyDocument(text: string, { typ, signers, needed, most }: VerifyOptions): Promise<Verified> {
  if (Buffer.byteLength(text) > most) throw new SignedError(`the document is larger than ${most} bytes`);
  const { payload, signatures } = readEnvelope(text);
  const keys = new Set<string>();
  const owners = new Set<string>();
  for (const [at, signature] of signatures.entries()) {
    const kid = readHeader(signature, typ, at);
    const signer = signers.get(kid);
    if (signer === undefined) throw new SignedError(`signature ${at + 1} is of a key that is not listed`);
    if (keys.has(kid)) throw new SignedError(`signature ${at + 1} is of a key that has signed already`);
    await flattenedVerify({ payload, ...signature }, signer.key, { algorithms: ["EdDSA"] })
      .catch(() => { throw new SignedError(`signature ${at + 1}, of ${signer.owner}, does not hold`); });
    keys.add(kid);
    owners.add(signer.owner);
  }
  if (!Number.isInteger(needed) || needed < 1 || owners.size < needed) throw new SignedError(`${owners.size} of ${needed} persons have signed`);
  return { payload: readPayload(payload), by: [...owners].sort() };
}

async function append({ payload, signatures }: Envelope, typ: string, key: SigningKey): Promise<Envelope> {
  const { kty, crv, d, kid } = key;
  if (kty !== "OKP" || crv !== "Ed25519" || typeof d !== "string" || typeof kid !== "string" || kid === "") throw new SignedError("the key is not a private Ed25519 key with a kid");
  if (signatures.some((each) => headerOf(each)?.["kid"] === kid)) throw new SignedError(`${kid} has signed already`);
  const signed = await importJWK({ ...key }, "EdDSA").then((own) => new FlattenedSign(Buffer.from(payload, "base64url")).setProtectedHeader({ alg: "EdDSA", typ, kid }).sign(own))
    .catch(() => { throw new SignedError("the key is not a private Ed25519 key with a kid"); });
  return { payload, signatures: [...signatures, { protected: signed.protected ?? "", signature: signed.signature }] };
}

function readEnvelope(text: string): Envelope {
  const envelope = parse(text, "the document is not JSON");
  if (!hasExactly(envelope, "payload", "signatures")) throw new SignedError("the document is not {\"payload\": ..., \"signatures\": [...]}");
  const { payload, signatures } = envelope;
  if (typeof payload !== "string" || !Array.isArray(signatures) || signatures.length > MOST_SIGNATURES) throw new SignedError("the document is not {\"payload\": ..., \"signatures\": [...]}");
  const wellFormed = (signatures as readonly unknown[]).every((each): each is Signature => hasExactly(each, "protected", "signature")
    && typeof each["protected"] === "string" && typeof each["signature"] === "string");
  if (!wellFormed) throw new SignedError("a signature is not {\"protected\": ..., \"signature\": ...}");
  return { payload, signatures: signatures as readonly Signature[] };
}

/** The key id; throws unless the header is exactly algorithm, type and key id. */
function readHeader(signature: Signature, typ: string, at: number): string {
  const header = headerOf(signature);
  if (!hasExactly(header, "alg", "kid", "typ") || typeof header["kid"] !== "string") throw new SignedError(`signature ${at + 1} has not exactly alg, typ and kid in its header`);
  if (header["alg"] !== "EdDSA") throw new SignedError(`signature ${at + 1} is not EdDSA`);
  if (header["typ"] !== typ) throw new SignedError(`signature ${at + 1} is not of a document of type ${typ}`);
  return header["kid"];
}

function headerOf(signature: Signature): Readonly<Record<string, unknown>> | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(signature.protected, "base64url").toString("utf8"));
    return isRecord(header) ? header : undefined;
  } catch { return undefined; }
}

/** No member twice, nothing before or behind: there is one way to read it. */
function readPayload(encoded: string): unknown {
  let text: string;
  try { text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, "base64url")); } catch { throw new SignedError("the payload is not UTF-8"); }
  const payload = parse(text, "the payload is not JSON");
  if (JSON.stringify(payload) !== text) throw new SignedError("the payload is not JSON in its plain form");
  return payload;
}

function parse(text: string, problem: string): unknown {
  try { return JSON.parse(text) as unknown; } catch { throw new SignedError(problem); }
}

function hasExactly(value: unknown, ...members: readonly string[]): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && Object.keys(value).sort().join() === [...members].sort().join();
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
