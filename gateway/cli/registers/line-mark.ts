/**
 * The mark of several marked values together (SPEC 9: R1). Takes marks as an answer has them; gives what they say joined: the highest level, all that is asked for, and only what all of them
 * allow. Refuses a mark that it cannot read: what is not understood is not written into a table as if it were less.
 */
import { type LabelCore, type Marking, canonical, joinAll, markingOf, parseMarking, printMarking } from "../../../schema/label";
import type { Policy } from "../../../schema/policy";
import { CommandFailure, EXIT } from "../exit";

/** @param marks in either language and form */
export function joinMarks(policy: Pick<Policy, "words">, marks: readonly string[], form: "banner" | "portion" = "portion"): { readonly ja: string; readonly en: string } {
  const markings = [...new Set(marks)].map((text) => {
    const parsed = parseMarking(text, policy.words);
    if (!parsed.ok) throw new CommandFailure(EXIT.failure, ["markUnreadable", { mark: text }]);
    return parsed.marking;
  });
  const joined = joinMarkings(markings);
  return { ja: printMarking(joined, policy.words, { form, lang: "ja" }), en: printMarking(joined, policy.words, { form, lang: "en" }) };
}

function joinMarkings(markings: readonly Marking[]): Marking {
  const joined = markingOf(joinAll(markings.map(coreOf)));
  const sorted = (lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())].sort();
  const counted = markings.flatMap(({ need }) => (typeof need === "number" ? [need] : []));
  return {
    ...joined, orcon: sorted(markings.map(({ orcon }) => orcon)), fgi: markings.some(({ fgi }) => fgi === "CONCEALED") ? "CONCEALED" : sorted(markings.map(({ fgi }) => (fgi === "CONCEALED" ? [] : fgi))),
    // Tokens that are only counted in one of them are only counted in all.
    need: counted.length === 0 ? joined.need : counted.reduce((sum, count) => sum + count, typeof joined.need === "number" ? joined.need : joined.need.length),
  };
}

/** Effective values as one owner's: joining intersects them, as the owners' own would be. */
function coreOf({ level, regimes, need, rel, display, dist, purposes, caveats }: Marking): LabelCore {
  const received = rel === undefined || rel === "ALL" ? "ALL" : ["JPN", ...rel];
  const seen = received === "ALL" || display === "ALL" ? "ALL" : [...received, ...display];
  const isOpen = level === 0 && rel === undefined && dist === "ALL";
  return canonical({ level, regimes, need: typeof need === "number" ? [] : need, owners: isOpen ? {} : { JPN: { rel: received, disp: seen, dist, orcon: false } }, purposes, handling: caveats });
}
