/**
 * Story: the vetting of an official of the Ministry of Economy, Trade and Industry. The ministry asks, the Cabinet Office tells him what will be looked into, he consents, he is investigated; the
 * ministry gets the result and decides; the Ministry of Defense uses the same investigation when he moves; he complains. The personnel office never learns of any of it.
 */
import { codesOf, reasonsOf, startStory, within } from "./story";
import { CAO, DECLARED, type Item, SECOND, SEVEN, TODAY, actsOf, dayBefore, inYears, made, on } from "./vetting-acts";

const story = startStory();
const { take, soon, read, query, noticesOf, notified, acknowledges } = actsOf(story);
jest.setTimeout(120_000);

const ASK = { subject: "vetted-person", employer: "JPN.METI", regimes: ["CESI", "SDS"], reason: "Work on the (fictional) sensor" };
let request: Item;
let vetting: Item;
let file: Item;
let result: Item;

test("the ministry's security officer asks that the official be vetted; not for a body of another ministry, not for herself, not SDS on an earlier investigation", async () => {
  expect(reasonsOf(await take("meti-security-officer", CAO, "RequestVetting", { ...ASK, employer: "JPN.MOD" }))).toEqual(["ROLE"]);
  expect(reasonsOf(await take("meti-security-officer", CAO, "RequestVetting", { ...ASK, subject: "meti-security-officer" }))).toEqual(["FOUR_EYES"]);
  expect(reasonsOf(await take("meti-security-officer", CAO, "RequestVetting", { ...ASK, investigation: "itm_x" }))).toEqual(["LIMIT"]);
  const asked = await take("meti-security-officer", CAO, "RequestVetting", ASK, "owner subject");
  expect(made(asked)).toMatchObject({ state: "REQUESTED", owner: "JPN.CAO", subject: "vetted-person" });
  request = made(asked);
  const accepted = await take("vetting-officer", CAO, "AcceptVettingRequest", on(request));
  expect(made(accepted).state).toBe("ACCEPTED");
  request = made(accepted);
});

test("nobody is investigated without a notice: there is no file to open (D.13)", async () => {
  expect(reasonsOf(await take("vetting-officer", CAO, "OpenVettingInvestigation", { vetting: "itm_000000000000" }))).toEqual(["STATE"]);
});

test("a notice that leaves out one of the seven items is refused; the whole one reaches the person, says how deeply is looked into them, and the ministry does not read it (D.13, D.18)", async () => {
  const notice = { request: request.id, noticeItems: SEVEN, inquiries: "Police, financial institutions" };
  expect(reasonsOf(await take("vetting-officer", CAO, "GiveVettingNotice", { ...notice, noticeItems: SEVEN.slice(1) }))).toEqual(["INPUT"]);
  const given = await soon("vetting-officer", CAO, "GiveVettingNotice", notice, "noticeItems case level depth");
  expect(made(given)).toMatchObject({ state: "NOTIFIED", noticeItems: SEVEN, level: 4, depth: "EXTENDED" });
  vetting = made(given);
  expect(await noticesOf("vetted-person", CAO)).toEqual(["VETTING_NOTICE"]);
  expect(await read("vetted-person", CAO, "Vetting", vetting.id, "inquiries")).toMatchObject({ state: "NOTIFIED", inquiries: "Police, financial institutions" });
  expect(await read("meti-security-officer", CAO, "Vetting", vetting.id, "case")).toBeNull();
});

test("before consent no file is opened, and nobody but the person can consent, nor he without having read (D.13)", async () => {
  expect(reasonsOf(await take("vetting-officer", CAO, "OpenVettingInvestigation", { vetting: vetting.id }))).toEqual(["STATE"]);
  expect(reasonsOf(await take("vetting-officer", CAO, "ConsentToVetting", { ...on(vetting), noticeRead: true }))).toEqual(["ROLE"]);
  expect(reasonsOf(await take("vetted-person", CAO, "ConsentToVetting", { ...on(vetting), noticeRead: false }))).toEqual(["INPUT"]);
  const consented = await take("vetted-person", CAO, "ConsentToVetting", { ...on(vetting), noticeRead: true }, "consentId consentedOn");
  expect(made(consented)).toMatchObject({ state: "CONSENTED", consentId: expect.stringMatching(/^cns_/) as string, consentedOn: TODAY });
  vetting = made(consented);
});

test("then the Cabinet Office opens the file under that consent; as deeply as the level asks for; it is there for the vetting office and for nobody else (D.13, D.14, D.18)", async () => {
  const opened = await soon("vetting-officer", CAO, "OpenVettingInvestigation", { vetting: vetting.id }, "consentId depth checks");
  expect(made(opened)).toMatchObject({ state: "OPEN", consentId: vetting["consentId"], depth: "EXTENDED", checks: expect.arrayContaining(["INTERVIEW", "CREDIT_INQUIRY"]) as unknown });
  file = made(await take("vetting-officer", CAO, "AddVettingFinding", { ...on(made(opened)), about: "CREDIT", finding: "Nothing of note (fictional)" }));
  for (const who of ["meti-security-officer", "vetted-person", "complaint-officer", "auditor", "mod-security-officer"]) expect([who, await read(who, CAO, "VettingInvestigation", file.id, "findings")]).toEqual([who, null]);
  expect((await read("vetting-officer", CAO, "VettingInvestigation", file.id, "findings"))?.["findings"]).toEqual(["CREDIT: Nothing of note (fictional)"]);
});

test("without its purpose the vetting office has nothing either (D.22)", async () => {
  const without = await story.as("vetting-officer", { purpose: undefined }).query(`query ($id: ID!) { cabinetOfficeVettingInvestigation(id: $id) { findings } }`, { id: file.id });
  expect(JSON.stringify(without.data ?? null)).not.toContain("CREDIT");
});

test("a second file on the same person is refused, unless it is said why (D.17)", async () => {
  expect(reasonsOf(await take("vetting-officer", CAO, "OpenVettingInvestigation", { vetting: vetting.id }))).toEqual(["LIMIT"]);
});

test("the investigation ends with an opinion, and the ministry gets the result, not the file (D.14)", async () => {
  const concluded = await take("vetting-officer", CAO, "ConcludeVettingInvestigation", { ...on(file), opinion: "NO_OBJECTION", summary: "Nothing stands in the way (fictional)" }, "investigatedOn reliableUntil");
  expect(made(concluded)).toMatchObject({ state: "CONCLUDED", investigatedOn: TODAY, reliableUntil: dayBefore(inYears(10)) });
  file = made(concluded);
  const issued = await take("vetting-officer", CAO, "IssueVettingResult", { vetting: vetting.id, investigation: file.id }, "opinion shared level document");
  expect(made(issued)).toMatchObject({ opinion: "NO_OBJECTION", shared: false, level: 4 });
  result = made(issued);
  await take("vetting-officer", CAO, "AnswerVettingRequest", on(request));
  const seen = await within(1_000, () => story.as("meti-security-officer").query(`query ($id: ID!) { cabinetOfficeVettingResult(id: $id) { opinion consentId investigation investigatedOn } }`, { id: result.id }), ({ data }) => JSON.stringify(data).includes("NO_OBJECTION"));
  expect(seen.data).toEqual({ cabinetOfficeVettingResult: { opinion: "NO_OBJECTION", consentId: vetting["consentId"], investigation: file.id, investigatedOn: TODAY } });
  expect(await read("meti-security-officer", CAO, "VettingInvestigation", file.id, "summary")).toBeNull();
  expect(await noticesOf("vetted-person", CAO)).toEqual(["VETTING_RESULT_ISSUED", "VETTING_NOTICE"]);
});

const evaluation = (changes: object): object => ({
  result: result["document"], regime: "CESI", maxLevel: 2, eligible: true, second: SECOND, ...changes,
});

test("the ministry decides itself, on the result that the Cabinet Office sealed for it and on no other: CESI for ten years and SDS for five, each from the notice that another officer gives the person, who then reads the legal notice of the regime first, and no further than the regime goes (D.16)", async () => {
  expect(reasonsOf(await take("meti-security-officer", "economy", "EvaluateVetting", evaluation({ maxLevel: 3 })))).toEqual(["LIMIT"]);
  expect(reasonsOf(await take("meti-security-officer", "economy", "EvaluateVetting", evaluation({ second: "meti-security-officer" })))).toEqual(["FOUR_EYES"]);
  expect(reasonsOf(await take("mod-security-officer", "defense", "EvaluateVetting", evaluation({})))).toEqual(["STATE"]);
  expect(reasonsOf(await take("meti-security-officer", "economy", "EvaluateVetting", evaluation({ result: file.id })))).toEqual(["STATE"]);
  expect(reasonsOf(await take("vetted-person", "economy", "EvaluateVetting", evaluation({})))).toEqual(["ROLE"]);
  expect(new Set(codesOf(await take("vetting-officer", "economy", "EvaluateVetting", evaluation({}))))).toEqual(new Set(["GRAPHQL_VALIDATION_FAILED"]));
  for (const [regime, maxLevel, years] of [["CESI", 2, 10], ["SDS", 3, 5]] as const) {
    const decided = made(await take("meti-security-officer", "economy", "EvaluateVetting", evaluation({ regime, maxLevel })));
    expect(decided.state).toBe("DECIDED");
    expect(reasonsOf(await soon("meti-security-officer", "economy", "NotifyVettingOutcome", on(decided)))).toEqual(["FOUR_EYES"]);
    const told = await soon(SECOND, "economy", "NotifyVettingOutcome", on(decided), "validUntil");
    expect(made(told)).toMatchObject({ state: "ELIGIBLE", validUntil: dayBefore(inYears(years)) });
  }
  expect(codesOf(await query("vetted-person", "{ economyNotices { kind } }"))).toEqual(["NOTICE_NOT_ACKNOWLEDGED"]);
  await acknowledges("vetted-person");
  expect(await noticesOf("vetted-person", "economy")).toEqual(["VETTING_ELIGIBLE", "VETTING_ELIGIBLE"]);
});

const REGISTER = `{ cabinetOfficePeople(first: 100) { nodes { id economy { eligibilities { regime status validUntil usableAt } } } } }`;

test("the outcome stands in the ministry's register, usable at the ministry alone (D.14, D.15)", async () => {
  const seen = JSON.stringify((await query("meti-security-officer", REGISTER)).data ?? null);
  expect(seen).toContain(JSON.stringify({ regime: "CESI", status: "ACTIVE", validUntil: dayBefore(inYears(10)), usableAt: ["JPN.METI"] }));
  expect(seen).toContain(JSON.stringify({ regime: "SDS", status: "ACTIVE", validUntil: dayBefore(inYears(5)), usableAt: ["JPN.METI"] }));
});

test("when he moves to the Ministry of Defense it asks for the same investigation, with his consent, and no second one is made (D.15, D.17)", async () => {
  const asked = made(await take("mod-security-officer", CAO, "RequestVetting", { ...ASK, employer: "JPN.MOD", regimes: ["CESI"], investigation: file.id }));
  const accepted = made(await take("vetting-officer", CAO, "AcceptVettingRequest", on(asked)));
  const notice = made(await soon("vetting-officer", CAO, "GiveVettingNotice", { request: accepted.id, noticeItems: SEVEN, inquiries: "None: the earlier investigation is used again" }));
  expect(reasonsOf(await take("vetting-officer", CAO, "IssueVettingResult", { vetting: notice.id, investigation: file.id }))).toEqual(["STATE"]);
  const consented = made(await soon("vetted-person", CAO, "ConsentToVetting", { ...on(notice), noticeRead: true }, "consentId"));
  expect(reasonsOf(await take("vetting-officer", CAO, "OpenVettingInvestigation", { vetting: notice.id }))).toEqual(["STATE"]);
  const shared = made(await take("vetting-officer", CAO, "IssueVettingResult", { vetting: notice.id, investigation: file.id }, "shared investigation consentId document"));
  expect(shared).toMatchObject({ shared: true, investigation: file.id, consentId: consented["consentId"] });
  expect((await within(1_000, () => story.as("mod-security-officer", DECLARED["mod-security-officer"]).query(`query ($id: ID!) { cabinetOfficeVettingResult(id: $id) { opinion } }`, { id: shared.id }), ({ data }) => JSON.stringify(data).includes("NO_"))).data)
    .toEqual({ cabinetOfficeVettingResult: { opinion: "NO_OBJECTION" } });
  expect(await read("mod-security-officer", CAO, "VettingResult", result.id, "opinion")).toBeNull();
  const decided = made(await take("mod-security-officer", "defense", "EvaluateVetting", evaluation({ result: shared["document"], second: "mod-approver" }), "investigation employer"));
  expect(decided).toMatchObject({ state: "DECIDED", investigation: file.id, employer: "JPN.MOD" });
  // Nobody else of the demonstration's Ministry of Defense gives notice; that the one who evaluated cannot is what counts.
  expect(reasonsOf(await soon("mod-security-officer", "defense", "NotifyVettingOutcome", on(decided)))).toEqual(["FOUR_EYES"]);
});

test("an investigation that nobody knows is asked for in the same words, and comes to nothing in the same way", async () => {
  const known = await take("mod-security-officer", CAO, "RequestVetting", { ...ASK, employer: "JPN.MOD", regimes: ["CESI"], investigation: file.id }, "case");
  const unknown = await take("mod-security-officer", CAO, "RequestVetting", { ...ASK, employer: "JPN.MOD", regimes: ["CESI"], investigation: "itm_000000000000" }, "case");
  expect({ ...made(unknown), id: "" }).toEqual({ ...made(known), id: "" });
});

test("who refuses is not looked into, nothing but the notice is kept, and the ministry hears only that there will be no result (D.13)", async () => {
  const { request: taken, vetting: notice } = await notified({ ...ASK, regimes: ["SDS"] });
  const refused = made(await soon("vetted-person", CAO, "RefuseVetting", on(notice), "regimes noticeItems inquiries consentId noticedOn"));
  expect(refused).toMatchObject({ state: "REFUSED", regimes: null, noticeItems: null, inquiries: null, consentId: null, noticedOn: TODAY });
  expect(reasonsOf(await take("vetting-officer", CAO, "OpenVettingInvestigation", { vetting: notice.id, whyAnother: "x" }))).toEqual(["STATE"]);
  expect(made(await take("vetting-officer", CAO, "CloseVettingRequest", on(taken))).state).toBe("CLOSED");
  const heard = await read("meti-security-officer", CAO, "VettingRequest", taken.id, "steps { name note }");
  expect(heard).toMatchObject({ state: "CLOSED" });
  expect(JSON.stringify(heard)).not.toMatch(/REFUSE|CONSENT/);
  expect(await read("meti-security-officer", CAO, "Vetting", notice.id, "noticedOn")).toBeNull();
});

test("who takes consent back ends the investigation where it is; what was found leaves the file (D.13)", async () => {
  const { vetting: notice } = await notified({ ...ASK, regimes: ["SDS"] });
  const consented = made(await soon("vetted-person", CAO, "ConsentToVetting", { ...on(notice), noticeRead: true }));
  const open = made(await take("vetting-officer", CAO, "OpenVettingInvestigation", { vetting: notice.id, whyAnother: "SDS needs one of its own" }));
  const found = made(await take("vetting-officer", CAO, "AddVettingFinding", { ...on(open), about: "CREDIT", finding: "Something (fictional)" }));
  expect(made(await take("vetted-person", CAO, "WithdrawVettingConsent", on(consented))).state).toBe("WITHDRAWN");
  for (const [step, input] of [["AddVettingFinding", { about: "DRUGS", finding: "x" }], ["ConcludeVettingInvestigation", { opinion: "OBJECTION", summary: "x" }]] as const) {
    expect(reasonsOf(await take("vetting-officer", CAO, step, { ...on(found), ...input }))).toEqual(["STATE"]);
  }
  expect(made(await take("vetting-officer", CAO, "DiscontinueVettingInvestigation", on(found), "findings opinion"))).toMatchObject({ state: "DISCONTINUED", findings: null, opinion: null });
  expect(reasonsOf(await take("vetting-officer", CAO, "IssueVettingResult", { vetting: notice.id, investigation: open.id }))).toEqual(["STATE"]);
});

test("the file INV-58210 is seen in four ways: all of it by the investigator, the outcome by the ministry, outcome and consent by the person, the consent by the complaint office (D.14, D.22)", async () => {
  const seen = async (who: string): Promise<readonly string[]> => {
    const { data } = await query(who, "{ cabinetOfficeDocuments(first: 200) { nodes { reference } } }");
    const { cabinetOfficeDocuments: { nodes } } = data as { readonly cabinetOfficeDocuments: { readonly nodes: readonly { readonly reference: string | null }[] } };
    return nodes.flatMap(({ reference }) => (reference !== null && /^DEMO-CAO-0[123]$/.test(reference) ? [reference] : [])).sort();
  };
  expect(await seen("vetting-officer")).toEqual(["DEMO-CAO-01", "DEMO-CAO-02", "DEMO-CAO-03"]);
  expect(await seen("meti-security-officer")).toEqual(["DEMO-CAO-02"]);
  expect(await seen("vetted-person")).toEqual(["DEMO-CAO-02", "DEMO-CAO-03"]);
  expect(await seen("complaint-officer")).toEqual(["DEMO-CAO-03"]);
  for (const who of ["meti-hr", "auditor", "mod-security-officer", "meti-officer"]) expect([who, await seen(who)]).toEqual([who, []]);
});

test("the personnel officer of the ministry is refused everywhere: no type, no mutation, no file, no notice, whatever purpose she declares (D.22)", async () => {
  for (const purpose of ["PERSONNEL", "VETTING", "ACCESS-DECISION", "SELF-ACCESS", undefined]) {
    const officer = story.as("meti-hr", { purpose });
    // What she does not hold she may not even declare; with what she holds there are no such fields.
    const refused = purpose === "PERSONNEL" || purpose === undefined ? "GRAPHQL_VALIDATION_FAILED" : "BAD_USER_INPUT";
    for (const question of ["{ cabinetOfficeVettingResults { nodes { id } } }", "{ economyVettingEvaluations { nodes { id } } }", "{ cabinetOfficeVettingInvestigations { nodes { id } } }", `{ __type(name: "VettingResult") { name } }`]) {
      const answer = await officer.query(question);
      expect(JSON.stringify(answer.data ?? null)).not.toMatch(/itm_|"VettingResult"/);
      if (!question.includes("__type")) expect(new Set(codesOf(answer))).toEqual(new Set([refused]));
    }
    const ordered = await officer.mutate(`mutation ($input: SuspendEligibilityInput!) { economySuspendEligibility(input: $input) { id } }`, { input: { id: "itm_000000000000", version: 1, reason: "x" } });
    expect(new Set(codesOf(ordered))).toEqual(new Set([refused]));
  }
});
