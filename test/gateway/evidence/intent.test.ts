import { spawn } from "node:child_process";
import { readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { ChainedRecord, EvidenceRecord } from "../../../gateway/evidence/record";
import { EvidenceLog } from "../../../gateway/evidence/log";
import { verifyEvidence } from "../../../gateway/evidence/verify";
import { type Finishing, intend } from "../../../gateway/front/finish";
import type { Known } from "../../../gateway/pipeline";
import { startWorld, type World } from "../front/labelled-federation";

const recordsIn = (dir: string): ChainedRecord[] => readFileSync(path.join(dir, "evidence.jsonl"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as ChainedRecord);
const RENAME = "mutation Rename($t: String!) { named: defenseRename(id: \"open\", title: $t) { id } }";

describe("a gateway that is killed when a ministry has made a change", () => {
  it("has left the intent on disk, and the check of its log names it without calling the log corrupt [B-132]", async () => {
    const said = await runToItsEnd();
    const [dir = ""] = said;
    try {
      expect(said.slice(1)).toEqual(["CALLED"]);
      const records = recordsIn(dir);
      const [first, second] = records.filter(({ kind }) => kind === "INTENT");
      expect(records.at(-1)).toEqual(second);
      expect(second).toMatchObject({ subject: "hi", operation: "Second", steps: ["defenseRename"], client: "kasumi-1-z4" });
      expect(second?.variables).toMatch(/^[0-9a-f]{64}$/);
      expect(JSON.stringify(records)).not.toContain("nobody may read");
      expect(records.filter(({ intent }) => intent === first?.index)).toMatchObject([{ kind: "ANSWER", operation: "First", txn: first?.txn }]);
      // A question costs nothing more.
      expect(records.filter(({ kind }) => kind === "ANSWER")).toHaveLength(2);
      const verdict = await verifyEvidence(dir);
      expect(verdict).toMatchObject({ ok: true, findings: [], unfinished: [{ index: second?.index }] });
      expect(verdict.unfinished[0]?.problem).toMatch(new RegExp(`^hi was about to change at .*: defenseRename \\(request ${String(second?.txn)}\\)`));
      // And it is not forgotten when the gateway comes back.
      const again = new EvidenceLog({ dir, clock: Date.now });
      await again.close();
      expect(await verifyEvidence(dir)).toMatchObject({ ok: true, unfinished: [{ index: second?.index }] });
    } finally { rmSync(dir, { recursive: true, force: true }); }
  }, 120_000);
});

describe("an intent", () => {
  let world: World;
  beforeAll(async () => { world = await startWorld(); }, 60_000);
  afterAll(() => world.stop());

  it("is durable before the ministry is called, and its outcome names it, also when the ministry fails", async () => {
    let before: readonly ChainedRecord[] = [];
    world.defense.interfere = (_request, response) => { before = world.records(); response.writeHead(500).end("{}"); return true; };
    const answer = await world.ask(RENAME, "hi", { variables: { t: "x" } });
    world.defense.interfere = undefined;
    expect(answer.json.errors?.[0]?.extensions.code).toBe("MINISTRY_UNAVAILABLE");
    expect(before.at(-1)).toMatchObject({ kind: "INTENT", steps: ["defenseRename"] });
    expect(world.records().at(-1)).toMatchObject({ intent: before.at(-1)?.index, errors: ["MINISTRY_UNAVAILABLE"] });
    expect((await verifyEvidence(world.evidenceDir)).unfinished).toEqual([]);
  });

  it("is written once for a request, however often its answer is decided, and not at all while evidence is known to fail", async () => {
    const written: EvidenceRecord[] = [];
    let isHealthy = true;
    const finishing: Finishing = {
      evidence: { id: "log", isHealthy: () => isHealthy, append: (make) => { written.push(make(written.length)); return { index: written.length - 1, durable: Promise.resolve() }; } },
      policyVersion: "P", bundleVersion: "B", clock: () => 0,
    };
    const known: Known = { txn: "t" };
    await intend(["change"], finishing, known);
    await intend(["change"], finishing, known);
    expect([written.map(({ kind, steps }) => [kind, steps]), known.intent]).toEqual([[["INTENT", ["change"]]], 0]);
    isHealthy = false;
    await expect(intend(["change"], finishing, { txn: "u" })).rejects.toMatchObject({ code: "EVIDENCE_UNAVAILABLE" });
    expect(written).toHaveLength(1);
  });

  it("that cannot be made durable keeps the change from being asked of anybody [B-132]", async () => {
    const other = await startWorld();
    try {
      const { title } = other.reports[0] ?? {};
      expect((await other.ask(RENAME, "hi", { variables: { t: title } })).status).toBe(200);
      const before = other.defense.calls.length;
      renameSync(path.join(other.evidenceDir, "evidence.jsonl"), path.join(other.evidenceDir, "moved.jsonl"));
      // The first finds out that the log is gone, by its own intent; the second is refused because that is known.
      for (const t of ["first", "second"]) expect((await other.ask(RENAME, "hi", { variables: { t } })).json.errors?.[0]?.extensions.code).toBe("EVIDENCE_UNAVAILABLE");
      expect([other.defense.calls.length, other.reports[0]?.title]).toEqual([before, title]);
    } finally { await other.stop().catch(() => undefined); }
  });

  it("is not written for a question, nor for a change that is refused before it is planned", async () => {
    const intents = (): number => world.records().filter(({ kind }) => kind === "INTENT").length;
    const before = intents();
    await world.ask("{ defenseReports { id } }", "hi");
    await world.ask("mutation { nothing }", "hi");
    await world.ask(RENAME, "nobody", { variables: { t: "x" } });
    expect(intents()).toBe(before);
  });
});

/** What the process said, line by line, until it was killed. */
function runToItsEnd(): Promise<readonly string[]> {
  const child = spawn(process.execPath, ["--require", path.join(__dirname, "../../bench/register.js"), path.join(__dirname, "dying-gateway.ts")], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => { said += chunk.toString("utf8"); });
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (_code, signal) => { if (signal === "SIGKILL") done(said.trimEnd().split("\n")); else fail(new Error(`it ended by itself: ${said}`)); });
  });
}
