/** The ministries of the graph by subgraph name. Adding one is a folder like the others and a line here. */
import { cabinetOffice } from "./cabinet-office/ministry";
import { cabinetSecretariat } from "./cabinet-secretariat/ministry";
import { defense } from "./defense/ministry";
import { economy } from "./economy/ministry";
import type { MinistryDefinition } from "./kit/definition";

export const ministries: Readonly<Record<string, MinistryDefinition>> = {
  [defense.name]: defense,
  [economy.name]: economy,
  [cabinetSecretariat.name]: cabinetSecretariat,
  [cabinetOffice.name]: cabinetOffice,
};
