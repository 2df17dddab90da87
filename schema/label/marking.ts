/**
 * Banner and portion marks in English and Japanese (SPEC 9, 10): label -> Marking (effective values) -> text.
 * A mark shows effective values only; the per-owner detail stays in the JSON. Total: any label gets a mark, and what a
 * label leaves open is printed as the narrower reading (no release decision prints JPN ONLY).
 */
import { CONCEALED_OWNER, effectiveDisp, effectiveDist, effectiveRel, fgiNations, orconOwners } from "./effective";
import type { LabelCore, Level, Regime } from "./label";
import { LEVEL_NAMES, LEVEL_SHORT, PLAIN_REGIME, regimeWord, type MarkingWords } from "./words";
import type { Audience } from "./audience";

/** What a mark says. */
export interface Marking {
  readonly level: Level;
  readonly regimes: readonly Regime[];
  /** Token names, or only how many there are. */
  readonly need: readonly string[] | number;
  /** `CONCEALED`: foreign, but the source is not named. */
  readonly fgi: readonly string[] | "CONCEALED";
  readonly orcon: readonly string[];
  /** Nations beside JPN that may receive; `[]` prints JPN ONLY; undefined prints nothing (unrestricted PUBLIC). */
  readonly rel: Audience | undefined;
  /** Nations that may see but not receive. */
  readonly display: Audience;
  readonly dist: Audience;
  readonly purposes: Audience;
  readonly caveats: readonly string[];
  readonly validUntil: string | undefined;
}

export interface MarkOptions {
  readonly form: "banner" | "portion";
  readonly lang: "ja" | "en";
  /** `YYYY-MM-DD` or `OWNER_CONSENT`; printed by banners only. */
  readonly validUntil?: string | undefined;
  /** Print `NTK (n)` for a reader who does not hold the tokens. */
  readonly hideNeedNames?: boolean;
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Effective values of a label, as its mark shows them. */
export function markingOf(label: LabelCore, options: Pick<MarkOptions, "validUntil" | "hideNeedNames"> = {}): Marking {
  const rel = effectiveRel(label);
  const disp = effectiveDisp(label);
  const foreign = fgiNations(label);
  const others = rel === "ALL" ? rel : rel.includes("JPN") ? rel.filter((nation) => nation !== "JPN") : [];
  const owned = Object.keys(label.owners).length > 0;
  return {
    level: label.level,
    regimes: [...label.regimes].sort(byCode),
    need: options.hideNeedNames === true && label.need.length > 0 ? label.need.length : [...label.need].sort(byCode),
    fgi: foreign.includes(CONCEALED_OWNER) ? "CONCEALED" : foreign,
    orcon: orconOwners(label),
    // R3: from level 1 on the release part is never omitted; V1: no owner means no release decision.
    rel: !owned && label.level >= 1 ? [] : rel === "ALL" && label.level === 0 ? undefined : sortAudience(others),
    display: displayOnly(disp, rel, owned),
    dist: sortAudience(effectiveDist(label)),
    purposes: sortAudience(label.purposes),
    caveats: [...label.handling].sort(byCode),
    validUntil: options.validUntil,
  };
}

/** R4: disp* without rel*. */
function displayOnly(disp: Audience, rel: Audience, owned: boolean): Audience {
  if (rel === "ALL" || !owned) return [];
  return disp === "ALL" ? "ALL" : sortAudience(disp.filter((nation) => nation !== "JPN" && !rel.includes(nation)));
}

function sortAudience(audience: Audience): Audience {
  return audience === "ALL" ? audience : [...audience].sort(byCode);
}

/** Text of a marking. */
export function printMarking(marking: Marking, words: MarkingWords, options: Pick<MarkOptions, "form" | "lang">): string {
  const english = options.lang === "en";
  const banner = options.form === "banner";
  const body = english ? printEnglish(marking, banner) : printJapanese(marking, words, banner);
  if (banner) return body;
  return english ? `(${body})` : `${words.signs.portionOpen}${body}${words.signs.portionClose}`;
}

/**
 * The mark of a label.
 * Takes the Japanese words of the policy and the form; gives one line of text.
 */
export function mark(label: LabelCore, words: MarkingWords, options: MarkOptions): string {
  return printMarking(markingOf(label, options), words, options);
}

/** Org path as English marks print it: without the leading `JPN.`. */
function shortPath(org: string): string {
  return org.startsWith("JPN.") ? org.slice(4) : org;
}

function printEnglish(marking: Marking, banner: boolean): string {
  const { need, fgi, orcon, rel, display, dist, purposes, caveats, validUntil } = marking;
  const nations = (list: Audience): string => (list === "ALL" ? "ALL" : list.join(", "));
  const listed = (list: Audience, print: (item: string) => string = (item) => item): string =>
    list === "ALL" ? "ALL" : list.length === 0 ? "NONE" : list.map(print).join(" ");
  const dissemination = [
    orcon.length > 0 && `ORCON ${orcon.join(" ")}`,
    rel !== undefined && (rel === "ALL" ? "REL TO ALL" : rel.length === 0 ? "JPN ONLY" : `REL TO JPN, ${nations(rel)}`),
    display.length > 0 && `DISPLAY ONLY ${nations(display)}`,
    dist !== "ALL" && `DIST ${listed(dist, shortPath)}`,
    purposes !== "ALL" && `PURPOSE ${listed(purposes)}`,
  ].filter((part) => part !== false);
  return [
    `//JPN ${(banner ? LEVEL_NAMES : LEVEL_SHORT)[marking.level] ?? "TOP SECRET"}`,
    marking.regimes.length > 0 && marking.regimes.join("/"),
    typeof need === "number" ? need > 0 && `NTK (${need})` : need.length > 0 && `NTK ${need.join("/")}`,
    fgi === "CONCEALED" ? "FGI" : fgi.length > 0 && `FGI ${fgi.join(" ")}`,
    dissemination.length > 0 && dissemination.join("/"),
    caveats.length > 0 && `CAVEAT ${caveats.join(" ")}`,
    banner && validUntil !== undefined && `VALID ${validUntil === "OWNER_CONSENT" ? "OWNER CONSENT" : validUntil}`,
  ].filter((part) => part !== false).join("//");
}

function printJapanese(marking: Marking, words: MarkingWords, banner: boolean): string {
  const { need, fgi, orcon, rel, display, dist, purposes, caveats, validUntil } = marking;
  const { parts, signs } = words;
  const listed = (list: Audience, dictionary: Readonly<Record<string, string>>): string =>
    list === "ALL" ? parts.all : list.length === 0 ? parts.none : list.map((item) => dictionary[item] ?? item).join(signs.items);
  const owners = { ...words.orgs, ...words.nations };
  const dissemination = [
    orcon.length > 0 && parts.orcon + listed(orcon, owners),
    rel !== undefined && (rel.length === 0 ? parts.jpnOnly : parts.relTo + listed(rel === "ALL" ? rel : ["JPN", ...rel], words.nations)),
    display.length > 0 && parts.displayOnly + listed(display, words.nations),
    dist !== "ALL" && parts.dist + listed(dist, words.orgs),
    purposes !== "ALL" && parts.purpose + listed(purposes, words.purposes),
  ].filter((part) => part !== false);
  return [
    printHead(marking, words),
    typeof need === "number"
      ? need > 0 && `${parts.ntk}${signs.countOpen}${need}${signs.countClose}`
      : need.length > 0 && parts.ntk + need.join(signs.items),
    fgi === "CONCEALED" ? parts.fgi + parts.concealed : fgi.length > 0 && parts.fgi + listed(fgi, words.nations),
    dissemination.length > 0 && dissemination.join("/"),
    caveats.length > 0 && parts.caveat + listed(caveats, words.caveats),
    banner && validUntil !== undefined && parts.valid + (validUntil === "OWNER_CONSENT" ? parts.ownerConsent : validUntil),
  ].filter((part) => part !== false).join("//");
}

/** R8: statutory names, heaviest first, then the grade; without a statutory name the bare word of the level. */
function printHead(marking: Marking, words: MarkingWords): string {
  const { level, regimes } = marking;
  const bare = words.levels[level] ?? "";
  if (regimes.length === 0) return bare;
  const names = words.regimes.filter((entry) => regimes.includes(entry.code)).map((entry) => regimeWord(words, entry.code, level));
  const head = names.join(words.signs.regimes);
  const plain = regimes.length === 1 && regimes[0] === PLAIN_REGIME && level === 1;
  return plain ? head : `${head}${words.signs.gradeOpen}${words.grades[level] ?? ""}${words.signs.gradeClose}`;
}
