/** Composition in a process of its own: the same result as here, and a bounded refusal for schemas that were made to keep it busy or to fill the memory. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { runCheck } from "../../../gateway/cli/commands/check";
import { composeApart, type Limits, type Stopped } from "../../../gateway/cli/commands/check-apart";
import { type Result, workOn } from "../../../gateway/cli/commands/check-work";
import { textOf } from "../../../gateway/cli/say";
import type { SubgraphSource } from "../../../schema/compose";
import { open, subgraph } from "../../schema/compose/harness";

const flags = ["--require", path.join(__dirname, "../../bench/register.js")];
const FEW: Limits = { seconds: 3, secondsPerKilobyte: 0, megabytes: 512 };
const many = (count: number, line: (at: number) => string): string => Array.from({ length: count }, (_, at) => line(at)).join("\n");
const apart = (sources: readonly SubgraphSource[], limits: Limits = FEW): Promise<Result | Stopped> => composeApart({ sources: [open, ...sources], isDemo: false }, { limits, flags });
const wordOf = (result: Result | Stopped): string => (result.kind === "stopped" ? result.said[0] : result.kind);

/** Within every limit of what is read, and yet much to do: ways from one ministry to another by many keys. */
const manyKeys = Array.from({ length: 20 }, (_, own) => subgraph(`s${own}`, `type Query { q${own}: T0 } ${many(10, (type) => `type T${type} ${many(8, (key) => `@key(fields: "k${key}")`)} { ${many(8, (key) => `k${key}: ID! @shareable`)} v${own}: Int n${own}: T${(type + 1) % 10} }`)}`));

describe("a schema that composes", () => {
  it("gives in a process of its own what it gives here, flows included", async () => {
    const sources = [open, subgraph("a", `type Query { a: Int } type D @key(fields: "id") { id: ID! }`)];
    const job = { sources, isDemo: false };
    expect(await composeApart(job, { flags })).toEqual(workOn(job));
    const broken = { sources: [subgraph("a", "type Query { a: Nowhere }")], isDemo: false };
    expect(await composeApart(broken, { flags })).toEqual(workOn(broken));
    const noBundle = { ...job, against: { supergraph: "type Query", labels: "{}" } };
    expect(await composeApart(noBundle, { flags })).toMatchObject({ kind: "against" });
  });
});

describe("a schema that was made to do harm", () => {
  it("is stopped after the processor time it may take", async () => {
    expect(wordOf(await apart(manyKeys))).toBe("compositionTooLong");
  });

  it("is stopped when it fills the memory it may take", async () => {
    expect(wordOf(await apart(manyKeys, { ...FEW, seconds: 120, megabytes: 80 }))).toBe("compositionTooLarge");
  });

  it.each([
    ["ten thousand labels", subgraph("a", `type Query { a: Int ${many(10_000, () => `@label(level: "CUI")`)} }`)],
    ["a type defined ten thousand times", subgraph("a", `type Query { t: A } ${many(10_000, () => "type A { x: Int }")}`)],
    ["interfaces in a circle", subgraph("a", `type Query { t: A } interface A implements B { x: Int } interface B implements A { x: Int } type T implements A & B { x: Int }`)],
    ["a deep list", subgraph("a", `type Query { a: ${"[".repeat(50_000)}Int${"]".repeat(50_000)} }`)],
  ])("is refused with findings: %s", async (_, source) => {
    const result = await apart([source]);
    expect(result.kind).toBe("refused");
  });
});

it("a process that dies says so, and gives no result", async () => {
  expect(wordOf(await composeApart({ sources: [open], isDemo: false }, { flags: ["--require", "/nowhere/at-all.js"] }))).toBe("compositionCrashed");
});

it("kanmon check fails in words of both languages, and writes nothing", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-apart-"));
  try {
    for (const { name, sdl } of [open, ...manyKeys]) fs.writeFileSync(path.join(folder, `${name}.graphql`), sdl);
    const before = fs.readdirSync(folder);
    let said = "";
    const [out, err] = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, "write").mockImplementation((text) => { said += String(text); return true; }));
    const code = await runCheck({ json: false, subgraphs: folder }, (job) => composeApart(job, { limits: FEW, flags })).finally(() => { out?.mockRestore(); err?.mockRestore(); });
    expect([code, said]).toEqual([1, expect.stringContaining(`FAIL composition of ${folder}`)]);
    expect(said).toMatch(/more processor time than there is to read \(3 s\)\. Nothing was written|\u51e6\u7406\u6642\u9593/);
    expect(fs.readdirSync(folder)).toEqual(before);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  for (const word of ["compositionTooLong", "compositionTooLarge", "compositionCrashed"] as const) expect(textOf("ja", word, { seconds: 1, megabytes: 1, how: "x" })).toMatch(/[\u3040-\u30ff]/);
});
