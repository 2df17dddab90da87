/**
 * Figures and words of the law by which designations live (SPEC 15.20-15.22), as the demonstration reads them. Sources: Acts 108 of 2013 and 27 of 2024 with their operating
 * standards, summarised for this project; every one of them is demo policy and to be verified before it is relied on.
 */
import type { Regime } from "../../../../schema/label";
import items from "./statutory-items.json";

/** Beyond this total, counted from the first designation, only with a decision of the Cabinet. */
export const YEARS_WITHOUT_CABINET = 30;
/** Beyond this total only for information of one of the seven classes. */
export const YEARS_WITHOUT_CLASS = 60;
export const LONGEST_CLASSES = ["WEAPONS", "NEGOTIATIONS", "COLLECTION", "HUMAN_SOURCES", "CRYPTOGRAPHY", "FOREIGN_CONDITION", "CABINET_ORDER"] as const;
/** A designation is looked at again within this time; project choice. */
export const REVIEW_WITHIN_YEARS = 1;
/** What a leak would do: severe damage is what Act 108 asks for, damage short of it what Act 27 asks for. */
export const DAMAGES = ["SEVERE", "DAMAGE"] as const;
const DAMAGE_OF: Partial<Readonly<Record<Regime, (typeof DAMAGES)[number]>>> = { SDS: "SEVERE", CESI: "DAMAGE" };
const ITEMS: Partial<Readonly<Record<Regime, readonly string[]>>> = { SDS: items.SDS, CESI: items.CESI };
/** Documents whose designations lasted longer go to the National Archives when it ends. */
export const ARCHIVED_AFTER_YEARS = 30;

/** Whether the item is one under which the regime designates; regimes without a table have none. */
export function isStatutoryItem(regime: Regime, item: unknown): boolean {
  const known = ITEMS[regime];
  return known === undefined ? item === undefined : typeof item === "string" && known.includes(item);
}

/** Whether the regime is for information whose leak would do this. */
export function isDamageOf(regime: Regime, damage: unknown): boolean { return DAMAGE_OF[regime] === undefined || DAMAGE_OF[regime] === damage; }

/** Information class A to E (domain tables of 2023): by regime and by who holds the information. */
export function classOf(regime: Regime, heldBy: "GOVERNMENT" | "PRIVATE"): "A" | "B" | "C" | "D" | "E" {
  if (regime === "NPS" || regime === "PAT") return "D";
  if (regime === "CUI") return heldBy === "PRIVATE" ? "E" : "C";
  return regime === "SDS" ? "A" : "B";
}
