/**
 * Story: the life of a designation at the Ministry of Defense. The security officer proposes that a secret document becomes a specially designated secret; the designating authority, another
 * person, approves; from that second on only its handlers read it. It is reviewed, extended, given to the Ministry of Economy and in an edition to two partners, challenged, by a handler who does not know its file too, and
 * ended after those concerned were asked.
 * All of it is an exercise and fictional.
 */
import { knownOperation } from "../support/known-operation";
import { connectAsOwner } from "../support/revocations";
import { type Answer, codesOf, reasonsOf, startStory, within } from "./story";

const story = startStory();
jest.setTimeout(120_000);

const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);
const REFERENCE = "DEMO-MOD-11";
const NUMBER = "MOD-2026-901";

const DOCUMENT = `{ defenseDocuments(filter: { reference: { eq: "${REFERENCE}" } }) { totalCount nodes { id reference class validUntil title { en } } } }`;
const BY_ID = "query ($id: ID!) { defenseDocument(id: $id) { id reference class validUntil title { en } } }";
const FILE = "query ($id: ID!) { defenseDesignationFile(id: $id) { id state version token class statutoryItem protectedRecords designatedOn validUntil due steps { name actor to } } }";
const mutation = (name: string, fields = "id state version"): string => `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!, $key: String) { defense${name.charAt(0).toUpperCase()}${name.slice(1)}(input: $input, key: $key) { ${fields} } }`;
const as = (who: string): ReturnType<typeof story.as> => story.as(who, who === "mod-officer" || who === "meti-security-officer" ? { purpose: "DESIGNATION" } : {});
const change = (who: string, name: string, input: object, key?: string, fields?: string): Promise<Answer> => as(who).mutate(mutation(name, fields), { input, ...(key === undefined ? {} : { key }) });
const madeBy = <T = { readonly id: string; readonly state: string; readonly version: number }>(answer: Answer): T => Object.values(answer.data as Readonly<Record<string, T>>)[0] as T;
const see = async (who: string): Promise<string> => JSON.stringify((await story.as(who).query(BY_ID, { id: record })).data);
/** What a person is told about the file. */
const toldOf = async (who: string): Promise<unknown> => (((await story.as(who).query("{ defenseNotices { item kind } }")).data as { readonly defenseNotices: readonly { readonly item: string; readonly kind: string }[] }).defenseNotices).filter(({ item }) => item === file).map(({ kind }) => kind);
const readsIt = (answer: Answer): boolean => JSON.stringify(answer.data).includes(REFERENCE);

let record = "";
let file = "";
let token = "";
/** The edition of the record that was written for release, and what becomes of it. */
const EDITION = "doc_vb442mg098kn01cj";
let forAustralia = "";
let forGermany = "";
/** The file of a designation that the register brought without one. */
let adoptedFile = "";
const release = async (nation: string): Promise<string> => {
  const asked = madeBy(await change("mod-security-officer", "requestRelease", { edition: EDITION, nation, reason: `Talks with ${nation} (fictional)` }));
  // Whoever has just been given an office may have to be asked again.
  const done = await within(5_000, () => story.as("mod-officer", { purpose: "ANALYSIS" }).mutate(mutation("releaseEdition"), { input: { id: asked.id, version: asked.version, decision: "Within the talks" } }), ({ errors }) => errors.length === 0);
  expect(madeBy(done)).toMatchObject({ state: "RELEASED" });
  return asked.id;
};
const LEDGER = "{ defenseDisclosures { nodes { recipient edition purpose on release } } }";
interface Line { readonly recipient: string }
const linesOf = async (who: string, declared?: object): Promise<readonly Line[]> => ((await story.as(who, declared).query(LEDGER)).data as { readonly defenseDisclosures: { readonly nodes: readonly Line[] } }).defenseDisclosures.nodes
  .toSorted((one, other) => one.recipient.localeCompare(other.recipient));
const proposal = (changes: object = {}): object => ({
  body: "JPN.MOD", token: NUMBER, name: { ja: "a", en: "Fictional estimate of a fictional strait" }, regime: "SDS", statutoryItem: "\u7b2c\u4e00\u53f7\u30a4", listed: "An estimate on the operations of the Self-Defense Forces.",
  nonPublic: "Known to the staff of the ministry only.", harm: "Operations could be anticipated.", damage: "SEVERE", reasons: "The estimate now names places and times.",
  label: { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD", rel: ["JPN"], dist: ["JPN.CAS", "JPN.METI", "JPN.MOD", "JPN.PSIA"] }] }, level: "CONFIDENTIAL", validUntil: inDays(730), reviewBy: inDays(180),
  records: [record], handlers: ["mod-officer", "psia-officer"], handlersUntil: inDays(365), heldBy: "GOVERNMENT", dualUse: false, ...changes,
});

test("given a secret document that analysts of several bodies read", async () => {
  const answer = await story.as("ciro-analyst").query(DOCUMENT);
  record = (answer.data as { readonly defenseDocuments: { readonly nodes: readonly { readonly id: string }[] } }).defenseDocuments.nodes[0]?.id ?? "";
  expect(record).toMatch(/^doc_/);
  for (const who of ["ciro-analyst", "psia-officer", "mod-officer"]) expect([who, (await see(who)).includes(REFERENCE)]).toEqual([who, true]);
});

test("and an edition of it, written for release, that an officer of the ministry released to Australia (D.35)", async () => {
  const client = await connectAsOwner(story.home, "defense");
  const role = `{"subject": "mod-officer", "role": "RELEASE", "org": "JPN.MOD", "from": "${TODAY}", "until": "${inDays(1)}", "grantedBy": "JPN.MOD"}`;
  try { await client.query(`INSERT INTO vault.statement (list, body) VALUES ('roles', '${role}')`); } finally { await client.end(); }
  forAustralia = await release("AUS");
});

test("who has no authority proposes nothing, and a proposal that breaks the law or a rule of labels is refused with its reason (D.1, D.2)", async () => {
  expect(codesOf(await change("ciro-analyst", "proposeDesignation", proposal()))).not.toEqual([]);
  const why = async (changes: object): Promise<unknown> => reasonsOf(await change("mod-security-officer", "proposeDesignation", proposal(changes)));
  expect(await why({ statutoryItem: "none" })).toEqual(["INPUT"]);
  expect(await why({ damage: "DAMAGE" })).toEqual(["INPUT"]);
  expect(await why({ nonPublic: " " })).toEqual(["INPUT"]);
  expect(await why({ validUntil: inDays(1_900) })).toEqual(["LIMIT"]);
  expect(await why({ label: { level: "CUI", regimes: ["SDS"], owners: [{ owner: "JPN.MOD" }] } })).toEqual(["LABEL"]);
});

test("a token in use, a record that there is not, and a record that the officer may not know are refused alike", async () => {
  const hidden = (await story.as("mod-officer").query(`{ defenseDocuments(filter: { reference: { eq: "DEMO-MOD-02" } }) { nodes { id } } }`)).data as { readonly defenseDocuments: { readonly nodes: readonly { readonly id: string }[] } };
  const answers = await Promise.all([{ token: "MOD-2026-041" }, { records: ["doc_0000000000000000"] }, { records: [hidden.defenseDocuments.nodes[0]?.id] }].map((changes) => change("mod-security-officer", "proposeDesignation", proposal(changes))));
  expect(hidden.defenseDocuments.nodes).toHaveLength(1);
  expect(answers.map((answer) => [codesOf(answer), reasonsOf(answer)])).toEqual([[["MINISTRY_REFUSED"], ["STATE"]], [["MINISTRY_REFUSED"], ["STATE"]], [["MINISTRY_REFUSED"], ["STATE"]]]);
});

test("when the security officer proposes with the tests of the law, item and reasons, there is a file of class A, and sending it again makes no second one (D.1, D.2, D.4)", async () => {
  const first = await change("mod-security-officer", "proposeDesignation", proposal({ dualUse: true }), "story-designation-1", "id state version class protectedRecords");
  const again = await change("mod-security-officer", "proposeDesignation", proposal({ dualUse: true }), "story-designation-1", "id state version class protectedRecords");
  expect(madeBy(first)).toMatchObject({ state: "PROPOSED", version: 1, class: "A", protectedRecords: 1 });
  expect(again.data).toEqual(first.data);
  file = madeBy(first).id;
  token = madeBy<{ readonly token: string }>({ ...again, data: (await as("mod-security-officer").query(FILE, { id: file })).data }).token;
  expect(token).toMatch(new RegExp(`^${NUMBER}-[0-9A-Z]{6}$`));
});

test("the file is read by officers for designation and by oversight, and by nobody else, not even that it exists", async () => {
  for (const who of ["mod-approver", "auditor"]) expect([who, JSON.stringify((await story.as(who).query(FILE, { id: file })).data).includes(token)]).toEqual([who, true]);
  for (const who of ["ciro-analyst", "meti-officer", "psia-officer"]) {
    const [there, absent] = [await story.as(who, { purpose: "ANALYSIS" }).query(FILE, { id: file }), await story.as(who, { purpose: "ANALYSIS" }).query(FILE, { id: "itm_none" })];
    expect([who, there.data ?? null, codesOf(there)]).toEqual([who, absent.data ?? null, codesOf(absent)]);
  }
  expect((await story.as("meti-security-officer", { purpose: "DESIGNATION" }).query(FILE, { id: file })).data).toEqual({ defenseDesignationFile: null });
  expect(reasonsOf(await change("meti-security-officer", "approveDesignation", { id: file, version: 1, decision: "no" }))).toEqual(["ROLE"]);
});

test("where research is concerned it is not approved before somebody outside has answered a draft that was released to them alone (D.5)", async () => {
  expect(reasonsOf(await change("mod-approver", "approveDesignation", { id: file, version: 1, decision: "yes" }))).toEqual(["STATE"]);
  const asked = await change("mod-security-officer", "consultOnDesignation", { file, party: "JPN.METI", about: "DESIGNATION", text: "May an estimate of this kind be known to researchers?", level: "CUI", answerBy: inDays(14) });
  const { id } = madeBy(asked);
  expect(reasonsOf(await change("mod-approver", "approveDesignation", { id: file, version: 1, decision: "yes" }))).toEqual(["STATE"]);
  const question = "query ($id: ID!) { defenseDesignationConsultation(id: $id) { text state } }";
  expect((await story.as("psia-officer").query(question, { id })).data).toEqual({ defenseDesignationConsultation: null });
  expect((await story.as("meti-officer").query(question, { id })).data).toEqual({ defenseDesignationConsultation: { text: "May an estimate of this kind be known to researchers?", state: "ASKED" } });
  expect(reasonsOf(await change("psia-officer", "answerDesignationConsultation", { id, version: 1, position: "AGREES", answer: "yes" }))).toEqual(["STATE"]);
  const answered = await change("meti-officer", "answerDesignationConsultation", { id, version: 1, position: "COMMENTS", answer: "They do not need it." });
  expect(madeBy(answered)).toMatchObject({ state: "ANSWERED" });
});

test("nobody approves what they proposed or what has changed: the officer has no authority, the approver with an older version is told (D.4)", async () => {
  expect(reasonsOf(await change("mod-security-officer", "approveDesignation", { id: file, version: 1, decision: "yes" }))).toEqual(["ROLE"]);
  expect(reasonsOf(await change("mod-approver", "approveDesignation", { id: file, version: 4, decision: "yes" }))).toEqual(["STALE"]);
});

test("before it is designated, analysts have just read the document, so every cache is warm", async () => {
  for (const who of ["ciro-analyst", "psia-officer"]) for (const document of [DOCUMENT, BY_ID]) expect([who, readsIt(await story.as(who).query(document, document === BY_ID ? { id: record } : undefined))]).toEqual([who, true]);
});

test("then the designating authority approves, and within a second an analyst without the token no longer reads the document and a handler does (D.4, D.6, D.8)", async () => {
  const approved = await change("mod-approver", "approveDesignation", { id: file, version: 1, decision: "The tests are met." }, "story-designation-2", "id state version designatedOn due");
  expect(madeBy(approved)).toMatchObject({ state: "ACTIVE", version: 2, designatedOn: TODAY, due: inDays(180) });
  const gone = await within(1_000, () => story.as("ciro-analyst").query(BY_ID, { id: record }), (answer) => !readsIt(answer));
  expect(readsIt(gone)).toBe(false);
  const kept = await within(1_000, () => story.as("psia-officer").query(BY_ID, { id: record }), (answer) => JSON.stringify(answer.data).includes('"class":"A"'));
  expect(kept.data).toMatchObject({ defenseDocument: { reference: REFERENCE, class: "A", validUntil: inDays(730) } });
  expect(JSON.stringify(kept.release)).toContain(`//JPN SECRET//DOC/SDS//NTK ${token}//`);
});

test("a list that was asked before leaves it out for the analyst, who is told whom to ask and nothing more; a search for its title finds nothing", async () => {
  const list = await story.as("ciro-analyst").query(DOCUMENT);
  expect(list.data).toMatchObject({ defenseDocuments: { totalCount: 0, nodes: [] } });
  const one = await story.as("ciro-analyst").query(BY_ID, { id: record });
  expect(one.data).toEqual({ defenseDocument: { id: record, reference: null, class: null, validUntil: null, title: null } });
  expect(JSON.stringify(one.release)).not.toContain(token);
});

test("the register has its entry with the fields of the law, for handlers by the token and for oversight in the file (D.4, D.56)", async () => {
  const entries = await story.as("psia-officer").query(`{ defenseDesignations(filter: { token: { eq: "${token}" } }) { nodes { id defense { entry { token issuer regime kind designatedOn validUntil statutoryItem } matter { defense { assignments { subject role until } } } } } } }`);
  expect((entries.data as { readonly defenseDesignations: { readonly nodes: readonly unknown[] } }).defenseDesignations.nodes).toEqual([expect.objectContaining({ defense: {
    entry: { token, issuer: "JPN.MOD", regime: "SDS", kind: "DESIGNATION", designatedOn: TODAY, validUntil: inDays(730), statutoryItem: "\u7b2c\u4e00\u53f7\u30a4" },
    matter: { defense: { assignments: [{ subject: "mod-officer", role: "HANDLER", until: inDays(365) }, { subject: "psia-officer", role: "HANDLER", until: inDays(365) }] } } } })]);
  const others = await story.as("ciro-analyst").query(`{ defenseDesignations(filter: { token: { eq: "${token}" } }) { totalCount } }`);
  expect(others.data).toEqual({ defenseDesignations: { totalCount: 0 } });
  expect((await story.as("auditor").query(FILE, { id: file })).data).toMatchObject({ defenseDesignationFile: { state: "ACTIVE", token, designatedOn: TODAY } });
});

test("the proposer is told, and a second approval of the same proposal is refused", async () => {
  expect((await as("mod-security-officer").query("{ defenseNotices { workflow item kind } }")).data).toMatchObject({ defenseNotices: expect.arrayContaining([{ workflow: "DesignationFile", item: file, kind: "DESIGNATED" }]) as unknown });
  expect(reasonsOf(await change("mod-approver", "approveDesignation", { id: file, version: 2, decision: "again" }))).toEqual(["STATE"]);
});

test("managers and oversight have the queue of reviews, and what is overdue by any day, of whatever they may know (D.7)", async () => {
  const queue = "query ($day: String!) { defenseDesignationFiles(states: [\"ACTIVE\"], dueBefore: $day) { totalCount nodes { id due } } }";
  expect([(await story.as("auditor").query(queue, { day: inDays(181) })).data, (await story.as("auditor").query(queue, { day: TODAY })).data])
    .toEqual([{ defenseDesignationFiles: { totalCount: 1, nodes: [{ id: file, due: inDays(180) }] } }, { defenseDesignationFiles: { totalCount: 0, nodes: [] } }]);
  expect((await story.as("mod-approver").query(queue, { day: inDays(181) })).data).toEqual({ defenseDesignationFiles: { totalCount: 2, nodes: expect.arrayContaining([{ id: file, due: inDays(180) }]) as unknown } });
  expect(JSON.stringify((await story.as("mod-approver").query(queue, { day: TODAY })).data)).not.toContain(file);
});

test("what is given outside the ministry goes into the ledger: who, which version, when, what for; owner and oversight read it, others do not (D.10)", async () => {
  const line = { file, record, recipient: "JPN.METI", edition: "edition 1, copy 2 of 2", purpose: "Assessment of a supply chain (fictional)", on: TODAY };
  expect(reasonsOf(await change("mod-security-officer", "recordDisclosure", { ...line, recipient: "JPN.NOBODY" }))).toEqual(["INPUT"]);
  expect(reasonsOf(await change("mod-security-officer", "recordDisclosure", { ...line, on: inDays(1) }))).toEqual(["INPUT"]);
  expect(reasonsOf(await change("mod-security-officer", "recordDisclosure", { ...line, record: "doc_0000000000000000" }))).toEqual(["STATE"]);
  expect(madeBy(await change("mod-security-officer", "recordDisclosure", line))).toMatchObject({ state: "RECORDED" });
  const { recipient, edition, purpose, on } = line;
  const australia = { recipient: "AUS", edition: EDITION, purpose: "JPN-AUS-2013; Talks with AUS (fictional)", on: TODAY, release: forAustralia };
  for (const who of ["auditor", "mod-approver"]) expect([who, await linesOf(who)]).toEqual([who, [australia, { recipient, edition, purpose, on, release: null }]]);
  expect(await linesOf("meti-security-officer", { purpose: "DESIGNATION" })).toEqual([]);
});

test("what is released of it to a partner goes in by itself, with the decision; whoever releases it learns nothing of the ledger, nor does the partner or anybody else who has no part in it (D.10)", async () => {
  forGermany = await release("DEU");
  const recipients = async (who: string, declared?: object): Promise<readonly string[]> => (await linesOf(who, declared)).map(({ recipient }) => recipient);
  for (const who of ["auditor", "mod-approver"]) expect([who, await recipients(who)]).toEqual([who, ["AUS", "DEU", "JPN.METI"]]);
  expect((await linesOf("auditor")).find(({ recipient }) => recipient === "DEU")).toEqual({ recipient: "DEU", edition: EDITION, purpose: "JPN-DEU-2021; Talks with DEU (fictional)", on: TODAY, release: forGermany });
  const asked = async (who: string): Promise<unknown> => { const { data, errors } = await story.as(who, who === "mod-officer" ? { purpose: "ANALYSIS" } : {}).query(LEDGER); return errors.length > 0 ? [] : (data as { readonly defenseDisclosures: { readonly nodes: readonly unknown[] } }).defenseDisclosures.nodes; };
  for (const who of ["mod-officer", "psia-officer", "ciro-analyst", "meti-officer", "us-liaison", "aus-liaison"]) expect([who, await asked(who)]).toEqual([who, []]);
});

test("whoever released an edition before has been told that its source is designated since, about their own decision; whoever asked for it has not (D.8)", async () => {
  const told = async (who: string): Promise<readonly unknown[]> => ((await story.as(who, { purpose: "ANALYSIS" }).query("{ defenseNotices { item kind } }")).data as { readonly defenseNotices: readonly { readonly item: string; readonly kind: string }[] }).defenseNotices.filter(({ item }) => item === forAustralia);
  expect(await told("mod-officer")).toEqual([{ item: forAustralia, kind: "SOURCE_DESIGNATED" }]);
  expect((await as("mod-security-officer").query("{ defenseNotices { item kind } }")).data).not.toMatchObject({ defenseNotices: expect.arrayContaining([{ item: forAustralia, kind: "SOURCE_DESIGNATED" }]) as unknown });
});

test("it is extended only after a review by somebody else, by at most five years; whoever was given it is told, and each handler of whatever body (D.7, D.9)", async () => {
  const extension = { id: file, version: 2, until: inDays(1_460), reviewBy: inDays(300), decision: "Still needed." };
  expect(reasonsOf(await change("mod-approver", "extendDesignation", extension))).toEqual(["STATE"]);
  expect(madeBy(await change("mod-officer", "reviewDesignation", { id: file, version: 2, review: "CONTINUE", decision: "The places are still those.", reviewBy: inDays(200) }))).toMatchObject({ state: "ACTIVE", version: 3 });
  expect(reasonsOf(await change("mod-approver", "extendDesignation", { ...extension, version: 3, until: inDays(1_900) }))).toEqual(["LIMIT"]);
  expect(madeBy(await change("mod-approver", "extendDesignation", { ...extension, version: 3 }))).toMatchObject({ state: "ACTIVE", version: 4 });
  const extended = await within(1_000, () => story.as("psia-officer").query(BY_ID, { id: record }), (answer) => JSON.stringify(answer.data).includes(inDays(1_460)));
  expect(extended.data).toMatchObject({ defenseDocument: { reference: REFERENCE, validUntil: inDays(1_460) } });
  const told = await story.as("meti-officer").query("{ defenseDesignationNotices { nodes { kind validUntil state } } }");
  expect(told.data).toEqual({ defenseDesignationNotices: { nodes: [{ kind: "EXTENDED", validUntil: inDays(1_460), state: "SENT" }] } });
  expect((await story.as("psia-officer").query("{ defenseDesignationNotices { totalCount } }")).data).toEqual({ defenseDesignationNotices: { totalCount: 0 } });
  expect([await toldOf("psia-officer"), await toldOf("mod-officer"), await toldOf("ciro-analyst")]).toEqual([["EXTENDED"], ["EXTENDED"], []]);
});

const CHALLENGED = "{ defenseDesignationNotices { nodes { kind party file } } }";
const byOversight = async (): Promise<readonly unknown[]> => ((await story.as("auditor").query(CHALLENGED)).data as { readonly defenseDesignationNotices: { readonly nodes: readonly { readonly kind: string }[] } }).defenseDesignationNotices.nodes.filter(({ kind }) => kind === "CHALLENGED");

test("a handler of another body, who may not know the file, challenges it by the document that she reads; oversight is told, she gets an empty answer, and hears when it was upheld (D.12)", async () => {
  const challenging = (who: string, id: string): Promise<Answer> => story.as(who).mutate(mutation("challengeAsHandler"), { input: { record: id, challenge: "It has been in a newspaper." } });
  // Known to the analyst, but not his to read; hidden from the firm's engineer, who handles other things; designated by nobody here, and read by the handler; there is none.
  const engineer = await story.as("contractor-engineer").mutate(knownOperation("ChallengeDefenseDesignation"), { input: { record, challenge: "x" } });
  const refused = [await challenging("ciro-analyst", record), engineer, await challenging("psia-officer", EDITION), await challenging("psia-officer", "doc_0000000000000000")];
  expect(refused.map((answer) => [answer.data, codesOf(answer), reasonsOf(answer)])).toEqual([0, 1, 2, 3].map(() => [{ defenseChallengeAsHandler: null }, ["MINISTRY_REFUSED"], ["STATE"]]));
  expect(await byOversight()).toEqual([]);
  const done = await challenging("psia-officer", record);
  expect([done.errors, done.data]).toEqual([[], { defenseChallengeAsHandler: null }]);
  expect(await byOversight()).toEqual([{ kind: "CHALLENGED", party: "JPN.CAO.OPRA", file }]);
  expect(reasonsOf(await challenging("psia-officer", record))).toEqual(["STATE"]);
  const seen = await story.as("psia-officer").query(CHALLENGED);
  expect(JSON.stringify(seen.data ?? {})).not.toContain(file);
  expect([(await see("psia-officer")).includes(REFERENCE), (await see("ciro-analyst")).includes(REFERENCE)]).toEqual([true, false]);
  expect(madeBy(await change("mod-approver", "upholdDesignation", { id: file, version: 5, decision: "The newspaper guessed." }))).toMatchObject({ state: "ACTIVE", version: 6 });
  expect([await toldOf("psia-officer"), await toldOf("mod-officer")]).toEqual([["UPHELD", "EXTENDED"], ["EXTENDED"]]);
});

test("an officer who reads the file challenges it too; the document stays protected, and the challenger does not decide (D.12)", async () => {
  expect(madeBy(await change("mod-officer", "challengeDesignation", { id: file, version: 6, challenge: "It has been in a newspaper." }))).toMatchObject({ state: "CHALLENGED", version: 7 });
  expect(await byOversight()).toHaveLength(2);
  expect([(await see("psia-officer")).includes(REFERENCE), (await see("ciro-analyst")).includes(REFERENCE)]).toEqual([true, false]);
  expect(reasonsOf(await change("mod-officer", "upholdDesignation", { id: file, version: 7, decision: "no" }))).toEqual(["ROLE"]);
});

test("it is not ended before everybody who was given it has been asked, nor by its proposer, nor to the public (D.10)", async () => {
  const end = { id: file, version: 7, decision: "It is in a newspaper.", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } };
  expect(reasonsOf(await change("mod-security-officer", "declassifyDesignation", end))).toEqual(["ROLE"]);
  expect(reasonsOf(await change("mod-approver", "declassifyDesignation", end))).toEqual(["STATE"]);
  const { id } = madeBy(await change("mod-security-officer", "consultOnDesignation", { file, party: "JPN.METI", about: "ENDING", text: "May it end?", level: "CUI", answerBy: inDays(7) }));
  expect(reasonsOf(await change("mod-approver", "declassifyDesignation", end))).toEqual(["STATE"]);
  expect(madeBy(await change("meti-officer", "answerDesignationConsultation", { id, version: 1, position: "AGREES", answer: "It may." }))).toMatchObject({ state: "ANSWERED" });
  expect(reasonsOf(await change("mod-approver", "declassifyDesignation", end))).toEqual(["STATE"]);
});

test("partners to whom it was released are asked as well, through officers of the ministry; who was asked is read by nobody who does not read the ledger, the partner's liaison included (D.10)", async () => {
  const end = { id: file, version: 7, decision: "It is in a newspaper.", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } };
  const consulted: string[] = [];
  for (const party of ["AUS", "DEU"]) {
    const { id } = madeBy(await change("mod-security-officer", "consultOnDesignation", { file, party, about: "ENDING", text: "May it end?", level: "CUI", answerBy: inDays(7) }));
    expect(reasonsOf(await change("mod-approver", "declassifyDesignation", end))).toEqual(["STATE"]);
    expect(madeBy(await change("mod-security-officer", "answerDesignationConsultation", { id, version: 1, position: "COMMENTS", answer: "By note verbale (fictional)" }))).toMatchObject({ state: "ANSWERED" });
    consulted.push(id);
  }
  const seen = async (who: string, declared: object = {}): Promise<boolean> => JSON.stringify((await story.as(who, declared).query("{ defenseDesignationConsultations { nodes { id party } } }")).data ?? {}).includes(consulted[0] ?? "");
  expect([await seen("auditor"), await seen("mod-approver"), await seen("mod-officer", { purpose: "DESIGNATION" })]).toEqual([true, true, true]);
  expect([await seen("mod-officer", { purpose: "ANALYSIS" }), await seen("meti-officer"), await seen("psia-officer"), await seen("aus-liaison"), await seen("us-liaison")]).toEqual([false, false, false, false, false]);
  expect(reasonsOf(await change("mod-approver", "declassifyDesignation", { ...end, successor: { level: "PUBLIC", regimes: [], owners: [{ owner: "JPN.MOD" }] } }))).toEqual(["LIMIT"]);
});

test("then it ends: within a second the analyst reads the document under the label that it had before, marked as a former secret; recipients are told, nobody is a handler (D.8, D.10)", async () => {
  const end = { id: file, version: 7, decision: "It is in a newspaper.", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } };
  expect(madeBy(await change("mod-approver", "declassifyDesignation", end, undefined, "id state version retention"))).toMatchObject({ state: "TERMINATED", retention: "SCHEDULE" });
  const again = await within(1_000, () => story.as("ciro-analyst").query(BY_ID, { id: record }), readsIt);
  expect(again.data).toMatchObject({ defenseDocument: { reference: REFERENCE, class: "B", validUntil: null } });
  const marking = JSON.stringify(again.release);
  expect([marking.includes("SDS//"), marking.includes(token), marking.includes("EX-SDS"), marking.includes("//JPN CONFIDENTIAL//")]).toEqual([false, false, true, true]);
  expect((await story.as("meti-officer").query("{ defenseDesignationNotices(states: [\"SENT\"]) { nodes { kind } } }")).data).toEqual({ defenseDesignationNotices: { nodes: expect.arrayContaining([{ kind: "EXTENDED" }, { kind: "ENDED" }]) as unknown } });
  expect([await toldOf("psia-officer"), await toldOf("ciro-analyst")]).toEqual([["ENDED", "UPHELD", "EXTENDED"], []]);
  // What was released stands: whoever released it is told, and a nation's notice waits for an officer who passes it on.
  const decided = ((await story.as("mod-officer", { purpose: "ANALYSIS" }).query("{ defenseNotices { item kind } }")).data as { readonly defenseNotices: readonly { readonly item: string; readonly kind: string }[] }).defenseNotices.filter(({ item }) => item === forAustralia || item === forGermany);
  expect(new Set(decided.map(({ item, kind }) => `${item} ${kind}`))).toEqual(new Set([`${forGermany} SOURCE_ENDED`, `${forAustralia} SOURCE_DESIGNATED`, `${forAustralia} SOURCE_ENDED`]));
  const waiting = (await story.as("mod-approver").query("{ defenseDesignationNotices(states: [\"SENT\"]) { nodes { id version party kind } } }")).data as { readonly defenseDesignationNotices: { readonly nodes: readonly { readonly id: string; readonly version: number; readonly party: string; readonly kind: string }[] } };
  const germany = waiting.defenseDesignationNotices.nodes.find(({ party, kind }) => party === "DEU" && kind === "ENDED");
  expect(madeBy(await change("mod-security-officer", "acknowledgeDesignationNotice", { id: germany?.id, version: germany?.version }))).toMatchObject({ state: "ACKNOWLEDGED" });
  expect((await story.as("psia-officer").query(`{ defenseDesignations(filter: { token: { eq: "${token}" } }) { totalCount } }`)).data).toEqual({ defenseDesignations: { totalCount: 0 } });
});

test("the history of the file says who did what, to officers and oversight alike (D.52, D.56)", async () => {
  const history = (await story.as("auditor").query(FILE, { id: file })).data as { readonly defenseDesignationFile: { readonly steps: readonly { readonly name: string; readonly actor: string }[] } };
  expect(history.defenseDesignationFile.steps.map(({ name, actor }) => [name, actor])).toEqual([["PROPOSE_DESIGNATION", "mod-security-officer"], ["APPROVE_DESIGNATION", "mod-approver"], ["REVIEW_DESIGNATION", "mod-officer"],
    ["EXTEND_DESIGNATION", "mod-approver"], ["CHALLENGE_DESIGNATION", "psia-officer"], ["UPHOLD_DESIGNATION", "mod-approver"], ["CHALLENGE_DESIGNATION", "mod-officer"], ["DECLASSIFY_DESIGNATION", "mod-approver"]]);
});

test("a proposal is rejected with reasons, another is taken back by whoever made it and by nobody else (D.4)", async () => {
  const [one, two] = [madeBy(await change("mod-security-officer", "proposeDesignation", proposal({ token: "MOD-2026-902" }))), madeBy(await change("mod-officer", "proposeDesignation", proposal({ token: "MOD-2026-903" })))];
  expect(madeBy(await change("mod-approver", "rejectDesignation", { id: one.id, version: 1, decision: "It is in a newspaper." }))).toMatchObject({ state: "REJECTED" });
  expect(reasonsOf(await change("mod-security-officer", "withdrawDesignation", { id: two.id, version: 1 }))).toEqual(["ROLE"]);
  expect(madeBy(await change("mod-officer", "withdrawDesignation", { id: two.id, version: 1 }))).toMatchObject({ state: "WITHDRAWN" });
  expect(await see("ciro-analyst")).toContain(REFERENCE);
});

test("information of a firm: the draft is released to the firm alone, which reads nothing of the file, answers, and then it is designated under the act on economic security, class B (D.2, D.5, D.11)", async () => {
  const firm = "JPN.PRV.9990001000001";
  const proposed = await change("mod-security-officer", "proposeDesignation", proposal({
    token: "MOD-CE-2026-91", regime: "CESI", statutoryItem: "\u7b2c\u4e8c\u6761\u7b2c\u56db\u9805\u7b2c\u4e8c\u53f7", damage: "DAMAGE", heldBy: "PRIVATE", holder: firm, label: { level: "CONFIDENTIAL", regimes: ["CESI"], owners: [{ owner: "JPN.MOD" }] },
  }), undefined, "id state version class");
  const { id } = madeBy(proposed);
  expect(madeBy(proposed)).toMatchObject({ class: "B" });
  const approve = (): Promise<Answer> => change("mod-approver", "approveDesignation", { id, version: 1, decision: "yes" });
  await change("mod-security-officer", "consultOnDesignation", { file: id, party: "JPN.METI", about: "DESIGNATION", text: "Is it known?", level: "CUI", answerBy: inDays(14) }).then(async (asked) => change("meti-officer", "answerDesignationConsultation", { id: madeBy(asked).id, version: 1, position: "AGREES", answer: "No." }));
  // Somebody else's answer is not the firm's.
  expect(reasonsOf(await approve())).toEqual(["STATE"]);
  const asked = madeBy(await change("mod-security-officer", "consultOnDesignation", { file: id, party: firm, about: "DESIGNATION", text: "Would a designation harm your work?", level: "CUI", answerBy: inDays(14) }));
  const manager = story.as("hoshimi-facility-manager");
  expect((await manager.query(knownOperation("DesignationConsultations"))).data).toMatchObject({ defenseDesignationConsultations: { nodes: [{ id: asked.id, text: "Would a designation harm your work?", state: "ASKED" }] } });
  expect(codesOf(await manager.query(FILE, { id }))).not.toEqual([]);
  expect(madeBy(await manager.mutate(knownOperation("AnswerDefenseConsultation"), { input: { id: asked.id, version: 1, position: "COMMENTS", answer: "It would not." } }))).toMatchObject({ state: "ANSWERED" });
  expect(madeBy(await approve())).toMatchObject({ state: "ACTIVE" });
  const marked = await within(1_000, () => story.as("mod-officer").query(BY_ID, { id: record }), ({ release }) => JSON.stringify(release).includes("MOD-CE-2026-91"));
  expect(JSON.stringify(marked.release)).toMatch(/\/\/JPN CONFIDENTIAL\/\/CESI\/CUI\/DOC\/\/NTK MOD-CE-2026-91-[0-9A-Z]{6}\/\//);
});

interface Brought { readonly id: string; readonly token: string; readonly due: string; readonly version: number; readonly validUntil: string; readonly steps: readonly { readonly name: string; readonly actor: string; readonly note: string }[] }
const brought = async (who: string, dueBefore?: string): Promise<readonly Brought[]> => {
  const found = await as(who).query("query ($day: String) { defenseDesignationFiles(states: [\"ACTIVE\"], dueBefore: $day, first: 100) { nodes { id token due version validUntil steps { name actor note } } } }", { day: dueBefore ?? null });
  return (found.data as { readonly defenseDesignationFiles: { readonly nodes: readonly Brought[] } }).defenseDesignationFiles.nodes.filter(({ steps }) => steps[0]?.name === "TAKE_OVER_DESIGNATION");
};
const tokensOf = (files: readonly Brought[]): readonly string[] => files.map((one) => one.token).sort();

test("what the ministry designated before is in the queue from the first day, and overdue where no review is on record; each officer sees what they read all of, oversight and other ministries see none (D.7)", async () => {
  const [all, overdue] = [await brought("mod-officer"), await brought("mod-officer", TODAY)];
  expect(tokensOf(all)).toEqual(["EQS-2025-07", "EQS-2026-11", "MDA-0041", "MOD-2024-001", "MOD-2024-002", "MOD-2024-003", "MOD-2024-006", "MOD-CE-2026-01"]);
  expect(tokensOf(overdue)).toEqual(["EQS-2025-07", "MDA-0041", "MOD-2024-001", "MOD-2024-002", "MOD-2024-003", "MOD-2024-006"]);
  expect(all[0]?.steps[0]).toMatchObject({ actor: "SYSTEM", note: JSON.stringify({ from: "REGISTER", reviews: "NONE_ON_RECORD" }) });
  expect([tokensOf(await brought("mod-security-officer")), tokensOf(await brought("mod-approver")), tokensOf(await brought("auditor"))]).toEqual([["EQS-2026-11", "MOD-2024-006"], ["MOD-2024-001"], []]);
  const hidden = all.find(({ token: one }) => one === "MOD-2024-002")?.id ?? "";
  for (const who of ["mod-security-officer", "meti-security-officer", "psia-officer"]) {
    const alike = async (id: string): Promise<unknown> => { const [seen, done] = [await as(who).query(FILE, { id }), await change(who, "reviewDesignation", { id, version: 1, review: "CONTINUE", decision: "x", reviewBy: inDays(9) })]; return [seen.data ?? null, codesOf(seen), done.data ?? null, codesOf(done), reasonsOf(done)]; };
    expect([who, await alike(hidden)]).toEqual([who, await alike("itm_0000000000000000")]);
  }
});

test("one of them is extended the day one starts: reviewed by one officer, extended by another, and what it protects has the later day within a second (D.7, D.9)", async () => {
  const [held] = await brought("mod-approver");
  const { id, validUntil } = held ?? { id: "", validUntil: "" };
  const extension = { id, version: 1, until: inDays(1_700), reviewBy: inDays(300), decision: "Still needed." };
  expect(validUntil < extension.until).toBe(true);
  expect(reasonsOf(await change("mod-officer", "extendDesignation", extension))).toEqual(["ROLE"]);
  expect(reasonsOf(await change("mod-approver", "extendDesignation", extension))).toEqual(["STATE"]);
  expect(madeBy(await change("mod-officer", "reviewDesignation", { id, version: 1, review: "CONTINUE", decision: "The capability is still that.", reviewBy: inDays(200) }))).toMatchObject({ state: "ACTIVE", version: 2 });
  expect(madeBy(await change("mod-approver", "extendDesignation", { ...extension, version: 2 }))).toMatchObject({ state: "ACTIVE", version: 3 });
  const later = await within(1_000, () => as("mod-officer").query("{ defenseDocuments(filter: { reference: { eq: \"DEMO-MOD-01\" } }) { nodes { validUntil body { en } } } }"), (answer) => JSON.stringify(answer.data).includes(extension.until));
  expect(later.data).toMatchObject({ defenseDocuments: { nodes: [{ validUntil: extension.until, body: { en: expect.any(String) as unknown } }] } });
  expect(tokensOf(await brought("mod-officer", TODAY))).not.toContain("MOD-2024-001");
});

test("one that the register brought without a file is adopted: stated by one officer and approved by another, who has to read all that it protects; a hidden one is refused like one that there is not (D.4)", async () => {
  const statement = { token: "MOD-2026-041", listed: "Cooperation in equipment.", nonPublic: "Known to the project only.", harm: "The schedule could be anticipated.", damage: "SEVERE", reasons: "It was in the register before.", reviewBy: inDays(120) };
  const refused = await Promise.all(["MOD-2024-002", "MOD-2026-040", "KAGAMI"].map((one) => change("mod-security-officer", "adoptDesignation", { ...statement, token: one })));
  expect(refused.map((answer) => [codesOf(answer), reasonsOf(answer)])).toEqual([[["MINISTRY_REFUSED"], ["STATE"]], [["MINISTRY_REFUSED"], ["STATE"]], [["MINISTRY_REFUSED"], ["STATE"]]]);
  expect(reasonsOf(await change("mod-approver", "adoptDesignation", statement))).toEqual(["ROLE"]);
  const adopted = madeBy(await change("mod-security-officer", "adoptDesignation", statement, undefined, "id state version validUntil protectedRecords"));
  expect(adopted).toMatchObject({ state: "PROPOSED", protectedRecords: 2 });
  const { id } = adopted;
  adoptedFile = id;
  const approve = (who: string): Promise<Answer> => change(who, "approveDesignation", { id, version: 1, decision: "As the register says." });
  expect([reasonsOf(await approve("mod-security-officer")), reasonsOf(await approve("mod-approver"))]).toEqual([["ROLE"], ["STATE"]]);
  // The part of it that is hidden from him is under another token, for which he asks.
  const entry = await story.as("mod-officer").query("{ defenseDesignations(filter: { token: { eq: \"EQS-2026-11\" } }) { nodes { defense { matter { id } } } } }");
  const asked = madeBy(await change("mod-approver", "requestAccess", { matter: /mtr_[a-z0-9]+/.exec(JSON.stringify(entry.data))?.[0], role: "READER", from: TODAY, until: inDays(30), reason: "To approve what covers it" }));
  expect(madeBy(await story.as("mod-security-officer", { purpose: "ACCESS-DECISION" }).mutate(mutation("grantAccess"), { input: { id: asked.id, version: asked.version, decision: "Yes" } }))).toMatchObject({ state: "GRANTED" });
  const approved = await within(5_000, () => approve("mod-approver"), (answer) => codesOf(answer).length === 0);
  expect(madeBy(approved)).toMatchObject({ state: "ACTIVE", version: 2 });
  expect(reasonsOf(await change("mod-security-officer", "adoptDesignation", statement))).toEqual(["STATE"]);
});

test("who was given it through a liaison is in its ledger, by nation: of a liaison whom the ministry hosts from the start, of one whom another ministry hosts from the first question on that they ask here (D.10)", async () => {
  const nations = async (): Promise<readonly string[]> => {
    const { data } = await as("mod-approver").query("{ defenseDisclosures(first: 200) { nodes { file recipient edition } } }");
    return [...new Set((data as { readonly defenseDisclosures: { readonly nodes: readonly { readonly file: string; readonly recipient: string; readonly edition: string }[] } }).defenseDisclosures.nodes.filter((line) => line.file === adoptedFile && line.edition === "LIAISON").map(({ recipient }) => recipient))].sort();
  };
  expect(await nations()).toEqual(["USA"]);
  const seen = await story.as("aus-liaison").query("{ defenseDocuments(filter: { reference: { eq: \"DEMO-MOD-14\" } }) { nodes { reference } } }");
  expect(seen.data).toEqual({ defenseDocuments: { nodes: [{ reference: "DEMO-MOD-14" }] } });
  expect(await nations()).toEqual(["AUS", "USA"]);
  // The liaison is told nothing of it, and the officer who ends it asks both.
  expect(codesOf(await story.as("aus-liaison").query("{ defenseDisclosures { totalCount } }"))).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
});

test("an engineer of a firm challenges what he handles, by the document; the answer is empty, who decides is somebody else who reads it, and the engineer hears of it as a person, his firm of nothing (D.12)", async () => {
  const challenging = (who: string): Promise<Answer> => story.as(who).mutate(knownOperation("ChallengeDefenseDesignation"), { input: { record: "doc_68v5hbr8pqybfmw1", challenge: "It is in a catalogue (fictional)." } });
  const heldBy = async (): Promise<Brought> => (await brought("mod-officer")).find((one) => one.token === "EQS-2026-11") ?? (() => { throw new Error("no such file"); })();
  const { id, version } = await heldBy();
  const done = await challenging("contractor-engineer");
  expect([done.errors, done.data]).toEqual([[], { defenseChallengeAsHandler: null }]);
  expect(reasonsOf(await challenging("contractor-engineer"))).toEqual(["STATE"]);
  const decided = await within(5_000, () => change("mod-approver", "upholdDesignation", { id, version: version + 1, decision: "The catalogue has less." }), (answer) => codesOf(answer).length === 0);
  expect(madeBy(decided)).toMatchObject({ state: "ACTIVE", version: version + 2 });
  const noticesOf = async (who: string): Promise<string> => JSON.stringify((await story.as(who).query(knownOperation("Notices"))).data);
  expect([await noticesOf("contractor-engineer"), await noticesOf("hoshimi-facility-manager")].map((notices) => notices.includes("UPHELD"))).toEqual([true, false]);
  // Who reads the file reads who challenged it; the engineer does not read the file.
  expect((await heldBy()).steps.slice(-2).map(({ name, actor }) => [name, actor])).toEqual([["CHALLENGE_DESIGNATION", "contractor-engineer"], ["UPHOLD_DESIGNATION", "mod-approver"]]);
  expect(await noticesOf("contractor-engineer")).not.toContain("The catalogue has less.");
});
