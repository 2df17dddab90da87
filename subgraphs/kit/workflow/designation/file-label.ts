/**
 * Labels of what is written about designations (SPEC 15.24). A file is read in the ministry that designates and by oversight, for these purposes, and by holders of whatever else the
 * information needs; what is asked of or told to one party is read there and in the ministry, and holds nothing of the file.
 */
import type { LabelCore, Level, OrgPath, Owner } from "../../../../schema/label";
import { isForeignOwner } from "../../../../schema/label";

/** The office that inspects designations. */
export const OVERSIGHT_OFFICE: OrgPath = "JPN.CAO.OPRA";
const PURPOSES = ["DESIGNATION", "OVERSIGHT"] as const;

export const FILE_LEVELS = ["CUI", "CONFIDENTIAL"] as const;
export function levelOf(name: unknown): Level { return name === "CONFIDENTIAL" ? 2 : 1; }

function coreFor(level: Level, owner: OrgPath, dist: readonly OrgPath[]): LabelCore {
  return { policy: "JPN-GOV-DEMO", level, regimes: [level > 1 ? "DOC" : "CUI"], need: [], owners: { [owner]: { rel: ["JPN"], disp: ["JPN"], dist: [...new Set(dist)].sort(), orcon: false } }, purposes: "ALL", handling: [] };
}

/** @param need tokens other than the designation's own */
export function fileLabel(owner: OrgPath, level: Level, need: readonly string[]): LabelCore {
  return { ...coreFor(level, owner, [owner, OVERSIGHT_OFFICE]), need: [...need].sort(), purposes: PURPOSES };
}

/** For whoever is named in it: what is said to a person holds nothing of the file but its id, and is given to that person alone. */
export function holderLabel(owner: OrgPath): LabelCore {
  const core = coreFor(1, owner, []);
  return { ...core, owners: { [owner]: { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } };
}

/** For one party and the ministry; a party abroad is spoken to by the ministry's officers, which oversight may look at. */
export function partyLabel(owner: OrgPath, level: Level, party: Owner): LabelCore { return coreFor(level, owner, [owner, isForeignOwner(party) ? OVERSIGHT_OFFICE : party]); }
