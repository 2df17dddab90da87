/**
 * Known operations over HTTP (SPEC 19): whoever is bound is answered the operations of the list and nothing else, in whatever form they are asked, and everything else is refused in the same bytes. The
 * listener, pipeline, Apollo Server, planner and executor are real; who is bound to which list is the test's.
 */
import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { getIntrospectionQuery } from "graphql";
import { KnownOperations, printOperation } from "../../../gateway/bundle/known-operations";
import type { EvidenceRecord } from "../../../gateway/evidence/record";
import { Admission } from "../../../gateway/front/admission";
import { Streams } from "../../../gateway/front/subscribe";
import { Turns } from "../../../gateway/front/turns";
import { MinistryChanges } from "../../../gateway/subject/changes";
import { viewOf } from "../../../schema/compose";
import { makeBundle } from "../../../schema/compose/bundle";
import { describe as describeComposition, mergeSubgraphs } from "../../../schema/compose/compose";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { generous, subgraph } from "../../schema/compose/harness";
import { type Front, startFront, subject } from "../view/front-of-view";

const SDL = `type Query { open(of: Int): String other: String secret: String @label(level: "CUI", owner: "JPN.CAO", rel: ["JPN"]) } type Mutation { change(to: String!): String hide: String @label(level: "CUI", owner: "JPN.CAO", rel: ["JPN"]) } type Subscription { granted: [String] }`;
/** As people write it down, and as it is listed. */
const WRITTEN = "# The one question.\nquery Open($of: Int) { open(of: $of) }";
const OPEN = printOperation(WRITTEN);
const CHANGE = printOperation("mutation Change($to: String!) { change(to: $to) }");
const HIDDEN = printOperation("query Hidden { secret }");
const HIDDEN_CHANGE = printOperation("mutation HiddenChange { hide }");
const LIST = new KnownOperations([OPEN, CHANGE, HIDDEN, HIDDEN_CHANGE, printOperation("subscription Granted { granted }")]);
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const persisted = (sha256Hash: unknown, version: unknown = 1): object => ({ extensions: { persistedQuery: { version, sha256Hash } } });

let records: EvidenceRecord[];
let bound: Front;
let free: Front;
let fading: Front;
/** What `fading` has on its list, and who is told that it changed. Its signs of life come once in an hour. */
let fadingList = LIST;
let tell: () => void = () => undefined;
let isTold = false;
const sent: string[] = [];
const changes = new MinistryChanges();
let asks = 0;

beforeAll(async () => {
  const read = [readSubgraph(subgraph("a", SDL, { bare: true }))];
  const { supergraph, labels } = describeComposition(read, readSupergraph(mergeSubgraphs(read)), generous);
  const bundle = makeBundle(supergraph.sdl, labels, supergraph);
  const view = viewOf(bundle, (floor) => !Object.hasOwn(floor.owners, "JPN.CAO"));
  bound = await startFront(bundle, view, {
    operations: LIST, recorded: (record) => { records.push(record); }, sent: (text) => { sent.push(text); },
    ask: () => { asks += 1; return subject; }, streams: (editions) => new Streams({ editions, turns: new Turns({ editions, admission: new Admission() }), changes }),
  });
  free = await startFront(bundle, view);
  const follow = (told: () => void): (() => void) => { tell = told; isTold = true; return () => { isTold = false; }; };
  fading = await startFront(bundle, view, {
    operations: () => fadingList, streams: ({ take }) => { const editions = { take, follow }; return new Streams({ editions, turns: new Turns({ editions, admission: new Admission() }), changes, pace: { alive: 3_600_000 } }); },
  });
});
afterAll(async () => { await bound.stop(); await free.stop(); await fading.stop(); });
beforeEach(() => { records = []; sent.length = 0; });

interface Said { readonly status: number; readonly codes: readonly unknown[]; readonly data: unknown; readonly bytes: string }
async function said(answer: Response): Promise<Said> {
  const text = await answer.text();
  const body = JSON.parse(text) as { readonly data?: unknown; readonly errors?: readonly { readonly extensions: { readonly code: string } }[] };
  const head = [...answer.headers].filter(([name]) => !["date", "kanmon-request-id", "connection", "keep-alive"].includes(name)).map((pair) => pair.join(": "));
  return { status: answer.status, codes: (body.errors ?? []).map(({ extensions }) => extensions.code), data: body.data, bytes: [answer.status, ...head, text].join("\n") };
}
const HEADERS = { authorization: "Bearer x", accept: "application/graphql-response+json" };
const post = async (body: unknown, front = bound, type = "application/json"): Promise<Said> => said(await fetch(`${front.url}/graphql`, { method: "POST", headers: { ...HEADERS, "content-type": type }, body: JSON.stringify(body) }));
const get = async (parameters: readonly (readonly [name: string, value: string])[]): Promise<Said> => said(await fetch(`${bound.url}/graphql?${String(new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])))}`, { headers: { ...HEADERS, "apollo-require-preflight": "1" } }));

const asked: readonly (readonly [string, object])[] = [
  ["its text", { query: OPEN }], ["its text as it is written down, with comments and other spaces and commas", { query: `${WRITTEN}, # and more` }], ["its name too", { query: OPEN, operationName: "Open" }],
  ["no name", { query: OPEN, operationName: null, variables: { of: 1 }, extensions: {} }], ["its hash alone", persisted(hashOf(OPEN))], ["text and hash", { query: WRITTEN, ...persisted(hashOf(OPEN)) }],
];

test.each(asked)("a listed operation is answered when asked by %s, and the record names it by its hash", async (_, body) => {
  expect(await post(body)).toMatchObject({ status: 200, codes: [], data: { open: expect.any(String) as string } });
  expect(records).toEqual([expect.objectContaining({ kind: "ANSWER", document: hashOf(OPEN), errors: [] })]);
});

test("a listed operation is answered over GET as well, by text and by hash; a change is not", async () => {
  expect(await get([["query", WRITTEN], ["variables", '{"of": 1}']])).toMatchObject({ status: 200, data: { open: expect.any(String) as string } });
  expect(await get([["extensions", JSON.stringify(persisted(hashOf(OPEN))).slice(14, -1)]])).toMatchObject({ status: 200, data: { open: expect.any(String) as string } });
  expect((await get([["query", CHANGE], ["variables", '{"to": "x"}']])).codes).toEqual(["METHOD_NOT_ALLOWED"]);
  expect(await post({ query: CHANGE, variables: { to: "x" } })).toMatchObject({ status: 200, codes: [] });
});

const unknown: readonly (readonly [string, unknown])[] = [
  ["an operation that is valid and not on the list", { query: "{ open }" }],
  ["one of what the asker may not know of", { query: "{ secret }" }],
  ["a listed one of what the asker may not know of", { query: HIDDEN }],
  ["the same by its hash", persisted(hashOf(HIDDEN))],
  ["the same with variables that are none", { query: HIDDEN, variables: 5 }],
  ["a listed one with variables that are none", { query: OPEN, variables: "x" }],
  ["one that is not listed with variables that are none", { query: "{ open }", variables: 5 }],
  ["one of what does not exist", { query: "{ nothing }" }],
  ["a text that is no document", { query: "{" }],
  ["a text of more tokens than a document may have", { query: `query Open { ${"open ".repeat(20_000)} }` }],
  ["introspection", { query: getIntrospectionQuery() }],
  ["the name of a type alone", { query: "{ __typename }" }],
  ["a listed one under another name", { query: OPEN.replace("Open", "Opened") }],
  ["a listed one with an alias", { query: OPEN.replace("open(", "alias: open(") }],
  ["a listed one with a field more", { query: OPEN.replace("  open", "  other\n  open") }],
  ["a listed one with another default", { query: OPEN.replace("$of: Int", "$of: Int = 1") }],
  ["a listed one with a directive", { query: OPEN.replace("open(of: $of)", "open(of: $of) @include(if: true)") }],
  ["two in one document, of which the listed one is named", { query: `${OPEN} query More { other }`, operationName: "Open" }],
  ["a listed one of which another operation is named", { query: OPEN, operationName: "More" }],
  ["a name that is none", { query: OPEN, operationName: 1 }],
  ["a name alone", { operationName: "Open" }],
  ["a hash that is not on the list", persisted(hashOf("{ open }"))],
  ["a hash in capitals", persisted(hashOf(OPEN).toUpperCase())],
  ["a hash of another version", persisted(hashOf(OPEN), 2)],
  ["a hash that is none", persisted({ $ne: "" })],
  ["the hash of a text as it is written down", persisted(hashOf(WRITTEN))],
  ["a listed text with the hash of another", { query: OPEN, ...persisted(hashOf(CHANGE)) }],
  ["another text with a listed hash", { query: "{ other }", ...persisted(hashOf(OPEN)) }],
  ["another text with its own hash, as clients register what is not known", { query: "{ other }", ...persisted(hashOf("{ other }")) }],
  ["an extension that is none", { query: OPEN, extensions: "x" }],
  ["several at once", [{ query: OPEN }, { query: OPEN }]],
  ["nothing", {}],
  ["no object", 5],
];

test("everything else is refused in the same bytes, is recorded and reaches nobody [B-76]", async () => {
  const answers = [];
  for (const [what, body] of unknown) answers.push([what, (await post(body)).bytes] as const);
  const first = answers[0]?.[1] ?? "";
  expect(first).toMatch(/^403\n[^]*"code":"UNKNOWN_OPERATION"/);
  expect(answers.filter(([, bytes]) => bytes !== first)).toEqual([]);
  expect(records.map(({ kind, status, errors, subject }) => [kind, status, errors, subject])).toEqual(unknown.map(() => ["REFUSAL", 403, ["UNKNOWN_OPERATION"], "asker"]));
  expect(sent).toEqual([]);
});

test("a listed one of what the asker may not know of is refused like one that is not listed, however it is sent: over GET, as a change, without the header that foreign pages cannot send [B-76]", async () => {
  const bare = async (query: string): Promise<string> => (await said(await fetch(`${bound.url}/graphql?${String(new URLSearchParams({ query }))}`, { headers: HEADERS }))).bytes;
  const wrong = async (query: string): Promise<string> => (await get([["query", query], ["variables", "{"]])).bytes;
  for (const send of [async (query: string): Promise<string> => (await get([["query", query]])).bytes, bare, wrong]) {
    const answers = [await send("{ other }"), await send(HIDDEN), await send(HIDDEN_CHANGE)];
    expect([new Set(answers).size, answers[0]]).toEqual([1, expect.stringContaining("UNKNOWN_OPERATION")]);
  }
  expect(sent).toEqual([]);
});

test("nothing is learnt by asking again: what was refused stays refused", async () => {
  const more = { query: "{ other }", ...persisted(hashOf(printOperation("query Other { other }"))) };
  await post(more);
  expect((await post({ ...more, query: undefined })).codes).toEqual(["UNKNOWN_OPERATION"]);
});

test("neither is the way round: a body that a foreign page could send, an address that says it twice, the schema", async () => {
  expect((await post({ query: OPEN }, bound, "text/plain")).codes).toEqual(["UNKNOWN_OPERATION"]);
  expect((await get([["query", OPEN], ["query", "{ other }"]])).codes).toEqual(["UNKNOWN_OPERATION"]);
  expect((await get([["query", "{ other }"]])).codes).toEqual(["UNKNOWN_OPERATION"]);
  const schema = await fetch(`${bound.url}/schema`, { headers: { authorization: "Bearer x" } });
  expect([schema.status, (await schema.json() as { readonly errors: readonly [{ readonly extensions: unknown }] }).errors[0].extensions]).toEqual([403, { code: "UNKNOWN_OPERATION" }]);
  expect((await fetch(`${free.url}/schema`, { headers: { authorization: "Bearer x" } })).status).toBe(200);
});

test("variables are the asker's own, and what is wrong with them is said in words of the list", async () => {
  expect((await post({ query: OPEN, variables: { of: "x" } })).codes).toEqual(["BAD_USER_INPUT"]);
  expect((await post({ ...persisted(hashOf(CHANGE)), variables: {} })).codes).toEqual(["BAD_USER_INPUT"]);
});

test("whoever is not bound is answered as ever, and has no use of a hash", async () => {
  expect(await post({ query: "{ other }" }, free)).toMatchObject({ status: 200, codes: [] });
  expect((await post({ query: "{ secret }" }, free)).codes).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
  expect((await post(persisted(hashOf(OPEN)), free)).codes).toEqual(["PERSISTED_QUERY_NOT_SUPPORTED"]);
});

test("a stream is of a listed operation as well, and every event of it is looked at again", async () => {
  const listen = (body: object, leaving: AbortController): Promise<Response> => fetch(`${bound.url}/graphql`, { method: "POST", signal: leaving.signal, headers: { ...HEADERS, "content-type": "application/json", accept: "text/event-stream" }, body: JSON.stringify(body) });
  const leaving = new AbortController();
  const other = await listen({ query: "subscription { granted }" }, leaving);
  expect([other.status, await other.text()]).toEqual([403, expect.stringContaining("UNKNOWN_OPERATION")]);
  changes.heard("a", 1);
  const line = await listen(persisted(hashOf(LIST.all.find(({ name }) => name === "Granted")?.text ?? "")), leaving);
  expect([line.status, line.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
  const before = asks;
  changes.heard("a", 2);
  for (let left = 300; left > 0 && asks === before; left -= 1) await wait(10);
  expect(asks).toBeGreaterThan(before);
  leaving.abort();
});

test("a stream of what is taken off the list ends as soon as there is another list, with the refusal, and without waiting for a sign of life or for anything to happen", async () => {
  const text = LIST.all.find(({ name }) => name === "Granted")?.text ?? "";
  const line = await fetch(`${fading.url}/graphql`, { method: "POST", headers: { ...HEADERS, "content-type": "application/json", accept: "text/event-stream" }, body: JSON.stringify(persisted(hashOf(text))) });
  expect(line.status).toBe(200);
  const whole = line.text();
  for (let left = 1_000; left > 0 && !isTold; left -= 1) await wait(10);
  // Another list that still has it changes nothing.
  tell();
  await wait(50);
  expect(isTold).toBe(true);
  fadingList = new KnownOperations([OPEN]);
  tell();
  expect((await whole).split("\n\n").slice(1)).toEqual([`event: next\ndata: ${JSON.stringify({ errors: [{ message: "This is none of the operations that are known for you.", extensions: { code: "UNKNOWN_OPERATION" } }] })}`, "event: complete\ndata: ", ""]);
  expect(isTold).toBe(false);
});
