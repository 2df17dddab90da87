/**
 * Cabinet Office (vetting, facilities, patents). Its records and standing are the JSON files beside this one; what the kit does with them is the same for every ministry.
 * Registers come without labels; they are given those of kit/register-labels.ts (decision 0005): a matter's entry needs its own token and exists
 * openly at its existence level, people are CUI for Japanese bodies, outcomes of vettings are VET for the purposes of vetting, assignments need their token.
 */
import { defineMinistry } from "../kit/definition";
import { neighboursOf } from "../names";
import acknowledgements from "./data/acknowledgements.json";
import matters from "./data/matters.json";
import people from "./data/people.json";
import records from "./data/records.json";
import standing from "./data/standing.json";

export const cabinetOffice = defineMinistry("cabinet-office", {
  org: "JPN.CAO",
  neighbours: neighboursOf("cabinet-office"),
  keepsPersonnel: true,
  demo: { records, matters, standing, people, acknowledgements },
});
