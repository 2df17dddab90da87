/** The documents of the demo's matter and their English texts, as the ministries' data files have them. */
import { DEMO_MATTER } from "../../../gateway/cli/question";
import cabinetOffice from "../../../subgraphs/cabinet-office/data/records.json";
import cabinetSecretariat from "../../../subgraphs/cabinet-secretariat/data/records.json";
import defense from "../../../subgraphs/defense/data/records.json";
import economy from "../../../subgraphs/economy/data/records.json";

interface Text { readonly en: string }
interface DocumentData { readonly id: string; readonly reference: string; readonly matter: { readonly id: string } | null; readonly title: Text; readonly portions?: Readonly<Record<string, Text>> }

const records = [defense, economy, cabinetSecretariat, cabinetOffice].flatMap((file) => file.records as readonly DocumentData[]).filter(({ matter }) => matter?.id === DEMO_MATTER);

export const documents: readonly { readonly id: string; readonly reference: string }[] = records;

/** Portion name and text of everything one document says. */
export function portionsOf(reference: string): readonly (readonly [string, string])[] {
  const found = records.find((each) => each.reference === reference);
  if (found === undefined) return [];
  return Object.entries({ title: found.title, ...found.portions }).map(([name, { en }]) => [name, en]);
}
