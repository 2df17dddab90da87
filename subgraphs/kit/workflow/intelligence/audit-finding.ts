/**
 * A finding of an audit of government systems (SPEC 15.48, domain.md D.5 50): a secret document (regime DOC) between the auditing and the audited body, with a day by which it has to be
 * remedied. The audited body answers; the auditor closes it or asks again.
 */
import { canonical } from "../../../../schema/label";
import { addYears } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { clockOnly, fromOwner, withRole } from "../authority";
import { defineWorkflow } from "../declare";
import { openerOf } from "./requirement";

const LEVELS = ["CONFIDENTIAL", "SECRET"] as const;
const AUDIT_PURPOSES = ["DESIGNATION", "OVERSIGHT"] as const;
/** Years within which a finding has to be remedied; demo policy. */
const LONGEST_YEARS = 1;

export const auditFinding = defineWorkflow({
  name: "AuditFinding", plural: "AuditFindings", description: "A finding of an audit, and its remedy.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "cabinet-office" || name === "cyber",
  states: ["OPEN", "OVERDUE", "ANSWERED", "CLOSED"],
  fields: { title: { kind: "localized" }, finding: { kind: "long" }, remedy: { kind: "long" }, officer: { kind: "subject", description: "Who answers for the audited body." } },
  steps: {
    RECORD_FINDING: {
      from: [], to: "OPEN", by: withRole("AUDIT"), mutation: "recordFinding", description: "Records what was found, as a secret document.",
      input: { audited: { kind: "org" }, officer: { kind: "subject" }, title: { kind: "localized" }, finding: { kind: "long" }, level: { kind: "text", oneOf: LEVELS }, due: { kind: "day", description: "By which it has to be remedied." } },
      check: ({ input, today }) => {
        if (String(input["due"]) < today) throw new Refusal("BAD_USER_INPUT");
        if (String(input["due"]) > addYears(today, LONGEST_YEARS)) throw new Refusal("REFUSED_LIMIT");
      },
      change: ({ ministry: { org }, input: { audited, level, due, ...body } }) => ({
        label: canonical({
          policy: "JPN-GOV-DEMO", level: level === "SECRET" ? 3 : 2, regimes: ["DOC"], need: [], owners: { [org]: { rel: ["JPN"], disp: ["JPN"], dist: [org, String(audited)], orcon: false } },
          purposes: AUDIT_PURPOSES, handling: [],
        }),
        owner: String(audited), due: String(due), body,
      }),
      notify: ({ input }) => [{ subject: String(input["officer"]), kind: "FINDING_RECORDED" }],
    },
    ANSWER_FINDING: {
      from: ["OPEN", "OVERDUE"], to: "ANSWERED", by: fromOwner, notBy: ["RECORD_FINDING"], mutation: "answerFinding", description: "Says how it was remedied.", input: { remedy: { kind: "long" } },
      change: ({ item, input }) => ({ body: { ...item?.body, remedy: input["remedy"] } }), notify: ({ item }) => [{ subject: openerOf(item), kind: "FINDING_ANSWERED" }],
    },
    REOPEN_FINDING: {
      from: ["ANSWERED"], to: "OPEN", by: withRole("AUDIT"), notBy: ["ANSWER_FINDING"], mutation: "reopenFinding", description: "The remedy is not enough.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ note: { reason: input["reason"] } }), notify: ({ item }) => [{ subject: String(item?.body["officer"]), kind: "FINDING_REOPENED" }],
    },
    CLOSE_FINDING: {
      from: ["ANSWERED"], to: "CLOSED", by: withRole("AUDIT"), notBy: ["ANSWER_FINDING"], mutation: "closeFinding", description: "Remedied.", input: {}, change: () => ({ due: null }),
    },
    MISS_FINDING: {
      from: ["OPEN"], to: "OVERDUE", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({}),
      notify: ({ item }) => [String(item?.body["officer"]), openerOf(item)].map((subject) => ({ subject, kind: "FINDING_OVERDUE" })),
    },
  },
});
