/**
 * Rules of ingestion for a ministry's own data (SPEC 1.10): takes its records and register, refuses with everything that is wrong. A label that breaks a rule is
 * rejected here and never guessed about when it is decided. What another ministry's token stands for is not known here; its designation is that ministry's to check.
 */
import type { LabelCore } from "../../../schema/label";
import { type Finding, type LabelFacts, type Policy, checkLabel } from "../../../schema/policy";
import type { MinistryDefinition } from "../definition";
import { matterLabel } from "../register-labels";
import type { CoreData, MatterData, RecordData } from "./data";

/** Rules about designations, which need the register of the token's issuer. */
const OF_THE_ISSUER: ReadonlySet<string> = new Set(["V5", "V6"]);

/** @throws Error with every violation: where, which rule, why */
export function refuseInvalid(policy: Policy, ministry: MinistryDefinition): void {
  const register = new Map(ministry.demo.matters.matters.map((matter) => [matter.token, matter]));
  const tokenOf: LabelFacts["tokenOf"] = (token) => register.get(token);
  const { records } = ministry.demo.records;
  const check = (where: string, data: CoreData | LabelCore, facts: Omit<LabelFacts, "tokenOf">): readonly string[] => {
    const foreign = data.need.some((token) => !register.has(token));
    return checkLabel(policy, { policy: "JPN-GOV-DEMO", ...data }, { ...facts, tokenOf })
      .filter(({ rule }) => !(foreign && OF_THE_ISSUER.has(rule))).map((finding) => describe(where, finding));
  };
  const wrong = [
    ...records.flatMap((record) => checkRecord(record, records, check)),
    ...[...register.values()].flatMap((matter) => [
      ...check(matter.token, matterLabel(matter), { kind: "record", validUntil: matter.validUntil, existenceLevel: matter.existenceLevel }),
      ...checkDesignation(policy, matter).map((finding) => describe(matter.token, finding)),
    ]),
  ];
  if (wrong.length > 0) throw new Error(`labels of ${ministry.name} that may not be kept: ${wrong.join("; ")}`);
}

type Check = (where: string, data: CoreData, facts: Omit<LabelFacts, "tokenOf">) => readonly string[];

function checkRecord(record: RecordData, all: readonly RecordData[], check: Check): readonly string[] {
  const { reference, label, validUntil, existenceLevel, portions = {} } = record;
  const source = all.find(({ id }) => id === record.tearlineOf)?.label;
  return [
    ...check(reference, label, { kind: record.tearlineOf === null ? "record" : "tearline", validUntil, existenceLevel, source: source && { policy: "JPN-GOV-DEMO", ...source } }),
    ...Object.entries(portions).flatMap(([name, portion]) => check(`${reference}.${name}`, portion.label, { kind: "portion", validUntil })),
  ];
}

/** A register holds no designation by a body that may not make it, whether or not a document uses it yet. */
function checkDesignation({ members, regimes }: Policy, { kind, regime, issuer }: MatterData): readonly Finding[] {
  if (kind !== "DESIGNATION" || regime === null || regimes.get(regime)?.designation !== true || members.mayDesignate(issuer, regime)) return [];
  return [{ rule: "V5", path: "issuer", problem: `${issuer} may not designate under ${regime}` }];
}

function describe(where: string, { rule, path, problem }: Finding): string {
  return `${where} ${path}: ${problem} (${rule})`;
}
