/**
 * Story: a firm and the government. The Ministry of Economy needs Hoshimi Juden (fictional). It proposes, the firm accepts and files what it is, another officer certifies it; the Ministry of Defense has a contract
 * with it; the firm names its people. A change of ownership and the end of the contract stop what an engineer of the firm reads, at once.
 */
import { knownOperation } from "../support/known-operation";
import { codesOf, reasonsOf, startStory, within, type Answer } from "./story";

const story = startStory();
jest.setTimeout(120_000);

const HOSHIMI = "JPN.PRV.9990001000001";
const FACILITY = "FAC-HOSHIMI-1";
const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);

const mutation = (name: string, type: string, fields = "id state version"): string => `mutation ($input: ${type}Input!, $key: String) { cabinetOffice${name}(input: $input, key: $key) { ${fields} } }`;
const PROPOSE = mutation("ProposeFacilityClearance", "ProposeFacilityClearance", "id state version owner");
const ACCEPT = knownOperation("AcceptFacilityClearance");
const FILE = knownOperation("FileFacilityMaterial");
const ASSESS = mutation("AssessFacility", "AssessFacility", "id state version foci");
const REPORT = knownOperation("ReportFacilityChange");
const REVIEW = mutation("ReviewFacility", "ReviewFacility");
const CONTRACT = mutation("ConcludeFacilityContract", "ConcludeFacilityContract");
const END_CONTRACT = mutation("EndFacilityContract", "EndFacilityContract");
const ROSTER = knownOperation("FileFacilityRoster");
const PROVIDE = mutation("ProvideFacilityStaff", "ProvideFacilityStaff", "id state version provided");
const REMOVE = knownOperation("RemoveFacilityStaff");

const ATTEST = mutation("AttestFacilityZone", "AttestFacilityZone", "id state version due attestedOn");
const END_ZONE = knownOperation("EndFacilityZone");

interface Step { readonly id: string; readonly state: string; readonly version: number }
const made = (answer: Answer): Step => {
  expect(answer.errors).toEqual([]);
  return Object.values(answer.data as Readonly<Record<string, Step>>)[0] as Step;
};
let clearance: Step;
let contract: Step;
let roster: Step;

const proposer = () => story.as("meti-officer", { purpose: "DESIGNATION" });
const assessor = () => story.as("meti-security-officer", { purpose: "ACCESS-DECISION" });
const firm = () => story.as("hoshimi-facility-manager");
const engineer = () => story.as("contractor-engineer");
const next = (): { readonly id: string; readonly version: number } => ({ id: clearance.id, version: clearance.version });
const MATERIAL = { sites: ["AONADA-1"], ownership: "Founders 82 %, staff 18 % (fictional)", officers: "Five, all of them Japanese (fictional)", foreignRevenue: 12, safeguards: "Rules of 2025, a closed room, yearly training (fictional)" };

/** What the engineer reads of the matter of the contract. */
const READ = knownOperation("Matters");
const reads = ({ data }: Answer): boolean => JSON.stringify(data ?? null).includes('"EQS-2026-11"');
const comesBack = async (): Promise<boolean> => reads(await within(1_000, () => engineer().query(READ), reads));
const isGone = (answer: Answer): boolean => answer.errors.length === 0 && !reads(answer);
const goesAway = async (): Promise<boolean> => isGone(await within(1_000, () => engineer().query(READ), isGone));
/** Who changes their own standing is not answered with what was decided by the old one: the same request is sent again with its key, and is carried out once. */
const again = async (send: () => Promise<Answer>): Promise<Answer> => within(1_000, send, (answer) => !codesOf(answer).includes("STANDING_CHANGED"));

test("given an engineer of the firm, who reads the matter on which the firm works", async () => {
  expect(reads(await engineer().query(READ))).toBe(true);
});

test("the ministry that needs the firm proposes; a personnel officer may not, nobody may for another agency, and only a firm is proposed to (D.25, D.27)", async () => {
  const input = { agency: "JPN.METI", firm: HOSHIMI, facility: FACILITY, level: 2, need: "Sensing element (fictional)" };
  expect(reasonsOf(await story.as("meti-hr").mutate(PROPOSE, { input }))).toEqual(["ROLE"]);
  expect(reasonsOf(await proposer().mutate(PROPOSE, { input: { ...input, agency: "JPN.MOD" } }))).toEqual(["ROLE"]);
  expect(reasonsOf(await proposer().mutate(PROPOSE, { input: { ...input, firm: "JPN.MOD" } }))).toEqual(["INPUT"]);
  expect(reasonsOf(await proposer().mutate(PROPOSE, { input: { ...input, level: 1 } }))).toEqual(["INPUT"]);
  const answer = await proposer().mutate(PROPOSE, { input });
  clearance = made(answer);
  expect(clearance).toMatchObject({ state: "PROPOSED", owner: "JPN.METI", version: 1 });
});

test("the firm decides by whoever speaks for it: its engineer knows of the proposal and cannot accept it, another ministry does not even see it (D.27)", async () => {
  expect(reasonsOf(await engineer().mutate(ACCEPT, { input: next() }))).toEqual(["ROLE"]);
  const officer = story.as("mod-officer", { purpose: "DESIGNATION" });
  expect((await officer.query("query ($id: ID!) { cabinetOfficeFacilityClearance(id: $id) { id } }", { id: clearance.id })).data).toEqual({ cabinetOfficeFacilityClearance: null });
  expect(reasonsOf(await proposer().mutate(ACCEPT, { input: next() }))).toEqual(["ROLE"]);
  clearance = made(await firm().mutate(ACCEPT, { input: next() }));
  expect(clearance.state).toBe("ACCEPTED");
});

test("the personnel officer of the ministry never sees what a firm filed, whatever purpose is hers (D.26)", async () => {
  const seen = await story.as("meti-hr").query("{ cabinetOfficeFacilityClearances { totalCount nodes { id } } }");
  expect(seen.data).toEqual({ cabinetOfficeFacilityClearances: { totalCount: 0, nodes: [] } });
});

test("the firm files owners, officers and foreign turnover; a share above a hundred is no share (D.26)", async () => {
  expect(reasonsOf(await firm().mutate(FILE, { input: { ...next(), ...MATERIAL, foreignRevenue: 101 } }))).toEqual(["INPUT"]);
  clearance = made(await firm().mutate(FILE, { input: { ...next(), ...MATERIAL } }));
  expect(clearance.state).toBe("FILED");
});

test("the proposer cannot certify, mitigation has to be described, and no certificate is longer than five years (D.26)", async () => {
  const input = { ...next(), foci: "NONE", assessment: "Nothing found", validUntil: inDays(365) };
  expect(reasonsOf(await proposer().mutate(ASSESS, { input }))).toEqual(["ROLE"]);
  expect(reasonsOf(await assessor().mutate(ASSESS, { input: { ...input, foci: "MITIGATED" } }))).toEqual(["INPUT"]);
  expect(reasonsOf(await assessor().mutate(ASSESS, { input: { ...input, validUntil: inDays(6 * 366) } }))).toEqual(["LIMIT"]);
});

test("of the ministry that has one person for both, the person who proposed is refused when they certify (D.25)", async () => {
  const officer = story.as("mod-security-officer", { purpose: "ACCESS-DECISION" });
  const own = made(await officer.mutate(PROPOSE, { input: { agency: "JPN.MOD", firm: HOSHIMI, facility: "FAC-HOSHIMI-2", level: 2, need: "Second works (fictional)" } }));
  const accepted = made(await firm().mutate(ACCEPT, { input: { id: own.id, version: own.version } }));
  const filed = made(await firm().mutate(FILE, { input: { id: own.id, version: accepted.version, ...MATERIAL } }));
  expect(reasonsOf(await officer.mutate(ASSESS, { input: { id: own.id, version: filed.version, foci: "NONE", assessment: "x", validUntil: inDays(365) } }))).toEqual(["FOUR_EYES"]);
});

test("another officer certifies it, and the engineer goes on reading (D.25, D.26)", async () => {
  clearance = made(await assessor().mutate(ASSESS, { input: { ...next(), foci: "NONE", assessment: "Nothing found", validUntil: inDays(365) } }));
  expect(clearance).toMatchObject({ state: "CERTIFIED", foci: "NONE" });
  expect(reads(await engineer().query(READ))).toBe(true);
});

test("a change reported before it happens leaves access until that day, and the certificate is examined again (D.26)", async () => {
  clearance = made(await firm().mutate(REPORT, { input: { ...next(), change: "OFFICERS", changeDescription: "A new director (fictional)", effectiveOn: inDays(30) } }));
  expect(clearance).toMatchObject({ state: "CHANGE_REPORTED", due: inDays(30) });
  expect(reads(await engineer().query(READ))).toBe(true);
  clearance = made(await assessor().mutate(ASSESS, { input: { ...next(), foci: "NONE", assessment: "No influence", validUntil: inDays(365) } }));
});

test("a change that had already happened when it was reported stops the engineer within a second (D.26)", async () => {
  const report = { input: { ...next(), change: "OWNERSHIP", changeDescription: "A fund of Kaldania (fictional) holds 34 %", effectiveOn: inDays(-3) }, key: "story-industry-late-change" };
  clearance = made(await again(() => firm().mutate(REPORT, report)));
  expect(clearance.state).toBe("UNDER_REVIEW");
  expect(await goesAway()).toBe(true);
});

test("while it is under review nobody is provided; mitigated, the engineer reads again within a second (D.26)", async () => {
  const waiting = made(await firm().mutate(ROSTER, { input: { agency: "JPN.METI", firm: HOSHIMI, facility: FACILITY, people: ["contractor-engineer"] } }));
  expect(reasonsOf(await assessor().mutate(PROVIDE, { input: { id: waiting.id, version: waiting.version, people: ["contractor-engineer"] } }))).toEqual(["STATE"]);
  clearance = made(await assessor().mutate(ASSESS, { input: { ...next(), foci: "MITIGATED", assessment: "Influence of the fund", mitigation: "Proxy board, no access of the fund (fictional)", validUntil: inDays(300) } }));
  expect(clearance.state).toBe("CERTIFIED");
  expect(await comesBack()).toBe(true);
});

test("the agency's doubt stops access too, and whoever doubted does not certify; found unmitigated it stays stopped (D.26)", async () => {
  clearance = made(await proposer().mutate(REVIEW, { input: { ...next(), reason: "A source report (fictional)" } }));
  expect(await goesAway()).toBe(true);
  clearance = made(await assessor().mutate(ASSESS, { input: { ...next(), foci: "UNMITIGATED", assessment: "The board was replaced", validUntil: inDays(300) } }));
  expect(clearance.state).toBe("REFUSED");
  expect(reads(await engineer().query(READ))).toBe(false);
  clearance = made(await firm().mutate(FILE, { input: { ...next(), ...MATERIAL, ownership: "The fund has sold (fictional)" } }));
  clearance = made(await assessor().mutate(ASSESS, { input: { ...next(), foci: "NONE", assessment: "The influence has ended", validUntil: inDays(300) } }));
  expect(await comesBack()).toBe(true);
});

test("a contract is the agency's and the firm's: the ministry of economy does not learn of it (D.27)", async () => {
  const input = { agency: "JPN.MOD", firm: HOSHIMI, facility: FACILITY, token: "EQS-2026-11", subjectMatter: "Sea trial (fictional)", until: inDays(200) };
  expect(reasonsOf(await assessor().mutate(CONTRACT, { input }))).toEqual(["STATE"]);
  expect(reasonsOf(await story.as("mod-security-officer").mutate(CONTRACT, { input: { ...input, firm: "JPN.PRV.9990001000002" } }))).toEqual(["STATE"]);
  contract = made(await story.as("mod-security-officer").mutate(CONTRACT, { input }));
  expect((await assessor().query("{ cabinetOfficeFacilityContracts { totalCount } }")).data).toEqual({ cabinetOfficeFacilityContracts: { totalCount: 0 } });
  expect((await firm().query(knownOperation("Facility"))).data).toMatchObject({ cabinetOfficeFacilityContracts: { nodes: [{ token: "EQS-2026-11", state: "IN_FORCE" }] } });
});

test("the end of the contract stops the engineer within a second, and another agency can enter no contract about it, which would not bring it back either (D.27)", async () => {
  made(await story.as("mod-security-officer").mutate(END_CONTRACT, { input: { id: contract.id, version: contract.version, reason: "Work is done" } }));
  expect(await goesAway()).toBe(true);
  expect(reasonsOf(await assessor().mutate(CONTRACT, { input: { agency: "JPN.METI", firm: HOSHIMI, facility: FACILITY, token: "EQS-2026-11", subjectMatter: "x", until: inDays(200) } }))).toEqual(["STATE"]);
  expect(await comesBack()).toBe(false);
  made(await story.as("mod-security-officer").mutate(CONTRACT, { input: { agency: "JPN.MOD", firm: HOSHIMI, facility: FACILITY, token: "EQS-2026-11", subjectMatter: "Second year", until: inDays(200) } }));
  expect(await comesBack()).toBe(true);
});

test("the firm names its people, and takes one off the work: gone within a second (D.27)", async () => {
  const input = { agency: "JPN.METI", firm: HOSHIMI, facility: FACILITY, people: ["contractor-engineer"] };
  expect(reasonsOf(await engineer().mutate(ROSTER, { input }))).toEqual(["ROLE"]);
  roster = made(await firm().mutate(ROSTER, { input }));
  roster = made(await firm().mutate(REMOVE, { input: { id: roster.id, version: roster.version, people: ["contractor-engineer"] } }));
  expect(await goesAway()).toBe(true);
});

test("the agency provides whom the firm named, and nobody else; the firm cannot provide by itself (D.27)", async () => {
  const stranger = made(await firm().mutate(ROSTER, { input: { agency: "JPN.METI", firm: HOSHIMI, facility: FACILITY, people: ["contractor-engineer", "uncleared-official"] } }));
  expect(codesOf(await firm().mutate(PROVIDE, { input: { id: stranger.id, version: stranger.version, people: ["contractor-engineer"] } }))).toEqual(["UNKNOWN_OPERATION"]);
  expect(reasonsOf(await assessor().mutate(PROVIDE, { input: { id: stranger.id, version: stranger.version, people: ["mod-officer"] } }))).toEqual(["INPUT"]);
  expect(reasonsOf(await assessor().mutate(PROVIDE, { input: { id: stranger.id, version: stranger.version, people: ["uncleared-official"] } }))).toEqual(["STATE"]);
  const provided = made(await assessor().mutate(PROVIDE, { input: { id: stranger.id, version: stranger.version, people: ["contractor-engineer"] } }));
  expect(provided).toMatchObject({ state: "PROVIDED", provided: ["contractor-engineer"] });
  expect(await comesBack()).toBe(true);
});

describe("the zone in which the firm works", () => {
  const zone = { agency: "JPN.METI", firm: HOSHIMI, facility: FACILITY, site: "AONADA-1", level: 2, standard: "NIST_SP_800_171", assessment: "110 requirements, all met (fictional)", until: inDays(300) };
  const attest = (changes: object = {}, who = assessor): Promise<Answer> => who().mutate(ATTEST, { input: { ...zone, ...changes } });
  const end = ({ id, version }: Step, who = assessor): Promise<Answer> => again(() => who().mutate(END_ZONE, { input: { id, version, reason: "An open port (fictional)" }, key: `end-${id}` }));
  let attested: Step;

  test("is attested by the agency that certified the facility, for a site that the firm filed, for three years at most; not by another agency, nor by the firm (D.28)", async () => {
    expect(reasonsOf(await attest({ agency: "JPN.MOD" }, () => story.as("mod-security-officer", { purpose: "ACCESS-DECISION" })))).toEqual(["STATE"]);
    expect(codesOf(await attest({}, firm))).toEqual(["UNKNOWN_OPERATION"]);
    expect(reasonsOf(await attest({ site: "AONADA-9" }))).toEqual(["STATE"]);
    expect(reasonsOf(await attest({ until: inDays(3 * 366 + 1) }))).toEqual(["LIMIT"]);
    expect(reasonsOf(await attest({ level: 4 }))).toEqual(["INPUT"]);
    attested = made(await attest());
    expect(attested).toMatchObject({ state: "ATTESTED", due: inDays(300), attestedOn: TODAY });
    expect(reasonsOf(await attest())).toEqual(["STATE"]);
    expect(reads(await engineer().query(READ))).toBe(true);
  });

  test("taken back, the engineer has nothing there within a second, and a new certificate does not bring it back (D.28)", async () => {
    expect(made(await end(attested)).state).toBe("ENDED");
    expect(await goesAway()).toBe(true);
    clearance = made(await proposer().mutate(REVIEW, { input: { ...next(), reason: "The open port (fictional)" } }));
    clearance = made(await assessor().mutate(ASSESS, { input: { ...next(), foci: "NONE", assessment: "No influence", validUntil: inDays(300) } }));
    expect(await comesBack()).toBe(false);
  });

  test("attested below the level of the certificate it is not enough; at that level the engineer reads again, until the firm gives the zone up (D.28)", async () => {
    const low = made(await attest({ level: 1 }));
    expect(await comesBack()).toBe(false);
    made(await end(low));
    attested = made(await attest());
    expect(await comesBack()).toBe(true);
    expect(made(await end(attested, firm)).state).toBe("ENDED");
    expect(await goesAway()).toBe(true);
  });
});

test("the ministry reads the history of the certificate; what the engineer cannot know is refused as what does not exist", async () => {
  const history = await assessor().query("query ($id: ID!) { cabinetOfficeFacilityClearance(id: $id) { steps { name actor } } }", { id: clearance.id });
  expect((history.data as { readonly cabinetOfficeFacilityClearance: { readonly steps: readonly { readonly name: string }[] } }).cabinetOfficeFacilityClearance.steps.map(({ name }) => name)).toEqual([
    "PROPOSE_FACILITY", "ACCEPT_FACILITY", "FILE_FACILITY", "ASSESS_FACILITY", "REPORT_CHANGE", "ASSESS_FACILITY", "REPORT_CHANGE", "ASSESS_FACILITY", "REVIEW_FACILITY", "ASSESS_FACILITY", "FILE_FACILITY", "ASSESS_FACILITY", "REVIEW_FACILITY", "ASSESS_FACILITY"]);
  const unknown = await firm().mutate(ACCEPT, { input: { id: "itm_000000000000", version: 1 } });
  expect([codesOf(unknown), reasonsOf(unknown)]).toEqual([["MINISTRY_REFUSED"], ["STATE"]]);
});
