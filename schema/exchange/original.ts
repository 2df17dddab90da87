/**
 * A partner's label (SPEC 16.6, 16.7), as its originator wrote it. Takes a document; gives the nation, its mark and whom it says it may be released to. Refuses policies, marks and categories that the agreements do not
 * know: a category nobody here has heard of may restrict, and none of them is left out.
 */
import { effectiveRel, type Label } from "../label";
import type { Agreement, Policy } from "../policy";
import { NOBODY } from "./core-categories";
import type { Information, LabelDocument } from "./label-document";
import { checkValues } from "./read-categories";
import { ExchangeError } from "./refusal";
import { nationOf, type Tag, TAGS, tagUri } from "./tags";

export interface PartnerLabel {
  readonly nation: string;
  readonly mark: string;
  /** Nations, groups written out; never everybody. */
  readonly rel: readonly string[];
}

export function readPartner(policy: Policy, information: Information): PartnerLabel {
  const { path = "/", classification: mark, categories } = information;
  const nation = nationOf(policy, information.policy);
  if (nation === undefined) throw new ExchangeError("POLICY_UNKNOWN", `${path}/PolicyIdentifier`, `unknown: ${information.policy.name} with ${information.policy.uri}`);
  const seen = new Set<string>();
  let rel: readonly string[] | undefined;
  for (const category of categories) {
    const here = category.path ?? path;
    const { tagName, type, uri, values } = category;
    if (seen.has(tagName)) throw new ExchangeError("CATEGORY_TWICE", `${here}/@TagName`, `given twice: ${tagName}`);
    seen.add(tagName);
    if (tagName !== "Releasable To" && tagName !== "Originator Control") throw new ExchangeError("CATEGORY_UNKNOWN", `${here}/@TagName`, `unknown in a label of ${information.policy.name}: ${tagName}`);
    const tag: Tag = TAGS[tagName];
    if (type !== tag.type) throw new ExchangeError("CATEGORY_UNKNOWN", `${here}/@Type`, `${tagName} is ${tag.type}`);
    if (uri !== undefined && uri !== tagUri(tagName)) throw new ExchangeError("CATEGORY_UNKNOWN", `${here}/@URI`, `${tagName} is ${tagUri(tagName)}`);
    if (tagName === "Releasable To") rel = readNations(policy, values, here);
    else if (values.length !== 1 || values[0] !== nation) throw new ExchangeError("CATEGORY_VALUE", `${here}/GenericValue`, `${nation} controls what ${nation} originates`);
  }
  if (rel === undefined) throw new ExchangeError("CATEGORY_MISSING", `${path}/Category`, "nothing says Releasable To");
  return { nation, mark, rel };
}

/** Groups become their members of the registered day (V10). `*` is no release list: foreign information is never for everybody. */
function readNations(policy: Policy, values: readonly string[], path: string): readonly string[] {
  if (values.length === 1 && values[0] === NOBODY) return [];
  const single = values.flatMap((value) => policy.groups.get(value)?.members ?? [value]);
  checkValues(policy, { type: "PERMISSIVE", arc: 0, values: "nations" }, [...new Set(single)], path);
  if (single.includes("*")) throw new ExchangeError("CATEGORY_VALUE", `${path}/GenericValue`, "a partner's release list names nations");
  return [...new Set(single)].sort();
}

/** A label of ours beside the label of its originator never says less: level by any agreement with that mark, release within the originator's list. */
export function requireWithinOriginal(policy: Policy, original: LabelDocument, label: Label): void {
  const { nation, mark, rel } = readPartner(policy, original.information);
  const path = original.information.path ?? "/";
  const rows = policy.agreements.all.filter((agreement: Agreement) => agreement.nation === nation).flatMap((agreement) => agreement.in.filter((row) => row.mark === mark));
  if (rows.length === 0) throw new ExchangeError("CLASSIFICATION_UNKNOWN", `${path}/Classification`, `no agreement has an entry for ${mark}`);
  if (label.level < Math.max(1, ...rows.map(({ level }) => level))) throw new ExchangeError("ORIGINAL_WIDENED", `${path}/Classification`, `${mark} is above the level of the label beside it`);
  const own = label.owners[nation];
  const released = effectiveRel(label);
  if (own === undefined || own.rel === "ALL" || released === "ALL" || !own.rel.every((each) => rel.includes(each))) throw new ExchangeError("ORIGINAL_WIDENED", `${path}/Category`, `${nation} has not released it to all whom the label beside it names`);
}
