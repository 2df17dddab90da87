/** Import of assignments (SPEC 17.8): every line is a grant as the mutation makes it, with the same authority and the same refusals; nobody approves one by one there either. */
import { grantWithin } from "../assignments";
import { ASSIGNMENT_ROLES, type AssignmentGrant } from "../graph/inputs";
import { Refusal } from "../refusal";
import { withRole } from "../workflow/authority";
import type { FieldDeclarations } from "../workflow/kinds";
import { type ReadLine, columnsOf, readCells } from "./cells";
import { type ImportContext, ask } from "./context";
import { reasonOfRefusal } from "./reasons";
import type { ImportedRegister } from "./register";
import { type Finding, finding } from "./table";

const FIELDS: FieldDeclarations = {
  subject: { kind: "subject" }, token: { kind: "text" }, role: { kind: "text", oneOf: Object.keys(ASSIGNMENT_ROLES) }, from: { kind: "day" }, until: { kind: "day" }, reason: { kind: "text" },
};

export const assignmentsImport: ImportedRegister = {
  columns: columnsOf(FIELDS), mostLines: 1_000, by: withRole("GRANT"), keptBy: () => true,
  take: async (context, lines) => {
    const read = lines.map((line) => readCells(context.policy, FIELDS, line, ""));
    const findings: Finding[] = read.flatMap(({ findings: own }) => own);
    const wrong = new Set(findings.map(({ line }) => line));
    for (const { line } of read) {
      const found = wrong.has(line.number) ? undefined : await grantOne(context, line);
      if (found !== undefined) findings.push(found);
    }
    return findings;
  },
};

async function grantOne(context: ImportContext, { number, values }: ReadLine): Promise<Finding | undefined> {
  try {
    await grantWithin(context.environment, (text, given) => ask(context, text, given), values as unknown as AssignmentGrant);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return finding(number, null, reasonOfRefusal(error.code));
  }
}
