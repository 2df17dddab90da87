/**
 * What a label is made of (SPEC 1). Pure values: no parsing, no order, no policy here.
 * `'ALL'` and the empty list are different things: `'ALL'` restricts nobody, `[]` permits nobody.
 */

/** PUBLIC, CUI, CONFIDENTIAL, SECRET, TOP SECRET: the spine of the demo policy. */
export type Level = 0 | 1 | 2 | 3 | 4;
export type Regime = "SDS" | "MDA" | "CESI" | "EQS" | "MODS" | "DOC" | "NPS" | "PAT" | "CUI" | "VET";
/** ISO 3166-1 alpha-3. Groups (NATO, FVEY) are expanded to members before a label is stored (V10). */
export type Nation = string;
/** Dotted path in the org tree, `JPN.MOD.JS`; a node stands for its whole subtree. */
export type OrgPath = string;
/** An org path, a nation, a registered group, or `FGI` for a concealed foreign source. */
export type Owner = string;

export interface OwnerPolicy {
  /** May receive and keep. */
  readonly rel: readonly Nation[] | "ALL";
  /** May see without keeping; rel is a subset of disp. */
  readonly disp: readonly Nation[] | "ALL";
  /** Japanese distribution list: a canonical antichain of subtrees. */
  readonly dist: readonly OrgPath[] | "ALL";
  /** Originator control. */
  readonly orcon: boolean;
}

/** Everything that takes part in the order. Lists are sorted and without duplicates. */
export interface LabelCore {
  readonly policy: "JPN-GOV-DEMO";
  readonly level: Level;
  /** All-of. */
  readonly regimes: readonly Regime[];
  /** All-of: need-to-know tokens. */
  readonly need: readonly string[];
  readonly owners: Readonly<Record<Owner, OwnerPolicy>>;
  /** Any-of. */
  readonly purposes: readonly string[] | "ALL";
  /** Informative; never decides. */
  readonly handling: readonly string[];
}

export type LifecycleStatus = "PROPOSED" | "ACTIVE" | "LAPSED_HOLD" | "TERMINATED" | "CHALLENGED";

export interface Lifecycle {
  /** Absent means ACTIVE. */
  readonly status?: LifecycleStatus;
  /** Last day on which the label is in force, `YYYY-MM-DD` (Japan time), or `OWNER_CONSENT`: until the foreign owner consents. */
  readonly validUntil?: string;
  /** Id of the label that takes over when status is not ACTIVE or validity has passed. */
  readonly onLapse?: string;
  readonly reviewBy?: string;
  readonly hardStop?: string;
  readonly designationIds?: readonly string[];
  readonly designatedBy?: OrgPath;
  readonly designatedOn?: string;
  readonly statutoryItem?: string;
}

/** The interned, immutable label that a row or portion carries. */
export interface Label extends LabelCore {
  /** `L-` + base32 of SHA-256 over the canonical JSON of core, existence, status and validity. */
  readonly id: string;
  /** Label of the fact that the thing exists (SPEC 1); equal to the core where none is given. */
  readonly existence: LabelCore;
  readonly lifecycle?: Lifecycle;
}

export const PORTIONS = ["title", "summary", "body", "source", "figures"] as const;
export type Portion = (typeof PORTIONS)[number];
export interface LocalizedText { readonly ja: string; readonly en: string }
