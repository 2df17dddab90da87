/** `kanmon bundle`: from a composed schema to a file that a gateway follows, and what each signer is told before signing. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { EXIT } from "../../../gateway/cli/exit";
import { run } from "../../../gateway/cli/main";
import { openBundle } from "../../../gateway/bundle/document";
import { composeSupergraph } from "../../../schema/compose";
import { loadPolicy } from "../../../schema/policy";
import { readSigners } from "../../../schema/signed";
import { subgraph } from "../../schema/compose/harness";
import { contentOf } from "../../support/signed-bundle";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-bundle-"));
const at = (name: string): string => path.join(folder, name);
const report = (fields: string): string => `type Report @key(fields: "id") { id: ID! ${fields} _label: Int! @inaccessible @shareable }`;

let out = "";
let said = "";
let shown: readonly unknown[];
beforeAll(async () => {
  // The second one tells economy what defense calls a report.
  for (const [name, economy] of [["before", report("note: String")], ["after", report('note: String @requires(fields: "title") title: String @external')]] as const) {
    const content = contentOf(composeSupergraph([subgraph("defense", `type Query { reports: [Report!] } ${report("title: String")}`), subgraph("economy", economy)]));
    fs.mkdirSync(at(name));
    fs.writeFileSync(path.join(at(name), "supergraph.graphql"), content.supergraph);
    fs.writeFileSync(path.join(at(name), "supergraph.labels.json"), JSON.stringify(content.labels));
    fs.writeFileSync(path.join(at(name), "supergraph.flows.json"), JSON.stringify(content.flows));
  }
  shown = [];
  for (const owner of ["first", "second"]) {
    [out, said] = ["", ""];
    listen();
    if (await bundle("key", owner, "--out", at(`${owner}.json`)) !== EXIT.ok) throw new Error(said);
    shown = [...shown, JSON.parse(out)];
  }
  fs.writeFileSync(at("signers.json"), JSON.stringify({ signers: shown }));
});
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });
beforeEach(() => { [out, said] = ["", ""]; listen(); });
afterEach(() => { jest.restoreAllMocks(); });
function listen(): void {
  jest.spyOn(process.stdout, "write").mockImplementation((text) => { out += String(text); return true; });
  jest.spyOn(process.stderr, "write").mockImplementation((text) => { said += String(text); return true; });
}
const bundle = (...args: readonly string[]): Promise<number> => run(["bundle", ...args, "--lang", "en"]);

test("makes keys whose private half is in one file alone, and never writes over one", async () => {
  expect(JSON.stringify(shown)).not.toContain("\"d\"");
  expect(fs.statSync(at("first.json")).mode & 0o077).toBe(0);
  const before = fs.readFileSync(at("first.json"), "utf8");
  expect(await bundle("key", "first", "--out", at("first.json"))).toBe(EXIT.configuration);
  expect(fs.readFileSync(at("first.json"), "utf8")).toBe(before);
});

test("makes a bundle that two persons have to sign, each with their own key alone", async () => {
  expect(await bundle("make", at("before"), "--key", at("first.json"), "--out", at("one.json"))).toBe(EXIT.ok);
  expect(await bundle("verify", at("one.json"), "--signers", at("signers.json"))).toBe(EXIT.ok);
  expect(out).toMatch(new RegExp(`^verified: serial \\d+, bundle B-[\\w-]{43}, checked against ${loadPolicy().version}, signed by first, issued `));
  out = "";
  expect(await bundle("verify", at("one.json"), "--signers", at("signers.json"), "--needed", "2")).toBe(EXIT.verificationFailed);
  expect(out).toBe("refused (signature): 1 of 2 persons have signed\n");
  expect(await bundle("sign", at("one.json"), "--key", at("second.json"), "--out", at("one.json"))).toBe(EXIT.ok);
  expect(await bundle("verify", at("one.json"), "--signers", at("signers.json"), "--needed", "2", "--json")).toBe(EXIT.ok);
  expect(await bundle("verify", at("one.json"), "--signers", at("signers.json"), "--needed", "0")).toBe(EXIT.usage);
});

test("goes up from the bundle in force, and shows the flows that a release adds before it is signed [B-124]", async () => {
  expect(await bundle("make", at("after"), "--after", at("one.json"), "--policy", "P-1", "--policy", "P-2", "--key", at("first.json"), "--out", at("two.json"))).toBe(EXIT.ok);
  expect(said).toContain("1 flows between ministries are added:\n  defense -> economy Report.title (requires)\n");
  const trust = { signers: readSigners({ signers: shown }), needed: 1 };
  const [one, two] = await Promise.all(["one.json", "two.json"].map((name) => openBundle(fs.readFileSync(at(name), "utf8"), trust)));
  expect(two?.document.policies).toEqual(["P-1", "P-2"]);
  expect(two?.document.serial).toBeGreaterThan(one?.document.serial ?? Infinity);
  expect(await bundle("show", at("one.json"), "--against", at("two.json"))).toBe(EXIT.ok);
  expect(out).toContain("Note: the serial is not above");
  expect(out).toContain("no flow between ministries is added");
  out = "";
  expect(await bundle("show", at("two.json"), "--against", at("one.json"), "--json")).toBe(EXIT.ok);
  expect(JSON.parse(out)).toMatchObject({ serial: two?.document.serial, policies: ["P-1", "P-2"], addedFlows: ["defense -> economy Report.title (requires)"] });
});

test("signs nothing that a gateway would not serve", async () => {
  fs.cpSync(at("after"), at("wrong"), { recursive: true });
  fs.writeFileSync(path.join(at("wrong"), "supergraph.flows.json"), "[]");
  expect(await bundle("make", at("wrong"), "--key", at("first.json"), "--out", at("wrong.json"))).toBe(EXIT.verificationFailed);
  expect(said).toBe("refused (flows): the flow graph is not the one that follows from the supergraph\n");
  expect(fs.existsSync(at("wrong.json"))).toBe(false);
  expect(await bundle("make", at("nowhere"), "--key", at("first.json"))).toBe(EXIT.configuration);
  expect(await bundle("make", at("before"), "--key", at("signers.json"))).toBe(EXIT.configuration);
});

test("says what is wrong with a bundle that was changed on the way", async () => {
  const text = fs.readFileSync(at("one.json"), "utf8");
  const { payload } = JSON.parse(text) as { payload: string };
  const altered = Buffer.from(Buffer.from(payload, "base64url").toString().replace("note: String", "none: String")).toString("base64url");
  expect(altered).not.toBe(payload);
  fs.writeFileSync(at("altered.json"), text.replace(payload, altered));
  expect(await bundle("verify", at("altered.json"), "--signers", at("signers.json"), "--json")).toBe(EXIT.verificationFailed);
  expect(JSON.parse(out)).toMatchObject({ ok: false, reason: "signature" });
  expect(await bundle("show", at("signers.json"))).toBe(EXIT.configuration);
});
