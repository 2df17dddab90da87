/**
 * A formal request of the oversight office to a ministry (SPEC 18.1-18.3): for the content of named matters, or for the counts of a year. It says who, what and until when; the ministry answers. Content is read only under an
 * accepted request, as an assignment to exactly its matters, which ends on its last day. Counts are over what nobody may read all of: they are classified, and released by the ministry's own decision.
 */
import { type LabelCore, type Level, type OrgPath, canonical, isUnder } from "../../../../schema/label";
import { shiftDate } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { issuerFor, noticesToHolders, tokenOfMatter } from "../access/granting";
import { asSubject, both, clockOnly, either, withPurpose, withRole } from "../authority";
import { type Item, type StepContext, defineWorkflow } from "../declare";
import { designatingBodies, whereDesignated } from "../designation/designating";
import { OVERSIGHT_OFFICE } from "../designation/file-label";
import { ANSWER_DAYS, GROUNDS, MOST_MATTERS, REQUEST_DAYS } from "./oversight-policy";
import { type Count, countLines, tellReport } from "./told-figures";

/** Collects what the ministries release, and publishes it. */
export const COLLECTED_BY: OrgPath = "JPN.CAS";
const ABOUT = ["CONTENT", "STATISTICS"] as const;
const ANSWERS = ["ACCEPTED", "REFUSED"] as const;
export const inspector = both(withRole("AUDIT"), withPurpose("OVERSIGHT"));

/** Between the ministry and the oversight office: counts over what is classified are at least CONFIDENTIAL (SPEC 9, R2). */
function requestLabel(owner: OrgPath, level: Level): LabelCore {
  return canonical({
    policy: "JPN-GOV-DEMO", level, regimes: [level > 1 ? "DOC" : "CUI"], need: [], owners: { [owner]: { rel: ["JPN"], disp: ["JPN"], dist: [owner, OVERSIGHT_OFFICE], orcon: false } }, purposes: ["DESIGNATION", "OVERSIGHT"], handling: [],
  });
}
const COUNTED_AT_LEAST = 2;

/** What is released is for those who collect and check it; it is public when it has been published. */
function releasedLabel(owner: OrgPath): LabelCore {
  return canonical({
    policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [owner]: { rel: ["JPN"], disp: ["JPN"], dist: [...new Set([owner, COLLECTED_BY, OVERSIGHT_OFFICE])], orcon: false } }, purposes: "ALL", handling: ["EMBARGO"],
  });
}

const yearOf = (item: Item | undefined): string => String(item?.body["year"]);
const mattersOf = ({ item }: StepContext): readonly string[] => (item?.body["matters"] ?? []) as readonly string[];
const tellInspector = (kind: string) => ({ item }: StepContext): readonly { readonly subject: string; readonly kind: string }[] => [{ subject: item?.subject ?? "", kind }];

function checkScope({ input, today }: StepContext): void {
  const { about, matters, year, until } = input as { readonly about: string; readonly matters?: readonly string[]; readonly year?: string; readonly until: string };
  const isContent = about === "CONTENT";
  if (isContent !== (matters !== undefined && matters.length > 0) || isContent === (year !== undefined) || until < today) throw new Refusal("BAD_USER_INPUT");
  if (year !== undefined && !/^[12]\d{3}$/.test(year)) throw new Refusal("BAD_USER_INPUT");
  if ((matters?.length ?? 0) > MOST_MATTERS || until > shiftDate(today, REQUEST_DAYS) || (year ?? "") > today.slice(0, 4)) throw new Refusal("REFUSED_LIMIT");
}

/** The level at which the existence of these matters is known. @throws Refusal STATE for one of which the asker may not know, and for one of another body that the ministry keeps */
async function levelOfMatters({ query, ministry, policy }: StepContext, body: OrgPath, matters: readonly string[]): Promise<Level> {
  const rows = await query<{ existence: Partial<Pick<LabelCore, "level" | "owners">> }>("SELECT l.body->'existence' AS existence FROM matter m JOIN label l ON l.id = m.label_id WHERE m.id = ANY($1::text[])", [matters]);
  const others = designatingBodies(policy.members, ministry.name).filter((other) => other !== body);
  const isAnothers = rows.some(({ existence: { owners = {} } }) => Object.keys(owners).some((owner) => others.some((other) => isUnder(owner, other) && !isUnder(body, other))));
  if (rows.length !== matters.length || isAnothers) throw new Refusal("REFUSED_STATE");
  return Math.max(1, ...rows.map(({ existence: { level } }) => level ?? 1)) as Level;
}

/** The body that is asked: the ministry, or another that it keeps and that designates. What is asked of one is not read at the other. @throws Refusal INPUT for any other */
function bodyAsked({ input, ministry, policy }: StepContext): OrgPath {
  const body = typeof input["body"] === "string" ? input["body"] : ministry.org;
  if (body !== ministry.org && !designatingBodies(policy.members, ministry.name).includes(body)) throw new Refusal("BAD_USER_INPUT");
  return body;
}

const tellHolders = (role: string, kind: string) => (context: StepContext): ReturnType<typeof noticesToHolders> =>
  noticesToHolders({ ...context, ministry: { ...context.ministry, org: context.item?.owner ?? bodyAsked(context) } }, [role], kind);

/** Exactly the matters of the request, for exactly its time. Whoever accepts is assigned to each and grants for its issuer. */
async function assign(context: StepContext): Promise<void> {
  const { query, asker, item, id, today } = context;
  for (const matter of mattersOf(context)) {
    const token = await tokenOfMatter(query, matter);
    const [done] = await query<{ done: boolean }>("SELECT grant_assignment($1, $2, $3, $4, $5, $6, $7, $8) AS done",
      [asker.subject.id, item?.subject, token, "READER", today, item?.body["until"], await issuerFor(context, token), `OVERSIGHT ${id}`]);
    if (done?.done !== true) throw new Refusal("REFUSED_STATE");
  }
}

/** Only what this request gave. */
async function unassign(context: StepContext): Promise<void> {
  const { query, asker, item, id } = context;
  if (item?.state !== "ACCEPTED") return;
  for (const matter of mattersOf(context)) await query("SELECT revoke_assignment($1, $2, $3, $4)", [asker.subject.id, item.subject, await tokenOfMatter(query, matter), `OVERSIGHT ${id}`]);
}

async function countYear({ query, asker, id, item, today }: StepContext): Promise<{ readonly counts: readonly Count[]; readonly level: number }> {
  const [first, last] = [`${yearOf(item)}-01-01`, `${yearOf(item)}-12-31`];
  const [made] = await query<{ counted: { readonly counts: readonly Count[]; readonly level: number } | null }>("SELECT count_registers($1, $2, $3, $4, $5) AS counted", [asker.subject.id, id, first, last < today ? last : today, shiftDate(first, -1)]);
  if (made?.counted === undefined || made.counted === null) throw new Refusal("REFUSED_STATE");
  return made.counted;
}

export const oversightRequest = defineWorkflow({
  name: "OversightRequest", plural: "OversightRequests", description: "A formal request of the oversight office: for the content of matters, or for the counts of a year.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: whereDesignated,
  states: ["REQUESTED", "OVERDUE", "ACCEPTED", "REFUSED", "COUNTED", "CONFIRMED", "CLOSED"],
  fields: {
    about: { kind: "text", description: "CONTENT or STATISTICS." }, matters: { kind: "texts", description: "Ids of the matters that may be read." }, year: { kind: "text" }, until: { kind: "day" }, reason: { kind: "long" },
    ground: { kind: "text", description: "Why content is refused." }, decision: { kind: "long" }, counts: { kind: "texts", description: "MEASURE;REGIME;ITEM;COUNT over the whole register; people in steps of five." },
    figures: { kind: "texts", description: "What the ministry has released: at least so many, X for fewer than five or none." },
  },
  relatesBy: ["year"],
  steps: {
    REQUEST_OVERSIGHT: {
      from: [], to: "REQUESTED", by: inspector, mutation: "requestOversight", description: "Asks for content of named matters, or for counts of a year.",
      input: { about: { kind: "text", oneOf: ABOUT }, matters: { kind: "texts", optional: true }, year: { kind: "text", optional: true }, until: { kind: "day" }, reason: { kind: "long" }, body: { kind: "org", optional: true, description: "Body that is asked, where the ministry keeps more than its own registers." } },
      check: checkScope,
      change: async (context) => {
        const { asker, today } = context;
        const owner = bodyAsked(context);
        const { body: _asked, ...input } = context.input;
        return { label: requestLabel(owner, await levelOfMatters(context, owner, (input["matters"] ?? []) as readonly string[])), owner, subject: asker.subject.id, due: shiftDate(today, ANSWER_DAYS), body: input };
      },
      notify: tellHolders("GRANT", "OVERSIGHT_REQUESTED"),
    },
    ANSWER_OVERSIGHT: {
      from: ["REQUESTED", "OVERDUE"], to: ({ input }) => String(input["answer"]), by: withRole("GRANT"), notBy: ["REQUEST_OVERSIGHT"], mutation: "answerOversight", description: "The ministry accepts, or refuses content on one of the grounds.",
      input: { answer: { kind: "text", oneOf: ANSWERS }, ground: { kind: "text", optional: true, oneOf: GROUNDS }, decision: { kind: "long" } },
      check: ({ item, input, today }) => {
        const refuses = input["answer"] === "REFUSED";
        if (refuses !== (input["ground"] !== undefined)) throw new Refusal("BAD_USER_INPUT");
        if ((refuses && item?.body["about"] !== "CONTENT") || (!refuses && String(item?.body["until"]) < today)) throw new Refusal("REFUSED_LIMIT");
      },
      change: ({ item, input: { answer, ...said } }) => ({ due: answer === "ACCEPTED" ? String(item?.body["until"]) : null, body: { ...item?.body, ...said } }),
      effect: async (context) => { if (context.input["answer"] === "ACCEPTED") await assign(context); },
      notify: (context) => tellInspector(`OVERSIGHT_${String(context.input["answer"])}`)(context),
    },
    COUNT_FOR_OVERSIGHT: {
      from: ["ACCEPTED"], to: "COUNTED", by: both(inspector, asSubject), mutation: "countForOversight", description: "Counts the registers of the year; the counts are classified.", input: {},
      change: async (context) => {
        const { item } = context;
        if (item === undefined || item.body["about"] !== "STATISTICS") throw new Refusal("REFUSED_STATE");
        const { counts, level } = await countYear(context);
        // What may be told later is made now, of these counts: never of those of a later day.
        const body = { ...item.body, counts: countLines(counts), figures: tellReport(counts) };
        return { due: null, label: requestLabel(item.owner, Math.max(COUNTED_AT_LEAST, level) as Level), body, note: { counts: body.counts } };
      },
      notify: tellHolders("DECLASSIFY", "STATISTICS_COUNTED"),
    },
    CONFIRM_STATISTICS: {
      from: ["COUNTED"], to: "CONFIRMED", by: withRole("DECLASSIFY"), notBy: ["REQUEST_OVERSIGHT", "COUNT_FOR_OVERSIGHT"], mutation: "confirmStatistics", description: "Releases the figures of a year that is over for publication: what is told of them, never the counts.",
      input: { decision: { kind: "long" } },
      check: ({ item, today }) => { if (yearOf(item) >= today.slice(0, 4)) throw new Refusal("REFUSED_LIMIT"); },
      change: ({ item, input }) => {
        // The counts stay in the step that made them, under the label that it has.
        const { about, year, figures } = item?.body ?? {};
        return { label: releasedLabel(item?.owner ?? ""), body: { about, year, figures }, note: { decision: input["decision"] } };
      },
      notify: tellInspector("STATISTICS_CONFIRMED"),
    },
    CLOSE_OVERSIGHT: {
      from: ["REQUESTED", "OVERDUE", "ACCEPTED"], to: "CLOSED", by: either(asSubject, withRole("GRANT")), mutation: "closeOversight", description: "Ends it, and what may be read under it, at once.", input: { reason: { kind: "long" } },
      check: ({ item, asker }) => { if (item?.state !== "ACCEPTED" && item?.subject !== asker.subject.id) throw new Refusal("REFUSED_ROLE"); },
      change: ({ input }) => ({ due: null, note: { reason: input["reason"] } }), effect: unassign, notify: tellInspector("OVERSIGHT_CLOSED"),
    },
    END_OVERSIGHT: {
      from: ["ACCEPTED"], to: "CLOSED", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({ due: null }), effect: unassign, notify: tellInspector("OVERSIGHT_CLOSED"),
    },
    MISS_OVERSIGHT: {
      from: ["REQUESTED"], to: "OVERDUE", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({}), notify: tellInspector("OVERSIGHT_OVERDUE"),
    },
  },
});
