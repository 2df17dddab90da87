/**
 * The ministries of the graph by subgraph name, each loaded with its data when it is first asked for: the process of one does not read the others'. Adding one is a
 * folder like the others and a line here.
 */
import type { MinistryDefinition } from "./kit/definition";

export const ministries: Readonly<Record<string, MinistryDefinition>> = {
  get "defense"() { return (require("./defense/ministry") as typeof import("./defense/ministry")).defense; },
  get "economy"() { return (require("./economy/ministry") as typeof import("./economy/ministry")).economy; },
  get "cabinet-secretariat"() { return (require("./cabinet-secretariat/ministry") as typeof import("./cabinet-secretariat/ministry")).cabinetSecretariat; },
  get "cabinet-office"() { return (require("./cabinet-office/ministry") as typeof import("./cabinet-office/ministry")).cabinetOffice; },
};
