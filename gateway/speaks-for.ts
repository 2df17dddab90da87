/**
 * For whom a registered token issuer may speak (SPEC 8.9): people of bodies, liaisons of nations, or everybody, which has to be said. Takes an entry of the registry and what a subject's home
 * states about them, and says whether a token of that issuer may be about this subject. An issuer for one body that could name a subject of another would be that other.
 */
import { isUnder, type OrgPath } from "../schema/label";
import type { StatedSubject } from "./subject/entries";

/** People at home in a body, or in one below it; liaisons of a nation, wherever they are hosted; with both, liaisons of the nation that are hosted there. */
export interface Spoken { readonly body?: OrgPath; readonly nation?: string }
export type SpeaksFor = "EVERYBODY" | readonly Spoken[];

/** Whether an issuer with this entry may say that somebody is this subject. */
export function maySpeakFor(speaksFor: SpeaksFor, { kind, nation, org, hostOrg }: StatedSubject): boolean {
  if (speaksFor === "EVERYBODY") return true;
  const isLiaison = kind === "liaison";
  const place = isLiaison ? hostOrg : org;
  return speaksFor.some((spoken) => {
    // A body speaks for its own people; whom another nation sent is that nation's to name, unless the entry says both.
    if (isLiaison !== (spoken.nation !== undefined) || (isLiaison && spoken.nation !== nation)) return false;
    return spoken.body === undefined || (place !== undefined && isUnder(place, spoken.body));
  });
}
