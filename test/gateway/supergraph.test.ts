/** The judgement of a supergraph by @apollo/gateway (ADR 0001), and how long it is remembered. */
import { ApolloGateway } from "@apollo/gateway";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { loadBundle } from "../../gateway/supergraph";
import { readSchemaFile } from "../../schema/compose/specification";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-judged-"));
const labels = readSchemaFile("supergraph.labels.json");
const good = readSchemaFile("supergraph.graphql");
/** As good as the other in everything but a feature that asks for enforcement, and nothing here enforces it. */
const guarded = good.replace(/^schema\n/, 'schema\n  @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)\n');
const load = (supergraph: string, judgedFile?: string): ReturnType<typeof loadBundle> => loadBundle({ mode: "labelled", supergraph, labels, ...(judgedFile === undefined ? {} : { judgedFile }) });
const judgements = jest.spyOn(ApolloGateway.prototype, "load");

beforeEach(() => { judgements.mockClear(); });
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });

it("refuses access control directives that nothing here enforces", async () => {
  expect(guarded).not.toBe(good);
  await expect(load(guarded)).rejects.toThrow(/refused[^]*authenticated/);
});

it("judges at every start where nothing is remembered", async () => {
  await load(good);
  await load(good);
  expect(judgements).toHaveBeenCalledTimes(2);
});

it("judges a supergraph once where it is remembered, for nobody but its owner to read", async () => {
  const file = path.join(folder, "once");
  const first = await load(good, file);
  expect((await load(good, file)).version).toBe(first.version);
  expect(judgements).toHaveBeenCalledTimes(1);
  expect(fs.statSync(file).mode & 0o077).toBe(0);
});

it("judges another supergraph whatever is remembered, and never remembers a refusal", async () => {
  const file = path.join(folder, "other");
  await load(good, file);
  await expect(load(guarded, file)).rejects.toThrow(/refused/);
  await expect(load(guarded, file)).rejects.toThrow(/refused/);
  await load(`${good}\n# one more line\n`, file);
  expect(judgements).toHaveBeenCalledTimes(4);
});

it.each(["", "true", "0".repeat(64)])("takes %p for no acceptance", async (text) => {
  const file = path.join(folder, "false");
  fs.writeFileSync(file, text);
  await expect(load(guarded, file)).rejects.toThrow(/refused/);
});
