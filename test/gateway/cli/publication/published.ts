/** Reports as a ministry would tell them, and an answer of the gateway about them with a mark for every value. */
import type { Answer } from "../../../../gateway/cli/ask";
import type { Report } from "../../../../gateway/cli/publication/reports";
import { BOTTOM, mark } from "../../../../schema/label";
import { labelOf, loadPolicy } from "../../../../schema/policy";
import { type Count, tellReport } from "../../../../subgraphs/kit/workflow/oversight/told-figures";

const { words } = loadPolicy();
export const COUNTS: readonly Count[] = [{ measure: "IN_FORCE", regime: "MDA", item: "", count: 17 }, { measure: "ENDED", regime: "MDA", item: "", count: 8 }, { measure: "HOLDERS", regime: "SDS", item: "", count: 23 }];

export function reportOf(year: string, body = "JPN.MOD", counts: readonly Count[] = COUNTS): Report { return { year, body, publishedOn: `${Number(year) + 1}-04-01`, figures: tellReport(counts) }; }

export const PUBLIC_MARKS = { banner: { ja: mark(BOTTOM, words, { form: "banner", lang: "ja" }), en: mark(BOTTOM, words, { form: "banner", lang: "en" }) }, portion: { ja: mark(BOTTOM, words, { form: "portion", lang: "ja" }), en: mark(BOTTOM, words, { form: "portion", lang: "en" }) } };

export interface PageOf { readonly total?: number; readonly next?: string }

/** One page, as the gateway answers it. */
export function answerOf(reports: readonly Report[], { total = reports.length, next }: PageOf = {}): Answer {
  const field = "cabinetSecretariatPublicFigures";
  const data = { [field]: { totalCount: total, pageInfo: { hasNextPage: next !== undefined, endCursor: next ?? null }, nodes: reports } };
  const paths = [`${field}.totalCount`, `${field}.pageInfo.hasNextPage`, ...(next === undefined ? [] : [`${field}.pageInfo.endCursor`]), ...reports.flatMap((report, at) => Object.keys(report).map((name) => `${field}.nodes.${at}.${name}`))];
  return {
    status: 200, data, errors: [], ms: 1,
    release: {
      marking: { ...PUBLIC_MARKS.banner, label: labelOf(BOTTOM).id }, withheld: [], portions: { marks: [PUBLIC_MARKS.portion], at: Object.fromEntries(paths.map((path) => [path, 0])) },
      evidence: { log: "E-1", index: 1, txn: "t" }, policy: "P-1",
    },
  };
}
