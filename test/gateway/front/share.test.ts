import { startWorld, type World } from "./labelled-federation";

const SHARE = 4;
const FLOOD = 160;
const QUERY = "{ defenseReports { id } }";
let world: World;
beforeAll(async () => { world = await startWorld({ limits: { share: SHARE, deadline: 60_000 } }); }, 60_000);
afterAll(() => world.stop());

it("leaves others their answers while one asker floods with more requests than a ministry has connections, and refuses what is too much [B-109]", async () => {
  for (const who of ["hi", "lo"]) expect((await world.ask(QUERY, who)).status).toBe(200);
  let release: () => void = () => undefined;
  const held = new Promise<void>((done) => { release = done; });
  let open = 0;
  const token = await world.token("hi");
  world.defense.interfere = async (request) => {
    if (!String(statementOf(request.headers["kanmon-statement"])).includes("\"hi\"")) return false;
    open += 1;
    await held;
    return false;
  };
  const flood = Array.from({ length: FLOOD }, () => fetch(world.gateway.url, { method: "POST", body: JSON.stringify({ query: QUERY }), headers: { "content-type": "application/json", authorization: `Bearer ${token}` } }));
  const other = await world.ask(QUERY, "lo");
  expect(other.status).toBe(200);
  expect(other.json.data).toBeDefined();
  expect(open).toBeLessThanOrEqual(SHARE);
  release();
  const answers = await Promise.all(flood);
  const refused = answers.filter(({ status }) => status === 429);
  expect([answers.filter(({ status }) => status === 200).length + refused.length, refused.length > 0]).toEqual([FLOOD, true]);
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
  expect(await refused[0]?.json()).toEqual({ errors: [{ message: "Too many of your requests wait to be answered.", extensions: { code: "TOO_MANY_REQUESTS" } }] });
  expect(world.records().filter(({ errors, subject }) => errors?.includes("TOO_MANY_REQUESTS") === true && subject === "hi")).toHaveLength(refused.length);
}, 60_000);

/** What a signed statement says; who signed it is not asked here. */
function statementOf(header: unknown): string { return Buffer.from(String(header).split(".")[1] ?? "", "base64url").toString("utf8"); }
