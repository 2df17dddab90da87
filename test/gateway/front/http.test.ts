import { createServer } from "node:http";
import { connect } from "node:net";
import { Writable } from "node:stream";
import { type RunningGateway, startGateway } from "../../../gateway/start";
import { LIMITS, type PlainFederation, startBare, startPlainFederation } from "./plain-federation";

let federation: PlainFederation;
let gateway: RunningGateway;
beforeAll(async () => { federation = await startPlainFederation(); gateway = await startBare(federation.supergraph); });
afterAll(async () => { await gateway.stop(); await federation.stop(); });

interface Got { readonly status: number; readonly text: string; readonly headers: Headers; readonly code: string | undefined }
async function send(init: RequestInit, search = ""): Promise<Got> {
  const answer = await fetch(gateway.url + search, init);
  const text = await answer.text();
  let code: string | undefined;
  try { code = (JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] }).errors?.[0]?.extensions?.code; } catch { code = "not JSON"; }
  return { status: answer.status, text, headers: answer.headers, code };
}
const json = { "content-type": "application/json" };
const post = (body: unknown, headers: Record<string, string> = {}): Promise<Got> => send({ method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body) });

describe("the front", () => {
  it("answers queries and mutations across subgraphs", async () => {
    expect(JSON.parse((await post({ query: "{ book(id: 1) { title price } books { id price } }" })).text)).toEqual({ data: { book: { title: "One", price: 10 }, books: [{ id: "1", price: 10 }, { id: "2", price: 20 }] } });
    expect((await post({ query: 'mutation { rename(id: 2, title: "Two") { title price } }' })).text).toBe('{"data":{"rename":{"title":"Two","price":20}}}');
  });

  it("refuses what a foreign web page could send [B-110]", async () => {
    const query = JSON.stringify({ query: "{ __typename }" });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]) expect((await send({ method: "POST", headers: type === "" ? {} : { "content-type": type }, body: query })).status).toBe(400);
    expect((await send({}, "?query={__typename}")).status).toBe(400);
    expect((await send({ headers: { "apollo-require-preflight": "1" } }, "?query={__typename}")).status).toBe(200);
    for (const type of ["message/http", "application/graphql", "application/json; charset=utf-16", "application/xml"]) expect([type, (await send({ method: "POST", headers: { "content-type": type }, body: query })).status]).toEqual([type, 415]);
    expect((await send({ method: "POST", headers: { ...json, "content-encoding": "gzip" }, body: query })).code).toBe("UNSUPPORTED_MEDIA_TYPE");
  });

  it("changes nothing over GET, and takes no other method [B-110]", async () => {
    const calls = federation.calls.length;
    const mutation = await send({ headers: { "apollo-require-preflight": "1" } }, `?query=${encodeURIComponent('mutation { rename(id: 1, title: "Changed") { id } }')}`);
    expect([mutation.status, mutation.headers.get("allow"), mutation.code]).toEqual([405, "POST", "METHOD_NOT_ALLOWED"]);
    for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH"]) expect([method, (await send({ method })).status]).toEqual([method, 405]);
    expect((await send({ method: "PUT" })).headers.get("allow")).toBe("GET, POST");
    expect(federation.calls.length).toBe(calls);
  });

  it("carries out no operation but one of this very document, whatever the name says [B-22] [B-110]", async () => {
    const mutation = 'mutation M { rename(id: 1, title: "One") { id } }';
    const rest = "query Q { book(id: 1) { title } }";
    expect((await post({ query: `${mutation}\n${rest}`, operationName: "M" })).status).toBe(200);
    const calls = federation.calls.length;
    const search = `?query=${encodeURIComponent(rest)}&operationName=${encodeURIComponent(`M\n${mutation}`)}`;
    expect((await send({ headers: { "apollo-require-preflight": "1" } }, search)).code).toBe("OPERATION_RESOLUTION_FAILURE");
    expect((await post({ query: rest, operationName: `M\n${mutation}` })).code).toBe("OPERATION_RESOLUTION_FAILURE");
    expect(federation.calls.length).toBe(calls);
  });

  it("does not change anything for a client that cannot read the answer", async () => {
    const calls = federation.calls.length;
    for (const accept of ["text/html", "application/xml", "application/json;q=0"]) expect((await post({ query: 'mutation { rename(id: 1, title: "Changed") { id } }' }, { accept })).status).toBe(406);
    expect(federation.calls.length).toBe(calls);
  });

  it("refuses batches, persisted queries, defer and malformed requests [B-81] [B-98] [B-108] [B-109]", async () => {
    expect((await post([{ query: "{ __typename }" }, { query: "{ __typename }" }])).code).toBe("BAD_REQUEST");
    const known = await post({ extensions: { persistedQuery: { version: 1, sha256Hash: "a" } } });
    expect(known.code).toBe("PERSISTED_QUERY_NOT_SUPPORTED");
    expect((await post({ query: "{ ... @defer { __typename } }" }, { accept: "multipart/mixed;deferSpec=20220824, application/json" })).code).toBe("GRAPHQL_VALIDATION_FAILED");
    for (const body of [{}, { query: 1 }, { query: "{ a }", variables: "x" }, { query: "" }, null, "x"]) expect((await post(body)).status).toBe(400);
    expect((await send({ method: "POST", headers: json, body: Buffer.from([0x7b, 0xff, 0x7d]) })).code).toBe("BAD_REQUEST");
  });

  it("executes exactly the operation that is named [B-22]", async () => {
    const query = "query A { book(id: 1) { title } } query B { echo(value: 2) }";
    expect((await post({ query, operationName: "B" })).text).toBe('{"data":{"echo":2}}');
    for (const operationName of [undefined, null, "", "C"]) expect((await post({ query, operationName })).code).toBe("OPERATION_RESOLUTION_FAILURE");
    expect((await post({ query: "query A { __typename } query A { __typename }", operationName: "A" })).code).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it("refuses what is too large before it costs anything [B-109] [B-128]", async () => {
    const calls = federation.calls.length;
    expect((await post({ query: "{ __typename }", pad: "x".repeat(LIMITS.body) })).code).toBe("BODY_TOO_LARGE");
    const chunked = await send({ method: "POST", headers: json, body: new ReadableStream({ start(controller) { controller.enqueue(new TextEncoder().encode(`"${"x".repeat(LIMITS.body)}"`)); controller.close(); } }), duplex: "half" });
    expect(chunked.status).toBe(413);
    const aliases = `{ ${Array.from({ length: LIMITS.aliases + 1 }, (_, at) => `a${at}: book(id: 1) { id }`).join(" ")} }`;
    expect((await post({ query: aliases })).code).toBe("OPERATION_LIMIT");
    expect((await post({ query: `{ ${"a ".repeat(LIMITS.tokens)}}` })).status).toBe(200);
    expect((await post({ query: `{ ${"a ".repeat(LIMITS.tokens)}}` })).code).toBe("GRAPHQL_PARSE_FAILED");
    expect((await post({ query: "{ _kanmon1: book(id: 1) { id } }" })).code).toBe("RESERVED_NAME");
    expect(federation.calls.length).toBe(calls);
    expect((await post({ query: "{ __typename }" })).text).toBe('{"data":{"__typename":"Query"}}');
  });

  it("survives hostile names [B-49] [B-129]", async () => {
    const answer = await post({ query: "query Q($representations: ID!, $constructor: Int!) { __proto__: book(id: $representations) { toString: title } constructor: echo(value: $constructor) }", variables: { representations: "1", constructor: 7 } });
    expect(answer.text).toBe('{"data":{"__proto__":{"toString":"One"},"constructor":7}}');
    expect(({} as { title?: string }).title).toBeUndefined();
  });

  it("says what is wrong with variables, and nothing it was not told [B-77]", async () => {
    const answer = await post({ query: "query Q($f: Filter) { books(where: $f) { id } }", variables: { f: { titl: "x" } } });
    expect(answer.text).toContain('Field \\"titl\\" is not defined by type \\"Filter\\".');
    expect(answer.text).not.toMatch(/did you mean|title/i);
  });

  it("shows no plan, landing page, stack or framework [B-30] [B-88]", async () => {
    const answer = await post({ query: "{ book(id: 1) { price } }" }, { "apollo-query-plan-experimental": "1", "apollo-federation-include-trace": "ftv1" });
    expect(answer.text).toBe('{"data":{"book":{"price":10}}}');
    expect((await send({ headers: { accept: "text/html" } })).text).not.toContain("<");
    for (const { headers } of [answer, await send({ headers: { accept: "text/html" } })]) for (const name of ["x-powered-by", "server", "etag"]) expect(headers.get(name)).toBeNull();
  });

  it("tells of a refusal its code, a text and places in the client's own document, and never where it was thrown [B-88]", async () => {
    const refusals = [
      await post({ query: "{ book(" }), await post({ query: "{ nope }" }), await post({ query: "query Q($f: Filter) { books(where: $f) { id } }", variables: { f: 1 } }), await post({ query: "{ echo }" }), await post({}),
      await post({ query: "query A { __typename } query B { __typename }" }), await post({ query: "{ _kanmon1: __typename }" }), await send({ method: "PUT" }), await send({ method: "POST", headers: json, body: "{" }), await send({}, "?query={__typename}"),
    ];
    for (const { text, code } of refusals) {
      const { errors } = JSON.parse(text) as { readonly errors: readonly { readonly extensions: object }[] };
      expect(code).toMatch(/^[A-Z_]+$/);
      expect(errors.length).toBeGreaterThan(0);
      for (const error of errors) expect([Object.keys(error).filter((key) => !["message", "locations", "path", "extensions"].includes(key)), Object.keys(error.extensions)]).toEqual([[], ["code"]]);
      expect(text).not.toMatch(/node_modules|\.[jt]s\b| {4}at |stacktrace|apollo/i);
    }
  });

  it("knows no other path, unless it is given pages", async () => {
    const base = gateway.url.replace("/graphql", "");
    for (const path of ["/", "/health", "/metrics", "/graphql/", "/graphql%2f", "/GRAPHQL"]) expect([path, (await fetch(base + path)).status]).toEqual([path, 404]);
    const paged = await startBare(federation.supergraph, { pages: (request, response) => { if (request.url !== "/") return false; response.end("a page"); return true; } });
    expect(await (await fetch(paged.url.replace("graphql", ""))).text()).toBe("a page");
    expect((await fetch(paged.url.replace("graphql", "other"))).status).toBe(404);
    await paged.stop();
  });

  it("sends no statement and no client header to a subgraph when it serves without labels", async () => {
    await post({ query: "{ book(id: 1) { price } }" }, { authorization: "Bearer abc", cookie: "a=b" });
    for (const { headers } of federation.calls) for (const name of ["kanmon-statement", "kanmon-call", "authorization", "cookie"]) expect(headers[name]).toBeUndefined();
  });
});

describe("the admin listener", () => {
  it("tells health and numbers, without users, values or operations", async () => {
    await post({ query: "query SecretOperation { echo(value: 424242) }" });
    await post({ query: "{ nope }" });
    for (const path of ["/health", "/health/live", "/health/ready"]) expect((await fetch(gateway.adminUrl + path)).status).toBe(200);
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/kanmon_http_requests_total\{code="200"\} \d+/);
    expect(metrics).toMatch(/kanmon_subgraph_request_duration_seconds_count\{subgraph="books"\} \d+/);
    expect(metrics).not.toMatch(/SecretOperation|424242|anonymous|nope/);
    const labels = new Set([...metrics.matchAll(/\{([^}]*)\}/g)].flatMap(([, text]) => [...(text ?? "").matchAll(/(\w+)=/g)].map(([, name]) => name)));
    expect([...labels].toSorted((a, b) => ((a ?? "") < (b ?? "") ? -1 : 1))).toEqual(["code", "le", "subgraph"]);
    expect((await fetch(`${gateway.adminUrl}/graphql`, { method: "POST" })).status).toBe(405);
    expect((await fetch(`${gateway.adminUrl}/other`)).status).toBe(404);
  });
});

describe("starting and stopping", () => {
  it("says plainly that a port is busy, and leaves nothing running", async () => {
    const port = Number(new URL(gateway.url).port);
    const config = { mode: "bare" as const, admin: { host: "127.0.0.1", port: 0 }, limits: LIMITS, logLevel: "silent" as const, supergraph: federation.supergraph };
    await expect(startGateway({ ...config, listen: { host: "127.0.0.1", port } })).rejects.toThrow(`gateway: port ${port} on 127.0.0.1 is already in use by another program`);
    await expect(startGateway({ ...config, listen: { host: "203.0.113.9", port: 0 } })).rejects.toThrow("203.0.113.9 is not an address of this machine");
  });

  it("refuses a supergraph that is none, or that has label fields or links the label specification", async () => {
    await expect(startBare("type Query { a: Int }")).rejects.toThrow(/refused/);
    await expect(startBare("not graphql")).rejects.toThrow(/refused/);
    const labelled = federation.supergraph.replace("type Book", 'type Labelled @join__type(graph: BOOKS) { _label: Int! }\n\ntype Book');
    await expect(startBare(labelled)).rejects.toThrow(/label fields/);
    const linked = federation.supergraph.replace("schema\n", 'schema\n  @link(url: "https://kanmon.example/label/v1.0")\n');
    expect(linked).not.toBe(federation.supergraph);
    await expect(startBare(linked)).rejects.toThrow(/label specification/);
  });

  it("answers what is under way before it stops, and closes idle connections", async () => {
    let reach: () => void = () => undefined;
    const reached = new Promise<void>((done) => { reach = done; });
    const slow = createServer((_, response) => { reach(); setTimeout(() => { response.end('{"data":{"echo":1,"_kanmon1":1}}'); }, 200); });
    await new Promise<void>((done) => { slow.listen(0, "127.0.0.1", done); });
    const address = slow.address();
    const supergraph = federation.supergraph.replace(federation.urls[0] ?? "", `http://127.0.0.1:${typeof address === "object" ? String(address?.port) : ""}/`);
    const stopping = await startBare(supergraph);
    const idle = connect(Number(new URL(stopping.url).port), "127.0.0.1");
    const answer = fetch(stopping.url, { method: "POST", headers: json, body: '{"query":"{ echo(value: 1) }"}' });
    await reached;
    const begun = Date.now();
    await stopping.stop();
    expect(Date.now() - begun).toBeLessThan(3_000);
    expect(await (await answer).text()).toBe('{"data":{"echo":1}}');
    await expect(fetch(stopping.url)).rejects.toThrow();
    idle.destroy();
    slow.closeAllConnections();
    slow.close();
  });

  it("gives one code for a subgraph that is down, slow or answers nonsense, and nothing of its text [B-85] [B-86]", async () => {
    const secret = "row 42 label TOP SECRET";
    let turn = 0;
    const broken = createServer((_, response) => {
      turn += 1;
      if (turn === 1) { response.writeHead(500); response.end(secret); }
      else if (turn === 2) { response.end(`<html>${secret}`); }
      else if (turn === 3) { response.end(JSON.stringify({ errors: [{ message: secret, path: ["echo"], extensions: { sql: secret, code: secret, stacktrace: [secret] } }], data: { echo: null } })); }
      else if (turn === 4) { response.socket?.destroy(); }
    });
    await new Promise<void>((done) => { broken.listen(0, "127.0.0.1", done); });
    const address = broken.address();
    const lines: string[] = [];
    const log = new Writable({ write: (chunk: Buffer, _, done) => { lines.push(chunk.toString()); done(); } });
    const supergraph = federation.supergraph.replace(federation.urls[0] ?? "", `http://127.0.0.1:${typeof address === "object" ? String(address?.port) : ""}/`);
    const fragile = await startBare(supergraph, { limits: { ...LIMITS, deadline: 300 }, log });
    const answers: string[] = [];
    for (let at = 0; at < 5; at += 1) answers.push(await (await fetch(fragile.url, { method: "POST", headers: json, body: JSON.stringify({ query: "query Q($v: Int!) { echo(value: $v) }", variables: { v: 777_777 } }) })).text());
    expect(new Set(answers)).toEqual(new Set(['{"errors":[{"message":"A ministry did not answer.","path":["echo"],"extensions":{"code":"MINISTRY_UNAVAILABLE"}}],"data":{"echo":null}}']));
    await fragile.stop();
    broken.closeAllConnections();
    broken.close();
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join("")).not.toMatch(/row 42|777777|echo/);
  });
});
