/** What lies in the public folder (SPEC 18.11): whole files that depend on what is public and on nothing else, and that no mistake takes back. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { DATA_FILE, FILES, makeEdition, PAGE_FILE, TABLE_FILE } from "../../../../gateway/cli/publication/edition";
import { keepEdition } from "../../../../gateway/cli/publication/keep";
import { PAGE_POLICY } from "../../../../gateway/cli/publication/page";
import { readTable } from "../../../../gateway/cli/registers/table-file";
import { reportOf } from "./published";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-public-"));
afterAll(() => { fs.rmSync(root, { recursive: true, force: true }); });
let made = 0;
const newFolder = (): string => path.join(root, String(made += 1), "site");
const lookAt = (folder: string): object => Object.fromEntries(fs.readdirSync(folder).sort().map((name) => { const file = path.join(folder, name); return [name, [fs.readFileSync(file, "utf8"), fs.statSync(file).mtimeMs]]; }));
const refusal = (why: string): Error => expect.objectContaining({ why, exitCode: 5 }) as Error;
const [FIRST, SECOND] = [reportOf("2023"), reportOf("2024")];

test("writes three files that anybody may read, and no other", () => {
  const folder = newFolder();
  expect(keepEdition(folder, [FIRST])).toEqual(FILES);
  expect(fs.readdirSync(folder).sort()).toEqual([...FILES].sort());
  for (const name of FILES) expect([name, fs.statSync(path.join(folder, name)).mode & 0o777]).toEqual([name, 0o644]);
});

test("writes nothing when nothing else is public: a file that changes says that something was published", () => {
  const folder = newFolder();
  keepEdition(folder, [FIRST]);
  const before = lookAt(folder);
  expect([keepEdition(folder, [FIRST]), lookAt(folder)]).toEqual([[], before]);
  expect(keepEdition(folder, [FIRST, SECOND])).toEqual(FILES);
  expect(makeEdition([FIRST])).toEqual(makeEdition([{ ...FIRST }]));
});

test.each<[string, readonly ReturnType<typeof reportOf>[]]>([
  ["is missing", [SECOND]], ["is missing as all others", []], ["has another figure", [{ ...FIRST, figures: reportOf("2023", "JPN.MOD", []).figures }, SECOND]], ["was published on another day", [{ ...FIRST, publishedOn: "2025-01-01" }, SECOND]],
])("leaves everything as it is when a report that was published %s", (_what, reports) => {
  const folder = newFolder();
  keepEdition(folder, [FIRST]);
  const before = lookAt(folder);
  expect(() => keepEdition(folder, reports)).toThrow(refusal("publicationForgets"));
  expect(lookAt(folder)).toEqual(before);
});

test.each<[string, (folder: string) => void]>([
  ["is no JSON", (folder) => { fs.writeFileSync(path.join(folder, DATA_FILE), "{"); }],
  ["is of another form", (folder) => { fs.writeFileSync(path.join(folder, DATA_FILE), JSON.stringify({ format: "kanmon-publication/2", reports: [] })); }],
  ["was altered", (folder) => { const file = path.join(folder, DATA_FILE); fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("\"atLeast\": 15", "\"atLeast\": 17")); }],
  ["is gone while the rest is there", (folder) => { fs.rmSync(path.join(folder, DATA_FILE)); }],
])("leaves everything as it is when what was published %s", (_what, change) => {
  const folder = newFolder();
  keepEdition(folder, [FIRST]);
  change(folder);
  const before = lookAt(folder);
  expect(() => keepEdition(folder, [FIRST, SECOND])).toThrow(refusal("publicationUnreadable"));
  expect(lookAt(folder)).toEqual(before);
});

test("repairs what an interrupted publication left behind", () => {
  const [folder, whole] = [newFolder(), newFolder()];
  keepEdition(folder, [FIRST]);
  keepEdition(whole, [FIRST, SECOND]);
  fs.writeFileSync(path.join(folder, `.${DATA_FILE}.part`), "half");
  fs.copyFileSync(path.join(whole, DATA_FILE), path.join(folder, DATA_FILE));
  expect(keepEdition(folder, [FIRST, SECOND])).toEqual([TABLE_FILE, PAGE_FILE]);
  fs.rmSync(path.join(folder, `.${DATA_FILE}.part`));
  for (const name of FILES) expect(fs.readFileSync(path.join(folder, name), "utf8")).toBe(fs.readFileSync(path.join(whole, name), "utf8"));
});

test("says the same in all three, in the frame of the exercise and under the mark", () => {
  const edition = makeEdition([FIRST, SECOND]);
  for (const name of FILES) for (const word of ["EXERCISE", "\u6f14\u7fd2\u30fb\u67b6\u7a7a", "\u516c\u958b", "//JPN PUBLIC"]) expect([name, edition[name].includes(word)]).toEqual([name, true]);
  const { reports } = JSON.parse(edition[DATA_FILE]) as { readonly reports: readonly { readonly year: string; readonly body: string; readonly figures: readonly { readonly measure: string; readonly regime: string; readonly item: string; readonly atLeast: number | null }[] }[] };
  const told = reports.flatMap(({ year, body, figures }) => figures.map(({ measure, regime, item, atLeast }) => [year, body, measure, regime, item, atLeast === null ? "X" : String(atLeast)]));
  const { columns, lines } = readTable(Buffer.from(edition[TABLE_FILE]), "csv");
  expect(lines.map((cells) => ["year", "body", "measure", "regime", "item", "atLeast"].map((column) => cells[columns.indexOf(column)]))).toEqual(told);
  expect(told).toEqual([FIRST, SECOND].flatMap(({ year, body, figures }) => figures.map((line) => [year, body, ...line.split(";")])));
  // Both languages, so each line twice.
  expect(edition[PAGE_FILE].match(/<tr><td>/g)?.length).toBe(told.length * 2);
});

test("makes a page that runs and loads nothing, whoever serves it, and in which nothing becomes markup", () => {
  const page = makeEdition([{ ...FIRST, body: "JPN.<img src=x>", figures: ["<script>;&;\"';X"] }])[PAGE_FILE];
  expect(page).not.toMatch(/<(script|img|iframe|object|link|base|form)\b|\bon\w+=|https?:/i);
  expect(PAGE_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; base-uri 'none'; form-action 'none'$/);
  expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY.replaceAll("'", "&#39;")}">`);
  expect(page).toContain("&#60;script&#62;");
  expect(makeEdition([])[PAGE_FILE]).toContain("No figures have been published yet.");
});
