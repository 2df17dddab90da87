/**
 * Labels made up from the policy's own codes, for a dry-run that touches no data (SPEC 8.4). The same seed gives the same records. Tokens are those that the officer is assigned to, so
 * nobody's codeword is told by being made up.
 */
import { canonical, join, type LabelCore, type Level, POLICY_ID } from "../../schema/label";
import { checkLabel, existenceOf, type Policy, raiseLabel, type Subject } from "../../schema/policy";
import type { LabelledRecord } from "./outcome";

/** Draws until a label is valid; then the next. */
const TRIES = 200;
/** Rules about registers of designations, which nobody keeps for made-up tokens. */
const OF_REGISTERS: ReadonlySet<string> = new Set(["V5", "V6", "V11"]);

/** `count` records with two portions each; a record has the join of their labels. */
export function generateRecords(policy: Policy, officer: Subject, count: number, seed: number): readonly LabelledRecord[] {
  const random = randomFrom(seed);
  const codes = codesOf(policy, officer);
  return Array.from({ length: count }, (_, at): LabelledRecord => {
    const title = validLabel(policy, codes, random);
    const body = random.below(2) === 0 ? title : validLabel(policy, codes, random);
    const label = join(title, body);
    const existence = existenceOf(label, Math.min(label.level, random.below(3)) as Level);
    return { record: `generated:${at + 1}`, type: "Generated", existence, fields: new Map([["reference", label], ["title", title], ["body", body]]) };
  });
}

interface Codes { readonly bodies: readonly string[]; readonly nations: readonly string[]; readonly tokens: readonly string[]; readonly purposes: readonly string[] }

function codesOf(policy: Policy, officer: Subject): Codes {
  return {
    bodies: policy.members.all.filter(({ firm }) => firm !== true).map(({ org }) => org).filter((org) => org.includes(".")),
    nations: policy.agreements.all.map(({ nation }) => nation).filter((nation) => policy.nations.has(nation)),
    tokens: officer.assignments.map(({ token }) => token), purposes: [...policy.purposes.keys()],
  };
}

function validLabel(policy: Policy, codes: Codes, random: Random): LabelCore {
  for (let left = TRIES; left > 0; left -= 1) {
    const label = drawLabel(policy, codes, random);
    if (checkLabel(policy, label, { kind: "portion", tokenOf: () => undefined }).every(({ rule }) => OF_REGISTERS.has(rule))) return label;
  }
  return canonical({ policy: POLICY_ID, level: 0, regimes: [], need: [], owners: {}, purposes: "ALL", handling: [] });
}

function drawLabel(policy: Policy, { bodies, nations, tokens, purposes }: Codes, random: Random): LabelCore {
  const rule = random.pick([...policy.regimes.values()]);
  const level = rule === undefined ? 0 : random.pick(rule.levels) ?? 0;
  const rel = ["JPN", ...nations.filter(() => random.below(2) === 0)];
  const dist = random.below(2) === 0 ? "ALL" as const : bodies.filter(() => random.below(6) === 0);
  const token = random.below(2) === 0 ? random.pick(tokens) : undefined;
  const owner = random.pick(bodies) ?? "JPN";
  return raiseLabel(policy, {
    level, regimes: rule === undefined ? [] : [rule.code], need: token === undefined ? [] : [token], owners: { [owner]: { rel, disp: rel, dist: dist === "ALL" ? dist : [...dist, owner], orcon: false } },
    purposes: rule?.purposeBound === true ? purposes.filter(() => random.below(3) === 0) : "ALL", handling: [],
  });
}

interface Random { below(limit: number): number; pick<T>(list: readonly T[]): T | undefined }

/** A small generator with 32 bits of state (mulberry): repeatable, and good enough to vary labels. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { below, pick: (list) => list[below(list.length)] };
}
