/**
 * What an answer says about itself: `extensions.release` (SPEC 7, G12). Takes what the executor released and gives the banner in both languages, the redacted places,
 * and the reference to the evidence. The banner is the join of the labels of what was released, so it needs no second decision.
 */
import { LRUCache } from "lru-cache";
import { canonicalJson, type LabelCore, mark } from "../../schema/label";
import { labelOf, type Policy } from "../../schema/policy";
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

/**
 * Puts the release into a finished GraphQL body and gives its bytes. The two texts are encoded apart: joined, the Japanese of the banner would make a wide string of the whole body.
 * @param body JSON text of an object with `data`
 */
export function withRelease(body: string, release: Release): Buffer {
  const data = body.slice(0, -1);
  const rest = `,"extensions":${JSON.stringify({ release })}}`;
  const at = Buffer.byteLength(data);
  const bytes = Buffer.allocUnsafe(at + Buffer.byteLength(rest));
  bytes.write(data, 0);
  bytes.write(rest, at);
  return bytes;
}

/** Number of redacted places by reason class. */
export function countWithheld(withheld: readonly Withheld[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { reasonClass } of withheld) counts[reasonClass] = (counts[reasonClass] ?? 0) + 1;
  return counts;
}
