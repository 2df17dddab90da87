/**
 * The ministries of the graph by subgraph name, each loaded with its data when it is first asked for: the process of one does not read the others'. Adding one is a
 * folder like the others, a line here and its name in names.ts.
 */
import type { MinistryDefinition } from "./kit/definition";
import type { MinistryName } from "./names";

const byName: Readonly<Record<MinistryName, MinistryDefinition>> = {
  get "defense"() { return (require("./defense/ministry") as typeof import("./defense/ministry")).defense; },
  get "economy"() { return (require("./economy/ministry") as typeof import("./economy/ministry")).economy; },
  get "cabinet-secretariat"() { return (require("./cabinet-secretariat/ministry") as typeof import("./cabinet-secretariat/ministry")).cabinetSecretariat; },
  get "cabinet-office"() { return (require("./cabinet-office/ministry") as typeof import("./cabinet-office/ministry")).cabinetOffice; },
  get "foreign-affairs"() { return (require("./foreign-affairs/ministry") as typeof import("./foreign-affairs/ministry")).foreignAffairs; },
  get "police"() { return (require("./police/ministry") as typeof import("./police/ministry")).police; },
  get "public-security"() { return (require("./public-security/ministry") as typeof import("./public-security/ministry")).publicSecurity; },
  get "finance"() { return (require("./finance/ministry") as typeof import("./finance/ministry")).finance; },
  get "education"() { return (require("./education/ministry") as typeof import("./education/ministry")).education; },
  get "coast-guard"() { return (require("./coast-guard/ministry") as typeof import("./coast-guard/ministry")).coastGuard; },
  get "cyber"() { return (require("./cyber/ministry") as typeof import("./cyber/ministry")).cyber; },
};
export const ministries: Readonly<Record<string, MinistryDefinition>> = byName;
