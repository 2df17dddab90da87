/**
 * `npm run bench:executor`: the executors alone, in this process and without network: ours (bare, labelled, every tenth thing withheld) and the stock one, each
 * over the same precomputed answers. Says how long one operation takes up to the bytes of the answer, beside the floor: parsing the ministries' answers.
 * For finding out what a change in `gateway/plan` or `gateway/execute` is worth within seconds; `run.ts` measures whole gateways.
 */
import { Session } from "node:inspector/promises";
import { composeServices } from "@apollo/composition";
import { ApolloGateway, type GraphQLDataSource } from "@apollo/gateway";
import { parse } from "graphql";
import { type DecisionMemo, DecisionMemo as Memo, execute } from "../../gateway/execute";
import { type CompiledOperation, Planner } from "../../gateway/plan";
import { apiSchemaOf, bareBundle, type Bundle, composeSupergraph } from "../../schema/compose";
import { loadPolicy, type Subject } from "../../schema/policy";
import { type CpuProfile, printTop } from "./profile";
import { median, printMachine } from "./report";
import { answererOf, type Labelling } from "./workload/answer";
import { makeWorld, type Size } from "./workload/data";
import { directivesText, dropsWhenWithheld, labellingOf } from "./workload/labels";
import { QUERIES, type QueryName } from "./workload/queries";
import { sdlOf, SUBGRAPHS } from "./workload/schema";

/** Gives the bytes to send. */
type Operate = () => Promise<Buffer>;

const WARM_MS = 1_500;
/** Many short rounds: what else the machine does then hits all alike, and the least is what a quiet machine takes. */
const ROUND_MS = 40;
const ROUNDS = 100;
const PROFILE_EVERY_US = 250;
const size: Size = process.argv.includes("--wide") ? "wide" : "known";
const policy = loadPolicy();
const subject: Subject = {
  id: "bench-official-1", kind: "official", nation: "JPN", org: "JPN.CAS.CIRO", assignments: [], roles: [], purposes: ["ANALYSIS"],
  eligibilities: [{ regime: "DOC", maxLevel: 3, basis: "ASSESSMENT", grantedBy: "JPN.CAS", usableAt: ["JPN.CAS"], notifiedOn: "2025-04-01", validUntil: "2099-03-31", status: "ACTIVE", consentId: "CNS-BENCH" }],
};

/** Answers of the subgraphs; keeps the bytes of those given since `take`. */
class Answers {
  #given: Buffer[] = [];
  readonly #answerers: ReadonlyMap<string, (body: Buffer) => Buffer | Promise<Buffer>>;
  constructor(labelling: Labelling | undefined, dropped = false) {
    const world = makeWorld(size, (thing) => !dropped || !dropsWhenWithheld(thing));
    this.#answerers = new Map(SUBGRAPHS.map((name) => [name, answererOf(name, world, labelling)]));
  }
  async give(name: string, body: Buffer): Promise<Buffer> {
    const bytes = await this.#answerers.get(name)?.(body) ?? Buffer.alloc(0);
    this.#given.push(bytes);
    return bytes;
  }
  take(): readonly Buffer[] {
    const taken = this.#given;
    this.#given = [];
    return taken;
  }
}
interface Contender { readonly operate: Operate; readonly answers: Answers }

function ours(bundle: Bundle, query: QueryName, labelling: Labelling | undefined): Contender {
  const answers = new Answers(labelling);
  const view = apiSchemaOf(bundle);
  const operation: CompiledOperation = new Planner(bundle).compile(view, parse(QUERIES[query]), undefined);
  const decisions: DecisionMemo = new Memo(policy);
  const operate: Operate = async () => {
    const outcome = await execute(operation, {
      variables: {}, asker: { subject, action: "RETRIEVE", ctx: { now: Date.now(), zoneLevel: 4 }, digest: "bench" }, policy, decisions, deadlineMs: 10_000,
      call: async (name, body) => ({ ok: true, body: await answers.give(name, body) }),
      accreditation: (name) => policy.members.accreditations(name),
    });
    if (outcome.errors.length > 0) throw new Error(JSON.stringify(outcome.errors));
    return Buffer.from(outcome.text ?? "");
  };
  return { operate, answers };
}

async function stock(supergraphSdl: string, query: QueryName, dropped: boolean): Promise<Contender> {
  const answers = new Answers(undefined, dropped);
  const buildService = ({ name }: { name: string }): GraphQLDataSource => ({
    process: async ({ request }) => JSON.parse((await answers.give(name, Buffer.from(JSON.stringify({ query: request.query, variables: request.variables })))).toString("utf8")) as never,
  });
  const gateway = new ApolloGateway({ supergraphSdl, buildService });
  const { executor } = await gateway.load();
  const document = parse(QUERIES[query]);
  const context = { document, request: { query: QUERIES[query] }, operationName: null, queryHash: query, cache: undefined, context: {}, schema: gateway.schema, logger: console, metrics: {}, overallCachePolicy: undefined };
  const operate: Operate = async () => {
    const { data, errors } = await executor(context as never);
    if (errors !== undefined) throw new AggregateError(errors);
    return Buffer.from(JSON.stringify(data));
  };
  return { operate, answers };
}

/** Processor time, not time on the wall: other programs on the machine then matter little. Collections on other threads count. */
async function measure({ operate, answers }: Contender, milliseconds: number): Promise<number> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  let count = 0;
  for (; performance.now() - startedAt < milliseconds; count += 1) { await operate(); answers.take(); }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** Nothing but reading the same answers. */
async function floorOf({ operate, answers }: Contender): Promise<Contender> {
  answers.take();
  await operate();
  const bytes = answers.take();
  return { answers, operate: () => Promise.resolve(Buffer.from(String(bytes.map((each) => JSON.parse(each.toString("utf8")) as unknown).length))) };
}

async function main(): Promise<number> {
  const composed = composeServices(SUBGRAPHS.map((name) => ({ name, url: `http://${name}.test/graphql`, typeDefs: parse(sdlOf(name, undefined)) })));
  const supergraph = composed.supergraphSdl ?? "";
  const directives = directivesText();
  const labelled = composeSupergraph(SUBGRAPHS.map((name) => ({ name, url: `http://${name}.test/graphql`, sdl: sdlOf(name, { directives }) })));
  const query = (process.argv.find((argument) => argument.startsWith("--query="))?.slice(8) ?? "big") as QueryName;
  const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice(7).split(",");
  const bare = bareBundle(supergraph);
  const all: Readonly<Record<string, Contender>> = {
    "stock": await stock(supergraph, query, false), "bare": ours(bare, query, undefined),
    "labels": ours(labelled, query, labellingOf("permitted")), "withheld": ours(labelled, query, labellingOf("withheld")),
  };
  const wanted = { whole: await all["stock"]?.operate(), dropped: await (await stock(supergraph, query, true)).operate() };
  const chosen = Object.entries(all).filter(([name]) => only?.includes(name) ?? true);
  const running = new Map<string, Contender>();
  for (const [name, contender] of chosen) {
    if ((name === "withheld" ? wanted.dropped : wanted.whole)?.equals(await contender.operate()) !== true) { process.stderr.write(`${name} answers otherwise than stock\n`); return 1; }
    running.set(name, contender);
    if (!process.argv.includes("--no-floor")) running.set(`${name}: parsing`, await floorOf(contender));
  }
  for (const contender of running.values()) await measure(contender, WARM_MS);
  const inspector = process.argv.includes("--profile") ? new Session() : undefined;
  inspector?.connect();
  await inspector?.post("Profiler.enable");
  await inspector?.post("Profiler.setSamplingInterval", { interval: PROFILE_EVERY_US });
  await inspector?.post("Profiler.start");
  const rounds = new Map<string, number[]>([...running.keys()].map((name) => [name, []]));
  for (let at = 0; at < ROUNDS; at += 1) for (const [name, contender] of running) rounds.get(name)?.push(await measure(contender, ROUND_MS));
  const profile = await inspector?.post("Profiler.stop");
  if (profile !== undefined) process.stdout.write(printTop(profile.profile as CpuProfile));
  for (const [name, list] of rounds) process.stdout.write(`${name.padEnd(18)} ${median(list).toFixed(0).padStart(6)} us of processor time an operation (least ${Math.min(...list).toFixed(0)})\n`);
  process.stdout.write(`Machine: ${printMachine().replace(/, gateway pinned.*$/, "")}. One process, no network, ${query} query, medians of ${ROUNDS} interleaved rounds of ${ROUND_MS} ms.\n`);
  return 0;
}

void main().then((code) => { process.exitCode = code; }, (error: unknown) => { process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`); process.exitCode = 1; });
