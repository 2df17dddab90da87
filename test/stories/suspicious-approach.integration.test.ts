/**
 * Story: a suspicious approach is reported. An engineer of a firm was asked about his work at a fair. He reports to the Ministry of Economy; his own firm does not learn of it, nor do other
 * officers of the ministry. The office assesses the report and writes a digest that tells nobody who reported.
 */
import { knownOperation } from "../support/known-operation";
import { codesOf, reasonsOf, startStory, type Answer } from "./story";

const story = startStory();
jest.setTimeout(120_000);

const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);
const REPORT = knownOperation("ReportSuspiciousApproach");
const ASSESS = "mutation ($input: AssessSuspiciousApproachInput!) { economyAssessSuspiciousApproach(input: $input) { id state version finding } }";
const DRAFT = "mutation ($input: DraftApproachDigestInput!) { economyDraftApproachDigest(input: $input) { id state version } }";
const PUBLISH = "mutation ($input: PublishApproachDigestInput!) { economyPublishApproachDigest(input: $input) { id state version } }";
const REPORTS = "{ economySuspiciousApproaches { totalCount nodes { id state version due reporterOrg approachedBy steps { name actor } } } }";
const DIGESTS = knownOperation("ApproachDigests");
/** Who may ask known operations only, and there is none that lists reports. */
const OF_FIRM: ReadonlySet<string> = new Set(["contractor-engineer", "hoshimi-facility-manager"]);
const NONE = { economySuspiciousApproaches: { totalCount: 0, nodes: [] } };
const APPROACH = { kind: "ELICITATION", happenedOn: inDays(-2), description: "At a fair a visitor asked for yields (fictional)", approachedBy: "Grey Harbour Consulting", technology: "Quantum sensor" };

interface Report { readonly id: string; readonly state: string; readonly version: number; readonly due: string; readonly reporterOrg: string; readonly steps: readonly { readonly actor: string }[] }
const reportsOf = ({ data }: Answer): readonly Report[] => (data as { readonly economySuspiciousApproaches: { readonly nodes: readonly Report[] } }).economySuspiciousApproaches.nodes;
let report: Report;
let digest: { readonly id: string; readonly version: number };
const text = (words: string): object => ({ reports: [report.id], title: { ja: "X", en: "Questions at a fair" }, text: { ja: "X", en: words } });

test("an engineer of a firm reports, and the answer tells nothing; a day to come is refused (D.32)", async () => {
  expect(reasonsOf(await story.as("contractor-engineer").mutate(REPORT, { input: { ...APPROACH, happenedOn: inDays(1) } }))).toEqual(["INPUT"]);
  const answer = await story.as("contractor-engineer").mutate(REPORT, { input: APPROACH, key: "approach-0001" });
  expect([answer.errors, answer.data]).toEqual([[], { economyReportSuspiciousApproach: null }]);
});

test("sent again by his system it is one report, which the office finds in its queue with the day by which it is assessed (D.32)", async () => {
  expect((await story.as("contractor-engineer").mutate(REPORT, { input: APPROACH, key: "approach-0001" })).errors).toEqual([]);
  const seen = reportsOf(await story.as("meti-officer").query(REPORTS));
  expect(seen).toHaveLength(1);
  report = seen[0] as Report;
  expect(report).toMatchObject({ state: "REPORTED", due: inDays(14), reporterOrg: "JPN.PRV.9990001000001", steps: [{ name: "REPORT_APPROACH", actor: "contractor-engineer" }] });
});

test.each([
  ["the reporter himself", "contractor-engineer", undefined], ["his superior in the firm", "hoshimi-facility-manager", undefined], ["the security officer of the ministry", "meti-security-officer", "ACCESS-DECISION"],
  ["its personnel officer", "meti-hr", undefined], ["another officer of the office without the purpose", "vetted-person", undefined], ["the officer of the office for another purpose", "meti-officer", "DESIGNATION"],
  ["a system of the ministry", "meti-system", undefined], ["an officer of the Cabinet Secretariat", "ciro-analyst", undefined], ["a liaison", "us-liaison", undefined],
])("%s sees no report, no count, and is told of this one what is told of one that does not exist (D.32)", async (_who, persona, purpose) => {
  const teller = story.as(persona, purpose === undefined ? {} : { purpose });
  const list = await teller.query("{ economySuspiciousApproaches { totalCount nodes { id } } }");
  if (OF_FIRM.has(persona)) expect(codesOf(list)).toEqual(["UNKNOWN_OPERATION"]);
  else if (persona !== "us-liaison") expect(list.data).toEqual(NONE);
  const byId = (id: string): Promise<Answer> => teller.query("query ($id: ID!) { economySuspiciousApproach(id: $id) { id } }", { id });
  const [known, absent] = [await byId(report.id), await byId("itm_000000000000")];
  expect([known.data, known.errors]).toEqual([absent.data, absent.errors]);
  const closing = (id: string): Promise<Answer> => teller.mutate(ASSESS, { input: { id, version: 1, assessment: "x", finding: "UNFOUNDED" } });
  const [refused, nothing] = [await closing(report.id), await closing("itm_000000000000")];
  expect(refused.errors).not.toEqual([]);
  expect([refused.data, refused.errors]).toEqual([nothing.data, nothing.errors]);
});

test("nobody assesses their own report; another report waits for another person (D.32)", async () => {
  const own = await story.as("meti-officer").mutate(REPORT, { input: { ...APPROACH, description: "A call to the office (fictional)", approachedBy: null } });
  expect(own.errors).toEqual([]);
  const mine = reportsOf(await story.as("meti-officer").query(REPORTS)).find(({ steps }) => steps[0]?.actor === "meti-officer") as Report;
  expect(reasonsOf(await story.as("meti-officer").mutate(ASSESS, { input: { id: mine.id, version: 1, assessment: "x", finding: "UNFOUNDED" } }))).toEqual(["FOUR_EYES"]);
});

test("no digest is made of what nobody has assessed (D.32)", async () => {
  expect(reasonsOf(await story.as("meti-officer").mutate(DRAFT, { input: text("Questions about yields were asked at a fair.") }))).toEqual(["STATE"]);
});

test("the office assesses it (D.32)", async () => {
  const assessed = await story.as("meti-officer").mutate(ASSESS, { input: { id: report.id, version: report.version, assessment: "Fits a known pattern", finding: "CREDIBLE" } });
  expect(assessed.data).toMatchObject({ economyAssessSuspiciousApproach: { state: "ASSESSED", finding: "CREDIBLE" } });
});

test.each(["contractor-engineer was asked.", "A man of Hoshimi Juden was asked.", "A man of HOSHIMI  JUDEN was asked.", "A man of firm 9990001000001 was asked.", "Grey Harbour Consulting asks about yields."])(
  "a digest that says %j is refused: it tells of the reporter (D.32)", async (words) => {
    expect(reasonsOf(await story.as("meti-officer").mutate(DRAFT, { input: text(words) }))).toEqual(["LIMIT"]);
  });

test("a digest is drafted, for now within the ministry, and the drafter does not publish it (D.32)", async () => {
  const drafted = await story.as("meti-officer").mutate(DRAFT, { input: text("At fairs, visitors ask for yields of sensors. Report such questions.") });
  expect(drafted.errors).toEqual([]);
  digest = (drafted.data as { readonly economyDraftApproachDigest: typeof digest }).economyDraftApproachDigest;
  expect(reasonsOf(await story.as("meti-officer").mutate(PUBLISH, { input: { id: digest.id, version: digest.version } }))).toEqual(["ROLE"]);
  expect((await story.as("contractor-engineer").query(DIGESTS)).data).toEqual({ economyApproachDigests: { totalCount: 0, nodes: [] } });
});

test("who reads drafts in the ministry learns of no report by it; the office finds with the report what it went into (D.32)", async () => {
  const reader = story.as("meti-security-officer", { purpose: "ACCESS-DECISION" });
  const draft = await reader.query("{ economyApproachDigests { nodes { id state steps { name note } } } }");
  expect(draft.data).toEqual({ economyApproachDigests: { nodes: [{ id: digest.id, state: "DRAFTED", steps: [{ name: "DRAFT_DIGEST", note: null }] }] } });
  expect((await reader.query(REPORTS)).data).toEqual(NONE);
  const kept = await story.as("meti-officer").query("query ($id: ID!) { economySuspiciousApproach(id: $id) { state version steps { name actor note } } }", { id: report.id });
  expect(kept.data).toMatchObject({ economySuspiciousApproach: { state: "ASSESSED", version: 3, steps: [{ name: "REPORT_APPROACH" }, { name: "ASSESS_APPROACH" }, { name: "DRAFT_DIGEST", actor: "meti-officer", note: JSON.stringify({ digest: digest.id }) }] } });
});

test("published by another person, every firm reads it under its own label, and nothing in it leads back to the report (D.32)", async () => {
  const published = await story.as("meti-security-officer", { purpose: "ACCESS-DECISION" }).mutate(PUBLISH, { input: { id: digest.id, version: digest.version } });
  expect(published.data).toMatchObject({ economyPublishApproachDigest: { state: "PUBLISHED" } });
  const read = await story.as("hoshimi-facility-manager").query(DIGESTS);
  expect(read.data).toEqual({ economyApproachDigests: { totalCount: 1, nodes: [{ owner: "JPN.METI.ECON", subject: null, title: { ja: "X", en: "Questions at a fair" }, text: { ja: "X", en: "At fairs, visitors ask for yields of sensors. Report such questions." },
    steps: [{ name: "PUBLISH_DIGEST", actor: "meti-security-officer", note: null }] }] } });
  expect(JSON.stringify(read)).not.toContain(report.id);
  expect(JSON.stringify(read)).not.toContain("contractor-engineer");
  expect(read.release?.marking.en).toContain("CUI");
});
