/**
 * Trials over the running graph. A round puts two worlds that are the same to somebody into the databases of both sides; its trials ask both sides the same, make the same changes there, or listen while
 * things happen, in process through `execute` or over HTTP. Whatever that person is answered must be the same.
 */
import { parse, validate, type GraphQLSchema } from "graphql";
import { DecisionMemo } from "../../gateway/execute";
import type { Label } from "../../schema/label";
import { mixLabels } from "./generate-tables";
import { generateMutation, ministryOf } from "./generate-mutation";
import { generateOperation, type Operation } from "./generate-operation";
import { randomFrom, type Random } from "./generate-random";
import { RunningDesk, askerFor, saidIn, saidOver, type Given, type Reader, type RunningLayers } from "./trial-ask";
import { askOneByOne } from "./trial-by-id";
import { type AskSide, firstQuestions, questionsAfter, runChange } from "./trial-change";
import type { Verdict, Violation } from "./trial-generated";
import { Listening } from "./trial-listen";
import { drawMeanwhile, type Meanwhile } from "./trial-meanwhile";
import { makeRound, type Round } from "./trial-round";
import { clock, MINISTRIES, startPair, UNGUARDED, type Pair, type Side } from "./world-running";

export type { RunningLayers } from "./trial-ask";
export type Way = "in-process" | "http" | "release-off" | "guards-off";
export type RunningFault = Partial<RunningLayers>;
const LAYERS: Readonly<Record<Exclude<Way, "http">, RunningLayers>> = {
  "in-process": { rows: true, columns: true, release: true }, "release-off": { rows: true, columns: true, release: false }, "guards-off": { rows: false, columns: false, release: true },
};

/** What a trial is about. */
export type Kind = "queries" | "mutations" | "subscriptions";
export type RunningVerdict = Verdict & { readonly kind: Kind; readonly description: string; /** What became of a change, or whether anything was told. */ readonly outcome: string };

/** Trials of a round, in the order in which they come: what changes a world comes after what only reads it. */
const PER_KIND: Readonly<Record<Kind, number>> = { queries: 4, mutations: 4, subscriptions: 2 };
export const PER_ROUND = 10;
/** Root fields of what differs between worlds in every round. */
const HAS_ROWS = /(?:Documents?|Matters|Designations|People)$|^(?:matter|designation|person)$/;
/** Operations per view. */
const OPERATIONS = 30;
/** Operations drawn for a trial until one counts. */
const TRIES = 2;
/** Somebody who may read much, to ask first. */
const CLEARED = ["ciro-analyst", "mod-officer"] as const;

export class RunningSession {
  private readonly desk: RunningDesk;
  /** One for each side: what one world taught must not answer for the other. */
  private readonly decisions: readonly [DecisionMemo, DecisionMemo];
  private cursors: string[] = [];
  private readonly operations = new Map<GraphQLSchema, Map<number, Operation>>();
  private listening: Listening | undefined;
  /** Kept when both gateways have heard what the round's worlds state: what they hear during a request is another trial. */
  private heard: Promise<unknown> | undefined;

  private constructor(readonly seed: string, private readonly pair: Pair) {
    this.desk = new RunningDesk(pair);
    this.decisions = [new DecisionMemo(this.desk.policy), new DecisionMemo(this.desk.policy)];
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

  async stop(): Promise<void> {
    this.listening?.leave();
    await this.pair.stop();
  }

  /** Puts the worlds of one round into the databases. Most rounds are of somebody with a role, who can change something. */
  async round(number: number): Promise<Round> {
    const random = randomFrom(`${this.seed}/${number}`);
    const { readers } = this.desk;
    const able = readers.filter(({ person }) => person.subject.roles.length > 0);
    const reader = random.pick(able.length > 0 && random.chance(0.6) ? able : readers);
    this.listening?.leave();
    this.cursors = [];
    this.heard = undefined;
    const round = await makeRound(random, this.pair, this.desk.policy, reader, readers.map(({ person }) => person.id));
    this.listening = new Listening(this.pair, this.desk, round);
    return round;
  }

  /** What trial number `at` of a round is about. */
  static kindOf(at: number): Kind { return at < PER_KIND.queries ? "queries" : at < PER_KIND.queries + PER_KIND.mutations ? "mutations" : "subscriptions"; }

  /** One trial of a round. */
  async trial(round: Round, where: string, kind: Kind, wanted?: Way, fault: RunningFault = {}): Promise<RunningVerdict> {
    const random = randomFrom(`${this.seed}/${where}/${kind}`);
    const way = wanted ?? random.pick<Way>(["in-process", "in-process", "release-off", "guards-off"]);
    const layers = way === "http" ? undefined : { ...LAYERS[way], ...fault };
    if (round.isOver) return { kind, outcome: "over", counted: false, violations: [], description: "" };
    if (way === "http") await this.hear();
    switch (kind) {
      case "queries": return this.query(random, round, way, layers);
      case "mutations": return this.change(random, round, way, layers);
      case "subscriptions": return this.listen(random, round, way, layers);
    }
  }

  private async query(random: Random, round: Round, way: Way, layers: RunningLayers | undefined): Promise<RunningVerdict> {
    let operation = this.operation(random, round);
    let counted = await this.differs(round.reader, operation);
    for (let tries = 1; !counted && tries < TRIES; tries += 1) {
      operation = this.operation(random, round);
      counted = await this.differs(round.reader, operation);
    }
    const meanwhile = layers === undefined && random.chance(0.3) ? drawMeanwhile(random, round, (ministry) => [...this.pair.bases.get(ministry)?.labels.keys() ?? []]) : undefined;
    const violations = layers === undefined ? await this.overHttp(random, round, operation, meanwhile) : await this.inProcess(random, round, operation, layers);
    return { kind: "queries", outcome: "answered", counted: counted || meanwhile !== undefined, violations, description: `${describe(way, round, operation.text, operation.variables)}\n${meanwhile?.what ?? ""}` };
  }

  private hear(): Promise<unknown> { return this.heard ??= Promise.all(this.pair.sides.map((side) => side.heard())); }

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
    const [first, second] = await Promise.all(this.pair.sides.map(async (side) => {
      const call = (await side.caller(UNGUARDED))(reader.asker);
      return JSON.stringify((await this.desk.ask(reader, operation, call, new DecisionMemo(this.desk.policy), { release: "emptied", flow: "emptied" })).data);
    }));
    return first !== second;
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
      if (number === warmed && validate(cleared.view, parse(operation.text)).length === 0) await this.desk.ask(cleared, operation, callFor(cleared.asker), decisions, seams);
      answers.push(await this.desk.ask(reader, operation, callFor(reader.asker), decisions, seams));
    }
    const [a, b] = answers;
    if (a === undefined || b === undefined) throw new Error("two answers");
    this.learnCursors(a.data);
    const out: Violation[] = leaks(JSON.stringify([a.data, a.withheld]), round, JSON.stringify(operation));
    // Without the ministries' guards the gateway cannot repair a count.
    if (release && !(rows && columns) && operation.usesPages) return out;
    const text = ({ data, errors, withheld, released }: Given): string => JSON.stringify(release ? [data, errors, withheld, released] : [data, errors]);
    if (text(a) !== text(b)) out.push({ check: "G3: same bytes in both worlds", detail: `${text(a)}\n${text(b)}` });
    for (const name of MINISTRIES) {
      if (String(a.calls.get(name)) !== String(b.calls.get(name))) out.push({ check: `G3: same calls to ${name}`, detail: `${String(a.calls.get(name))}\n${String(b.calls.get(name))}` });
    }
    return out;
  }

  /** @param meanwhile happens in one of the worlds */
  private async overHttp(random: Random, round: Round, operation: Operation, meanwhile: Meanwhile | undefined): Promise<Violation[]> {
    const { reader } = round;
    const warmed = random.int(2);
    const busy = meanwhile === undefined ? undefined : random.int(2);
    const narrowing = narrowingOf(random);
    const answers: { readonly comparable: string; readonly text: string }[] = [];
    for (const [number, side] of this.pair.sides.entries()) {
      if (number === warmed) await this.desk.post(side, this.cleared(reader), operation, {});
      const ask = (): ReturnType<RunningDesk["post"]> => this.desk.post(side, reader, operation, narrowing);
      answers.push(meanwhile !== undefined && number === busy ? await meanwhile.act(side, ask) : await ask());
    }
    const [a, b] = answers;
    if (a === undefined || b === undefined) throw new Error("two answers");
    const out = leaks(a.text, round, JSON.stringify(operation));
    if (a.comparable !== b.comparable) out.push({ check: "G3: same bytes over HTTP", detail: `${JSON.stringify(narrowing)}\n${a.comparable}\n${b.comparable}` });
    return out;
  }

  /** How one side is asked as the round's person. */
  private asking(reader: Reader, layers: RunningLayers | undefined): AskSide {
    return async (number, question) => {
      const side: Side = this.pair.sides[number];
      if (layers === undefined) return saidOver(await this.desk.post(side, reader, question, {}));
      const call = (await side.caller({ rows: layers.rows, columns: layers.columns }))(askerFor(reader, question.text));
      return saidIn(await this.desk.ask(reader, question, call, this.decisions[number], layers.release ? {} : { release: "emptied" }), layers.release);
    };
  }

  private async change(random: Random, round: Round, way: Way, given: RunningLayers | undefined): Promise<RunningVerdict> {
    const { reader, words, alike, changes } = round;
    // A ministry without guards carries out what is not for the asker to do: who guards that is the ministry alone.
    const layers = way === "guards-off" ? LAYERS["in-process"] : given;
    if (changes.length === 0) return { kind: "mutations", outcome: "nothing to change", counted: false, violations: [], description: "" };
    const mutation = generateMutation(random, changes, words, { policy: this.desk.policy, asker: { ...reader.asker, action: "WRITE" }, now: clock() });
    const asked = this.desk.ministriesOf(reader, mutation.text);
    words.sent.push(mutation);
    const spoken = JSON.stringify(mutation.variables);
    round.named.push(spoken);
    const after = questionsAfter(random, reader.view, mutation.fields, ministryOf);
    const ask = this.asking(reader, layers);
    if (reader.person.subject.kind === "liaison") for (const question of firstQuestions(reader.view, asked, ministryOf)) for (const side of [0, 1] as const) await ask(side, question);
    const standing = new Map<string, string>();
    if (layers === undefined) for (const name of asked) standing.set(name, await this.standingOf(reader, name));
    const result = await runChange({ sides: this.pair.sides, alike, ask, mutation, ministries: asked, after, settle: async (name) => {
      if (layers !== undefined) return true;
      await this.listening?.settle(random, name);
      if (await this.standingOf(reader, name) !== standing.get(name)) round.isOver = true;
      return !round.isOver;
    } });
    const violations = [...result.violations, ...result.texts.flatMap((text) => leaks(text, round, round.named.join()))];
    for (const item of result.made) round.addItem(asked[0] ?? "", item);
    return { kind: "mutations", outcome: result.outcome, counted: round.differing.some((id) => spoken.includes(id)), violations, description: describe(way, round, mutation.text, mutation.variables, asked) };
  }

  /** What a ministry of the first side states about somebody. */
  private standingOf({ person }: Reader, ministry: string): Promise<string> {
    return this.pair.sides[0].inDatabase(ministry, async (client) => JSON.stringify((await client.query("SELECT list, key, entry FROM vault.stated WHERE subject = $1 ORDER BY list, key", [person.id])).rows));
  }

  private async listen(random: Random, round: Round, way: Way, layers: RunningLayers | undefined): Promise<RunningVerdict> {
    const { listening } = this;
    if (listening === undefined) throw new Error("no round");
    const result = layers === undefined ? await listening.overHttp(random) : await listening.inProcess(random, layers, this.decisions, this.asking(round.reader, layers));
    const violations = [...result.violations, ...leaks(result.text, round, round.named.join())];
    return { kind: "subscriptions", outcome: result.outcome, counted: result.counted, violations, description: describe(way, round, result.question, result.happened, []) };
  }

  /** Asks for hidden ids one by one; see `trial-by-id.ts`. */
  async byId(round: Round, way: Way, fault: RunningFault = {}, most = 60): Promise<Awaited<ReturnType<typeof askOneByOne>>> {
    if (way === "http") await this.hear();
    const ask = this.asking(round.reader, way === "http" ? undefined : { ...LAYERS[way], ...fault });
    return askOneByOne(randomFrom(`${this.seed}/by-id`), round, (question) => ask(0, question), most);
  }

  private cleared(reader: Reader): Reader {
    const id = CLEARED.find((candidate) => candidate !== reader.person.id);
    return this.desk.readers.find((candidate) => candidate.person.id === id) ?? reader;
  }

  private learnCursors(data: unknown): void {
    if (typeof data !== "object" || data === null) return;
    for (const [key, value] of Object.entries(data)) {
      if (typeof value === "string" && /cursor/i.test(key)) this.cursors.push(value);
      else this.learnCursors(value);
    }
  }
}

/** @param asked ministries of whose worlds it is said how they differ; without it, of all */
function describe(way: Way, { reader, made }: Round, text: string, variables: unknown, asked?: readonly string[]): string {
  return [`${way} as ${reader.person.id}`, text, JSON.stringify(variables), ...made.filter((line) => asked === undefined || asked.some((name) => line.startsWith(`${name}:`)))].join("\n");
}

/** Texts in an answer that only withheld places hold, and that no question named. */
function leaks(text: string, { secrets }: Round, named: string): Violation[] {
  const found = [...secrets].find((secret) => text.includes(JSON.stringify(secret)) && !named.includes(secret));
  return found === undefined ? [] : [{ check: "G1: nothing above the subject in the answer", detail: found }];
}

function narrowingOf(random: Random): Readonly<Record<string, string>> {
  return {
    ...(random.chance(0.15) ? { "kanmon-ceiling": random.pick(["PUBLIC", "CUI", "CONFIDENTIAL", "SECRET"]) } : {}),
    ...(random.chance(0.15) ? { "kanmon-release-to": random.pick(["USA", "AUS", "USA,AUS"]) } : {}),
    ...(random.chance(0.1) ? { "kanmon-marks": "portions" } : {}),
  };
}
