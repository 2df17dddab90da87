/**
 * Story: partners. An officer visits Washington with a certificate that tells nothing of his vetting; an edition is released to Australia, and a trilateral one to Britain once the others have consented; the
 * level attested for a liaison is recorded, taken into effect by the ministry that hosts them, and withdrawn; an agreement is suspended, at every ministry at once, and lifted. All of it fictional.
 */
import { connectAsOwner } from "../support/revocations";
import { codesOf, reasonsOf, startStory, within, type Answer } from "./story";

const story = startStory();
jest.setTimeout(120_000);

const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);
const mutation = (ministry: string, name: string, type: string, fields = "id state version"): string => `mutation ($input: ${type}Input!) { ${ministry}${name}(input: $input) { ${fields} } }`;
const mofa = (name: string, type = name, fields?: string): string => mutation("foreignAffairs", name, type, fields);

interface Step { readonly id: string; readonly state: string; readonly version: number }
const made = (answer: Answer): Step => {
  expect(answer.errors).toEqual([]);
  return Object.values(answer.data as Readonly<Record<string, Step>>)[0] as Step;
};
const of = ({ id, version }: Step): { readonly id: string; readonly version: number } => ({ id, version });
const officer = () => story.as("mofa-release-officer");
const host = () => story.as("mod-security-officer", { purpose: "ACCESS-DECISION" });

/** References of a ministry's documents that somebody has. */
const referencesOf = async (persona: string, ministry: string, declared = {}): Promise<Answer> => story.as(persona, declared).query(`{ ${ministry}Documents(first: 100) { nodes { reference } } }`);
const has = (reference: string) => ({ data }: Answer): boolean => JSON.stringify(data ?? null).includes(`"${reference}"`);
const lacks = (reference: string) => (answer: Answer): boolean => answer.errors.length === 0 && !has(reference)(answer);
const appears = async (persona: string, ministry: string, reference: string): Promise<boolean> => has(reference)(await within(1_000, () => referencesOf(persona, ministry), has(reference)));
const disappears = async (persona: string, ministry: string, reference: string): Promise<boolean> => lacks(reference)(await within(1_000, () => referencesOf(persona, ministry), lacks(reference)));

/** An edition of the negotiating position, and of the record of the trilateral consultation; the position itself. */
const EDITION = "doc_0zxt2j2dnjp02gk0";
const TRILATERAL = "doc_9ftp3b4hek67rfk5";
const POSITION = "doc_qefgr49538x9vtr6";
let request: Step;

describe("a visit among those who are cleared", () => {
  const REQUEST = mutation("defense", "RequestVisitCertificate", "RequestVisitCertificate");
  const ISSUE = mutation("defense", "IssueVisitCertificate", "IssueVisitCertificate");
  const SEEN = "{ defenseVisitCertificates { nodes { visitor nation level until owner subject } } }";
  const input = { visitor: "Staff officer (fictional)", nation: "USA", agreement: "JPN-USA-2007", level: 3, until: inDays(60) };
  let visit: Step;

  test("an officer asks; not for a level that the agreement does not know, nor for longer than a year, nor under another nation's agreement (D.41)", async () => {
    const asking = (changes: object): Promise<Answer> => story.as("mod-officer").mutate(REQUEST, { input: { ...input, ...changes } });
    expect(reasonsOf(await asking({ nation: "KOR", agreement: "JPN-KOR-2016", level: 4 }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await asking({ until: inDays(400) }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await asking({ agreement: "JPN-AUS-2013" }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await story.as("us-liaison").mutate(REQUEST, { input }))).not.toEqual([]);
    visit = made(await asking({}));
    expect(reasonsOf(await story.as("mod-officer").mutate(ISSUE, { input: of(visit) }))).toEqual(["ROLE"]);
  });

  test("before it is issued the partner's liaison sees nothing of it; then who, where, which level and until when, and nothing else (D.41)", async () => {
    expect((await story.as("us-liaison").query(SEEN)).data).toEqual({ defenseVisitCertificates: { nodes: [] } });
    expect(made(await host().mutate(ISSUE, { input: of(visit) })).state).toBe("ISSUED");
    const seen = await story.as("us-liaison").query(SEEN);
    expect(seen.data).toEqual({ defenseVisitCertificates: { nodes: [{ visitor: input.visitor, nation: "USA", level: 3, until: input.until, owner: "JPN.MOD", subject: null }] } });
    expect(JSON.stringify(seen)).not.toMatch(/mod-officer|SDS|CNS-|INV-|ASSESSMENT/);
    const steps = await story.as("us-liaison").query("{ defenseVisitCertificates { nodes { steps { actor note } } } }");
    expect(JSON.stringify(steps.data ?? {})).not.toContain("mod-");
  });

  test("another partner's liaison does not see it (D.41)", async () => {
    expect((await story.as("aus-liaison").query(SEEN)).data ?? { defenseVisitCertificates: { nodes: [] } }).toEqual({ defenseVisitCertificates: { nodes: [] } });
  });

  test("a certificate that the register of eligibilities does not bear is not issued (D.41)", async () => {
    const asked = made(await story.as("meti-officer").mutate(mutation("economy", "RequestVisitCertificate", "RequestVisitCertificate"), { input }));
    expect(reasonsOf(await story.as("meti-security-officer").mutate(mutation("economy", "IssueVisitCertificate", "IssueVisitCertificate"), { input: of(asked) }))).toEqual(["STATE"]);
    const lower = made(await story.as("meti-officer").mutate(mutation("economy", "RequestVisitCertificate", "RequestVisitCertificate"), { input: { ...input, level: 2 } }));
    expect(made(await story.as("meti-security-officer").mutate(mutation("economy", "IssueVisitCertificate", "IssueVisitCertificate"), { input: of(lower) })).state).toBe("ISSUED");
  });
});

describe("release of an item", () => {
  const REQUEST = mofa("RequestRelease", "RequestRelease", "id state version due agreement days");
  const RELEASE = mofa("ReleaseEdition", "ReleaseEdition", "id state version days");
  const CONSENT = mofa("RecordOriginatorConsent", "RecordOriginatorConsent", "id state version consents");
  const asking = (changes: object): Promise<Answer> => story.as("mod-officer").mutate(REQUEST, { input: { edition: EDITION, nation: "AUS", reason: "Consultation in spring (fictional)", ...changes } });

  test("an edition is asked for, never an original, under an agreement in force (D.35, D.39)", async () => {
    expect(reasonsOf(await asking({ edition: POSITION }))).toEqual(["STATE"]);
    expect(reasonsOf(await officer().mutate(REQUEST, { input: { edition: POSITION, nation: "AUS", reason: "x" } }))).toEqual(["STATE"]);
    expect(reasonsOf(await asking({ edition: "doc_0000000000000000" }))).toEqual(["STATE"]);
    expect(reasonsOf(await asking({ nation: "UKR" }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await asking({ nation: "JPN" }))).toEqual(["INPUT"]);
    const answer = await asking({});
    request = made(answer);
    expect(request).toMatchObject({ state: "REQUESTED", agreement: "JPN-AUS-2013", due: inDays(30), days: null });
  });

  test("who asked does not decide, a ministry that has no part in it sees nothing, and the liaison does not yet have the edition (D.37)", async () => {
    expect(reasonsOf(await story.as("mod-officer").mutate(RELEASE, { input: { ...of(request), decision: "x" } }))).toEqual(["ROLE"]);
    expect(codesOf(await story.as("hoshimi-facility-manager").mutate(RELEASE, { input: { ...of(request), decision: "x" } }))).toEqual(["UNKNOWN_OPERATION"]);
    const own = made(await officer().mutate(REQUEST, { input: { edition: EDITION, nation: "AUS", reason: "x" } }));
    expect(reasonsOf(await officer().mutate(RELEASE, { input: { ...of(own), decision: "x" } }))).toEqual(["FOUR_EYES"]);
    expect(has("DEMO-MOFA-01-T")(await referencesOf("aus-liaison", "foreignAffairs"))).toBe(false);
  });

  test("what waits is listed by the day on which it should be decided (D.39)", async () => {
    const waiting = async (day: string): Promise<number> => ((await officer().query("query ($day: String) { foreignAffairsReleaseRequests(states: [\"REQUESTED\"], dueBefore: $day) { totalCount } }", { day })).data as { readonly foreignAffairsReleaseRequests: { readonly totalCount: number } }).foreignAffairsReleaseRequests.totalCount;
    expect([await waiting(inDays(31)), await waiting(inDays(30))]).toEqual([2, 0]);
  });

  test("released by an officer of the owner, the liaison has the edition within a second, the original never, and another partner neither (D.37, D.39)", async () => {
    expect(made(await officer().mutate(RELEASE, { input: { ...of(request), decision: "Within the talks" } }))).toMatchObject({ state: "RELEASED", days: 0 });
    expect(await appears("aus-liaison", "foreignAffairs", "DEMO-MOFA-01-T")).toBe(true);
    expect(has("DEMO-MOFA-01")(await referencesOf("aus-liaison", "foreignAffairs"))).toBe(false);
    expect((await story.as("aus-liaison").query("query ($id: ID!) { foreignAffairsDocument(id: $id) { id } }", { id: POSITION })).data).toEqual({ foreignAffairsDocument: null });
    expect(has("DEMO-MOFA-01-T")(await referencesOf("us-liaison", "foreignAffairs"))).toBe(false);
    const notices = await story.as("mod-officer").query("{ foreignAffairsNotices { workflow item kind } }");
    expect(notices.data).toEqual({ foreignAffairsNotices: [{ workflow: "ReleaseRequest", item: request.id, kind: "RELEASED" }] });
  });

  test("recalled, the liaison has it no longer, within a second (D.37)", async () => {
    request = { ...request, version: 2 };
    expect(made(await officer().mutate(mofa("RecallRelease"), { input: { ...of(request), reason: "The talks have ended" } })).state).toBe("RECALLED");
    expect(await disappears("aus-liaison", "foreignAffairs", "DEMO-MOFA-01-T")).toBe(true);
  });

  test("a firm of the partner is reached only under an industrial annex, and up to its level: under the agreement with Germany none is, under the one with Australia one is, at CUI (D.36)", async () => {
    const firm = "Coral Sea Instruments (fictional)";
    expect(reasonsOf(await asking({ nation: "DEU", firm }))).toEqual(["LIMIT"]);
    expect(made(await asking({ nation: "DEU" })).state).toBe("REQUESTED");
    const asked = made(await asking({ firm }));
    expect(made(await officer().mutate(RELEASE, { input: { ...of(asked), decision: "Under the annex" } }))).toMatchObject({ state: "RELEASED" });
    const seen = await officer().query("query ($id: ID!) { foreignAffairsReleaseRequest(id: $id) { agreement firm state } }", { id: asked.id });
    expect(seen.data).toEqual({ foreignAffairsReleaseRequest: { agreement: "JPN-AUS-2013", firm, state: "RELEASED" } });
  });

  test("what others contributed to goes on only with their recorded consent, each of them (D.35, D.39)", async () => {
    const britain = (): Promise<Answer> => story.as("mofa-release-officer", { releaseTo: "GBR" }).query("query ($id: ID!) { foreignAffairsDocument(id: $id) { reference } }", { id: TRILATERAL });
    expect((await britain()).data).toEqual({ foreignAffairsDocument: null });
    let asked = made(await asking({ edition: TRILATERAL, nation: "GBR" }));
    const deciding = (): Promise<Answer> => officer().mutate(RELEASE, { input: { ...of(asked), decision: "All consent" } });
    const consent = (owner: string): Promise<Answer> => officer().mutate(CONSENT, { input: { ...of(asked), owner, reference: "Note verbale 12 (fictional)", on: TODAY } });
    expect(reasonsOf(await deciding())).toEqual(["LIMIT"]);
    expect(reasonsOf(await consent("GBR"))).toEqual(["INPUT"]);
    asked = made(await consent("USA"));
    expect(reasonsOf(await deciding())).toEqual(["LIMIT"]);
    asked = made(await consent("AUS"));
    expect(made(await deciding()).state).toBe("RELEASED");
    expect((await within(1_000, britain, ({ data }) => JSON.stringify(data ?? null).includes("DEMO-MOFA-03-T"))).data).toEqual({ foreignAffairsDocument: { reference: "DEMO-MOFA-03-T" } });
  });

  test("an agreement without an entry for the level lets nothing out, whatever the officer thinks (D.35)", async () => {
    const asked = made(await asking({ nation: "KOR" }));
    expect(reasonsOf(await officer().mutate(RELEASE, { input: { ...of(asked), decision: "x" } }))).toEqual(["LIMIT"]);
  });
});

describe("joint projects at CUI", () => {
  /** Handling plan and interim result of joint research with the United States; design of a device with three European partners. */
  const [PLAN, RESULT, DEVICE] = ["DEMO-MEXT-09", "DEMO-MEXT-02", "DEMO-MEXT-10"];
  const shown = async (persona: string, declared = {}): Promise<readonly boolean[]> => { const seen = await referencesOf(persona, "education", declared); return [PLAN, RESULT, DEVICE].map((reference) => has(reference)(seen)); };

  test("what a project holds is CUI: the partner on its release list has it who is assigned to the project, without any clearance above CUI (D.40)", async () => {
    expect(await shown("us-liaison")).toEqual([true, true, false]);
    expect(await shown("us-liaison", { ceiling: "CUI" })).toEqual([true, true, false]);
    expect(await shown("aus-liaison")).toEqual([false, false, false]);
  });

  test("at home it is a matter of the project too: the officer who is assigned has all of it, an official with every clearance and no part in it has none (D.40)", async () => {
    expect(await shown("research-integrity-officer", { purpose: "ANALYSIS" })).toEqual([true, true, true]);
    for (const persona of ["mod-officer", "ciro-analyst", "uncleared-official"]) expect([persona, await shown(persona)]).toEqual([persona, [false, false, false]]);
  });

  test("the officer sees beforehand exactly what would go out to a nation (D.40)", async () => {
    const toNation = (releaseTo: string): Promise<readonly boolean[]> => shown("research-integrity-officer", { purpose: "ANALYSIS", releaseTo });
    expect([await toNation("USA"), await toNation("DEU"), await toNation("AUS")]).toEqual([[true, true, false], [false, false, true], [false, false, false]]);
  });
});

describe("liaisons", () => {
  const RECORD = mofa("RecordLiaisonCertificate", "RecordLiaisonCertificate", "id state version owner subject");
  const ACCEPT = mofa("AcceptLiaisonCertificate");
  const WITHDRAW = mofa("WithdrawLiaisonAttestation");
  const input = { liaison: "us-liaison", nation: "USA", agreement: "JPN-USA-2007", level: 2, host: "JPN.MOD", reference: "USG 114 (fictional)", until: inDays(300) };
  const recording = (changes: object): Promise<Answer> => officer().mutate(RECORD, { input: { ...input, ...changes } });
  let certificate: Step;

  test("given a liaison who reads what is released to his government up to TOP SECRET, in the world of the ministry that hosts him (D.37)", async () => {
    const seen = await referencesOf("us-liaison", "defense");
    expect(["DEMO-MOD-02", "DEMO-MOD-08"].map((reference) => has(reference)(seen))).toEqual([true, true]);
  });

  describe("while the agreement with his government is suspended", () => {
    const AGREEMENT = "JPN-USA-2007";
    const forUsa = (): Promise<Answer> => referencesOf("mod-officer", "defense", { releaseTo: "USA" });
    const listOf = ({ data }: Answer): string => JSON.stringify(data ?? null);
    let before: Answer, beforeForUsa: Answer;
    let suspended: Step;
    /** What a ministry's registrar writes. */
    const write = async (database: string, statement: string): Promise<void> => { const client = await connectAsOwner(story.home, database); try { await client.query(statement); } finally { await client.end(); } };
    const stateElsewhere = (status: string): Promise<void> => write("defense", `INSERT INTO vault.statement (list, body) VALUES ('agreements', '{"subject": "", "agreement": "${AGREEMENT}", "status": "${status}"}')
      ON CONFLICT ((body->>'agreement')) WHERE list = 'agreements' DO UPDATE SET body = EXCLUDED.body`);

    test("given what he reads at the ministry that hosts him, and what an officer there would make for his government, another ministry than the foreign ministry takes nothing of it by its word (D.35, 37)", async () => {
      [before, beforeForUsa] = [await referencesOf("us-liaison", "defense"), await forUsa()];
      expect([has("DEMO-MOD-02")(before), beforeForUsa.errors]).toEqual([true, []]);
      await stateElsewhere("SUSPENDED");
      await new Promise((wait) => setTimeout(wait, 1_000));
      expect(listOf(await referencesOf("us-liaison", "defense"))).toBe(listOf(before));
    });

    test("suspended by the foreign ministry, he has nothing of it within a second, and an officer makes nothing more for his government, nor has a certificate issued for a visit to it (D.35, 37, 41)", async () => {
      suspended = made(await officer().mutate(mofa("SuspendAgreement"), { input: { agreement: AGREEMENT, reason: "Consultations (fictional)" } }));
      expect(await disappears("us-liaison", "defense", "DEMO-MOD-02")).toBe(true);
      const after = await within(1_000, forUsa, (answer) => listOf(answer) !== listOf(beforeForUsa));
      expect(listOf(after).length).toBeLessThan(listOf(beforeForUsa).length);
      expect((await story.as("us-liaison").query("{ defenseVisitCertificates { nodes { visitor } } }")).data).toEqual({ defenseVisitCertificates: { nodes: [] } });
      const visit = { visitor: "Staff officer (fictional)", nation: "USA", agreement: AGREEMENT, level: 3, until: inDays(60) };
      expect(reasonsOf(await story.as("mod-officer").mutate(mutation("defense", "RequestVisitCertificate", "RequestVisitCertificate"), { input: visit }))).toEqual(["LIMIT"]);
      expect(has("DEMO-MOFA-03")(await referencesOf("aus-liaison", "foreignAffairs"))).toBe(true);
    });

    test("another ministry's word does not bring it back, nor can whoever suspended it (D.35)", async () => {
      await stateElsewhere("ACTIVE");
      expect(reasonsOf(await officer().mutate(mofa("LiftAgreementSuspension"), { input: { ...of(suspended), reason: "x" } }))).toEqual(["FOUR_EYES"]);
      await new Promise((wait) => setTimeout(wait, 1_000));
      expect(lacks("DEMO-MOD-02")(await referencesOf("us-liaison", "defense"))).toBe(true);
    });

    test("a gateway that starts anew does not forget it (D.35)", async () => {
      await story.restart();
      expect(lacks("DEMO-MOD-02")(await referencesOf("us-liaison", "defense"))).toBe(true);
    });

    test("lifted by a colleague whom the foreign ministry has given the office, he reads what he read before within a second, and so much is made for his government again (D.35, 37)", async () => {
      const role = `{"subject": "mod-security-officer", "role": "RELEASE", "org": "JPN.MOFA", "from": "${TODAY}", "until": "${inDays(1)}", "grantedBy": "JPN.MOFA"}`;
      await write("foreign_affairs", `INSERT INTO vault.statement (list, body) VALUES ('roles', '${role}')`);
      const lifted = await within(2_000, () => host().mutate(mofa("LiftAgreementSuspension"), { input: { ...of(suspended), reason: "The consultations have ended" } }), ({ errors }) => errors.length === 0);
      expect(made(lifted).state).toBe("LIFTED");
      expect(await appears("us-liaison", "defense", "DEMO-MOD-02")).toBe(true);
      expect([listOf(await referencesOf("us-liaison", "defense")), listOf(await forUsa())]).toEqual([listOf(before), listOf(beforeForUsa)]);
      await write("foreign_affairs", `DELETE FROM vault.statement WHERE list = 'roles' AND body->>'subject' = 'mod-security-officer' AND body->>'org' = 'JPN.MOFA'`);
      const again = await within(1_000, () => host().mutate(mofa("LiftAgreementSuspension"), { input: { ...of(made(lifted)), reason: "x" } }), (answer) => reasonsOf(answer)[0] === "ROLE");
      expect(reasonsOf(again)).toEqual(["ROLE"]);
    });
  });

  test("a certificate counts under an agreement in force with that nation, for a level that it knows, for a year at most, and is the foreign ministry's to record (D.35, D.37)", async () => {
    expect(reasonsOf(await host().mutate(RECORD, { input }))).toEqual(["ROLE"]);
    expect(reasonsOf(await recording({ agreement: "JPN-AUS-2013" }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await recording({ nation: "CAN", agreement: "JPN-CAN-2025" }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await recording({ nation: "KOR", agreement: "JPN-KOR-2016", level: 4 }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await recording({ until: inDays(400) }))).toEqual(["LIMIT"]);
    certificate = made(await recording({}));
    expect(certificate).toMatchObject({ state: "RECORDED", owner: "JPN.MOD", subject: "us-liaison" });
  });

  test("until the host ministry has taken it into effect nothing changes; nobody but the host can, and not who recorded it (D.37)", async () => {
    expect(has("DEMO-MOD-02")(await referencesOf("us-liaison", "defense"))).toBe(true);
    expect(reasonsOf(await officer().mutate(ACCEPT, { input: of(certificate) }))).toEqual(["ROLE"]);
    expect(reasonsOf(await story.as("meti-security-officer").mutate(ACCEPT, { input: of(certificate) }))).toEqual(["STATE"]);
    const own = made(await recording({ liaison: "aus-liaison", nation: "AUS", agreement: "JPN-AUS-2013", level: 3, host: "JPN.MOFA" }));
    expect(reasonsOf(await officer().mutate(ACCEPT, { input: of(own) }))).toEqual(["FOUR_EYES"]);
  });

  test("what is one word at home, a specially designated secret, is two levels abroad: attested to SECRET he has what is graded so and not what is graded TOP SECRET (D.38)", async () => {
    const graded = (persona: string): Promise<Answer> => story.as(persona).query("{ defenseDocuments(first: 100) { nodes { reference } } }");
    expect((await graded("us-liaison")).release?.marking.en).toMatch(/^\/\/JPN TOP SECRET\/\/.*SDS/);
    const secret = made(await recording({ level: 3 }));
    made(await host().mutate(ACCEPT, { input: of(secret) }));
    expect(await disappears("us-liaison", "defense", "DEMO-MOD-02")).toBe(true);
    expect(has("DEMO-MOD-03")(await graded("us-liaison"))).toBe(true);
    expect((await graded("us-liaison")).release?.marking.en).toMatch(/^\/\/JPN SECRET\/\/.*SDS/);
  });

  test("taken into effect at CONFIDENTIAL, he no longer has what is SECRET and above, within a second, and still what is below (D.37)", async () => {
    certificate = made(await host().mutate(ACCEPT, { input: of(certificate) }));
    expect(certificate.state).toBe("IN_EFFECT");
    expect(await disappears("us-liaison", "defense", "DEMO-MOD-03")).toBe(true);
    expect(has("DEMO-MOD-08")(await referencesOf("us-liaison", "defense"))).toBe(true);
  });

  test("withdrawn by the host ministry he has nothing, within a second (D.37)", async () => {
    expect(made(await host().mutate(WITHDRAW, { input: { ...of(certificate), reason: "Recalled (fictional)" } })).state).toBe("WITHDRAWN");
    expect(await disappears("us-liaison", "defense", "DEMO-MOD-08")).toBe(true);
    expect(await disappears("us-liaison", "defense", "DEMO-MOD-08-T")).toBe(true);
  });

  test("an agreement that the foreign ministry suspends ends what every liaison under it has, within a second; nothing is accepted under it, and another person has to lift it (D.35)", async () => {
    expect(has("DEMO-MOFA-03")(await referencesOf("aus-liaison", "foreignAffairs"))).toBe(true);
    const waiting = made(await recording({ liaison: "aus-liaison", nation: "AUS", agreement: "JPN-AUS-2013", level: 3, host: "JPN.MOD" }));
    const release = made(await story.as("mod-officer").mutate(mofa("RequestRelease"), { input: { edition: EDITION, nation: "AUS", reason: "x" } }));
    const suspended = made(await officer().mutate(mofa("SuspendAgreement"), { input: { agreement: "JPN-AUS-2013", reason: "Consultations (fictional)" } }));
    expect(await disappears("aus-liaison", "foreignAffairs", "DEMO-MOFA-03")).toBe(true);
    expect(reasonsOf(await officer().mutate(mofa("LiftAgreementSuspension"), { input: { ...of(suspended), reason: "x" } }))).toEqual(["FOUR_EYES"]);
    expect(reasonsOf(await host().mutate(ACCEPT, { input: of(waiting) }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await recording({ liaison: "aus-liaison", nation: "AUS", agreement: "JPN-AUS-2013", level: 3, host: "JPN.MOD" }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await story.as("mod-officer").mutate(mofa("RequestRelease"), { input: { edition: EDITION, nation: "AUS", reason: "x" } }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await officer().mutate(mofa("ReleaseEdition"), { input: { ...of(release), decision: "x" } }))).toEqual(["LIMIT"]);
    const told = await story.as("meti-officer").query("{ foreignAffairsAgreementSuspensions(states: [\"SUSPENDED\"]) { nodes { agreement } } }");
    expect(told.data).toEqual({ foreignAffairsAgreementSuspensions: { nodes: [{ agreement: "JPN-AUS-2013" }] } });
  });
});
