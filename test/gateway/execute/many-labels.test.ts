import { BOTTOM, joinAll } from "../../../schema/label";
import { labelOf } from "../../../schema/policy";
import { DecisionMemo } from "../../../gateway/execute";
import type { Entry } from "../../../gateway/execute/label-pool";
import type { Ruling } from "../../../gateway/execute/ruling";
import { Graph } from "../../../gateway/plan/graph";
import { RuledAs, type Variant } from "../../../gateway/plan/shape";
import { viewFor } from "./archive-view";
import { OPEN, clearedMinistry, docs, hi, lo, makeDoc, startArchive } from "./archive";
import { type Federation, policy } from "./federation";

let archive: Federation | undefined;
function running(): Federation { if (archive === undefined) throw new Error("not started"); return archive; }
beforeAll(async () => { archive = await startArchive(); });
afterAll(() => archive?.stop());

const RECORDS = 4_000;
const LARGEST_POOL = 200_000;
const KEPT_RULINGS = 40_000;
/** Processor milliseconds of this process: other programs on the machine do not count. */
function spent(): number { const { user, system } = process.cpuUsage(); return (user + system) / 1_000; }

it("joins thousands of different labels in a time that grows with their number, not with its square [B-130]", async () => {
  const cores = Array.from({ length: RECORDS }, (_, index) => ({ ...BOTTOM, handling: [`CUI:N${index}`] }));
  docs.splice(0, docs.length, ...cores.map((core, index) => makeDoc(`d${index}`, { entry: { record: labelOf(core) } })));
  const before = spent();
  const { data, released, releasedLabelIds } = await running().run("{ docs { id } }", undefined, { asker: lo, view: viewFor(running(), lo), accreditation: () => clearedMinistry, deadlineMs: 60_000 });
  // One join after the other takes some twenty times as long.
  expect(spent() - before).toBeLessThan(12_000);
  expect(data).toMatchObject({ docs: { length: RECORDS } });
  expect(releasedLabelIds).toHaveLength(RECORDS);
  expect(released).toEqual(joinAll(cores));
}, 120_000);

it("replaces a pool of labels that grew too large, and lets a request under way finish with its own [B-130]", () => {
  const memo = new DecisionMemo(policy);
  const first = memo.forRequest(lo);
  for (let index = 0; index <= LARGEST_POOL; index += 1) first.pool.refOf({ ...BOTTOM, handling: [`CUI:N${index}`] });
  const next = memo.forRequest(hi);
  expect(next.pool).not.toBe(first.pool);
  expect(next.pool.size).toBeLessThan(10);
  expect(memo.forRequest(lo).pool).toBe(next.pool);
  const seen = first.pool.see(OPEN.record);
  expect(seen === undefined ? "unseen" : first.decisions.outcome(seen)).toBe("permit");
}, 60_000);

it("remembers a ruling for every operation that asks for the same fields of a type, and of all askers together not more than it may keep [B-130]", () => {
  const memo = new DecisionMemo(policy);
  let made = 0;
  const rule = (): Ruling => { made += 1; return {} as Ruling; };
  const variant = (ruledAs: RuledAs): Variant => ({ ruledAs }) as Variant;
  const [fields, others, entry] = [new RuledAs("Doc,id"), new RuledAs("Doc,id,title"), {} as Entry];
  const { decisions } = memo.forRequest(lo);
  const ruling = decisions.ruling(variant(fields), entry, rule);
  expect(memo.forRequest(lo).decisions.ruling(variant(fields), entry, rule)).toBe(ruling);
  expect(made).toBe(1);
  decisions.ruling(variant(others), entry, rule);
  memo.forRequest(hi).decisions.ruling(variant(fields), entry, rule);
  expect(made).toBe(3);
  // Others fill what may be kept; then everybody is decided anew.
  const asking = memo.forRequest(hi).decisions;
  for (let count = made; count <= KEPT_RULINGS; count += 1) asking.ruling(variant(fields), {} as Entry, rule);
  const before = made;
  memo.forRequest(lo).decisions.ruling(variant(fields), entry, rule);
  expect(made).toBe(before + 1);
});

it("gives operations of one bundle what they are ruled by in common, and none of another bundle's", () => {
  const { bundle } = running();
  const [graph, other] = [new Graph(bundle), new Graph(bundle)];
  const [id, title] = [{ name: "id" }, { name: "title" }];
  const ruledAs = graph.ruledAs("Doc", [id, title]);
  expect(graph.ruledAs("Doc", [{ name: "id" }, title])).toBe(ruledAs);
  expect([graph.ruledAs("Doc", [title, id]), graph.ruledAs("Doc", [id]), graph.ruledAs("Report", [id, title]), other.ruledAs("Doc", [id, title])].filter((each) => each === ruledAs)).toEqual([]);
});
