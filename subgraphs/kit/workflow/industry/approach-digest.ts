/**
 * Digests of reported approaches (SPEC 15.64), for everybody in Japan: written by the receiving office from reports that it assessed, published by another person. The text is refused when it tells who
 * reported or whose people they are. That a report went into it is noted with the report, under the report's label: who reads digests or drafts of them learns of no report, not even how many there are.
 */
import type { LabelCore } from "../../../../schema/label";
import type { Policy } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { office, officeOf, receivesReports } from "./suspicious-approach";

interface Report { readonly id: string; readonly state: string; readonly body: Readonly<Record<string, unknown>>; readonly steps: readonly { readonly actor: string; readonly name: string }[] | null }
type Words = Readonly<Record<string, unknown>>;

/** Within the ministry, until it is published. */
function draftLabel({ ministry }: StepContext): LabelCore {
  const { purposes } = officeOf(ministry);
  return { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [ministry.org]: { rel: ["JPN"], disp: ["JPN"], dist: [ministry.org], orcon: false } }, purposes: [...new Set([...purposes, "ACCESS-DECISION"])].sort(), handling: [] };
}

function publishedLabel({ ministry }: StepContext): LabelCore {
  return { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [ministry.org]: { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] };
}

/** Words that a text about a report may not have in it: its reporter, the body they belong to, and what others called themselves. */
export function telling(policy: Pick<Policy, "members">, { body, steps }: Pick<Report, "body" | "steps">): readonly string[] {
  const member = policy.members.all.find(({ org }) => org === body["reporterOrg"]);
  const number = member?.firm === true ? [member.org.split(".").at(-1)] : [];
  return [...(steps ?? []).filter(({ name }) => name === "REPORT_APPROACH").map(({ actor }) => actor), member?.org, ...number, member?.nameJa, member?.nameEn, member?.shortJa, member?.firm === true ? member.shortEn : undefined, body["approachedBy"]]
    .filter((word): word is string => typeof word === "string" && word.trim().length > 1);
}

/** Whether a text tells any of them; neither case, nor width of letters, nor blanks make a difference. */
export function tellsAny(texts: readonly string[], words: readonly string[]): boolean {
  const plain = (text: string): string => text.normalize("NFKC").toLowerCase().replaceAll(/\s+/gu, "");
  const all = plain(texts.join("\n"));
  return words.some((word) => all.includes(plain(word)));
}

const textsOf = (value: unknown): readonly string[] => Object.values((value ?? {}) as Words).filter((text): text is string => typeof text === "string");

/** @throws Refusal where a report is not there for the asker, has not been assessed, or is told of */
async function checkDigest({ query, policy, input }: StepContext): Promise<void> {
  const ids = input["reports"] as readonly string[];
  const reports = await query<Report>("SELECT id, state, body, steps FROM item WHERE id = ANY($1) AND workflow = 'SuspiciousApproach'", [ids]);
  if (ids.length === 0 || reports.length !== ids.length || reports.some(({ state }) => state === "REPORTED")) throw new Refusal("REFUSED_STATE");
  if (tellsAny([...textsOf(input["title"]), ...textsOf(input["text"])], reports.flatMap((report) => telling(policy, report)))) throw new Refusal("REFUSED_LIMIT");
}

/** What is taken from a report as it is; a step that changes nothing but its history. */
interface Noted { readonly id: string; readonly label_id: number; readonly state: string; readonly version: number; readonly subject: string | null; readonly due: string | null; readonly body: Words }

/** @throws Refusal where somebody else took a step with a report in between */
async function noteWithReports({ query, id, input, asker }: StepContext): Promise<void> {
  const reports = await query<Noted>("SELECT id, label_id, state, version, subject, due, body FROM item WHERE id = ANY($1) AND workflow = 'SuspiciousApproach' ORDER BY id", [input["reports"]]);
  for (const report of reports) {
    const [done] = await query<{ result: string }>("SELECT take_step($1, $2, $3, 'SuspiciousApproach', 'DRAFT_DIGEST', ARRAY[$4::text], ARRAY[]::text[], $4::text, $5, $5, $6, $7, $8, $9) AS result",
      [asker.subject.id, report.id, report.version, report.state, report.label_id, report.subject, report.due, JSON.stringify(report.body), JSON.stringify({ digest: id })]);
    if (done?.result !== "DONE") throw new Refusal("REFUSED_STALE");
  }
}

export const approachDigest = defineWorkflow({
  name: "ApproachDigest", plural: "ApproachDigests", description: "What can be told of reported approaches without telling who reported.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: receivesReports,
  states: ["DRAFTED", "PUBLISHED", "DISCARDED"],
  fields: { title: { kind: "localized" }, text: { kind: "localized" } },
  steps: {
    DRAFT_DIGEST: {
      from: [], to: "DRAFTED", by: office, mutation: "draftApproachDigest", description: "Writes a digest of reports that were assessed.",
      input: { reports: { kind: "texts", description: "Ids of the reports." }, title: { kind: "localized" }, text: { kind: "localized" } },
      check: checkDigest,
      change: (context) => ({ label: draftLabel(context), owner: officeOf(context.ministry).org, body: { title: context.input["title"], text: context.input["text"] } }),
      effect: noteWithReports,
    },
    PUBLISH_DIGEST: {
      from: ["DRAFTED"], to: "PUBLISHED", by: withRole("GRANT", "APPROVE"), notBy: ["DRAFT_DIGEST"], mutation: "publishApproachDigest", description: "Another person publishes it to everybody in Japan.", input: {},
      change: (context) => ({ label: publishedLabel(context) }),
    },
    DISCARD_DIGEST: { from: ["DRAFTED"], to: "DISCARDED", by: withRole("GRANT", "APPROVE", "PROPOSE"), mutation: "discardApproachDigest", description: "It is not published.", input: {}, change: () => ({}) },
  },
});
