/** Results of investigations as the Cabinet Office seals them, and the seals with which ministries open them: real keys, a registry of these ministries. */
import { generateKeyPairSync } from "node:crypto";
import { type Seals, sealsOf } from "../../subgraphs/kit/seals";

/** Seals of these ministries, who know one another. */
export function sealsFor(names: readonly string[]): Readonly<Record<string, Seals>> {
  const pairs = names.map((name) => ({ name, ...generateKeyPairSync("x25519") }));
  const registry = { gateways: [], ministries: pairs.map(({ name, publicKey }) => ({ subgraph: name, agree: publicKey.export({ format: "jwk" }) })) };
  return Object.fromEntries(pairs.map(({ name, privateKey }) => [name, sealsOf(registry, name, { agree: privateKey.export({ format: "jwk" }) })]));
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
