/** What the publication system takes for public (SPEC 18.11): every value marked so in both languages, nothing withheld, in the one form, told as reports are told. */
import type { Answer, Release } from "../../../../gateway/cli/ask";
import { publicDataOf } from "../../../../gateway/cli/publication/public-answer";
import { readPage, readReports } from "../../../../gateway/cli/publication/reports";
import { loadPolicy } from "../../../../schema/policy";
import { answerOf, PUBLIC_MARKS, reportOf } from "./published";

const { words } = loadPolicy();
const REPORT = reportOf("2024");
const take = (answer: Answer): unknown => publicDataOf(answer, words);
const refusal = (why: string): Error => expect.objectContaining({ why, exitCode: 5 }) as Error;
const LEAF = "cabinetSecretariatPublicFigures.nodes.0.figures";

test("takes what is marked public as a whole and value by value", () => {
  expect(readPage(take(answerOf([REPORT])))).toEqual({ total: 1, next: undefined, reports: [REPORT] });
  expect(readPage(take(answerOf([])))).toEqual({ total: 0, next: undefined, reports: [] });
});

const CUI = { ja: "\uff08\u53d6\u6271\u6ce8\u610f//\u56fd\u5185\u9650\u308a\uff09", en: "(//JPN CUI//CUI//JPN ONLY)" };
const marked = (portions: Release["portions"]) => (release: Release): object => ({ ...release, portions });
test.each<[string, (release: Release) => unknown, string]>([
  ["an answer about which nothing was said", () => undefined, "publicationUnmarked"],
  ["an answer without a marking", ({ marking: _, ...others }) => others, "publicationUnmarked"],
  ["an answer without marks of its values", ({ portions: _, ...others }) => others, "publicationUnmarked"],
  ["an answer that does not say what was withheld", ({ withheld: _, ...others }) => others, "publicationUnmarked"],
  ["an answer from which something was withheld", (release) => ({ ...release, withheld: [{ path: [LEAF], reasonClass: "RESTRICTED", contact: null, requestable: false }] }), "publicationWithheld"],
  ["a marking above PUBLIC", (release) => ({ ...release, marking: { ...release.marking, en: "//JPN CUI//CUI//JPN ONLY" } }), "publicationNotPublic"],
  ["a marking that is above it in Japanese only", (release) => ({ ...release, marking: { ...release.marking, ja: "\u53d6\u6271\u6ce8\u610f" } }), "publicationNotPublic"],
  ["a marking that is above it in the label only", (release) => ({ ...release, marking: { ...release.marking, label: "L-other" } }), "publicationNotPublic"],
  ["a marking with a word more", (release) => ({ ...release, marking: { ...release.marking, en: `${release.marking.en}//CAVEAT EMBARGO` } }), "publicationNotPublic"],
  ["one value that is marked otherwise", (release) => marked({ marks: [PUBLIC_MARKS.portion, CUI], at: { ...release.portions?.at, [LEAF]: 1 } })(release), "publicationNotPublic"],
  ["one value that is marked otherwise in one language", (release) => marked({ marks: [PUBLIC_MARKS.portion, { ...PUBLIC_MARKS.portion, ja: CUI.ja }], at: { ...release.portions?.at, [LEAF]: 1 } })(release), "publicationNotPublic"],
  ["one value whose mark is not there", (release) => marked({ marks: [PUBLIC_MARKS.portion], at: { ...release.portions?.at, [LEAF]: 7 } })(release), "publicationNotPublic"],
  ["one value without a mark", (release) => marked({ marks: [PUBLIC_MARKS.portion], at: Object.fromEntries(Object.entries(release.portions?.at ?? {}).filter(([path]) => path !== LEAF)) })(release), "publicationUnmarked"],
])("refuses %s", (_what, change, why) => {
  const answer = answerOf([REPORT]);
  expect(() => take({ ...answer, release: change(answer.release as Release) as Release })).toThrow(refusal(why));
});

test("refuses an answer with an error, without data, or that is none", () => {
  const whole = answerOf([REPORT]);
  for (const answer of [{ ...whole, errors: [{ message: "x", extensions: { code: "MINISTRY_UNAVAILABLE" } }] }, { ...whole, data: null }, { ...whole, status: 403 }]) expect(() => take(answer)).toThrow(refusal("publicationRefused"));
});

const pageWith = (change: (page: Record<string, unknown>) => unknown): unknown => ({ cabinetSecretariatPublicFigures: change({ totalCount: 1, pageInfo: { hasNextPage: false, endCursor: null }, nodes: [REPORT] }) });
test.each<[string, unknown]>([
  ["with a field more at the root", { ...(pageWith((page) => page) as object), other: 1 }],
  ["with a field more in the list", pageWith((page) => ({ ...page, edges: [] }))],
  ["with a field more in a report", pageWith((page) => ({ ...page, nodes: [{ ...REPORT, source: "itm_1" }] }))],
  ["with a report that is nothing", pageWith((page) => ({ ...page, nodes: [null] }))],
  ["with a value that is nothing", pageWith((page) => ({ ...page, nodes: [{ ...REPORT, publishedOn: null }] }))],
  ["with a count that is none", pageWith((page) => ({ ...page, totalCount: null }))],
  ["with more to come, and no way there", pageWith((page) => ({ ...page, pageInfo: { hasNextPage: true, endCursor: null } }))],
  ["of a year that was not over", pageWith((page) => ({ ...page, nodes: [{ ...REPORT, publishedOn: "2024-12-31" }] }))],
  ["of something that is no body", pageWith((page) => ({ ...page, nodes: [{ ...REPORT, body: "<b>" }] }))],
])("refuses an answer %s", (_what, data) => { expect(() => readPage(data)).toThrow(refusal("publicationOtherForm")); });

test("refuses figures that are not in steps, lines that no report has, a report too many, and reports that would tell a count together", () => {
  const finer = REPORT.figures.map((line) => line.replace(";15", ";17"));
  expect(finer).not.toEqual(REPORT.figures);
  for (const figures of [finer, REPORT.figures.slice(1), [...REPORT.figures, "NEW;ALL;ALL;5"]]) expect(() => readReports([{ ...REPORT, figures }])).toThrow(refusal("publicationNotTold"));
  expect(() => readReports([REPORT, { ...REPORT, publishedOn: "2026-01-01" }])).toThrow(refusal("publicationNotTold"));
  // 24 at most at the end of the first year, 4 at most ended, 20 at least at the end of the second: exactly known.
  const at = (count: number, ended: number) => [{ measure: "IN_FORCE", regime: "MDA", item: "", count }, { measure: "ENDED", regime: "MDA", item: "", count: ended }];
  expect(() => readReports([reportOf("2023", "JPN.MOD", at(20, 0)), reportOf("2024", "JPN.MOD", at(0, 20))])).not.toThrow();
  expect(() => readReports([reportOf("2023", "JPN.MOD", at(20, 0)), reportOf("2024", "JPN.MOD", at(0, 12))])).toThrow(refusal("publicationNotTold"));
  expect(readReports([reportOf("2024", "JPN.NPA"), reportOf("2024"), reportOf("2022")]).map(({ year, body }) => `${year} ${body}`)).toEqual(["2022 JPN.MOD", "2024 JPN.MOD", "2024 JPN.NPA"]);
});
