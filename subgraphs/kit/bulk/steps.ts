/**
 * Import by the first step of a workflow (SPEC 17.7): every line is taken as that step, with its authority, its rules, its label and its line of history. What the workflow asks others to
 * decide remains for them to decide: a bulk import opens proposals.
 */
import { type LabelCore } from "../../../schema/label";
import { checkLabel } from "../../../schema/policy";
import { Refusal } from "../refusal";
import type { Workflow } from "../workflow/declare";
import { carryOut, newId } from "../workflow/runner";
import { columnsOf, readCells, type ReadLine } from "./cells";
import { type ImportContext, ask } from "./context";
import { reasonOfRefusal, reasonOfRule } from "./reasons";
import type { ImportedRegister } from "./register";
import { type Finding, finding } from "./table";

/** Rules that need the register of the token's issuer; the step itself knows them. */
const OF_THE_ISSUER: ReadonlySet<string> = new Set(["V5", "V6", "V11"]);

/** @param owned column with the body whose label a mark is */
export function stepsImport(workflow: Workflow, name: string, owned: string, mostLines: number): ImportedRegister {
  const step = workflow.steps[name];
  if (step === undefined || step.from.length > 0) throw new Error(`${workflow.name} is not opened by ${name}`);
  return {
    columns: columnsOf(step.input), mostLines, by: step.by, keptBy: workflow.keptBy,
    take: async (context, lines) => {
      const read = lines.map((line) => readCells(context.policy, step.input, line, line.cells.get(owned)?.trim() ?? ""));
      const findings = read.flatMap(({ line, findings: own }) => [...own, ...checkLabels(context, line)]);
      const wrong = new Set(findings.map(({ line }) => line));
      for (const { line } of read) {
        const reason = wrong.has(line.number) ? undefined : await takeOne(context, workflow, name, line);
        if (reason !== undefined) findings.push(reason);
      }
      return findings;
    },
  };
}

function checkLabels({ policy }: ImportContext, { number, values }: ReadLine): readonly Finding[] {
  return Object.entries(values).flatMap(([column, value]) => {
    if (typeof value !== "object" || value === null || !("owners" in value)) return [];
    const wrong = checkLabel(policy, value as LabelCore, { kind: "portion", tokenOf: () => undefined, validUntil: values["validUntil"] as string | undefined }).filter(({ rule }) => !OF_THE_ISSUER.has(rule));
    return [...new Set(wrong.map(({ rule }) => reasonOfRule(rule)))].map((reason) => finding(number, column, reason));
  });
}

/** Lines that are refused leave nothing behind by which the next one would be judged. */
async function takeOne(context: ImportContext, workflow: Workflow, name: string, { number, values }: ReadLine): Promise<Finding | undefined> {
  const { environment, manager, asker } = context;
  const step = workflow.steps[name];
  if (step === undefined) throw new Error(`${workflow.name} has no step ${name}`);
  await ask(context, "SAVEPOINT line");
  try {
    await carryOut({ environment, workflow, name, step, actor: asker.subject.id, version: 0 }, manager, undefined, newId(), values);
    await ask(context, "RELEASE SAVEPOINT line");
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await ask(context, "ROLLBACK TO SAVEPOINT line");
    const reason = reasonOfRefusal(error.code);
    return finding(number, reason === "LABEL" && "label" in values ? "label" : null, reason);
  }
}
