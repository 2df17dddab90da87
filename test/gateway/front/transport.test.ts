import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { startWorld, type World } from "./labelled-federation";

let world: World;
let token = "";
beforeAll(async () => { world = await startWorld(); token = await world.token("hi"); });
afterAll(async () => { await world.stop(); });
beforeEach(() => { world.defense.calls.length = 0; });

const QUERY = JSON.stringify({ query: "{ defenseReports { title } }" });
const LINES = { host: "Host: kanmon", auth: () => `Authorization: Bearer ${token}`, type: "Content-Type: application/json" };

/** Sends bytes as they are, and gives everything that came back until the gateway closed or fell silent. */
async function speak(text: string): Promise<{ readonly text: string; readonly statuses: readonly number[]; readonly closed: boolean }> {
  const socket = connect(Number(new URL(world.gateway.url).port), "127.0.0.1");
  let heard = "";
  let closed = false;
  socket.on("data", (piece) => { heard += piece.toString("latin1"); });
  socket.on("close", () => { closed = true; });
  socket.on("error", () => { closed = true; });
  socket.write(text, "latin1");
  for (let silent = 0, length = -1; silent < 10 && !closed; silent = heard.length === length ? silent + 1 : 0) { length = heard.length; await wait(30); }
  socket.destroy();
  return { text: heard, statuses: [...heard.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status)), closed };
}
function post(headers: readonly string[], body: string): string { return ["POST /graphql HTTP/1.1", ...headers, "", ""].join("\r\n") + body; }
const chunked = `${QUERY.length.toString(16)}\r\n${QUERY}\r\n0\r\n\r\n`;
const base = (): string[] => [LINES.host, LINES.auth(), LINES.type];

it("answers a request that says once how long it is", async () => {
  expect((await speak(post([...base(), `Content-Length: ${QUERY.length}`], QUERY))).text).toContain("The hidden report");
  expect((await speak(post([...base(), "Transfer-Encoding: chunked"], chunked))).text).toContain("The hidden report");
});

it.each([
  ["two lengths", () => post([...base(), `Content-Length: ${QUERY.length}`, "Content-Length: 5"], QUERY)],
  ["a length and chunks", () => post([...base(), `Content-Length: ${QUERY.length}`, "Transfer-Encoding: chunked"], chunked)],
  ["a length and chunks, the other way round", () => post([...base(), "Transfer-Encoding: chunked", "Content-Length: 4"], chunked)],
  ["chunks that are not the last coding", () => post([...base(), "Transfer-Encoding: chunked, identity"], chunked)],
  ["an unknown coding", () => post([...base(), "Transfer-Encoding: xchunked"], chunked)],
  ["a space before the colon", () => post([...base(), "Transfer-Encoding : chunked"], chunked)],
  ["a length that is no number", () => post([...base(), "Content-Length: +57"], QUERY)],
  ["a chunk with a length that is no number", () => post([...base(), "Transfer-Encoding: chunked"], chunked.replace(/^[0-9a-f]+/, "0x10"))],
])("answers nobody's question when a request leaves doubt where it ends: %s [B-110]", async (_, request) => {
  const { text, statuses, closed } = await speak(request() + post([...base(), `Content-Length: ${QUERY.length}`], QUERY));
  expect([statuses.filter((status) => status === 200), closed]).toEqual([[], true]);
  expect(text).not.toContain("report");
  expect(world.defense.calls).toEqual([]);
});

it("takes nothing of a refused body for the next request [B-110]", async () => {
  const inner = post([...base(), `Content-Length: ${QUERY.length}`], QUERY);
  for (const headers of [[LINES.host, LINES.type], [LINES.host, LINES.auth(), "Content-Type: application/xml"], [LINES.host, LINES.auth(), LINES.type, "Content-Encoding: gzip"], [LINES.host, LINES.auth(), LINES.type, "Kanmon-Nonsense: 1"]]) {
    const { statuses, text } = await speak(post([...headers, `Content-Length: ${inner.length}`], inner));
    expect(statuses).toHaveLength(1);
    expect(text).not.toContain("report");
  }
  expect(world.defense.calls).toEqual([]);
});

it("opens no second way in: a subscription is refused and no connection is upgraded [B-104]", async () => {
  const subscription = JSON.stringify({ query: "subscription { defenseReports { id } }" });
  expect((await speak(post([...base(), `Content-Length: ${subscription.length}`], subscription))).text).toMatch(/GRAPHQL_VALIDATION_FAILED|OPERATION_RESOLUTION_FAILURE/);
  for (const protocol of ["websocket", "h2c"]) {
    const upgrade = ["GET /graphql HTTP/1.1", LINES.host, LINES.auth(), `Connection: Upgrade`, `Upgrade: ${protocol}`, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: graphql-transport-ws", "", ""].join("\r\n");
    const { statuses } = await speak(`${upgrade}{"type":"connection_init"}`);
    expect(statuses).not.toContain(101);
    expect(statuses).not.toContain(200);
  }
  expect(world.defense.calls).toEqual([]);
});

describe("headers", () => {
  const ask = (...more: readonly string[]): ReturnType<typeof speak> => speak(post([...base(), ...more, "Connection: close", `Content-Length: ${QUERY.length}`], QUERY));

  it("narrow however they are written", async () => {
    for (const name of ["Kanmon-Ceiling", "KANMON-CEILING", "kanmon-ceiling", "kAnMoN-cEiLiNg"]) {
      const { statuses, text } = await ask(`${name}: CUI`);
      expect([name, statuses, text.includes("A controlled report"), text.includes("The hidden report")]).toEqual([name, [200], true, false]);
    }
  });

  it.each([
    ["twice", ["Kanmon-Ceiling: CUI", "Kanmon-Ceiling: CUI"]], ["twice, in other letters", ["Kanmon-Ceiling: CUI", "KANMON-CEILING: TOP_SECRET"]], ["in one line", ["Kanmon-Ceiling: CUI, TOP_SECRET"]],
    ["empty", ["Kanmon-Ceiling:"]], ["with two purposes", ["Kanmon-Purpose: OVERSIGHT, VETTING"]], ["with a statement of their own", ["Kanmon-Statement: eyJhbGciOiJub25lIn0.e30."]],
    ["with a call of their own", ["Kanmon-Call: v1;t=1;n=AAAA;m=AAAA"]], ["with an id of their own", ["Kanmon-Request-Id: 1"]], ["with letters of another script", ["Kanmon-Ceiling: C\u00dcI"]],
  ])("are refused %s, before any ministry is asked [B-93]", async (_, lines) => {
    const { statuses, text } = await ask(...lines);
    expect([statuses, text.includes("BAD_USER_INPUT")]).toEqual([[400], true]);
    expect(world.defense.calls).toEqual([]);
  });

  it("with two credentials are refused, the same twice included", async () => {
    for (const lines of [[LINES.auth()], [`authorization: Bearer ${await world.token("lo")}`], [`AUTHORIZATION: Basic eDp5`]]) expect((await ask(...lines)).statuses).toEqual([401]);
    expect(world.defense.calls).toEqual([]);
  });

  it("of a client never reach a ministry", async () => {
    await ask("Cookie: a=client-said", "X-Forwarded-For: client-said", "X-User-Clearance: client-said", "X_Kanmon_Statement: client-said", "Baggage: client-said", "Traceparent: client-said", "Forwarded: for=client-said", "User-Agent: client-said");
    expect(world.defense.calls.map(({ headers }) => Object.keys(headers).sort())).toEqual([["accept", "connection", "content-length", "content-type", "host", "kanmon-call", "kanmon-statement"]]);
    expect(JSON.stringify(world.defense.calls)).not.toContain("client-said");
  });
});
