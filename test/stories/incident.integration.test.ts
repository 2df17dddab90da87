/**
 * Story: an intrusion at the waterworks of Hokushu. The National Cybersecurity Office reports it in full to the bodies that it concerns and, in time, in a version that can be shared; and the
 * Ministry of Economy opens a compartment for it, which ends on its day. Everything is an exercise and fictional.
 */
import { codesOf, reasonsOf, startStory, within, type Answer } from "./story";

const story = startStory();
jest.setTimeout(180_000);

const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);
const both = (text: string): { readonly ja: string; readonly en: string } => ({ ja: `${text} (ja)`, en: text });

interface Taken { readonly id: string; readonly state: string; readonly version: number; readonly due: string | null }
const send = (who: string, ministry: string, name: string, input: object, purpose?: string): Promise<Answer> =>
  story.as(who, purpose === undefined ? {} : { purpose }).mutate(`mutation ($input: ${name}Input!) { ${ministry}${name}(input: $input) { id state version${name.endsWith("Edition") ? "" : " due"} } }`, { input });
const made = (answer: Answer): Taken => {
  const [value] = Object.values((answer.data ?? {}) as Readonly<Record<string, Taken | null>>);
  if (value === null || value === undefined) throw new Error(JSON.stringify(answer));
  return value;
};

let matter = "";
let report: Taken;
let edition: Taken;
const incident = { category: "CUI:CRIT-INFRA", title: both("Intrusion at Hokushu Waterworks") };
const read = async (who: string, type: "Report" | "Edition", id: string): Promise<Answer> => story.as(who).query(`query ($id: ID!) { cyberIncident${type}(id: $id) { id state } }`, { id });

describe("one person, one standing", () => {
  const TOGETHER = `{ cyberDocuments(filter: { reference: { eq: "DEMO-CYB-03" } }) { nodes { reference title { en } } } defenseDocuments(filter: { reference: { eq: "DEMO-MOD-09" } }) { nodes { reference title { en } } } }`;
  const found = ({ data }: Answer): readonly string[] => ["DEMO-CYB-03", "DEMO-MOD-09"].filter((reference) => JSON.stringify(data).includes(reference));

  test("an incident of the cyber office and a document of the Ministry of Defense come in one answer, by one clearance, one list of matters and one marking (D.51, D.55)", async () => {
    const answer = await story.as("meti-officer").query(TOGETHER);
    expect([codesOf(answer), found(answer)]).toEqual([[], ["DEMO-CYB-03", "DEMO-MOD-09"]]);
    const marking = answer.release?.marking.en ?? "";
    const alone = await Promise.all(["cyber", "defense"].map(async (ministry) => (await story.as("meti-officer").query(`{ ${ministry}Documents(filter: { reference: { eq: "DEMO-${ministry === "cyber" ? "CYB-03" : "MOD-09"}" } }) { nodes { reference title { en } } } }`)).release?.marking.en ?? ""));
    const tokens = (text: string): readonly string[] => /NTK ([^ ]+?)\/\//.exec(text)?.[1]?.split("/") ?? [];
    expect(tokens(marking)).toEqual([...new Set(alone.flatMap(tokens))].sort());
    expect(tokens(marking)).toContain("INC-2026-118");
    expect(alone.every((one) => tokens(one).length > 0 && one !== marking)).toBe(true);
  });

  test("for the case of the incident alone the other document is left out, and an officer who has part in neither matter has neither (D.51, D.55)", async () => {
    expect(found(await story.as("meti-officer", { caseToken: "INC-2026-118" }).query(TOGETHER))).toEqual(["DEMO-CYB-03"]);
    for (const who of ["fsa-officer", "npa-officer", "ciro-analyst"]) expect([who, found(await story.as(who).query(TOGETHER))]).toEqual([who, []]);
  });
});

describe("a report in two versions", () => {
  test("the cyber office reports in full; the shareable version is due in three days, and whoever is not of the office reports nothing there (D.48)", async () => {
    const { data } = await story.as("breakglass-officer").query("{ cyberMatters { nodes { id cyber { entry { token } } } } }");
    matter = (data as { readonly cyberMatters: { readonly nodes: readonly { readonly id: string; readonly cyber: { readonly entry: { readonly token: string | null } | null } | null }[] } }).cyberMatters.nodes
      .find(({ cyber }) => cyber?.entry?.token === "INC-2026-118")?.id ?? "";
    expect(matter).toMatch(/^mtr_/);
    const full = { ...incident, matter, report: "Entry through remote maintenance; names of the affected plants (fictional)", ministries: ["JPN.MIC", "JPN.NPA"] };
    expect(reasonsOf(await send("meti-officer", "cyber", "ReportIncident", full))).toEqual(["ROLE"]);
    expect(reasonsOf(await send("breakglass-officer", "cyber", "ReportIncident", { ...full, matter: "mtr_none" }))).toEqual(["STATE"]);
    report = made(await send("breakglass-officer", "cyber", "ReportIncident", full));
    expect(report).toMatchObject({ state: "REPORTED", due: inDays(3) });
  });

  test("the full report is marked TLP:RED, which informs; who reads it is decided by distribution and need-to-know (D.48)", async () => {
    const own = await read("breakglass-officer", "Report", report.id);
    expect(JSON.stringify(own)).toMatch(/DIST CAS\.NCO MIC NPA.*TLP:RED/);
    for (const who of ["meti-officer", "npa-officer", "ciro-analyst", "uncleared-official"]) expect([who, (await read(who, "Report", report.id)).data]).toEqual([who, { cyberIncidentReport: null }]);
  });

  test("what waits for its shareable version is in the list of the fourth day", async () => {
    const listed = async (day: string): Promise<unknown> => (await story.as("breakglass-officer").query(`query ($day: String!) { cyberIncidentReports(dueBefore: $day) { nodes { id } } }`, { day })).data;
    expect([await listed(inDays(3)), await listed(inDays(4))]).toEqual([{ cyberIncidentReports: { nodes: [] } }, { cyberIncidentReports: { nodes: [{ id: report.id }] } }]);
  });

  test("the shareable version goes to everybody assigned to the incident; abroad only by somebody who may release (D.48)", async () => {
    const text = { ...incident, matter, text: "Close remote maintenance; indicators attached (fictional)", rel: [] };
    expect(reasonsOf(await send("breakglass-officer", "cyber", "IssueEdition", { ...text, rel: ["AUS", "USA"] }))).toEqual(["ROLE"]);
    edition = made(await send("breakglass-officer", "cyber", "IssueEdition", text));
    const seen = await read("meti-officer", "Edition", edition.id);
    expect(seen.data).toEqual({ cyberIncidentEdition: { id: edition.id, state: "ISSUED" } });
    expect(JSON.stringify(seen)).toContain("TLP:AMBER");
    expect((await read("npa-officer", "Edition", edition.id)).data).toEqual({ cyberIncidentEdition: null });
  });

  test("the report names its shareable version, and the version says nothing of the report (D.48)", async () => {
    expect(reasonsOf(await send("breakglass-officer", "cyber", "ShareIncident", { id: report.id, version: 1, shareable: "itm_none" }))).toEqual(["STATE"]);
    expect(made(await send("breakglass-officer", "cyber", "ShareIncident", { id: report.id, version: 1, shareable: edition.id }))).toMatchObject({ state: "SHARED", due: null });
    const whole = await story.as("meti-officer").query(`query ($id: ID!) { cyberIncidentEdition(id: $id) { id title { en } text category matter steps { name actor note } } }`, { id: edition.id });
    expect(JSON.stringify(whole.data)).not.toContain(report.id);
  });
});

describe("a compartment for the response", () => {
  const open = { title: both("Response to Hokushu"), reason: "Supply of substitutes (fictional)", members: ["breakglass-officer"] };
  const TOKEN = `query ($id: ID!) { economyMatters(filter: { id: { eq: $id } }) { nodes { economy { entry { token } assignments { subject until } } } } }`;
  const seenBy = async (who: string, id: string): Promise<string> => JSON.stringify((await story.as(who).query(TOKEN, { id })).data);
  let compartment: Taken;
  let made_for = "";

  test("an officer asks for it, and nobody opens what they asked for themselves; another body does not see it (D.45)", async () => {
    expect(reasonsOf(await send("uncleared-official", "economy", "AskCompartment", open))).toEqual(["ROLE"]);
    compartment = made(await send("meti-officer", "economy", "AskCompartment", open, "DESIGNATION"));
    const input = { id: compartment.id, version: 1, until: inDays(14), decision: "Yes" };
    expect(reasonsOf(await send("meti-officer", "economy", "OpenCompartment", input, "DESIGNATION"))).toEqual(["ROLE"]);
    expect(reasonsOf(await send("mod-security-officer", "economy", "OpenCompartment", input))).toEqual(["STATE"]);
    expect(reasonsOf(await send("meti-security-officer", "economy", "OpenCompartment", { ...input, until: inDays(31) }))).toEqual(["LIMIT"]);
  });

  test("the security officer opens it for fourteen days with a token of its own, and within a second the members hold it, with that last day (D.45)", async () => {
    const opened = await within(2_000, () => send("meti-security-officer", "economy", "OpenCompartment", { id: compartment.id, version: 1, until: inDays(14), decision: "Yes" }), (answer) => !codesOf(answer).includes("STANDING_CHANGED"));
    // Whoever opens it becomes a member: an answer that was under way then is not given, and has been carried out.
    expect([[], ["STATE"], ["STALE"]]).toContainEqual(reasonsOf(opened));
    made_for = `mtr_${compartment.id}`;
    for (const who of ["meti-officer", "meti-security-officer", "breakglass-officer"]) {
      await within(1_000, () => story.as(who).query(TOKEN, { id: made_for }), ({ data }) => JSON.stringify(data).includes("INC-"));
      expect([who, await seenBy(who, made_for)]).toEqual([who, expect.stringMatching(/"token":"INC-[0-9A-F]{10}"/)]);
    }
    expect(await seenBy("meti-officer", made_for)).toContain(JSON.stringify({ subject: "breakglass-officer", until: inDays(14) }));
    expect(await seenBy("mod-officer", made_for)).not.toContain("INC-");
  });

  test("its last day moves only by a decision, by thirty days at most, and for all members at once (D.45)", async () => {
    const extend = (who: string, days: number, purpose?: string): Promise<Answer> => send(who, "economy", "ExtendCompartment", { id: compartment.id, version: 2, until: inDays(days), reason: "Not contained" }, purpose);
    expect(reasonsOf(await extend("meti-officer", 20, "DESIGNATION"))).toEqual(["ROLE"]);
    expect(reasonsOf(await extend("meti-security-officer", 45))).toEqual(["LIMIT"]);
    await within(2_000, () => extend("meti-security-officer", 44), (answer) => !codesOf(answer).includes("STANDING_CHANGED"));
    const seen = await within(1_000, () => story.as("meti-officer").query(TOKEN, { id: made_for }), ({ data }) => JSON.stringify(data).includes(inDays(44)));
    for (const subject of ["breakglass-officer", "meti-officer", "meti-security-officer"]) expect(JSON.stringify(seen.data)).toContain(JSON.stringify({ subject, until: inDays(44) }));
  });

  test("when it is closed everybody is out within a second, and what was decided stays in its history (D.45)", async () => {
    await within(2_000, () => send("meti-security-officer", "economy", "CloseCompartment", { id: compartment.id, version: 3, reason: "Contained" }), (answer) => !codesOf(answer).includes("STANDING_CHANGED"));
    for (const who of ["meti-officer", "breakglass-officer"]) {
      await within(1_000, () => story.as(who).query(TOKEN, { id: made_for }), ({ data }) => !JSON.stringify(data).includes("INC-"));
      expect([who, await seenBy(who, made_for)]).toEqual([who, expect.not.stringContaining("INC-")]);
    }
    const history = await story.as("meti-security-officer").query(`query ($id: ID!) { economyCompartment(id: $id) { state steps { name actor } } }`, { id: compartment.id });
    expect(history.data).toEqual({ economyCompartment: { state: "CLOSED", steps: [
      { name: "ASK_COMPARTMENT", actor: "meti-officer" }, { name: "OPEN_COMPARTMENT", actor: "meti-security-officer" }, { name: "EXTEND_COMPARTMENT", actor: "meti-security-officer" },
      { name: "CLOSE_COMPARTMENT", actor: "meti-security-officer" } ] } });
  });
});
