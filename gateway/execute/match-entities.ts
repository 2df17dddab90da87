/**
 * Whether an answer about entities fits what was asked. One of another length, of another type or about another key is no answer at all
 * (attacks B-42, B-50).
 */
import type { EchoField } from "../plan/fetch-document";
import type { Branch, EntityFetch } from "../plan/operation";
import { type Place, type ResultNode, TYPENAME } from "../plan/place";
import type { AskedEntity } from "./asked-entities";
import { isRecord } from "./ruling";

/** Where entities are in the data of an answer about nothing else. */
export const ENTITIES = "_entities";

/**
 * The entities of an answer, each with its type in that ministry.
 * @param key where they are in the data
 * @returns undefined when the answer does not fit what was asked
 */
export function matchEntities(entities: EntityFetch, asked: readonly AskedEntity[], data: unknown, key: string, strict: boolean): readonly (MatchedEntity | undefined)[] | undefined {
  const list = isRecord(data) && Object.hasOwn(data, key) ? data[key] : undefined;
  if (!Array.isArray(list) || list.length !== asked.length) return undefined;
  const matched: (MatchedEntity | undefined)[] = [];
  for (let index = 0; index < asked.length; index += 1) {
    const raw: unknown = list[index];
    const question = asked[index];
    if (question === undefined) return undefined;
    if (raw === null) { matched.push(undefined); continue; }
    const typeName = isRecord(raw) ? typeOf(raw, question.sentAs, strict) : undefined;
    if (!isRecord(raw) || typeName === undefined || !entities.answersTo(question.sentAs).has(typeName) || !fitsNodes(question, typeName)) return undefined;
    if (strict && !echoes(entities.echo.get(question.sentAs) ?? entities.echo.get(typeName) ?? [], firstBranch(question)?.shape.place, question.nodes[0] ?? question.untold[0]?.node, raw)) return undefined;
    matched.push({ raw, typeName });
  }
  return matched;
}
export interface MatchedEntity { readonly raw: Readonly<Record<string, unknown>>; readonly typeName: string }

function typeOf(raw: Readonly<Record<string, unknown>>, sentAs: string, strict: boolean): string | undefined {
  const given = raw["__typename"];
  if (typeof given === "string") return given;
  return given === undefined && !strict ? sentAs : undefined;
}

/** What is answered about an object of which the ministry was not told everything has to fit in the same way, or that it need not would tell. */
function firstBranch({ branches, untold }: AskedEntity): Branch | undefined { return branches[0] ?? untold[0]?.branch; }

/** An entity whose concrete type is known cannot become another. */
function fitsNodes(question: AskedEntity, typeName: string): boolean {
  const variant = firstBranch(question)?.shape.variants.get(typeName);
  if (variant === undefined) return false;
  if (variant.standsForOthers || question.sentAs === typeName) return true;
  const fits = (node: ResultNode): boolean => node[TYPENAME] === typeName || node[TYPENAME] === question.sentAs;
  return question.nodes.every(fits) && question.untold.every(({ node }) => fits(node));
}

function echoes(echo: readonly EchoField[], place: Place | undefined, node: unknown, raw: Readonly<Record<string, unknown>>): boolean {
  if (!Array.isArray(node)) return false;
  return echo.every((field) => {
    const slot = place?.find(field.name);
    return slot !== undefined && echoesValue(field, slot.child, node[slot.value], Object.hasOwn(raw, field.key) ? raw[field.key] : undefined);
  });
}

function echoesValue(field: EchoField, place: Place | undefined, sent: unknown, answered: unknown): boolean {
  if (sent === null || sent === undefined) return answered === null || answered === undefined;
  if (Array.isArray(sent) && Array.isArray(answered)) return sent.length === answered.length && sent.every((item, index) => echoesValue(field, place, item, answered[index]));
  if (field.of.length > 0) return place !== undefined && isRecord(answered) && echoes(field.of, place, sent, answered);
  if (typeof sent === "object") return JSON.stringify(sent) === JSON.stringify(answered);
  if (typeof sent !== "string" && typeof sent !== "number" && typeof sent !== "boolean") return false;
  return (typeof answered === "string" || typeof answered === "number" || typeof answered === "boolean") && String(sent) === String(answered);
}
