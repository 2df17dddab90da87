/** The demo data as the files say it, unshifted: records, matters and the subject of each persona on the demo day. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CoreInput, Level, LocalizedText, Portion, Regime } from "../../schema/label";
import {
  loadPolicy, startOfDay, withStanding, type Assignment, type Client, type Eligibility, type Facility, type Policy, type Role, type Subject,
} from "../../schema/policy";

export const MINISTRIES = [
  "defense", "economy", "cabinet-secretariat", "cabinet-office", "foreign-affairs", "police", "public-security", "finance", "education", "coast-guard", "cyber",
] as const;

export interface DemoRecord {
  readonly id: string;
  readonly reference: string;
  readonly kind: string;
  readonly label: CoreInput;
  readonly existenceLevel: Level | null;
  readonly validUntil: string | null;
  readonly tearline: string | null;
  readonly tearlineOf: string | null;
  readonly marks: { readonly bannerJa: string; readonly bannerEn: string; readonly portionJa: string; readonly portionEn: string };
  readonly portions?: Readonly<Record<Portion, LocalizedText & { readonly label: CoreInput; readonly markJa: string; readonly markEn: string }>>;
}
export interface DemoMatter {
  readonly token: string;
  readonly issuer: string;
  readonly kind: string;
  readonly regime: Regime | null;
  readonly designatedOn: string | null;
}
export interface DemoPersona { readonly id: string; readonly client: string; readonly purpose: string }
type Of<T> = T & { readonly subject: string };
interface DemoStanding {
  readonly subjects: readonly Pick<Subject, "id" | "kind" | "nation" | "org" | "hostOrg" | "purposes">[];
  readonly eligibilities: readonly Of<Eligibility>[];
  readonly assignments: readonly Of<Assignment>[];
  readonly roles: readonly Of<Role>[];
  readonly facilities?: readonly Of<Facility>[];
  readonly attestations?: readonly Of<{ readonly agreementId: string; readonly attestedLevel: Level }>[];
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(__dirname, "..", "..", path), "utf8")) as T;
}

export const policy: Policy = loadPolicy();
/** Noon in Japan on the demo day. */
export const DEMO_NOON = startOfDay("2026-11-01") + 12 * 3_600_000;
export const records = MINISTRIES.flatMap((ministry) => readJson<{ records: readonly DemoRecord[] }>(`subgraphs/${ministry}/data/records.json`).records);
export const matters = MINISTRIES.flatMap((ministry) => readJson<{ matters: readonly DemoMatter[] }>(`subgraphs/${ministry}/data/matters.json`).matters);
export const demo = readJson<{ personas: readonly DemoPersona[]; nobody: readonly { readonly id: string }[] }>("gateway/cli/data/personas.json");
const standing = MINISTRIES.map((ministry) => readJson<DemoStanding>(`subgraphs/${ministry}/data/standing.json`));

export function matterOf(token: string): DemoMatter | undefined {
  return matters.find((matter) => matter.token === token);
}

export function clientOf(persona: DemoPersona): Client {
  const client = policy.clients.get(persona.client);
  if (client === undefined) throw new Error(`no client ${persona.client}`);
  return client;
}

/** The subject as the gateway would build it; `site` other than the client's own to try another place. */
export function subjectOf(persona: DemoPersona, site: string | undefined = clientOf(persona).site): Subject {
  const mine = <T extends { readonly subject: string }>(pick: (entry: DemoStanding) => readonly T[] | undefined): T[] =>
    standing.flatMap((entry) => pick(entry) ?? []).filter((entry) => entry.subject === persona.id);
  const subject = standing.flatMap((entry) => entry.subjects).find((entry) => entry.id === persona.id);
  if (subject === undefined) throw new Error(`no subject ${persona.id}`);
  return withStanding(policy, {
    subject,
    eligibilities: mine((entry) => entry.eligibilities),
    assignments: mine((entry) => entry.assignments),
    roles: mine((entry) => entry.roles),
    facility: mine((entry) => entry.facilities)[0],
    attestation: mine((entry) => entry.attestations)[0],
    suspendedAgreements: [],
  }, { site, issuerOf: (token) => matterOf(token)?.issuer });
}
