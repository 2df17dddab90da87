/** The people of the demonstration as subjects, made from the data files alone: what the ministries state about them, put together by the rules of standing. */
import personas from "../../gateway/cli/data/personas.json";
import { type DecisionContext, type Policy, type Subject, withStanding } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { StandingData } from "../../subgraphs/kit/database/data";

export interface Persona { readonly id: string; readonly subject: Subject; readonly ctx: Omit<DecisionContext, "now"> }

/** Everybody, each with their usual client and first purpose. Dates are those of the demo day. */
export function everybody(policy: Policy): readonly Persona[] {
  const parts: readonly StandingData[] = Object.values(ministries).map((ministry) => ministry.demo.standing);
  const issuers = new Map(Object.values(ministries).flatMap((ministry) => ministry.demo.matters.matters.map(({ token, issuer }) => [token, issuer] as const)));
  return personas.personas.map(({ id, client, purpose }) => {
    const of = <T extends { readonly subject: string }>(list: (part: StandingData) => readonly T[]): readonly T[] => parts.flatMap(list).filter((entry) => entry.subject === id);
    const stated = parts.flatMap((part) => part.subjects).find((entry) => entry.id === id);
    const place = policy.clients.get(client);
    if (stated === undefined || place === undefined) throw new Error(`${id} is stated by nobody`);
    const subject = withStanding(policy, {
      subject: stated, eligibilities: of((part) => part.eligibilities), assignments: of((part) => part.assignments), roles: of((part) => part.roles),
      facility: of((part) => part.facilities)[0], attestation: of((part) => part.attestations)[0], suspendedAgreements: [],
    }, { site: place.site, issuerOf: (token) => issuers.get(token) });
    return { id, subject, ctx: { zoneLevel: place.zoneLevel, site: place.site, purpose } };
  });
}

/** One of them. */
export function persona(policy: Policy, id: string): Persona {
  const found = everybody(policy).find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no persona ${id}`);
  return found;
}
