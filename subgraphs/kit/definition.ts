/**
 * What distinguishes one ministry from another: its name, its node in the org tree, its neighbours and its data. No policy.
 * Everything a ministry does (guards, caller check, standing) is the kit's and the same for all of them (SPEC 6).
 */
import type { OrgPath } from "../../schema/label";
import type { AcknowledgementData, MatterData, PersonData, RecordData, StandingData } from "./database/data";

export interface MinistryDefinition {
  /** Subgraph name, `cabinet-office`. */
  readonly name: string;
  /** Prefix of this ministry's own types, `CabinetOffice`. */
  readonly prefix: string;
  /** Name of its section in shared entities and prefix of its root fields, `cabinetOffice`. */
  readonly field: string;
  /** Its node in the org tree. */
  readonly org: OrgPath;
  /** Ministries of the same graph whose documents it may refer to. */
  readonly neighbours: readonly string[];
  /** It keeps the personnel register that describes people to everybody else. */
  readonly keepsPersonnel: boolean;
  readonly demo: DemoData;
}

/** The demonstration's rows; dates count from `demoDay` and are shifted when seeded. */
export interface DemoData {
  readonly records: { readonly demoDay: string; readonly records: readonly RecordData[] };
  readonly matters: { readonly demoDay: string; readonly matters: readonly MatterData[] };
  readonly standing: StandingData & { readonly demoDay: string };
  /** Legal notices that people of the demonstration have read, where the register is kept. */
  readonly acknowledgements?: { readonly demoDay: string; readonly acknowledgements: readonly AcknowledgementData[] };
  readonly people?: { readonly demoDay: string; readonly people: readonly PersonData[] };
}

/** `cabinet-office` -> `CabinetOffice`. */
export function prefixOf(name: string): string {
  return name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/**
 * Defines a ministry.
 * @param name subgraph name in lower-case words joined by `-`; anything else is refused.
 */
export function defineMinistry(name: string, options: { readonly org: OrgPath; readonly neighbours: readonly string[]; readonly keepsPersonnel?: boolean; readonly demo: unknown }): MinistryDefinition {
  if (!/^[a-z]+(-[a-z]+)*$/.test(name)) throw new Error(`not a subgraph name: ${name}`);
  const prefix = prefixOf(name);
  return {
    name, prefix, field: prefix.charAt(0).toLowerCase() + prefix.slice(1), org: options.org, neighbours: options.neighbours,
    // JSON files are typed by their shape at hand; the seeding reads them through the types of database/data.ts and refuses what it does not know.
    keepsPersonnel: options.keepsPersonnel ?? false, demo: options.demo as DemoData,
  };
}
