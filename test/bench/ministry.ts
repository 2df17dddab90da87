/**
 * `npm run bench:ministry`: one ministry with 5,000 designations and 2,000,000 documents in real PostgreSQL, asked by its own readers under its own guards. Each question is put, in
 * turn, to a copy that holds only what is visible and has no guard: at most 1.3 times its processor time, plus 2 ms. The same is asked while more and more is hidden beside the same
 * visible rows. `--documents N --designations N --subjects N --seed N --seconds S` for less, `--keep FOLDER` to use a database again, `--plans` for the plans of what is over,
 * `--only A,B` for some questions, `--kinds A,B` for some people, `--trigrams` for copies that have trigram indexes, `--requests N` over HTTP, `--load` to load and measure another time, `--stages N` for the first ones alone (what was measured is kept with the database). Writes MINISTRY.md down to its line about changes, when it is the whole.
 */
import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { MinistryDefinition } from "../../subgraphs/kit";
import { LabelTable } from "../../subgraphs/kit/label-table";
import { RowGuard, type Visible } from "../../subgraphs/kit/rows";
import { copyVisible, dropCopy, loadLabels, loadStage, prepare, setLoading, STAGES } from "./ministry-load";
import { keepLine, readKept } from "./ministry-kept";
import { GuardedSide, learnFacts, measure, PlainSide, processorNs } from "./ministry-measure";
import { measureMemory } from "./ministry-memory";
import { LOGIN, openPlace, type Place } from "./ministry-place";
import { QUESTIONS } from "./ministry-questions";
import { isShown, passes, printLine, type StageReport, writeReport } from "./ministry-report";
import { ASKER_KINDS, type AskerKind, BENCH_NOON, type BenchWorld, makeWorld } from "./ministry-world";

/** Those whose rows are all there from the first stage on. */
const FLAT: readonly AskerKind[] = ["visitor", "clerk", "specialist"];
const WHOLE = { seed: 1, documents: 2_000_000, designations: 5_000, subjects: 200 };

interface Seen { readonly visible: Visible; readonly matter: string }

async function main(): Promise<number> {
  const size = { seed: option("--seed", WHOLE.seed), documents: option("--documents", WHOLE.documents), designations: option("--designations", WHOLE.designations), subjects: option("--subjects", WHOLE.subjects) };
  const ministry = ministries["defense"] as MinistryDefinition;
  const world = makeWorld(size);
  const place = await openPlace(ministry, size, text("--keep"));
  try {
    if (place.stages === 0) await loadLabels(place.client, world);
    const labels = (await place.client.query<{ id: number; key: string; body: unknown }>("SELECT id, key, body FROM vault.label")).rows;
    const table = new LabelTable();
    table.load(labels);
    const decided = process.cpuUsage();
    const seen = seenBy(world, new RowGuard(table));
    const decideMs = process.cpuUsage(decided).user / 1000 / ASKER_KINDS.length;
    if (place.stages === 0) await prepare(place.client, world, new Map(labels.map(({ id, key }) => [key, id])), new Set(FLAT.flatMap((kind) => seen[kind].visible.known)));
    const last = Math.min(option("--stages", STAGES.length), STAGES.length) - 1;
    if (process.argv.includes("--load")) {
      // Up to a stage at once, to be measured by another run.
      if (place.stages <= last) await load(place, world, place.stages, last);
      place.noteStage(Math.max(place.stages, last + 1));
      return 0;
    }
    const guarded = await GuardedSide.open(place.admin, LOGIN, ministry);
    const plain = await PlainSide.open(place.admin, LOGIN.database);
    try {
      for (let stage = Math.min(firstToMeasure(place), last); stage <= last; stage += 1) {
        if (stage >= place.stages) await load(place, world, stage, stage);
        place.noteStage(Math.max(place.stages, stage + 1));
        await measureStage(place, guarded, plain, seen, stage, stage === last);
      }
    } finally { await guarded.close(); await plain.close(); }
    const folder = mkdtempSync(join(tmpdir(), "kanmon-bench-policy-"));
    const requests = Number(text("--requests") ?? 2_000);
    const memory = requests > 0 ? await measureMemory(world, place.admin, folder, place.postmaster, requests).finally(() => rmSync(folder, { recursive: true, force: true })) : undefined;
    const stages = readKept(place.root);
    const isWhole = JSON.stringify(size) === JSON.stringify(WHOLE) && memory !== undefined && STAGES.every((_, stage) => isComplete(stages, stage));
    process.stdout.write(writeReport({ size, labels: labels.length, stages, memory, decideMs }, isWhole ? join(__dirname, "MINISTRY.md") : undefined));
    return stages.every(({ kinds }) => kinds.every(({ measured }) => measured.every(passes))) ? 0 : 1;
  } finally { await place.leave(); }
}

/** What belongs to the stages from one to another. */
async function load({ client }: Place, world: BenchWorld, from: number, to: number): Promise<void> {
  const { rows: [own] } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const begun = performance.now();
  const processor = processorNs(own?.pid ?? 0);
  await setLoading(client, true);
  await loadStage(client, world, from, to);
  await setLoading(client, false);
  process.stdout.write(`loaded in ${((performance.now() - begun) / 1000).toFixed(0)} s, of which ${((processorNs(own?.pid ?? 0) - processor) / 1e9).toFixed(0)} s of processor time\n`);
}

/** What the first of every kind may know and read, by the same decision as everywhere. */
function seenBy(world: BenchWorld, guard: RowGuard): Readonly<Record<AskerKind, Seen>> {
  const policy = loadPolicy();
  return Object.fromEntries(ASKER_KINDS.map((kind) => {
    const asker = world.askers.find((each) => each.kind === kind)?.asker;
    if (asker === undefined) throw new Error(`nobody is ${kind}`);
    return [kind, { visible: guard.visible(policy, asker, BENCH_NOON), matter: `mtr_${asker.subject.assignments[0]?.token ?? "MOD-2017-00007"}` }];
  })) as Record<AskerKind, Seen>;
}

/** @param isLast it is the last that this run asks for: everybody asks, and copies are made */
async function measureStage({ client, root }: Place, guarded: GuardedSide, plain: PlainSide, seen: Readonly<Record<AskerKind, Seen>>, stage: number, isLast: boolean): Promise<void> {
  const only = text("--only")?.split(",");
  const { rows: [all] } = await client.query<{ count: string }>("SELECT count(*) FROM vault.record");
  const documents = Number(all?.count);
  process.stdout.write(`\n${documents} documents\n`);
  const whom = text("--kinds")?.split(",");
  for (const kind of (isLast ? ASKER_KINDS : FLAT).filter((each) => whom === undefined || whom.includes(each))) {
    const { visible, matter } = seen[kind];
    const { rows: [rows] } = await client.query<{ known: string; readable: string }>(
      "SELECT (SELECT count(*) FROM vault.record WHERE label_id = ANY($1)) AS known, (SELECT count(*) FROM vault.content WHERE label_id = ANY($2)) AS readable", [visible.known, visible.readable]);
    const [known, readable] = [Number(rows?.known), Number(rows?.readable)];
    process.stdout.write(`\n${kind}: knows ${known} documents by ${visible.known.length} labels, reads ${readable} by ${visible.readable.length}\n`);
    const facts = await learnFacts(guarded, visible, matter);
    const line = { stage, documents, kind, known, readable, knownLabels: visible.known.length, readableLabels: visible.readable.length };
    const asked = QUESTIONS.filter(({ name }) => only?.some((word) => name.includes(word)) ?? true);
    // As in the stages before: whatever the copy reads would take the place of what the guarded side has just read.
    for (const question of isLast && FLAT.includes(kind) ? asked : []) keepLine(root, { ...line, measured: await measure(guarded, undefined, "", visible, question, facts, option("--seconds", 3)), plans: [], isAlone: true });
    if (isLast) await copyVisible(client, kind, visible, process.argv.includes("--trigrams"));
    for (const question of asked) {
      const measured = await measure(guarded, isLast ? plain : undefined, `plain_${kind}`, visible, question, facts, option("--seconds", 3));
      process.stdout.write(`${printLine(measured)}\n`);
      const isAsked = process.argv.includes("--plans") && !passes(measured);
      const plans = isAsked || (isLast && isShown(kind, question)) ? await guarded.explain(visible, question, facts) : [];
      keepLine(root, { ...line, measured, plans });
      if (isAsked) for (const { text: statement, plan } of plans) process.stdout.write(`${statement.slice(0, 1500)}\n${plan.slice(0, 8000)}\n`);
    }
    if (isLast) await dropCopy(client, kind);
  }
}

/** The stage that was loaded last, or the one behind it where all was measured of that. */
function firstToMeasure({ root, stages }: Place): number { return Math.max(0, isComplete(readKept(root), stages - 1) ? stages : stages - 1); }

function isComplete(stages: readonly StageReport[], stage: number): boolean {
  const kinds = stages.find((each) => each.stage === stage)?.kinds ?? [];
  return (stage === STAGES.length - 1 ? ASKER_KINDS : FLAT).every((kind) => kinds.find((each) => each.kind === kind)?.measured.length === QUESTIONS.length);
}

function text(name: string): string | undefined { return process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined; }
function option(name: string, otherwise: number): number { const given = Number(text(name)); return given > 0 ? given : otherwise; }

void main().then((code) => { process.exitCode = code; }, (error: unknown) => { process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`); process.exitCode = 1; });
