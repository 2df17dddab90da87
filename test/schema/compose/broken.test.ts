/** Every example of `test/cases/broken` has its planted fault found by name, whatever the order of the subgraphs, and nothing else; mended, it composes. */
import fs from "node:fs";
import path from "node:path";
import { ComposeError, composeSupergraph, type SubgraphSource } from "../../../schema/compose";
import { describe as describeComposition } from "../../../schema/compose/compose";
import { SUBGRAPH_RULES, SUPERGRAPH_RULES } from "../../../schema/compose/rules";
import { labelsInSupergraph } from "../../../schema/compose/rules/labels-in-supergraph";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { loadPolicy } from "../../../schema/policy";

const FOLDER = path.join(__dirname, "../../cases/broken");
const ROOT = path.join(__dirname, "../../..");
interface Found { readonly rule: string; readonly coordinate: string; readonly subgraphs: readonly string[] }
interface Change { readonly from: string; readonly to: string }
interface Expected { readonly why: string; readonly findings: readonly Found[]; readonly mend: readonly (Change & { readonly file: string })[]; readonly damage?: Change }

const examples = fs.readdirSync(FOLDER).sort();
const rules = [...SUBGRAPH_RULES, ...SUPERGRAPH_RULES].map(({ name }) => name);

function readExample(name: string): { readonly sources: readonly SubgraphSource[]; readonly expected: Expected } {
  const files = fs.readdirSync(path.join(FOLDER, name));
  const sources = files.filter((file) => file.endsWith(".graphql")).map((file) => {
    const subgraph = path.basename(file, ".graphql");
    return { name: subgraph, url: `https://${subgraph}.invalid/graphql`, sdl: fs.readFileSync(path.join(FOLDER, name, file), "utf8") };
  });
  return { sources, expected: JSON.parse(fs.readFileSync(path.join(FOLDER, name, "expected.json"), "utf8")) as Expected };
}

function findingsOf(sources: readonly SubgraphSource[]): readonly Found[] {
  try {
    composeSupergraph(sources);
    return [];
  } catch (error) {
    if (!(error instanceof ComposeError)) throw error;
    const lines = new Set(error.findings.map(({ rule, coordinate, subgraphs }) => JSON.stringify({ rule, coordinate, subgraphs })));
    return [...lines].sort().map((line) => JSON.parse(line) as Found);
  }
}

test("there is an example for every rule, and for what is refused before and by composition", () => {
  expect(examples).toEqual([...rules, "composition", "subgraph", "input-limits"].sort());
});

test.each(rules)("the rule %s has a file that cites a clause of SPEC.md", (rule) => {
  const header = /^\/\*\*[^]*?\*\//.exec(fs.readFileSync(path.join(ROOT, "schema/compose/rules", `${rule}.ts`), "utf8"))?.[0] ?? "";
  const clause = /SPEC (\d+\.\d+)/.exec(header)?.[1] ?? "none";
  expect(fs.readFileSync(path.join(ROOT, "schema/SPEC.md"), "utf8")).toMatch(new RegExp(`^\\*\\*${clause.replace(".", "\\.")}[ *]`, "m"));
});

const composed = examples.filter((name) => readExample(name).expected.damage === undefined);

test.each(composed)("the fault of %s is found", (name) => {
  const { sources, expected } = readExample(name);
  expect(findingsOf(sources)).toEqual(expected.findings);
  expect(expected.findings.some(({ rule }) => rule === name)).toBe(true);
  expect(findingsOf([...sources].reverse())).toEqual(expected.findings);
});

test.each(composed)("%s composes when its fault is mended", (name) => {
  const { sources, expected } = readExample(name);
  const mended = sources.map((source) => ({ ...source, sdl: expected.mend.filter(({ file }) => file === source.name).reduce((sdl, { from, to }) => {
    expect(sdl).toContain(from);
    return sdl.replaceAll(from, to);
  }, source.sdl) }));
  expect(findingsOf(mended)).toEqual([]);
});

test("a composition that loses a label is found out [B-1]", () => {
  const { sources, expected } = readExample("labels-in-supergraph");
  const { supergraphSdl } = composeSupergraph(sources);
  const { from = "", to = "" } = expected.damage ?? {};
  expect(supergraphSdl).toContain(from);
  const found = (sdl: string): readonly Found[] => labelsInSupergraph.check(describeComposition(sources.map(readSubgraph), readSupergraph(sdl), loadPolicy()))
    .map(({ rule, coordinate, subgraphs }) => ({ rule, coordinate, subgraphs }));
  expect(found(supergraphSdl)).toEqual([]);
  expect(found(supergraphSdl.replace(from, to))).toEqual(expected.findings);
});
