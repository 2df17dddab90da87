/** The judgement of a bundle (ADR 0001, ADR 0014), how long it is remembered, and that a process of its own judges as this process does. */
import { ApolloGateway } from "@apollo/gateway";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { JUDGE_NODE_FLAGS, judgeApart } from "../../../gateway/bundle/judge-apart";
import { judgeHere, type Judged } from "../../../gateway/bundle/judge";
import type { BundleError } from "../../../gateway/bundle/refusal";
import { judgeOnce } from "../../../gateway/bundle/verdict";
import { composeSupergraph, readDemoBundle } from "../../../schema/compose";
import { subgraph } from "../../schema/compose/harness";
import { contentOf } from "../../support/signed-bundle";
import { compiledApart } from "../../support/thread";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-judged-"));
/** Small, because it is judged a dozen times; one ministry learns something of the other. */
const good: Judged = contentOf(composeSupergraph([
  subgraph("defense", 'type Query { reports: [Report!] } type Report @key(fields: "id") { id: ID! title: String _label: Int! @inaccessible @shareable }'),
  subgraph("economy", 'type Report @key(fields: "id") { id: ID! note: String _label: Int! @inaccessible @shareable }'),
]));
/** As good as the other in everything but a feature that asks for enforcement, and nothing here enforces it. */
const guarded: Judged = { ...good, supergraph: good.supergraph.replace(/^schema\n/, 'schema\n  @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)\n') };
const [first] = good.flows as readonly { readonly from: readonly string[] }[];
const fewerFlows: Judged = { ...good, flows: (good.flows as readonly unknown[]).slice(1) };
const otherFlow: Judged = { ...good, flows: [{ ...first, from: ["nobody"] }, ...(good.flows as readonly unknown[]).slice(1)] };
const moreFields: Judged = { ...good, supergraph: good.supergraph.replace(/\ntype Query\n?([^{]*)\{/, "\ntype Query\n$1{\n  unlabelled: String") };
const judgements = jest.spyOn(ApolloGateway.prototype, "load");
const reasonOf = (judging: Promise<void>): Promise<string> => judging.then(() => "fit", (error: unknown) => (error as BundleError).reason);

beforeEach(() => { judgements.mockClear(); });
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });

it("refuses access control directives that nothing here enforces", async () => {
  expect(guarded.supergraph).not.toBe(good.supergraph);
  await expect(judgeHere(guarded)).rejects.toThrow(/refused[^]*authenticated/);
});

it("refuses a supergraph whose labels are others', and a flow graph that says less or more than follows [B-124]", async () => {
  expect(moreFields.supergraph).not.toBe(good.supergraph);
  expect(await Promise.all([good, moreFields, { ...good, labels: {} }, fewerFlows, otherFlow, { ...good, flows: null }].map((content) => reasonOf(judgeHere(content))))).toEqual(["fit", "labels", "labels", "flows", "flows", "flows"]);
});

it("judges in a process of its own as it does here, and takes no verdict for a refusal", async () => {
  const apart = judgeApart(compiledApart());
  expect(await reasonOf(apart(good))).toBe("fit");
  expect(await reasonOf(apart(contentOf(readDemoBundle())))).toBe("fit");
  expect(judgements).not.toHaveBeenCalled();
  expect(await reasonOf(apart(fewerFlows))).toBe("flows");
  await expect(apart(guarded)).rejects.toThrow(/refused[^]*authenticated/);
  await expect(judgeApart({ ...compiledApart(), within: 1 })(good)).rejects.toThrow(/within/);
  await expect(judgeApart({ flags: ["--require", path.join(folder, "nowhere.js")] })(good)).rejects.toThrow(/could not be judged/);
}, 180_000);

it("takes a process that ends without a word for a refusal", async () => {
  const silent = path.join(folder, "silent.js");
  fs.writeFileSync(silent, "process.exit(0);");
  await expect(judgeApart({ flags: ["--require", silent] })(good)).rejects.toThrow(/ended without a verdict/);
}, 60_000);

it("judges in another process, with limits of its own and nothing of this environment, and leaves no process behind", async () => {
  const [probe, found] = [path.join(folder, "probe.js"), path.join(folder, "found.json")];
  fs.writeFileSync(probe, `require("node:fs").writeFileSync(${JSON.stringify(found)}, JSON.stringify({ pid: process.pid, flags: process.execArgv, env: Object.keys(process.env) }));`);
  const { flags = [] } = compiledApart();
  expect(await reasonOf(judgeApart({ flags: ["--require", probe, ...flags] })(good))).toBe("fit");
  const child = JSON.parse(fs.readFileSync(found, "utf8")) as { readonly pid: number; readonly flags: readonly string[]; readonly env: readonly string[] };
  expect(child.pid).not.toBe(process.pid);
  expect(child.flags.slice(0, JUDGE_NODE_FLAGS.length)).toEqual(JUDGE_NODE_FLAGS);
  // Which every process of a test has.
  expect(child.env).not.toContain("JEST_WORKER_ID");
  expect(child.env).toContain("NODE_ENV");
  expect(() => process.kill(child.pid, 0)).toThrow(/ESRCH/);
}, 60_000);

it("judges at every start where nothing is remembered", async () => {
  const judge = judgeOnce(judgeHere, undefined);
  await judge(good);
  await judge(good);
  expect(judgements).toHaveBeenCalledTimes(2);
});

it("judges a bundle once where it is remembered, for nobody but its owner to read", async () => {
  const file = path.join(folder, "once");
  const judge = judgeOnce(judgeHere, file);
  await judge(good);
  await judge(good);
  expect(judgements).toHaveBeenCalledTimes(1);
  expect(fs.statSync(file).mode & 0o077).toBe(0);
});

it("judges another bundle whatever is remembered, and never remembers a refusal", async () => {
  const judge = judgeOnce(judgeHere, path.join(folder, "other"));
  await judge(good);
  await expect(judge(guarded)).rejects.toThrow(/refused/);
  await expect(judge(guarded)).rejects.toThrow(/refused/);
  await judge({ ...good, supergraph: `${good.supergraph}\n# one more line\n` });
  expect(judgements).toHaveBeenCalledTimes(4);
  expect(await reasonOf(judge(fewerFlows))).toBe("flows");
});

it.each(["", "true", "0".repeat(64)])("takes %p for no acceptance", async (text) => {
  const file = path.join(folder, "false");
  fs.writeFileSync(file, text);
  await expect(judgeOnce(judgeHere, file)(guarded)).rejects.toThrow(/refused/);
});
