/**
 * Consultation before a designation that concerns firms or science, and before one is ended (SPEC 15.25): a party is asked in a text written for it and nothing else, and answers; what it
 * said is the record. For parties that do not sign in here an officer records the answer.
 */
import { Refusal } from "../../refusal";
import { either, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { FILE_LEVELS, levelOf } from "./file-label";
import { fromParty, isParty } from "./party";
import { labelToParty } from "./recipients";

export const ABOUT = ["DESIGNATION", "ENDING"] as const;
export type About = (typeof ABOUT)[number];
export const POSITIONS = ["AGREES", "OBJECTS", "COMMENTS"] as const;
/** States of a file in which it may be asked about this. */
const ASKABLE: Readonly<Record<About, readonly string[]>> = { DESIGNATION: ["PROPOSED"], ENDING: ["ACTIVE", "CHALLENGED", "LAPSED_HOLD"] };

export interface Consultation { readonly state: string; readonly due: string | null; readonly party: string; readonly about: About; readonly position: string | null; /** Who answered, or recorded the answer. */ readonly answeredBy?: string | null }

/** Consultations about a file, as far as the asker may read them. */
export function readConsultations({ query }: Pick<StepContext, "query">, file: string): Promise<readonly Consultation[]> {
  return query(`SELECT state, due, body->>'party' AS party, body->>'about' AS about, body->>'position' AS position,
    (SELECT s->>'actor' FROM jsonb_array_elements(steps) s WHERE s->>'name' = 'ANSWER_CONSULTATION' LIMIT 1) AS "answeredBy" FROM item WHERE workflow = 'DesignationConsultation' AND body->>'file' = $1 ORDER BY id`, [file]);
}

/** Whoever decides has not spoken for those who had to be heard. @throws Refusal FOUR_EYES */
export function refuseOwnAnswers(all: readonly Consultation[], about: About, actor: string): void {
  if (all.some((one) => one.about === about && one.answeredBy === actor)) throw new Refusal("REFUSED_FOUR_EYES");
}

export interface Needed {
  readonly about: About;
  /** Each of them has been asked, and has answered or let its day pass. */
  readonly heard: readonly string[];
  /** Each of them has agreed. */
  readonly agreed: readonly string[];
  /** Somebody, whoever it is, has answered. */
  readonly somebody?: boolean;
}

/** Whether everybody was consulted who has to be, and nobody still has time to answer. */
export function isConsulted(all: readonly Consultation[], { about, heard, agreed, somebody = false }: Needed, today: string): boolean {
  const given = all.filter((one) => one.about === about);
  const isOver = ({ state, due }: Consultation): boolean => state === "ANSWERED" || (due !== null && due < today);
  const latest = (party: string): readonly Consultation[] => given.filter((one) => one.party === party && one.state === "ANSWERED");
  return given.every(isOver) && heard.every((party) => given.some((one) => one.party === party))
    && agreed.every((party) => latest(party).length > 0 && latest(party).every(({ position }) => position === "AGREES"))
    && (!somebody || given.some(({ state }) => state === "ANSWERED"));
}

async function ownerOfFile({ query, input }: StepContext): Promise<string> {
  const [file] = await query<{ owner: string; state: string }>("SELECT owner, state FROM item WHERE id = $1 AND workflow = 'DesignationFile'", [input["file"]]);
  if (file === undefined || !ASKABLE[input["about"] as About].includes(file.state)) throw new Refusal("REFUSED_STATE");
  return file.owner;
}

export const designationConsultation = defineWorkflow({
  name: "DesignationConsultation", plural: "DesignationConsultations", description: "A question to one party about a designation, and its answer.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: () => true,
  states: ["ASKED", "ANSWERED"],
  fields: {
    file: { kind: "id", description: "Id of the file of the designation." }, party: { kind: "org", description: "Body, firm or nation that is asked." }, about: { kind: "text", oneOf: ABOUT },
    text: { kind: "long", description: "The draft as released to the party, and what it is asked." }, position: { kind: "text", oneOf: POSITIONS }, answer: { kind: "long" },
  },
  steps: {
    CONSULT: {
      from: [], to: "ASKED", by: withRole("PROPOSE", "DECLASSIFY"), mutation: "consultOnDesignation", description: "Asks a party, in a text that is released to it.",
      input: { file: { kind: "id" }, party: { kind: "org" }, about: { kind: "text", oneOf: ABOUT }, text: { kind: "long" }, level: { kind: "text", oneOf: FILE_LEVELS }, answerBy: { kind: "day" } },
      check: ({ policy, input, today }) => {
        if (!isParty(policy, input["party"]) || String(input["answerBy"]) < today) throw new Refusal("BAD_USER_INPUT");
      },
      change: async (context) => {
        const { file, party, about, text, level, answerBy } = context.input;
        const owner = await ownerOfFile(context);
        return { label: await labelToParty(context, String(file), owner, levelOf(level), String(party)), owner, due: String(answerBy), body: { file, party, about, text } };
      },
    },
    ANSWER_CONSULTATION: {
      from: ["ASKED"], to: "ANSWERED", by: either(fromParty, withRole("PROPOSE", "DECLASSIFY")), mutation: "answerDesignationConsultation", description: "Answers, or records the answer of a party that does not sign in here.",
      input: { position: { kind: "text", oneOf: POSITIONS }, answer: { kind: "long" } },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, ...input } }),
      notify: ({ item }) => [{ subject: item?.steps[0]?.actor ?? "", kind: "CONSULTATION_ANSWERED" }],
    },
  },
});
