/**
 * Trials over the running graph. A round chooses a person, makes a world of more documents than the demonstration has and another one that is the same to that
 * person, and puts them into the databases of both sides; its trials ask both sides the same, in process through `execute` or over HTTP.
 */
import personas from "../../gateway/cli/data/personas.json";
import { DecisionMemo, execute, type Call } from "../../gateway/execute";
import { Planner } from "../../gateway/plan";
import { parse, validate, type GraphQLSchema } from "graphql";
import { readDemoBundle, viewOf } from "../../schema/compose";
import { equalLabels, type Label, type LabelCore } from "../../schema/label";
import { decide, loadPolicy } from "../../schema/policy";
import type { Asker } from "./generate-label";
import { generateOperation, type Operation, type Vocabulary } from "./generate-operation";
import { randomFrom, type Random } from "./generate-random";
import { mixLabels, TableMaker } from "./generate-tables";
import { everybody, type Persona } from "./people";
import { clock, MINISTRIES, startPair, UNGUARDED, type Pair, type Side } from "./world-running";
import { noteTexts, sightOf, type Tables } from "./world-tables";
import type { Verdict, Violation } from "./trial-generated";

export type Way = "in-process" | "http" | "release-off" | "guards-off";
export interface RunningLayers { readonly rows: boolean; readonly columns: boolean; readonly release: boolean }
export type RunningFault = Partial<RunningLayers>;
const LAYERS: Readonly<Record<Exclude<Way, "http">, RunningLayers>> = {
  "in-process": { rows: true, columns: true, release: true }, "release-off": { rows: true, columns: true, release: false }, "guards-off": { rows: false, columns: false, release: true },
};
interface Reader { readonly person: Persona; readonly client: string; readonly asker: Asker; readonly view: GraphQLSchema; /** Names the view. */ readonly bits: string }
interface Round { readonly reader: Reader; readonly made: readonly string[]; readonly vocabulary: Vocabulary; /** Texts that only withheld places hold. */ readonly secrets: ReadonlySet<string> }
interface Given { readonly data: unknown; readonly errors: unknown; readonly withheld: unknown; readonly released: LabelCore; readonly calls: ReadonlyMap<string, readonly string[]> }

/** Root fields of what differs between worlds: two worlds have the same items of workflows, mostly none. */
const HAS_ROWS = /(?:Documents?|Matters|Designations|People)$|^(?:matter|designation|person)$/;
/** Operations per view. */
const OPERATIONS = 30;
/** Operations drawn for a trial until one counts. */
const TRIES = 2;
/** Somebody who may read much, to ask first. */
const CLEARED = ["ciro-analyst", "mod-officer"] as const;

export class RunningSession {
  private readonly policy = loadPolicy();
  private readonly bundle = readDemoBundle();
  private readonly planner = new Planner(this.bundle);
  private readonly readers: readonly Reader[];
  /** One for each side: what one world taught must not answer for the other. */
  private readonly decisions = [new DecisionMemo(this.policy), new DecisionMemo(this.policy)] as const;
  private cursors: string[] = [];
  private readonly operations = new Map<GraphQLSchema, Map<number, Operation>>();

  private constructor(readonly seed: string, private readonly pair: Pair) {
    const views = new Map<string, GraphQLSchema>();
    this.readers = everybody(this.policy).map((person) => {
      const ctx = { ...person.ctx, now: clock() };
      const asker: Asker = { subject: person.subject, action: "RETRIEVE", ctx, digest: JSON.stringify([person.subject, person.ctx]) };
      const permitted = (floor: LabelCore): boolean => decide(this.policy, person.subject, "RETRIEVE", floor, ctx).outcome === "permit";
      const bits = this.bundle.labels.distinct.map((floor) => String(permitted(floor))).join();
      const view = views.get(bits) ?? viewOf(this.bundle, permitted);
      views.set(bits, view);
      return { person, asker, view, bits, client: personas.personas.find(({ id }) => id === person.id)?.client ?? "" };
    });
  }

  static async start(seed: string): Promise<RunningSession> {
    const random = randomFrom(`${seed}/labels`);
    const made = new Map<string, readonly Label[]>();
    const pair = await startPair((ministry, labels) => {
      const known = made.get(ministry) ?? mixLabels(random, labels);
      made.set(ministry, known);
      return known;
    });
    return new RunningSession(seed, pair);
  }

  stop(): Promise<void> { return this.pair.stop(); }

  /** Puts the worlds of one round into the databases. */
  async round(number: number): Promise<Round> {
    const random = randomFrom(`${this.seed}/${number}`);
    const reader = random.pick(this.readers);
    const first = new Map<string, Tables>();
    const second = new Map<string, Tables>();
    const made: string[] = [];
    const visible = new Set<string>();
    const hidden = new Set<string>();
    const ids = [...this.pair.bases.values()].flatMap(({ tables }) => [...tables.record, ...tables.matter, ...tables.person].flatMap((row) => [row["id"], row["designation_id"]]).filter((id) => typeof id === "string"));
    for (const [name, { tables, labels }] of this.pair.bases) {
      const maker = new TableMaker(random, [...labels.keys()], [...labels].filter(([, label]) => equalLabels(label, label.existence)).map(([id]) => id), ids);
      const sight = sightOf(this.policy, reader.person, labels, clock());
      const base = maker.enrich(tables, random.int(12));
      const other = maker.differ(base, sight);
      first.set(name, base);
      second.set(name, other.tables);
      made.push(...other.made.map((line) => `${name}: ${line}`));
      for (const world of [base, other.tables]) noteTexts(world, sight, visible, hidden);
    }
    const [one, two] = this.pair.sides;
    await one.put(first);
    await two.put(second);
    const documents = [...first.values(), ...second.values()].flatMap((tables) => tables.record.map((row) => String(row["id"])));
    const texts = random.shuffle([...visible, ...hidden].filter((text) => text.length > 2 && text.length < 40)).slice(0, 40);
    this.cursors = [];
    const known = [...new Set([...ids, ...documents])];
    const idsFor = (field: string): readonly string[] => known.filter((id) => id.startsWith(/document/i.test(field) ? "doc_" : /matter/i.test(field) ? "mtr_" : /designation/i.test(field) ? "dsg_" : "psn_"));
    return {
      reader, made, secrets: new Set([...hidden].filter((text) => text.length > 6 && !visible.has(text))),
      vocabulary: { ids: known, idsFor, prefixes: [...texts, "DEMO", "z"], cursors: this.cursors },
    };
  }

  /** One trial of a round. */
  async trial(round: Round, where: string, wanted?: Way, fault: RunningFault = {}): Promise<Verdict & { readonly description: string }> {
    const random = randomFrom(`${this.seed}/${where}`);
    const way = wanted ?? random.pick<Way>(["in-process", "in-process", "release-off", "guards-off"]);
    let operation = this.operation(random, round);
    let counted = await this.differs(round.reader, operation);
    for (let tries = 1; !counted && tries < TRIES; tries += 1) {
      operation = this.operation(random, round);
      counted = await this.differs(round.reader, operation);
    }
    const description = `${way} as ${round.reader.person.id}\n${operation.text}\n${JSON.stringify(operation.variables)}\n${round.made.join("\n")}`;
    const violations = way === "http" ? await this.overHttp(random, round, operation) : await this.inProcess(random, round, operation, { ...LAYERS[way], ...fault });
    return { counted, violations, description };
  }

  /** One of the operations of a view, with values of this round. Planning is slow, so texts are shared. */
  private operation(random: Random, { reader, vocabulary }: Round): Operation {
    const number = random.int(OPERATIONS);
    const words = { ...vocabulary, cursors: this.cursors.slice(-20) };
    const known = this.operations.get(reader.view) ?? new Map<number, Operation>();
    this.operations.set(reader.view, known);
    let operation = known.get(number);
    for (let tries = 0; operation === undefined; tries += 1) {
      const made = generateOperation(randomFrom(`${this.seed}/${reader.bits}/${number}/${tries}`), reader.view, { ids: ["doc_none"], prefixes: ["DEMO"], idsFor: vocabulary.idsFor ?? ((): readonly string[] => []), isUsual: (name) => HAS_ROWS.test(name) }, 0);
      if (validate(reader.view, parse(made.text)).length === 0) operation = made;
    }
    known.set(number, operation);
    return { ...operation, variables: operation.redraw(random, words) };
  }

  private async differs(reader: Reader, operation: Operation): Promise<boolean> {
    const answers: string[] = [];
    for (const side of this.pair.sides) {
      const call = (await side.caller(UNGUARDED))(reader.asker);
      answers.push(JSON.stringify((await this.ask(reader, operation, call, new DecisionMemo(this.policy), { release: "emptied", flow: "emptied" })).data));
    }
    return answers[0] !== answers[1];
  }

  private async ask(reader: Reader, operation: Operation, call: Call, decisions: DecisionMemo, seams: Parameters<typeof execute>[2]): Promise<Given> {
    const calls = new Map<string, string[]>(MINISTRIES.map((name) => [name, []]));
    const recording: Call = (subgraph, body, signal) => {
      calls.get(subgraph)?.push(body.toString("utf8"));
      return call(subgraph, body, signal);
    };
    const compiled = this.planner.compile(reader.view, parse(operation.text), undefined);
    const { data, errors, withheld, released } = await execute(compiled, {
      variables: operation.variables, asker: reader.asker, policy: this.policy, decisions, call: recording, accreditation: (subgraph) => this.policy.members.accreditations(subgraph), deadlineMs: 10_000,
    }, seams);
    return { data, errors, withheld: [...new Map(withheld.map((entry) => [JSON.stringify(entry), entry])).values()], released, calls };
  }

  private async inProcess(random: Random, round: Round, operation: Operation, { rows, columns, release }: RunningLayers): Promise<Violation[]> {
    const { reader } = round;
    const warmed = random.int(2);
    const answers: Given[] = [];
    const seams = release ? {} : { release: "emptied" } as const;
    for (const [number, side] of this.pair.sides.entries()) {
      const decisions = this.decisions[number === 0 ? 0 : 1];
      const cleared = this.cleared(reader);
      const callFor = await side.caller({ rows, columns });
      if (number === warmed && validate(cleared.view, parse(operation.text)).length === 0) await this.ask(cleared, operation, callFor(cleared.asker), decisions, seams);
      answers.push(await this.ask(reader, operation, callFor(reader.asker), decisions, seams));
    }
    const [a, b] = answers;
    if (a === undefined || b === undefined) throw new Error("two answers");
    this.learnCursors(a.data);
    const out: Violation[] = leaks(JSON.stringify([a.data, a.withheld]), round, operation);
    // Without the ministries' guards the gateway cannot repair a count.
    if (release && !(rows && columns) && operation.usesPages) return out;
    const text = ({ data, errors, withheld, released }: Given): string => JSON.stringify(release ? [data, errors, withheld, released] : [data, errors]);
    if (text(a) !== text(b)) out.push({ check: "G3: same bytes in both worlds", detail: `${text(a)}\n${text(b)}` });
    for (const name of MINISTRIES) {
      if (String(a.calls.get(name)) !== String(b.calls.get(name))) out.push({ check: `G3: same calls to ${name}`, detail: `${String(a.calls.get(name))}\n${String(b.calls.get(name))}` });
    }
    return out;
  }

  private async overHttp(random: Random, round: Round, operation: Operation): Promise<Violation[]> {
    const { reader } = round;
    const warmed = random.int(2);
    const narrowing = narrowingOf(random);
    const answers: { readonly comparable: string; readonly text: string }[] = [];
    for (const [number, side] of this.pair.sides.entries()) {
      if (number === warmed) await this.post(side, this.cleared(reader), operation, {});
      answers.push(await this.post(side, reader, operation, narrowing));
    }
    const [a, b] = answers;
    if (a === undefined || b === undefined) throw new Error("two answers");
    const out = leaks(a.text, round, operation);
    if (a.comparable !== b.comparable) out.push({ check: "G3: same bytes over HTTP", detail: `${JSON.stringify(narrowing)}\n${a.comparable}\n${b.comparable}` });
    return out;
  }

  private async post(side: Side, reader: Reader, operation: Operation, narrowing: Readonly<Record<string, string>>): Promise<{ readonly comparable: string; readonly text: string }> {
    const purpose = reader.person.ctx.purpose;
    const response = await fetch(side.gateway.url, {
      method: "POST", body: JSON.stringify({ query: operation.text, variables: operation.variables }),
      headers: {
        "content-type": "application/json", accept: "application/graphql-response+json", authorization: `Bearer ${await this.pair.token(reader.person.id, reader.client)}`,
        ...(purpose === undefined ? {} : { "kanmon-purpose": purpose }), ...narrowing,
      },
    });
    const text = await response.text();
    return { text, comparable: comparable(response, text) };
  }

  private cleared(reader: Reader): Reader {
    const id = CLEARED.find((candidate) => candidate !== reader.person.id);
    return this.readers.find((candidate) => candidate.person.id === id) ?? reader;
  }

  private learnCursors(data: unknown): void {
    if (typeof data !== "object" || data === null) return;
    for (const [key, value] of Object.entries(data)) {
      if (typeof value === "string" && /cursor/i.test(key)) this.cursors.push(value);
      else this.learnCursors(value);
    }
  }
}

/** Everything of an answer but what is excluded: Date, request id, reference to the evidence (and the length it takes). */
function comparable(response: Response, text: string): string {
  const without = text.replace(/"evidence":\{[^}]*\}/, '"evidence":{}');
  const shown = [...response.headers].filter(([name]) => name !== "date" && name !== "kanmon-request-id")
    .map(([name, value]) => `${name}: ${name === "content-length" ? Number(value) - Buffer.byteLength(text) : value}`);
  return [response.status, ...shown.sort(), without].join("\n");
}

/** Texts in an answer that only withheld places hold, and that the question did not name. */
function leaks(text: string, { secrets }: Round, operation: Operation): Violation[] {
  const question = operation.text + JSON.stringify(operation.variables);
  const found = [...secrets].find((secret) => text.includes(JSON.stringify(secret)) && !question.includes(secret));
  return found === undefined ? [] : [{ check: "G1: nothing above the subject in the answer", detail: found }];
}

function narrowingOf(random: Random): Readonly<Record<string, string>> {
  return {
    ...(random.chance(0.15) ? { "kanmon-ceiling": random.pick(["PUBLIC", "CUI", "CONFIDENTIAL", "SECRET"]) } : {}),
    ...(random.chance(0.15) ? { "kanmon-release-to": random.pick(["USA", "AUS", "USA,AUS"]) } : {}),
    ...(random.chance(0.1) ? { "kanmon-marks": "portions" } : {}),
  };
}
