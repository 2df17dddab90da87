/**
 * What an answer says about itself: `extensions.release` (SPEC 7, G12). Takes what the executor released and gives the banner in both languages, the redacted places,
 * and the reference to the evidence. The banner is the join of the labels of what was released, so it needs no second decision.
 */
import { LRUCache } from "lru-cache";
import { canonicalJson, type LabelCore, mark } from "../../schema/label";
import { labelOf, type Policy } from "../../schema/policy";
import type { BodyText } from "../body-text";
import type { EvidenceReference } from "../evidence/record";

export interface Withheld { readonly path: readonly (string | number)[]; readonly reasonClass: string; readonly contact?: unknown; readonly requestable?: boolean }
export interface Portions { readonly marks: readonly { readonly ja: string; readonly en: string }[]; readonly at: Readonly<Record<string, number>> }
export interface Banner { readonly ja: string; readonly en: string; readonly label: string }
/** One printed banner: as the client gets it, as the evidence gets it, and the label it prints. The same objects for the same label. */
export interface PrintedBanner { readonly shown: Banner; readonly recorded: { readonly en: string; readonly label: string }; readonly core: LabelCore }
export interface Release {
  readonly marking: Banner;
  readonly withheld: readonly Withheld[];
  readonly portions?: Portions;
  readonly evidence: EvidenceReference;
  readonly policy: string;
}

/** Prints banners; the same label is printed once. */
export class Banners {
  readonly #made = new LRUCache<string, PrintedBanner>({ max: 2_000 });
  readonly #seen = new WeakMap<LabelCore, PrintedBanner>();
  constructor(private readonly policy: Policy) {}

  of(released: LabelCore): PrintedBanner {
    const seen = this.#seen.get(released);
    if (seen !== undefined) return seen;
    const key = canonicalJson(released);
    const known = this.#made.get(key) ?? this.#print(released);
    this.#made.set(key, known);
    this.#seen.set(released, known);
    return known;
  }

  #print(released: LabelCore): PrintedBanner {
    const { words } = this.policy;
    const shown = { ja: mark(released, words, { form: "banner", lang: "ja" }), en: mark(released, words, { form: "banner", lang: "en" }), label: labelOf(released).id };
    return { shown, recorded: { en: shown.en, label: shown.label }, core: released };
  }
}

/** A banner as the bytes that stand before the rest of a release: made once, because Japanese text is slow to encode. */
const openings = new WeakMap<Banner, Buffer>();

/**
 * Puts the release into a finished GraphQL body and gives its bytes.
 * @param body JSON text of an object with `data`
 */
export function withRelease(body: BodyText, { marking, ...others }: Release): Buffer {
  const opening = openingOf(marking);
  const rest = `${JSON.stringify(others).slice(1)}}}`;
  const { bytes, end } = body.take(opening.length + Buffer.byteLength(rest));
  // Over the closing brace, which stands at the end of the rest.
  const at = end - 1;
  opening.copy(bytes, at);
  const written = bytes.write(rest, at + opening.length);
  return bytes.subarray(0, at + opening.length + written);
}

function openingOf(marking: Banner): Buffer {
  const known = openings.get(marking);
  if (known !== undefined) return known;
  const made = Buffer.from(`,"extensions":{"release":{"marking":${JSON.stringify(marking)},`);
  openings.set(marking, made);
  return made;
}

/** Number of redacted places by reason class. */
export function countWithheld(withheld: readonly Withheld[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { reasonClass } of withheld) counts[reasonClass] = (counts[reasonClass] ?? 0) + 1;
  return counts;
}
