import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fetchToken } from "../../gateway/cli/ask";
import { codesOf, startStory, within, type Answer, type Teller } from "./story";

/**
 * The legal notice of a regime is read before anything else is. Two officers put a new version of the notice on specially designated secrets in force; then whoever is eligible for them
 * is answered nothing until they have acknowledged it.
 */
const story = startStory();
const POLICY = path.join(__dirname, "../../schema/policy");
const QUESTION = "{ cabinetSecretariatDocuments(first: 3) { totalCount nodes { id title { en } } } }";
const NOTICES = "{ legalNotices { id version regimes title { ja en } text { ja en } acknowledgedAt } }";
const ACKNOWLEDGE = "mutation Read($notice: ID!, $version: String!) { acknowledgeNotice(notice: $notice, version: $version) { id version acknowledgedAt } }";
const SDS = { notice: "NOTICE-SDS", version: "2" };

interface Notice { readonly id: string; readonly version: string; readonly acknowledgedAt: string | null; readonly title: { readonly ja: string; readonly en: string }; readonly text: { readonly ja: string; readonly en: string } }
const noticesOf = (answer: Answer): readonly Notice[] => (answer.data as { readonly legalNotices: readonly Notice[] }).legalNotices;
const acknowledgedOf = (answer: Answer): Notice | null => (answer.data as { readonly acknowledgeNotice: Notice | null }).acknowledgeNotice;
const refusalOf = (answer: Answer): unknown => ({ status: answer.status, data: answer.data, codes: codesOf(answer), notices: answer.errors.map(({ extensions }) => extensions?.notices) });
const UNREAD = { status: 403, data: undefined, codes: ["NOTICE_NOT_ACKNOWLEDGED"], notices: [["NOTICE-SDS"]] };
/** What they ask is answered about a second after they have acknowledged. */
const answered = (who: Teller, question = QUESTION): Promise<Answer> => within(3_000, () => who.query(question), ({ status }) => status === 200);

/** Two officers sign a policy in which the notice on specially designated secrets has this version. */
async function putInForce(version: string): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-notice-"));
  try {
    for (const name of ["policy", "members", "agreements", "clients"]) fs.copyFileSync(path.join(POLICY, `${name}.json`), path.join(folder, `${name}.json`));
    const file = path.join(folder, "policy.json");
    const policy = JSON.parse(fs.readFileSync(file, "utf8")) as { legalNotices: readonly { readonly id: string; readonly version: string }[] };
    fs.writeFileSync(file, JSON.stringify({ ...policy, legalNotices: policy.legalNotices.map((each) => (each.id === SDS.notice ? { ...each, version } : each)) }));
    const [inForce, next] = [path.join(story.home, "policy.json"), path.join(folder, "next.json")];
    const key = (officer: number): string => path.join(story.home, "keys", `policy-officer-${officer}.json`);
    const made = await story.kanmon("policy", "make", folder, "--after", inForce, "--key", key(1), "--out", next);
    const signed = await story.kanmon("policy", "sign", next, "--against", inForce, "--key", key(2), "--out", inForce);
    if (made.code !== 0 || signed.code !== 0) throw new Error(`${made.err}\n${signed.err}`);
  } finally { fs.rmSync(folder, { recursive: true, force: true }); }
}

/** The whole answer as it came, without what differs between any two answers. */
async function bytesOf(persona: string, purpose: string, query: string): Promise<string> {
  const response = await fetch(story.url, {
    method: "POST", body: JSON.stringify({ query }),
    headers: { authorization: `Bearer ${await fetchToken(story.issuer, persona)}`, "content-type": "application/json", accept: "application/graphql-response+json", "kanmon-purpose": purpose },
  });
  const headers = [...response.headers].filter(([name]) => name !== "date" && name !== "kanmon-request-id");
  return JSON.stringify([response.status, headers, await response.text()]);
}

interface Recorded { readonly txn: string; readonly kind: string; readonly subject?: string; readonly errors?: readonly string[]; readonly acknowledged?: readonly string[] }
const records = (): readonly Recorded[] => fs.readFileSync(path.join(story.home, "evidence", "evidence.jsonl"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as Recorded);

describe("Given an analyst of CIRO who has read every notice that binds them,", () => {
  test("when they ask, then they are answered; and they see which notices bind them, in both languages, and when they acknowledged each", async () => {
    const analyst = story.as("ciro-analyst");
    expect((await analyst.query(QUESTION)).status).toBe(200);
    const notices = noticesOf(await analyst.query(NOTICES));
    expect(notices.map(({ id, version }) => `${id}@${version}`)).toEqual(["NOTICE-MDA@1", "NOTICE-SDS@1"]);
    for (const { title, text, acknowledgedAt } of notices) {
      for (const part of [title.ja, title.en, text.ja, text.en]) expect(part.length).toBeGreaterThan(10);
      expect(Date.parse(acknowledgedAt ?? "")).toBeLessThan(Date.now());
    }
  });

  test("when somebody is eligible for nothing, then no notice binds them", async () => {
    expect(noticesOf(await story.as("uncleared-official").query("{ legalNotices { id } }"))).toEqual([]);
    expect(noticesOf(await story.as("us-liaison").query("{ legalNotices { id } }"))).toEqual([]);
  });
});

describe("Given a new version of the notice on specially designated secrets, signed by two officers,", () => {
  beforeAll(async () => {
    await putInForce("2");
    await within(5_000, () => story.as("ciro-analyst").query(QUESTION), ({ status }) => status === 403);
  }, 60_000);

  test("when the analyst asks anything, then it is refused, and the refusal names the notice that is to be read (D.53)", async () => {
    const analyst = story.as("ciro-analyst");
    expect(refusalOf(await analyst.query(QUESTION))).toEqual(UNREAD);
    expect(refusalOf(await analyst.query("{ __typename }"))).toEqual(UNREAD);
    expect(refusalOf(await analyst.query("{ __schema { queryType { name } } }"))).toEqual(UNREAD);
    expect(refusalOf(await analyst.query(`{ legalNotices { id } ${QUESTION.slice(1)}`))).toEqual(UNREAD);
    expect(refusalOf(await analyst.query("query Q { ...F } fragment F on Query { legalNotices { id } matter(id: \"mtr_st6cgtwm6663pxhq\") { id } }"))).toEqual(UNREAD);
    expect(refusalOf(await analyst.mutate('mutation { defenseRevokeAssignment(input: { subject: "us-liaison", token: "PRJ-QS-2026", reason: "r" }) { assignment { token } } }'))).toEqual(UNREAD);
  });

  test("when they ask for what exists and for what does not, for what they may know and for what they may not, then the refusal is the same to the byte [B-134]", async () => {
    const bytes = await Promise.all([QUESTION, '{ matter(id: "mtr_st6cgtwm6663pxhq") { id } }', '{ matter(id: "mtr_0000000000000000") { id } }', '{ defenseDocument(id: "doc_xy1erce6s3vhbtyw") { id } }', "{ economyDocuments { totalCount } }"]
      .map((question) => bytesOf("ciro-analyst", "ANALYSIS", question)));
    expect(new Set(bytes).size).toBe(1);
    expect(bytes[0]).toContain("NOTICE_NOT_ACKNOWLEDGED");
  });

  test("when they ask for the schema, or an officer uses a tool, then that is refused alike", async () => {
    const schema = await story.kanmon("schema", "--as", "ciro-analyst", "--url", story.url, "--issuer", story.issuer, "--lang", "en");
    expect([schema.code, schema.out]).toEqual([3, ""]);
    expect(schema.err).toContain("NOTICE_NOT_ACKNOWLEDGED");
    const tool = await story.kanmon("explain", "--by", "mod-security-officer", "--subject", "us-liaison", "--coordinate", "Query.cabinetOfficePeople", "--url", story.url, "--issuer", story.issuer, "--lang", "en");
    expect([tool.code, tool.out]).toEqual([3, ""]);
    expect(tool.err).toContain("NOTICE_NOT_ACKNOWLEDGED");
  });

  test("when the classes of information, the rules and the notices are to change by one officer's word alone, then that is refused and what was in force stays (D.3)", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-notice-"));
    try {
      for (const name of ["policy", "members", "agreements", "clients"]) fs.copyFileSync(path.join(POLICY, `${name}.json`), path.join(folder, `${name}.json`));
      const [inForce, alone] = [path.join(story.home, "policy.json"), path.join(folder, "alone.json")];
      const before = fs.readFileSync(inForce, "utf8");
      const key = path.join(story.home, "keys", "policy-officer-1.json");
      expect((await story.kanmon("policy", "make", folder, "--after", inForce, "--key", key, "--out", alone)).code).toBe(0);
      const again = await story.kanmon("policy", "sign", alone, "--against", inForce, "--key", key, "--out", path.join(folder, "twice.json"));
      expect([again.code === 0, fs.existsSync(path.join(folder, "twice.json")), fs.readFileSync(inForce, "utf8") === before]).toEqual([false, false, true]);
    } finally { fs.rmSync(folder, { recursive: true, force: true }); }
  });

  test("when people whom that notice does not bind ask, then they are answered as before", async () => {
    for (const persona of ["uncleared-official", "us-liaison", "meti-system", "meti-officer"]) expect([persona, (await story.as(persona).query("{ economyDocuments(first: 1) { totalCount } }")).status]).toEqual([persona, 200]);
  });

  test("when the analyst reads their notices, then that is answered, with the new version unread and the others as they were", async () => {
    const answer = await story.as("ciro-analyst").query(NOTICES);
    expect(noticesOf(answer).map(({ id, version, acknowledgedAt }) => [id, version, acknowledgedAt !== null])).toEqual([["NOTICE-MDA", "1", true], ["NOTICE-SDS", "2", false]]);
  });

  test("when they acknowledge the old version, one that does not bind them or one that there is not, then each is refused alike, and nothing has changed", async () => {
    const analyst = story.as("ciro-analyst");
    const refused = await Promise.all([{ ...SDS, version: "1" }, { ...SDS, version: "3" }, { notice: "NOTICE-CESI", version: "1" }, { notice: "NOTICE-NONE", version: "1" }].map((each) => analyst.mutate(ACKNOWLEDGE, each)));
    for (const answer of refused) expect([codesOf(answer), acknowledgedOf(answer), answer.errors[0]?.extensions?.reason]).toEqual([["MINISTRY_REFUSED"], null, "STATE"]);
    expect(refusalOf(await analyst.query(QUESTION))).toEqual(UNREAD);
  });

  test("when they acknowledge it, then that is recorded with the time and named in the evidence, and about a second later they are answered again (D.53)", async () => {
    const analyst = story.as("ciro-analyst");
    const before = Date.now();
    const answer = await analyst.mutate(ACKNOWLEDGE, SDS);
    expect([answer.status, codesOf(answer)]).toEqual([200, []]);
    const at = Date.parse(acknowledgedOf(answer)?.acknowledgedAt ?? "");
    expect([at >= before - 1_000, at <= Date.now() + 1_000]).toEqual([true, true]);
    expect(records().find(({ txn, kind }) => kind !== "INTENT" && txn === answer.release?.evidence.txn)).toMatchObject({ kind: "ANSWER", subject: "ciro-analyst", acknowledged: ["NOTICE-SDS@2"] });
    expect(codesOf(await answered(analyst))).toEqual([]);
  });

  test("when they acknowledge it once more, then the first time stays", async () => {
    const analyst = story.as("ciro-analyst");
    const first = noticesOf(await analyst.query(NOTICES)).find(({ id }) => id === SDS.notice)?.acknowledgedAt;
    expect(typeof first).toBe("string");
    expect(acknowledgedOf(await analyst.mutate(ACKNOWLEDGE, SDS))?.acknowledgedAt).toBe(first);
  });

  test("when somebody else who is eligible for the same asks, then it is still theirs to read", async () => {
    expect(refusalOf(await story.as("mod-officer").query(QUESTION))).toEqual(UNREAD);
  });

  test("when the auditor, for oversight and with the notice read, lists the acknowledgements, then who read which version and when is there", async () => {
    const auditor = story.as("auditor");
    const list = '{ cabinetOfficeAcknowledgements(subject: "ciro-analyst") { totalCount nodes { subject notice version at } } }';
    expect(refusalOf(await auditor.query(list))).toEqual(UNREAD);
    await auditor.mutate(ACKNOWLEDGE, SDS);
    const answer = await answered(auditor, list);
    const { totalCount, nodes } = (answer.data as { readonly cabinetOfficeAcknowledgements: { readonly totalCount: number; readonly nodes: readonly { readonly notice: string; readonly version: string; readonly at: string }[] } }).cabinetOfficeAcknowledgements;
    expect([totalCount, nodes.map(({ notice, version }) => `${notice}@${version}`).sort()]).toEqual([3, ["NOTICE-MDA@1", "NOTICE-SDS@1", "NOTICE-SDS@2"]]);
    expect(answer.release?.marking.en).toMatch(/^\/\/JPN CUI\/\/VET\/\/.*PURPOSE/);
  });

  test("when others look for that list, then it is an unknown name to them", async () => {
    const list = "{ cabinetOfficeAcknowledgements { totalCount } }";
    for (const persona of ["uncleared-official", "ciro-analyst", "meti-hr", "us-liaison"]) expect([persona, codesOf(await story.as(persona).query(list))]).toEqual([persona, ["GRAPHQL_VALIDATION_FAILED"]]);
  });

  test("when everything is stopped and started again, then what was acknowledged is acknowledged, what was not is not, and the evidence verifies", async () => {
    await story.restart();
    // A start of the demonstration puts its own policy in force; the officers sign theirs once more.
    await putInForce("2");
    await within(5_000, () => story.as("mod-officer").query(QUESTION), ({ status }) => status === 403);
    expect((await answered(story.as("ciro-analyst"))).status).toBe(200);
    expect(refusalOf(await story.as("mod-officer").query(QUESTION))).toEqual(UNREAD);
    expect((await story.kanmon("audit", "verify", path.join(story.home, "evidence"))).code).toBe(0);
    expect(records().filter(({ errors }) => errors?.includes("NOTICE_NOT_ACKNOWLEDGED")).length).toBeGreaterThan(5);
  }, 120_000);
});
