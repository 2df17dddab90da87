/**
 * XML as far as a label needs it (SPEC 16.2). Takes text, or bytes in UTF-8; gives elements with their paths. Refuses what could be read in two ways or is no part of a label: document types and
 * with them entities, processing instructions, comments, CDATA, other namespaces, qualified attributes, text beside elements, other encodings, and more bytes or depth than a label has.
 */
import { SaxesParser, type SaxesTagNS } from "saxes";
import { ExchangeError } from "./refusal";
import { NAMESPACE } from "./tags";

export interface XmlElement {
  readonly name: string;
  readonly path: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Characters of an element without children. */
  readonly text: string;
}
interface OpenElement extends XmlElement { readonly children: XmlElement[]; text: string; readonly counts: Map<string, number> }

export const MOST_BYTES = 65_536;
const MOST_DEPTH = 8;
const MOST_DOCUMENTS = 8;
const XMLNS = "http://www.w3.org/2000/xmlns/";

/** Bytes as text: UTF-8 without a byte order mark and without a single byte that is not UTF-8. */
export function decodeXml(bytes: Uint8Array): string {
  if (bytes.length > MOST_BYTES * MOST_DOCUMENTS) throw new ExchangeError("XML_TOO_LARGE", "/", `more than ${MOST_BYTES * MOST_DOCUMENTS} bytes`);
  let text: string;
  try { text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes); } catch { throw new ExchangeError("XML_ENCODING", "/", "not UTF-8"); }
  if (text.charCodeAt(0) === 0xfeff || text.includes("\0")) throw new ExchangeError("XML_ENCODING", "/", "not UTF-8 without a byte order mark");
  return text;
}

/**
 * Documents that stand one after the other, each with its XML declaration. Such a text can begin nothing else: within a document it would be a processing
 * instruction, or part of a comment or a CDATA section, and all of these are refused.
 */
export function splitDocuments(text: string): readonly string[] {
  const documents = text.startsWith("<?xml") ? text.split(/(?=<\?xml[ \t\r\n])/) : [text];
  if (documents.length > MOST_DOCUMENTS) throw new ExchangeError("XML_TOO_LARGE", "/", `more than ${MOST_DOCUMENTS} documents`);
  return documents;
}

/** The root element of one document. */
export function readXml(text: string): XmlElement {
  if (Buffer.byteLength(text) > MOST_BYTES) throw new ExchangeError("XML_TOO_LARGE", "/", `more than ${MOST_BYTES} bytes`);
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  const here = (): string => open.at(-1)?.path ?? "/";
  const forbid = (what: string) => (): never => { throw new ExchangeError("XML_FORBIDDEN", here(), `${what} is no part of a label`); };
  const parser = new SaxesParser({ xmlns: true, position: true, defaultXMLVersion: "1.0", forceXMLVersion: true });
  parser.on("error", (error) => { throw new ExchangeError("XML_MALFORMED", here(), error.message); });
  parser.on("doctype", forbid("a document type"));
  parser.on("processinginstruction", forbid("a processing instruction"));
  parser.on("comment", forbid("a comment"));
  parser.on("cdata", forbid("a CDATA section"));
  parser.on("xmldecl", ({ version, encoding }) => {
    if (version !== "1.0" || (encoding !== undefined && encoding.toUpperCase() !== "UTF-8")) throw new ExchangeError("XML_ENCODING", "/", "only XML 1.0 in UTF-8");
  });
  parser.on("opentag", (tag) => {
    const parent = open.at(-1);
    if (open.length >= MOST_DEPTH) throw new ExchangeError("XML_TOO_DEEP", here(), `deeper than ${MOST_DEPTH} elements`);
    const element = openElement(tag, parent);
    parent?.children.push(element);
    open.push(element);
  });
  parser.on("text", (characters) => { const element = open.at(-1); if (element !== undefined) element.text += characters; });
  parser.on("closetag", () => {
    const element = open.pop();
    if (element !== undefined && element.children.length > 0) {
      if (!/^[ \t\r\n]*$/.test(element.text)) throw new ExchangeError("TEXT", element.path, "text beside elements");
      element.text = "";
    }
    if (open.length === 0) root = element;
  });
  parser.write(text).close();
  if (root === undefined) throw new ExchangeError("XML_MALFORMED", "/", "no element");
  return root;
}

function openElement(tag: SaxesTagNS, parent: OpenElement | undefined): OpenElement {
  const at = (parent?.counts.get(tag.local) ?? 0) + 1;
  parent?.counts.set(tag.local, at);
  const path = `${parent?.path ?? ""}/${tag.local}${at === 1 ? "" : `[${at}]`}`;
  if (tag.uri !== NAMESPACE) throw new ExchangeError("NAMESPACE", path, `not of ${NAMESPACE}`);
  const attributes = new Map<string, string>();
  for (const { uri, prefix, local, value } of Object.values(tag.attributes)) {
    if (uri === XMLNS) {
      if (value !== NAMESPACE) throw new ExchangeError("NAMESPACE", path, `names another namespace: ${value}`);
    } else if (prefix !== "" || uri !== "") {
      throw new ExchangeError("NAMESPACE", `${path}/@${local}`, "an attribute of a label has no namespace");
    } else attributes.set(local, value);
  }
  return { name: tag.local, path, attributes, children: [], text: "", counts: new Map() };
}
