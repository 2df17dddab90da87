/**
 * Ministry of Education, Culture, Sports, Science and Technology: holds specially designated secrets of others and cannot designate any (members.json). Its records and
 * standing are the JSON files beside this one; what the kit does with them is the same for every ministry.
 * Registers come without labels; they are given those of kit/register-labels.ts (decision 0005): a matter's entry needs its own token and exists
 * openly at its existence level, people are CUI for Japanese bodies, outcomes of vettings are VET for the purposes of vetting, assignments need their token.
 */
import { defineMinistry } from "../kit/definition";
import { neighboursOf } from "../names";
import matters from "./data/matters.json";
import records from "./data/records.json";
import standing from "./data/standing.json";

export const education = defineMinistry("education", {
  org: "JPN.MEXT",
  neighbours: neighboursOf("education"),
  demo: { records, matters, standing },
});
