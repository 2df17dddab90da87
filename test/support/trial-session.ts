/**
 * What the trials over one generated schema share: the composed bundle, the planner, ministries in this process, a pool of labels and of askers with their
 * views. Composition is slow, so a session serves many worlds and operations. `ask` is the one place where the real executor is called.
 */
import { parse, validate, type DocumentNode, type GraphQLSchema } from "graphql";
import { execute, type Call, type DecisionMemo, type ExecuteOutcome } from "../../gateway/execute";
import { DEFAULT_LIMITS, Planner } from "../../gateway/plan";
import { composeSupergraph, viewOf, type Bundle } from "../../schema/compose";
import type { Label, LabelCore } from "../../schema/label";
import { decide, loadPolicy, type Policy } from "../../schema/policy";
import { clearedAsker, generateAsker, generateLabel, raiseAsker, type Asker } from "./generate-label";
import { randomFrom, type Random } from "./generate-random";
import { generateSchema, type SchemaPlan } from "./generate-schema";
import { printSubgraphs } from "./generate-sdl";
import { generateOperation, type Operation, type OperationKind } from "./generate-operation";
import { remember, type World } from "./generate-world";
import { GeneratedMinistries, ServedWorld, type ChangeWindow } from "./world-ministry";
import { Judge, visibleWorld } from "./world-visible";

export const POLICY: Policy = loadPolicy();
/** Composed for ministries that may be told anything: what each is accredited for is drawn per trial. */
const COMPOSING: Policy = { ...POLICY, members: { ...POLICY.members, accreditations: () => [{ subject: { ...clearedAsker().subject, kind: "subgraph" }, zoneLevel: 4, site: "anywhere" }] } };

/** An asker with everything that depends on the schema: decisions, view. */
export interface Reader { readonly asker: Asker; readonly judge: Judge; readonly view: GraphQLSchema }
/** Which parts of the product are on; a search turns one off, a seeded fault is one that is off where its stand-in is off too. */
export interface Layers {
  /** Row and column guards of the ministries. */
  readonly rows: boolean;
  readonly columns: boolean;
  readonly release: boolean;
  readonly flow: boolean;
}
export const ALL_LAYERS: Layers = { rows: true, columns: true, release: true, flow: true };

export interface Asked {
  readonly data: unknown;
  readonly errors: readonly unknown[];
  readonly withheld: ExecuteOutcome["withheld"];
  readonly released: LabelCore;
  /** Bodies received by each ministry, in order. */
  readonly calls: ReadonlyMap<string, readonly string[]>;
  /** The label under which each value was released, by its path joined with dots. */
  readonly provenance: ReadonlyMap<string, LabelCore>;
}
export interface Question { readonly document: DocumentNode; readonly variables: Readonly<Record<string, unknown>> }
export interface AskOptions { readonly provenance?: boolean; /** Of a subscription: what the event is about. */ readonly changes?: ChangeWindow | undefined }
export type Accreditations = (subgraph: string) => readonly { readonly subject: Asker["subject"]; readonly zoneLevel: 0 | 1 | 2 | 3 | 4 }[];

export class GeneratedSession {
  readonly plan: SchemaPlan;
  readonly bundle: Bundle;
  readonly planner: Planner;
  readonly ministries: GeneratedMinistries;
  readonly labels: readonly Label[];
  readonly readers: readonly Reader[];
  readonly cleared: Reader;
  /** Ids of entities and parts, the same in all worlds of the session, so that operations can name them. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  private readonly views = new Map<string, GraphQLSchema>();
  private readonly operations = new Map<string, Operation>();
  private readonly documents = new Map<GraphQLSchema, Map<string, DocumentNode | undefined>>();

  constructor(readonly seed: string) {
    const random = randomFrom(seed);
    this.plan = generateSchema(random);
    const sdls = printSubgraphs(this.plan);
    this.bundle = composeSupergraph([...sdls].map(([name, sdl]) => ({ name, url: `http://${name}.invalid`, sdl })), COMPOSING);
    // What is too much planning for a request is refused alike in both worlds: it would prove nothing here.
    this.planner = new Planner(this.bundle, { ...DEFAULT_LIMITS, planning: 1_000_000 });
    this.ministries = new GeneratedMinistries(this.plan, sdls);
    this.labels = Array.from({ length: 40 }, () => generateLabel(random));
    this.readers = Array.from({ length: 8 }, () => this.reader(generateAsker(random)));
    this.cleared = this.reader(clearedAsker());
    this.ids = new Map(this.plan.types.map((type) => [type.name, Array.from({ length: 6 }, () => `k${random.word(9)}`)]));
  }

  /** Operation number `number` for a view. Planning is slow, so that trials share operations; it depends on the seed, the view and the number alone. */
  operation(view: GraphQLSchema, number: number, kind: OperationKind = "query"): Operation {
    const bits = [...this.views].find(([, known]) => known === view)?.[0] ?? "";
    const seed = kind === "query" ? `${bits}/${number}` : `${bits}/${kind}/${number}`;
    return remember(this.operations, seed, () => generateOperation(randomFrom(`${this.seed}/${seed}`), view, { ids: [...this.ids.values()].flat(), prefixes: ["t", "t1", "t2", "tz", "x"], idsFor: (field) => this.idsOf(field) }, 0.5, kind));
  }

  /** Ids of rows of the type that a root field of this name is about; none for another field. */
  private idsOf(field: string): readonly string[] {
    const root = this.plan.roots.find(({ name }) => name === field);
    return root?.kind === "change" ? this.ids.get(root.target) ?? [] : [];
  }

  reader(asker: Asker): Reader { return { asker, judge: new Judge(this.plan, POLICY, asker), view: this.viewFor(asker) }; }
  raised(random: Random, reader: Reader): Reader { return this.reader(raiseAsker(random, reader.asker)); }

  private viewFor(asker: Asker): GraphQLSchema {
    const permitted = (floor: LabelCore): boolean => decide(POLICY, asker.subject, asker.action, floor, asker.ctx).outcome === "permit";
    const bits = this.bundle.labels.distinct.map((floor) => (permitted(floor) ? "1" : "0")).join("");
    let view = this.views.get(bits);
    if (view === undefined) this.views.set(bits, (view = viewOf(this.bundle, permitted)));
    return view;
  }

  /** The operation for a view, or undefined where it is not valid for it. */
  question(view: GraphQLSchema, text: string, variables: Readonly<Record<string, unknown>>): Question | undefined {
    const known = remember(this.documents, view, () => new Map<string, DocumentNode | undefined>());
    if (!known.has(text)) {
      const parsed = parse(text);
      known.set(text, validate(view, parsed).length > 0 ? undefined : parsed);
    }
    const document = known.get(text);
    return document === undefined ? undefined : { document, variables };
  }

  /** Asks through the real executor, over a world, with the given layers on. */
  async ask(reader: Reader, question: Question, world: World, layers: Layers, accreditation: Accreditations, decisions: DecisionMemo, { provenance: withProvenance = false, changes }: AskOptions = {}): Promise<Asked> {
    const served = new ServedWorld(world, (kept) => guardedWorld(kept, reader.judge, layers));
    const calls = new Map<string, string[]>();
    const call: Call = async (subgraph, body) => {
      const text = body.toString("utf8");
      calls.set(subgraph, [...(calls.get(subgraph) ?? []), text]);
      return { ok: true, json: await this.ministries.answer(subgraph, JSON.parse(text) as Parameters<GeneratedMinistries["answer"]>[1], served) };
    };
    const operation = this.planner.compile(reader.view, question.document, undefined);
    let provenance: ReadonlyMap<string, LabelCore> = new Map();
    const outcome = await execute(operation, {
      variables: question.variables, asker: operation.type === "mutation" ? { ...reader.asker, action: "WRITE" } : reader.asker, policy: POLICY, decisions, call, accreditation, deadlineMs: 10_000, changes,
    }, {
      ...(layers.release ? {} : { release: "emptied" as const }), ...(layers.flow ? {} : { flow: "emptied" as const }),
      ...(withProvenance ? { exitGuard: (_: unknown, found: ReadonlyMap<string, LabelCore>): void => { provenance = found; } } : {}),
    });
    // What several ministries withhold of one record is told to the client once.
    const withheld = [...new Map(outcome.withheld.map((entry) => [JSON.stringify(entry), entry])).values()];
    return { data: outcome.data, errors: outcome.errors, withheld, released: outcome.released, calls, provenance };
  }
}

/** The rows a ministry serves: all of them, or what its guards leave. Only one guard on is a seeded fault. */
function guardedWorld(world: World, judge: Judge, layers: Layers): World {
  if (layers.rows && layers.columns) return visibleWorld(world, judge);
  return layers.rows || layers.columns ? visibleWorld(world, judge, layers) : world;
}
