import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childEnvironment, ConfigError, readBareConfig, readClientConfig, readGatewayConfig, readLocale, readMinistryConfig, readStartConfig } from "../../gateway/config";

const dir = mkdtempSync(join(tmpdir(), "config-"));
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });
function file(name: string, text: string): string { const path = join(dir, name); writeFileSync(path, text); return path; }
function problemsOf(read: () => unknown): readonly string[] {
  try { read(); } catch (error) { if (error instanceof ConfigError) return error.problems; throw error; }
  return [];
}

const whole = {
  KANMON_BUNDLE_FILE: "somewhere", KANMON_BUNDLE_SIGNERS_FILE: file("signers", '{"signers":[]}'), KANMON_REGISTRY_FILE: file("registry", '{"gateways":[]}'),
  KANMON_POLICY_FILE: "elsewhere", KANMON_POLICY_SIGNERS_FILE: file("officers", '{"signers":[]}'),
  KANMON_KEYS_FILE: file("keys", '{"id":"g"}'), KANMON_EVIDENCE_DIR: join(dir, "evidence"),
};

const SUPERGRAPH = file("supergraph", "schema");

describe("the settings", () => {
  it("are read whole, and frozen", () => {
    const config = readGatewayConfig({}, whole);
    expect(config).toMatchObject({ mode: "labelled", bundleFile: "somewhere", bundleSigners: { signers: [] }, bundleSignatures: 1, policyFile: "elsewhere", policySigners: { signers: [] }, registry: { gateways: [] }, keys: { id: "g" }, demo: false, listen: { host: "127.0.0.1", port: 4000 } });
    expect(Object.isFrozen(config.limits)).toBe(true);
  });

  it("let a flag of the command line win over the environment", () => {
    expect(readGatewayConfig({ KANMON_PORT: "5001" }, { ...whole, KANMON_PORT: "5002" }).listen.port).toBe(5001);
    expect(readGatewayConfig({ KANMON_PORT: undefined }, { ...whole, KANMON_PORT: "5002" }).listen.port).toBe(5002);
  });

  it("name every mistake at once", () => {
    expect(problemsOf(() => readGatewayConfig({}, { KANMON_PORT: "70000", KANMON_DEMO: "yes", KANMON_LOG_LEVEL: "loud", KANMON_BUNDLE_SIGNERS_FILE: "/nowhere", KANMON_BUNDLE_SIGNATURES: "0" }))).toEqual([
      "KANMON_PORT must be a whole number from 0 to 65535", "KANMON_LOG_LEVEL must be silent, error, warn, info or debug", "KANMON_BUNDLE_FILE is missing",
      "KANMON_BUNDLE_SIGNERS_FILE names a file that cannot be read: /nowhere", "KANMON_BUNDLE_SIGNATURES must be a whole number from 1 to 16", "KANMON_POLICY_FILE is missing", "KANMON_POLICY_SIGNERS_FILE is missing", "KANMON_REGISTRY_FILE is missing", "KANMON_KEYS or KANMON_KEYS_FILE is missing",
      "KANMON_EVIDENCE_DIR is missing", "KANMON_DEMO must be 0 or 1",
    ]);
  });

  it("name mistakes in Japanese too, and about the same settings", () => {
    const refused = ((): ConfigError => { try { readGatewayConfig({}, { KANMON_PORT: "70000", KANMON_DEMO: "yes" }); } catch (error) { if (error instanceof ConfigError) return error; } throw new Error("not refused"); })();
    expect(refused.in("en")).toEqual(refused.problems);
    const nameIn = (problem: string): string | undefined => /KANMON_[A-Z_]+/.exec(problem)?.[0];
    expect(refused.in("ja").map(nameIn)).toEqual(refused.problems.map(nameIn));
    for (const problem of refused.in("ja")) expect(problem).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
  });

  it("have no place for a bundle that nobody signed", () => {
    for (const name of ["KANMON_SUPERGRAPH_FILE", "KANMON_LABELS_FILE"]) expect(problemsOf(() => readGatewayConfig({}, { ...whole, [name]: "x" }))).toEqual([`${name} is not a setting of this command`]);
  });

  it("refuse a name they do not know", () => {
    expect(problemsOf(() => readGatewayConfig({}, { ...whole, KANMON_ANONYMOUS: "1" }))).toEqual(["KANMON_ANONYMOUS is not a setting of this command"]);
  });

  it("refuse Apollo's switches that turn protections off [B-28]", () => {
    expect(problemsOf(() => readGatewayConfig({}, { ...whole, APOLLO_DISABLE_SECURITY_SOMETHING: "1" }))).toEqual([expect.stringContaining("APOLLO_DISABLE_SECURITY_SOMETHING")]);
  });

  it("refuse a secret given twice, and never print one", () => {
    const problems = problemsOf(() => readGatewayConfig({}, { ...whole, KANMON_KEYS: "not json s3cret" }));
    expect(problems.join()).toContain("both given");
    expect(problems.join()).not.toContain("s3cret");
  });

  it("refuse registry, keys, labels and evidence next to a gateway without labels", () => {
    expect(readBareConfig({}, { KANMON_SUPERGRAPH_FILE: SUPERGRAPH }).mode).toBe("bare");
    for (const name of ["KANMON_BUNDLE_FILE", "KANMON_BUNDLE_SIGNERS_FILE", "KANMON_REGISTRY_FILE", "KANMON_KEYS_FILE", "KANMON_EVIDENCE_DIR", "KANMON_DEMO"] as const) {
      expect(problemsOf(() => readBareConfig({}, { KANMON_SUPERGRAPH_FILE: SUPERGRAPH, [name]: "x" }))).toEqual([`${name} is not a setting of this command`]);
    }
  });

  it("switch Apollo's telemetry off before anything else is loaded", () => {
    expect(process.env["APOLLO_TELEMETRY_DISABLED"]).toBe("true");
  });

  it("read the other commands", () => {
    const database = { KANMON_DATABASE_URL: "postgres://me:p%40ss@localhost/db?host=%2Ftmp%2Fpg", KANMON_DATABASE_OWNER_URL_FILE: file("owner", "postgres://owner:o@db:6000/db\n") };
    const ministry = { KANMON_MINISTRY: "defense", KANMON_REGISTRY_FILE: whole.KANMON_REGISTRY_FILE, KANMON_KEYS_FILE: whole.KANMON_KEYS_FILE, ...database };
    expect(readMinistryConfig({}, ministry).policy).toBeUndefined();
    expect(readMinistryConfig({}, { ...ministry, KANMON_POLICY_FILE: "elsewhere", KANMON_POLICY_SIGNERS_FILE: whole.KANMON_POLICY_SIGNERS_FILE, KANMON_POLICY_STATE_FILE: "kept" }).policy)
      .toEqual({ snapshotFile: "elsewhere", signers: { signers: [] }, stateFile: "kept" });
    expect(problemsOf(() => readMinistryConfig({}, { ...ministry, KANMON_POLICY_FILE: "elsewhere" }))).toEqual(["KANMON_POLICY_SIGNERS_FILE is missing", "KANMON_POLICY_STATE_FILE is missing"]);
    expect(readMinistryConfig({}, ministry).database)
      .toEqual({ host: "/tmp/pg", port: 5432, username: "me", password: "p@ss", database: "db", ownerUsername: "owner", ownerPassword: "o" });
    expect(readStartConfig({}, {})).toMatchObject({ home: ".kanmon", listen: { port: 4000 } });
    expect(readClientConfig({}, { KANMON_TOKEN: "t", NO_COLOR: "1" })).toMatchObject({ token: "t", color: false });
  });

  it("take the terminal's locale as POSIX orders it, and the runtime's where nothing says it", () => {
    expect(readLocale({ LC_ALL: "", LC_MESSAGES: "ja_JP.UTF-8", LANG: "en_US.UTF-8" })).toBe("ja_JP.UTF-8");
    expect(readLocale({ LC_ALL: "C", LC_MESSAGES: "ja_JP.UTF-8" })).toBe("C");
    expect(readLocale({})).toMatch(/^[a-z]{2,3}(-|$)/);
  });

  it("hand a child only what it was given and what any program needs", () => {
    const environment = childEnvironment({ KANMON_PORT: "1" }, { PATH: "/bin", KANMON_KEYS: "secret", APOLLO_KEY: "k", SSH_AUTH_SOCK: "x" });
    expect(environment).toEqual({ PATH: "/bin", APOLLO_TELEMETRY_DISABLED: "true", NODE_ENV: "production", KANMON_PORT: "1" });
  });
});
