/**
 * Random labels and subjects of the search: a small policy's worth of owners, nations, regimes, tokens and purposes, dense enough that every
 * rule of the decision permits and denies often. Takes the loaded policy's vocabulary for granted (members.json, agreements.json).
 */
import type { Label, LabelCore, Level, OwnerPolicy, Regime } from "../../schema/label/label";
import { BOTTOM, canonical } from "../../schema/label";
import { currentLabel, existenceOf, labelOf } from "../../schema/policy";
import type { Action, Assignment, DecisionContext, Eligibility, Subject } from "../../schema/policy/subject";
import type { Random } from "./generate-random";

/** The fixed clock of the search: 2026-11-15, noon in Japan. */
export const NOW = Date.parse("2026-11-15T03:00:00Z");
const ORGS = ["JPN.MOD", "JPN.METI", "JPN.CAS", "JPN.MOFA"] as const;
const TOKENS = ["NEED-AKA", "NEED-AO", "NEED-KI"] as const;
const PURPOSES = ["OVERSIGHT", "VETTING", "RESEARCH-INTEGRITY"] as const;
const FIRM = "JPN.PRV.9990001000001";
const REGIMES: Readonly<Record<Level, readonly Regime[]>> = { 0: [], 1: ["CUI", "VET", "PAT"], 2: ["DOC", "CESI", "MDA"], 3: ["SDS", "DOC"], 4: ["SDS"] };
const ALL_REGIMES: readonly Regime[] = ["SDS", "MDA", "CESI", "EQS", "MODS", "DOC", "NPS", "PAT", "CUI", "VET"];

/** Who asks, and under which circumstances. */
export interface Asker { readonly subject: Subject; readonly action: Action; readonly ctx: DecisionContext; readonly digest: string }

function generateOwner(random: Random): OwnerPolicy {
  const rel = random.chance(0.2) ? "ALL" : ["JPN", ...random.some(["AUS", "USA"], 0.6)];
  const disp = rel === "ALL" || random.chance(0.7) ? rel : ["AUS", "JPN", "USA"];
  return { rel, disp, dist: random.chance(0.6) ? "ALL" : random.some(ORGS, 0.6), orcon: random.chance(0.15) };
}

/** A random core: PUBLIC in about a third of the cases. */
export function generateCore(random: Random): LabelCore {
  const level = random.pick<Level>([0, 0, 0, 1, 1, 1, 2, 2, 3, 4]);
  if (level === 0) return random.chance(0.85) ? BOTTOM : canonical({ ...BOTTOM, need: [random.pick(TOKENS)] });
  const owners: Record<string, OwnerPolicy> = { [random.pick(["JPN.MOD", "JPN.METI", "JPN.CAS"])]: generateOwner(random) };
  if (random.chance(0.2)) owners["USA"] = generateOwner(random);
  const regimes = random.chance(0.25) ? [] : [random.pick(REGIMES[level])];
  const need = random.chance(0.6) ? [] : random.some(TOKENS, 0.4);
  const purposes = random.chance(0.8) ? "ALL" : random.some(PURPOSES, 0.6);
  return canonical({ ...BOTTOM, level, regimes, need, owners, purposes, handling: random.chance(0.2) ? ["EXERCISE"] : [] });
}

const LIFETIMES = [{ validUntil: "2026-10-31" }, { status: "CHALLENGED" }, { validUntil: "2027-03-31" }, { validUntil: "OWNER_CONSENT" }, { status: "ACTIVE", validUntil: "2026-11-15" }] as const;

/** A label; in a third of the cases its existence is of a lower level than its content, now and then it has lapsed. */
export function generateLabel(random: Random): Label {
  const core = generateCore(random);
  const existence = random.chance(0.4) ? existenceOf(core, random.int(core.level + 1) as Level) : core;
  return labelOf(core, { existence, ...(random.chance(0.15) ? { lifecycle: random.pick(LIFETIMES) } : {}) });
}

const current = new WeakMap<Label, Label>();
/** The label to decide about now (rule 7). No successor is known anywhere in the search, so a lapsed label is held for review. */
export function labelInForce(label: Label): Label {
  let known = current.get(label);
  if (known === undefined) current.set(label, (known = currentLabel(label, () => undefined, NOW)));
  return known;
}

function eligibility(regime: Regime, maxLevel: Level, org: string): Eligibility {
  return {
    regime, maxLevel, basis: "ASSESSMENT", grantedBy: "JPN.CAS", usableAt: [org], notifiedOn: "2025-04-01", validUntil: "2030-03-31",
    status: "ACTIVE", consentId: "CNS-SEARCH",
  };
}
function assignment(token: string): Assignment {
  return { token, role: "READER", from: "2026-04-01", until: "2027-03-31", grantedBy: "JPN.CAS", reason: "search" };
}
function askerOf(subject: Subject, ctx: DecisionContext, action: Action = "RETRIEVE"): Asker {
  return { subject, action, ctx, digest: JSON.stringify([subject, ctx, action]) };
}

/** A random official, liaison or contractor with random standing and circumstances. */
export function generateAsker(random: Random): Asker {
  const kind = random.pick(["official", "official", "liaison", "contractor"] as const);
  const purposes = random.some(PURPOSES, 0.5);
  const assignments = random.some(TOKENS, 0.5).map(assignment);
  const id = `${kind}-${random.word(6)}`;
  const zoneLevel = random.pick<Level>([1, 2, 3, 4, 4]);
  const ctx: DecisionContext = {
    now: NOW, zoneLevel, site: "AONADA-1",
    ...(purposes.length > 0 && random.chance(0.6) ? { purpose: random.pick(purposes) } : {}),
    ...(random.chance(0.12) ? { releaseTo: random.some(["AUS", "USA"], 0.7) } : {}),
  };
  const action = random.pick<Action>(["RETRIEVE", "RETRIEVE", "RETRIEVE", "VIEW"]);
  if (kind === "liaison") {
    const nation = random.pick(["USA", "AUS"] as const);
    return askerOf({
      id, kind, nation, hostOrg: random.pick(ORGS), eligibilities: [], assignments, roles: [], purposes,
      agreementId: nation === "USA" ? "JPN-USA-2007" : "JPN-AUS-2013", agreementRegimes: random.some(["SDS", "DOC", "CUI", "CESI"], 0.8),
      attestedLevel: random.pick<Level>([1, 2, 3, 4]),
    }, ctx, action);
  }
  const org = kind === "contractor" ? FIRM : random.pick(ORGS);
  const eligibilities = random.some(ALL_REGIMES, 0.45).map((regime) => eligibility(regime, random.pick<Level>([1, 2, 3, 4]), org));
  const facility = { id: "FCL-SEARCH", level: 3 as Level, foci: "NONE" as const, validUntil: "2030-03-31", sites: ["AONADA-1"], contracts: [...TOKENS] };
  return askerOf({ id, kind, nation: "JPN", org, eligibilities, assignments, roles: [], purposes, ...(kind === "contractor" ? { facility } : {}) }, ctx, action);
}

/** The most cleared subject there can be without an owner's favour: every regime, every token, the highest zone. */
export function clearedAsker(): Asker {
  const org = "JPN.CAS";
  return askerOf({
    id: "cleared", kind: "official", nation: "JPN", org, eligibilities: ALL_REGIMES.map((regime) => eligibility(regime, 4, org)), assignments: TOKENS.map(assignment),
    roles: [], purposes: [...PURPOSES],
  }, { now: NOW, zoneLevel: 4, purpose: "VETTING" });
}

/** The same asker with more clearance: one more eligibility or assignment, a higher zone, or all of them. */
export function raiseAsker(random: Random, asker: Asker): Asker {
  const { subject, ctx } = asker;
  const home = subject.org;
  const more = random.some(ALL_REGIMES, 0.5).filter((regime) => !subject.eligibilities.some((e) => e.regime === regime));
  const tokens = random.some(TOKENS, 0.6).filter((token) => !subject.assignments.some((a) => a.token === token));
  return askerOf({
    ...subject, id: `${subject.id}-more`,
    eligibilities: home === undefined ? [] : [...subject.eligibilities, ...more.map((regime) => eligibility(regime, 4, home))],
    assignments: [...subject.assignments, ...tokens.map(assignment)],
    ...(subject.attestedLevel === undefined ? {} : { attestedLevel: 4 }),
  }, { ...ctx, zoneLevel: random.chance(0.5) ? 4 : ctx.zoneLevel }, asker.action);
}

/** Accreditation of a ministry in the search: everything, or a random standing. */
export function generateAccreditation(random: Random, everything: boolean): { readonly subject: Subject; readonly zoneLevel: Level } {
  if (everything) return { subject: { ...clearedAsker().subject, id: "subgraph:any", kind: "subgraph", org: "JPN" }, zoneLevel: 4 };
  const org = random.pick(ORGS);
  return {
    subject: {
      id: `subgraph:${random.word(5)}`, kind: "subgraph", nation: "JPN", org, eligibilities: random.some(ALL_REGIMES, 0.5).map((r) => eligibility(r, random.pick<Level>([2, 3, 4]), org)),
      assignments: random.some(TOKENS, 0.5).map(assignment), roles: [], purposes: [...PURPOSES],
    },
    zoneLevel: random.pick<Level>([1, 2, 3, 4]),
  };
}
