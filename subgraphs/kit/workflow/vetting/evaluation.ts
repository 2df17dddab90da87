/**
 * A ministry's evaluation of one person for one regime (SPEC 15.36): made by its security officer on a result that the Cabinet Office sealed for it, or an office-holder's exemption. Holds from the
 * notice to the person, which another officer gives. What it opens is the ministry's own statement of standing, changed in the same transaction as the item; only people suspend, and the clock reminds and ends.
 */
import { Refusal } from "../../refusal";
import { vettingLabel } from "../../register-labels";
import { clockOnly } from "../authority";
import { type Change, type StepContext, defineWorkflow } from "../declare";
import { isUnder } from "../../../../schema/label";
import { openResult } from "./sealed-result";
import { ministryOffice } from "./authority";
import { caseOf, openCase, refuseOwnCase } from "./cases";
import { EXEMPTION_YEARS, EXEMPT_CONSENT, EXEMPT_OFFICES, HIGHEST_LEVEL, VETTED_REGIMES, type VettedRegime, lastDay, outcomeEnd, reminderDay } from "./demo-policy";
import { DECISION_PURPOSES, FIRMS, OUTCOME_PURPOSES, formerAccessLabel, vettingFloor, vettingLabelFor } from "./labels";

interface Decided {
  readonly regime: VettedRegime; readonly maxLevel: number; readonly eligible: boolean; readonly basis: string; readonly case: string; readonly employer: string; readonly consentId: string;
  readonly person?: string; readonly home?: string; readonly investigation?: string; readonly investigatedOn?: string; readonly until?: string; readonly validUntil?: string;
}
const decided = ({ item }: StepContext): Decided => item?.body as unknown as Decided;

/** Whom an evaluation is about, and for whose work. */
interface About { readonly subject: string; readonly employer: string }

function checkNew(context: StepContext, { subject, employer }: About, deepest: number): void {
  const { input, ministry, asker } = context;
  const maxLevel = Number(input["maxLevel"]);
  if (maxLevel < 2 || maxLevel > Math.min(deepest, HIGHEST_LEVEL[input["regime"] as VettedRegime])) throw new Refusal("REFUSED_LIMIT");
  if (!isUnder(employer, ministry.org) && !(isUnder(employer, FIRMS) && employer !== FIRMS)) throw new Refusal("REFUSED_ROLE");
  refuseOwnCase(context, subject);
  if (input["second"] === asker.subject.id || input["second"] === subject) throw new Refusal("REFUSED_FOUR_EYES");
}

/** Before the notice it is the security office's. */
function open({ input, ministry, id }: StepContext, { subject, employer }: About, body: Readonly<Record<string, unknown>>): Change {
  const { result: _result, subject: _subject, second: _second, ...rest } = input;
  return {
    label: vettingLabelFor({ owner: ministry.org, dist: [ministry.org], purposes: DECISION_PURPOSES }), owner: ministry.org, subject, body: { ...rest, ...body, employer, case: caseOf("EVALCASE", id) },
  };
}

/** The case is the person's, of whoever evaluates, and of the other officer who is to tell the person. */
function openOwnCase(context: StepContext, subject: string): Promise<void> { return openCase(context, caseOf("EVALCASE", context.id), context.ministry.org, subject, [String(context.input["second"])]); }

/** A result serves once for each regime, also where the asker does not read the other evaluation. @throws Refusal STATE */
async function useResult({ query, id, input }: StepContext, result: string): Promise<void> {
  const [used] = await query<{ first: boolean }>("SELECT is_first_use_of_result($1, $2, $3) AS first", [id, result, input["regime"]]);
  if (used?.first !== true) throw new Refusal("REFUSED_STATE");
}

const SECOND = { second: { kind: "subject", description: "Another officer of the ministry, who is to give the person notice." } } as const;

/** Last day of what is notified today. @throws Refusal LIMIT when the investigation may not be relied upon any more */
function endOf({ regime, basis, investigatedOn, until }: Decided, today: string): string {
  const end = basis === "OFFICE_EXEMPT" ? until : outcomeEnd(regime, investigatedOn ?? "", today);
  if (end === undefined || end < today) throw new Refusal("REFUSED_LIMIT");
  return end;
}

/** Changes what the evaluation opened; from other states than these it has ended meanwhile. @throws Refusal STATE */
async function turn({ query, asker, id, input }: StepContext, from: readonly string[], to: string, reason?: string): Promise<void> {
  const [done] = await query<{ done: boolean }>("SELECT change_eligibility($1, $2, $3, $4, $5) AS done", [asker.subject.id, id, from, to, reason ?? input["reason"] ?? ""]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

const exempted = ({ input, ministry }: StepContext): About => ({ subject: String(input["subject"]), employer: ministry.org });
/** Exemptions come with an office, not with an investigation: the regime alone limits them. */
const TOP = 4;

const tell = (kind: string) => ({ item }: StepContext): { readonly subject: string; readonly kind: string }[] => [{ subject: item?.subject ?? "", kind }];
const reason = { reason: { kind: "long" } } as const;
const noted = ({ input }: StepContext): { readonly note: Readonly<Record<string, unknown>> } => ({ note: input });

export const vettingEvaluation = defineWorkflow({
  name: "VettingEvaluation", plural: "VettingEvaluations", description: "A ministry's evaluation of one person for one regime: the outcome of a vetting.",
  floor: vettingFloor(["ACCESS-DECISION", "COMPLAINT", "OVERSIGHT", "SELF-ACCESS"]), keptBy: () => true, readingsKept: true,
  states: ["DECIDED", "ELIGIBLE", "NOT_ELIGIBLE", "SUSPENDED", "WITHDRAWN", "EXPIRED", "LEFT"],
  fields: {
    case: { kind: "token", description: "Token of the ministry's case." }, employer: { kind: "org" }, regime: { kind: "text" }, maxLevel: { kind: "number" }, eligible: { kind: "flag" }, basis: { kind: "text" },
    office: { kind: "text", description: "Office whose holders are not vetted." }, investigation: { kind: "id" }, investigatedOn: { kind: "day" }, consentId: { kind: "text" }, until: { kind: "day" },
    reasons: { kind: "long", description: "Why not, for the person." }, notifiedOn: { kind: "day" }, validUntil: { kind: "day" }, leftOn: { kind: "day" },
  },
  steps: {
    EVALUATE: {
      from: [], to: "DECIDED", by: ministryOffice, mutation: "evaluateVetting", description: "Evaluates a person on a result of the Cabinet Office.",
      input: {
        result: { kind: "long", description: "Document of the result, as the Cabinet Office sealed it for the ministry." }, regime: { kind: "text", oneOf: VETTED_REGIMES }, maxLevel: { kind: "number" }, eligible: { kind: "flag" },
        reasons: { kind: "long", optional: true, description: "Why not, or why against the opinion." }, ...SECOND,
      },
      check: async (context) => {
        const { input, today } = context;
        const said = await openResult(context);
        checkNew(context, said, said.level);
        if (!said.regimes.includes(String(input["regime"])) || outcomeEnd(input["regime"] as VettedRegime, said.investigatedOn, today) === undefined) throw new Refusal("REFUSED_LIMIT");
        if ((input["eligible"] === false || said.opinion !== "NO_OBJECTION") && input["reasons"] === undefined) throw new Refusal("BAD_USER_INPUT");
      },
      change: async (context) => {
        const { subject, employer, result, person, home, investigation, consentId, investigatedOn } = await openResult(context);
        return open(context, { subject, employer }, { basis: "ASSESSMENT", resultId: result, person, home, investigation, consentId, investigatedOn });
      },
      effect: async (context) => {
        const { subject, result } = await openResult(context);
        await useResult(context, result);
        await openOwnCase(context, subject);
      },
    },
    RECORD_EXEMPTION: {
      from: [], to: "DECIDED", by: ministryOffice, mutation: "recordVettingExemption", description: "Records that the holder of an office is not vetted. They still have to be assigned.",
      input: { subject: { kind: "subject" }, office: { kind: "text", oneOf: EXEMPT_OFFICES }, regime: { kind: "text", oneOf: VETTED_REGIMES }, maxLevel: { kind: "number" }, until: { kind: "day" }, ...SECOND },
      check: (context) => {
        checkNew(context, exempted(context), TOP);
        const { input, today } = context;
        if (String(input["until"]) < today || String(input["until"]) > lastDay(today, EXEMPTION_YEARS)) throw new Refusal("REFUSED_LIMIT");
      },
      change: (context) => open(context, exempted(context), { basis: "OFFICE_EXEMPT", eligible: true, consentId: EXEMPT_CONSENT }),
      effect: (context) => openOwnCase(context, exempted(context).subject),
    },
    NOTIFY_OUTCOME: {
      from: ["DECIDED"], to: (context) => (decided(context).eligible ? "ELIGIBLE" : "NOT_ELIGIBLE"), by: ministryOffice, notBy: ["EVALUATE", "RECORD_EXEMPTION"], mutation: "notifyVettingOutcome",
      description: "Gives the person notice of the outcome, from which day it holds: another officer than who evaluated.", input: {},
      check: (context) => { refuseOwnCase(context, context.item?.subject); },
      change: (context) => {
        const { item, today, ministry } = context;
        const { eligible, case: token, employer, home = employer } = decided(context);
        const end = eligible ? endOf(decided(context), today) : undefined;
        return {
          label: vettingLabelFor({ owner: ministry.org, need: [token], dist: [ministry.org, employer, home], purposes: OUTCOME_PURPOSES }), due: end === undefined ? null : reminderDay(end, today),
          body: { ...item?.body, notifiedOn: today, ...(end === undefined ? {} : { validUntil: end }) },
        };
      },
      effect: async (context) => {
        const { query, intern, item, asker, ministry, id, today } = context;
        const { regime, maxLevel, basis, eligible, employer, investigation, consentId, person } = decided(context);
        if (!eligible) return;
        const [done] = await query<{ done: boolean }>("SELECT grant_eligibility($1, $2, $3, $4, $5) AS done", [asker.subject.id, id, person, await intern(vettingLabel(ministry.org)), JSON.stringify({
          subject: item?.subject, regime, maxLevel, basis, grantedBy: ministry.org, usableAt: [employer], ...(investigation === undefined ? {} : { investigationId: investigation }), notifiedOn: today,
          validUntil: endOf(decided(context), today), consentId,
        })]);
        if (done?.done !== true) throw new Refusal("REFUSED_STATE");
      },
      notify: (context) => tell(decided(context).eligible ? "VETTING_ELIGIBLE" : "VETTING_NOT_ELIGIBLE")(context),
    },
    SUSPEND_ELIGIBILITY: {
      from: ["ELIGIBLE"], to: "SUSPENDED", by: ministryOffice, mutation: "suspendEligibility", description: "Suspends at once, because somebody has decided so.",
      input: { ...reason, signal: { kind: "id", optional: true, description: "Advice that was considered." } }, change: noted, effect: (context) => turn(context, ["ACTIVE"], "SUSPENDED"), notify: tell("ELIGIBILITY_SUSPENDED"),
    },
    REINSTATE_ELIGIBILITY: {
      from: ["SUSPENDED"], to: "ELIGIBLE", by: ministryOffice, mutation: "reinstateEligibility", description: "The doubt is gone.", input: reason, change: noted, effect: (context) => turn(context, ["SUSPENDED"], "ACTIVE"),
      notify: tell("ELIGIBILITY_REINSTATED"),
    },
    WITHDRAW_ELIGIBILITY: {
      from: ["ELIGIBLE", "SUSPENDED"], to: "WITHDRAWN", by: ministryOffice, mutation: "withdrawEligibility", description: "Takes the outcome back for good.", input: reason,
      change: ({ item, input }) => ({ due: null, note: input, body: { ...item?.body, eligible: false } }), effect: (context) => turn(context, ["ACTIVE", "SUSPENDED"], "WITHDRAWN"), notify: tell("ELIGIBILITY_WITHDRAWN"),
    },
    EXIT_BRIEFING: {
      from: ["ELIGIBLE", "SUSPENDED", "NOT_ELIGIBLE", "WITHDRAWN", "EXPIRED"], to: "LEFT", by: ministryOffice, mutation: "recordExitBriefing",
      description: "The person leaves: was told of the duty that stays, and every access that the ministry gave ends and is kept in the register of former access.",
      input: { dutyExplained: { kind: "flag", description: "The duty of secrecy, which does not end, was explained." }, acknowledgement: { kind: "long", description: "What the person signed." } },
      check: ({ input }) => { if (input["dutyExplained"] !== true) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ item, input, today }) => ({ due: null, note: input, body: { ...item?.body, eligible: false, leftOn: today } }),
      effect: async ({ query, intern, item, asker, ministry, today }) => {
        const label = await intern(formerAccessLabel(ministry.org));
        const [done] = await query<{ done: boolean }>("SELECT end_all_access($1, $2, $3, $4, $5, $6) AS done", [asker.subject.id, item?.subject, item?.body["person"], label, today, "EXIT"]);
        if (done?.done !== true) throw new Refusal("REFUSED_STATE");
      },
      notify: tell("DUTY_OF_SECRECY_REMAINS"),
    },
    REMIND_OF_EXPIRY: {
      from: ["ELIGIBLE", "SUSPENDED"], to: ({ item }) => item?.state ?? "", by: clockOnly, mutation: "", description: "", input: {},
      onDay: ({ due, body }, today) => due !== null && due <= today && due < String(body["validUntil"]), change: (context) => ({ due: decided(context).validUntil ?? null }),
      notify: (context) => ["EVALUATE", "RECORD_EXEMPTION"].flatMap((step) => context.item?.steps.filter(({ name }) => name === step).map(({ actor }) => actor) ?? []).concat(context.item?.subject ?? [])
        .map((subject) => ({ subject, kind: "ELIGIBILITY_EXPIRES" })),
    },
    EXPIRE_ELIGIBILITY: {
      from: ["ELIGIBLE", "SUSPENDED"], to: "EXPIRED", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ body }, today) => String(body["validUntil"]) < today,
      change: ({ item }) => ({ due: null, body: { ...item?.body, eligible: false } }), effect: (context) => turn(context, ["ACTIVE", "SUSPENDED"], "EXPIRED", "TERM"), notify: tell("ELIGIBILITY_EXPIRED"),
    },
  },
});
