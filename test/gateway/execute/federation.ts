/**
 * A small federation that really runs: every subgraph is an HTTP server built with @apollo/subgraph, composed by Apollo's composition. Records
 * every request. Also answers the same operation with plain graphql-js over a monolith of the same data, which is what the gateway must equal.
 */
import { readFileSync } from "node:fs";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { type Server, createServer } from "node:http";
import { composeServices } from "@apollo/composition";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type GraphQLSchema, buildSchema, execute as executeGraphql, graphql, isObjectType, parse, validate } from "graphql";
import { type Bundle, bareBundle, composeSupergraph, lookupSource, viewOf } from "../../../schema/compose";
import { loadPolicy } from "../../../schema/policy";
import { type Limits, Planner } from "../../../gateway/plan";
import { DEFAULT_CALLER_OPTIONS, DecisionMemo, type ExecuteOutcome, type ExecuteRequest, type ExecuteSeams, MinistryCaller, execute } from "../../../gateway/execute";

export type Resolvers = object;
export interface SubgraphSpec { readonly name: string; readonly sdl: string; readonly resolvers: Resolvers }
export interface CapturedRequest { readonly subgraph: string; readonly query: string; readonly variables: Readonly<Record<string, unknown>>; readonly body: string }
/** Takes the parsed body and what the subgraph would answer; gives what is answered instead, at once or later. A string is sent as it is. */
export type Tamper = (subgraph: string, body: { readonly query: string }, answer: unknown) => unknown;

const LABEL_LINK = `extend schema @link(url: "https://kanmon.example/label/v1.0", import: ["@label", "@existence"]) @composeDirective(name: "@label") @composeDirective(name: "@existence")\n${readFileSync(join(__dirname, "../../../schema/directives.graphql"), "utf8")}\n`;
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@interfaceObject", "@tag", "@composeDirective"])\n`;

export const policy = loadPolicy();
const everybody: ExecuteRequest["asker"] = {
  subject: { id: "test", kind: "official", nation: "JPN", org: "JPN.CAS", eligibilities: [], assignments: [], roles: [], purposes: [] },
  action: "RETRIEVE", ctx: { now: Date.now(), zoneLevel: 0 }, digest: "test",
};

export interface RunOptions {
  readonly once?: ExecuteRequest["once"];
  readonly highWater?: ExecuteRequest["highWater"];
  readonly operationName?: string;
  readonly deadlineMs?: number;
  readonly seams?: ExecuteSeams;
  readonly asker?: ExecuteRequest["asker"];
  readonly view?: GraphQLSchema;
  readonly accreditation?: ExecuteRequest["accreditation"];
  readonly portions?: boolean;
}

/** The label table of one answer. */
export class Table {
  readonly entries: unknown[] = [];
  index(entry: unknown): number {
    const at = this.entries.indexOf(entry);
    return at >= 0 ? at : this.entries.push(entry) - 1;
  }
}

export class Federation {
  readonly requests: CapturedRequest[] = [];
  tamper: Tamper | undefined;
  private constructor(
    readonly bundle: Bundle, readonly view: GraphQLSchema, readonly planner: Planner,
    private readonly servers: readonly Server[], private readonly caller: MinistryCaller, private readonly decisions: DecisionMemo,
  ) {}

  /** @param options `labelled`: compose with labels; objects give `_label` by `context.index(entry)` and the answer carries the table */
  static async start(specs: readonly SubgraphSpec[], options: { readonly limits?: Limits; readonly labelled?: boolean; readonly lookup?: boolean } = {}): Promise<Federation> {
    const head = options.labelled === true ? LINK + LABEL_LINK : LINK;
    const ports: { name: string; url: string }[] = [];
    const servers: Server[] = [];
    const holder: { federation?: Federation } = {};
    const built = specs.map((spec) => ({ spec, schema: buildSubgraphSchema([{ typeDefs: parse(head + spec.sdl), resolvers: spec.resolvers as never }]) }));
    for (const { spec, schema } of built) {
      const server = createServer((request, response) => {
        let text = "";
        request.setEncoding("utf8");
        request.on("data", (piece: string) => { text += piece; });
        request.on("end", () => {
          void (async () => {
            const body = JSON.parse(text) as { query: string; variables: Record<string, unknown> };
            holder.federation?.requests.push({ subgraph: spec.name, query: body.query, variables: body.variables, body: text });
            const document = parse(body.query);
            const problems = validate(schema, document);
            const table = new Table();
            const answered: object = problems.length > 0 ? { errors: problems } : await executeGraphql({ schema, document, variableValues: body.variables, contextValue: table });
            const answer = options.labelled === true ? { ...answered, extensions: { labels: table.entries } } : answered;
            const plain: unknown = JSON.parse(JSON.stringify(answer));
            const sent = holder.federation?.tamper === undefined ? plain : await holder.federation.tamper(spec.name, body, plain);
            if (sent === undefined) { response.destroy(); return; }
            response.setHeader("content-type", "application/json");
            response.end(typeof sent === "string" ? sent : JSON.stringify(sent));
          })().catch((error: unknown) => { response.statusCode = 500; response.end(String(error)); });
        });
      });
      await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
      server.unref();
      servers.push(server);
      ports.push({ name: spec.name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
    }
    const sources = specs.map((spec, index) => ({ name: spec.name, url: ports[index]?.url ?? "", sdl: head + spec.sdl }));
    const bundle = options.labelled === true ? composeSupergraph([...sources, ...(options.lookup === true ? [lookupSource()] : [])]) : composeBare(sources);
    const caller = new MinistryCaller({ ...DEFAULT_CALLER_OPTIONS, ministries: ports.map(({ name, url }) => ({ subgraph: name, url })) });
    const planner = options.limits === undefined ? new Planner(bundle) : new Planner(bundle, options.limits);
    const federation = new Federation(bundle, viewOf(bundle, () => true), planner, servers, caller, new DecisionMemo(policy));
    holder.federation = federation;
    return federation;
  }

  async stop(): Promise<void> {
    await this.caller.close();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); })));
  }

  /** Runs an operation through planner and executor. */
  async run(query: string, variables?: Readonly<Record<string, unknown>>, options: RunOptions = {}): Promise<ExecuteOutcome> {
    const document = parse(query);
    const view = options.view ?? this.view;
    const problems = validate(view, document);
    if (problems.length > 0) throw new Error(problems.map(String).join("\n"));
    this.requests.length = 0;
    const operation = this.planner.compile(view, document, options.operationName);
    return execute(operation, {
      variables, asker: options.asker ?? everybody, policy, decisions: this.decisions, call: this.caller.forAsker(undefined),
      accreditation: options.accreditation ?? (() => []), deadlineMs: options.deadlineMs ?? 5_000, portions: options.portions,
      ...(options.once === undefined ? {} : { once: options.once }), ...(options.highWater === undefined ? {} : { highWater: options.highWater }),
    }, options.seams);
  }
}

function composeBare(sources: readonly { readonly name: string; readonly url: string; readonly sdl: string }[]): Bundle {
  const composed = composeServices(sources.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  if (composed.errors !== undefined) throw new Error(composed.errors.map(String).join("\n"));
  return bareBundle(composed.supergraphSdl);
}

/** The answer of plain graphql-js over one schema with all data. */
export async function askMonolith(schema: GraphQLSchema, source: string, variableValues?: Readonly<Record<string, unknown>>, operationName?: string): Promise<unknown> {
  const { data } = await graphql({ schema, source, rootValue: {}, contextValue: {}, ...(variableValues !== undefined && { variableValues }), ...(operationName !== undefined && { operationName }) });
  return JSON.parse(JSON.stringify(data ?? null)) as unknown;
}

type FieldResolver = (source: never, args: never) => unknown;

/** One schema over all data; what `resolvers` does not name is read from the objects, whose methods take the arguments. */
export function buildMonolith(sdl: string, resolvers: Readonly<Record<string, Readonly<Record<string, FieldResolver>>>>): GraphQLSchema {
  const schema = buildSchema(sdl);
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    for (const [name, resolve] of Object.entries(fields)) {
      const field = isObjectType(type) ? type.getFields()[name] : undefined;
      if (field === undefined) throw new Error(`${typeName}.${name} is not in the monolith`);
      field.resolve = resolve as never;
    }
  }
  return schema;
}
