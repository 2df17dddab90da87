/**
 * The syntax of one label of STANAG 4774, whatever its policy (SPEC 16.2). Takes a document as text and gives its parts, or the other way round. Refuses elements that are unknown, missing, given twice or
 * out of order, unknown attributes, values with spaces around them, instants without a zone, and a label with neither a review nor a succession.
 */
import { startOfDay } from "../policy";
import { readXml, type XmlElement } from "./read-xml";
import { ExchangeError } from "./refusal";
import type { CategoryType, PolicyName } from "./tags";
import { isExact, writeXml, type XmlNode } from "./write-xml";

export const ROOTS = ["originatorConfidentialityLabel", "alternativeConfidentialityLabel", "metadataConfidentialityLabel"] as const;
export type Root = (typeof ROOTS)[number];

export interface Category { readonly type: CategoryType; readonly tagName: string; readonly uri: string | undefined; readonly values: readonly string[]; readonly path?: string }
export interface Information { readonly policy: PolicyName; readonly classification: string; readonly categories: readonly Category[]; readonly path?: string }
export interface Succession { readonly at: number; readonly information: Information; readonly createdAt: number; readonly path?: string }
/** Instants are milliseconds since the epoch; paths are there in what was read. */
export interface LabelDocument {
  readonly root: Root;
  readonly id?: string | undefined;
  readonly reviewAt?: number | undefined;
  readonly information: Information;
  /** Who made the label, in the words of a partner; labels of ours say it by their owners. */
  readonly originatorId?: string | undefined;
  readonly createdAt: number;
  readonly succession?: Succession | undefined;
}

const TYPES: readonly string[] = ["RESTRICTIVE", "PERMISSIVE", "INFORMATIVE"] satisfies CategoryType[];
const ID_TYPES: readonly string[] = ["rfc822Name", "dNSName", "directoryName", "uniformResourceIdentifier", "iPAddress", "x400Address", "userPrincipalName", "jID"];
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

export function readDocument(text: string): LabelDocument {
  const root = readXml(text);
  const name = ROOTS.find((known) => known === root.name);
  if (name === undefined) throw new ExchangeError("ELEMENT", root.path, `not one of ${ROOTS.join(", ")}`);
  const { Id: id, ReviewDateTime: review } = attributesOf(root, [], ["Id", "ReviewDateTime"]);
  const parts = childrenOf(root, [["ConfidentialityInformation"], ["OriginatorID", 0], ["CreationDateTime"], ["SuccessionHandling", 0]]);
  const [information, originator, created, succession] = parts.map((found) => found[0]);
  const document: LabelDocument = {
    root: name, id, information: readInformation(information), createdAt: readInstant(created),
    reviewAt: review === undefined ? undefined : instantOf(review, `${root.path}/@ReviewDateTime`),
    originatorId: originator === undefined ? undefined : readOriginator(originator),
    succession: succession === undefined ? undefined : readSuccession(succession),
  };
  return requireReview(document);
}

export function printDocument(document: LabelDocument): string {
  const { root, id, reviewAt, information, originatorId, createdAt, succession } = requireReview(document);
  if (originatorId !== undefined) throw new ExchangeError("ELEMENT", `/${root}/OriginatorID`, "is not written");
  return writeXml({
    name: root, attributes: { Id: id, ReviewDateTime: reviewAt === undefined ? undefined : printInstant(reviewAt, `/${root}/@ReviewDateTime`) },
    content: [
      informationNode(information), instantNode("CreationDateTime", createdAt, root),
      ...(succession === undefined ? [] : [{ name: "SuccessionHandling", content: [
        instantNode("SuccessionDateTime", succession.at, root),
        { name: "SuccessorConfidentialityLabel", content: [informationNode(succession.information), instantNode("CreationDateTime", succession.createdAt, root)] },
      ] }]),
    ],
  });
}

/** The rule of the standard's text that its schema does not have. */
function requireReview(document: LabelDocument): LabelDocument {
  if (document.reviewAt === undefined && document.succession === undefined) throw new ExchangeError("REVIEW_MISSING", `/${document.root}/@ReviewDateTime`, "neither a review nor a succession");
  return document;
}

function readInformation(element: XmlElement | undefined): Information {
  attributesOf(element, []);
  const [policy = [], classification = [], categories = []] = childrenOf(element, [["PolicyIdentifier"], ["Classification"], ["Category", 0, Infinity]]);
  const { URI: uri } = attributesOf(policy[0], ["URI"]);
  attributesOf(classification[0], []);
  return { policy: { name: textOf(policy[0]), uri: uri ?? "" }, classification: textOf(classification[0]), categories: categories.map(readCategory), path: element?.path ?? "/" };
}

function readCategory(element: XmlElement): Category {
  const { Type: type = "", TagName: tagName = "", URI: uri } = attributesOf(element, ["Type", "TagName"], ["URI"]);
  if (!isCategoryType(type)) throw new ExchangeError("ATTRIBUTE", `${element.path}/@Type`, `unknown: ${type}`);
  const [values = []] = childrenOf(element, [["GenericValue", 1, Infinity]]);
  for (const value of values) attributesOf(value, []);
  return { type, tagName, uri, values: values.map(textOf), path: element.path };
}

function isCategoryType(type: string): type is CategoryType { return TYPES.includes(type); }

function readOriginator(element: XmlElement): string {
  const { IDType: type = "" } = attributesOf(element, ["IDType"]);
  if (!ID_TYPES.includes(type)) throw new ExchangeError("ATTRIBUTE", `${element.path}/@IDType`, `unknown: ${type}`);
  return textOf(element);
}

function readSuccession(element: XmlElement): Succession {
  attributesOf(element, []);
  const [at = [], successor = []] = childrenOf(element, [["SuccessionDateTime"], ["SuccessorConfidentialityLabel"]]);
  attributesOf(successor[0], []);
  const [information = [], created = []] = childrenOf(successor[0], [["ConfidentialityInformation"], ["CreationDateTime"]]);
  return { at: readInstant(at[0]), information: readInformation(information[0]), createdAt: readInstant(created[0]), path: element.path };
}

/** Children by name, in exactly this order: `[name]` once, `[name, least]`, `[name, least, most]`. */
function childrenOf(element: XmlElement | undefined, shape: readonly (readonly [name: string, least?: number, most?: number])[]): readonly (readonly XmlElement[])[] {
  if (element === undefined) throw new ExchangeError("ELEMENT", "/", "is missing");
  let at = 0;
  const found = shape.map(([name, least = 1, most = 1]) => {
    const from = at;
    while (element.children[at]?.name === name && at - from < most) at += 1;
    if (at - from < least) throw new ExchangeError("ELEMENT", `${element.path}/${name}`, `is missing${element.children[at] === undefined ? "" : `, or does not stand before ${element.children[at]?.name ?? ""}`}`);
    return element.children.slice(from, at);
  });
  const beyond = element.children[at];
  if (beyond !== undefined) throw new ExchangeError("ELEMENT", beyond.path, "unknown, given twice or out of order");
  return found;
}

/** Exactly these attributes; an optional one may be absent. */
function attributesOf(element: XmlElement | undefined, needed: readonly string[], optional: readonly string[] = []): Readonly<Record<string, string>> {
  const path = element?.path ?? "/";
  for (const name of needed) if (element?.attributes.has(name) !== true) throw new ExchangeError("ATTRIBUTE", `${path}/@${name}`, "is missing");
  const given = [...element?.attributes ?? []];
  for (const [name, value] of given) {
    if (!needed.includes(name) && !optional.includes(name)) throw new ExchangeError("ATTRIBUTE", `${path}/@${name}`, "unknown attribute");
    if (!isExact(value)) throw new ExchangeError("TEXT", `${path}/@${name}`, `cannot be a value: ${JSON.stringify(value)}`);
  }
  return Object.fromEntries(given);
}

function textOf(element: XmlElement | undefined): string {
  if (element === undefined) throw new ExchangeError("ELEMENT", "/", "is missing");
  if (element.children[0] !== undefined) throw new ExchangeError("ELEMENT", element.children[0].path, "an element where text belongs");
  if (!isExact(element.text)) throw new ExchangeError("TEXT", element.path, `cannot be a value: ${JSON.stringify(element.text)}`);
  return element.text;
}

function readInstant(element: XmlElement | undefined): number {
  attributesOf(element, []);
  return instantOf(textOf(element), element?.path ?? "/");
}

function instantOf(text: string, path: string): number {
  const day = INSTANT.exec(text)?.[1];
  if (day === undefined || Number.isNaN(startOfDay(day))) throw new ExchangeError("DATE", path, `not an instant with a zone: ${text}`);
  return Date.parse(text);
}

function printInstant(instant: number, path: string): string {
  if (!Number.isFinite(instant) || Math.abs(instant) > 8.64e15) throw new ExchangeError("DATE", path, "not an instant");
  return new Date(instant).toISOString();
}

function instantNode(name: string, instant: number, root: string): XmlNode { return { name, content: printInstant(instant, `/${root}/${name}`) }; }

function informationNode({ policy, classification, categories }: Information): XmlNode {
  return { name: "ConfidentialityInformation", content: [
    { name: "PolicyIdentifier", attributes: { URI: policy.uri }, content: policy.name },
    { name: "Classification", content: classification },
    ...categories.map(({ type, tagName, uri, values }): XmlNode => ({
      name: "Category", attributes: { Type: type, TagName: tagName, URI: uri }, content: values.map((value) => ({ name: "GenericValue", content: value })),
    })),
  ] };
}
