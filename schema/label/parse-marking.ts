/**
 * Reader of the marks (SPEC 10): text in either language and either form -> Marking.
 * Strict: parts in their fixed order, lists sorted, nothing unknown; anything else is refused with the part that failed.
 * `printMarking(parse(printMarking(m))) = printMarking(m)`.
 */
import type { Audience } from "./audience";
import type { Level, Regime } from "./label";
import { printMarking, type Marking } from "./marking";
import { LEVEL_NAMES, LEVEL_SHORT, PLAIN_REGIME, regimeWord, type MarkingWords } from "./words";

export type ParsedMarking =
  | { readonly ok: true; readonly marking: Marking; readonly form: "banner" | "portion"; readonly lang: "ja" | "en" }
  | { readonly ok: false; readonly at: string };

type Draft = { -readonly [K in keyof Marking]: Marking[K] };
type Reader = (text: string, draft: Draft) => boolean;

/**
 * Reads a mark.
 * Takes one line of text and the words of the policy; gives the marking, or the first part that is not in the grammar.
 */
export function parseMarking(text: string, words: MarkingWords): ParsedMarking {
  const { portionOpen, portionClose } = words.signs;
  const english = text.startsWith("//JPN ") || text.startsWith("(//JPN ");
  const [open, close] = english ? ["(", ")"] : [portionOpen, portionClose];
  const portion = text.startsWith(open);
  if (portion && !text.endsWith(close)) return { ok: false, at: text };
  const body = portion ? text.slice(open.length, text.length - close.length) : text;
  const form = portion ? "portion" : "banner";
  const lang = english ? "en" : "ja";
  const pieces = (english ? body.slice(2) : body).split("//");
  const draft = emptyDraft();
  const head = pieces.shift() ?? "";
  if (!(english ? readEnglishHead(head, portion, draft) : readJapaneseHead(head, words, draft))) return { ok: false, at: head };
  for (const piece of pieces) {
    const read = english ? readEnglishPart(piece, draft) : readJapanesePart(piece, words, draft);
    if (!read) return { ok: false, at: piece };
  }
  if (draft.level >= 1 && draft.rel === undefined) return { ok: false, at: head };
  // The order of the parts, the sorting of lists and "nothing twice" in one test: only what we would print is a mark.
  const again = printMarking(inOrder(draft), words, { form, lang });
  return again === text.replace("NOREL", "JPN ONLY") ? { ok: true, marking: draft, form, lang } : { ok: false, at: text };
}

function inOrder(draft: Draft): Marking {
  const sorted = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();
  const audience = (list: Audience): Audience => (list === "ALL" ? list : sorted(list));
  return {
    ...draft,
    regimes: sorted(draft.regimes) as readonly Regime[],
    need: typeof draft.need === "number" ? draft.need : sorted(draft.need),
    fgi: draft.fgi === "CONCEALED" ? draft.fgi : sorted(draft.fgi),
    orcon: sorted(draft.orcon),
    rel: draft.rel === undefined ? undefined : audience(draft.rel),
    display: audience(draft.display), dist: audience(draft.dist), purposes: audience(draft.purposes), caveats: sorted(draft.caveats),
  };
}

function emptyDraft(): Draft {
  return {
    level: 0, regimes: [], need: [], fgi: [], orcon: [], rel: undefined, display: [], dist: "ALL", purposes: "ALL", caveats: [],
    validUntil: undefined,
  };
}

const CODE = /^[A-Z0-9][A-Z0-9.:+_-]*$/;

function splitCodes(text: string, separator: string): readonly string[] | undefined {
  const codes = text.split(separator);
  return codes.every((code) => CODE.test(code)) ? codes : undefined;
}

function readEnglishHead(head: string, portion: boolean, draft: Draft): boolean {
  const level = (portion ? LEVEL_SHORT : LEVEL_NAMES).findIndex((name) => head === `JPN ${name}`);
  draft.level = level as Level;
  return level >= 0;
}

const REGIME_CODES: readonly string[] = ["SDS", "MDA", "CESI", "EQS", "MODS", "DOC", "NPS", "PAT", "CUI", "VET"];

function readEnglishPart(piece: string, draft: Draft): boolean {
  const count = /^NTK \(([1-9]\d*)\)$/.exec(piece);
  if (count !== null) return setNeed(draft, Number(count[1]));
  if (piece.startsWith("NTK ")) return setNeed(draft, splitCodes(piece.slice(4), "/"));
  if (piece === "FGI") return setFgi(draft, "CONCEALED");
  if (piece.startsWith("FGI ")) return setFgi(draft, splitCodes(piece.slice(4), " "));
  if (piece.startsWith("CAVEAT ")) return setList(draft, "caveats", splitCodes(piece.slice(7), " "));
  if (piece.startsWith("VALID ")) return setValid(draft, piece.slice(6) === "OWNER CONSENT" ? "OWNER_CONSENT" : piece.slice(6));
  const names = piece.split("/");
  if (names.every((name) => REGIME_CODES.includes(name))) {
    draft.regimes = names as Regime[];
    return true;
  }
  return names.every((name) => ENGLISH_DISSEMINATION.some(([prefix, read]) => name.startsWith(prefix) && read(name.slice(prefix.length), draft)));
}

const ENGLISH_DISSEMINATION: readonly (readonly [string, Reader])[] = [
  ["ORCON ", (text, draft) => setList(draft, "orcon", splitCodes(text, " "))],
  ["JPN ONLY", (text, draft) => text === "" && setAudience(draft, "rel", [])],
  ["NOREL", (text, draft) => text === "" && setAudience(draft, "rel", [])],
  ["REL TO ALL", (text, draft) => text === "" && setAudience(draft, "rel", "ALL")],
  ["REL TO JPN, ", (text, draft) => setAudience(draft, "rel", splitCodes(text, ", "))],
  ["DISPLAY ONLY ", (text, draft) => setAudience(draft, "display", text === "ALL" ? "ALL" : splitCodes(text, ", "))],
  ["DIST ", (text, draft) => setAudience(draft, "dist", text === "NONE" ? [] : splitCodes(text, " ")?.map(longPath))],
  ["PURPOSE ", (text, draft) => setAudience(draft, "purposes", text === "NONE" ? [] : splitCodes(text, " "))],
];

function longPath(short: string): string {
  return short === "JPN" ? short : `JPN.${short}`;
}

function setNeed(draft: Draft, need: readonly string[] | number | undefined): boolean {
  if (need !== undefined) draft.need = need;
  return need !== undefined;
}

function setFgi(draft: Draft, fgi: readonly string[] | "CONCEALED" | undefined): boolean {
  if (fgi !== undefined) draft.fgi = fgi;
  return fgi !== undefined;
}

function setList(draft: Draft, part: "orcon" | "caveats", list: readonly string[] | undefined): boolean {
  if (list !== undefined) draft[part] = list;
  return list !== undefined;
}

function setAudience(draft: Draft, part: "rel" | "display" | "dist" | "purposes", audience: Audience | undefined): boolean {
  if (audience !== undefined) draft[part] = audience;
  return audience !== undefined;
}

function setValid(draft: Draft, date: string): boolean {
  draft.validUntil = date;
  return date === "OWNER_CONSENT" || /^\d{4}-\d{2}-\d{2}$/.test(date);
}

function readJapaneseHead(head: string, words: MarkingWords, draft: Draft): boolean {
  const { signs } = words;
  const plain = words.regimes.find((entry) => entry.code === PLAIN_REGIME)?.word;
  if (head === plain) {
    draft.level = 1;
    draft.regimes = [PLAIN_REGIME];
    return true;
  }
  const bare = words.levels.indexOf(head);
  if (bare >= 0) {
    draft.level = bare as Level;
    return true;
  }
  const at = head.lastIndexOf(signs.gradeOpen);
  if (at < 0 || !head.endsWith(signs.gradeClose)) return false;
  const level = words.grades.indexOf(head.slice(at + signs.gradeOpen.length, head.length - signs.gradeClose.length));
  if (level < 0) return false;
  draft.level = level as Level;
  const codes = head.slice(0, at).split(signs.regimes)
    .map((name) => words.regimes.find((entry) => regimeWord(words, entry.code, draft.level) === name)?.code);
  if (!codes.every((code) => code !== undefined)) return false;
  draft.regimes = [...codes].sort();
  return true;
}

function readJapanesePart(piece: string, words: MarkingWords, draft: Draft): boolean {
  const { parts, signs } = words;
  if (piece.startsWith(parts.ntk)) return readJapaneseNeed(piece.slice(parts.ntk.length), words, draft);
  if (piece === parts.fgi + parts.concealed) return setFgi(draft, "CONCEALED");
  if (piece.startsWith(parts.fgi)) return setFgi(draft, readWords(piece.slice(parts.fgi.length), words, words.nations));
  if (piece.startsWith(parts.caveat)) return setList(draft, "caveats", readWords(piece.slice(parts.caveat.length), words, words.caveats));
  if (piece.startsWith(parts.valid)) {
    const date = piece.slice(parts.valid.length);
    return setValid(draft, date === parts.ownerConsent ? "OWNER_CONSENT" : date);
  }
  const owners = { ...words.orgs, ...words.nations };
  const audience = (text: string, dictionary: Readonly<Record<string, string>>): Audience | undefined =>
    text === parts.all ? "ALL" : text === parts.none ? [] : readWords(text, words, dictionary);
  return piece.split("/").every((part) => {
    const rest = (prefix: string): string => part.slice(prefix.length);
    if (part === parts.jpnOnly) return setAudience(draft, "rel", []);
    if (part.startsWith(parts.orcon)) return setList(draft, "orcon", readWords(rest(parts.orcon), words, owners));
    if (part.startsWith(parts.relTo)) {
      const nations = audience(rest(parts.relTo), words.nations);
      return setAudience(draft, "rel", nations === "ALL" ? nations : nations?.[0] === "JPN" ? nations.slice(1) : undefined);
    }
    if (part.startsWith(parts.displayOnly)) return setAudience(draft, "display", audience(rest(parts.displayOnly), words.nations));
    if (part.startsWith(parts.dist)) return setAudience(draft, "dist", audience(rest(parts.dist), words.orgs));
    if (part.startsWith(parts.purpose)) return setAudience(draft, "purposes", audience(rest(parts.purpose), words.purposes));
    return false;
  }) && signs.items !== "";
}

function readJapaneseNeed(text: string, words: MarkingWords, draft: Draft): boolean {
  const { countOpen, countClose, items } = words.signs;
  const counted = text.startsWith(countOpen) && text.endsWith(countClose)
    ? text.slice(countOpen.length, text.length - countClose.length) : undefined;
  if (counted !== undefined) return /^[1-9]\d*$/.test(counted) && setNeed(draft, Number(counted));
  return setNeed(draft, splitCodes(text, items));
}

/** Codes of the words of a Japanese list; a code that has no word stands for itself. */
function readWords(text: string, words: MarkingWords, dictionary: Readonly<Record<string, string>>): readonly string[] | undefined {
  const codes = text.split(words.signs.items).map((word) =>
    Object.keys(dictionary).find((code) => dictionary[code] === word) ?? (CODE.test(word) && dictionary[word] === undefined ? word : undefined));
  return codes.every((code) => code !== undefined) ? codes : undefined;
}
