/**
 * One trial over a generated schema: two worlds that are the same to an asker, asked the same, must answer the same and cause the same calls; and the answer is
 * the reference's. Five configurations: both layers on, ministry guards off, gateway release off, restricted ministries seen by the asker (without their guards,
 * so that all is the gateway's), and flows (restricted ministries, seen from theirs).
 */
import type { OperationTypeNode } from "graphql";
import { DecisionMemo } from "../../gateway/execute";
import { BOTTOM, canonicalJson, joinAll } from "../../schema/label";
import { labelOf } from "../../schema/policy";
import { DifferenceMaker, withoutOwnLabels } from "./generate-difference";
import { generateAccreditation, labelInForce, NOW } from "./generate-label";
import type { OperationKind } from "./generate-operation";
import { randomFrom, type Random } from "./generate-random";
import { World, WorldMaker } from "./generate-world";
import { answerReference, type Answer } from "./reference";
import { ALL_LAYERS, POLICY, type Accreditations, type Asked, type GeneratedSession, type Layers, type Question, type Reader } from "./trial-session";
import { Judge, tokensOf, visibleWorld } from "./world-visible";

export type Configuration = "both" | "guards-off" | "release-off" | "restricted" | "flow";
const LAYERS: Readonly<Record<Configuration, Layers>> = {
  both: { ...ALL_LAYERS, flow: false }, "guards-off": { rows: false, columns: false, release: true, flow: false }, "release-off": { ...ALL_LAYERS, release: false, flow: false },
  restricted: { rows: false, columns: false, release: true, flow: true }, flow: ALL_LAYERS,
};

/** Operations per view of a schema. */
const OPERATIONS = 8;

/** What one trial is made of; a failing one is shrunk by trying smaller ones. */
export interface Trial {
  readonly configuration: Configuration;
  readonly kind: OperationKind;
  readonly layers: Layers;
  readonly reader: Reader;
  /** Who asks: the reader, or in a flow trial somebody cleared. */
  readonly asker: Reader;
  readonly raised: Reader | undefined;
  /** The first world with one label more restrictive. */
  readonly stricter: World | undefined;
  readonly worlds: readonly [World, World];
  readonly made: readonly string[];
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly usesPages: boolean;
  readonly accreditation: Accreditations;
  /** The ministry from whose side a flow trial is seen. */
  readonly observer: string | undefined;
  /** World in which a cleared subject asks first: 0 or 1. */
  readonly warmed: number;
}
export interface Violation { readonly check: string; readonly detail: string }
export interface Verdict { readonly counted: boolean; readonly violations: readonly Violation[]; /** What became of a change, or whether anything was told. */ readonly outcome?: string }

/** Overrides layers, for seeded faults. */
export type Fault = Partial<Layers>;

/**
 * @param asked what the operation is; without it one in four is a change and one in eight listens, where there is something to change or to listen to. A ministry without its guards carries out what is
 * not for its asker to do, so changes are tried where it has them.
 */
export function makeTrial(session: GeneratedSession, seed: string, wanted?: Configuration, fault: Fault = {}, asked?: OperationKind): Trial {
  const random = randomFrom(seed);
  const configuration = wanted ?? random.pick<Configuration>(["both", "both", "both", "guards-off", "release-off", "restricted", "flow"]);
  const drawn = asked ?? random.pick<OperationKind>(["query", "query", "query", "query", "query", "mutation", "mutation", "subscription"]);
  const maker = new WorldMaker(session.plan, random, session.labels, session.ids);
  const first = maker.world();
  const everybody = Array.from({ length: 1 }, () => generateAccreditation(random, true));
  const layers = { ...LAYERS[configuration], ...fault };
  const common = { configuration, layers, warmed: random.int(2), kind: "query" as OperationKind };
  if (configuration === "flow") return { ...common, ...makeFlow(session, random, maker, first) };
  const accredited = new Map(session.plan.subgraphs.map((subgraph) => [subgraph, [generateAccreditation(random, random.chance(0.3))]]));
  const accreditation: Accreditations = configuration === "restricted" ? (subgraph) => accredited.get(subgraph) ?? [] : () => everybody;
  const guarded = configuration === "both" || configuration === "release-off";
  const able = drawn === "query" || (drawn === "mutation" ? !guarded : configuration === "restricted") ? [] : session.readers.filter(({ asker, view }) => asker.action === "RETRIEVE" && (view.getRootType(drawn as OperationTypeNode) ?? undefined) !== undefined);
  const kind = able.length === 0 ? "query" : drawn;
  const reader = random.pick(able.length === 0 ? session.readers : able);
  const { world, made } = new DifferenceMaker(maker, reader.judge, first).make();
  const raised = configuration === "both" && random.chance(0.3) ? session.raised(random, reader) : undefined;
  return { ...common, kind, ...session.operation(reader.view, random.int(OPERATIONS), kind), reader, asker: reader, raised, stricter: raised === undefined ? undefined : stricterWorld(random, maker, first), worlds: [first, world], made, accreditation, observer: undefined };
}

/** Worlds that are the same to one ministry and differ in what others hold above it; what it receives must be the same. */
function makeFlow(session: GeneratedSession, random: Random, maker: WorldMaker, first: World): Omit<Trial, "configuration" | "layers" | "warmed" | "kind"> {
  const accredited = new Map(session.plan.subgraphs.map((subgraph) => [subgraph, [generateAccreditation(random, random.chance(0.3))]]));
  const accreditation: Accreditations = (subgraph) => accredited.get(subgraph) ?? [];
  const observer = random.pick(session.plan.subgraphs);
  const [mine] = accreditation(observer);
  if (mine === undefined) throw new Error("every ministry is accredited");
  const asker = random.chance(0.7) ? session.cleared : random.pick(session.readers);
  const ctx = { now: NOW, zoneLevel: mine.zoneLevel };
  const judge = new Judge(session.plan, POLICY, { subject: mine.subject, action: "RETRIEVE", ctx, digest: JSON.stringify([mine, ctx]) }, true);
  const start = new World(new Map([...first.rows].map(([key, rows]) => [key, rows.map((row) => (judge.isVisible(row.type, row.entry.record) ? row : withoutOwnLabels(row)))])));
  const others = new Set(session.plan.subgraphs.filter((subgraph) => subgraph !== observer));
  const { world, made } = new DifferenceMaker(maker, judge, start, others, asker.judge).make();
  const reader: Reader = { ...asker, judge };
  return { ...session.operation(asker.view, random.int(OPERATIONS)), reader, asker, raised: undefined, stricter: undefined, worlds: [start, world], made, accreditation, observer };
}

/** Runs a trial. `counted` is false where the worlds do not differ for an omniscient subject either. */
export async function runTrial(session: GeneratedSession, trial: Trial): Promise<Verdict> {
  const question = session.question(trial.asker.view, trial.text, trial.variables);
  if (question === undefined) return { counted: false, violations: [{ check: "operation", detail: "not valid for the view it was made from" }] };
  if (trial.kind === "subscription") return listen(session, trial, question);
  const counted = trial.configuration === "flow" ? trial.made.length > 0 : await differs(session, trial, question);
  const decisions = new DecisionMemo(POLICY);
  const answers: Asked[] = [];
  for (const [index, world] of trial.worlds.entries()) {
    if (index === trial.warmed) await warm(session, trial, world, decisions);
    answers.push(await session.ask(trial.asker, question, world, trial.layers, trial.accreditation, decisions));
  }
  const [a, b] = answers;
  if (a === undefined || b === undefined) throw new Error("two worlds, two answers");
  if (trial.configuration === "flow") return { counted, violations: checkFlow(session, trial, a, b) };
  const outcome = trial.kind === "query" ? "answered" : Object.values(a.data as Readonly<Record<string, unknown>> ?? {}).every((value) => value === null) ? "refused" : "done";
  return { counted, outcome, violations: [...await checkSame(session, trial, question, a, b), ...await checkMonotone(session, trial, question, a)] };
}

/**
 * Listens in both worlds, change by change: each row came with one. What is told, how often and in which order must be the same, and is what the reference says; for what the asker does not have nothing is
 * told, and no ministry but that one is asked anything.
 */
async function listen(session: GeneratedSession, trial: Trial, question: Question): Promise<Verdict> {
  const { reader, layers, accreditation, worlds } = trial;
  const root = session.plan.roots.find((one) => one.kind === "news" && new RegExp(`\\b${one.name}\\b`).test(trial.text));
  if (root === undefined) throw new Error("a subscription without a root");
  const violations: Violation[] = [];
  const told: string[][] = [[], []];
  for (const [index, world] of worlds.entries()) {
    const decisions = new DecisionMemo(POLICY);
    const seen = visibleWorld(world, reader.judge);
    for (const [at, { id }] of world.list(root.subgraph, root.target).entries()) {
      const changes = { after: at, upTo: at + 1 };
      const asked = await session.ask(reader, question, world, layers, accreditation, decisions, { changes });
      const isNothing = asked.withheld.length === 0 && Object.values(asked.data as Readonly<Record<string, unknown>> ?? {}).every((value) => value === null || (Array.isArray(value) && value.length === 0));
      const isHidden = seen.find(root.subgraph, root.target, id) === undefined;
      const others = [...asked.calls].filter(([subgraph]) => subgraph !== root.subgraph).flatMap(([, bodies]) => bodies);
      if (isHidden && (!isNothing || asked.errors.length > 0 || others.length > 0)) violations.push({ check: "G3: what is hidden is no event", detail: `${id}: ${bytesOf(asked, true)} ${others.join("\n")}` });
      const above = valuesIn(asked.data).find((value) => !isAllowed(value, tokensOf(seen), trial));
      if (above !== undefined) violations.push({ check: "G1: nothing above the subject in an event", detail: above });
      if (isNothing) continue;
      told[index]?.push(JSON.stringify([bytesOf(asked, layers.release), ...[...asked.calls].map(([subgraph, bodies]) => [subgraph, bodies.map((body) => body.replace(/"changes":\{[^}]*\}/, ""))])]));
      const reference = await answerReference({ plan: session.plan, world, judge: reader.judge, view: reader.view, ...question, window: changes });
      violations.push(...compare("reference: event", canonicalJson(asked.data), canonicalJson(reference.data)));
    }
  }
  violations.push(...compare("G3: the same events in the same order", told[0], told[1]));
  const [first, second] = worlds.map((world) => JSON.stringify(world.list(root.subgraph, root.target)));
  return { counted: first !== second, outcome: (told[0]?.length ?? 0) > 0 ? "told" : "silent", violations };
}

async function differs(session: GeneratedSession, trial: Trial, question: Question): Promise<boolean> {
  const whole = (world: World): Promise<Answer> => answerReference({ plan: session.plan, world, view: trial.asker.view, ...question });
  const [first, second] = trial.worlds;
  return JSON.stringify((await whole(first)).data) !== JSON.stringify((await whole(second)).data);
}

/** A cleared subject asks the same text first, so that whatever is kept of it is there. */
async function warm(session: GeneratedSession, trial: Trial, world: World, decisions: DecisionMemo): Promise<void> {
  const question = session.question(session.cleared.view, trial.text, trial.variables);
  if (question !== undefined) await session.ask(session.cleared, question, world, trial.layers, trial.accreditation, decisions);
}

function bytesOf(asked: Asked, withMarking: boolean): string {
  return JSON.stringify([asked.data, asked.errors, ...(withMarking ? [asked.withheld, asked.released] : [])]);
}

async function checkSame(session: GeneratedSession, trial: Trial, question: Question, a: Asked, b: Asked): Promise<Violation[]> {
  const out: Violation[] = [];
  const { layers, reader, worlds } = trial;
  const guarded = layers.rows && layers.columns;
  const seen = visibleWorld(worlds[0], reader.judge);
  const known = tokensOf(seen);
  const above = valuesIn(a.data).find((value) => !isAllowed(value, known, trial));
  if (above !== undefined) out.push({ check: "G1: nothing above the subject in the answer", detail: above });
  // Without the ministries' guards the gateway cannot repair a count; of everything else it must give the same answer.
  if (!guarded && trial.usesPages) return out;
  if (bytesOf(a, layers.release) !== bytesOf(b, layers.release)) out.push({ check: "G3: same bytes in both worlds", detail: `${bytesOf(a, layers.release)}\n${bytesOf(b, layers.release)}` });
  for (const subgraph of session.plan.subgraphs) {
    if (String(a.calls.get(subgraph)) !== String(b.calls.get(subgraph))) {
      out.push({ check: `G3: same calls to ${subgraph}`, detail: `${String(a.calls.get(subgraph))}\n${String(b.calls.get(subgraph))}` });
    }
  }
  // The reference knows no ministries, and so none that may not be told something.
  if (trial.configuration === "restricted") return out;
  const reference = await answerReference({ plan: session.plan, world: worlds[0], judge: reader.judge, view: reader.view, ...question });
  const [unlike] = compare("reference: data", a.data, reference.data);
  if (unlike !== undefined) out.push(canonicalJson(a.data) === canonicalJson(reference.data) ? { ...unlike, check: "reference: order of fields" } : unlike);
  if (reference.errors !== a.errors.length) out.push({ check: "reference: errors", detail: JSON.stringify(a.errors) });
  if (!layers.release) return out;
  out.push(...compare("reference: withheld", sorted(a.withheld), sorted(reference.withheld)));
  if (canonicalJson(a.released) !== canonicalJson(reference.released)) out.push({ check: "reference: marking", detail: `${canonicalJson(a.released)}\n${canonicalJson(reference.released)}` });
  return out;
}

function compare(check: string, actual: unknown, expected: unknown): Violation[] {
  const [x, y] = [JSON.stringify(actual), JSON.stringify(expected)];
  return x === y ? [] : [{ check, detail: `answered ${x}\nexpected ${y}` }];
}
function sorted(list: readonly unknown[]): string[] { return list.map((item) => canonicalJson(item)).sort(); }

/**
 * Whoever has more clearance is answered at least the same values, and a more restrictive label never shows more (G6). Pages show other rows to those who see
 * more. The same answer again with provenance: every value was released under a label that is permitted (exit guard).
 */
async function checkMonotone(session: GeneratedSession, trial: Trial, question: Question, a: Asked): Promise<Violation[]> {
  const { raised, stricter, reader, layers, accreditation } = trial;
  if (raised === undefined || stricter === undefined) return [];
  const out: Violation[] = [];
  const again = await session.ask(reader, question, trial.worlds[0], layers, accreditation, new DecisionMemo(POLICY), { provenance: true });
  for (const [path, label] of again.provenance) {
    if (!reader.judge.permits(BOTTOM, label)) out.push({ check: "exit guard: every value has a permitted label", detail: `${path} ${canonicalJson(label)}` });
  }
  if (JSON.stringify(again.data) !== JSON.stringify(a.data)) out.push({ check: "the same answer to the same question", detail: JSON.stringify(again.data) });
  if (trial.usesPages) return out;
  const values = valuesIn(a.data);
  const less = valuesIn((await session.ask(reader, question, stricter, layers, accreditation, new DecisionMemo(POLICY))).data).find((value) => !values.includes(value));
  if (less !== undefined) out.push({ check: "G6: a more restrictive label never shows more", detail: less });
  const theirs = session.question(raised.view, trial.text, trial.variables);
  if (theirs === undefined) return out;
  const more = new Set(valuesIn((await session.ask(raised, theirs, trial.worlds[0], layers, accreditation, new DecisionMemo(POLICY))).data));
  const lost = values.find((value) => !more.has(value));
  if (lost !== undefined) out.push({ check: "G6: more clearance never gives less", detail: lost });
  return out;
}

/** The world with the record label of one row joined with another label. */
function stricterWorld(random: Random, maker: WorldMaker, world: World): World {
  const key = random.pick([...world.rows.keys()]);
  const rows = world.rows.get(key) ?? [];
  const at = random.int(Math.max(1, rows.length));
  const more = labelInForce(random.pick(maker.labels));
  return new World(new Map([...world.rows, [key, rows.map((row, index) => {
    if (index !== at) return row;
    const record = labelInForce(row.entry.record);
    return { ...row, entry: { ...row.entry, record: labelOf(joinAll([record, more]), { existence: joinAll([record.existence, more]) }) } };
  })]]));
}

/** What a ministry receives is the same in worlds that differ above it, and holds nothing above it (G2). */
function checkFlow(session: GeneratedSession, trial: Trial, a: Asked, b: Asked): Violation[] {
  const { observer, reader, worlds } = trial;
  if (observer === undefined) return [];
  const own = session.plan.types.flatMap((type) => type.fields.filter((field) => field.owner === observer));
  const derived = new Set(session.plan.types.flatMap((type) => type.fields.filter((field) => field.kind === "derived").map((field) => field.name)));
  // A derived value carries its ministry's label, not its inputs': it says what that ministry chose to say.
  if (own.some((field) => field.kind === "derived" && field.requires.some((name) => derived.has(name)))) return [];
  const out: Violation[] = [];
  for (const [index, asked] of [a, b].entries()) {
    const world = worlds[index] ?? a;
    if (!(world instanceof World)) continue;
    const known = tokensOf(visibleWorld(world, reader.judge));
    const mine = tokensOf(new World(new Map([...world.rows].filter(([key]) => key.startsWith(`${observer}/`)))));
    const above = (asked.calls.get(observer) ?? []).flatMap((body) => valuesIn(JSON.parse(body))).find((value) => !isAllowed(value, known, trial) && !mine.has(value));
    if (above !== undefined) out.push({ check: "G2: nothing above a ministry is sent to it", detail: `${observer}: ${above}` });
  }
  // In which order calls come that wait for others depends on how long these take, and time is not hidden (SECURITY.md): only what is sent is compared.
  const [before, after] = [a, b].map(({ calls }) => [...calls.get(observer) ?? []].sort().join("\n"));
  // Which rows a page shows depends on rows that only its asker need be cleared for.
  if (!trial.usesPages && before !== after) out.push({ check: "G2: same calls in worlds that differ above the ministry", detail: `${String(before)}\n\n${String(after)}` });
  return out;
}

/** Texts and numbers made for worlds, wherever they occur in values (never in keys). */
function valuesIn(value: unknown): string[] {
  if (typeof value === "string") return value.match(/\b(?:t[0-9a-z]{7,}|k[0-9a-z]{9})\b/g) ?? [];
  if (typeof value === "number") return value >= 100_000 ? [String(value)] : [];
  if (Array.isArray(value)) return value.flatMap(valuesIn);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(valuesIn) : [];
}

/** Known to the reader, or named by the question itself. */
function isAllowed(value: string, known: ReadonlySet<string>, trial: Trial): boolean {
  return known.has(value) || trial.text.includes(value) || JSON.stringify(trial.variables).includes(value);
}
