/**
 * First screening of patent applications (SPEC 15.65; Act 43 of 2022, chapter 5), at the ministry to which the Patent Office belongs: within three months an application either goes on as any other, or is
 * referred to the Cabinet Office, which alone designates. Read by those who are cleared for such inventions in that ministry.
 */
import type { LabelCore } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { withRole } from "../authority";
import { defineWorkflow } from "../declare";
import { isFirm } from "./firm";
import { SCREENING_MONTHS, addMonths } from "./industry-policy";

/** Bodies that keep an invention: those who are cleared for PAT in them read it. */
export function inventionLabel(owner: string, bodies: readonly string[]): LabelCore {
  return { policy: "JPN-GOV-DEMO", level: 1, regimes: ["PAT"], need: [], owners: { [owner]: { rel: ["JPN"], disp: ["JPN"], dist: [...new Set([owner, ...bodies])].sort(), orcon: false } }, purposes: "ALL", handling: ["CUI:PROPIN"] };
}

export const patentScreening = defineWorkflow({
  name: "PatentScreening", plural: "PatentScreenings", description: "First screening of a patent application.",
  floor: { level: "CUI", regimes: ["PAT"], owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "economy",
  states: ["RECEIVED", "PASSED", "REFERRED"],
  fields: { application: { kind: "id" }, applicant: { kind: "org" }, filedOn: { kind: "day" }, field: { kind: "text", description: "Field of technology." }, outline: { kind: "long" }, finding: { kind: "long" } },
  steps: {
    RECEIVE_APPLICATION: {
      from: [], to: "RECEIVED", by: withRole("PROPOSE"), mutation: "receivePatentApplication", description: "Takes an application in a listed field of technology into screening.",
      input: { application: { kind: "id" }, applicant: { kind: "org" }, filedOn: { kind: "day" }, field: { kind: "text" }, outline: { kind: "long" } },
      check: ({ input, policy, today }) => { if (!isFirm(policy, input["applicant"]) || String(input["filedOn"]) > today) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ ministry, input }) => ({ label: inventionLabel(ministry.org, []), owner: ministry.org, due: addMonths(String(input["filedOn"]), SCREENING_MONTHS), body: input }),
    },
    PASS_APPLICATION: {
      from: ["RECEIVED"], to: "PASSED", by: withRole("PROPOSE"), mutation: "passPatentApplication", description: "It goes on as any other application.", input: { finding: { kind: "long" } },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, ...input } }),
    },
    REFER_APPLICATION: {
      from: ["RECEIVED"], to: "REFERRED", by: withRole("PROPOSE"), mutation: "referPatentApplication", description: "It is referred to the Cabinet Office; after three months it is too late.", input: { finding: { kind: "long" } },
      check: ({ item, today }) => { if (item?.due !== null && item !== undefined && item.due < today) throw new Refusal("REFUSED_LIMIT"); },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, ...input } }),
    },
  },
});
