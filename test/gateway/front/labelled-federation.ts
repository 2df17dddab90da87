/**
 * Two small ministries that speak the wire format and guard nothing themselves, a token issuer, and a gateway before them: so whatever is withheld was withheld by the
 * gateway. What they hold and state can be changed while everything runs.
 */
import { generateKeyPairSync, type JsonWebKey, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, type GraphQLSchema, parse } from "graphql";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { judgeHere } from "../../../gateway/bundle/judge";
import type { LabelledConfig } from "../../../gateway/config";
import type { ChainedRecord } from "../../../gateway/evidence/record";
import type { SpeaksFor } from "../../../gateway/speaks-for";
import { type GatewayOptions, type RunningGateway, startGateway } from "../../../gateway/start";
import { composeSupergraph, officerSource } from "../../../schema/compose";
import type { LabelCore } from "../../../schema/label";
import { labelOf, loadPolicy } from "../../../schema/policy";
import type { PolicySettings } from "../../../schema/snapshot";
import { subgraph } from "../../schema/compose/harness";
import { StandingScript } from "../../support/standing-script";
import { makeReleaseKey, type ReleaseKey, releaseInto } from "../../support/signed-bundle";

const SECRET = '@label(level: "SECRET", regimes: ["SDS"], owner: "JPN.MOD")';
export const DEFENSE = `
  type Query {
    defenseReports(where: ReportFilter, order: ReportOrder, covert: Int ${SECRET}): [DefenseReport!]
    defenseReport(id: ID!): DefenseReport
    covertReports(limit: Int): [Covert!]
  }
  type Mutation { defenseRename(id: ID!, title: String!): DefenseReport }
  type DefenseReport @key(fields: "id") { id: ID! title: String covertTitle: String ${SECRET} _label: Int! @inaccessible @shareable }
  "CODEWORD GRANITE" type Covert ${SECRET} { name: String }
  input ReportFilter { title: String minimum: Int covertLevel: Int ${SECRET} }
  enum ReportOrder { TITLE DATE COVERT ${SECRET} }`;
export const LIVE = "type Subscription { defenseTold: [DefenseReport!] }";
export const ECONOMY = `type DefenseReport @key(fields: "id") { id: ID! assessment: String _label: Int! @inaccessible @shareable }`;

const owned = (level: 0 | 1 | 2 | 3 | 4, need: readonly string[], regimes: LabelCore["regimes"], rel: LabelCore["owners"][string]["rel"] = ["JPN"]): LabelCore => ({
  policy: "JPN-GOV-DEMO", level, regimes, need, purposes: "ALL", handling: [], owners: level === 0 ? {} : { "JPN.MOD": { rel, disp: rel, dist: "ALL", orcon: false } },
});
const bottom = owned(0, [], []);
const secret = owned(3, ["MOD-1"], ["SDS"]);
export const LABELS = [
  { record: labelOf(bottom) }, { record: labelOf(secret) },
  { record: labelOf(secret, { existence: owned(1, [], []) }), contact: { ja: "x", en: "MOD desk" }, reasonClass: "RESTRICTED", requestable: true },
  { record: labelOf(owned(1, [], ["CUI"], ["JPN", "USA"])) },
];

export interface Report { readonly id: string; title: string; label: number }
export type Standing = Record<string, unknown>;
/** Everything that a test may change. */
export interface Ministry {
  standing: Standing;
  /** Instead of an answer to a query. */
  interfere: ((request: IncomingMessage, response: ServerResponse, body: string) => boolean | Promise<boolean>) | undefined;
  /** Says of its changes that it remembers them under their key. */
  remembers: boolean;
  readonly calls: { readonly headers: IncomingMessage["headers"]; readonly body: string; readonly method: string }[];
  announce(): void;
  /** Says that something happened. */
  happen(number: number): void;
  down(): Promise<void>;
}
export interface World {
  readonly gateway: RunningGateway; readonly reports: Report[]; readonly defense: Ministry; readonly economy: Ministry; /** States agreements and the attested levels of liaisons. */ readonly foreign: Ministry; readonly evidenceDir: string; readonly config: LabelledConfig;
  readonly ports: readonly number[];
  /** With another `jti`, another token. */
  token(sub: string, client?: string, issuer?: string, jti?: string): Promise<string>;
  ask(query: string, who: string, more?: { readonly headers?: Readonly<Record<string, string>>; readonly variables?: unknown; readonly operationName?: unknown; readonly client?: string; readonly issuer?: string }): Promise<Answer>;
  records(): ChainedRecord[];
  stop(): Promise<void>;
}
export interface Answer { readonly status: number; readonly headers: Headers; readonly text: string; readonly json: { readonly data?: Record<string, unknown>; readonly errors?: readonly { message: string; extensions: { code: string } }[]; readonly extensions?: { readonly release: Record<string, never> } } }

export const person = (id: string) => ({ id, kind: "official", nation: "JPN", org: "JPN.MOD.JS", purposes: ["OVERSIGHT"] });
export const assigned = (subject: string, token: string) => ({ subject, token, role: "READER", from: "2020-01-01", until: "2099-03-31", grantedBy: "JPN.MOD", reason: "r" });
export const vetted = (subject: string) => ({ subject, regime: "SDS", maxLevel: 4, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: ["JPN.MOD"], notifiedOn: "2020-04-01", validUntil: "2099-03-31", status: "ACTIVE", consentId: "c" });
const nothing = (ministry: string): Standing => ({ ministry, revision: 1, at: 0, tokens: [], vocabulary: [], subjects: [], eligibilities: [], assignments: [], roles: [], facilities: [], attestations: [] });

const ALIVE_EVERY_MS = 500;

/** Everybody has read every legal notice: what is tested here begins after that. */
export const acknowledged = (...subjects: readonly string[]) => subjects.flatMap((subject) => [...loadPolicy().legalNotices.values()].map(({ id, version }) => ({ subject, notice: id, version })));
const READERS = ["hi", "lo", "boss", "officer", "explainer", "second"];

/** Speaks for everybody; and one that speaks for some only, with the same keys. */
const ISSUER = "https://issuer.test";
export const ELSEWHERE = "https://elsewhere.test";

const jwk = (key: KeyObject): JsonWebKey => key.export({ format: "jwk" });

/** Starts everything; `hi` is cleared and assigned, `lo` is neither. */
export async function startWorld(options: GatewayOptions & { readonly limits?: Partial<LabelledConfig["limits"]>; readonly officers?: boolean; /** Whether what the defense ministry has can be followed. */ readonly live?: boolean; readonly releaseKey?: ReleaseKey; readonly policy?: PolicySettings; /** For whom the second issuer may speak. */ readonly elsewhere?: SpeaksFor } = {}): Promise<World> {
  const reports: Report[] = [{ id: "open", title: "An open report", label: 0 }, { id: "hidden", title: "The hidden report", label: 1 }, { id: "known", title: "The known report", label: 2 }, { id: "cui", title: "A controlled report", label: 3 }];
  const find = ({ id }: { readonly id: string }): Report | undefined => reports.find((report) => report.id === id);
  const sources = [subgraph("defense", options.live === true ? `${DEFENSE}\n${LIVE}` : DEFENSE), subgraph("economy", ECONOMY)];
  const bundle = composeSupergraph(options.officers === true ? [...sources, officerSource()] : sources);
  const { releaseKey = makeReleaseKey() } = options;
  const resolvers = {
    defense: {
      Query: { defenseReports: () => reports, defenseReport: (_: unknown, key: { id: string }) => find(key), covertReports: () => [{ name: "GRANITE" }] },
      ...(options.live === true ? { Subscription: { defenseTold: { resolve: () => reports } } } : {}),
      Mutation: { defenseRename: (_: unknown, { id, title }: { id: string; title: string }) => { const report = find({ id }); if (report !== undefined) report.title = title; return report; } },
      DefenseReport: { __resolveReference: find, _label: (report: Report) => report.label, covertTitle: (report: Report) => `covert ${report.title}` },
    },
    economy: { DefenseReport: { __resolveReference: (key: { id: string }) => ({ ...key, ...find(key) }), _label: (report: Report) => report.label, assessment: (report: Report) => `assessed ${report.title}` } },
  };
  const clock = options.clock ?? Date.now;
  const defense = await startMinistry(schemaOf(sources[0]?.sdl, resolvers.defense), nothing("defense"), clock);
  const economy = await startMinistry(schemaOf(sources[1]?.sdl, resolvers.economy), nothing("economy"), clock);
  // Answers nothing; keeps the register of who has read what.
  const office = await startMinistry(schemaOf("type Query { none: String }", {}), { ...nothing("cabinet-office"), acknowledgements: acknowledged(...READERS) }, clock);
  defense.ministry.standing = {
    ...nothing("defense"), tokens: [{ token: "MOD-1", issuer: "JPN.MOD" }], vocabulary: ["MOD-1"], subjects: [person("hi"), person("lo")], eligibilities: [vetted("hi")], assignments: [assigned("hi", "MOD-1")],
  };
  // Answers nothing either; without it no agreement would count.
  const foreign = await startMinistry(schemaOf("type Query { none: String }", {}), nothing("foreign-affairs"), clock);
  const issuer = await startIssuer();
  const agree = generateKeyPairSync("x25519");
  const sign = generateKeyPairSync("ed25519");
  const evidenceDir = mkdtempSync(join(tmpdir(), "front-evidence-"));
  const releaseDir = mkdtempSync(join(tmpdir(), "front-release-"));
  const anywhere = { host: "127.0.0.1", port: 0 };
  const config: LabelledConfig = {
    mode: "labelled", listen: anywhere, admin: anywhere, logLevel: options.log === undefined ? "silent" : "debug", ...await releaseInto(releaseDir, bundle, releaseKey), ...(options.policy === undefined ? {} : { policyFile: options.policy.snapshotFile, policySigners: options.policy.signers }), evidenceDir, demo: true,
    limits: { body: 65_536, tokens: 1_000, depth: 20, aliases: 20, planning: 3_000, share: 64, deadline: 2_000, ...options.limits },
    keys: { id: "gateway-1", sign: { ...jwk(sign.privateKey), kid: "k" }, agree: jwk(agree.privateKey) },
    registry: {
      gateways: [{ id: "gateway-1", sign: { ...jwk(sign.publicKey), kid: "k" }, agree: jwk(agree.publicKey) }],
      ministries: [{ subgraph: "defense", url: defense.url, agree: jwk(generateKeyPairSync("x25519").publicKey) }, { subgraph: "economy", url: economy.url, agree: jwk(generateKeyPairSync("x25519").publicKey) }, { subgraph: "foreign-affairs", url: foreign.url, agree: jwk(generateKeyPairSync("x25519").publicKey) }, { subgraph: "cabinet-office", url: office.url, agree: jwk(generateKeyPairSync("x25519").publicKey) }],
      issuers: [{ issuer: ISSUER, jwksUri: `${issuer.url}/jwks`, audience: "kanmon", algorithms: ["EdDSA"], speaksFor: "EVERYBODY" }, { issuer: ELSEWHERE, jwksUri: `${issuer.url}/jwks`, audience: "kanmon", algorithms: ["EdDSA"], speaksFor: options.elsewhere ?? [{ body: "JPN.MOFA" }, { nation: "USA" }] }],
    },
  };
  const gateway = await startGateway(config, { judge: judgeHere, ...options });
  const world: World = {
    gateway, reports, defense: defense.ministry, economy: economy.ministry, foreign: foreign.ministry, evidenceDir, config, token: issuer.token,
    ports: [defense.url, economy.url, foreign.url, office.url, issuer.url, gateway.url, gateway.adminUrl].map((url) => Number(new URL(url).port)),
    ask: async (query, who, { headers = {}, variables, operationName, client, issuer: by } = {}) => {
      const answer = await fetch(gateway.url, {
        method: "POST", body: JSON.stringify({ query, ...(variables === undefined ? {} : { variables }), ...(operationName === undefined ? {} : { operationName }) }),
        headers: { "content-type": "application/json", authorization: `Bearer ${await issuer.token(who, client, by)}`, ...headers },
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) as Answer["json"] };
    },
    records: () => readFileSync(join(evidenceDir, "evidence.jsonl"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as ChainedRecord),
    stop: async () => {
      await gateway.stop();
      await Promise.all([defense.ministry.down(), economy.ministry.down(), foreign.ministry.down(), office.ministry.down(), issuer.stop()]);
      for (const folder of [evidenceDir, releaseDir]) rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

function schemaOf(sdl: string | undefined, resolvers: object): GraphQLSchema { return buildSubgraphSchema([{ typeDefs: parse(sdl ?? ""), resolvers: resolvers as never }]); }

async function startMinistry(schema: GraphQLSchema, standing: Standing, clock: () => number): Promise<{ readonly url: string; readonly ministry: Ministry }> {
  const streams = new Set<ServerResponse>();
  const script = new StandingScript(standing);
  const say = (stream: ServerResponse, lines: readonly string[]): void => { stream.write(lines.map((line) => `${line}\n`).join("")); };
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url?.startsWith("/standing") === true) {
      script.turnTo(ministry.standing);
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      say(response, [...script.snapshot(), script.alive(clock())]);
      streams.add(response);
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => { void answerQuery(Buffer.concat(chunks).toString("utf8")); });
    const answerQuery = async (body: string): Promise<void> => {
      ministry.calls.push({ headers: request.headers, body, method: request.method ?? "" });
      if (await ministry.interfere?.(request, response, body) === true) return;
      const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
      const result = await graphql({ schema, source: query, variableValues: variables ?? {} });
      response.end(JSON.stringify({ ...result, extensions: { labels: LABELS, ...(ministry.remembers && query.startsWith("mutation") ? { kept: true } : {}) } }));
    };
  });
  const url = await open(server);
  const alive = setInterval(() => { for (const stream of streams) say(stream, [script.alive(clock())]); }, ALIVE_EVERY_MS);
  const ministry: Ministry = { standing, interfere: undefined, remembers: false, calls: [], happen: (number) => { for (const stream of streams) say(stream, [JSON.stringify({ history: number })]); }, announce: () => { const events = script.turnTo(ministry.standing); for (const stream of streams) say(stream, events); }, down: () => { clearInterval(alive); return close(server); } };
  return { url, ministry };
}

async function startIssuer(): Promise<{ readonly url: string; token(sub: string, client?: string, issuer?: string, jti?: string): Promise<string>; stop(): Promise<void> }> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const key: JWK = { ...(await exportJWK(publicKey)), kid: "one" };
  const server = createServer((_, response) => { response.end(JSON.stringify({ keys: [key] })); });
  const tokens = new Map<string, string>();
  return {
    url: await open(server), stop: () => close(server),
    token: async (sub, client = "kasumi-1-z4", by = ISSUER, jti = sub) => {
      const known = tokens.get(`${sub} ${client} ${by} ${jti}`) ?? await new SignJWT({ client_id: client }).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: "one" })
        .setIssuer(by).setAudience("kanmon").setSubject(sub).setJti(jti).setIssuedAt().setExpirationTime("10m").sign(privateKey);
      tokens.set(`${sub} ${client} ${by} ${jti}`, known);
      return known;
    },
  };
}

async function open(server: Server): Promise<string> {
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  await new Promise((done) => { server.close(done); });
}

/** The comparable part of an answer: everything but `Date`, the request id and the reference to the evidence. */
export function comparable({ status, headers, text }: Answer): string {
  const shown = [...headers].filter(([name]) => name !== "date" && name !== "kanmon-request-id").map(([name, value]) => `${name}: ${name === "content-length" ? "" : value}`);
  return [status, ...shown, text.replace(/"evidence":\{[^}]*\}/, '"evidence":{}')].join("\n");
}
