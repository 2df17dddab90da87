/** Shape of the JSON files in a ministry's `data` folder. Dates are Japan days `YYYY-MM-DD`, counted from the file's demo day. */
import type { LabelCore, Level, LocalizedText, OrgPath, Portion, Regime } from "../../../schema/label";
import type { Assignment, Eligibility, Facility, Role, Subject } from "../../../schema/policy";

/** A core as written in data: the policy identifier is understood. */
export type CoreData = Omit<LabelCore, "policy">;

export interface RecordData {
  readonly id: string;
  readonly reference: string;
  readonly kind: string;
  readonly class: string | null;
  readonly owner: OrgPath;
  readonly contact: LocalizedText;
  readonly title: LocalizedText;
  readonly label: CoreData;
  readonly existenceLevel: Level | null;
  readonly validUntil: string | null;
  readonly matter: { readonly id: string; readonly ministry: string } | null;
  readonly tearline: string | null;
  readonly tearlineOf: string | null;
  readonly refersTo: readonly { readonly id: string; readonly ministry: string; readonly existence: CoreData }[];
  readonly portions?: Partial<Record<Portion, LocalizedText & { readonly label: CoreData }>>;
}

export interface MatterData {
  readonly id: string;
  readonly designationId: string | null;
  /** Id of the file with which a designation comes; none where it comes without. */
  readonly file?: string;
  readonly token: string;
  readonly kind: string;
  readonly issuer: OrgPath;
  readonly regime: Regime | null;
  readonly name: LocalizedText;
  readonly designatedOn: string;
  readonly validUntil: string | null;
  readonly statutoryItem: string | null;
  readonly existenceLevel: Level;
  readonly rel: readonly string[];
}

export interface PersonData {
  readonly id: string;
  readonly reference: string;
  /** Subject id under which this person signs in, if at all. */
  readonly subject: string | null;
  readonly name: string;
  readonly employment: string;
  readonly nation: string;
  readonly status: string;
  readonly org: OrgPath | null;
  readonly hostOrg: OrgPath | null;
  readonly post: LocalizedText;
  readonly eligibilities: readonly Eligibility[];
  readonly formerAccess: readonly { readonly token: string; readonly from: string; readonly until: string }[];
}

export interface SubjectData {
  readonly id: string;
  readonly person: string | null;
  readonly kind: Subject["kind"];
  readonly nation: string;
  readonly org?: OrgPath;
  readonly hostOrg?: OrgPath;
  readonly purposes: readonly string[];
}

/** `on`: day in Japan. */
export interface AcknowledgementData { readonly subject: string; readonly notice: string; readonly version: string; readonly on: string }

type Of<T> = T & { readonly subject: string };

export interface StandingData {
  readonly subjects: readonly SubjectData[];
  readonly eligibilities: readonly Of<Eligibility>[];
  readonly assignments: readonly Of<Assignment>[];
  readonly roles: readonly Of<Role>[];
  readonly facilities: readonly Of<Facility>[];
  readonly attestations: readonly { readonly subject: string; readonly agreementId: string; readonly attestedLevel: Level }[];
  /** Entries of the personnel register for people of other bodies whom these statements are about. */
  readonly persons?: readonly { readonly subject: string; readonly person: string }[];
}
