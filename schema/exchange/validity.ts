/**
 * The rules of 1.10 as far as they can be judged without the registers (SPEC 16.4): what a label says that is not about its tokens. Takes a label that came in or is to go out; refuses the first violation.
 */
import { equalLabels, type Label } from "../label";
import { checkLabel, type Policy } from "../policy";
import { ExchangeError } from "./refusal";

/** Whether a designation stands behind a token, only its issuer's register says. */
const OF_REGISTERS: readonly string[] = ["V5"];

/** @throws ExchangeError */
export function requireValid(policy: Policy, label: Label): void {
  const facts = { tokenOf: () => undefined, validUntil: label.lifecycle?.validUntil ?? null };
  const findings = [
    ...checkLabel(policy, label, { kind: "record", ...facts }),
    ...(equalLabels(label, label.existence) ? [] : checkLabel(policy, label.existence, { kind: "existence", ...facts })),
  ];
  const first = findings.find(({ rule }) => !OF_REGISTERS.includes(rule));
  if (first !== undefined) throw new ExchangeError("INVALID", `/${first.path}`, `${first.rule}: ${first.problem}`);
}
