/**
 * What a proposal must be to be made, and again to be approved (SPEC 15.20-15.21): a body that may designate under the regime, the three tests of the law, a last day within its limits, a
 * number of that body that is not used, a label that obeys the rules, records that whoever decides can read. Refuses; changes nothing.
 */
import { randomInt } from "node:crypto";
import { type LabelCore, type OrgPath, type Regime, isForeignOwner, isUnder } from "../../../../schema/label";
import { type Policy, type TokenFacts, addYears, checkLabel } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import type { StepContext } from "../declare";
import type { FieldDeclarations, Values } from "../kinds";
import { DAMAGES, LONGEST_CLASSES, REVIEW_WITHIN_YEARS, isDamageOf, isStatutoryItem } from "./demo-policy";
import { FILE_LEVELS } from "./file-label";
import { type MarkedRecord, coreOf, kindOf, readLabels, readPlaces, readRecords } from "./marking";
import { isParty } from "./party";
import { raiseCore } from "./relabel";
import { isWithinLimits } from "./terms";

export const DESIGNATED_UNDER = ["SDS", "CESI", "MDA", "EQS", "MODS"] as const;
export const HELD_BY = ["GOVERNMENT", "PRIVATE"] as const;

/** What an officer writes to propose a designation. */
export const PROPOSAL: FieldDeclarations = {
  body: { kind: "org", description: "Body that designates." }, token: { kind: "token", description: "Number of the designation: the body's code, a hyphen, and what the body numbers by. Its token is this and some drawn characters." },
  name: { kind: "localized", description: "Outline for the register." }, regime: { kind: "text", oneOf: DESIGNATED_UNDER }, statutoryItem: { kind: "text", optional: true, description: "Item of the law's table." },
  listed: { kind: "long", description: "Why it falls under the item." }, nonPublic: { kind: "long", description: "Why it is not public." }, harm: { kind: "long", description: "What a leak would do." },
  damage: { kind: "text", oneOf: DAMAGES }, reasons: { kind: "long" }, label: { kind: "label", description: "Label of the information, without the designation's own token." }, level: { kind: "text", oneOf: FILE_LEVELS, description: "Level of the register's entry and of this file." },
  validUntil: { kind: "day" }, reviewBy: { kind: "day" }, firstDesignatedOn: { kind: "day", optional: true, description: "Where the information was designated before." },
  cabinetDecision: { kind: "text", optional: true, description: "Id of the Cabinet's decision, beyond thirty years." }, exemptClass: { kind: "text", optional: true, oneOf: LONGEST_CLASSES, description: "Class of information that may be designated beyond sixty years." },
  records: { kind: "texts", description: "Ids of the records that hold the information." }, handlers: { kind: "subjects", description: "Who handles it first." }, handlersUntil: { kind: "day" },
  heldBy: { kind: "text", oneOf: HELD_BY }, holder: { kind: "org", optional: true, description: "Firm that holds the information." }, dualUse: { kind: "flag", description: "It concerns research or civil use." },
};

export interface Proposal {
  readonly body: OrgPath; readonly token: string; readonly name: { readonly ja: string; readonly en: string }; readonly regime: Regime; readonly statutoryItem?: string; readonly damage: string; readonly label: LabelCore; readonly level: string;
  readonly validUntil: string; readonly reviewBy: string; readonly firstDesignatedOn?: string; readonly cabinetDecision?: string; readonly exemptClass?: string; readonly records: readonly string[]; readonly handlers: readonly string[];
  readonly handlersUntil: string; readonly heldBy: "GOVERNMENT" | "PRIVATE"; readonly holder?: string; readonly dualUse: boolean; readonly reasons: string;
}

export function readProposal(values: Values): Proposal { return values as unknown as Proposal; }

/** The label of the information with the designation's own token. */
export function designatedCore({ label, token }: Pick<Proposal, "label" | "token">): LabelCore { return { ...label, need: [...new Set([...label.need, token])].sort() }; }

/** A body's own tokens begin with its code or that of a body above it, so that no ministry takes another's. */
export function isTokenOf(body: OrgPath, token: string): boolean { return body.split(".").slice(1).some((code) => token.startsWith(`${code}-`) && token.length > code.length + 1) && /^[A-Z0-9][A-Z0-9.:+_-]*$/.test(token); }

/** Characters that are not taken for each other. */
const DRAWN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MOST_NUMBER = 56;

/**
 * The token of a designation with this number. Drawn, so that it is no other's, also where the other is hidden from whoever proposes and whoever approves: a clash that is refused would tell them
 * that there is one.
 */
export function drawToken(number: string): string { return `${number}-${Array.from({ length: 6 }, () => DRAWN[randomInt(DRAWN.length)]).join("")}`; }

/** What does not depend on what the asker may read. @throws Refusal */
export function checkTerms(policy: Policy, proposal: Proposal, ministry: string, today: string): void {
  const { body, token, regime, statutoryItem, damage, validUntil, reviewBy, firstDesignatedOn, handlersUntil, heldBy, holder } = proposal;
  if (!policy.members.isKnownOrg(body) || policy.members.keeperOf(body) !== ministry) throw new Refusal("BAD_USER_INPUT");
  if (!policy.members.mayDesignate(body, regime)) throw new Refusal("REFUSED_LIMIT");
  if (!isTokenOf(body, token) || token.length > MOST_NUMBER + 7 || !isStatutoryItem(regime, statutoryItem) || !isDamageOf(regime, damage)) throw new Refusal("BAD_USER_INPUT");
  if ((firstDesignatedOn !== undefined && firstDesignatedOn > today) || reviewBy <= today || handlersUntil < today) throw new Refusal("BAD_USER_INPUT");
  if (heldBy === "PRIVATE" ? holder === undefined || !isParty(policy, holder) : holder !== undefined) throw new Refusal("BAD_USER_INPUT");
  if (!isWithinLimits(policy, { ...proposal, decidedOn: today, firstOn: firstDesignatedOn ?? today, until: validUntil })) throw new Refusal("REFUSED_LIMIT");
  if (reviewBy > validUntil || reviewBy > addYears(today, REVIEW_WITHIN_YEARS) || handlersUntil > validUntil) throw new Refusal("REFUSED_LIMIT");
}

/** The label against V1-V11 and the register. @param known tokens that the asker may read @throws Refusal REFUSED_LABEL */
export function checkDesignatedLabel(policy: Policy, proposal: Proposal, known: ReadonlySet<string>, today: string): void {
  const { label, token, regime, body, validUntil } = proposal;
  const core = designatedCore(proposal);
  const own: TokenFacts = { issuer: body, kind: "DESIGNATION", regime, designatedOn: today };
  const wrong = checkLabel(policy, core, { kind: "portion", tokenOf: (one) => (one === token ? own : undefined), validUntil });
  if (wrong.length > 0 || !label.regimes.includes(regime) || label.need.some((one) => !known.has(one))) throw new Refusal("REFUSED_LABEL");
}

/**
 * All of it, with what the asker may read.
 * @returns the records
 * @throws Refusal; REFUSED_STATE for a token that is used and for a record that is not there, or not for the asker
 */
export async function checkProposal(context: StepContext, proposal: Proposal): Promise<readonly MarkedRecord[]> {
  const { policy, query, ministry, today } = context;
  checkTerms(policy, proposal, ministry.name, today);
  const { token, label, records: ids, body } = proposal;
  const tokens = await query<{ token: string }>("SELECT token FROM matter WHERE token = ANY($1::text[])", [[token, ...label.need]]);
  checkDesignatedLabel(policy, proposal, new Set(tokens.map((row) => row.token)), today);
  if (tokens.some((row) => row.token === token)) throw new Refusal("REFUSED_STATE");
  const records = await readRecords(context, ids);
  if (records.length !== ids.length || records.some(({ owner }) => !isUnder(owner, body))) throw new Refusal("REFUSED_STATE");
  // What is public cannot be designated.
  if (records.some((record) => record.label.level === 0)) throw new Refusal("REFUSED_LIMIT");
  await checkPlaces(context, proposal);
  return records;
}

/** The labels that the places of the records would get. @throws Refusal REFUSED_LABEL when one of them breaks a rule, as under two statutes at once */
async function checkPlaces(context: StepContext, proposal: Proposal): Promise<void> {
  const { policy } = context;
  const designated = designatedCore(proposal);
  const places = await readPlaces(context, proposal.records);
  for (const [number, label] of await readLabels(context, places.map(({ before }) => before))) {
    const kind = kindOf(places, number);
    const wrong = checkLabel(policy, raiseCore(policy, coreOf(label), designated, kind), { kind, tokenOf: () => undefined, validUntil: proposal.validUntil }).filter(({ rule }) => rule !== "V5");
    if (wrong.length > 0) throw new Refusal("REFUSED_LABEL");
  }
}

/** Foreign owners of the information, who are asked before it is ended. */
export function foreignOwners(proposal: Proposal, records: readonly MarkedRecord[]): readonly string[] {
  return [...new Set([proposal.label, ...records.map(({ label }) => label)].flatMap(({ owners }) => Object.keys(owners)).filter(isForeignOwner))].sort();
}
