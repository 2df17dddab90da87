/**
 * Figures for everybody (SPEC 18.4-18.6), kept by the Cabinet Secretariat: a report on one body and one year that is over is prepared from what the ministry released, checked by the oversight office and published by a third
 * step, which makes an item of its own that anybody reads. Nothing public is ever counted: what is published is written once and never changes.
 */
import { BOTTOM, type LabelCore, type OrgPath, canonical } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { clockOnly, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { OVERSIGHT_OFFICE } from "../designation/file-label";
import { openItem } from "../open-item";
import { isTellable } from "./differencing";
import { COLLECTED_BY, inspector } from "./oversight-request";
import { type ToldYear, readReport } from "./told-figures";

const RESULTS = ["REVIEWED", "RETURNED"] as const;
const isCollector = ({ org }: { readonly org: OrgPath }): boolean => org === COLLECTED_BY;

function draftLabel(): LabelCore {
  return canonical({
    policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [COLLECTED_BY]: { rel: ["JPN"], disp: ["JPN"], dist: [OVERSIGHT_OFFICE, COLLECTED_BY], orcon: false } }, purposes: "ALL", handling: ["EMBARGO"],
  });
}

interface Report { readonly body: OrgPath; readonly year: string; readonly figures: readonly string[] }
const reportOf = ({ item }: StepContext): Report => item?.body as unknown as Report;

function readOf({ year, figures }: Pick<Report, "figures" | "year">): ToldYear | undefined { return readReport(Number(year), figures); }

/** One report of a body and a year, and none by which a count could be worked out from the others. Asked under the ministry's lock. @throws Refusal */
async function refuseTelling(context: StepContext): Promise<void> {
  const { body, year } = reportOf(context);
  const published = (await context.query<{ body: Report }>("SELECT body FROM item WHERE workflow = 'PublicFigure' AND body->>'body' = $1", [body])).map((row) => row.body);
  if (published.some((other) => other.year === year)) throw new Refusal("REFUSED_STATE");
  const years = [reportOf(context), ...published].map(readOf);
  const told = years.filter((one) => one !== undefined);
  if (told.length < years.length || !isTellable(told)) throw new Refusal("REFUSED_LIMIT");
}

export const publicFigure = defineWorkflow({
  name: "PublicFigure", plural: "PublicFigures", description: "Published figures on classified information of one body and one year.",
  floor: { level: "PUBLIC" },
  keptBy: isCollector,
  states: ["PUBLISHED"],
  fields: {
    year: { kind: "text" }, body: { kind: "org" }, figures: { kind: "texts", description: "MEASURE;REGIME;ITEM;FIGURE: at least so many, in steps of five; X for fewer than five or none." }, publishedOn: { kind: "day" },
  },
  relatesBy: ["year", "body"],
  steps: { PUBLISH_FIGURE: { from: [], to: "PUBLISHED", by: clockOnly, mutation: "", description: "", input: {}, change: () => ({}) } },
});

export const statisticsReport = defineWorkflow({
  name: "StatisticsReport", plural: "StatisticsReports", description: "A report on the classified information of one body and one year, before it is published.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: isCollector,
  states: ["PREPARED", "REVIEWED", "RETURNED", "PUBLISHED"],
  fields: { year: { kind: "text" }, body: { kind: "org" }, source: { kind: "id", description: "Id of the ministry's release." }, figures: { kind: "texts" }, decision: { kind: "long" } },
  relatesBy: ["year", "source"],
  steps: {
    PREPARE_REPORT: {
      from: [], to: "PREPARED", by: withRole("PROPOSE"), mutation: "prepareStatistics", description: "Prepares a report from what the ministry released.",
      input: { year: { kind: "text" }, body: { kind: "org" }, source: { kind: "id" }, figures: { kind: "texts", description: "As released." } },
      check: ({ input, policy, today }) => {
        const { year, body, figures } = input as unknown as Report;
        if (!/^[12]\d{3}$/.test(year) || !policy.members.isKnownOrg(body) || readOf({ year, figures }) === undefined) throw new Refusal("BAD_USER_INPUT");
        if (year >= today.slice(0, 4)) throw new Refusal("REFUSED_LIMIT");
      },
      change: ({ input }) => ({ label: draftLabel(), owner: COLLECTED_BY, body: input }),
    },
    REVIEW_REPORT: {
      from: ["PREPARED"], to: ({ input }) => String(input["result"]), by: inspector, notBy: ["PREPARE_REPORT"], mutation: "reviewStatistics", description: "The oversight office says whether it is what the ministry released.",
      input: { result: { kind: "text", oneOf: RESULTS }, decision: { kind: "long" } },
      change: ({ item, input }) => ({ body: { ...item?.body, decision: input["decision"] } }),
      notify: ({ item, input }) => [{ subject: item?.steps[0]?.actor ?? "", kind: `STATISTICS_${String(input["result"])}` }],
    },
    PUBLISH_REPORT: {
      from: ["REVIEWED"], to: "PUBLISHED", by: withRole("POLICY"), notBy: ["REVIEW_REPORT"], mutation: "publishStatistics", description: "Makes it public, for good.", input: {},
      change: () => ({}),
      effect: async (context) => {
        await refuseTelling(context);
        const { year, body, figures } = reportOf(context);
        await openItem(context, publicFigure, "PUBLISH_FIGURE", { label: BOTTOM, owner: COLLECTED_BY, body: { year, body, figures, publishedOn: context.today } });
      },
    },
  },
});
