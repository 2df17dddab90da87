import { generateKeyPairSync } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { CompactSign, importJWK, type JWK } from "jose";
import { composeSupergraph } from "../../../schema/compose";
import { type CheckOptions, runCheck } from "../../../gateway/cli/commands/check";
import { workOn } from "../../../gateway/cli/commands/check-work";
import { CommandFailure } from "../../../gateway/cli/exit";
import { subgraph } from "../../schema/compose/harness";

const BROKEN = path.join(__dirname, "../../cases/broken");
const home = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-check-"));
afterAll(() => { fs.rmSync(home, { recursive: true, force: true }); });

/** Runs the command here and gives its exit code and everything it wrote. */
async function check(options: Partial<CheckOptions>, compose: Parameters<typeof runCheck>[1] = (job) => Promise.resolve(workOn(job))): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const stdout = jest.spyOn(process.stdout, "write").mockImplementation((text) => { out += String(text); return true; });
  const stderr = jest.spyOn(process.stderr, "write").mockImplementation((text) => { err += String(text); return true; });
  try { return { code: await runCheck({ json: false, ...options }, compose), out, err }; } finally { stdout.mockRestore(); stderr.mockRestore(); }
}
function write(name: string, text: string): string {
  const file = path.join(home, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}
function folderOf(name: string, sources: readonly { readonly name: string; readonly sdl: string }[]): string {
  for (const source of sources) write(`${name}/${source.name}.graphql`, source.sdl);
  return path.join(home, name);
}

const LABEL = "_label: Int! @inaccessible @shareable";
const defense = subgraph("defense", `type Query { document(id: ID!): Document exercise: String @label(level: "PUBLIC") } type Document @key(fields: "id") { id: ID! title: String weight: Int ${LABEL} }`);
const economy = (fields: string): ReturnType<typeof subgraph> => subgraph("economy", `type Document @key(fields: "id") { id: ID! note: String ${fields} ${LABEL} }`);
const before = [defense, economy("")];
const harvest = economy(`title: String @external summary: String @requires(fields: "title")`);
const LINE = "defense -> economy Document.title (requires)";

/** The bundle in force as two files. */
const against = path.join(home, "old");
beforeAll(() => {
  const { supergraphSdl, labels } = composeSupergraph(before);
  write("old/supergraph.graphql", supergraphSdl);
  write("old/supergraph.labels.json", labels.print());
});

interface Officer { readonly jwk: JWK; readonly publicJwk: JWK; readonly file: string }
function officer(kid: string): Officer {
  const jwk: JWK = { ...generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }) as JWK, kid };
  return { jwk, publicJwk: { kty: "OKP", crv: "Ed25519", x: jwk.x ?? "", kid }, file: write(`${kid}.json`, JSON.stringify(jwk)) };
}
const mod = officer("mod-1");
const meti = officer("meti-1");
const approvers = write("approvers.json", JSON.stringify({ approvers: [{ ministry: "defense", key: mod.publicJwk }, { ministry: "economy", key: meti.publicJwk }] }));

describe("a folder of schemas", () => {
  const examples = fs.readdirSync(BROKEN).filter((name) => name !== "labels-in-supergraph");
  test.each(examples)("is refused by the name of its planted fault: %s", async (name) => {
    const { code, out, err } = await check({ subgraphs: path.join(BROKEN, name) });
    expect(code).toBe(1);
    expect(out).toContain(`FAIL composition of ${path.join(BROKEN, name)}`);
    expect(err).toMatch(new RegExp(`^ {5}${name} `, "m"));
  });

  test("is accepted when there is nothing to find", async () => {
    const { code, out } = await check({ subgraphs: folderOf("clean", before) });
    expect([code, out]).toEqual([0, expect.stringMatching(/^ok {3}policy.*\nok {3}composition of .*clean\n$/)]);
  });

  test("that is not there or empty is a mistake of the caller", async () => {
    await expect(check({ subgraphs: path.join(home, "nowhere") })).rejects.toThrow(CommandFailure);
    fs.mkdirSync(path.join(home, "empty"));
    await expect(check({ subgraphs: path.join(home, "empty") })).rejects.toThrow(/no \.graphql file/);
  });
});

describe("against the bundle in force", () => {
  const same = { against, subgraphs: folderOf("same", before) };
  const change = { against, subgraphs: folderOf("harvest", [defense, harvest]) };
  const approvalBy = async (who: Officer, name: string, options: Partial<CheckOptions> = change): Promise<string> => {
    const { code, out } = await check({ ...options, approveAs: name, key: who.file });
    expect(code).toBe(0);
    return out.trim();
  };
  const signed = async (claims: object, header: object = {}): Promise<string> =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ alg: "EdDSA", typ: "kanmon-flows+jws", kid: "mod-1", ...header }).sign(await importJWK(mod.jwk, "EdDSA"));
  const claimsOf = (jws: string): Record<string, unknown> => JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
  const outcomeWith = (approvals: readonly string[], options: Partial<CheckOptions> = change): ReturnType<typeof check> => check({ ...options, approvers, approvals: write("approvals.txt", `${approvals.join("\n")}\n`) });

  test("no change adds no flow", async () => {
    const { code, out, err } = await check(same);
    expect([code, out]).toEqual([0, expect.stringContaining("ok   flows between ministries")]);
    expect(err).toContain("none added to F-");
  });

  test("a new @requires is shown as a flow and refused without the owner's approval [B-124]", async () => {
    const { code, out, err } = await check(change);
    expect([code, out]).toEqual([5, expect.stringContaining("FAIL flows between ministries")]);
    expect(err).toContain(`NO APPROVAL ${LINE}`);
  });

  test("it passes with an approval signed by the owner's officer", async () => {
    const approval = await approvalBy(mod, "defense");
    expect(claimsOf(approval)).toMatchObject({ iss: "defense", base: expect.stringMatching(/^F-/), flows: [LINE] });
    const { code, err } = await outcomeWith([approval]);
    expect([code, err]).toEqual([0, expect.stringContaining(`approved    ${LINE}`)]);
  });

  test("an approval by anybody else, for another change, of another kind or out of time approves nothing", async () => {
    const good = claimsOf(await approvalBy(mod, "defense"));
    const now = Math.floor(Date.now() / 1000);
    await expect(check({ ...change, approveAs: "economy", key: meti.file })).rejects.toThrow(/adds no flow from economy/);
    const bad: readonly (readonly [string, string])[] = [
      [await signed(good, { kid: "meti-1" }), "signature verification failed"],
      [await signed(good, { kid: "nobody" }), "a key that is not listed"],
      [await signed({ ...good, iss: "economy" }), "in the name of"],
      [await signed({ ...good, base: "F-other" }), "for another change"],
      [await signed(good, { typ: "JWT" }), "is not of type"],
      [await signed({ ...good, exp: now - 1 }), "not in force"],
      [await signed({ ...good, iat: now + 3600, exp: now + 7200 }), "not in force"],
      [await signed({ ...good, exp: now + 400 * 86_400 }), "not in force"],
      [await signed({ iss: "defense", base: good["base"], flows: [LINE] }), "not in force"],
      [await signed({ ...good, flows: "all" }), "names no flows"],
      ["not a jws", "approval 1"],
    ];
    for (const [jws, why] of bad) {
      const { code, err } = await outcomeWith([jws]);
      expect([code, err]).toEqual([5, expect.stringContaining(why)]);
      expect(err).toContain(`NO APPROVAL ${LINE}`);
    }
    const fewer = await outcomeWith([await signed({ ...good, flows: ["defense -> economy Document.weight (requires)"] })]);
    expect([fewer.code, fewer.err]).toEqual([5, expect.stringContaining(`NO APPROVAL ${LINE}`)]);
  });

  test("the ministry that receives cannot approve for the one that gives", async () => {
    const good = claimsOf(await approvalBy(mod, "defense"));
    const own = await new CompactSign(new TextEncoder().encode(JSON.stringify({ ...good, iss: "economy" }))).setProtectedHeader({ alg: "EdDSA", typ: "kanmon-flows+jws", kid: "meti-1" }).sign(await importJWK(meti.jwk, "EdDSA"));
    expect((await outcomeWith([own])).code).toBe(5);
  });

  test("the list of approvers holds public keys, each once", async () => {
    const lists = [[], { approvers: [{ ministry: "defense", key: mod.jwk }] }, { approvers: [{ ministry: "defense", key: mod.publicJwk }, { ministry: "economy", key: mod.publicJwk }] }, { approvers: [{ ministry: "defense", key: { kty: "oct", k: "AA", kid: "x" } }] }];
    for (const list of lists) await expect(check({ ...change, approvers: write("bad-approvers.json", JSON.stringify(list)) })).rejects.toThrow(/^--approvers: /);
  });

  test("a bundle in force that cannot be read is said plainly", async () => {
    await expect(check({ ...change, against: path.join(home, "nowhere") })).rejects.toThrow(/^--against: /);
  });
});
