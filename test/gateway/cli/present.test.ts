import type { Answer, Withheld } from "../../../gateway/cli/ask";
import { layBlocks, layColumns } from "../../../gateway/cli/columns";
import { countValues, presentAnswers, type Column } from "../../../gateway/cli/present";
import { widthOf } from "../../../gateway/cli/width";

const text = (value: string): { ja: string; en: string } => ({ ja: `JA ${value}`, en: `EN ${value}` });
const withheldAt = (path: string): Withheld => ({ path: path.split("."), reasonClass: "RESTRICTED", contact: text("desk"), requestable: false });

function column(id: string, nodes: readonly unknown[], withheld: readonly Withheld[], entry: unknown = null): Column {
  const answer: Answer = {
    status: 200, errors: [], ms: 12.34,
    data: { matter: { id: "mtr_1", defense: { entry, documents: { totalCount: nodes.length, nodes } }, economy: { documents: { totalCount: 0, nodes: [] } }, cabinetSecretariat: null, cabinetOffice: { documents: null } } },
    release: { marking: { ja: "JA-BANNER", en: `//JPN SECRET//NTK ${id}`, label: "L-1" }, withheld, evidence: { log: "E", index: 1, txn: "t" }, policy: "P" },
  };
  return { id, name: text(id), purpose: "ANALYSIS", answer, asked: ["defense", "economy"], time: "12.3 ms" };
}
const seen = { id: "doc_a", ministry: "JPN.MOD", reference: "DEMO-1", kind: "REPORT", title: text("title"), summary: text("summary"), body: null, source: null, figures: null };
const whole = { id: "doc_a", ministry: "JPN.MOD", reference: null, kind: null, title: null, summary: null, body: null, source: null, figures: null };
const columns = [
  column("first", [seen, { ...seen, id: "doc_b", reference: "DEMO-2" }], [withheldAt("matter.defense.documents.nodes.0.body")], { token: "PRJ", name: text("project") }),
  column("second", [whole], [withheldAt("matter.defense.documents.nodes.0")]),
  column("third", [], []),
];
const blocks = layBlocks(presentAnswers(columns, "en"), 100).join("\n").split("=".repeat(100)).slice(1);

test("shows each person the marking in both languages, the fields, and what is withheld by class", () => {
  expect(blocks).toHaveLength(3);
  expect(blocks[0]).toMatch(/first\nEN first\npurpose ANALYSIS/);
  expect(blocks[0]).toContain("JA-BANNER");
  expect(blocks[0]).toContain("//JPN SECRET//NTK first");
  expect(blocks[0]).toContain("PRJ EN project");
  expect(blocks[0]).toContain("summary: EN summary");
  expect(blocks[0]).toContain("body: ## withheld (RESTRICTED)");
  expect(blocks[0]).toMatch(/by reason class\n {2}RESTRICTED 1/);
  expect(blocks[0]).toContain("defense, economy");
  expect(blocks[0]).toContain("12.3 ms");
});

test("shows of a record withheld as a whole only the class and whom to ask", () => {
  expect(blocks[1]).toMatch(/doc_a\n {2}## withheld \(RESTRICTED\)\n {2}contact: EN desk/);
  expect(blocks[1]).not.toContain("DEMO-1");
  expect(blocks[1]).not.toContain("title:");
});

test("shows nothing of a document that a person did not get", () => {
  expect(blocks[2]).not.toContain("doc_");
  expect(blocks[2]).toContain("documents: 0");
  expect(blocks[2]).toMatch(/by reason class\n {2}none/);
});

test("puts the same document of several people into the same row", () => {
  const lines = layColumns(presentAnswers(columns, "en"), 120);
  const from = lines.indexOf("doc_a");
  expect(lines[from + 1]?.split("|").map((cell) => cell.trim())).toEqual(["DEMO-1 REPORT", "## withheld (RESTRICTED)", ""]);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(120);
});

test("shows that the reference or the matter's entry is withheld while other parts are not", () => {
  const half = column("half", [{ ...seen, reference: null, kind: null }], ["matter.defense.documents.nodes.0.reference", "matter.defense.documents.nodes.0.kind", "matter.defense.entry"].map(withheldAt));
  const lines = layBlocks(presentAnswers([half], "en"), 80).join("\n");
  expect(lines).toMatch(/Matter\n {2}## withheld \(RESTRICTED\)/);
  expect(lines).toMatch(/doc_a\n {2}## withheld \(RESTRICTED\)\n {2}title: EN title/);
  expect(lines).toContain("RESTRICTED 3");
});

test("counts every text that an answer shows", () => {
  expect(columns.map(({ answer }) => countValues(answer))).toEqual([7, 0, 0]);
});

test("speaks Japanese where told", () => {
  expect(layBlocks(presentAnswers(columns, "ja"), 100).join("\n")).toContain("JA summary");
});

test("shows a refusal by its status and code", () => {
  const refused: Column = { ...column("x", [], []), answer: { status: 401, ms: 1, errors: [{ message: "Unauthorized.", extensions: { code: "UNAUTHENTICATED" } }] } };
  expect(layBlocks(presentAnswers([refused], "en"), 80).join("\n")).toMatch(/HTTP 401[^]*UNAUTHENTICATED Unauthorized\./);
});
