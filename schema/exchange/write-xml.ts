/**
 * Elements as XML text (SPEC 16.2): one namespace, two-space steps, no value with a control character. Gives text that `readXml` reads back to the same elements.
 */
import { ExchangeError } from "./refusal";
import { NAMESPACE } from "./tags";

/** An element to be written: either children or a text. */
export interface XmlNode {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly content: string | readonly XmlNode[];
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;" };

/** True for what is a value of a label: some text without control characters and without spaces around it. */
export function isExact(text: string): boolean {
  return /^[\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u.test(text) && text.trim() === text;
}

/** One document with its XML declaration. */
export function writeXml(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeNode({ ...root, attributes: { xmlns: NAMESPACE, ...root.attributes } }, "", "")}`;
}

function writeNode({ name, attributes = {}, content }: XmlNode, indent: string, above: string): string {
  const path = `${above}/${name}`;
  const written = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escapeText(value, `${path}/@${key}`)}"`])).join("");
  const inner = typeof content === "string" ? escapeText(content, path) : `\n${content.map((child) => writeNode(child, `${indent}  `, path)).join("")}${indent}`;
  return `${indent}<${name}${written}>${inner}</${name}>\n`;
}

function escapeText(text: string, path: string): string {
  if (!isExact(text)) throw new ExchangeError("TEXT", path, `cannot be a value: ${JSON.stringify(text)}`);
  return text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}
