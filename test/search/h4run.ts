import { searchGenerated } from "./search-generated";
async function main() {
  const r = await searchGenerated({ seed: process.argv[2] ?? "h4", trials: Number(process.argv[3] ?? 600), perSchema: 40, enough: 3, ignore: ["G2: same calls in worlds that differ above the ministry", "G2: same calls in worlds that differ above the ministry, inputs of @requires included"] });
  console.log(r.trials, r.counted, r.findings.length);
  for (const f of r.findings) console.log(f.where, f.check, f.detail.slice(0, 1500), f.description.slice(0, 3000));
}
void main();
