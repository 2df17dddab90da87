/**
 * Story: oversight and law. The oversight office asks the Ministry of Defense for the content of one designation and for the figures of a year; the ministry answers, releases what may be told, the Cabinet Secretariat publishes
 * it, and anybody reads it. A citizen applies for disclosure: until that is over nothing is ended, and what was secret for more than thirty years goes to the National Archives. All of it is an exercise and fictional.
 */
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { knownOperation } from "../support/known-operation";
import { type Answer, codesOf, reasonsOf, startStory, within } from "./story";

const story = startStory();
jest.setTimeout(120_000);

const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);
const YEAR = TODAY.slice(0, 4);
const LAST_YEAR = String(Number(YEAR) - 1);
const REFERENCE = "DEMO-MOD-11";
const NUMBER = "MOD-2026-903";
/** The number and what is drawn for it. */
let token = "";
const STATUTORY = "\u7b2c\u4e00\u53f7\u30a4";

type Row = Readonly<Record<string, unknown>> & { readonly id: string; readonly state: string; readonly version: number };
const DECLARED: Readonly<Record<string, object>> = { "mod-security-officer": { purpose: "DESIGNATION" }, "mod-officer": { purpose: "DESIGNATION" } };
const as = (who: string): ReturnType<typeof story.as> => story.as(who, DECLARED[who] ?? {});
const take = (who: string, field: string, input: object, members = ""): Promise<Answer> => {
  const name = field.replace(/^(defense|economy|cabinetSecretariat)/, "");
  // Being assigned, and not any more, changes one's own standing while an answer is made. The same request with the same key is carried out once, and answered.
  const key = randomUUID();
  const mutation = `mutation ($input: ${name}Input!, $key: String) { ${field}(input: $input, key: $key) { id state version ${members} } }`;
  return within(5_000, () => as(who).mutate(mutation, { input, key }), (answer) => !codesOf(answer).includes("STANDING_CHANGED"));
};
const madeBy = (answer: Answer): Row => { const made = Object.values(answer.data ?? {})[0]; if (made === null || made === undefined) throw new Error(JSON.stringify(answer)); return made as Row; };
const on = ({ id, version }: Row): object => ({ id, version });
const read = async (who: string, document: string, variables: object = {}): Promise<unknown> => Object.values((await as(who).query(document, variables as Readonly<Record<string, unknown>>)).data ?? {})[0];
const DOCUMENT = "query ($id: ID!) { defenseDocument(id: $id) { reference } }";
const readsIt = async (who: string): Promise<boolean> => JSON.stringify(await read(who, DOCUMENT, { id: record })).includes(REFERENCE);
const readsWithin = async (who: string, expected: boolean): Promise<boolean> => JSON.stringify((await within(2_000, () => as(who).query(DOCUMENT, { id: record }), ({ data }) => JSON.stringify(data).includes(REFERENCE) === expected)).data).includes(REFERENCE);
const COUNT = "{ defenseDocuments(filter: { class: { eq: \"A\" } }) { totalCount } }";

let record = "";
let matter = "";
let file: Row;
let content: Row;
let statistics: Row;
let hold: Row;

test("an officer who designates sees how many items her ministry protects, as far as she may know of them, and how many each designation protects (D.1)", async () => {
  const found = await read("mod-officer", `{ defenseDocuments(filter: { reference: { eq: "${REFERENCE}" } }) { nodes { id } } }`) as { readonly nodes: readonly { readonly id: string }[] };
  record = found.nodes[0]?.id ?? "";
  const before = await read("mod-officer", COUNT) as { readonly totalCount: number };
  const proposed = await take("mod-security-officer", "defenseProposeDesignation", {
    body: "JPN.MOD", token: NUMBER, name: { ja: "a", en: "Fictional estimate of a fictional strait" }, regime: "SDS", statutoryItem: STATUTORY, listed: "On operations.", nonPublic: "Known to the staff only.", harm: "Operations could be anticipated.",
    damage: "SEVERE", reasons: "It names places.", label: { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD", rel: ["JPN"], dist: ["JPN.CAO.OPRA", "JPN.CAS", "JPN.MOD"] }] }, level: "CUI", validUntil: inDays(730), reviewBy: inDays(180),
    firstDesignatedOn: `${Number(YEAR) - 31}-01-10`, cabinetDecision: "CAB-2025-12 (fictional)", records: [record], handlers: ["mod-officer", "mod-security-officer"], handlersUntil: inDays(365), heldBy: "GOVERNMENT", dualUse: false,
  }, "protectedRecords token");
  expect(madeBy(proposed)).toMatchObject({ state: "PROPOSED", protectedRecords: 1, token: expect.stringMatching(new RegExp(`^${NUMBER}-`)) as unknown });
  token = String(madeBy(proposed)["token"]);
  file = madeBy(await take("mod-approver", "defenseApproveDesignation", { ...on(madeBy(proposed)), decision: "The tests are met." }));
  const after = await within(2_000, () => as("mod-officer").query(COUNT), ({ data }) => JSON.stringify(data).includes(String(before.totalCount + 1)));
  expect(after.data).toEqual({ defenseDocuments: { totalCount: before.totalCount + 1 } });
  expect((await read("uncleared-official", COUNT) as { readonly totalCount: number }).totalCount).toBe(0);
});

test("the oversight office reads the register's file at any time, and no content without a formal request (D.56)", async () => {
  expect(await read("auditor", "query ($id: ID!) { defenseDesignationFile(id: $id) { token statutoryItem } }", { id: file.id })).toEqual({ token, statutoryItem: STATUTORY });
  expect(await readsIt("auditor")).toBe(false);
  const entry = `{ defenseDesignations(filter: { token: { eq: "${token}" } }) { nodes { defense { matter { id } } } } }`;
  const { data } = await within(2_000, () => as("mod-security-officer").query(entry), (answer) => JSON.stringify(answer.data).includes("mtr_"));
  matter = /mtr_[a-z0-9]+/.exec(JSON.stringify(data))?.[0] ?? "";
  expect(matter).toMatch(/^mtr_/);
});

test("a request says what, for what reason and until when; nobody else makes one, nor for longer than thirty days, nor for a matter of which the office may not know (D.56)", async () => {
  const request = { about: "CONTENT", matters: [matter], until: inDays(10), reason: "Inspection of designations of the year (fictional)" };
  const why = async (who: string, input: object): Promise<unknown> => reasonsOf(await take(who, "defenseRequestOversight", input));
  expect(await why("mod-approver", request)).toEqual(["ROLE"]);
  expect(await why("auditor", { ...request, until: inDays(31) })).toEqual(["LIMIT"]);
  expect(await why("auditor", { ...request, matters: ["mtr_0000000000000000"] })).toEqual(["STATE"]);
  const asked = await take("auditor", "defenseRequestOversight", request, "owner subject due");
  expect(madeBy(asked)).toMatchObject({ state: "REQUESTED", owner: "JPN.MOD", subject: "auditor", due: inDays(14) });
  content = madeBy(asked);
  expect(await readsIt("auditor")).toBe(false);
});

test("the ministry's officer answers, not the inspector; then he reads exactly what he asked for, and every reading under the case is evidence (D.56)", async () => {
  expect(reasonsOf(await take("auditor", "defenseAnswerOversight", { ...on(content), answer: "ACCEPTED", decision: "yes" }))).toEqual(["ROLE"]);
  expect(reasonsOf(await take("mod-security-officer", "defenseAnswerOversight", { ...on(content), answer: "REFUSED", decision: "no" }))).toEqual(["INPUT"]);
  const accepted = await take("mod-security-officer", "defenseAnswerOversight", { ...on(content), answer: "ACCEPTED", decision: "As the law asks" }, "due");
  expect(madeBy(accepted)).toMatchObject({ state: "ACCEPTED", due: inDays(10) });
  content = madeBy(accepted);
  expect(await readsWithin("auditor", true)).toBe(true);
  const answer = await story.as("auditor", { purpose: "OVERSIGHT", caseToken: token }).query(DOCUMENT, { id: record });
  expect(answer.data).toEqual({ defenseDocument: { reference: REFERENCE } });
  const lines = fs.readFileSync(path.join(story.home, "evidence", "evidence.jsonl"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(lines.find(({ txn }) => txn === answer.release?.evidence.txn)).toMatchObject({ kind: "ANSWER", subject: "auditor", purpose: "OVERSIGHT", case: token });
  const others = await read("auditor", "{ defenseDocuments(filter: { class: { eq: \"A\" } }) { nodes { reference } } }") as { readonly nodes: readonly { readonly reference: string | null }[] };
  expect(others.nodes.filter(({ reference }) => reference !== null)).toEqual([{ reference: REFERENCE }]);
});

test("another ministry learns neither of the request nor of its answer; when it is closed the content is gone within a second (D.56)", async () => {
  const seen = "query ($id: ID!) { defenseOversightRequest(id: $id) { state } }";
  expect([await read("mod-approver", seen, { id: content.id }), await read("meti-officer", seen, { id: content.id }), await read("nss-requirements-officer", seen, { id: content.id })]).toEqual([{ state: "ACCEPTED" }, null, null]);
  expect(madeBy(await take("auditor", "defenseCloseOversight", { ...on(content), reason: "The inspection is over" }))).toMatchObject({ state: "CLOSED" });
  expect(await readsWithin("auditor", false)).toBe(false);
});

test("content may be refused on a ground of the law, with reasons, of which the inspector is told (D.56)", async () => {
  const asked = madeBy(await take("auditor", "defenseRequestOversight", { about: "CONTENT", matters: [matter], until: inDays(10), reason: "Once more" }));
  expect(madeBy(await take("mod-security-officer", "defenseAnswerOversight", { ...on(asked), answer: "REFUSED", ground: "ONGOING_OPERATION", decision: "Until the (fictional) exercise is over" }))).toMatchObject({ state: "REFUSED" });
  expect(await read("auditor", "query ($id: ID!) { defenseOversightRequest(id: $id) { state ground decision } }", { id: asked.id })).toEqual({ state: "REFUSED", ground: "ONGOING_OPERATION", decision: "Until the (fictional) exercise is over" });
  expect(await read("auditor", "{ defenseNotices { kind item } }")).toEqual(expect.arrayContaining([{ kind: "OVERSIGHT_REFUSED", item: asked.id }]));
});

test("statistics for the Diet: counted on an accepted request over the whole register, classified, by item of the law, new and ended, with vettings in steps of five; this year's are not released (D.56)", async () => {
  const asked = madeBy(await take("auditor", "defenseRequestOversight", { about: "STATISTICS", year: YEAR, until: inDays(20), reason: "Report to the Diet (fictional)" }));
  expect(reasonsOf(await take("auditor", "defenseCountForOversight", on(asked)))).toEqual(["STATE"]);
  const accepted = madeBy(await take("mod-security-officer", "defenseAnswerOversight", { ...on(asked), answer: "ACCEPTED", decision: "yes" }));
  const counted = await take("auditor", "defenseCountForOversight", on(accepted), "counts figures");
  const { counts } = madeBy(counted) as Row & { readonly counts: readonly string[] };
  expect(counts.map((line) => line.split(";").slice(0, 3).join(";"))).toEqual(expect.arrayContaining([`IN_FORCE;SDS;${STATUTORY}`, `NEW;SDS;${STATUTORY}`, "HOLDERS;SDS;"]));
  expect(JSON.stringify(counted.release)).toMatch(/\/\/JPN (CONFIDENTIAL|SECRET)\/\/DOC/);
  expect(reasonsOf(await take("mod-approver", "defenseConfirmStatistics", { ...on(madeBy(counted)), decision: "yes" }))).toEqual(["LIMIT"]);
  for (const who of ["nss-requirements-officer", "ciro-analyst", "meti-officer", "statistics-officer"]) expect([who, await read(who, "query ($id: ID!) { defenseOversightRequest(id: $id) { counts } }", { id: asked.id })]).toEqual([who, null]);
});

test("of a year that is over the ministry releases what may be told, by the officer who may declassify; the counts stay behind (D.56, D.58)", async () => {
  const asked = madeBy(await take("auditor", "defenseRequestOversight", { about: "STATISTICS", year: LAST_YEAR, until: inDays(20), reason: "Report to the Diet (fictional)" }));
  const accepted = madeBy(await take("mod-security-officer", "defenseAnswerOversight", { ...on(asked), answer: "ACCEPTED", decision: "yes" }));
  const counted = madeBy(await take("auditor", "defenseCountForOversight", on(accepted)));
  expect(reasonsOf(await take("auditor", "defenseConfirmStatistics", { ...on(counted), decision: "yes" }))).toEqual(["ROLE"]);
  statistics = madeBy(await take("mod-approver", "defenseConfirmStatistics", { ...on(counted), decision: "May be told" }, "figures counts"));
  expect(statistics).toMatchObject({ state: "CONFIRMED", counts: null });
  expect((statistics["figures"] as readonly string[]).filter((line) => !/;(X|[1-9]\d*)$/.test(line) || !/;(X|\d*[05])$/.test(line))).toEqual([]);
  expect((statistics["figures"] as readonly string[]).some((line) => line.startsWith(`IN_FORCE;SDS;${STATUTORY};X`))).toBe(true);
  const seen = await read("nss-requirements-officer", "query ($id: ID!) { defenseOversightRequest(id: $id) { figures steps { name note } } }", { id: statistics.id });
  expect(seen).toMatchObject({ figures: statistics["figures"] });
  // The steps of before, counts among them, are not hers.
  expect(JSON.stringify(seen)).not.toContain("counts");
});

const PUBLIC_FILES = ["index.html", "figures.json", "figures.csv"];
/** What a citizen gets: whoever asks, without token, account or header. */
const fetchPublic = async (name: string): Promise<string> => { const answer = await fetch(new URL(name, story.publicUrl)); return answer.status === 200 ? answer.text() : String(answer.status); };
const publish = (...more: readonly string[]): ReturnType<typeof story.kanmon> => story.kanmon("publish", "--home", story.home, "--url", story.url, "--issuer", story.issuer, "--lang", "en", ...more);
/** Everything in the public folder, with the instants of its files. */
const lookAtPublic = (): object => Object.fromEntries(fs.readdirSync(path.join(story.home, "public")).sort().map((name) => { const file = path.join(story.home, "public", name); return [name, fs.readFileSync(file, "utf8"), fs.statSync(file).mtimeMs] as const; }).map(([name, ...rest]) => [name, rest]));

test("a citizen, who has no token, finds nothing before there is anything; the gateway answers them nothing at all (D.58)", async () => {
  for (const name of PUBLIC_FILES) expect([name, await fetchPublic(name)]).toEqual([name, "404"]);
  const asked = await fetch(story.url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query: knownOperation("AllPublicFigures") }) });
  expect([asked.status, await asked.text()]).toEqual([401, expect.stringContaining("UNAUTHENTICATED")]);
  expect(await publish()).toMatchObject({ code: 0, err: expect.stringContaining("published: 0 reports") as unknown });
  expect(await fetchPublic("")).toContain("No figures have been published yet.");
});

const PUBLIC = knownOperation("PublicFigures");
const READERS = ["uncleared-official", "contractor-engineer", "us-liaison", "meti-hr"] as const;

test("figures become public by three acts: one prepares, the oversight office checks, and only then they are published; until then nobody outside knows that there are any (D.58)", async () => {
  const report = { year: LAST_YEAR, body: "JPN.MOD", source: statistics.id, figures: statistics["figures"] };
  expect(reasonsOf(await take("nss-requirements-officer", "cabinetSecretariatPrepareStatistics", { ...report, year: YEAR }))).toEqual(["LIMIT"]);
  expect(reasonsOf(await take("nss-requirements-officer", "cabinetSecretariatPrepareStatistics", { ...report, figures: [`IN_FORCE;SDS;${STATUTORY};2`] }))).toEqual(["INPUT"]);
  const prepared = madeBy(await take("nss-requirements-officer", "cabinetSecretariatPrepareStatistics", report));
  expect(reasonsOf(await take("nss-requirements-officer", "cabinetSecretariatReviewStatistics", { ...on(prepared), result: "REVIEWED", decision: "mine" }))).toEqual(["ROLE"]);
  expect(reasonsOf(await take("nss-requirements-officer", "cabinetSecretariatPublishStatistics", on(prepared)))).toEqual(["STATE"]);
  const reviewed = madeBy(await take("auditor", "cabinetSecretariatReviewStatistics", { ...on(prepared), result: "REVIEWED", decision: "They are those of the release" }));
  for (const who of READERS) expect([who, await read(who, PUBLIC, { year: LAST_YEAR })]).toEqual([who, { totalCount: 0, nodes: [] }]);
  // Prepared, released and checked, with all its figures in the ministry: in public not even the date of a file tells of it.
  const before = lookAtPublic();
  expect([(await publish()).code, lookAtPublic()]).toEqual([0, before]);
  expect(madeBy(await take("nss-requirements-officer", "cabinetSecretariatPublishStatistics", on(reviewed)))).toMatchObject({ state: "PUBLISHED" });
});

test("then anybody reads them, without clearance, from a firm and from abroad, marked as public; nothing is counted for the asker (D.58)", async () => {
  for (const who of READERS) expect([who, await read(who, PUBLIC, { year: LAST_YEAR })]).toEqual([who, { totalCount: 1, nodes: [{ year: LAST_YEAR, body: "JPN.MOD", figures: statistics["figures"], publishedOn: TODAY }] }]);
  expect((await story.as("uncleared-official").query(PUBLIC, { year: LAST_YEAR })).release?.marking.en).toBe("//JPN PUBLIC");
  const drafts = await as("uncleared-official").query("{ cabinetSecretariatStatisticsReports { totalCount } }");
  expect(drafts.data).toEqual({ cabinetSecretariatStatisticsReports: { totalCount: 0 } });
});

test("a citizen reads the published figures without a token, as a page, as JSON and as a table, and nothing else (D.58)", async () => {
  expect(await publish()).toMatchObject({ code: 0, err: expect.stringContaining("published: 1 reports") as unknown });
  const { reports, marking } = JSON.parse(await fetchPublic("figures.json")) as { readonly marking: { readonly en: string }; readonly reports: readonly { readonly figures: readonly { readonly measure: string; readonly regime: string; readonly item: string; readonly atLeast: number | null }[] }[] };
  expect([marking.en, reports]).toEqual(["//JPN PUBLIC", [expect.objectContaining({ year: LAST_YEAR, body: "JPN.MOD", publishedOn: TODAY })]]);
  expect(reports[0]?.figures.map(({ measure, regime, item, atLeast }) => [measure, regime, item, atLeast ?? "X"].join(";"))).toEqual(statistics["figures"]);
  const page = await fetchPublic("");
  for (const word of ["EXERCISE", "Ministry of Defense", "\u9632\u885b\u7701", LAST_YEAR]) expect(page).toContain(word);
  expect((await fetchPublic("figures.csv")).split("\r\n").filter((line) => line.startsWith(LAST_YEAR))).toHaveLength((statistics["figures"] as readonly string[]).length);
  // Neither what led there nor where it came from: no id, no person, no count.
  for (const name of PUBLIC_FILES) expect([name, (await fetchPublic(name)).match(/itm_|mtr_|doc_|officer|auditor|MOD-20/)]).toEqual([name, null]);
  for (const name of ["graphql", "keys/publication-system.json", "../keys/publication-system.json", "evidence/evidence.jsonl"]) expect([name, await fetchPublic(name)]).toEqual([name, "404"]);
});

test("the publication system can ask for nothing else, and is given nothing but what is public, whoever has its key (D.58)", async () => {
  const system = story.as("publication-system", {});
  expect(codesOf(await system.query("{ cabinetSecretariatStatisticsReports { totalCount } }"))).toEqual(["UNKNOWN_OPERATION"]);
  expect(codesOf(await system.query("{ __schema { types { name } } }"))).toEqual(["UNKNOWN_OPERATION"]);
  const records = await system.query(knownOperation("DefenseDocuments"), { first: 50 });
  expect([records.errors, records.release?.marking.en]).toEqual([[], "//JPN PUBLIC"]);
});

interface Changed { readonly data: { cabinetSecretariatPublicFigures: { totalCount: number; nodes: { figures: string[] }[] } }; readonly extensions: { release: Record<string, unknown> } }
/** Somebody on the way between publication system and gateway, who changes its answers. */
async function withChanged<T>(change: (answer: Changed) => void, then: (url: string) => Promise<T>): Promise<T> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => {
      void (async () => {
        const { authorization = "", "kanmon-ceiling": ceiling = "", "kanmon-marks": marks = "" } = request.headers;
        const headers = { authorization, "content-type": "application/json", "kanmon-ceiling": String(ceiling), "kanmon-marks": String(marks) };
        const answer = await (await fetch(story.url, { method: "POST", body: Buffer.concat(chunks), headers })).json() as Changed;
        change(answer);
        response.end(JSON.stringify(answer));
      })();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  try { return await then(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`); } finally { server.close(); }
}

const OTHER = { ja: "\u53d6\u6271\u6ce8\u610f//\u56fd\u5185\u9650\u308a", en: "//JPN CUI//CUI//JPN ONLY" };
test.each<[string, (answer: Changed) => void, number, string]>([
  ["nothing at all is changed, so that it is the change that stops it", () => undefined, 0, "published: 1 reports"],
  ["the answer is marked otherwise", ({ extensions: { release } }) => { release["marking"] = { ...(release["marking"] as object), ...OTHER }; }, 5, "not everything is marked PUBLIC"],
  ["one value has no mark", ({ extensions: { release } }) => { delete (release["portions"] as { at: Record<string, number> }).at["cabinetSecretariatPublicFigures.nodes.0.figures"]; }, 5, "has no marking"],
  ["something was withheld", ({ extensions: { release } }) => { release["withheld"] = [{ path: [], reasonClass: "RESTRICTED", contact: null, requestable: false }]; }, 5, "something was withheld"],
  ["a figure is made exact", ({ data }) => { const [node] = data.cabinetSecretariatPublicFigures.nodes; node?.figures.splice(0, 1, node.figures[0]?.replace(/;[^;]*$/, ";3") ?? ""); }, 5, "not told as everybody may be told"],
  ["what was published is missing", ({ data }) => { data.cabinetSecretariatPublicFigures = { ...data.cabinetSecretariatPublicFigures, totalCount: 0, nodes: [] }; }, 5, "was published and is now missing"],
])("when %s, what was published stays as it is, also by its date (D.58)", async (_what, change, code, said) => {
  const before = lookAtPublic();
  expect(await withChanged(change, (url) => publish("--url", url))).toMatchObject({ code, err: expect.stringContaining(said) as unknown });
  expect(lookAtPublic()).toEqual(before);
});

test("when the publication system cannot show who it is, or reaches nobody, what was published stays (D.58)", async () => {
  const before = lookAtPublic();
  expect((await publish("--key", path.join(story.home, "keys", "meti-system.json"))).code).toBe(3);
  expect((await publish("--url", "http://127.0.0.1:9/")).code).toBe(1);
  expect(lookAtPublic()).toEqual(before);
});

test("a second report on the same body and year is not published: what differs between the two would tell what both withhold (D.58) [B-69]", async () => {
  const prepared = madeBy(await take("nss-requirements-officer", "cabinetSecretariatPrepareStatistics", { year: LAST_YEAR, body: "JPN.MOD", source: statistics.id, figures: statistics["figures"] }));
  const reviewed = madeBy(await take("auditor", "cabinetSecretariatReviewStatistics", { ...on(prepared), result: "REVIEWED", decision: "yes" }));
  expect(reasonsOf(await take("nss-requirements-officer", "cabinetSecretariatPublishStatistics", on(reviewed)))).toEqual(["STATE"]);
  expect(await read("uncleared-official", PUBLIC, { year: LAST_YEAR })).toMatchObject({ totalCount: 1 });
});

const END = { decision: "It is over.", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } };
const application = (reference: string): object => ({ file: file.id, reference, asked: "All records on the strait" });

test("a citizen applies for disclosure: what the application is about is held, and the designation cannot be ended (D.52)", async () => {
  expect(reasonsOf(await take("mod-security-officer", "defenseRecordInformationRequest", { ...application("R-1"), file: "itm_none" }))).toEqual(["STATE"]);
  const recorded = await take("mod-security-officer", "defenseRecordInformationRequest", application("R-2026-31 (fictional)"), "due");
  expect(madeBy(recorded)).toMatchObject({ state: "RECEIVED", due: inDays(30) });
  hold = madeBy(recorded);
  expect(reasonsOf(await take("mod-approver", "defenseDeclassifyDesignation", { ...on(file), ...END }))).toEqual(["STATE"]);
  for (const who of ["ciro-analyst", "uncleared-official"]) expect([who, await read(who, "query ($id: ID!) { defenseInformationRequest(id: $id) { reference } }", { id: hold.id }) ?? null]).toEqual([who, null]);
});

test("another person decides; neither confirming nor denying is said in words that are always the same, and no label changes by the decision (D.52)", async () => {
  const labelOf = async (): Promise<string> => JSON.stringify((await as("mod-officer").query(DOCUMENT, { id: record })).release?.marking);
  const before = await labelOf();
  expect(reasonsOf(await take("mod-security-officer", "defenseDecideInformationRequest", { ...on(hold), decision: "REFUSE", answer: { ja: "a", en: "No." }, reasons: "r" }))).toEqual(["ROLE"]);
  expect(reasonsOf(await take("mod-approver", "defenseDecideInformationRequest", { ...on(hold), decision: "NEITHER_CONFIRM_NOR_DENY", answer: { ja: "a", en: "There is none." }, reasons: "r" }))).toEqual(["INPUT"]);
  const decided = await take("mod-approver", "defenseDecideInformationRequest", { ...on(hold), decision: "NEITHER_CONFIRM_NOR_DENY", reasons: "Art. 8" }, "answer { en } due");
  expect(madeBy(decided)).toMatchObject({ state: "DECIDED", due: inDays(92), answer: { en: expect.stringContaining("without saying whether there is such a record") as string } });
  hold = madeBy(decided);
  expect([await labelOf(), await readsIt("ciro-analyst")]).toEqual([before, false]);
});

test("while the applicant may object the hold stands; when it is lifted, by somebody else than who decided, the designation may be ended (D.52)", async () => {
  expect(reasonsOf(await take("mod-approver", "defenseDeclassifyDesignation", { ...on(file), ...END }))).toEqual(["STATE"]);
  expect(reasonsOf(await take("mod-security-officer", "defenseLiftInformationHold", { ...on(hold), because: "PERIOD_OVER", reasons: "r" }))).toEqual(["LIMIT"]);
  expect(reasonsOf(await take("mod-approver", "defenseLiftInformationHold", { ...on(hold), because: "WITHDRAWN", reasons: "r" }))).toEqual(["FOUR_EYES"]);
  expect(madeBy(await take("mod-security-officer", "defenseLiftInformationHold", { ...on(hold), because: "WITHDRAWN", reasons: "The applicant said so" }))).toMatchObject({ state: "LIFTED" });
  const ended = await take("mod-approver", "defenseDeclassifyDesignation", { ...on(file), ...END }, "retention");
  expect(madeBy(ended)).toMatchObject({ state: "TERMINATED", retention: "NATIONAL_ARCHIVES" });
  file = madeBy(ended);
});

test("what was secret for more than thirty years is handed to the National Archives, unless somebody has applied for it meanwhile; the register keeps its file (D.52)", async () => {
  const second = madeBy(await take("mod-security-officer", "defenseRecordInformationRequest", application("R-2026-32 (fictional)")));
  const handOver = (who: string): Promise<Answer> => take(who, "defenseTransferToArchives", { ...on(file), archiveReference: "NAJ-2026-7 (fictional)" });
  expect(reasonsOf(await handOver("mod-security-officer"))).toEqual(["STATE"]);
  const decided = madeBy(await take("mod-approver", "defenseDecideInformationRequest", { ...on(second), decision: "DISCLOSE_IN_PART", answer: { ja: "a", en: "Its title is disclosed." }, reasons: "Art. 6" }));
  await take("mod-security-officer", "defenseLiftInformationHold", { ...on(decided), because: "JUDGMENT_FINAL", reasons: "r" });
  expect([codesOf(await handOver("mod-approver")), reasonsOf(await handOver("mod-approver"))]).toEqual([["MINISTRY_REFUSED"], ["ROLE"]]);
  expect(madeBy(await handOver("mod-security-officer"))).toMatchObject({ state: "TRANSFERRED" });
  expect(await read("auditor", "query ($id: ID!) { defenseDesignationFile(id: $id) { state token designatedOn retention steps { name } } }", { id: file.id })).toMatchObject({
    state: "TRANSFERRED", token, retention: "NATIONAL_ARCHIVES", steps: ["PROPOSE_DESIGNATION", "APPROVE_DESIGNATION", "DECLASSIFY_DESIGNATION", "TRANSFER_DESIGNATION"].map((name) => ({ name })),
  });
});
