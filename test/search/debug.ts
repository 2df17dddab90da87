import { GeneratedSession } from "../support/trial-session";
import { makeTrial, runTrial } from "../support/trial-generated";
import { shrinkTrial } from "../support/trial-shrink";
import { printSubgraphs } from "../support/generate-sdl";
async function main(): Promise<void> {
  const [seed, where] = [process.argv[2] ?? "", process.argv[3] ?? ""];
  const [schema] = where.split("/");
  const session = new GeneratedSession(`${seed}/${schema}`);
  for (const [name, sdl] of printSubgraphs(session.plan)) console.log(`=== ${name}\n${sdl}`);
  const trial = makeTrial(session, `${seed}/${where}`);
  const smaller = await shrinkTrial(session, trial, async (candidate) => (await runTrial(session, candidate)).violations.length > 0);
  console.log(smaller.text, smaller.made, smaller.observer, smaller.warmed);
  for (const [name, [acc]] of session.plan.subgraphs.map((n) => [n, trial.accreditation(n)] as const)) console.log("ACC", name, acc?.zoneLevel, JSON.stringify(acc?.subject.assignments), JSON.stringify(acc?.subject.eligibilities.map((e) => [e.regime, e.maxLevel])), acc?.subject.nation, acc?.subject.org);
  for (const w of smaller.worlds) { console.log("WORLD"); for (const [key, rows] of w.rows) console.log(key, rows.map((r) => JSON.stringify({ ...r, entry: { record: [r.entry.record.level, r.entry.record.regimes, r.entry.record.need, r.entry.record.existence.level, r.entry.record.existence.need, Object.keys(r.entry.record.owners)], fields: Object.fromEntries(Object.entries(r.entry.fields ?? {}).map(([k, v]) => [k, [v.level, v.regimes, v.need, v.existence?.level]])) } })).join("\n  ")); }
  process.env["DEBUG_CALLS"] = "1";
  console.log(JSON.stringify((await runTrial(session, smaller)).violations.map((v) => v.check)));
}
void main();
