/**
 * Story: the intelligence cycle. The National Security Secretariat states what it needs to know (RFI-2026-041), the intelligence office asks three bodies, they answer or say why not, a product
 * is made and judged. Then a product from foreign information that its originator controls, and a lower edition of it. Everything is an exercise and fictional.
 */
import { codesOf, reasonsOf, startStory, type Answer } from "./story";

const story = startStory();
jest.setTimeout(180_000);

const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);
const TOPIC = "procurement-networks";
const both = (text: string): { readonly ja: string; readonly en: string } => ({ ja: `${text} (ja)`, en: text });

/** A mutation of one ministry, named after its input. */
const change = (name: string, fields = "id state version"): string => {
  const bare = name.replace(/^(cabinetSecretariat|publicSecurity|police|economy|cabinetOffice)/, "");
  return `mutation ($input: ${bare}Input!) { ${name}(input: $input) { ${fields} } }`;
};
const send = (who: string, name: string, input: object, fields?: string): Promise<Answer> => story.as(who).mutate(change(name, fields), { input });
interface Taken { readonly id: string; readonly state: string; readonly version: number }
const made = (answer: Answer): Taken => {
  const [value] = Object.values((answer.data ?? {}) as Readonly<Record<string, Taken | null>>);
  if (value === null || value === undefined) throw new Error(JSON.stringify(answer));
  return value;
};
const label = (owner: string, extra: object = {}): object => ({ level: "CONFIDENTIAL", regimes: ["DOC"], need: owner === "JPN.PSIA" ? ["RFI-2026-041"] : [], owners: [{ owner, rel: ["JPN"], dist: ["JPN.CAS", owner] }], ...extra });
const answerOf = (owner: string, extra: object = {}): object => ({ requirement: requirement.id, topics: [TOPIC], answer: "A network exists (fictional)", documents: [], earlier: [], label: label(owner), ...extra });
const matterCalled = async (field: string, token: string, who: string): Promise<string> => {
  const { data } = await story.as(who).query(`{ ${field}Matters { nodes { id ${field} { entry { token } } } } }`);
  const nodes = (data as Readonly<Record<string, { readonly nodes: readonly (Readonly<Record<string, unknown>> & { readonly id: string })[] }>>)[`${field}Matters`]?.nodes ?? [];
  return nodes.find((node) => JSON.stringify(node[field] ?? null).includes(`"${token}"`))?.id ?? "";
};
const CYCLE = `query ($id: ID!, $related: String!) {
  cabinetSecretariatRequirement(id: $id) { id state }
  cabinetSecretariatTaskings(related: $related) { nodes { ministry state } }
  publicSecurityResponses(related: $related) { nodes { state } } policeResponses(related: $related) { nodes { state reason } } economyResponses(related: $related) { nodes { state } }
}`;
const cycle = async (who: string): Promise<unknown> => (await story.as(who).query(CYCLE, { id: requirement.id, related: requirement.id })).data;

let matter = "";
let requirement: Taken = { id: "", state: "", version: 0 };
const taskings = new Map<string, Taken>();
let psiaResponse: Taken;
let policeResponse: Taken;
let economyResponse: Taken;
let product: Taken;

const stateRequirement = (who: string, extra: object = {}): Promise<Answer> => send(who, "cabinetSecretariatStateRequirement", {
  matter, title: both("Procurement networks for sensitive technology"), question: "Who buys, through whom?", topics: [TOPIC], ministries: ["JPN.METI", "JPN.NPA", "JPN.PSIA"], level: "CONFIDENTIAL", due: inDays(30), ...extra,
});
const task = (ministry: string, officer: string, extra: object = {}): Promise<Answer> =>
  send("ciro-analyst", "cabinetSecretariatTaskMinistry", { requirement: requirement.id, ministry, officer, question: "What do you hold?", due: inDays(14), ...extra });

describe("requirement and tasking", () => {
  test("the policy side states what it has to know; whoever lacks role or purpose, or names a day beyond a year or gone by, is refused (D.42)", async () => {
    matter = await matterCalled("cabinetSecretariat", "RFI-2026-041", "nss-requirements-officer");
    expect(matter).toMatch(/^mtr_/);
    expect(reasonsOf(await stateRequirement("ciro-analyst"))).toEqual(["ROLE"]);
    expect(reasonsOf(await stateRequirement("nss-requirements-officer", { due: inDays(500) }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await stateRequirement("nss-requirements-officer", { due: inDays(-1) }))).toEqual(["INPUT"]);
    requirement = made(await stateRequirement("nss-requirements-officer"));
    expect(requirement.state).toBe("STATED");
  });

  test("only the bodies that may be asked learn of the interest: to anybody else there is no requirement (D.42)", async () => {
    for (const [who, sees] of [["psia-officer", true], ["npa-officer", true], ["meti-officer", true], ["mod-officer", false], ["mof-officer", false], ["breakglass-officer", false]] as const) {
      const { data } = await story.as(who).query(`query ($id: ID!) { cabinetSecretariatRequirement(id: $id) { id } }`, { id: requirement.id });
      expect([who, data]).toEqual([who, { cabinetSecretariatRequirement: sees ? { id: requirement.id } : null }]);
    }
  });

  test("the intelligence office asks three bodies; one for which the requirement is not meant, or for a day after it is due, it cannot ask (D.42)", async () => {
    expect(reasonsOf(await task("JPN.MOD", "mod-officer"))).toEqual(["STATE"]);
    expect(reasonsOf(await task("JPN.PSIA", "psia-officer", { due: inDays(31) }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await task("JPN.PSIA", "psia-officer", { requirement: "itm_none" }))).toEqual(["STATE"]);
    for (const [ministry, officer] of [["JPN.PSIA", "psia-officer"], ["JPN.NPA", "npa-officer"], ["JPN.METI", "meti-officer"]] as const) taskings.set(ministry, made(await task(ministry, officer)));
    const { data } = await story.as("npa-officer").query("{ cabinetSecretariatNotices { kind item } }");
    expect(data).toEqual({ cabinetSecretariatNotices: [{ kind: "TASKED", item: taskings.get("JPN.NPA")?.id }] });
  });

  test("each body sees its own tasking and not who else was asked (D.42)", async () => {
    const { data } = await story.as("psia-officer").query(`query ($related: String!) { cabinetSecretariatTaskings(related: $related) { nodes { ministry } totalCount } }`, { related: requirement.id });
    expect(data).toEqual({ cabinetSecretariatTaskings: { nodes: [{ ministry: "JPN.PSIA" }], totalCount: 1 } });
  });
});

describe("answers", () => {
  test("an answer below what it was made of, or that the intelligence office could not read, or under another ministry's label is refused (D.42)", async () => {
    const documents = ["doc_46grfsqch2kjarfb"];
    for (const wrong of [label("JPN.PSIA", { level: "CUI", regimes: ["CUI"] }), label("JPN.PSIA", { owners: [{ owner: "JPN.PSIA", rel: ["JPN"], dist: ["JPN.PSIA"] }] }), label("JPN.METI")]) {
      expect(reasonsOf(await send("psia-officer", "publicSecuritySubmitResponse", answerOf("JPN.PSIA", { documents, label: wrong })))).toEqual(["LABEL"]);
    }
  });

  test("a document that the officer may not read is refused as one that does not exist", async () => {
    const { data } = await story.as("psia-officer").query("{ publicSecurityDocuments { nodes { id } } }");
    const hidden = "doc_0000000000000000";
    expect(JSON.stringify(data)).not.toContain(hidden);
    const refused = await send("psia-officer", "publicSecuritySubmitResponse", answerOf("JPN.PSIA", { documents: [hidden] }));
    expect([codesOf(refused), reasonsOf(refused)]).toEqual([["MINISTRY_REFUSED"], ["STATE"]]);
  });

  test("public security answers from a document that it holds, the ministry of economy from what it knows, and an earlier answer is used again by its own ministry (D.42)", async () => {
    psiaResponse = made(await send("psia-officer", "publicSecuritySubmitResponse", answerOf("JPN.PSIA", { documents: ["doc_46grfsqch2kjarfb"], tasking: taskings.get("JPN.PSIA")?.id })));
    economyResponse = made(await send("meti-officer", "economySubmitResponse", answerOf("JPN.METI")));
    const proposed = await story.as("psia-officer").query(`{ publicSecurityResponses(related: "${TOPIC}") { nodes { id } } }`);
    expect(proposed.data).toEqual({ publicSecurityResponses: { nodes: [{ id: psiaResponse.id }] } });
    const again = made(await send("psia-officer", "publicSecuritySubmitResponse", answerOf("JPN.PSIA", { requirement: "itm_another", earlier: [psiaResponse.id] })));
    expect(again.state).toBe("SUBMITTED");
    expect(reasonsOf(await send("psia-officer", "publicSecuritySubmitResponse", answerOf("JPN.PSIA", { earlier: [psiaResponse.id], label: label("JPN.PSIA", { need: [] }) })))).toEqual(["LABEL"]);
  });

  test("police declines with a reason of the list; any other reason is none (D.43)", async () => {
    const decline = (reason: string): Promise<Answer> => send("npa-officer", "policeDeclineRequirement", { requirement: requirement.id, reason });
    expect(reasonsOf(await decline("TOO_BUSY"))).toEqual(["INPUT"]);
    // Words of its own would be read by whoever reads that it declined.
    const said = await send("npa-officer", "policeDeclineRequirement", { requirement: requirement.id, reason: "SOURCE_PROTECTION", explanation: "A source would be known (fictional)" });
    expect([codesOf(said), said.data ?? null]).toEqual([["BAD_USER_INPUT"], null]);
    policeResponse = made(await decline("SOURCE_PROTECTION"));
    expect(policeResponse.state).toBe("DECLINED");
  });

  test("one query shows the cycle across the ministries, to each exactly its part of it (D.42)", async () => {
    expect(await cycle("ciro-analyst")).toEqual({
      cabinetSecretariatRequirement: { id: requirement.id, state: "STATED" },
      cabinetSecretariatTaskings: { nodes: expect.arrayContaining([{ ministry: "JPN.PSIA", state: "TASKED" }, { ministry: "JPN.NPA", state: "TASKED" }, { ministry: "JPN.METI", state: "TASKED" }]) },
      publicSecurityResponses: { nodes: [{ state: "SUBMITTED" }] }, policeResponses: { nodes: [{ state: "DECLINED", reason: "SOURCE_PROTECTION" }] }, economyResponses: { nodes: [{ state: "SUBMITTED" }] },
    });
    expect(await cycle("psia-officer")).toEqual({
      cabinetSecretariatRequirement: { id: requirement.id, state: "STATED" }, cabinetSecretariatTaskings: { nodes: [{ ministry: "JPN.PSIA", state: "TASKED" }] },
      publicSecurityResponses: { nodes: [{ state: "SUBMITTED" }] }, policeResponses: { nodes: [] }, economyResponses: { nodes: [] },
    });
    expect(await cycle("mod-officer")).toEqual({
      cabinetSecretariatRequirement: null, cabinetSecretariatTaskings: { nodes: [] }, publicSecurityResponses: { nodes: [] }, policeResponses: { nodes: [] }, economyResponses: { nodes: [] },
    });
  });

  test("the economic-security officer of a ministry sees in one question what is open, what is asked of the ministry, what is late and what it answered; that of another ministry his own, which is nothing (D.47)", async () => {
    const local = (ministry: string, body: string): string => `query ($day: String!) {
      requirements: cabinetSecretariatRequirements(states: ["STATED", "OVERDUE"]) { nodes { id due } }
      open: cabinetSecretariatTaskings(related: "${body}", states: ["TASKED", "ESCALATED", "OVERDUE"]) { nodes { id due } }
      late: cabinetSecretariatTaskings(related: "${body}", states: ["TASKED", "ESCALATED", "OVERDUE"], dueBefore: $day) { totalCount }
      answers: ${ministry}Responses(first: 10) { nodes { id state } } cabinetSecretariatNotices(first: 5) { kind }
    }`;
    const board = async (who: string, ministry: string, body: string, day: string): Promise<unknown> => (await story.as(who).query(local(ministry, body), { day })).data;
    const own = { requirements: { nodes: [{ id: requirement.id, due: inDays(30) }] }, open: { nodes: [{ id: taskings.get("JPN.METI")?.id, due: inDays(14) }] }, answers: { nodes: [{ id: economyResponse.id, state: "SUBMITTED" }] }, cabinetSecretariatNotices: [{ kind: "TASKED" }] };
    expect(await board("meti-officer", "economy", "JPN.METI", TODAY)).toEqual({ ...own, late: { totalCount: 0 } });
    expect(await board("meti-officer", "economy", "JPN.METI", inDays(15))).toEqual({ ...own, late: { totalCount: 1 } });
    const none = { requirements: { nodes: [] }, open: { nodes: [] }, late: { totalCount: 0 }, answers: { nodes: [] }, cabinetSecretariatNotices: [] };
    expect(await board("mof-officer", "finance", "JPN.MOF", inDays(15))).toEqual(none);
    expect(await board("mof-officer", "economy", "JPN.METI", inDays(15))).toEqual(none);
  });

  test("the intelligence office notes the answers and the refusal, and escalates it; the officer and whoever is asked now are told (D.43)", async () => {
    const of = (ministry: string): { readonly id: string | undefined; readonly version: number | undefined } => ({ id: taskings.get(ministry)?.id, version: taskings.get(ministry)?.version });
    expect(made(await send("ciro-analyst", "cabinetSecretariatNoteResponse", { ...of("JPN.PSIA"), response: psiaResponse.id })).state).toBe("ANSWERED");
    expect(made(await send("ciro-analyst", "cabinetSecretariatNoteResponse", { ...of("JPN.METI"), response: economyResponse.id })).state).toBe("ANSWERED");
    const declined = made(await send("ciro-analyst", "cabinetSecretariatNoteDeclined", { ...of("JPN.NPA"), response: policeResponse.id, reason: "SOURCE_PROTECTION" }));
    expect(reasonsOf(await send("npa-officer", "cabinetSecretariatEscalateTasking", { id: declined.id, version: declined.version, to: "npa-officer", reason: "Please", due: inDays(20) }))).toEqual(["ROLE"]);
    const escalated = await send("nss-requirements-officer", "cabinetSecretariatEscalateTasking", { id: declined.id, version: declined.version, to: "npa-officer", reason: "A lower edition would do", due: inDays(20) }, "id state version due escalations");
    expect(escalated.data).toMatchObject({ cabinetSecretariatEscalateTasking: { state: "ESCALATED", due: inDays(20), escalations: 1 } });
    const { data } = await story.as("npa-officer").query("{ cabinetSecretariatNotices { kind } }");
    expect(data).toEqual({ cabinetSecretariatNotices: [{ kind: "TASKING_ESCALATED" }, { kind: "TASKED" }] });
    const overdue = await story.as("ciro-analyst").query(`query ($day: String!) { cabinetSecretariatTaskings(dueBefore: $day) { nodes { ministry state } } }`, { day: inDays(21) });
    expect(overdue.data).toEqual({ cabinetSecretariatTaskings: { nodes: [{ ministry: "JPN.NPA", state: "ESCALATED" }] } });
  });
});

describe("collection from a body of a ministry", () => {
  test("the intelligence office asks the body itself; its officers see that, other officers of the same ministry do not, and a body of a ministry that is not asked cannot be (D.44)", async () => {
    expect(reasonsOf(await task("JPN.MOD.DIH", "mod-officer"))).toEqual(["STATE"]);
    const asked = made(await task("JPN.METI.ECON", "meti-officer"));
    const sees = async (who: string, declared = {}): Promise<unknown> => (await story.as(who, declared).query("query ($id: ID!) { cabinetSecretariatTasking(id: $id) { ministry } }", { id: asked.id })).data;
    expect(await sees("meti-officer")).toEqual({ cabinetSecretariatTasking: { ministry: "JPN.METI.ECON" } });
    expect(await sees("meti-security-officer")).toEqual({ cabinetSecretariatTasking: null });
    expect(await sees("psia-officer")).toEqual({ cabinetSecretariatTasking: null });
  });

  test("what it gives is the ministry's: a label under which the body itself would own it is refused, and the answer says which body gave it (D.44)", async () => {
    const owned = (owners: readonly string[]): object => label("JPN.METI", { owners: owners.map((owner) => ({ owner, rel: ["JPN"], dist: ["JPN.CAS", "JPN.METI"] })) });
    const answer = (owners: readonly string[], fields?: string): Promise<Answer> => send("meti-officer", "economySubmitResponse", answerOf("JPN.METI", { topics: ["direct"], label: owned(owners) }), fields);
    expect(reasonsOf(await answer(["JPN.METI.ECON"]))).toEqual(["LABEL"]);
    expect(reasonsOf(await answer(["JPN.METI", "JPN.METI.ECON"]))).toEqual(["LABEL"]);
    const given = await answer(["JPN.METI"], "id state version owner givenBy");
    expect(given.data).toMatchObject({ economySubmitResponse: { state: "SUBMITTED", owner: "JPN.METI", givenBy: "JPN.METI.ECON" } });
    expect(given.release?.marking.en).not.toContain("ECON");
  });
});

describe("product and feedback", () => {
  const record = (reference: string, origin: string, marked: object): Promise<Answer> =>
    send("ciro-analyst", "cabinetSecretariatRecordSource", { reference, requirement: requirement.id, origin, topics: [TOPIC], reliability: "B", summary: "What they say (fictional)", label: marked });
  let sources: readonly string[] = [];
  const joined = { level: "CONFIDENTIAL", regimes: ["DOC"], need: ["RFI-2026-041"], owners: [{ owner: "JPN.PSIA", rel: ["JPN"], dist: ["JPN.CAS", "JPN.PSIA"] }, { owner: "JPN.METI", rel: ["JPN"], dist: ["JPN.CAS", "JPN.METI"] }] };
  const draft = (extra: object = {}): Promise<Answer> =>
    send("ciro-analyst", "cabinetSecretariatDraftProduct", { kind: "ASSESSMENT", requirement: requirement.id, title: both("Networks"), text: "They buy through brokers (fictional).", sources, topics: [TOPIC], label: joined, ...extra });

  test("what was received is recorded under the label that it came with, of which the giver is an owner (D.42)", async () => {
    expect(reasonsOf(await record(psiaResponse.id, "JPN.NPA", label("JPN.PSIA")))).toEqual(["LABEL"]);
    sources = [made(await record(psiaResponse.id, "JPN.PSIA", label("JPN.PSIA"))).id, made(await record(economyResponse.id, "JPN.METI", label("JPN.METI"))).id];
  });

  test("a product carries at least the join of what it was made of: without one owner, or lower, it is refused; with a source that nobody knows as well (D.42)", async () => {
    expect(reasonsOf(await draft({ label: label("JPN.PSIA") }))).toEqual(["LABEL"]);
    expect(reasonsOf(await draft({ label: { ...joined, level: "CUI", regimes: ["CUI"] } }))).toEqual(["LABEL"]);
    expect(reasonsOf(await draft({ sources: [...sources, "itm_none"] }))).toEqual(["STATE"]);
    product = made(await draft());
    expect(product.state).toBe("DRAFTED");
  });

  test("what three ministries know together is more than each of them knows: from three at CUI a product is a secret document, from two it is not, and by the way of another product neither (D.46)", async () => {
    const open = (owner: string): object => label(owner, { level: "CUI", regimes: ["CUI"], need: [] });
    const of = new Map<string, string>();
    for (const owner of ["JPN.PSIA", "JPN.METI", "JPN.NPA"]) of.set(owner, made(await record(`note_${owner.slice(4)}`, owner, open(owner))).id);
    const owners = (some: readonly string[]): object => ({ owners: some.map((owner) => ({ owner, rel: ["JPN"], dist: ["JPN.CAS", owner] })) });
    const cui = { level: "CUI", regimes: ["CUI"] };
    const made_ = (some: readonly string[], ids: readonly string[], marked: object): Promise<Answer> => draft({ sources: ids, topics: ["all-source"], label: { ...marked, ...owners(some) } });
    const ids = (some: readonly string[]): readonly string[] => some.map((owner) => of.get(owner) ?? "");
    const [two, three] = [["JPN.METI", "JPN.PSIA"], ["JPN.METI", "JPN.NPA", "JPN.PSIA"]];
    const pair = made(await made_(two, ids(two), cui));
    expect(reasonsOf(await made_(three, ids(three), cui))).toEqual(["LABEL"]);
    expect(reasonsOf(await made_(three, [pair.id, of.get("JPN.NPA") ?? ""], cui))).toEqual(["LABEL"]);
    expect(made(await made_(three, ids(three), { level: "CONFIDENTIAL", regimes: ["CUI", "DOC"] })).state).toBe("DRAFTED");
  });

  test("whoever wrote it does not release it; then the policy side reads it, says what it was worth, and closes the requirement (D.42)", async () => {
    const release = (who: string): Promise<Answer> => send(who, "cabinetSecretariatReleaseProduct", { id: product.id, version: 1 });
    expect(reasonsOf(await release("ciro-analyst"))).toEqual(["FOUR_EYES"]);
    expect(reasonsOf(await release("psia-officer"))).toEqual(["ROLE"]);
    expect(made(await release("nss-requirements-officer")).state).toBe("RELEASED");
    const assessed = await send("nss-requirements-officer", "cabinetSecretariatAssessProduct", { id: product.id, version: 2, usefulness: "PARTLY_MET", feedback: "Who finances it?" }, "state usefulness");
    expect(assessed.data).toEqual({ cabinetSecretariatAssessProduct: { state: "ASSESSED", usefulness: "PARTLY_MET" } });
    const closed = await send("nss-requirements-officer", "cabinetSecretariatCloseRequirement", { id: requirement.id, version: 1, outcome: "ANSWERED", answers: [product.id] });
    expect(made(closed).state).toBe("CLOSED");
    expect((await story.as("ciro-analyst").query("{ cabinetSecretariatNotices { kind } }")).data).toEqual({ cabinetSecretariatNotices: [{ kind: "PRODUCT_ASSESSED" }, { kind: "PRODUCT_RELEASED" }] });
  });

  test("when the same is asked again, the earlier product is proposed to those who may read it and to nobody else, and answers the new requirement (D.42)", async () => {
    const propose = async (who: string): Promise<unknown> => (await story.as(who).query(`{ cabinetSecretariatProducts(related: "${TOPIC}") { nodes { id } totalCount } }`)).data;
    expect(await propose("nss-requirements-officer")).toEqual({ cabinetSecretariatProducts: { nodes: [{ id: product.id }], totalCount: 1 } });
    for (const who of ["psia-officer", "meti-officer", "npa-officer", "mod-officer"]) expect([who, await propose(who)]).toEqual([who, { cabinetSecretariatProducts: { nodes: [], totalCount: 0 } }]);
    const next = made(await stateRequirement("nss-requirements-officer"));
    const close = (answers: readonly string[]): Promise<Answer> => send("nss-requirements-officer", "cabinetSecretariatCloseRequirement", { id: next.id, version: 1, outcome: "REUSED", answers });
    expect(reasonsOf(await close(["itm_none"]))).toEqual(["STATE"]);
    expect(reasonsOf(await close([]))).toEqual(["INPUT"]);
    expect(made(await close([product.id])).state).toBe("CLOSED");
  });
});

describe("attribution from foreign information", () => {
  const british = {
    level: "SECRET", regimes: ["DOC"],
    owners: [{ owner: "GBR", rel: ["GBR", "JPN"], orcon: true }, { owner: "JPN.MOFA", rel: ["GBR", "JPN"], dist: ["JPN.CAS", "JPN.MOFA"], orcon: true }],
  };
  let source = "";
  let attribution: Taken;
  let edition: Taken;
  let consent: Taken;
  const draft = (): Promise<Answer> => send("ciro-analyst", "cabinetSecretariatDraftProduct", { kind: "ATTRIBUTION", title: both("Who was it"), text: "PENCIL WHALE (fictional)", sources: [source], topics: ["attribution"], label: british });
  const agree = (originator: string, through: string, who = "mofa-release-officer"): Promise<Answer> =>
    send(who, "cabinetSecretariatRecordConsent", { source, originator, through, reference: "Note 12/2026 (fictional)", use: "Attribution", until: inDays(90) });

  test("nothing is made of what a foreign service controls before it has consented (D.49)", async () => {
    source = made(await send("ciro-analyst", "cabinetSecretariatRecordSource", { reference: "gbr_note_12", origin: "GBR", topics: ["attribution"], reliability: "A", summary: "The actor is known (fictional)", label: british })).id;
    expect(reasonsOf(await draft())).toEqual(["STATE"]);
  });

  test("its consent is recorded by the ministry through which it answered, not by the analyst, not through a body that has no part in it (D.49)", async () => {
    expect(reasonsOf(await agree("GBR", "JPN.MOFA", "ciro-analyst"))).toEqual(["ROLE"]);
    expect(reasonsOf(await agree("GBR", "JPN.CAS"))).toEqual(["STATE"]);
    expect(reasonsOf(await agree("USA", "JPN.MOFA"))).toEqual(["STATE"]);
    consent = made(await agree("GBR", "JPN.MOFA"));
    expect(reasonsOf(await draft())).toEqual(["STATE"]);
    expect(made(await agree("JPN.MOFA", "JPN.MOFA")).state).toBe("GIVEN");
    attribution = made(await draft());
    expect(attribution.state).toBe("DRAFTED");
  });

  test("a lower edition is hidden until every owner has released it; then others read it and learn nothing of the product (D.48, D.49)", async () => {
    const target = { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.CAS", rel: ["JPN"] }] };
    const write = (extra: object): Promise<Answer> => send("ciro-analyst", "cabinetSecretariatDraftTearline", { product: attribution.id, title: both("Attribution"), text: "An actor is suspected (fictional).", target: { ...target, ...extra } });
    expect(reasonsOf(await write({ need: ["MOFA-2025-031"] }))).toEqual(["LABEL"]);
    expect(reasonsOf(await write({ level: "SECRET", regimes: ["DOC"] }))).toEqual(["LABEL"]);
    edition = made(await write({}));
    const read = async (who: string, id = edition.id): Promise<unknown> => (await story.as(who).query(`query ($id: ID!) { cabinetSecretariatTearline(id: $id) { state text product owners version steps { name actor note } } }`, { id })).data;
    expect(await read("meti-officer")).toEqual({ cabinetSecretariatTearline: null });
    const release = (who: string, owner: string, version: number): Promise<Answer> => send(who, "cabinetSecretariatReleaseTearline", { id: edition.id, version, owner, reference: "Note 13/2026" });
    expect(reasonsOf(await release("ciro-analyst", "GBR", 1))).toEqual(["ROLE"]);
    expect(reasonsOf(await release("mod-approver", "GBR", 1))).toEqual(["STATE"]);
    expect(made(await release("mofa-release-officer", "JPN.MOFA", 1)).state).toBe("AWAITING_RELEASE");
    expect(reasonsOf(await release("mofa-release-officer", "JPN.MOFA", 2))).toEqual(["STATE"]);
    expect(await read("meti-officer")).toEqual({ cabinetSecretariatTearline: null });
    const publish = (who: string, version: number): Promise<Answer> => send(who, "cabinetSecretariatPublishTearline", { id: edition.id, version });
    expect(reasonsOf(await publish("ciro-analyst", 2))).toEqual(["STATE"]);
    expect(made(await release("mofa-release-officer", "GBR", 2)).state).toBe("CLEARED");
    expect(await read("meti-officer")).toEqual({ cabinetSecretariatTearline: null });
    expect(made(await publish("ciro-analyst", 3)).state).toBe("PUBLISHED");
    expect(await read("meti-officer")).toEqual({ cabinetSecretariatTearline: null });
    const { cabinetSecretariatTearline: { steps } } = await read("ciro-analyst") as { readonly cabinetSecretariatTearline: { readonly steps: readonly { readonly note: string | null }[] } };
    const { edition: published } = JSON.parse(steps.at(-1)?.note ?? "{}") as { readonly edition: string };
    const seen = JSON.stringify(await read("meti-officer", published));
    // By how many owners it had to be released is not to be counted either.
    expect(JSON.parse(seen)).toMatchObject({ cabinetSecretariatTearline: { state: "RELEASED", text: "An actor is suspected (fictional).", product: null, owners: null, version: 1, steps: [{ name: "RELEASE_EDITION", actor: "ciro-analyst" }] } });
    for (const word of [attribution.id, edition.id, "GBR", "MOFA", "mofa", source]) expect(seen).not.toContain(word);
  });

  test("an edition for a partner may be CONFIDENTIAL or SECRET, under the rules for documents and no statute; the partner's liaison reads it and another's does not (D.48)", async () => {
    const target = { level: "CONFIDENTIAL", regimes: ["DOC"], owners: [{ owner: "JPN.CAS", rel: ["JPN", "USA"] }] };
    const write = (extra: object): Promise<Answer> => send("ciro-analyst", "cabinetSecretariatDraftTearline", { product: attribution.id, title: both("Attribution"), text: "The actor is likely known (fictional).", target: { ...target, ...extra } });
    for (const extra of [{ regimes: [] }, { regimes: ["SDS"] }, { regimes: ["CUI"] }, { level: "CUI" }, { level: "TOP_SECRET" }]) expect([extra, reasonsOf(await write(extra))]).toEqual([extra, ["LABEL"]]);
    const draftOf = made(await write({}));
    const read = async (who: string, id: string): Promise<unknown> => (await story.as(who).query(`query ($id: ID!) { cabinetSecretariatTearline(id: $id) { state text product } }`, { id })).data;
    for (const [owner, version] of [["JPN.MOFA", 1], ["GBR", 2]] as const) made(await send("mofa-release-officer", "cabinetSecretariatReleaseTearline", { id: draftOf.id, version, owner, reference: "Note 14/2026" }));
    made(await send("ciro-analyst", "cabinetSecretariatPublishTearline", { id: draftOf.id, version: 3 }));
    const { cabinetSecretariatTearline: { steps } } = (await story.as("ciro-analyst").query(`query ($id: ID!) { cabinetSecretariatTearline(id: $id) { steps { note } } }`, { id: draftOf.id })).data as { readonly cabinetSecretariatTearline: { readonly steps: readonly { readonly note: string | null }[] } };
    const { edition: published } = JSON.parse(steps.at(-1)?.note ?? "{}") as { readonly edition: string };
    expect(await read("us-liaison", published)).toEqual({ cabinetSecretariatTearline: { state: "RELEASED", text: "The actor is likely known (fictional).", product: null } });
    expect([await read("aus-liaison", published), await read("us-liaison", draftOf.id)]).toEqual([{ cabinetSecretariatTearline: null }, { cabinetSecretariatTearline: null }]);
  });

  test("consent that is taken back stops what is made from then on (D.49)", async () => {
    expect(made(await send("mofa-release-officer", "cabinetSecretariatRevokeConsent", { id: consent.id, version: 1, reason: "The note was withdrawn" })).state).toBe("REVOKED");
    expect(reasonsOf(await draft())).toEqual(["STATE"]);
  });
});

describe("audit", () => {
  test("a finding is a secret document between auditor and audited; the audited body answers, the auditor closes, and nobody does both (D.50)", async () => {
    const finding = { audited: "JPN.MOD", officer: "mod-security-officer", title: both("Accounts"), finding: "Shared accounts (fictional)", level: "CONFIDENTIAL", due: inDays(60) };
    expect(reasonsOf(await send("mod-security-officer", "cabinetOfficeRecordFinding", finding))).toEqual(["ROLE"]);
    const recorded = made(await send("auditor", "cabinetOfficeRecordFinding", finding));
    const read = async (who: string): Promise<Answer> => story.as(who).query(`query ($id: ID!) { cabinetOfficeAuditFinding(id: $id) { state } }`, { id: recorded.id });
    expect((await read("meti-security-officer")).data).toEqual({ cabinetOfficeAuditFinding: null });
    const seen = await read("mod-security-officer");
    expect(seen.release?.marking.en).toMatch(/^\/\/JPN CONFIDENTIAL\/\/[A-Z/]*DOC\/\//);
    expect(reasonsOf(await send("auditor", "cabinetOfficeAnswerFinding", { id: recorded.id, version: 1, remedy: "None" }))).toEqual(["ROLE"]);
    expect(made(await send("mod-security-officer", "cabinetOfficeAnswerFinding", { id: recorded.id, version: 1, remedy: "Own accounts for everybody" })).state).toBe("ANSWERED");
    expect(reasonsOf(await send("mod-security-officer", "cabinetOfficeCloseFinding", { id: recorded.id, version: 2 }))).toEqual(["ROLE"]);
    expect(made(await send("auditor", "cabinetOfficeCloseFinding", { id: recorded.id, version: 2 })).state).toBe("CLOSED");
  });
});
