/** Two plain federation 2 subgraphs over HTTP and a gateway without labels before them, for tests of everything that is not about labels. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { composeServices } from "@apollo/composition";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, type GraphQLSchema, parse } from "graphql";
import type { BareConfig } from "../../../gateway/config";
import { type GatewayOptions, type RunningGateway, startGateway } from "../../../gateway/start";

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';
const books = `${LINK}
  type Query { book(id: ID!): Book books(where: Filter, order: Order): [Book!] echo(value: Int!): Int }
  input Filter { title: String minimum: Int }
  enum Order { TITLE PRICE }
  type Book @key(fields: "id") { id: ID! title: String }
  type Mutation { rename(id: ID!, title: String!): Book }`;
const prices = `${LINK} type Book @key(fields: "id") { id: ID! price: Int }`;
const titles = new Map([["1", "One"], ["2", "Two"]]);

type Reference = { readonly id: string };
const bookResolvers = {
  Query: { book: (_: unknown, { id }: Reference) => (titles.has(id) ? { id } : null), books: () => [...titles.keys()].map((id) => ({ id })), echo: (_: unknown, { value }: { value: number }) => value },
  Mutation: { rename: (_: unknown, { id, title }: { id: string; title: string }) => { titles.set(id, title); return { id }; } },
  Book: { __resolveReference: ({ id }: Reference) => ({ id }), title: ({ id }: Reference) => titles.get(id) },
};
const priceResolvers = { Book: { __resolveReference: ({ id }: Reference) => ({ id }), price: ({ id }: Reference) => Number(id) * 10 } };

export interface PlainFederation { readonly supergraph: string; readonly urls: readonly string[]; readonly calls: readonly { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[]; stop(): Promise<void> }

export const LIMITS: BareConfig["limits"] = { body: 65_536, tokens: 1_000, depth: 20, aliases: 20, planning: 3_000, share: 64, deadline: 2_000 };

/** Starts the subgraphs and composes them. */
export async function startPlainFederation(): Promise<PlainFederation> {
  const calls: { headers: Record<string, unknown>; body: string }[] = [];
  const parts = [
    { name: "books", typeDefs: parse(books), resolvers: bookResolvers }, { name: "prices", typeDefs: parse(prices), resolvers: priceResolvers },
  ];
  const servers = await Promise.all(parts.map(({ typeDefs, resolvers }) => serve(buildSubgraphSchema([{ typeDefs, resolvers: resolvers as never }]), calls)));
  const urls = servers.map(urlOf);
  const composed = composeServices(parts.map(({ name, typeDefs }, at) => ({ name, typeDefs, url: urls[at] ?? "" })));
  if (composed.supergraphSdl === undefined) throw new Error(JSON.stringify(composed.errors));
  return { supergraph: composed.supergraphSdl, urls, calls, stop: async () => { await Promise.all(servers.map(close)); } };
}

/** Starts a gateway without labels on free ports. */
export function startBare(supergraph: string, options: GatewayOptions & { readonly limits?: BareConfig["limits"] } = {}): Promise<RunningGateway> {
  const anywhere = { host: "127.0.0.1", port: 0 };
  return startGateway({ mode: "bare", listen: anywhere, admin: anywhere, limits: options.limits ?? LIMITS, logLevel: options.log === undefined ? "silent" : "debug", supergraph }, options);
}

async function serve(schema: GraphQLSchema, calls: { headers: Record<string, unknown>; body: string }[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      calls.push({ headers: request.headers, body });
      const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
      void graphql({ schema, source: query, variableValues: variables ?? {} }).then((result) => { response.setHeader("content-type", "application/json"); response.end(JSON.stringify(result)); });
    });
  });
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
  return server;
}
function urlOf(server: Server): string { return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`; }
async function close(server: Server): Promise<void> { server.closeAllConnections(); await new Promise((done) => { server.close(done); }); }
