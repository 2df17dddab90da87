/** The ministry's HTTP surface: health for everybody, everything else for callers with a statement, and one refusal for all that is wrong. */
import net from "node:net";
import { getIntrospectionQuery } from "graphql";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { type MinistryDefinition, sdlOf, startMinistry } from "../../subgraphs/kit";
import { persona } from "../support/people";
import { makePolicyFolder } from "../support/policy-files";
import { type TestMinistry, asAdmin, makeKeys, sealCall, startTestMinistry, testAdmin } from "../support/postgres";

jest.setTimeout(60_000);
const policy = loadPolicy();
const defense = ministries["defense"] as MinistryDefinition;
const officer = persona(policy, "mod-officer");
const REFUSED = { status: 401, text: '{"errors":[{"message":"Unauthorized","extensions":{"code":"UNAUTHENTICATED"}}]}' };
let running: TestMinistry;
beforeAll(async () => { running = await startTestMinistry(defense); }, 60_000);
afterAll(async () => { await running.stop(); });

const entities = `{ _entities(representations: [{ __typename: "DefenseDocument", id: "${defense.demo.records.records[0]?.id}" }]) { ... on DefenseDocument { id title { ja } } } }`;
const doors = ["{ defenseDocuments { totalCount } }", entities, "{ _service { sdl } }", getIntrospectionQuery(), "mutation { defenseRevokeAssignment(input: { subject: \"a\", token: \"b\", reason: \"c\" }) { assignment { token } } }", "{", "{ unknown }"];

test.each(doors.map((query) => ({ query, name: query.replace(/\s+/g, " ").slice(0, 40) })))("refuses $name without a statement [B-82 B-120]", async ({ query }) => {
  const body = JSON.stringify({ query });
  expect(await running.call("POST", "/graphql", {}, body)).toEqual(REFUSED);
  expect(await running.call("POST", "/graphql", { "kanmon-statement": "x.y.z", "kanmon-call": "v1" }, body)).toEqual(REFUSED);
});

test.each(["/", "/graphql", "/standing", "/standing/changes", "/metrics", "/health", "/health/live/x", "/graphql?query={__typename}"])("refuses GET %s without a statement", async (path) => {
  expect(await running.call("GET", path, {})).toEqual(REFUSED);
});

test("refuses a statement about a person at the standing, and one for the standing at the graph", async () => {
  const body = JSON.stringify({ query: "{ __typename }" });
  expect(await running.call("GET", "/standing", sealCall(running.keys, "defense", officer, { method: "GET", path: "/standing" }))).toEqual(REFUSED);
  expect(await running.call("GET", "/standing/changes", sealCall(running.keys, "defense", officer, { method: "GET", path: "/standing/changes" }))).toEqual(REFUSED);
  expect(await running.call("POST", "/graphql", sealCall(running.keys, "defense", undefined, { body }), body)).toEqual(REFUSED);
});

test("refuses paths that do not exist like everything else that is wrong", async () => {
  expect(await running.call("GET", "/nothing", sealCall(running.keys, "defense", undefined, { method: "GET", path: "/nothing" }))).toEqual(REFUSED);
});

test("refuses a call sent a second time [B-122]", async () => {
  const body = JSON.stringify({ query: "{ __typename }" });
  const headers = sealCall(running.keys, "defense", officer, { body });
  expect((await running.call("POST", "/graphql", headers, body)).status).toBe(200);
  expect(await running.call("POST", "/graphql", headers, body)).toEqual(REFUSED);
});

test("refuses a body larger than any call", async () => {
  const body = "x".repeat(16 * 1024 * 1024 + 1);
  expect((await running.call("POST", "/graphql", sealCall(running.keys, "defense", officer, { body }), body)).status).toBe(401);
}, 30_000);

test("answers a stranger before the body came, and keeps nothing of it", async () => {
  const socket = net.connect(running.port, "127.0.0.1");
  const heard = new Promise<string>((resolve, reject) => { socket.once("data", (bytes) => { resolve(bytes.toString()); }); socket.once("error", reject); socket.once("close", () => { reject(new Error("closed unanswered")); }); });
  socket.write("POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 10000000\r\nkanmon-statement: x.y.z\r\nkanmon-call: v1\r\n\r\nx");
  try { expect(await heard).toMatch(/^HTTP\/1\.1 401 /); } finally { socket.destroy(); }
}, 10_000);

test("takes a statement of someone with very many assignments", async () => {
  const [held] = officer.subject.assignments;
  if (held === undefined) throw new Error("no assignment");
  const assignments = Array.from({ length: 250 }, (_, at) => ({ ...held, token: `TOKEN-${at}` }));
  expect(JSON.stringify(assignments).length).toBeGreaterThan(30_000);
  expect((await running.ask({ ...officer, subject: { ...officer.subject, assignments } }, "{ __typename }")).data).toEqual({ __typename: "Query" });
});

test("says that it lives and whether its database answers, to anybody", async () => {
  expect(await running.call("GET", "/health/live", {})).toEqual({ status: 200, text: '{"status":"live"}' });
  expect(await running.call("GET", "/health/ready", {})).toEqual({ status: 200, text: JSON.stringify({ status: "ready", policy: policy.version }) });
});

test("answers its SDL to a caller with a statement", async () => {
  expect((await running.ask(officer, "{ _service { sdl } }")).data).toEqual({ _service: { sdl: sdlOf(defense) } });
  expect(running.sdl()).toBe(sdlOf(defense));
});

test.each([
  ["a document that cannot be read", "{", "GRAPHQL_PARSE_FAILED"],
  ["a field that does not exist, without a suggestion", "{ defenseDocumentz { totalCount } }", "GRAPHQL_VALIDATION_FAILED"],
  ["an operation that is not there", "query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE"],
  ["a variable of another type", "query($n: Int!) { defenseDocuments(first: $n) { totalCount } }", "BAD_USER_INPUT"],
])("says about %s a code and a fixed text [B-77 B-85]", async (_what, query, code) => {
  const text = await running.askText(officer, query, { n: "x" });
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code } }] });
  expect(text).not.toMatch(/did you mean|defenseDocuments|Int/i);
});

test("says nothing of the database when it fails [B-85 B-88]", async () => {
  await asAdmin(running.database, (client) => client.query("ALTER VIEW document RENAME TO elsewhere"));
  try {
    const text = await running.askText(officer, "{ defenseDocuments { nodes { id } } __typename }");
    expect(JSON.parse(text)).toEqual({
      errors: [{ message: "The ministry cannot answer.", path: ["defenseDocuments"], extensions: { code: "INTERNAL_SERVER_ERROR" } }], data: { defenseDocuments: null, __typename: "Query" }, extensions: { labels: [] },
    });
  } finally { await asAdmin(running.database, (client) => client.query("ALTER VIEW elsewhere RENAME TO document")); }
  expect((await running.ask(officer, "{ defenseDocuments { nodes { id } } }")).errors).toBeUndefined();
});

test("answers an id that cannot be one like any that is not there", async () => {
  const { data, errors } = await running.ask(officer, `query($r: [_Any!]!) { defenseDocument(id: "a\\u0000b") { id } _entities(representations: $r) { __typename } }`,
    { r: [{ __typename: "DefenseDocument", id: "a\0b" }, { __typename: "DefenseDocument", id: "doc_none" }, { __typename: "DefenseDocument" }, { __typename: "Nothing", id: "x" }, { __typename: "__proto__", id: "x" }, 7] });
  expect(errors).toBeUndefined();
  expect(data).toEqual({ defenseDocument: null, _entities: [null, null, null, null, null, null] });
});

test("refuses to start on a port that is taken, and says so", async () => {
  const keys = makeKeys(["defense"]);
  const { host, port } = testAdmin();
  const folder = await makePolicyFolder(Date.now());
  const config = { host: "127.0.0.1", port: running.port, database: { host, port, username: "t_defense", password: "test-only", database: running.database }, registry: keys.registry, keys: keys.ministries["defense"] ?? { agree: {} }, policy: folder.settingsOf("defense"), demo: true };
  await expect(startMinistry(defense, config)).rejects.toThrow("EADDRINUSE");
  await expect(startMinistry(defense, { ...config, port: 0, database: { ...config.database, password: "wrong" } })).rejects.toThrow("password authentication failed");
  folder.remove();
});
