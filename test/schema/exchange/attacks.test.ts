/** What is no label, or says two things at once, is refused where it stands and never read as something near to it. */
import { decodeXml, ExchangeError, exportLabel, importLabel, MOST_BYTES, NAMESPACE, splitDocuments } from "../../../schema/exchange";
import { dominates } from "../../../schema/label";
import { labelOf } from "../../../schema/policy";
import { policy } from "../../support/demo-data";
import { CREATED, REVIEW, toLabel } from "./arbitrary-label";

const label = toLabel({
  policy: "JPN-GOV-DEMO", level: 3, regimes: ["SDS"], need: ["MOD-2024-017"], purposes: ["OVERSIGHT"], handling: ["EXERCISE"],
  owners: { "JPN.MOD": { rel: ["JPN", "USA"], disp: ["AUS", "JPN", "USA"], dist: ["JPN.CAS", "JPN.MOD"], orcon: true }, USA: { rel: ["JPN", "USA"], disp: ["JPN", "USA"], dist: [], orcon: false } },
}, 1, { validUntil: "2029-03-31" });
const [main = "", metadata = ""] = exportLabel(policy, label, { createdAt: CREATED, reviewAt: REVIEW });

/** Where and why a document is refused; "none" when it is not. */
function refusalOf(...documents: readonly string[]): readonly [code: string, path: string] {
  try { importLabel(policy, documents); } catch (error) {
    if (error instanceof ExchangeError) return [error.code, error.path];
    throw error;
  }
  return ["none", ""];
}
/** The document with one text replaced, which must be there. */
function altered(from: string | RegExp, to: string, text = main): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing to replace: ${String(from)}`);
  return changed;
}
const category = (tagName: string): RegExp => new RegExp(`    <Category [^>]*TagName="${tagName}"[^>]*>[\\s\\S]*?</Category>\n`);
const ROOT = "/originatorConfidentialityLabel";
const INFO = `${ROOT}/ConfidentialityInformation`;

test("the label itself is read", () => { expect(importLabel(policy, [main, metadata]).label).toEqual(label); });

describe("XML", () => {
  const laughs = `<!DOCTYPE l [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, at) => `<!ENTITY ${String.fromCharCode(98 + at)} "${`&${String.fromCharCode(97 + at)};`.repeat(10)}">`).join("")}]>`;
  test.each<readonly [string, string, string, string]>([
    ["entities that grow", altered("?>\n", `?>\n${laughs}`), "XML_FORBIDDEN", "/"],
    ["entities that grow, used", altered(">SECRET<", ">&j;<", altered("?>\n", `?>\n${laughs}`)), "XML_FORBIDDEN", "/"],
    ["an entity from a file", altered(">SECRET<", ">&x;<", altered("?>\n", "?>\n<!DOCTYPE l [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>")), "XML_FORBIDDEN", "/"],
    ["a document type from elsewhere", altered("?>\n", "?>\n<!DOCTYPE l SYSTEM \"http://127.0.0.1:1/l.dtd\">"), "XML_FORBIDDEN", "/"],
    ["an entity that nobody declared", altered(">SECRET<", ">&secret;<"), "XML_MALFORMED", `${INFO}/Classification`],
    ["a processing instruction", altered("?>\n", "?>\n<?xml-stylesheet href=\"x\"?>"), "XML_FORBIDDEN", "/"],
    ["a comment within a value", altered(">SECRET<", ">S<!-- -->ECRET<"), "XML_FORBIDDEN", `${INFO}/Classification`],
    ["a comment between elements", altered("<Classification>", "<!-- --><Classification>"), "XML_FORBIDDEN", INFO],
    ["a comment before the label", altered("?>\n", "?>\n<!-- -->"), "XML_FORBIDDEN", "/"],
    ["a comment behind the label", `${main}<!-- -->`, "XML_FORBIDDEN", "/"],
    ["a CDATA section as a value", altered(">SECRET<", "><![CDATA[SECRET]]><"), "XML_FORBIDDEN", `${INFO}/Classification`],
    ["another encoding by its declaration", altered("UTF-8", "UTF-16"), "XML_ENCODING", "/"],
    ["another version", altered("version=\"1.0\"", "version=\"1.1\""), "XML_ENCODING", "/"],
    ["two labels in one document", main + main.slice(main.indexOf("\n")), "XML_MALFORMED", "/"],
    ["an element that is not closed", altered("</ConfidentialityInformation>", ""), "XML_MALFORMED", ROOT],
    ["an attribute given twice", altered("Type=\"RESTRICTIVE\"", "Type=\"RESTRICTIVE\" Type=\"INFORMATIVE\""), "XML_MALFORMED", INFO],
    ["nothing", "", "XML_MALFORMED", "/"],
    ["more bytes than a label has", altered("</Classification>", `</Classification>${" ".repeat(MOST_BYTES)}`), "XML_TOO_LARGE", "/"],
    ["more depth than a label has", `<a xmlns="${NAMESPACE}">`.repeat(9) + "</a>".repeat(9), "XML_TOO_DEEP", "/a/a/a/a/a/a/a/a"],
    ["a namespace that is another", altered(NAMESPACE, "urn:nato:stanag:4774:confidentialitymetadatalabel:2:0"), "NAMESPACE", ROOT],
    ["no namespace", altered(` xmlns="${NAMESPACE}"`, ""), "NAMESPACE", ROOT],
    ["one element of another namespace", altered("<Classification>", "<Classification xmlns=\"urn:x\">"), "NAMESPACE", `${INFO}/Classification`],
    ["the name of another namespace that nothing uses", altered("<Classification>", "<Classification xmlns:x=\"urn:x\">"), "NAMESPACE", `${INFO}/Classification`],
    ["a prefix that nobody declared", altered("<Classification>", "<x:Classification>"), "XML_MALFORMED", INFO],
    ["an attribute with a namespace", altered(" Type=\"RESTRICTIVE\"", ` xmlns:l="${NAMESPACE}" l:Type="RESTRICTIVE"`), "NAMESPACE", `${INFO}/Category/@Type`],
    ["an attribute of XML's own", altered("<Classification>", "<Classification xml:lang=\"en\">"), "NAMESPACE", `${INFO}/Classification/@lang`],
  ])("with %s is refused", (_, document, code, path) => { expect(refusalOf(document, metadata)).toEqual([code, path]); });

  test("in other bytes than UTF-8 is refused", () => {
    const codeOf = (bytes: Uint8Array): string => { try { decodeXml(bytes); } catch (error) { return error instanceof ExchangeError ? error.code : "other"; } return "none"; };
    expect(decodeXml(Buffer.from(main))).toBe(main);
    expect(codeOf(Buffer.from(main, "utf16le"))).toBe("XML_ENCODING");
    expect(codeOf(Buffer.from(`\ufeff${main}`, "utf16le"))).toBe("XML_ENCODING");
    expect(codeOf(Buffer.from(`\ufeff${main}`))).toBe("XML_ENCODING");
    expect(codeOf(Buffer.from(altered(">SECRET<", ">S\u00c9CRET<"), "latin1"))).toBe("XML_ENCODING");
    expect(codeOf(Buffer.alloc(MOST_BYTES * 8 + 1, 32))).toBe("XML_TOO_LARGE");
  });
  test("of several documents falls apart only where a document begins", () => {
    expect(splitDocuments(main + metadata)).toEqual([main, metadata]);
    expect(refusalOf(...splitDocuments(altered(">SECRET<", `><!-- ${main} --><`)))[0]).not.toBe("none");
    expect(() => splitDocuments(main.repeat(9))).toThrow("XML_TOO_LARGE");
  });
  test("that says the same in other words is the same label", () => {
    const prefixed = main.replaceAll("</", "</l:").replaceAll(/<([A-Za-z])/g, "<l:$1").replace(" xmlns=", " xmlns:l=").replace(">SECRET<", ">&#83;ECRET<").replaceAll("\"", "'").replace("<?xml version='1.0' encoding='UTF-8'?>\n", "");
    expect(importLabel(policy, [prefixed, metadata]).label).toEqual(label);
  });
});

describe("a label", () => {
  test.each<readonly [string, string, string, string]>([
    ["with an element it does not have", altered("<Classification>", "<PrivacyMark>x</PrivacyMark><Classification>"), "ELEMENT", `${INFO}/Classification`],
    ["with an unknown element at the end", altered("</SuccessionHandling>", "</SuccessionHandling><Note>x</Note>"), "ELEMENT", `${ROOT}/Note`],
    ["with two classifications", altered("<Classification>", "<Classification>PUBLIC</Classification><Classification>"), "ELEMENT", `${INFO}/Classification[2]`],
    ["with two policies", altered("<Classification>", "<PolicyIdentifier URI=\"urn:oid:1\">X</PolicyIdentifier><Classification>"), "ELEMENT", `${INFO}/Classification`],
    ["without a classification", altered(/<Classification>.*<\/Classification>/, ""), "ELEMENT", `${INFO}/Classification`],
    ["with its elements in another order", altered(/(<PolicyIdentifier.*\n) *(<Classification.*\n)/, "$2$1"), "ELEMENT", `${INFO}/PolicyIdentifier`],
    ["without its day of creation", altered(/<CreationDateTime>.*<\/CreationDateTime>\n {2}</, "<"), "ELEMENT", `${ROOT}/CreationDateTime`],
    ["with two successions", altered(/(<SuccessionHandling>[\s\S]*<\/SuccessionHandling>)/, "$1$1"), "ELEMENT", `${ROOT}/SuccessionHandling[2]`],
    ["without its succession", altered(/ {2}<SuccessionHandling>[\s\S]*<\/SuccessionHandling>\n/, ""), "CONTRADICTION", `${ROOT}/SuccessionHandling`],
    ["with neither review nor succession", altered(/ ReviewDateTime="[^"]*"/, "", altered(/ {2}<SuccessionHandling>[\s\S]*<\/SuccessionHandling>\n/, "")), "REVIEW_MISSING", `${ROOT}/@ReviewDateTime`],
    ["with another last day", altered("2029-03-31T15", "2039-03-31T15"), "CONTRADICTION", `${ROOT}/SuccessionHandling`],
    ["with text beside elements", altered("<Classification>", "PUBLIC<Classification>"), "TEXT", INFO],
    ["with spaces around a value", altered(">SECRET<", "> SECRET<"), "TEXT", `${INFO}/Classification`],
    ["with a line break in a value", altered(">OVERSIGHT<", ">OVER&#10;SIGHT<"), "TEXT", `${INFO}/Category[11]/GenericValue`],
    ["with an element in a value", altered(">SECRET<", "><b>SECRET</b><"), "ELEMENT", `${INFO}/Classification/b`],
    ["with an empty value", altered(">SECRET<", "><"), "TEXT", `${INFO}/Classification`],
    ["with an attribute it does not have", altered("<Classification>", "<Classification URI=\"urn:oid:1\">"), "ATTRIBUTE", `${INFO}/Classification/@URI`],
    ["with a category that has no type", altered(" Type=\"RESTRICTIVE\"", ""), "ATTRIBUTE", `${INFO}/Category/@Type`],
    ["with a category that has no name", altered(" TagName=\"Regime\"", ""), "ATTRIBUTE", `${INFO}/Category/@TagName`],
    ["with a category of a type that is near to one", altered("Type=\"RESTRICTIVE\"", "Type=\"restrictive\""), "ATTRIBUTE", `${INFO}/Category/@Type`],
    ["with a policy that has no identifier", altered(/ URI="urn:oid:2\.25\.\d+">JPN/, ">JPN"), "ATTRIBUTE", `${INFO}/PolicyIdentifier/@URI`],
    ["with spaces around an attribute", altered("\"RESTRICTIVE\"", "\" RESTRICTIVE\""), "TEXT", `${INFO}/Category/@Type`],
    ["with text where elements belong", altered(/(<Category [^>]*TagName="Handling"[^>]*>)[\s\S]*?(<\/Category>)/, "$1EXERCISE$2"), "ELEMENT", `${INFO}/Category[13]/GenericValue`],
    ["with an originator's name, which its owners are", altered("<CreationDateTime>", "<OriginatorID IDType=\"rfc822Name\">a@example.org</OriginatorID><CreationDateTime>"), "ELEMENT", `${ROOT}/OriginatorID`],
    ["with a successor that says a lifecycle", altered(/(<\/Category>\n)(\s*<\/ConfidentialityInformation>\n\s*<CreationDateTime>[^<]*<\/CreationDateTime>\n\s*<\/SuccessorConfidentialityLabel>)/, `$1${category("Valid Until").exec(main)?.[0] ?? ""}$2`), "CONTRADICTION", `${ROOT}/SuccessionHandling/SuccessorConfidentialityLabel/ConfidentialityInformation`],
    ["with a successor that is not the value held for review", altered(/(<SuccessionHandling>[\s\S]*)>SECRET</, "$1>TOP SECRET<"), "CONTRADICTION", `${ROOT}/SuccessionHandling/SuccessorConfidentialityLabel/ConfidentialityInformation`],
    ["with a successor made at another time", altered(/(<SuccessionHandling>[\s\S]*<CreationDateTime>)2026/, "$12025"), "CONTRADICTION", `${ROOT}/SuccessionHandling`],
    ["with an instant that has no zone", altered("05.678Z", "05.678"), "DATE", `${ROOT}/CreationDateTime`],
    ["with an instant on no day", altered("2026-11-11T", "2026-11-31T"), "DATE", `${ROOT}/CreationDateTime`],
    ["of another policy", altered("JPN-GOV-DEMO", "JPN-GOV"), "POLICY_UNKNOWN", `${INFO}/PolicyIdentifier`],
    ["of our policy by another identifier", altered(/(URI="urn:oid:2\.25\.\d+)"/, "$11\""), "POLICY_UNKNOWN", `${INFO}/PolicyIdentifier`],
    ["of a level that is near to one", altered(">SECRET<", ">Secret<"), "CLASSIFICATION_UNKNOWN", `${INFO}/Classification`],
    ["with another level", altered(">SECRET<", ">CUI<"), "ID_MISMATCH", `${ROOT}/@Id`],
    ["with a category it does not know", altered("TagName=\"Need To Know\"", "TagName=\"Need to know\""), "CATEGORY_UNKNOWN", `${INFO}/Category[2]/@TagName`],
    ["with a category of a prototype", altered("TagName=\"Need To Know\"", "TagName=\"constructor\""), "CATEGORY_UNKNOWN", `${INFO}/Category[2]/@TagName`],
    ["with a category of an owner nobody knows", altered("Releasable To@USA", "Releasable To@__proto__"), "CATEGORY_UNKNOWN", `${INFO}/Category[8]/@TagName`],
    ["with a category of an owner where there is none per owner", altered("TagName=\"Purpose\"", "TagName=\"Purpose@USA\""), "CATEGORY_UNKNOWN", `${INFO}/Category[11]/@TagName`],
    ["with a restriction that is only told", altered("Type=\"RESTRICTIVE\" TagName=\"Need To Know\"", "Type=\"INFORMATIVE\" TagName=\"Need To Know\""), "CATEGORY_UNKNOWN", `${INFO}/Category[2]/@Type`],
    ["with a category by another identifier", altered(/(TagName="Need To Know" URI="[^"]*)"/, "$11\""), "CATEGORY_UNKNOWN", `${INFO}/Category[2]/@URI`],
    ["with a regime it does not know", altered(">SDS<", ">SD<"), "CATEGORY_VALUE", `${INFO}/Category/GenericValue`],
    ["with a nation it does not know", altered(">USA<", ">US<"), "CATEGORY_VALUE", `${INFO}/Category[4]/GenericValue[2]`],
    ["with a value given twice", altered("<GenericValue>USA</GenericValue>", "<GenericValue>USA</GenericValue><GenericValue>USA</GenericValue>"), "CATEGORY_VALUE", `${INFO}/Category[4]/GenericValue[3]`],
    ["with a category given twice", altered(/( *<Category [^>]*TagName="Handling")/, `${category("Handling").exec(main)?.[0] ?? ""}$1`), "CATEGORY_TWICE", `${INFO}/Category[14]/@TagName`],
    ["with a category without values", altered(/(<Category [^>]*TagName="Handling"[^>]*>)[\s\S]*?(<\/Category>)/, "$1$2"), "ELEMENT", `${INFO}/Category[13]/GenericValue`],
    ["released to more than its owners release it to", altered(/(TagName="Releasable To"[^>]*>\n)/, "$1        <GenericValue>AUS</GenericValue>\n"), "CONTRADICTION", `${INFO}/Category[4]`],
    ["that is a label and its existence at once", altered("originatorConfidentialityLabel", "metadataConfidentialityLabel", altered(/<\/originator/, "</metadata")), "DOCUMENT_UNEXPECTED", "/metadataConfidentialityLabel"],
    ["that is no root of the standard", altered(/<originatorConfidentialityLabel([\s\S]*)<\/originatorConfidentialityLabel>/, "<ConfidentialityLabel$1</ConfidentialityLabel>"), "ELEMENT", "/ConfidentialityLabel"],
  ])("%s is refused", (_, document, code, path) => { expect(refusalOf(document, metadata)).toEqual([code, path]); });

  test("without any one of its permissive categories is refused, and not read as one that restricts nobody", () => {
    const permissive = [...main.matchAll(/Type="PERMISSIVE" TagName="([^"]+)"/g)].map(([, tagName = ""]) => tagName).filter((tagName, at, all) => all.indexOf(tagName) === at);
    expect(permissive).toHaveLength(8);
    for (const tagName of permissive) expect([tagName, refusalOf(altered(category(tagName), ""), metadata)[0]]).toEqual([tagName, "CATEGORY_MISSING"]);
  });
  test("without any one of its other categories, or without one value of any, is refused", () => {
    let tried = 0;
    for (const [, tagName = ""] of main.slice(0, main.indexOf("<SuccessionHandling>")).matchAll(/Type="(?:RESTRICTIVE|INFORMATIVE)" TagName="([^"]+)"/g)) {
      expect([tagName, refusalOf(altered(category(tagName), ""), metadata)[0]]).toEqual([tagName, expect.stringMatching(/^(CONTRADICTION|ID_MISMATCH|CATEGORY_MISSING|EXISTENCE_ABOVE)$/)]);
      tried += 1;
    }
    for (const [value] of main.slice(0, main.indexOf("<SuccessionHandling>")).matchAll(/ *<GenericValue>.*\n/g)) {
      expect(refusalOf(altered(value, ""), metadata)[0]).not.toBe("none");
      tried += 1;
    }
    expect(tried).toBeGreaterThan(20);
  });
  test("without all categories of one owner is refused: by the effective release where that was narrower, else by its id", () => {
    for (const owner of ["USA", "JPN.MOD"]) {
      const without = ["Releasable To", "Display To", "Distribution"].reduce((text, name) => altered(category(`${name}@${owner}`), "", text), main);
      expect(refusalOf(without, metadata)[0]).toMatch(/^(CONTRADICTION|ID_MISMATCH)$/);
    }
  });
  test("with two values where there can be one is refused", () => {
    expect(refusalOf(altered(">2029-03-31<", ">2029-03-31</GenericValue><GenericValue>2031-03-31<"), metadata)[0]).toBe("CONTRADICTION");
  });
  test("whose existence label is lost, given twice or another's is refused", () => {
    const other = exportLabel(policy, toLabel(label, 2, { validUntil: "2029-03-31" }), { createdAt: CREATED, reviewAt: REVIEW })[1] ?? "";
    expect(refusalOf(main)).toEqual(["ID_MISMATCH", `${ROOT}/@Id`]);
    expect(refusalOf(main, metadata, metadata)).toEqual(["DOCUMENT_UNEXPECTED", "/metadataConfidentialityLabel"]);
    expect(refusalOf(main, other)).toEqual(["ID_MISMATCH", "/metadataConfidentialityLabel/@Id"]);
    expect(refusalOf(main, altered(/Id="[^"]*"/, `Id="${label.id}"`, other))).toEqual(["ID_MISMATCH", `${ROOT}/@Id`]);
    expect(refusalOf(metadata)).toEqual(["DOCUMENT_UNEXPECTED", "/"]);
    expect(refusalOf()).toEqual(["DOCUMENT_UNEXPECTED", "/"]);
  });
  test("whose existence label says a lifecycle of its own, or a review of another day, is refused", () => {
    const withEnd = altered(/(\n {2}<\/ConfidentialityInformation>)/, `\n${(category("Valid Until").exec(main)?.[0] ?? "").trimEnd()}$1`, metadata);
    expect(refusalOf(main, withEnd)).toEqual(["CONTRADICTION", "/metadataConfidentialityLabel"]);
    const reviewed = toLabel(label, null, { reviewBy: "2029-03-31" });
    const [text = ""] = exportLabel(policy, reviewed, { createdAt: CREATED });
    expect(refusalOf(altered("2029-03-30T15", "2039-03-30T15", text))).toEqual(["CONTRADICTION", `${ROOT}/@ReviewDateTime`]);
  });
  test("without an id is refused, even where everything else is right", () => {
    expect(refusalOf(altered(/ Id="[^"]*"/, ""), metadata)).toEqual(["ATTRIBUTE", `${ROOT}/@Id`]);
  });
});

test("no document with a line less is read as a label that asks for less", () => {
  const lines = main.split("\n");
  let read = 0;
  lines.forEach((_, at) => {
    const shorter = lines.filter((__, other) => other !== at).join("\n");
    try {
      const back = importLabel(policy, [shorter, metadata]).label;
      expect(dominates(back, label) && back.id === label.id).toBe(true);
      read += 1;
    } catch (error) { expect(error).toBeInstanceOf(ExchangeError); }
  });
  // Without the declaration, and without the empty line at the end.
  expect(read).toBe(2);
});

test("a status that is not ACTIVE is a restriction, so that a reader who does not know it denies", () => {
  const challenged = labelOf(label, { existence: label.existence, lifecycle: { status: "CHALLENGED", validUntil: "2029-03-31" } });
  const [text = "", more = ""] = exportLabel(policy, challenged, { createdAt: CREATED });
  expect(text).toMatch(/Type="RESTRICTIVE" TagName="Status"[^>]*>\s*<GenericValue>CHALLENGED</);
  expect(refusalOf(altered(category("Status"), "", text), more)[0]).toBe("ID_MISMATCH");
});
