/** The registers that lines can be imported into; adding one is a line here. Not the bearings of a person: an eligibility is the outcome of a vetting, and comes from nowhere else. */
import type { MinistryDefinition } from "../definition";
import { designationFile } from "../workflow/designation/designation-file";
import { facilityClearance } from "../workflow/industry/facility-clearance";
import { assignmentsImport } from "./assignments";
import { documentsImport } from "./documents";
import type { ImportedRegister } from "./register";
import { stepsImport } from "./steps";

const IMPORTED: ReadonlyMap<string, ImportedRegister> = new Map([
  ["documents", documentsImport], ["designations", stepsImport(designationFile, "PROPOSE_DESIGNATION", "body", 200)], ["assignments", assignmentsImport],
  ["facilities", stepsImport(facilityClearance, "PROPOSE_FACILITY", "agency", 200)],
]);

export const IMPORTED_NAMES: readonly string[] = [...IMPORTED.keys()];

/** A register by its name, where this ministry keeps it. */
export function importedRegister(ministry: MinistryDefinition, name: string): ImportedRegister | undefined {
  const found = IMPORTED.get(name);
  return found?.keptBy(ministry) === true ? found : undefined;
}
