/**
 * `npm run bench:compose`: what our part of composition costs beside Apollo's, for 16, 64 and 128 generated ministries of 30 types each, in one process and in turns;
 * then views of a graph of more than 5,000 fields: each of 64 here, the first one in fresh processes, and the memory of the 64, as made and with every type of theirs looked at.
 * Processor time, not the clock. Fails when our part costs more than Apollo's composition, when any view takes 100 ms, or when the views take 300 MB. `--only 16` measures one
 * size; `--first <folder>` is the fresh process.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { composeServices } from "@apollo/composition";
import { type GraphQLSchema, isInterfaceType, isObjectType, parse, printSchema } from "graphql";
import { apiSchemaOf, type Bundle, bundleOf, composeSupergraph, prepareViews, staticClass, type SubgraphSource, viewOf } from "../../schema/compose";
import type { LabelCore } from "../../schema/label";
import { generous } from "../schema/compose/harness";
import { BENCH_OWNERS, generateMinistries } from "./compose-schema";
import { median, printMachine } from "./report";

const SIZES = [16, 64, 128];
const VIEWED = 64;
const ROUNDS: Readonly<Record<number, number>> = { 16: 6, 64: 4, 128: 2 };
const MOST_VIEW_MS = 100;
const VIEWS = 64;
const MOST_VIEWS_MB = 300;
const LEAST_FIELDS = 5_000;
const FRESH = 5;

interface Cost { readonly apollo: number; readonly whole: number }

function main(): number {
  const first = process.argv.indexOf("--first");
  if (first !== -1) return measureFirst(process.argv[first + 1] ?? "");
  const only = process.argv.indexOf("--only");
  const sizes = only === -1 ? SIZES : [Number(process.argv[only + 1])];
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  measure(generateMinistries(8));
  let ok = true;
  let viewed: Bundle | undefined;
  process.stdout.write("| ministries | types | kB of SDL | Apollo's composition, s | ours beside it, s | ours / Apollo's |\n|--:|--:|--:|--:|--:|--:|\n");
  for (const size of sizes) {
    const sources = generateMinistries(size);
    const costs: Cost[] = [];
    for (let round = 0; round < (ROUNDS[size] ?? 1); round += 1) {
      collect();
      const { bundle, ...cost } = measure(sources, round % 2 === 0);
      costs.push(cost);
      if (size === VIEWED || viewed === undefined) viewed = bundle;
    }
    const apollo = median(costs.map((cost) => cost.apollo));
    const ours = median(costs.map((cost) => cost.whole - cost.apollo));
    ok &&= ours < apollo;
    const kilobytes = sources.reduce((sum, { sdl }) => sum + sdl.length, 0) / 1000;
    process.stdout.write(`| ${[size, size * 30, kilobytes.toFixed(0), (apollo / 1e6).toFixed(2), (ours / 1e6).toFixed(2), (ours / apollo).toFixed(2)].join(" | ")} |\n`);
  }
  if (viewed !== undefined) ok = measureViews(viewed, collect) && ok;
  process.stdout.write(`\nProcessor time of one process, medians of interleaved rounds. Ours is reading labels, all rules, floors and bundle: the whole less Apollo's composition of the same text.\nMachine: ${printMachine().replace(/, gateway pinned.*$/, "")}.\n`);
  return ok ? 0 : 1;
}

/** Apollo's composition alone and all of ours, of the same text; `apolloFirst` takes turns, because the second finds everything warm. */
function measure(sources: readonly SubgraphSource[], apolloFirst = true): Cost & { readonly bundle: Bundle } {
  const runApollo = (): number => {
    const start = spent();
    const result = composeServices(sources.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
    if (result.errors !== undefined) throw new Error(result.errors.map(({ message }) => message).join("\n"));
    return spent() - start;
  };
  const early = apolloFirst ? runApollo() : undefined;
  const start = spent();
  const bundle = composeSupergraph(sources, generous);
  const whole = spent() - start;
  return { apollo: early ?? runApollo(), whole, bundle };
}

/** Subjects that differ in the owners whose labels they are permitted. */
function mayOf(number: number): (core: LabelCore) => boolean {
  return (core) => Object.keys(core.owners).every((owner) => { const at = BENCH_OWNERS.indexOf(owner); return at === -1 || ((number >> at) & 1) === 0; });
}

/** Views of different classes, each for other owners. */
function measureViews(bundle: Bundle, collect: () => void): boolean {
  const fields = Object.values(apiSchemaOf(bundle).getTypeMap()).reduce((sum, type) => sum + (isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()).length : 0), 0);
  prepareViews(bundle);
  collect();
  const heap = process.memoryUsage().heapUsed;
  const megabytes = (): number => { collect(); return (process.memoryUsage().heapUsed - heap) / 2 ** 20; };
  const views: GraphQLSchema[] = [];
  const classes = new Set<string>();
  const times: number[] = [];
  for (let number = 0; number < VIEWS; number += 1) {
    const start = spent();
    views.push(viewOf(bundle, mayOf(number)));
    times.push((spent() - start) / 1000);
    classes.add(staticClass(bundle, mayOf(number)));
  }
  const made = megabytes();
  const printing = views.map((view) => { const start = spent(); printSchema(view); return (spent() - start) / 1000; });
  const whole = megabytes();
  const fresh = freshProcesses(bundle);
  const [preparing, first] = [0, 1].map((at) => fresh.map((each) => each[at] ?? Number.POSITIVE_INFINITY));
  const worst = Math.max(...times, ...first ?? []);
  process.stdout.write(`\nGraph of ${fields} fields: a view takes ${median(times).toFixed(1)} ms (worst of ${VIEWS} ${Math.max(...times).toFixed(1)}; the first of ${FRESH} fresh processes ${range(first)}; limit of each ${MOST_VIEW_MS}), after ${range(preparing)} ms once per bundle. `
    + `Making and printing every type of it takes ${median(printing).toFixed(1)} ms more. ${views.length} views of ${classes.size} classes take ${Math.max(0, made).toFixed(1)} MB, with every type looked at ${whole.toFixed(0)} MB (limit ${MOST_VIEWS_MB})\n`);
  return fields >= LEAST_FIELDS && worst < MOST_VIEW_MS && whole < MOST_VIEWS_MB && classes.size === VIEWS;
}

function range(times: readonly number[] = []): string { return `${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)}`; }

/** Preparing the bundle and its first view, in processes that have made none before. */
function freshProcesses(bundle: Bundle): readonly (readonly number[])[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-bench-"));
  try {
    fs.writeFileSync(path.join(folder, "supergraph.graphql"), bundle.supergraphSdl);
    fs.writeFileSync(path.join(folder, "supergraph.labels.json"), bundle.labels.print());
    return Array.from({ length: FRESH }, () => JSON.parse(execFileSync(process.execPath, ["--require", path.join(__dirname, "register.js"), __filename, "--first", folder], { encoding: "utf8" })) as number[]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function measureFirst(folder: string): number {
  const read = (name: string): string => fs.readFileSync(path.join(folder, name), "utf8");
  const bundle = bundleOf(read("supergraph.graphql"), JSON.parse(read("supergraph.labels.json")));
  apiSchemaOf(bundle);
  const start = spent();
  prepareViews(bundle);
  const prepared = spent();
  viewOf(bundle, mayOf(21));
  process.stdout.write(JSON.stringify([(prepared - start) / 1000, (spent() - prepared) / 1000]));
  return 0;
}

/** Microseconds of processor time of this process. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

process.exitCode = main();
