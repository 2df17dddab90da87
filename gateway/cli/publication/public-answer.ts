/**
 * Whether an answer may be handed to anybody (SPEC 18.11). Takes an answer as it came, with portion marks; gives its data. Refuses an answer with an error, one from which anything was withheld, one whose
 * marking is anything but PUBLIC in either language or in its label, and one in which any single value has no mark or another one. Whoever changed the answer on the way has to have changed nothing but words.
 */
import { BOTTOM, mark, type MarkingWords } from "../../../schema/label";
import { labelOf } from "../../../schema/policy";
import type { Answer } from "../ask";
import { NotPublished } from "./refusal";

const FORMS = ["banner", "portion"] as const;
type Words = Readonly<Record<(typeof FORMS)[number], { readonly ja: string; readonly en: string }>>;

/** @throws NotPublished */
export function publicDataOf({ status, data, errors, release }: Answer, words: MarkingWords): unknown {
  if (status !== 200 || errors.length > 0 || typeof data !== "object" || data === null) throw new NotPublished("publicationRefused", errors.map(({ extensions }) => extensions?.code ?? "?").join(", ") || String(status));
  const wanted = publicWords(words);
  // Whatever came is looked at, whether it has the form of a release or not.
  const { marking, withheld, portions } = (release ?? {}) as Partial<NonNullable<Answer["release"]>>;
  if (marking === undefined || portions === undefined || !Array.isArray(withheld)) throw new NotPublished("publicationUnmarked");
  if (withheld.length > 0) throw new NotPublished("publicationWithheld");
  if (marking.en !== wanted.banner.en || marking.ja !== wanted.banner.ja || marking.label !== labelOf(BOTTOM).id) throw new NotPublished("publicationNotPublic", marking.en);
  const paths = leavesOf(data, []);
  const unmarked = paths.find((path) => !Object.hasOwn(portions.at ?? {}, path));
  if (unmarked !== undefined) throw new NotPublished("publicationUnmarked", unmarked);
  const other = Object.entries(portions.at).find(([, at]) => { const one = portions.marks[at]; return one?.en !== wanted.portion.en || one.ja !== wanted.portion.ja; });
  if (other !== undefined) throw new NotPublished("publicationNotPublic", other[0]);
  return data;
}

function publicWords(words: MarkingWords): Words {
  return Object.fromEntries(FORMS.map((form) => [form, { ja: mark(BOTTOM, words, { form, lang: "ja" }), en: mark(BOTTOM, words, { form, lang: "en" }) }])) as unknown as Words;
}

/** Paths of all values, as portion marks name them: a list of plain values is one. What is nothing has no mark, and is not published either (`reports.ts`). */
function leavesOf(value: unknown, path: readonly string[]): readonly string[] {
  if (value === null) return [];
  if (typeof value !== "object") return [path.join(".")];
  if (Array.isArray(value) && value.every((one) => typeof one !== "object" || one === null)) return value.length === 0 ? [] : [path.join(".")];
  return Object.entries(value).flatMap(([name, one]) => leavesOf(one, [...path, name]));
}
