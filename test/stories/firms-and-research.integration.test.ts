/**
 * Story: firms and researchers. Hoshimi Juden (fictional) shares parts of an item of its own with the Ministry of Defense and takes them back; its inbox holds what the government gave it and asks of it.
 * The education ministry asks a researcher for declarations; the researcher reads all that is held about it. All of it is an exercise and fictional.
 */
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Command } from "../gateway/cli/command";
import { isKnownOperation, knownOperation } from "../support/known-operation";
import { codesOf, reasonsOf, startStory, within, type Answer } from "./story";

const story = startStory();
jest.setTimeout(120_000);

const HOSHIMI = "JPN.PRV.9990001000001";
const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);
const text = (words: string): { readonly ja: string; readonly en: string } => ({ ja: words, en: words });

interface Step { readonly id: string; readonly state: string; readonly version: number }
const made = (answer: Answer): Step => {
  expect(answer.errors).toEqual([]);
  return Object.values(answer.data as Readonly<Record<string, Step>>)[0] as Step;
};
const send = (who: string, ministry: string, name: string, input: object, declared = {}, key?: string): Promise<Answer> =>
  story.as(who, declared).mutate(isKnownOperation(name) ? knownOperation(name) : `mutation ($input: ${name}Input!, $key: String) { ${ministry}${name}(input: $input, key: $key) { id state version } }`, { input, ...(key === undefined ? {} : { key }) });
const of = ({ id, version }: Step): { readonly id: string; readonly version: number } => ({ id, version });
/** Who changes their own standing is not answered with what was decided by the old one: the same request is sent again with its key, and is carried out once. */
const again = (act: () => Promise<Answer>): Promise<Answer> => within(1_000, act, (answer) => !codesOf(answer).includes("STANDING_CHANGED"));

describe("what a firm owns (class E)", () => {
  const ITEM = "doc_9kyjqghz95ed028p";
  const OF_ANOTHER_FIRM = "doc_zzs85zx027kpf55z";
  const read = (who: string, declared = {}): Promise<Answer> =>
    story.as(who, declared).query(knownOperation("EconomyDocument"), { id: ITEM });
  const isThere = ({ data }: Answer): boolean => (data as { readonly economyDocument: unknown } | null)?.economyDocument !== null;
  const share = (changes: object, who = "hoshimi-facility-manager", declared = {}): Promise<Answer> =>
    send(who, "economy", "ShareFirmItem", { record: ITEM, sharedWith: "JPN.MOD", portions: ["title", "summary"], use: "Sea trial (fictional)", until: inDays(90), ...changes }, declared);
  let sharing: Step;

  test("given an item of the firm that the ministry of economy has by consent, and the Ministry of Defense does not know of", async () => {
    expect((await read("meti-officer")).data).toMatchObject({ economyDocument: { reference: "DEMO-METI-15", body: { en: "Temperature and time by step." } } });
    expect((await read("mod-officer")).data).toEqual({ economyDocument: null });
  });

  test("only whoever speaks for the firm shares it: not its engineer, not the ministry that has it, no other ministry, and no firm another's (D.29)", async () => {
    expect(reasonsOf(await share({}, "contractor-engineer"))).toEqual(["ROLE"]);
    expect(reasonsOf(await share({}, "meti-officer"))).toEqual(["ROLE"]);
    expect(reasonsOf(await share({}, "mofa-release-officer"))).toEqual(["STATE"]);
    expect(reasonsOf(await share({ record: OF_ANOTHER_FIRM }))).toEqual(["STATE"]);
    expect(reasonsOf(await share({ record: "doc_0000000000000000" }))).toEqual(["STATE"]);
  });

  test("it names parts, a body of the government that has no more of it already, and a last day within five years (D.29)", async () => {
    expect(reasonsOf(await share({ portions: [] }))).toEqual(["INPUT"]);
    expect(reasonsOf(await share({ portions: ["reference"] }))).toEqual(["INPUT"]);
    expect(reasonsOf(await share({ sharedWith: "JPN.PRV.9990001000002" }))).toEqual(["INPUT"]);
    expect(reasonsOf(await share({ sharedWith: "JPN.METI.ECON" }))).toEqual(["STATE"]);
    expect(reasonsOf(await share({ until: inDays(6 * 366) }))).toEqual(["LIMIT"]);
  });

  test("shared, the ministry has the parts that were named within a second and nothing else of it, marked as a trade secret; other ministries still have nothing (D.29, D.34)", async () => {
    sharing = made(await share({}));
    const seen = await within(1_000, () => read("mod-officer"), isThere);
    const item = { reference: null, contact: { en: "Hoshimi Juden, information manager (fictional)" }, summary: { en: "The process has seven steps." }, body: null, source: null, figures: null };
    expect(seen.data).toMatchObject({ economyDocument: { ...item, title: { en: "Hoshimi Juden process conditions (firm-held, shared by consent)" } } });
    expect(seen.release?.marking.en).toBe("//JPN CUI//JPN ONLY/DIST METI MOD PRV.9990001000001//CAVEAT CUI:PROPIN");
    for (const who of ["mof-officer", "npa-officer", "uncleared-official", "us-liaison"]) expect([who, isThere(await read(who))]).toEqual([who, false]);
    expect((await read("meti-officer")).data).toMatchObject({ economyDocument: { reference: "DEMO-METI-15", body: { en: "Temperature and time by step." } } });
    expect(reasonsOf(await share({ portions: ["body"] }))).toEqual(["STATE"]);
  });

  test("the ministry that was given it knows on which terms, and so does the firm; they are no other ministry's (D.29)", async () => {
    const terms = async (who: string): Promise<unknown> => (await story.as(who).query(knownOperation("FirmSharings"))).data;
    expect(await terms("mod-officer")).toEqual({ economyFirmSharings: { nodes: [{ id: sharing.id, state: "SHARED", version: 1, record: ITEM, sharedWith: "JPN.MOD", portions: ["title", "summary"], use: "Sea trial (fictional)", until: inDays(90), owner: HOSHIMI }] } });
    expect(await terms("hoshimi-facility-manager")).toEqual(await terms("mod-officer"));
    expect(await terms("meti-officer")).toEqual({ economyFirmSharings: { nodes: [] } });
  });

  test("whoever was given it cannot give it on: neither share it, nor answer the Cabinet Secretariat with it, nor ask for its release, nor take back for the firm (D.29)", async () => {
    const terms = (owner: string, dist: readonly string[]): object => ({ owner, rel: ["JPN"], dist });
    const answering = (owners: readonly object[]): Promise<Answer> => send("meti-officer", "economy", "SubmitResponse",
      { requirement: "itm_none", topics: ["x"], answer: "x", documents: [ITEM], earlier: [], label: { level: "CUI", regimes: ["CUI"], need: ["PRJ-QS-2026"], handling: ["CUI:PROPIN"], owners } });
    const own = terms("JPN.METI", ["JPN.CAS", "JPN.METI"]);
    expect(reasonsOf(await answering([own]))).toEqual(["LABEL"]);
    expect(reasonsOf(await answering([own, terms(HOSHIMI, ["JPN.CAS", "JPN.METI", HOSHIMI])]))).toEqual(["LABEL"]);
    expect(reasonsOf(await answering([own, terms(HOSHIMI, ["JPN.METI", HOSHIMI])]))).toEqual(["LABEL"]);
    expect(reasonsOf(await send("meti-officer", "economy", "RequestRelease", { edition: ITEM, nation: "USA", reason: "x" }))).toEqual(["STATE"]);
    expect(reasonsOf(await send("mod-officer", "economy", "WithdrawFirmItem", of(sharing)))).toEqual(["ROLE"]);
    expect(reasonsOf(await send("mofa-release-officer", "economy", "WithdrawFirmItem", of(sharing)))).toEqual(["STATE"]);
  });

  test("taken back, the ministry has nothing of it within a second, and is told what it is told of what does not exist (D.29)", async () => {
    expect(made(await send("hoshimi-facility-manager", "economy", "WithdrawFirmItem", of(sharing))).state).toBe("WITHDRAWN");
    const gone = await within(1_000, () => read("mod-officer"), (answer) => !isThere(answer));
    const absent = await story.as("mod-officer").query(knownOperation("EconomyDocument"), { id: "doc_0000000000000000" });
    expect([gone.data, gone.errors]).toEqual([absent.data, absent.errors]);
  });

  test("what was shared before the firm kept a register it can narrow and take back too (D.29)", async () => {
    const narrowed = made(await share({ sharedWith: "JPN.METI", portions: ["title"] }));
    const seen = await within(1_000, () => read("meti-officer"), ({ data }) => JSON.stringify(data).includes('"body":null'));
    expect(seen.data).toMatchObject({ economyDocument: { reference: null, title: { en: "Hoshimi Juden process conditions (firm-held, shared by consent)" }, summary: null, body: null, source: null, figures: null } });
    made(await send("hoshimi-facility-manager", "economy", "WithdrawFirmItem", of(narrowed)));
    expect(isThere(await within(1_000, () => read("meti-officer"), (answer) => !isThere(answer)))).toBe(false);
    expect((await read("hoshimi-facility-manager")).data).toMatchObject({ economyDocument: { reference: "DEMO-METI-15", figures: { en: "One flow chart." } } });
  });
});

describe("the inbox of a firm", () => {
  const SPECIFICATION = "doc_68v5hbr8pqybfmw1";
  const sendTo = (who: string, changes: object, declared: object = { purpose: "DESIGNATION" }): Promise<Answer> =>
    send(who, "economy", "SendToFirm", { agency: "JPN.METI", firm: HOSHIMI, title: text("Supply of helium"), text: "From whom do you buy? (fictional)", documents: [], ...changes }, declared);
  /** All that is between the government and the firm, in one question. */
  const INBOX = knownOperation("Inbox");
  interface Entry extends Step { readonly agency: string; readonly due: string | null; readonly documents: readonly string[] }
  const inbox = async (who: string, declared = {}): Promise<readonly Entry[]> => ((await story.as(who, declared).query(INBOX)).data as { readonly economyFirmExchanges: { readonly nodes: readonly Entry[] } }).economyFirmExchanges.nodes;
  const found = async (state: string): Promise<Entry> => (await inbox("hoshimi-facility-manager")).find((entry) => entry.state === state) as Entry;

  test("an agency gives the firm something or asks it something until a day; not for another agency, nor of a body that is no firm, nor for longer than ninety days (D.30)", async () => {
    expect(reasonsOf(await sendTo("meti-officer", { agency: "JPN.MOD" }))).toEqual(["ROLE"]);
    expect(reasonsOf(await sendTo("meti-officer", { firm: "JPN.MOD" }))).toEqual(["INPUT"]);
    expect(reasonsOf(await sendTo("meti-officer", { due: inDays(91) }))).toEqual(["LIMIT"]);
    expect(codesOf(await sendTo("hoshimi-facility-manager", {}, {}))).toEqual(["UNKNOWN_OPERATION"]);
    expect(made(await sendTo("meti-officer", { due: inDays(20) })).state).toBe("ASKED");
    expect(made(await sendTo("mod-officer", { agency: "JPN.MOD", title: text("Specification"), text: "For the trial (fictional)", documents: [SPECIFICATION] })).state).toBe("GIVEN");
  });

  test("the firm sees in one question what it was given and what is asked of it, and reads what was given under its own label (D.30)", async () => {
    expect(made(await send("meti-officer", "cabinetOffice", "ProposeFacilityClearance", { agency: "JPN.METI", firm: HOSHIMI, facility: "FAC-HOSHIMI-7", level: 2, need: "x" }, { purpose: "DESIGNATION" })).state).toBe("PROPOSED");
    const { data, errors } = await story.as("hoshimi-facility-manager").query(INBOX);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      economyFirmExchanges: { nodes: expect.arrayContaining([expect.objectContaining({ agency: "JPN.METI", state: "ASKED", due: inDays(20), documents: [] }), expect.objectContaining({ agency: "JPN.MOD", state: "GIVEN", due: null, documents: [SPECIFICATION] })]) },
      cabinetOfficeFacilityClearances: { nodes: [{ agency: "JPN.METI", facility: "FAC-HOSHIMI-7", level: 2, need: "x" }] }, economyFirmSharings: { totalCount: 0 },
    });
    const given = await story.as("hoshimi-facility-manager").query(knownOperation("DefenseDocument"), { id: SPECIFICATION });
    expect(given.data).toMatchObject({ defenseDocument: { reference: "DEMO-MOD-15" } });
  });

  test("an agency sees what is between it and the firm, not what the other has with it; a personnel officer and another ministry see nothing (D.30)", async () => {
    const agencies = async (who: string, declared = {}): Promise<readonly string[]> => (await inbox(who, declared)).map(({ agency }) => agency);
    expect([await agencies("meti-officer", { purpose: "DESIGNATION" }), await agencies("mod-officer", { purpose: "DESIGNATION" }), await agencies("meti-hr"), await agencies("mof-officer")]).toEqual([["JPN.METI"], ["JPN.MOD"], [], []]);
  });

  test("whoever speaks for the firm answers, with items of its own or none; its engineer reads and decides nothing; the agency takes note (D.30)", async () => {
    const asked = await found("ASKED");
    const input = { ...of(asked), answer: "From two suppliers (fictional)", answerDocuments: ["doc_9kyjqghz95ed028p"] };
    expect((await inbox("contractor-engineer")).length).toBe(2);
    expect(reasonsOf(await send("contractor-engineer", "economy", "AnswerAgency", input))).toEqual(["ROLE"]);
    const answered = made(await send("hoshimi-facility-manager", "economy", "AnswerAgency", input));
    expect(answered.state).toBe("ANSWERED");
    expect(made(await send("meti-officer", "economy", "NoteFromFirm", of(answered), { purpose: "DESIGNATION" })).state).toBe("NOTED");
    expect(made(await send("hoshimi-facility-manager", "economy", "NoteFromAgency", of(await found("GIVEN")))).state).toBe("NOTED");
    expect(await inbox("hoshimi-facility-manager")).toEqual([]);
  });

  test("people of the firm ask known operations only; whatever else they ask is refused in the same words, whether it is answered to others, hidden from them or nothing at all (D.30)", async () => {
    const refused = [];
    for (const who of ["contractor-engineer", "hoshimi-facility-manager"]) {
      for (const document of ["{ economyFirmExchanges { totalCount } }", "{ economySuspiciousApproaches { totalCount } }", knownOperation("OwnVetting"), "{ nothing }", "{ __schema { types { name } } }", "no question"]) refused.push(await story.as(who).query(document));
    }
    expect(refused.map(({ status, data, errors }) => [status, data, errors])).toEqual(refused.map(() => [403, undefined, [{ message: "This is none of the operations that are known for you.", extensions: { code: "UNKNOWN_OPERATION" } }]]));
    expect((await story.as("meti-officer", { purpose: "DESIGNATION" }).query("{ economyFirmExchanges { totalCount } }")).errors).toEqual([]);
    const { code, err } = await story.kanmon("schema", "--as", "contractor-engineer", "--url", story.url, "--issuer", story.issuer);
    expect([code, err]).toEqual([3, expect.stringContaining("UNKNOWN_OPERATION")]);
  });

  test("the firm need not answer and gives no reason; and it tells an agency something unasked (D.29, D.30)", async () => {
    made(await sendTo("meti-officer", { due: inDays(5) }));
    expect(made(await send("hoshimi-facility-manager", "economy", "DeclineAgency", of(await found("ASKED")))).state).toBe("DECLINED");
    const telling = { agency: "JPN.MOD", firm: HOSHIMI, title: text("Delay"), text: "A part is late (fictional)", documents: [] };
    expect(reasonsOf(await send("hoshimi-facility-manager", "economy", "TellAgency", { ...telling, firm: "JPN.PRV.9990001000002" }))).toEqual(["ROLE"]);
    const told = made(await send("hoshimi-facility-manager", "economy", "TellAgency", telling));
    expect(told.state).toBe("TOLD");
    expect(reasonsOf(await send("meti-officer", "economy", "NoteFromFirm", of(told), { purpose: "DESIGNATION" }))).toEqual(["STATE"]);
    expect(made(await send("mod-officer", "economy", "NoteFromFirm", of(told), { purpose: "DESIGNATION" })).state).toBe("NOTED");
  });
});

describe("the commands of a firm", () => {
  const manager = "hoshimi-facility-manager";
  const at = (): readonly string[] => ["--url", story.url, "--issuer", story.issuer];
  const kanmon = (line: string, as: string, ...more: readonly string[]): ReturnType<typeof story.kanmon> => story.kanmon(...line.split(" "), "--as", as, ...at(), "--lang", "en", ...more);
  interface Open extends Step { readonly ministry: string; readonly workflow: string; readonly due: string | null; readonly steps: readonly string[] }
  const open = async (as = manager, ...more: readonly string[]): Promise<readonly Open[]> => (JSON.parse((await kanmon("items --json", as, ...more)).out) as { readonly items: readonly Open[] }).items;
  const ask = (): Promise<Answer> => send("meti-officer", "economy", "SendToFirm", { agency: "JPN.METI", firm: HOSHIMI, title: text("Helium"), text: "How much? (fictional)", documents: [], due: inDays(3) }, { purpose: "DESIGNATION" });
  const acting = ({ id, version }: Step): readonly string[] => ["--id", id, "--version", String(version)];
  const ofWorkflow = async (workflow: string, state: string): Promise<Open> => (await open()).find((item) => item.workflow === workflow && item.state === state) as Open;

  test("show whoever speaks for it what is open, with the steps that firms take; nothing is overdue, and nothing is open at the Ministry of Defense (D.30)", async () => {
    const asked = made(await ask());
    made(await send("meti-officer", "cabinetOffice", "ProposeFacilityClearance", { agency: "JPN.METI", firm: HOSHIMI, facility: "FAC-HOSHIMI-8", level: 2, need: "x" }, { purpose: "DESIGNATION" }));
    const items = await open();
    expect(items).toContainEqual(expect.objectContaining({ ministry: "economy", workflow: "FirmExchange", id: asked.id, state: "ASKED", due: inDays(3), steps: ["answerAgency", "declineAgency"] }));
    expect(items).toContainEqual(expect.objectContaining({ ministry: "cabinet-office", workflow: "FacilityClearance", state: "PROPOSED", steps: ["acceptFacilityClearance", "declineFacilityClearance"] }));
    expect(items.map(({ due }) => due ?? "9")).toEqual(items.map(({ due }) => due ?? "9").sort());
    expect(await open(manager, "--overdue")).toEqual([]);
    const { code, out, err } = await kanmon("items --ministry defense", manager);
    expect([code, out.includes("itm_"), err]).toEqual([0, false, expect.stringMatching(/You may ask known operations only[^]*There are no open items\./)]);
  });

  test("take the steps of firms for whoever has the authority, and know of no other step (D.30)", async () => {
    const asked = await ofWorkflow("FirmExchange", "ASKED");
    expect(await open("contractor-engineer")).toContainEqual(asked);
    const answering = [...acting(asked), "--set", "answer=Two tons (fictional)", "--set", "answerDocuments="];
    const byEngineer = await kanmon("act economy answerAgency", "contractor-engineer", ...answering);
    expect([byEngineer.code, byEngineer.err]).toEqual([3, expect.stringContaining("ROLE")]);
    const answered = await kanmon("act economy answerAgency", manager, ...answering);
    expect([answered.code, answered.out]).toEqual([0, expect.stringContaining("ANSWERED")]);
    const accepted = await kanmon("act cabinet-office acceptFacilityClearance", manager, ...acting(await ofWorkflow("FacilityClearance", "PROPOSED")), "--key", "story-firm-accepts");
    expect([accepted.code, accepted.out]).toEqual([0, expect.stringContaining("ACCEPTED")]);
    const reported = await kanmon("act economy reportSuspiciousApproach", "contractor-engineer", "--set", "kind=VISIT", "--set", `happenedOn=${TODAY}`, "--set", "description=Somebody asked for a tour (fictional)");
    expect(reported.code).toBe(0);
    const other = await kanmon("act cabinet-office assessFacility", manager);
    expect([other.code, other.err]).toEqual([2, expect.stringMatching(/There is no step assessFacility at cabinet-office for you\. There are: acceptFacilityClearance, [^]*You may ask known operations only/)]);
  });

  test("show notices and legal notices, and record that one of these was read (D.30)", async () => {
    const notices = await kanmon("notices --json", "contractor-engineer");
    expect([notices.code, JSON.parse(notices.out)]).toEqual([0, expect.objectContaining({ data: { economyNotices: [], cabinetOfficeNotices: [], defenseNotices: [] } })]);
    const legal = await kanmon("notices --legal --json", "contractor-engineer");
    const [first] = (JSON.parse(legal.out) as { readonly data: { readonly legalNotices: readonly { readonly id: string }[] } }).data.legalNotices;
    const read = await kanmon(`notices --acknowledge ${first?.id ?? ""}`, "contractor-engineer");
    expect([read.code, read.err]).toEqual([0, expect.stringContaining(`It is recorded that you have read ${first?.id ?? "?"}.`)]);
  });

  test("follow what becomes of its items, and tell of what an agency asks as soon as it asks (D.30)", async () => {
    const line = new Command(["subscribe", "--items", "--as", manager, "--ministry", "economy", ...at(), "--lang", "en"]);
    try {
      for (const until = Date.now() + 60_000; !line.err.includes("Following economy") && Date.now() < until; await wait(50));
      const asked = made(await ask());
      await line.said(asked.id);
      expect(line.out).toContain(`economy FirmExchange ${asked.id} ASKED`);
    } finally { line.process.kill("SIGINT"); }
    expect((await line.finished).code).toBe(0);
  });

  test("say plainly, in both languages, that a firm is shown no schema and moves no registers in bulk (D.30)", async () => {
    const file = path.join(story.home, "firm.csv");
    fs.writeFileSync(file, "id\nx\n");
    for (const [line, english, japanese] of [["schema", "are shown no schema", "\u30b9\u30ad\u30fc\u30de\u306f\u793a\u3055\u308c\u307e\u305b\u3093"], ["register export documents", "registers are neither exported nor imported", "\u5e33\u7c3f\u306e\u66f8\u51fa\u3057"], [`register import documents ${file} --ministry economy`, "registers are neither exported nor imported", "\u5e33\u7c3f\u306e\u66f8\u51fa\u3057"]] as const) {
      for (const [lang, sentence] of [["en", english], ["ja", japanese]] as const) {
        const { code, out, err } = await story.kanmon(...line.split(" "), "--as", manager, ...at(), "--lang", lang);
        expect([line, code, out, err]).toEqual([line, 3, "", expect.stringContaining(sentence)]);
        expect(err).toContain("UNKNOWN_OPERATION");
      }
    }
  });
});

describe("research integrity", () => {
  const office = "research-integrity-officer";
  const researcher = "vetted-person";
  const input = { researcher, institution: "JPN.METI", project: "Quantum computing (fictional)", asked: ["FUNDING", "FOREIGN_APPOINTMENTS"], why: "The project is shared with a partner." };
  const ask = (changes: object, who = office, key = "story-check-1"): Promise<Answer> => again(() => send(who, "education", "AskResearchDeclaration", { ...input, ...changes }, {}, key));
  const HELD = "{ educationIntegrityChecks { nodes { id state version owner project asked why declaration outcome reasons comment steps { name } } } }";
  interface Check extends Step { readonly [member: string]: unknown }
  const held = async (who: string, declared = {}): Promise<readonly Check[]> => {
    const { data } = await story.as(who, declared).query(HELD);
    return (data as { readonly educationIntegrityChecks: { readonly nodes: readonly Check[] } } | null)?.educationIntegrityChecks.nodes ?? [];
  };
  const isHeld = ({ data }: Answer): boolean => JSON.stringify(data ?? null).includes('"id"');

  test("the office asks for declarations of a closed list, and quotes no vetting; nobody checks themselves, and no other ministry checks anybody (D.31)", async () => {
    expect(reasonsOf(await ask({ asked: ["RELIGION"] }, office, "story-check-2"))).toEqual(["INPUT"]);
    expect(reasonsOf(await ask({ why: "See VETCASE-58210" }, office, "story-check-3"))).toEqual(["LIMIT"]);
    expect(reasonsOf(await ask({ researcher: office }, office, "story-check-4"))).toEqual(["FOUR_EYES"]);
    expect((await ask({}, "vetting-officer", "story-check-5")).errors).not.toEqual([]);
    expect(reasonsOf(await ask({}, researcher, "story-check-6"))).toEqual(["ROLE"]);
    expect((await ask({})).errors).toEqual([]);
  });

  test("the researcher is told at once, and sees everything that the office sees; those around them, a vetting officer and a personnel officer see nothing (D.31)", async () => {
    await within(1_000, () => story.as(researcher).query(HELD), isHeld);
    expect(await held(researcher)).toMatchObject([{ state: "ASKED", owner: "JPN.MEXT", project: input.project, asked: input.asked, why: input.why }]);
    expect(await held(researcher)).toEqual(await held(office));
    expect((await story.as(researcher).query("{ educationNotices { workflow kind } }")).data).toEqual({ educationNotices: [{ workflow: "IntegrityCheck", kind: "DECLARATION_ASKED" }] });
    for (const who of ["meti-officer", "meti-hr", "meti-security-officer", "vetting-officer", "psia-officer", "auditor"]) expect([who, await held(who)]).toEqual([who, []]);
    expect(await held(office, { purpose: "ANALYSIS" })).toEqual([]);
  });

  test("only the researcher declares, and the office says what came of it with reasons that the researcher reads and may answer (D.31)", async () => {
    const [check] = await held(researcher) as [Check];
    expect(reasonsOf(await send(office, "education", "DeclareResearch", { ...of(check), declaration: "x" }))).toEqual(["ROLE"]);
    const declared = made(await send(researcher, "education", "DeclareResearch", { ...of(check), declaration: "A grant of a foundation in Lumeria (fictional)" }));
    expect(reasonsOf(await send(researcher, "education", "ConcludeIntegrityCheck", { ...of(declared), outcome: "NO_CONCERN", reasons: "x" }))).toEqual(["ROLE"]);
    expect(reasonsOf(await send(office, "education", "ConcludeIntegrityCheck", { ...of(declared), outcome: "MEASURES_AGREED", reasons: "INV-58210 says so" }))).toEqual(["LIMIT"]);
    const concluded = made(await send(office, "education", "ConcludeIntegrityCheck", { ...of(declared), outcome: "NO_CONCERN", reasons: "The grant is published" }));
    made(await send(researcher, "education", "CommentOnIntegrityCheck", { ...of(concluded), comment: "Thank you" }));
    expect(await held(office)).toMatchObject([{ state: "CONCLUDED", outcome: "NO_CONCERN", reasons: "The grant is published", comment: "Thank you" }]);
  });

  test("the researcher reads who read it: the ministry and its purpose, and nobody else (D.31)", async () => {
    const { data } = await story.as(researcher).query("{ educationReadings { workflow body purpose } }");
    const readings = (data as { readonly educationReadings: readonly unknown[] }).educationReadings;
    expect(new Set(readings.map((reading) => JSON.stringify(reading)))).toEqual(new Set([JSON.stringify({ workflow: "IntegrityCheck", body: "JPN.MEXT", purpose: "RESEARCH-INTEGRITY" })]));
  });

  test("nothing of it is in a vetting: the vetting office has no more of that person than before (D.31)", async () => {
    const seen = await story.as("vetting-officer").query("{ cabinetOfficeVettings { nodes { id } } cabinetOfficeVettingEvents { nodes { id } } }");
    expect([seen.errors, JSON.stringify(seen.data)]).toEqual([[], JSON.stringify({ cabinetOfficeVettings: { nodes: [] }, cabinetOfficeVettingEvents: { nodes: [] } })]);
  });
});
