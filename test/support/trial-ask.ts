/**
 * How the search asks the running graph as somebody: in process through `execute`, with any layer taken out, or over HTTP at the gateway's own door. Gives what was answered in a form that can be compared,
 * without what is excluded (Date, request id, reference to the evidence), and what ministries were sent.
 */
import { parse, type GraphQLSchema } from "graphql";
import personas from "../../gateway/cli/data/personas.json";
import { type Call, type ChangeWindow, DecisionMemo, execute } from "../../gateway/execute";
import { Planner } from "../../gateway/plan";
import { readDemoBundle, viewOf } from "../../schema/compose";
import type { LabelCore } from "../../schema/label";
import { decide, loadPolicy } from "../../schema/policy";
import type { Asker } from "./generate-label";
import { ANY_OPERATION } from "./policy-files";
import { everybody, type Persona } from "./people";
import type { Question, Said } from "./trial-change";
import { clock, MINISTRIES, type Pair, type Side } from "./world-running";

export interface RunningLayers { readonly rows: boolean; readonly columns: boolean; readonly release: boolean }
export interface Reader { readonly person: Persona; readonly client: string; readonly asker: Asker; readonly view: GraphQLSchema; /** Names the view. */ readonly bits: string }
export interface Given { readonly data: unknown; readonly errors: readonly { readonly code: string; readonly reason?: string }[]; readonly withheld: unknown; readonly released: LabelCore; readonly calls: ReadonlyMap<string, readonly string[]> }

export class RunningDesk {
  readonly policy = loadPolicy(ANY_OPERATION);
  readonly readers: readonly Reader[];
  private readonly bundle = readDemoBundle();
  private readonly planner = new Planner(this.bundle);

  constructor(private readonly pair: Pair) {
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

  /** Ministries that an operation is planned to ask. */
  ministriesOf(reader: Reader, text: string): readonly string[] { return this.planner.compile(reader.view, parse(text), undefined).subgraphs.filter((name) => MINISTRIES.includes(name)); }

  /** Asks in process, through a caller of one side. A change is asked for as one. */
  async ask(reader: Reader, { text, variables }: Question, call: Call, decisions: DecisionMemo, seams: Parameters<typeof execute>[2], changes?: ChangeWindow): Promise<Given> {
    const calls = new Map<string, string[]>(MINISTRIES.map((name) => [name, []]));
    const recording: Call = (subgraph, body, signal) => {
      calls.get(subgraph)?.push(body.toString("utf8"));
      return call(subgraph, body, signal);
    };
    const compiled = this.planner.compile(reader.view, parse(text), undefined);
    const { data, errors, withheld, released } = await execute(compiled, {
      variables, asker: askerFor(reader, text), policy: this.policy, decisions, call: recording, accreditation: (subgraph) => this.policy.members.accreditations(subgraph), deadlineMs: 10_000, changes,
    }, seams);
    return { data, errors, withheld: [...new Map(withheld.map((entry) => [JSON.stringify(entry), entry])).values()], released, calls };
  }

  /** Headers of a request over HTTP. */
  async headersOf(reader: Reader, narrowing: Readonly<Record<string, string>> = {}): Promise<Readonly<Record<string, string>>> {
    const purpose = reader.person.ctx.purpose;
    return {
      "content-type": "application/json", accept: "application/graphql-response+json", authorization: `Bearer ${await this.pair.token(reader.person.id, reader.client)}`,
      ...(purpose === undefined ? {} : { "kanmon-purpose": purpose }), ...narrowing,
    };
  }

  /** Asks over HTTP. */
  async post(side: Side, reader: Reader, { text: query, variables }: Question, narrowing: Readonly<Record<string, string>>): Promise<{ readonly head: string; readonly text: string; readonly comparable: string }> {
    const response = await fetch(side.gateway.url, { method: "POST", body: JSON.stringify({ query, variables }), headers: await this.headersOf(reader, narrowing) });
    const text = await response.text();
    const head = headOf(response, text);
    return { text, head, comparable: `${head}\n${withoutEvidence(text)}` };
  }
}

/** The asker of an operation: a change is a WRITE (SPEC 8.2). */
export function askerFor({ asker }: Reader, text: string): Asker { return text.startsWith("mutation") ? { ...asker, action: "WRITE" } : asker; }

/** An answer given in process, to be compared. */
export function saidIn({ data, errors, withheld, released, calls }: Given, withMarking: boolean): Said {
  const body = { data, errors, ...(withMarking ? { withheld, released } : {}) };
  return { head: "", body, errors, data: data as Said["data"], text: JSON.stringify(body), calls };
}

/** An answer given over HTTP, to be compared where some of it is random: the length of the body is not. */
export function saidOver({ head, text }: { readonly head: string; readonly text: string }): Said {
  const body = JSON.parse(withoutEvidence(text)) as { readonly data?: Said["data"]; readonly errors?: readonly { readonly extensions?: { readonly code?: string; readonly reason?: string } }[] };
  const errors = (body.errors ?? []).map(({ extensions }) => ({ code: extensions?.code ?? "", ...(extensions?.reason === undefined ? {} : { reason: extensions.reason }) }));
  return { head: head.replaceAll(/content-length: .*/g, ""), body, errors, data: body.data ?? null, text, calls: new Map() };
}

function withoutEvidence(text: string): string { return text.replace(/"evidence":\{[^}]*\}/, '"evidence":{}'); }

/** Status and headers but what is excluded: Date and request id (and the length that the reference to the evidence takes). */
function headOf(response: Response, text: string): string {
  const shown = [...response.headers].filter(([name]) => name !== "date" && name !== "kanmon-request-id")
    .map(([name, value]) => `${name}: ${name === "content-length" ? Number(value) - Buffer.byteLength(text) : value}`);
  return [response.status, ...shown.sort()].join("\n");
}
