/** What a register is to an import (SPEC 17.2): its columns, how many lines at most, who may import at all, and how lines are taken in. */
import type { MinistryDefinition } from "../definition";
import type { Authority } from "../workflow/authority";
import type { ImportContext } from "./context";
import type { Column, Finding, Line } from "./table";

export interface ImportedRegister {
  readonly columns: readonly Column[];
  readonly mostLines: number;
  /** Whoever could not write any line is refused before anything is looked up. */
  readonly by: Authority;
  readonly keptBy: (ministry: MinistryDefinition) => boolean;
  /** Takes all lines in, within a transaction that the caller undoes when anything is found. Gives what is wrong. */
  readonly take: (context: ImportContext, lines: readonly Line[]) => Promise<readonly Finding[]>;
}
