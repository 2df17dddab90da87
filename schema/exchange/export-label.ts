/**
 * Labels as XML for whoever has our policy (SPEC 16.4): all of the label, so that reading it gives the same one. Takes a label, when its label is made and, where neither a review nor a last day is known, when it is to be
 * reviewed; gives the documents. Refuses a label that is unreadable, that V1 forbids, or that would not come back as it went.
 */
import { canonicalJson, equalLabels, type Label, type LabelCore, type Lifecycle } from "../label";
import { currentLabel, startOfDay, verifyLabelId, type Policy } from "../policy";
import { lifecycleCategories, ownCategories } from "./core-categories";
import { importLabel, successionOf } from "./import-label";
import { type Category, type Information, printDocument, readDocument } from "./label-document";
import { ExchangeError } from "./refusal";
import { OWN_POLICY } from "./tags";

export interface ExportOptions {
  /** Instants, in milliseconds since the epoch. */
  readonly createdAt: number;
  readonly reviewAt?: number | undefined;
  /** Interned labels by id; what is not known is held for review, as at a decision. */
  readonly successorOf?: ((id: string) => Label | undefined) | undefined;
  /** The label of the originator where that is a partner: stays the originator's, byte for byte, and ours stands beside it. */
  readonly original?: string | undefined;
}

/** @throws ExchangeError */
export function exportLabel(policy: Policy, label: Label, { createdAt, reviewAt, successorOf = () => undefined, original }: ExportOptions): readonly string[] {
  requireReadable(label);
  const lifecycle = normalLifecycle(label.lifecycle);
  const at = successionOf(label, createdAt);
  const review = lifecycle?.reviewBy === undefined ? reviewAt : startOfDay(lifecycle.reviewBy);
  const own = printDocument({
    root: original === undefined ? "originatorConfidentialityLabel" : "alternativeConfidentialityLabel", id: label.id, reviewAt: review, createdAt,
    information: informationOf(policy, label, lifecycleCategories(lifecycle)),
    succession: at === undefined ? undefined : { at, createdAt, information: informationOf(policy, currentLabel(label, successorOf, at)) },
  });
  const existence = equalLabels(label, label.existence) ? [] : [printDocument({
    root: "metadataConfidentialityLabel", id: label.id, reviewAt: review ?? at, createdAt, information: informationOf(policy, label.existence),
  })];
  const documents = [...(original === undefined ? [] : [original]), own, ...existence];
  requireRoundTrip(policy, label, documents);
  return documents;
}

/** SPEC 1.7, 1.8: exactly the parts of a label, and the id that they have. */
export function requireReadable(label: Label): void {
  if (!verifyLabelId(label)) throw new ExchangeError("UNREADABLE", "/", "not a label, or its id is another label's");
}

export function informationOf(policy: Policy, core: LabelCore, more: readonly Category[] = []): Information {
  return { policy: OWN_POLICY, classification: policy.levels.find(({ level }) => level === core.level)?.name ?? "", categories: [...ownCategories(core), ...more] };
}

/** Members that say nothing are left out: no status is ACTIVE. */
function normalLifecycle(lifecycle: Lifecycle | undefined): Lifecycle | undefined {
  const members = Object.entries(lifecycle ?? {}).filter(([key, member]) => member !== undefined && !(key === "status" && member === "ACTIVE") && !(Array.isArray(member) && member.length === 0));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** Nothing leaves that does not read back to the same label. */
function requireRoundTrip(policy: Policy, label: Label, documents: readonly string[]): void {
  const back = importLabel(policy, documents);
  const plain = (lifecycle: Lifecycle | undefined): string => canonicalJson({ ...normalLifecycle(lifecycle) });
  if (back.label.id !== label.id || plain(back.label.lifecycle) !== plain(label.lifecycle)) throw new ExchangeError("NOT_CARRIED", "/", "would not come back as it went");
}

/** For documents that are not read back to a label: at least the syntax has to say the same. */
export function printed(document: Parameters<typeof printDocument>[0]): string {
  const text = printDocument(document);
  readDocument(text);
  return text;
}
