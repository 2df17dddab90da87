import { makeTrial } from "../support/trial-generated";
import { GeneratedSession } from "../support/trial-session";
import { printSubgraphs } from "../support/generate-sdl";
import { DecisionMemo } from "../../gateway/execute";
import { POLICY } from "../support/trial-session";
async function main() {
  const [seed, schema, number] = [process.argv[2], process.argv[3], process.argv[4]];
  const s = new GeneratedSession(`${seed}/${schema}`);
  const t = makeTrial(s, `${seed}/${schema}/${number}`);
  const text = process.argv[5] ?? t.text;
  const q = s.question(t.asker.view, text, t.variables);
  if (!q) throw new Error("invalid");
  if (process.argv[6]) for (const [n, sdl] of printSubgraphs(s.plan)) console.log("=====", n, sdl.split("\n").slice(18).join("\n"));
  console.log(t.made.join("\n"));
  for (const w of t.worlds) {
    const a = await s.ask(t.asker, q, w, t.layers, t.accreditation, new DecisionMemo(POLICY));
    console.log("=== world");
    for (const [k, v] of a.calls) for (const b of v) console.log(k, b);
    console.log(JSON.stringify(a.data), JSON.stringify(a.errors), JSON.stringify(a.withheld));
  }
  console.log(t.observer, JSON.stringify(t.accreditation(t.observer ?? "")));
  for (const w of t.worlds) for (const [k, rows] of w.rows) for (const r of rows) if (process.argv[7] && (k + r.id).match(process.argv[7])) console.log(k, JSON.stringify(r).slice(0, 2500));
}
void main();
