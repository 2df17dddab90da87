/** Explain, simulate and dry-run as officers use them, on the running demonstration: what README shows, who is refused, and that they agree with what people really get. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { recordAt } from "../../../gateway/cli/evidence-of";
import { PERSONAS } from "../../../gateway/cli/people";
import { verifyEvidence } from "../../../gateway/evidence/verify";
import { records } from "../../support/demo-data";
import { copyPreparedHome } from "../../support/prepared-home";
import { Command, run, type Finished } from "./command";

type Outcome = "permit" | "redact" | "hide";
interface Release { readonly evidence: { readonly index: number } }
interface Explained { readonly data?: { readonly existence: { readonly outcome: Outcome }; readonly fields: readonly { readonly field: string; readonly outcome: Outcome; readonly marking: { readonly en: string }; readonly reasons: readonly { readonly clause: string }[] }[]; readonly notExplained: readonly string[] }; readonly errors?: unknown; readonly extensions?: { readonly release: Release } }

const ROOT = path.join(__dirname, "../../..");
const home = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-officers-"));
fs.chmodSync(home, 0o711);
const data = path.join(home, "data");
const OFFICER = "mod-security-officer";
/** Of the officer's ministry. */
const PEOPLE = ["us-liaison", "mod-officer", "mod-approver"];
let started: Command;
let url = "";
let issuer = "";
const kanmon = (args: readonly string[], input = ""): Promise<Finished> => run([...args, "--url", url, "--issuer", issuer, "--lang", "en"], {}, input);

beforeAll(async () => {
  await copyPreparedHome(data);
  started = new Command(["start", "--home", data, "--lang", "en", "--together", "--port", "0", "--admin-port", "0", "--issuer-port", "0", "--ministry-port", "0"]);
  await started.said("ready ");
  url = /ready (\S+)/.exec(started.out)?.[1] ?? "";
  issuer = /issuer +(\S+)/.exec(started.err)?.[1] ?? "";
}, 180_000);
afterAll(async () => {
  started.process.kill("SIGTERM");
  await started.finished;
  fs.rmSync(home, { recursive: true, force: true });
}, 60_000);

/** Ids of defence's documents; the first five are not all that an officer sees. */
const defense = records.filter(({ reference }) => reference.startsWith("DEMO-MOD-")).map(({ id }) => id);
const tokens = new Map<string, string>();
async function tokenOf(persona: string): Promise<string> {
  const known = tokens.get(persona) ?? (await run(["token", "--as", persona, "--issuer", issuer])).out.trim();
  tokens.set(persona, known);
  return known;
}
const placeOf = (subject: string): object => { const persona = PERSONAS.find(({ id }) => id === subject); return { subject, client: persona?.client, purpose: persona?.purpose }; };

/** The tools without a process for each question. */
async function officer(tool: string, body: object, by = OFFICER): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(new URL(`/officer/${tool}`, url), { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${await tokenOf(by)}`, "kanmon-purpose": PERSONAS.find(({ id }) => id === by)?.purpose ?? "" }, body: JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
}
async function query(persona: string, text: string): Promise<{ readonly data: unknown; readonly extensions: { readonly release: { readonly withheld: readonly { readonly path: readonly string[] }[] } } }> {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${await tokenOf(persona)}`, "kanmon-purpose": PERSONAS.find(({ id }) => id === persona)?.purpose ?? "" }, body: JSON.stringify({ query: text }) });
  return await answer.json() as never;
}
const withoutEvidence = (text: string): string => text.replace(/"evidence":\{[^}]*\}/, "");

describe("README", () => {
  const readme = fs.readFileSync(path.join(ROOT, "README.md"), "utf8");
  const section = /^## Who would see this\?\n([^]*?)(?=^## )/m.exec(readme)?.[1] ?? "";
  const examples = [...section.matchAll(/^```sh\n(.*)\n```\n\n```\n([^]*?)^```$/gm)].map(([, command = "", shown = ""]) => ({ command, shown }));

  test("shows all three tools, and two of them as fields", () => {
    expect(examples.map(({ command }) => /kanmon (\S+)/.exec(command)?.[1])).toEqual(["explain", "simulate", "dry-run", "query"]);
  });

  test.each([0, 1, 2, 3])("shows what command %i really prints", async (at) => {
    const { command, shown } = examples[at] ?? { command: "", shown: "" };
    const [, input = "", line = ""] = /^(?:echo '(.*)' \| )?npx kanmon (.*)$/.exec(command) ?? [];
    const args = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain);
    const { code, out } = await kanmon(args, input);
    const neutral = (text: string): string => text.replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "NOW").replace(/"P-[0-9a-f]+"/g, '"POLICY"');
    expect(neutral(out)).toBe(neutral(shown));
    expect(code).toBe(args[0] === "simulate" ? 4 : 0);
  }, 60_000);
});

describe("explain", () => {
  test("agrees with what each person really gets of each document", async () => {
    let compared = 0;
    for (const subject of PEOPLE) {
      for (const id of defense) {
        const { data: told } = JSON.parse((await officer("explain", { ...placeOf(subject), record: `defense:${id}` })).text) as Explained;
        if (told === undefined) continue;
        const real = await query(subject, `{ defenseDocument(id: "${id}") { id reference kind class owner validUntil title { ja } summary { ja } body { ja } source { ja } figures { ja } } }`);
        const document = (real.data as { defenseDocument: Readonly<Record<string, unknown>> | null }).defenseDocument;
        expect([subject, id, told.existence.outcome]).toEqual([subject, id, document === null ? "hide" : "permit"]);
        for (const { field, outcome, reasons } of told.fields) {
          expect([subject, id, field, outcome === "permit"]).toEqual([subject, id, field, document?.[field] !== null && document?.[field] !== undefined]);
          expect([subject, id, field, reasons.length === 0]).toEqual([subject, id, field, outcome === "permit"]);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(100);
  }, 120_000);

  test("is the same bytes, from real ministries, for a hidden record and one that does not exist [B-134]", async () => {
    const by = "meti-security-officer";
    const about = placeOf("meti-officer");
    const [none, hidden, shown] = await Promise.all(["doc_0000000000000000", "doc_8rp9x4d1c9w06rcm", "doc_s40jd8pb5dyscazn"].map((id) => officer("explain", { ...about, record: `defense:${id}` }, by)));
    expect(hidden).toEqual(none);
    expect(none?.text).toContain("BAD_USER_INPUT");
    expect(shown?.status).toBe(200);
    expect((await officer("explain", { ...about, record: "nowhere:doc_s40jd8pb5dyscazn" }, by))).toEqual(none);
  });

  test("exits with 3 without the role, and is found in the evidence with the officer as the one who asked", async () => {
    expect((await kanmon(["explain", "--by", "mod-officer", "--subject", "us-liaison", "--coordinate", "Query.matter"])).code).toBe(3);
    expect((await kanmon(["simulate", "--by", "meti-security-officer", "--as", "meti-officer"])).code).toBe(3);
    expect((await kanmon(["explain", "--by", OFFICER, "--subject", "us-liaison"])).code).toBe(2);
    const { code, out } = await kanmon(["explain", "--by", OFFICER, "--subject", "us-liaison", "--coordinate", "Query.cabinetOfficePeople", "--json"]);
    const index = (JSON.parse(out) as Explained).extensions?.release.evidence.index ?? -1;
    expect(code).toBe(0);
    expect(recordAt(path.join(data, "evidence"), index)).toMatchObject({ kind: "ANSWER", tool: "EXPLAIN", subject: OFFICER, about: ["us-liaison"], item: "Query.cabinetOfficePeople" });
    expect((await verifyEvidence(path.join(data, "evidence"))).ok).toBe(true);
  }, 60_000);
});

describe("simulate", () => {
  const LIST = "{ defenseDocuments(first: 50) { totalCount nodes { id reference title { en } } pageInfo { hasNextPage } } economyDocuments(first: 50) { totalCount nodes { id } } }";
  const FOUND = '{ defenseDocuments(first: 50, filter: { reference: { contains: "DEMO" } }) { totalCount nodes { id } } }';
  const idsIn = (list: { readonly nodes: readonly { readonly id: string }[] }): ReadonlySet<string> => new Set(list.nodes.map(({ id }) => id));

  test.each([...PEOPLE, OFFICER])("counts and lists for %s what both may know of, and as if there were nothing else", async (subject) => {
    type Lists = { readonly data: Readonly<Record<string, { readonly totalCount: number; readonly nodes: readonly { readonly id: string }[] }>> };
    const both = JSON.parse((await officer("simulate", { ...placeOf(subject), query: LIST })).text) as Lists;
    const theirs = await query(subject, LIST) as unknown as Lists;
    const own = await query(OFFICER, LIST) as unknown as Lists;
    for (const list of ["defenseDocuments", "economyDocuments"]) {
      const [shared, a, b] = [both.data[list], theirs.data[list], own.data[list]];
      if (shared === undefined || a === undefined || b === undefined) throw new Error(list);
      const officers = idsIn(b);
      expect([...idsIn(shared)].sort()).toEqual([...idsIn(a)].filter((id) => officers.has(id)).sort());
      expect(shared.totalCount).toBe(shared.nodes.length);
    }
  }, 60_000);

  test("finds by content what both may read, and counts no more: the ministry guards for both", async () => {
    type Found = { readonly data: { readonly defenseDocuments: { readonly totalCount: number; readonly nodes: readonly { readonly id: string }[] } } };
    const both = JSON.parse((await officer("simulate", { ...placeOf("mod-officer"), query: FOUND })).text) as Found;
    const [theirs, own] = await Promise.all(["mod-officer", OFFICER].map((who) => query(who, FOUND))) as unknown as readonly [Found, Found];
    const [a, b] = [idsIn(theirs.data.defenseDocuments), idsIn(own.data.defenseDocuments)];
    const shared = [...a].filter((id) => b.has(id));
    expect(a.size).toBeGreaterThan(shared.length);
    expect([both.data.defenseDocuments.totalCount, [...idsIn(both.data.defenseDocuments)].sort()]).toEqual([shared.length, shared.sort()]);
  });

  test("of the officer themself is the officer's own answer", async () => {
    const simulated = await officer("simulate", { ...placeOf(OFFICER), query: LIST });
    expect(withoutEvidence(simulated.text)).toBe(withoutEvidence(JSON.stringify(await query(OFFICER, LIST))));
  });
});

describe("dry-run", () => {
  test("finds today's outcomes as people really get them: a change that changes nothing differs nowhere", async () => {
    const { code, out } = await kanmon(["dry-run", "--by", OFFICER, "--change", "-", "--json"], JSON.stringify({ agreements: [{ id: "JPN-USA-2007", set: {} }] }));
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ data: { changed: 0, people: expect.arrayContaining(PEOPLE), isWhole: true } });
  }, 60_000);

  test("says of a suspended agreement exactly what the liaison gets today and would lose", async () => {
    const { text } = await officer("dry-run", { people: [placeOf("us-liaison")], change: { agreements: [{ id: "JPN-USA-2007", set: { status: "SUSPENDED" } }] }, over: "stored" });
    let compared = 0;
    const { data: { differences } } = JSON.parse(text) as { data: { differences: readonly { record: string; field: string; before: Outcome; after: Outcome }[] } };
    for (const id of defense) {
      const { data: told } = JSON.parse((await officer("explain", { ...placeOf("us-liaison"), record: `defense:${id}` })).text) as Explained;
      const lost = differences.filter(({ record, field }) => record === `defense:${id}` && field !== "").map(({ field, before }) => [field, before]);
      // PUBLIC without a regime needs no agreement.
      const had = (told?.fields ?? []).filter(({ outcome, marking }) => outcome !== "hide" && !marking.en.startsWith("(//JPN U")).map(({ field, outcome }) => [field, outcome]);
      expect([id, Object.fromEntries(lost)]).toEqual([id, Object.fromEntries(had)]);
      compared += had.length;
    }
    expect(compared).toBeGreaterThan(30);
    expect(differences.every(({ after }) => after === "hide")).toBe(true);
  }, 120_000);

  test("exits with 7 and says why for a change that could not be in force, and with 3 without the role", async () => {
    const { code, err } = await kanmon(["dry-run", "--by", OFFICER, "--change", "-"], JSON.stringify({ agreements: [{ id: "JPN-USA-2007", set: { status: "MAYBE" } }] }));
    expect([code, err]).toEqual([7, expect.stringContaining("agreements.agreements[0].status")]);
    expect((await kanmon(["dry-run", "--by", "ciro-analyst", "--change", "-", "--over", "generated"], "{}")).code).toBe(3);
    expect((await kanmon(["dry-run", "--by", OFFICER, "--change", "-"], "no json")).code).toBe(2);
  }, 60_000);
});
