/** Labels to and from partners: nothing without an agreement, nothing that asks for less than it did, and the originator's label stays as it is. */
import fc from "fast-check";
import { ExchangeError, exportForPartner, exportLabel, importFromPartner, importLabel, nationOf, OWN_POLICY, partnerPolicy, type PartnerReceipt, type PartnerRelease, printDocument, readDocument, tagUri, TAGS, type Category, type LabelDocument, type TagName } from "../../../schema/exchange";
import { canonical, dominates, effectiveRel, join, orconOwners, type Label, type LabelCore } from "../../../schema/label";
import { checkLabel, decide, labelOf, mayGoOut, NONE_SUSPENDED, outwardMark, receiveMark, startOfDay, type Subject } from "../../../schema/policy";
import { arbitraryMildCore, NATIONS } from "../../support/arbitrary";
import { policy, readJson } from "../../support/demo-data";
import { hasReleaseLists, REVIEW } from "./arbitrary-label";
import { mayRead } from "./reader-of-4774";

const now = startOfDay("2026-11-11");
const codeOf = (act: () => unknown): string => { try { act(); return "none"; } catch (error) { if (error instanceof ExchangeError) return error.code; throw error; } };
const core = (parts: Partial<LabelCore> = {}, terms: Partial<LabelCore["owners"][string]> = {}): LabelCore =>
  canonical({ level: 3, regimes: ["SDS"], need: [], owners: { "JPN.MOD": { rel: ["AUS", "GBR", "JPN", "USA"], disp: ["AUS", "GBR", "JPN", "USA"], dist: "ALL", orcon: false, ...terms } }, purposes: "ALL", handling: [], ...parts });
const send = (label: Label | LabelCore, release: Partial<PartnerRelease> = {}): ReturnType<typeof exportForPartner> => exportForPartner(policy, "id" in label ? label : labelOf(label), { nation: "USA", now, reviewAt: REVIEW, ...release });

describe("to a partner", () => {
  test("go the originator's label and beside it the equivalent in the partner's policy", () => {
    const { agreement, mark, documents } = send(core({ level: 2, regimes: ["DOC"] }), { nation: "GBR" });
    const [ours, theirs] = documents.map(readDocument);
    expect([agreement, mark]).toEqual(["JPN-GBR-2014@2014-01-01", "SECRET"]);
    expect(ours).toMatchObject({ root: "originatorConfidentialityLabel", id: undefined, information: { policy: { name: "JPN-GOV-DEMO" }, classification: "CONFIDENTIAL" } });
    expect(theirs).toMatchObject({ root: "alternativeConfidentialityLabel", information: { policy: partnerPolicy("GBR"), classification: "SECRET" } });
    expect(theirs?.information.categories.map(({ tagName, values }) => [tagName, values])).toEqual([
      ["Releasable To", ["AUS", "GBR", "JPN", "USA"]], ["Display To", ["AUS", "GBR", "JPN", "USA"]], ["Foreign Government Information", ["JPN"]],
    ]);
  });
  test("goes no name with an owner in it, and every restriction in both labels", () => {
    const label = core({ need: ["MOD-2024-017"], purposes: ["ANALYSIS"], handling: ["EXERCISE"] }, { orcon: true, dist: ["JPN.MOD"], disp: ["AUS", "GBR", "ITA", "JPN", "USA"] });
    const { documents } = send(label, { assigned: ["MOD-2024-017"], granted: ["JPN.MOD"], purpose: "ANALYSIS" });
    for (const text of documents) {
      expect(text).not.toMatch(/TagName="[^"]*@/);
      const named = readDocument(text).information.categories.map(({ tagName }) => tagName);
      expect(named).toEqual(expect.arrayContaining(["Need To Know", "Originator Control", "Releasable To", "Display To", "Distribution", "Purpose", "Handling"]));
    }
    expect(readDocument(documents[0] ?? "").information.categories[0]).toMatchObject({ tagName: "Regime", values: ["SDS"] });
  });
  test("goes nothing that is read as ours: names with owners and the id stay at home", () => {
    expect(codeOf(() => importLabel(policy, [send(core()).documents[0] ?? ""]))).toBe("ATTRIBUTE");
  });
  test.each<readonly [string, LabelCore | Label, Partial<PartnerRelease>, string]>([
    ["without an agreement in force", core({}, { rel: ["CAN", "JPN"], disp: ["CAN", "JPN"] }), { nation: "CAN" }, "NO_AGREEMENT"],
    ["before the agreement is in force", core(), { now: startOfDay("2007-07-31") }, "NO_AGREEMENT"],
    ["under another agreement than was said", core(), { agreementId: "JPN-AUS-2013" }, "NO_AGREEMENT"],
    ["to ourselves", core(), { nation: "JPN" }, "NO_AGREEMENT"],
    ["to whom it is not released", core({}, { rel: ["JPN"] }), {}, "NOT_RELEASABLE"],
    ["under a regime that the agreement does not cover", core({ level: 2, regimes: ["EQS"] }), {}, "NOT_RELEASABLE"],
    ["above the highest level of the agreement", core({ level: 4 }, { rel: ["JPN", "KOR"], disp: ["JPN", "KOR"] }), { nation: "KOR" }, "NOT_RELEASABLE"],
    ["without a release list", core({}, { rel: "ALL", disp: "ALL" }), {}, "NOT_RELEASABLE"],
    ["to a group of which one member is missing", core({ regimes: ["DOC"] }), { nation: "NATO" }, "NOT_RELEASABLE"],
    ["without a mark of the partner's for it", core({ level: 0, regimes: [] }), {}, "NO_EQUIVALENT"],
    ["to addressees without its token", core({ need: ["MOD-2024-017"] }), { assigned: ["METI-CE-004"] }, "NEED_TO_KNOW"],
    ["without the grant of its originator", core({}, { orcon: true }), { granted: ["JPN.METI"] }, "ORIGINATOR_CONTROL"],
    ["for no purpose, where it names some", core({ purposes: ["ANALYSIS"] }), {}, "PURPOSE"],
    ["for a purpose it does not name", core({ purposes: ["ANALYSIS"] }), { purpose: "OVERSIGHT" }, "PURPOSE"],
    ["for any purpose, where none is left", core({ purposes: [] }), { purpose: "ANALYSIS" }, "PURPOSE"],
    ["after its last day", labelOf(core(), { lifecycle: { validUntil: "2026-11-10" } }), {}, "NOT_IN_FORCE"],
    ["while it is challenged", labelOf(core(), { lifecycle: { status: "CHALLENGED" } }), {}, "NOT_IN_FORCE"],
    ["without a day of review", core(), { reviewAt: undefined }, "REVIEW_MISSING"],
    ["what the USA gave, without the label it came with", core({ regimes: ["DOC"], owners: { USA: { rel: ["JPN", "USA"], disp: ["JPN", "USA"], dist: "ALL", orcon: false } } }), {}, "ORIGINAL_MISSING"],
    ["what is no label", { ...labelOf(core()), id: "L-x" }, {}, "UNREADABLE"],
  ])("goes nothing %s", (_, label, release, code) => { expect(codeOf(() => send(label, release))).toBe(code); });

  test("goes exactly what 11.5 lets go and has a mark; it comes back at least as high, and to no more nations", () => {
    let gone = 0;
    fc.assert(fc.property(arbitraryMildCore, fc.constantFrom(...NATIONS.filter((nation) => nation !== "JPN")), (mild, nation) => {
      fc.pre(hasReleaseLists(mild));
      const label = labelOf(mild);
      const release = { nation, assigned: label.need, granted: orconOwners(label), purpose: "ANALYSIS" };
      const foreign = Object.keys(label.owners).length > 0 && Object.keys(label.owners).every((owner) => owner === "USA");
      const goes = mayGoOut(policy, label, nation, now, NONE_SUSPENDED) && outwardMark(policy, label, nation, now) !== undefined && !foreign;
      expect([label, codeOf(() => send(label, release)) === "none"]).toEqual([label, goes]);
      if (!goes) return;
      gone += 1;
      const { mark, documents } = send(label, release);
      const back = receiveMark(policy, { nation, mark, token: "REG-1" }, now);
      expect(back.ok && back.core.level >= label.level).toBe(true);
      for (const text of documents) expect(readDocument(text).information.categories.find(({ tagName }) => tagName === "Releasable To")?.values).toEqual(effectiveRel(label) === "ALL" ? ["*"] : effectiveRel(label));
    }), { numRuns: 1000 });
    expect(gone).toBeGreaterThan(50);
  });

  test("a reader in the partner's policy is permitted at most what a liaison of that nation would be", () => {
    let read = 0;
    fc.assert(fc.property(arbitraryMildCore, fc.constantFrom("USA", "AUS"), fc.subarray(["MOD-2024-017"]), fc.subarray(["ANALYSIS"]), fc.constantFrom("JPN.MOD", "JPN.METI"), (mild, nation, tokens, purposes, hostOrg) => {
      fc.pre(hasReleaseLists(mild));
      const label = labelOf(mild);
      const release = { nation, assigned: label.need, granted: orconOwners(label), purpose: "ANALYSIS" };
      if (codeOf(() => send(label, release)) !== "none") return;
      const agreement = policy.agreements.byNation(nation, now);
      const liaison: Subject = {
        id: "liaison", kind: "liaison", nation, hostOrg, eligibilities: [], roles: [], purposes, agreementId: agreement?.id ?? "", agreementRegimes: [...agreement?.regimes ?? []], attestedLevel: 4,
        assignments: tokens.map((token) => ({ token, role: "READER", from: "2026-01-01", until: "2027-12-31", grantedBy: "JPN.MOD", reason: "duty" })),
      };
      const holder = {
        policies: [partnerPolicy(nation).name], classifications: agreement?.in.map(({ mark }) => mark) ?? [],
        holds: { "Need To Know": tokens, "Originator Control": orconOwners(label), "Releasable To": [nation], "Display To": [nation], "Distribution": [hostOrg, "JPN"], "Purpose": purposes },
      };
      if (!mayRead(send(label, release).documents.at(-1) ?? "", holder)) return;
      const [purpose] = purposes;
      expect(decide(policy, liaison, "RETRIEVE", label, { now, zoneLevel: 4, ...(purpose === undefined ? {} : { purpose }) })).toMatchObject({ outcome: "permit" });
      read += 1;
    }), { numRuns: 1000 });
    expect(read).toBeGreaterThan(20);
  });

  test("a value is held on their side when our label ends, whatever takes over here", () => {
    const successor = labelOf(core({ level: 1, regimes: ["CUI"] }));
    const { documents } = send(labelOf(core(), { lifecycle: { validUntil: "2029-03-31", onLapse: successor.id } }), { reviewAt: undefined });
    const [ours, theirs] = documents.map(readDocument);
    expect(ours?.succession?.information).toMatchObject({ classification: "SECRET" });
    expect(ours?.succession?.information.categories.find(({ tagName }) => tagName === "Need To Know")?.values).toEqual(["HOLD.REVIEW"]);
    expect([theirs?.succession, theirs?.reviewAt]).toEqual([undefined, startOfDay("2029-04-01")]);
  });
});

const rel = (...values: readonly string[]): Category => ({ type: "PERMISSIVE", tagName: "Releasable To", uri: tagUri("Releasable To"), values });
const ORCON: Category = { type: "RESTRICTIVE", tagName: "Originator Control", uri: undefined, values: ["USA"] };
const given = (classification: string, categories: readonly Category[], more: Partial<LabelDocument> = {}): string =>
  printDocument({ root: "originatorConfidentialityLabel", reviewAt: REVIEW, createdAt: now, information: { policy: partnerPolicy("USA"), classification, categories }, ...more });
const receive = (text: string, receipt: Partial<PartnerReceipt> = {}): ReturnType<typeof importFromPartner> => importFromPartner(policy, [text], { token: "REG-1", dist: ["JPN.MOD"], now, ...receipt });

describe("from a partner", () => {
  test("a label becomes foreign information under the partner's control, until the partner consents", () => {
    const text = given("SECRET", [ORCON, rel("JPN", "USA")]);
    const { label, original, duties } = receive(text);
    expect(label).toMatchObject({
      level: 3, regimes: ["DOC"], need: ["REG-1"], owners: { USA: { rel: ["JPN", "USA"], disp: ["JPN", "USA"], dist: ["JPN.MOD"], orcon: true } }, purposes: "ALL",
      lifecycle: { validUntil: "OWNER_CONSENT", reviewBy: "2027-11-11" },
    });
    expect(original).toEqual({ policy: "JPN-USA-2007@2007-08-01", mark: "SECRET", label4774: text });
    expect(duties).toEqual([]);
    expect(mayGoOut(policy, label, "AUS", now, NONE_SUSPENDED)).toBe(false);
  });
  test("every mark of every agreement in force comes in at the level of the table, never below, and as a valid label", () => {
    const tables = readJson<{ agreements: readonly { nation: string; status: string; in: readonly { mark: string; level: number }[] }[] }>("schema/policy/agreements.json").agreements;
    let seen = 0;
    for (const table of tables) for (const row of table.in) {
      const text = given(row.mark, [rel("JPN", table.nation)]).replace(partnerPolicy("USA").name, partnerPolicy(table.nation).name).replace(partnerPolicy("USA").uri, partnerPolicy(table.nation).uri);
      if (table.status !== "IN_FORCE") { expect(codeOf(() => receive(text))).toBe("NO_AGREEMENT"); continue; }
      const { label } = receive(text);
      expect(label.level).toBe(Math.max(1, row.level));
      expect(checkLabel(policy, label, { kind: "portion", tokenOf: () => undefined, validUntil: "OWNER_CONSENT" })).toEqual([]);
      seen += 1;
    }
    expect(seen).toBeGreaterThan(25);
  });
  test.each<readonly [string, string, Partial<PartnerReceipt>, string]>([
    ["with a mark that is near to one of the table", given("Secret", [rel("JPN", "USA")]), {}, "CLASSIFICATION_UNKNOWN"],
    ["with a mark of another partner's", given("STRENG GEHEIM", [rel("JPN", "USA")]), {}, "CLASSIFICATION_UNKNOWN"],
    ["that does not say whom it is released to", given("SECRET", []), {}, "CATEGORY_MISSING"],
    ["that is not released to us", given("SECRET", [rel("AUS", "USA")]), {}, "NOT_RELEASED_TO_US"],
    ["that is released to nobody", given("SECRET", [rel("NOBODY")]), {}, "NOT_RELEASED_TO_US"],
    ["that is released to everybody", given("SECRET", [rel("*")]), {}, "CATEGORY_VALUE"],
    ["that is released to everybody and us", given("SECRET", [rel("*", "JPN")]), {}, "CATEGORY_VALUE"],
    ["with a nation nobody knows", given("SECRET", [rel("JPN", "XXX")]), {}, "CATEGORY_VALUE"],
    ["with a category nobody here knows", given("SECRET", [rel("JPN"), { ...ORCON, tagName: "Codeword", values: ["X"] }]), {}, "CATEGORY_UNKNOWN"],
    ["with one that would only be told", given("SECRET", [rel("JPN"), { type: "INFORMATIVE", tagName: "Context", uri: undefined, values: ["X"] }]), {}, "CATEGORY_UNKNOWN"],
    ["with a release that is only told", given("SECRET", [{ ...rel("JPN"), type: "INFORMATIVE" }]), {}, "CATEGORY_UNKNOWN"],
    ["with two releases", given("SECRET", [rel("JPN"), rel("JPN", "USA")]), {}, "CATEGORY_TWICE"],
    ["with the control of somebody else", given("SECRET", [rel("JPN"), { ...ORCON, values: ["GBR"] }]), {}, "CATEGORY_VALUE"],
    ["that is an alternative", given("SECRET", [rel("JPN")], { root: "alternativeConfidentialityLabel" }), {}, "DOCUMENT_UNEXPECTED"],
    ["of our own policy", exportLabel(policy, labelOf(core()), { createdAt: now, reviewAt: REVIEW })[0] ?? "", {}, "POLICY_UNKNOWN"],
    ["of a policy nobody knows", given("SECRET", [rel("JPN")]).replace("USA-GOV-DEMO", "US"), {}, "POLICY_UNKNOWN"],
    ["of a policy under another identifier", given("SECRET", [rel("JPN")]).replace(partnerPolicy("USA").uri, partnerPolicy("GBR").uri), {}, "POLICY_UNKNOWN"],
    ["of another nation than sent it", given("SECRET", [rel("JPN")]), { nation: "GBR" }, "NO_AGREEMENT"],
    ["under another agreement than was said", given("SECRET", [rel("JPN")]), { agreementId: "JPN-GBR-2014" }, "NO_AGREEMENT"],
    ["before the agreement was in force", given("SECRET", [rel("JPN")]), { now: startOfDay("2007-07-31") }, "NO_AGREEMENT"],
    ["under control over nobody in particular", given("SECRET", [rel("JPN")]), { dist: "ALL" }, "INVALID"],
    ["for a body nobody knows", given("SECRET", [rel("JPN")]), { dist: ["JPN.NOWHERE"] }, "INVALID"],
    ["under a register entry that is none", given("SECRET", [rel("JPN")]), { token: "reg 1" }, "INVALID"],
  ])("a label %s is refused", (_, text, receipt, code) => { expect(codeOf(() => receive(text, receipt))).toBe(code); });

  test("what is to take over later is not applied, and refused where it asks for more", () => {
    const later = (classification: string, ...nations: readonly string[]): string => given("CONFIDENTIAL", [rel("JPN", "USA")], {
      succession: { at: REVIEW, createdAt: now, information: { policy: partnerPolicy("USA"), classification, categories: [rel(...nations)] } },
    });
    expect(receive(later("UNCLASSIFIED", "AUS", "JPN", "USA")).label).toMatchObject({ level: 2, owners: { USA: { rel: ["JPN", "USA"] } } });
    expect(codeOf(() => receive(later("SECRET", "JPN", "USA")))).toBe("SUCCESSION_RAISES");
    expect(codeOf(() => receive(later("UNCLASSIFIED", "JPN")))).toBe("SUCCESSION_RAISES");
    expect(codeOf(() => receive(later("WHATEVER", "JPN", "USA")))).toBe("CLASSIFICATION_UNKNOWN");
  });
  test("who made it may be said in any of the standard's ways", () => {
    const named = (type: string): string => given("SECRET", [rel("JPN", "USA")]).replace("  <CreationDateTime>", `  <OriginatorID IDType="${type}">desk@example.org</OriginatorID>\n  <CreationDateTime>`);
    expect(receive(named("rfc822Name")).original.label4774).toContain("desk@example.org");
    expect(codeOf(() => receive(named("name")))).toBe("ATTRIBUTE");
  });
  test("a category by another identifier is refused, and one without may be known by its name", () => {
    expect(codeOf(() => receive(given("SECRET", [{ ...rel("JPN", "USA"), uri: tagUri("Display To") }])))).toBe("CATEGORY_UNKNOWN");
    expect(receive(given("SECRET", [{ ...rel("JPN", "USA"), uri: undefined }])).label.level).toBe(3);
  });
  test("groups are written out, as they were on their registered day", () => {
    const { label } = receive(given("SECRET", [rel("FVEY", "JPN")]));
    expect(label.owners["USA"]?.rel).toEqual([...policy.groups.get("FVEY")?.members ?? [], "JPN"].sort());
  });
});

describe("from a partner with their equivalent in our words", () => {
  const text = given("CONFIDENTIAL", [ORCON, rel("AUS", "JPN", "USA")]);
  const told = (name: TagName, ...values: readonly string[]): Category => ({ type: TAGS[name].type, tagName: name, uri: tagUri(name), values });
  const FGI = told("Foreign Government Information", "USA");
  const beside = (categories: readonly Category[], more: Partial<LabelDocument> = {}, classification = "CONFIDENTIAL"): string =>
    printDocument({ root: "alternativeConfidentialityLabel", reviewAt: REVIEW, createdAt: now, information: { policy: OWN_POLICY, classification, categories }, ...more });
  const both = (alternative: string): ReturnType<typeof importFromPartner> => importFromPartner(policy, [alternative, text], { token: "REG-1", dist: ["JPN.MOD"], now });

  test("what they ask for beyond the table is asked for, and what they ask for less of is not", () => {
    const more = beside([told("Regime", "DOC"), told("Need To Know", "CASE-1"), rel("JPN", "USA"), told("Display To", "JPN", "USA"), told("Distribution", "JPN"), told("Purpose", "ANALYSIS"), FGI, told("Handling", "EXERCISE")], {}, "SECRET");
    const received = both(more);
    expect(received.label).toMatchObject({ level: 3, regimes: ["DOC"], need: ["CASE-1", "REG-1"], owners: { USA: { rel: ["JPN", "USA"], disp: ["JPN", "USA"], dist: ["JPN.MOD"], orcon: true } }, purposes: ["ANALYSIS"], handling: ["EXERCISE"] });
    expect(received.original).toMatchObject({ mark: "CONFIDENTIAL", label4774: text, alternative4774: more });
    expect(both(beside([rel("*"), FGI], {}, "PUBLIC")).label).toEqual(receive(text).label);
  });
  test("never makes a label that asks for less than the table alone", () => {
    const plain = receive(text).label;
    let read = 0;
    fc.assert(fc.property(fc.constantFrom("PUBLIC", "CUI", "CONFIDENTIAL", "SECRET"), fc.subarray(["AUS", "GBR", "JPN", "USA"], { minLength: 1 }), fc.subarray(["CASE-1"]), fc.boolean(), (classification, nations, tokens, everybody) => {
      try {
        const { label } = both(beside([...(tokens.length === 0 ? [] : [told("Need To Know", ...tokens)]), rel(...(everybody ? ["*"] : nations)), FGI], {}, classification));
        expect(dominates(label, plain)).toBe(true);
        read += 1;
      } catch (error) { expect(error instanceof ExchangeError ? error.code : error).toBe("INVALID"); }
    }));
    expect(read).toBeGreaterThan(20);
  });
  test.each<readonly [string, string, string]>([
    ["in another policy", beside([rel("JPN"), FGI], { information: { policy: partnerPolicy("AUS"), classification: "SECRET", categories: [rel("JPN")] } }), "DOCUMENT_UNEXPECTED"],
    ["under our name and another identifier", beside([rel("JPN"), FGI]).replace(OWN_POLICY.uri, partnerPolicy("USA").uri), "POLICY_UNKNOWN"],
    ["that claims to be a label of the label", beside([rel("JPN"), FGI], { root: "metadataConfidentialityLabel" }), "DOCUMENT_UNEXPECTED"],
    ["that claims an id of ours", beside([rel("JPN"), FGI], { id: labelOf(core()).id }), "ATTRIBUTE"],
    ["with what takes over", beside([rel("JPN"), FGI], { succession: { at: REVIEW, createdAt: now, information: { policy: OWN_POLICY, classification: "PUBLIC", categories: [rel("*")] } } }), "ELEMENT"],
    ["that does not say whom it is released to", beside([FGI]), "CATEGORY_MISSING"],
    ["that takes us off the list", beside([rel("AUS", "USA"), FGI]), "INVALID"],
    ["with the lists of an owner", beside([rel("JPN"), { ...rel("JPN"), tagName: "Releasable To@USA", uri: tagUri("Releasable To", "USA") }, FGI]), "CONTRADICTION"],
    ["with a status", beside([rel("JPN"), FGI, told("Status", "CHALLENGED")]), "CONTRADICTION"],
    ["under the control of somebody else", beside([told("Originator Control", "JPN.MOD"), rel("JPN"), FGI]), "CONTRADICTION"],
    ["that names another source", beside([rel("JPN"), told("Foreign Government Information", "GBR")]), "CONTRADICTION"],
    ["of a regime that only a designation brings", beside([told("Regime", "EQS"), rel("JPN"), FGI]), "INVALID"],
  ])("one %s is refused", (_, alternative, code) => { expect(codeOf(() => both(alternative))).toBe(code); });
  test("one document of each, and no third", () => {
    expect(codeOf(() => importFromPartner(policy, [text, beside([rel("JPN"), FGI]), beside([rel("JPN"), FGI])], { token: "REG-1", dist: ["JPN.MOD"], now }))).toBe("DOCUMENT_UNEXPECTED");
    expect(codeOf(() => importFromPartner(policy, [text, text], { token: "REG-1", dist: ["JPN.MOD"], now }))).toBe("DOCUMENT_UNEXPECTED");
    expect(codeOf(() => importFromPartner(policy, [beside([rel("JPN"), FGI])], { token: "REG-1", dist: ["JPN.MOD"], now }))).toBe("DOCUMENT_UNEXPECTED");
    expect(codeOf(() => importFromPartner(policy, [], { token: "REG-1", dist: ["JPN.MOD"], now }))).toBe("DOCUMENT_UNEXPECTED");
  });
});

describe("the label of the originator", () => {
  const text = given("SECRET", [rel("AUS", "JPN", "USA")]);
  const { label } = receive(text);
  test("stays the originator's, byte for byte, and ours stands beside it and comes back", () => {
    const documents = exportLabel(policy, label, { createdAt: now, original: text });
    expect(documents[0]).toBe(text);
    expect(readDocument(documents[1] ?? "").root).toBe("alternativeConfidentialityLabel");
    expect(importLabel(policy, documents)).toMatchObject({ label, original: text });
    expect(codeOf(() => importLabel(policy, documents.slice(1)))).toBe("DOCUMENT_UNEXPECTED");
    expect(codeOf(() => importLabel(policy, documents.slice(0, 1)))).toBe("DOCUMENT_UNEXPECTED");
    expect(codeOf(() => importLabel(policy, [text, ...documents]))).toBe("DOCUMENT_UNEXPECTED");
  });
  test("goes along to a third partner with the originator's consent, and not without", () => {
    const { documents } = send(label, { nation: "AUS", assigned: ["REG-1"], granted: ["USA"], original: text });
    expect(documents[0]).toBe(text);
    expect(documents.slice(1).map((each) => readDocument(each).root)).toEqual(["alternativeConfidentialityLabel", "alternativeConfidentialityLabel"]);
    expect(documents.map((each) => nationOf(policy, readDocument(each).information.policy))).toEqual(["USA", undefined, "AUS"]);
    expect(codeOf(() => send(label, { nation: "GBR", assigned: ["REG-1"], granted: ["USA"], original: text }))).toBe("NOT_RELEASABLE");
  });
  test.each<readonly [string, Label, string, string]>([
    ["of a higher level", label, given("TOP SECRET", [rel("AUS", "JPN", "USA")]), "ORIGINAL_WIDENED"],
    ["released to fewer", label, given("SECRET", [rel("JPN", "USA")]), "ORIGINAL_WIDENED"],
    ["of somebody who owns nothing of it", labelOf(core()), text, "ORIGINAL_WIDENED"],
    ["with a mark that no agreement knows", label, given("LIKE SECRET", [rel("AUS", "JPN", "USA")]), "CLASSIFICATION_UNKNOWN"],
    ["that is no originator's", label, given("SECRET", [rel("AUS", "JPN", "USA")], { root: "alternativeConfidentialityLabel" }), "DOCUMENT_UNEXPECTED"],
  ])("%s is refused beside ours", (_, own, original, code) => {
    expect(codeOf(() => exportLabel(policy, own, { createdAt: now, reviewAt: REVIEW, original }))).toBe(code);
    expect(codeOf(() => send(own, { assigned: ["REG-1"], granted: ["USA"], original }))).toBe(code);
  });
  test("of a combination with our own information stays beside both owners", () => {
    const both = labelOf(join(label, core({ regimes: ["SDS"] })), { lifecycle: { validUntil: "OWNER_CONSENT" } });
    expect(importLabel(policy, exportLabel(policy, both, { createdAt: now, reviewAt: REVIEW, original: text })).label).toEqual(both);
  });
});
