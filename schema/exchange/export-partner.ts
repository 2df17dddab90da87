/**
 * A label as XML for a partner under an agreement (SPEC 16.6). Takes the label and what its release stands on; gives the originator's label with standard names and effective values, and beside it the equivalent in the
 * partner's policy, which asks for no less. Refuses what 4 and 11.5 would not let go out: this translates a release that somebody decided, and permits nothing itself.
 */
import { effectiveRel, isForeignOwner, orconOwners, type Label, type Nation } from "../label";
import { currentLabel, isInLifetime, mayGoOut, NONE_SUSPENDED, outwardMark, startOfDay, type Agreement, type Policy } from "../policy";
import { partnerCategories, sharedCategories } from "./core-categories";
import { printed, requireReadable } from "./export-label";
import { successionOf } from "./import-label";
import { readDocument } from "./label-document";
import { requireWithinOriginal } from "./original";
import { ExchangeError } from "./refusal";
import { nationOf, OWN_POLICY, partnerPolicy } from "./tags";

export interface PartnerRelease {
  /** A nation, or a registered group with an agreement of its own. */
  readonly nation: Nation;
  /** The agreement it is meant to be under, where that was said. */
  readonly agreementId?: string | undefined;
  /** Instants, in milliseconds since the epoch; `now` is also when the labels are made. */
  readonly now: number;
  readonly reviewAt?: number | undefined;
  /** Need-to-know tokens that the addressees are assigned to (4.3). */
  readonly assigned?: readonly string[] | undefined;
  /** Owners with originator control who granted this (4.6). */
  readonly granted?: readonly string[] | undefined;
  /** The declared purpose (4.5). */
  readonly purpose?: string | undefined;
  /** The label of the originator where no owner is Japanese. */
  readonly original?: string | undefined;
}
export interface PartnerDocuments { readonly agreement: string; readonly mark: string; readonly documents: readonly string[] }

/** @throws ExchangeError */
export function exportForPartner(policy: Policy, label: Label, release: PartnerRelease): PartnerDocuments {
  const { nation, now } = release;
  requireReadable(label);
  if (!isInLifetime(label, now)) throw new ExchangeError("NOT_IN_FORCE", "/lifecycle", "its successor goes out, or nothing");
  const agreement = requireAgreement(policy, nation, release.agreementId, now);
  if (!mayGoOut(policy, label, nation, now, NONE_SUSPENDED) || (label.level >= 1 && effectiveRel(label) === "ALL")) throw new ExchangeError("NOT_RELEASABLE", "/owners", `may not go out to ${nation}`);
  const mark = outwardMark(policy, label, nation, now);
  if (mark === undefined) throw new ExchangeError("NO_EQUIVALENT", "/level", `${agreement.id} has no mark for it`);
  requireRelease(label, release);
  requireOriginal(policy, label, release.original);

  const at = successionOf(label, now);
  const reviewBy = label.lifecycle?.reviewBy;
  const reviewAt = reviewBy === undefined ? release.reviewAt : startOfDay(reviewBy);
  const own = { policy: OWN_POLICY, classification: policy.levels[label.level]?.name ?? "", categories: sharedCategories(label) };
  // What takes over here is not the partner's to apply: on their side the value is held.
  const held = at === undefined ? undefined : currentLabel(label, () => undefined, at);
  const succession = held === undefined || at === undefined ? undefined : { at, createdAt: now, information: { ...own, categories: sharedCategories(held) } };
  const ours = printed({ root: release.original === undefined ? "originatorConfidentialityLabel" : "alternativeConfidentialityLabel", reviewAt, information: own, createdAt: now, succession });
  const theirs = printed({
    root: "alternativeConfidentialityLabel", reviewAt: reviewAt ?? at, createdAt: now,
    information: { policy: partnerPolicy(agreement.nation), classification: mark, categories: partnerCategories(label, ["JPN"]) },
  });
  return { agreement: `${agreement.id}@${agreement.version}`, mark, documents: [...(release.original === undefined ? [] : [release.original]), ours, theirs] };
}

/** The agreement in force with the partner; where one was named, it must be that one. */
export function requireAgreement(policy: Policy, nation: Nation, id: string | undefined, now: number): Agreement {
  const agreement = policy.agreements.byNation(nation, now);
  if (agreement === undefined || (id !== undefined && agreement.id !== id)) throw new ExchangeError("NO_AGREEMENT", "/", `${id ?? "none"} with ${nation} is in force`);
  return agreement;
}

function requireRelease(label: Label, { assigned = [], granted = [], purpose }: PartnerRelease): void {
  const strange = label.need.filter((token) => !assigned.includes(token));
  if (strange.length > 0) throw new ExchangeError("NEED_TO_KNOW", "/need", `${strange.length} of its tokens are not among those the addressees are assigned to`);
  const silent = orconOwners(label).filter((owner) => !granted.includes(owner));
  if (silent.length > 0) throw new ExchangeError("ORIGINATOR_CONTROL", "/owners", `no grant of ${silent.join(", ")}`);
  if (label.purposes !== "ALL" && (purpose === undefined || !label.purposes.includes(purpose))) throw new ExchangeError("PURPOSE", "/purposes", "not for the declared purpose");
}

/** The originator's label is never overwritten: what no Japanese body owns goes out under the label it came with. */
function requireOriginal(policy: Policy, label: Label, original: string | undefined): void {
  if (original === undefined) {
    const owners = Object.keys(label.owners);
    if (owners.length > 0 && owners.every(isForeignOwner)) throw new ExchangeError("ORIGINAL_MISSING", "/", "it has no Japanese owner, and the label it came with is not there");
    return;
  }
  const document = readDocument(original);
  if (document.root !== "originatorConfidentialityLabel" || nationOf(policy, document.information.policy) === undefined) throw new ExchangeError("DOCUMENT_UNEXPECTED", `/${document.root}`, "not the originator's label of a partner");
  requireWithinOriginal(policy, document, label);
}
