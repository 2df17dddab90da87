/** `kanmon policy`: two officers, one after the other, and what each is told before signing. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "../../../gateway/cli/main";
import { makeSigningKey, signersOf } from "../../../gateway/cli/keyring";
import { EXIT } from "../../../gateway/cli/exit";
import { OWN_FILES } from "../../support/policy-files";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-policy-"));
const at = (name: string): string => path.join(folder, name);
const officers = ["first", "second"].map(makeSigningKey);
const suspended = { ...OWN_FILES, agreements: JSON.parse(JSON.stringify(OWN_FILES.agreements).replace("\"IN_FORCE\"", "\"SUSPENDED\"")) as unknown };

let out = "";
let said = "";
beforeAll(() => {
  for (const officer of officers) fs.writeFileSync(at(`${officer.owner}.json`), JSON.stringify(officer));
  fs.writeFileSync(at("officers.json"), JSON.stringify(signersOf(officers)));
  for (const [name, files] of [["own", OWN_FILES], ["suspended", suspended]] as const) {
    fs.mkdirSync(at(name));
    for (const [file, content] of Object.entries(files)) fs.writeFileSync(path.join(at(name), `${file}.json`), JSON.stringify(content));
  }
});
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });
beforeEach(() => {
  [out, said] = ["", ""];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => { out += String(text); return true; });
  jest.spyOn(process.stderr, "write").mockImplementation((text) => { said += String(text); return true; });
});
afterEach(() => { jest.restoreAllMocks(); });
const policy = (...args: readonly string[]): Promise<number> => run(["policy", ...args, "--lang", "en"]);

test("makes a snapshot that counts once both officers have signed it, each with their own key alone", async () => {
  expect(await policy("make", "--key", at("first.json"), "--out", at("now.json"))).toBe(EXIT.ok);
  expect(await policy("verify", at("now.json"), "--signers", at("officers.json"))).toBe(EXIT.verificationFailed);
  expect(out).toBe("refused: 1 of 2 persons have signed\n");
  expect(await policy("sign", at("now.json"), "--key", at("second.json"), "--out", at("now.json"))).toBe(EXIT.ok);
  out = "";
  expect(await policy("verify", at("now.json"), "--signers", at("officers.json"))).toBe(EXIT.ok);
  expect(out).toMatch(/^verified: revision \d+, policy P-[0-9a-f]{16}, signed by first, second, issued /);
});

test("shows an officer what a change narrows and widens before it is signed", async () => {
  expect(await policy("make", at("suspended"), "--after", at("now.json"), "--key", at("first.json"), "--out", at("next.json"))).toBe(EXIT.ok);
  expect(said).toContain("A narrowing change: it applies at once, fresh or not\n  narrows agreements.JPN-USA-2007\n  narrows agreements.USA\n");
  said = "";
  expect(await policy("sign", at("next.json"), "--key", at("second.json"), "--against", at("now.json"))).toBe(EXIT.ok);
  expect(said).toContain("narrows agreements.JPN-USA-2007");
  expect(JSON.parse(out)).toMatchObject({ signatures: [{}, {}] });
  said = "";
  expect(await policy("sign", at("now.json"), "--key", at("second.json"), "--against", at("next.json"))).toBe(EXIT.configuration);
  expect(said).toContain("A widening change: it applies only while it is fresh");
  expect(said).toContain("no gateway will take it");
  expect(said).toContain("has signed already");
});

test("compares snapshots and folders alike", async () => {
  expect(await policy("diff", at("suspended"), at("now.json"), "--json")).toBe(EXIT.ok);
  expect(JSON.parse(out)).toMatchObject({ kind: "widening", differences: [{ path: "agreements.JPN-USA-2007", effect: "widens" }, { path: "agreements.USA", effect: "widens" }] });
  out = "";
  expect(await policy("diff", at("own"), at("now.json"))).toBe(EXIT.ok);
  expect(out).toBe("What is permitted does not change\n");
});

test.each<readonly [string, readonly string[], number]>([
  ["a folder without policy files", ["make", "/nowhere"], EXIT.configuration],
  ["days beyond what any gateway takes for fresh", ["make", "--days", "32"], EXIT.usage],
  ["what is no key", ["make", "--key", at("officers.json")], EXIT.configuration],
  ["what is no snapshot", ["diff", at("officers.json"), at("own")], EXIT.configuration],
  ["no list of officers", ["verify", at("now.json"), "--signers", at("now.json")], EXIT.configuration],
])("refuses %s", async (_, args, code) => {
  expect(await policy(...args)).toBe(code);
  expect(out).toBe("");
});
