/** The documents of the demo's matter, as the ministries' data files have them. */
import { DEMO_MATTER } from "../../../gateway/cli/question";
import cabinetOffice from "../../../subgraphs/cabinet-office/data/records.json";
import cabinetSecretariat from "../../../subgraphs/cabinet-secretariat/data/records.json";
import defense from "../../../subgraphs/defense/data/records.json";
import economy from "../../../subgraphs/economy/data/records.json";

export const documents: readonly { readonly id: string; readonly reference: string }[] = [defense, economy, cabinetSecretariat, cabinetOffice]
  .flatMap(({ records }) => records as readonly { readonly id: string; readonly reference: string; readonly matter: { readonly id: string } | null }[])
  .filter(({ matter }) => matter?.id === DEMO_MATTER).map(({ id, reference }) => ({ id, reference }));
