/**
 * Labels of our own policy, read back from XML (SPEC 16.4). Takes the documents that belong to one label, in any order; gives the label, and what else they say. Refuses whatever is not exactly what
 * `exportLabel` writes: a lost, added or changed part contradicts another one or the label's id.
 */
import { dominates, equalLabels, type Label, type LabelCore } from "../label";
import { currentLabel, endOfDay, labelOf, startOfDay, type Policy } from "../policy";
import { readDocument, type LabelDocument } from "./label-document";
import { requireWithinOriginal } from "./original";
import { readOwn, type OwnInformation } from "./read-categories";
import { ExchangeError } from "./refusal";
import { nationOf, OWN_POLICY } from "./tags";

export interface ImportedLabel {
  readonly label: Label;
  /** Instants, in milliseconds since the epoch. */
  readonly createdAt: number;
  readonly reviewAt: number | undefined;
  /** What takes over by the document; the label itself names its successor by id. */
  readonly successor: LabelCore | undefined;
  /** The originator's label where that is a partner's, as it came. */
  readonly original: string | undefined;
}

/** @throws ExchangeError */
export function importLabel(policy: Policy, documents: readonly string[]): ImportedLabel {
  const read = documents.map((text) => ({ text, document: readDocument(text) }));
  const own = read.filter(({ document }) => document.information.policy.name === OWN_POLICY.name);
  const foreign = read.filter((each) => !own.includes(each));
  for (const { document } of foreign) if (nationOf(policy, document.information.policy) === undefined) throw new ExchangeError("POLICY_UNKNOWN", `${document.information.path ?? "/"}/PolicyIdentifier`, `unknown: ${document.information.policy.name}`);
  const original = takeOne(foreign, "originatorConfidentialityLabel");
  const metadata = takeOne(own.filter(({ document }) => document.root === "metadataConfidentialityLabel"), "metadataConfidentialityLabel")?.document;
  const main = takeOne(own.filter(({ document }) => document.root !== "metadataConfidentialityLabel"), original === undefined ? "originatorConfidentialityLabel" : "alternativeConfidentialityLabel")?.document;
  if (main === undefined) throw new ExchangeError("DOCUMENT_UNEXPECTED", "/", `no label of ${OWN_POLICY.name}`);

  const information = requireOwnShape(policy, main);
  const existence = metadata === undefined ? undefined : readExistence(policy, metadata, main, information.core);
  const label = labelOf(information.core, { existence, lifecycle: information.lifecycle });
  if (main.id !== label.id) throw new ExchangeError("ID_MISMATCH", `/${main.root}/@Id`, "is not the id of what the documents say");
  if (original !== undefined) requireWithinOriginal(policy, original.document, label);
  return { label, createdAt: main.createdAt, reviewAt: main.reviewAt, successor: readSuccessor(policy, main, label), original: original?.text };
}

function takeOne<T extends { readonly document: LabelDocument }>(found: readonly T[], root: LabelDocument["root"]): T | undefined {
  found.forEach(({ document }, at) => {
    if (at > 0 || document.root !== root) throw new ExchangeError("DOCUMENT_UNEXPECTED", `/${document.root}`, at > 0 ? "a second one" : `${document.information.policy.name} says ${root} here`);
  });
  return found[0];
}

function requireOwnShape(policy: Policy, document: LabelDocument): OwnInformation {
  const at = `/${document.root}`;
  if (document.originatorId !== undefined) throw new ExchangeError("ELEMENT", `${at}/OriginatorID`, "labels of ours name their owners");
  if (document.id === undefined) throw new ExchangeError("ATTRIBUTE", `${at}/@Id`, "is missing");
  const information = readOwn(policy, document.information);
  const reviewBy = information.lifecycle?.reviewBy;
  if (reviewBy !== undefined && document.reviewAt !== startOfDay(reviewBy)) throw new ExchangeError("CONTRADICTION", `${at}/@ReviewDateTime`, `is not the beginning of ${reviewBy}`);
  return information;
}

/** The label of the fact that the record exists: a label of the label, and so never above it. */
function readExistence(policy: Policy, metadata: LabelDocument, main: LabelDocument, core: LabelCore): LabelCore {
  const { core: existence, lifecycle } = requireOwnShape(policy, metadata);
  const at = `/${metadata.root}`;
  if (metadata.id !== main.id) throw new ExchangeError("ID_MISMATCH", `${at}/@Id`, "belongs to another label");
  if (lifecycle !== undefined || metadata.succession !== undefined) throw new ExchangeError("CONTRADICTION", at, "the lifecycle is said by the label itself");
  if (!dominates(core, existence)) throw new ExchangeError("EXISTENCE_ABOVE", at, "that it exists is more restricted than what it says");
  return existence;
}

/** When the label stops being in force; undefined while only its owner's consent or nothing ends it. */
export function successionOf(label: Label, createdAt: number): number | undefined {
  const { status = "ACTIVE", validUntil } = label.lifecycle ?? {};
  if (status !== "ACTIVE") return createdAt;
  return validUntil === undefined || validUntil === "OWNER_CONSENT" ? undefined : endOfDay(validUntil);
}

function readSuccessor(policy: Policy, main: LabelDocument, label: Label): LabelCore | undefined {
  const { succession, createdAt } = main;
  const at = successionOf(label, createdAt);
  if (succession?.at !== at || (succession !== undefined && succession.createdAt !== createdAt)) throw new ExchangeError("CONTRADICTION", succession?.path ?? `/${main.root}/SuccessionHandling`, "is not when the label stops being in force");
  if (succession === undefined || at === undefined) return undefined;
  const { core, lifecycle } = readOwn(policy, succession.information);
  if (lifecycle !== undefined) throw new ExchangeError("CONTRADICTION", succession.information.path ?? "/", "a successor says its lifecycle when it is in force");
  if (label.lifecycle?.onLapse === undefined && !equalLabels(core, currentLabel(label, () => undefined, at))) throw new ExchangeError("CONTRADICTION", succession.information.path ?? "/", "without a named successor the value is held for review");
  return core;
}
