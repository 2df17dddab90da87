/**
 * The signed bundle as a text (SPEC 5.18): supergraph, label table, flow graph, known operations and the policies it was checked against, under a serial that only grows. Takes and gives texts; refuses what is not
 * signed as it must be, not of this format, or has a member too few or too many. Says nothing about whether the parts fit each other: `judge.ts` does.
 */
import { createHash } from "node:crypto";
import { type SigningKey, signDocument, SignedError, type Signers, verifyDocument } from "../../schema/signed";
import { BundleError } from "./refusal";

/** `typ` of every signature. */
export const BUNDLE_TYPE = "kanmon-bundle+jws";
export const BUNDLE_FORMAT = 2;

/** What the bundle is of. `labels` and `flows` are parsed JSON of the two generated files. */
export interface BundleContent {
  readonly supergraph: string;
  readonly labels: unknown;
  readonly flows: unknown;
  /** Documents of the known operations (19), as they are printed. */
  readonly operations: readonly string[];
  /** Versions of the policies it was checked against. */
  readonly policies: readonly string[];
}
export interface BundleDocument extends BundleContent {
  readonly format: typeof BUNDLE_FORMAT;
  readonly serial: number;
  /** ISO 8601, UTC. */
  readonly issuedAt: string;
}
export interface OpenedBundle {
  readonly document: BundleDocument;
  /** SHA-256 of the payload: the same content under other signatures is the same bundle. */
  readonly digest: string;
  /** Who signed it. */
  readonly by: readonly string[];
}
/** Whose signatures count, and how many different persons' are needed. */
export interface Trust { readonly signers: Signers; readonly needed: number }

/** Bytes of a signed bundle: subgraphs of 32 MiB (SPEC 5.16) compose to less than this. */
export const LARGEST_BUNDLE = 64 * 1024 * 1024;
const MEMBERS = ["flows", "format", "issuedAt", "labels", "operations", "policies", "serial", "supergraph"];
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * Signs a bundle. It is not looked into: who signs has run `kanmon check` before.
 * @throws SignedError for a key of no use, BundleError for a serial or a list of policies that no gateway takes
 */
export function signBundle(content: BundleContent, { serial, issuedAt }: Pick<BundleDocument, "serial" | "issuedAt">, keys: readonly SigningKey[]): Promise<string> {
  const { supergraph, labels, flows, operations, policies } = content;
  const document: BundleDocument = { format: BUNDLE_FORMAT, serial, issuedAt, supergraph, labels, flows, operations, policies };
  return signDocument(BUNDLE_TYPE, readDocument(document), keys);
}

/** @throws BundleError `signature` or `format` */
export async function openBundle(text: string, { signers, needed }: Trust): Promise<OpenedBundle> {
  const { payload, by } = await verifyDocument(text, { typ: BUNDLE_TYPE, signers, needed, most: LARGEST_BUNDLE })
    .catch((error: unknown) => { throw error instanceof SignedError ? new BundleError("signature", error.message) : error; });
  const document = readDocument(payload);
  return { document, by, digest: digestOf(document) };
}

/**
 * What a text says, whoever signed it; for people who look before they sign, never for what is put in force.
 * @throws BundleError `format`
 */
export function readUnverified(text: string): BundleDocument {
  try {
    const { payload } = JSON.parse(text) as { readonly payload?: unknown };
    return readDocument(JSON.parse(Buffer.from(String(payload), "base64url").toString("utf8")));
  } catch (error) {
    throw error instanceof BundleError ? error : new BundleError("format", "the text is not a signed bundle");
  }
}

/** Of what was signed, as it was written: a signed text has one way to be written. */
function digestOf(document: BundleDocument): string { return createHash("sha256").update(JSON.stringify(document)).digest("hex"); }

/** Whether two bundles are of the same supergraph with the same labels, so that nothing made of one has to be made anew for the other. */
export function isSameGraph(one: BundleContent, other: BundleContent): boolean {
  return one.supergraph === other.supergraph && JSON.stringify(one.labels) === JSON.stringify(other.labels);
}

/** Whether two bundles say the same and are written the same, whenever and as whatever number they were issued. */
export function isSameContent(one: BundleContent, other: BundleContent): boolean {
  const contentOf = ({ supergraph, labels, flows, operations, policies }: BundleContent): string => JSON.stringify([supergraph, labels, flows, operations, policies]);
  return contentOf(one) === contentOf(other);
}

/** The format is looked at first: a later one may have other members. */
function readDocument(payload: unknown): BundleDocument {
  const refuse = (problem: string): never => { throw new BundleError("format", problem); };
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return refuse("the bundle is not an object");
  const { format, serial, issuedAt, supergraph, labels, flows, operations, policies } = payload as Readonly<Record<string, unknown>>;
  if (format !== BUNDLE_FORMAT) return refuse(`the bundle is of format ${JSON.stringify(format)}, and this gateway knows ${BUNDLE_FORMAT}`);
  if (Object.keys(payload).sort().join() !== MEMBERS.join()) return refuse(`the bundle has not exactly the members ${MEMBERS.join(", ")}`);
  if (typeof serial !== "number" || !Number.isSafeInteger(serial) || serial < 1) return refuse("the serial is not a positive whole number");
  if (typeof issuedAt !== "string" || !ISO.test(issuedAt) || Number.isNaN(Date.parse(issuedAt))) return refuse("the time of issue is not a time");
  if (typeof supergraph !== "string") return refuse("the supergraph is not a text");
  if (!isListOfTexts(operations)) return refuse("the operations are not a list of documents");
  if (!isListOfTexts(policies) || policies.length === 0) return refuse("the policies are not a list of versions");
  return { format, serial, issuedAt, supergraph, labels, flows, operations, policies };
}

function isListOfTexts(value: unknown): value is readonly string[] { return Array.isArray(value) && value.every((each) => typeof each === "string" && each !== ""); }
