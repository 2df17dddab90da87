/**
 * The last step before the first byte (SPEC 7, G7, G12): a draft of an answer becomes a finished one by getting its release and its evidence record, which is
 * made over the very bytes that are sent. Gives the answer only when the record is durable; refuses EVIDENCE_UNAVAILABLE otherwise.
 */
import { hash, type KeyObject } from "node:crypto";
import { joinAll } from "../../schema/label";
import type { BodyText } from "../body-text";
import { ERRORS, type ErrorCode, extensionsOf, Refused } from "../errors";
import type { Floods } from "../evidence/floods";
import type { EvidenceLog } from "../evidence/log";
import type { EvidenceRecord } from "../evidence/record";
import type { ReleasedAnswers } from "../evidence/released";
import { digestOfVariables } from "../evidence/variables";
import type { Carried, Known } from "../pipeline";
import { countWithheld, type PrintedBanner, withRelease } from "./release";

export interface Finished { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer; readonly txn: string; readonly withheld: Readonly<Record<string, number>> }
/** `answered` is there iff the body has data. */
export interface Draft {
  readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly codes: readonly string[]; readonly body: BodyText;
  readonly answered?: { readonly carried: Carried; readonly banner: PrintedBanner };
}
export interface Finishing {
  /** Undefined for a gateway without labels: it says nothing about itself and keeps no evidence. */
  readonly evidence: (Pick<EvidenceLog, "append" | "id"> & Partial<Pick<EvidenceLog, "isHealthy">>) | undefined;
  /** Counts the refusals of a flood; without it each has a record of its own. */
  readonly floods?: Pick<Floods, "refuse"> | undefined;
  /** Under which variables are digested; without it nothing is said of them. */
  readonly variablesKey?: KeyObject | undefined;
  /** What was released, so that a change can say that it is made of it; undefined where nothing is labelled. */
  readonly released?: ReleasedAnswers | undefined;
  readonly policyVersion: string;
  readonly bundleVersion: string;
  readonly clock: () => number;
}

const NOTHING: Buffer = Buffer.alloc(0);

/** @returns the answer, and the index of its record */
export async function finish(draft: Draft, finishing: Finishing, known: Known): Promise<{ readonly finished: Finished; readonly index: number }> {
  const { evidence } = finishing;
  const { status, headers, answered } = draft;
  const withheld = countWithheld(answered?.carried.withheld ?? []);
  if (evidence === undefined) return { finished: { status, headers, body: draft.body.take().bytes, txn: known.txn, withheld }, index: 0 };
  let body: Buffer = NOTHING;
  const { index, durable } = evidence.append((at) => {
    body = answered === undefined ? draft.body.take().bytes : withRelease(draft.body, {
      marking: answered.banner.shown, withheld: answered.carried.withheld, ...(answered.carried.portions === undefined ? {} : { portions: answered.carried.portions }),
      evidence: { log: evidence.id, index: at, txn: known.txn }, policy: finishing.policyVersion,
    });
    return recordOf(draft, finishing, known, body, withheld);
  });
  await durable;
  if (answered !== undefined && known.identity !== undefined) finishing.released?.remember({ txn: known.txn, subject: known.identity.sub, label: answered.banner.core });
  return { finished: { status, headers, body, txn: known.txn, withheld }, index };
}

/** Like `finish`, of a refusal. @returns also whether it was only counted, as one of a flood (SPEC 7.6) */
export async function finishRefusal(draft: Draft, finishing: Finishing, known: Known): Promise<{ readonly finished: Finished; readonly isCounted: boolean }> {
  const { floods, policyVersion, bundleVersion } = finishing;
  const { status, headers, codes, body } = draft;
  const apart = recordedApart(codes, known);
  if (floods === undefined || apart === undefined) return { finished: (await finish(draft, finishing, known)).finished, isCounted: false };
  let finished: Finished | undefined;
  const of = known.identity === undefined ? {} : { subject: known.identity.sub, client: known.identity.clientId };
  const isCounted = await floods.refuse(of, { policy: policyVersion, bundle: bundleVersion, status, errors: codes }, async () => { ({ finished } = await finish(draft, finishing, known)); }, apart);
  return { finished: finished ?? { status, headers, body: body.take().bytes, txn: known.txn, withheld: {} }, isCounted };
}

/** Refusals of senders whom nobody knows, for one reason, that have records of their own before others are counted. */
const APART_UNKNOWN = 60;

/**
 * How many refusals of this kind have records of their own before others are counted; nothing where all have. Those who are known are counted where they sent too much; of others nothing is known that a record could tell, and they
 * need no token to send as many as they like.
 */
export function recordedApart(codes: readonly string[], { identity }: Pick<Known, "identity">): number | undefined {
  if (codes.length === 1 && codes[0] === "TOO_MANY_REQUESTS") return 1;
  return identity === undefined ? APART_UNKNOWN : undefined;
}

function recordOf(draft: Draft, finishing: Finishing, known: Known, body: Buffer, withheld: Readonly<Record<string, number>>): EvidenceRecord {
  const { identity, narrowing, attempt, supersedes, intent } = known;
  const { answered } = draft;
  return {
    kind: answered === undefined ? "REFUSAL" : "ANSWER", txn: known.txn, at: new Date(finishing.clock()).toISOString(), status: draft.status, errors: draft.codes,
    response: sha256(body), policy: finishing.policyVersion, bundle: finishing.bundleVersion,
    ...(identity === undefined ? {} : { subject: identity.sub, client: identity.clientId }),
    ...(narrowing?.purpose === undefined ? {} : { purpose: narrowing.purpose }), ...(narrowing?.case === undefined ? {} : { case: narrowing.case }),
    ...(narrowing?.releaseTo === undefined ? {} : { releaseTo: narrowing.releaseTo }), ...(narrowing?.sources === undefined ? {} : { sources: narrowing.sources }),
    ...(attempt === undefined ? {} : { clearance: attempt.asker.digest, action: attempt.asker.action, class: attempt.classId }),
    ...questionOf(finishing, known), ...(intent === undefined ? {} : { intent }),
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(attempt?.tools === undefined ? {} : { tools: attempt.tools.used }),
    ...(attempt?.carried === undefined ? {} : { ministries: attempt.carried.ministries, ...(attempt.carried.acknowledged === undefined ? {} : { acknowledged: attempt.carried.acknowledged }) }),
    ...(answered === undefined ? {} : {
      released: answered.carried.releasedLabelIds, withheld, marking: answered.banner.recorded, ...writtenOf(answered),
    }),
  };
}

/** The record names under which labels was written, also where the asker does not read it: then it is as closed as that. */
function writtenOf({ carried: { written = [] }, banner: { core } }: NonNullable<Draft["answered"]>): Pick<EvidenceRecord, "label" | "written"> {
  return written.length === 0 ? { label: core } : { label: joinAll([core, ...written.filter((label) => label !== null)]), written };
}

/** What was asked: the document and its variables as digests, the operation by name. */
function questionOf({ variablesKey }: Finishing, { attempt, document, operation, variables }: Known): Pick<EvidenceRecord, "document" | "operation" | "variables"> {
  const digest = variablesKey === undefined ? undefined : digestOfVariables(variablesKey, variables);
  return { ...(document === undefined ? {} : { document: attempt?.documentHash ?? sha256(document) }), ...(operation === undefined ? {} : { operation }), ...(digest === undefined ? {} : { variables: digest }) };
}

/**
 * Makes durable that a change is about to be asked of a ministry, and notes where; once for a request, however often its answer is decided.
 * @throws Refused EVIDENCE_UNAVAILABLE; then nothing may be asked
 */
export async function intend(steps: readonly string[], finishing: Finishing, known: Known): Promise<void> {
  const { evidence } = finishing;
  if (evidence === undefined || known.intent !== undefined) return;
  if (evidence.isHealthy?.() === false) throw new Refused("EVIDENCE_UNAVAILABLE", "nothing is changed of which no record can be kept");
  const { identity, narrowing, attempt } = known;
  const { index, durable } = evidence.append(() => ({
    kind: "INTENT", txn: known.txn, at: new Date(finishing.clock()).toISOString(), policy: finishing.policyVersion, bundle: finishing.bundleVersion, steps, ...questionOf(finishing, known),
    ...(identity === undefined ? {} : { subject: identity.sub, client: identity.clientId }), ...(narrowing?.purpose === undefined ? {} : { purpose: narrowing.purpose }),
    ...(attempt === undefined ? {} : { clearance: attempt.asker.digest, class: attempt.classId }),
  }));
  known.intent = index;
  await durable;
}

/** The whole body of a refusal; it depends on the code alone, and on the legal notices that are to be read. */
export function refusalBody(code: ErrorCode, notices: readonly string[] = []): string { return JSON.stringify({ errors: [{ message: ERRORS[code].message, extensions: extensionsOf(code, notices) }] }); }

/** @param legacy true for clients that do not accept `application/graphql-response+json` */
export function refusalHeaders(code: ErrorCode, legacy: boolean): Readonly<Record<string, string>> {
  return {
    "content-type": legacy ? "application/json; charset=utf-8" : "application/graphql-response+json; charset=utf-8",
    ...(code === "UNAUTHENTICATED" ? { "www-authenticate": "Bearer" } : {}),
    ...(code === "METHOD_NOT_ALLOWED" ? { allow: "GET, POST" } : {}),
    ...(ERRORS[code].status === 503 || code === "TOO_MANY_REQUESTS" ? { "retry-after": "1" } : {}),
  };
}

function sha256(bytes: string | Buffer): string { return hash("sha256", bytes, "hex"); }
