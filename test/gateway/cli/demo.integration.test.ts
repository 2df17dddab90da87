import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { DEMO_PERSONAS } from "../../../gateway/cli/question";
import { PERSONAS } from "../../../gateway/cli/people";
import { widthOf } from "../../../gateway/cli/width";
import expected from "../../cases/expected.json";
import { documents, portionsOf } from "./demo-documents";
import { build, run, type Finished } from "./command";

/** A folder for temporary files that no other demo uses; the database's user has to get in. */
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-demo-test-"));
fs.chmodSync(temporary, 0o755);
/** But for PostgreSQL's programs, which are kept where the checkout cannot be read by its user. */
const leftBehind = (): readonly string[] => fs.readdirSync(temporary).filter((name) => !name.startsWith("embedded-pg-"));
let stacked: Finished;
let wide: Finished;

beforeAll(async () => {
  build();
  stacked = await run(["demo", "--lang", "en"], { TMPDIR: temporary });
  wide = await run(["demo", "--lang", "ja", "--width", "160"], { TMPDIR: temporary });
}, 400_000);
afterAll(() => { fs.rmSync(temporary, { recursive: true, force: true }); });

/** The six blocks of the stacked output, one per person, without the two of the revocation. */
const blocks = (): readonly string[] => stacked.out.split(/^={40,}$/m).slice(1, 1 + DEMO_PERSONAS.length);

test("works twice in a row, from nothing, and leaves nothing behind", () => {
  expect([stacked.code, wide.code]).toEqual([0, 0]);
  expect(leftBehind()).toEqual([]);
});

test("shows the question once and six different answers with markings in both languages", () => {
  expect(stacked.out.match(/^query Matter\(/gm)).toHaveLength(1);
  expect(blocks().map((block) => block.trim().split("\n")[0])).toEqual([...DEMO_PERSONAS]);
  const contents = blocks().map((block) => block.split("\n").filter((line) => !/ ms|^\w+-\w+$/.test(line)).slice(4).join("\n"));
  expect(new Set(contents).size).toBe(DEMO_PERSONAS.length);
  for (const block of blocks()) {
    expect(block).toMatch(/^ {2}\/\/JPN (CUI|CONFIDENTIAL|SECRET|TOP SECRET)\/\//m);
    expect(block).toMatch(/Marking\n {2}[\u3000-\u9fff]/);
    expect(block).toMatch(/Ministries asked\n {2}\w/);
    expect(block).toMatch(/Withheld, by reason class\n {2}(RESTRICTED \d+|none)/);
    expect(block).toMatch(/\d ms first, \d+\.\d ms again/);
  }
});

test("shows nobody a text that the expected table does not permit, and everybody what it permits", () => {
  let checked = 0;
  for (const [at, persona] of DEMO_PERSONAS.entries()) {
    const outcomes = expected.cases.find((each) => each.persona === persona)?.outcomes as Readonly<Record<string, string | Readonly<Record<string, string>>>>;
    const block = (blocks()[at] ?? "").replace(/\s+/g, " ");
    for (const { reference } of documents) {
      const outcome = outcomes[reference] ?? "hide";
      for (const [portion, text] of portionsOf(reference)) {
        const isPermitted = (typeof outcome === "string" ? outcome : outcome[portion]) === "permit";
        expect([persona, reference, portion, block.includes(text)]).toEqual([persona, reference, portion, isPermitted]);
        checked += 1;
      }
    }
  }
  expect(checked).toBeGreaterThan(200);
});

test("revokes one assignment live and says how long the values stayed", () => {
  expect(stacked.out).toContain("mod-security-officer revokes ciro-analyst's assignment to PRJ-QS-2026");
  const [, values, rest, accepted, gone] = /Revoked: values (\d+) -> (\d+)\. Accepted after (\d+) ms, values gone after (\d+) ms/.exec(stacked.out) ?? [];
  expect(Number(rest)).toBeLessThan(Number(values));
  expect(Number(gone)).toBeGreaterThanOrEqual(Number(accepted));
});

test("shows that the evidence is intact and that one flipped bit is found", () => {
  expect(stacked.out).toMatch(/evidence is intact: \d+ records[^]*One bit of byte \d+ flipped in a copy\nkanmon audit verify: evidence verification FAILED: [1-9]\d* findings/);
});

test("frames everything as an exercise, at the beginning and at the end", () => {
  for (const { out } of [stacked, wide]) {
    expect(out.match(/EXERCISE \u2013 FICTIONAL/g)?.length).toBeGreaterThanOrEqual(2);
    expect(out.trimStart().startsWith("#####")).toBe(true);
    expect(out.trimEnd().endsWith("#####")).toBe(true);
  }
});

test("lays six columns side by side at 160 cells, in Japanese", () => {
  const lines = wide.out.split("\n");
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(160);
  const [heading = ""] = lines.filter((line) => line.startsWith(DEMO_PERSONAS[0]));
  expect(heading.split("|").map((cell) => cell.trim())).toEqual([...DEMO_PERSONAS]);
  expect(wide.out).toContain(PERSONAS.find(({ id }) => id === "uncleared-official")?.name.ja.slice(0, 5));
});
