/**
 * Approvals of flows between ministries (SPEC 5.13): a compact JWS in which the ministry that a flow comes from says that it agrees, for one change of one flow graph.
 * Keys are those of a file that lists each ministry's approving officer, given by option: the member registry has no signing keys of ministries. Refuses whatever is
 * not exactly that: another type or algorithm, an unknown key, a ministry that is not the key's, another base, a lapsed or endless approval.
 */
import type { KeyObject } from "node:crypto";
import { CompactSign, compactVerify, decodeProtectedHeader, importJWK, type JWK } from "jose";
import { readPublicKey } from "../../schema/signed";

const TYPE = "kanmon-flows+jws";
const LONGEST_S = 90 * 86_400;
const SKEW_S = 60;

/** Key id -> the ministry whose officer holds it. */
export type ApprovalKeys = ReadonlyMap<string, { readonly ministry: string; readonly key: KeyObject }>;
export interface ApprovalContext {
  /** Digest of the flow graph before the change. */
  readonly base: string;
  /** Seconds since the epoch. */
  readonly now: number;
}
export interface Approvals {
  /** Ministry -> lines of flows that it approves. */
  readonly approved: ReadonlyMap<string, ReadonlySet<string>>;
  /** What was not accepted, and why. */
  readonly refused: readonly string[];
}

/**
 * Reads the list of approving keys: `{"approvers": [{"ministry": "defense", "key": {"kty": "OKP", "crv": "Ed25519", "kid": "...", "x": "..."}}]}`.
 * @throws Error naming the entry that is no public Ed25519 key with an id, or that repeats an id or another entry's key.
 */
export function readApprovalKeys(json: unknown): ApprovalKeys {
  const entries = isRecord(json) && Array.isArray(json["approvers"]) ? json["approvers"] as readonly unknown[] : undefined;
  if (entries === undefined || Object.keys(json as object).length !== 1) throw new Error("the list of approvers is not {\"approvers\": [...]}");
  const keys = new Map<string, { readonly ministry: string; readonly key: KeyObject }>();
  const known = new Set<string>();
  for (const [at, entry] of entries.entries()) {
    const ministry = isRecord(entry) ? entry["ministry"] : undefined;
    if (typeof ministry !== "string" || ministry === "") throw new Error(`approvers[${at}] names no ministry`);
    const { kid, x, key } = readPublicKey((entry as Readonly<Record<string, unknown>>)["key"], `approvers[${at}].key`);
    if (keys.has(kid) || known.has(x)) throw new Error(`approvers[${at}] has a key, or a kid, that another entry has`);
    known.add(x);
    keys.set(kid, { ministry, key });
  }
  return keys;
}

/** Verifies approvals, one JWS each; a bad one approves nothing and spoils no other. */
export async function verifyApprovals(texts: readonly string[], keys: ApprovalKeys, context: ApprovalContext): Promise<Approvals> {
  const approved = new Map<string, Set<string>>();
  const refused: string[] = [];
  for (const [at, text] of texts.entries()) {
    const outcome = await verifyApproval(text, keys, context).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (typeof outcome === "string") refused.push(`approval ${at + 1}: ${outcome}`);
    else for (const flow of outcome.flows) approved.set(outcome.ministry, (approved.get(outcome.ministry) ?? new Set()).add(flow));
  }
  return { approved, refused };
}

async function verifyApproval(text: string, keys: ApprovalKeys, { base, now }: ApprovalContext): Promise<{ readonly ministry: string; readonly flows: readonly string[] } | string> {
  const { kid } = decodeProtectedHeader(text);
  const known = kid === undefined ? undefined : keys.get(kid);
  if (known === undefined) return "is signed by a key that is not listed";
  const { payload, protectedHeader } = await compactVerify(text, known.key, { algorithms: ["EdDSA"] });
  if (protectedHeader.typ !== TYPE) return `is not of type ${TYPE}`;
  const claims: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  if (!isRecord(claims)) return "is not an object";
  const { iss, iat, exp, base: of, flows } = claims;
  if (iss !== known.ministry) return `is signed by ${known.ministry} in the name of ${JSON.stringify(iss)}`;
  if (typeof iat !== "number" || typeof exp !== "number" || iat > now + SKEW_S || exp <= now || exp - iat > LONGEST_S) return "is not in force, or for longer than 90 days";
  if (of !== base) return "is for another change: the flow graph before is another";
  if (!Array.isArray(flows) || !flows.every((flow): flow is string => typeof flow === "string")) return "names no flows";
  return { ministry: known.ministry, flows: flows.filter((flow) => flow.startsWith(`${known.ministry} -> `)) };
}

/** Signs an approval; `key` is a private Ed25519 JWK with a kid. */
export async function signApproval(ministry: string, key: JWK, flows: readonly string[], { base, now }: ApprovalContext, seconds = 30 * 86_400): Promise<string> {
  if (key.kid === undefined) throw new Error("the key has no kid");
  const claims = { iss: ministry, iat: now, exp: now + seconds, base, flows };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ alg: "EdDSA", typ: TYPE, kid: key.kid }).sign(await importJWK(key, "EdDSA"));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
