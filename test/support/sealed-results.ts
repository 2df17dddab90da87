/** Results of investigations as the Cabinet Office seals them, and the seals with which ministries open them: real keys, a registry of these ministries. */
import { generateKeyPairSync } from "node:crypto";
import { publicDocumentKey } from "../../subgraphs/kit/document-key";
import type { MinistryKeys, RegistryData } from "../../subgraphs/kit/registry";
import { type Seals, sealsOf } from "../../subgraphs/kit/seals";

export interface Known { readonly registry: RegistryData; readonly keys: Readonly<Record<string, MinistryKeys>> }
/** Keys of these ministries, who know one another. */
export function makeKnown(names: readonly string[]): Known {
  const keys = Object.fromEntries(names.map((name) => [name, { agree: generateKeyPairSync("x25519").privateKey.export({ format: "jwk" }) }]));
  const ministries = Object.entries(keys).map(([name, { agree: { d: _d, ...agree } }]) => ({ subgraph: name, agree, sign: publicDocumentKey(keys[name]?.agree ?? {}, name) }));
  return { registry: { gateways: [], ministries }, keys };
}

/** Their seals. */
export function sealsFor(names: readonly string[], { registry, keys }: Known = makeKnown(names)): Readonly<Record<string, Seals>> {
  return Object.fromEntries(Object.entries(keys).map(([name, own]) => [name, sealsOf(registry, name, own)]));
}

/** What the Cabinet Office says of the person of VETCASE-58210, on the demo day. */
export const RESULT_CLAIMS = {
  purpose: "VETTING_RESULT", result: "itm_result", subject: "vetted-person", employer: "JPN.METI", investigation: "itm_file", consentId: "cns_1", regimes: ["CESI", "SDS"], level: 4, depth: "EXTENDED", opinion: "NO_OBJECTION",
  investigatedOn: "2026-10-01", reliableUntil: "2036-09-30", until: "2027-10-31",
} as const;

let drawn = 0;
/** A result of its own each time. */
export function sealResultFor(seals: Seals | undefined, audience: string, changes: object = {}): Promise<string> {
  drawn += 1;
  if (seals === undefined) throw new Error("no seals");
  return seals.seal(audience, { ...RESULT_CLAIMS, result: `itm_result${drawn}`, ...changes });
}
