/**
 * Story: being told. People keep a line open to the gateway; what is decided elsewhere reaches those whom it concerns as it happens, and nobody else: who is not told cannot
 * even tell that something happened (D.8; G3, G8).
 */
import { fetchToken } from "../../gateway/cli/ask";
import { personaCalled } from "../../gateway/cli/people";
import { startStory, within } from "./story";

const story = startStory();
jest.setTimeout(120_000);

const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const UNTIL = new Date(Date.parse(TODAY) + 30 * 86_400_000).toISOString().slice(0, 10);

/** A line that is kept open, and everything that came over it but signs of life. */
class Line {
  readonly #leaving = new AbortController();
  #text = "";
  status = 0;
  isOver = false;
  body = "";

  static async open(persona: string, query: string, accept = "text/event-stream"): Promise<Line> {
    const line = new Line();
    const token = await fetchToken(story.issuer, persona);
    const response = await fetch(story.url, {
      method: "POST", signal: line.#leaving.signal, body: JSON.stringify({ query }),
      headers: { "content-type": "application/json", accept, authorization: `Bearer ${token}`, "kanmon-purpose": personaCalled(persona).purpose },
    });
    line.status = response.status;
    if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true) { line.body = await response.text(); line.isOver = true; return line; }
    const read = async (): Promise<void> => { for await (const chunk of response.body ?? []) line.#text += Buffer.from(chunk as Uint8Array).toString("utf8"); };
    void read().catch(() => undefined).finally(() => { line.isOver = true; });
    return line;
  }

  get events(): readonly { readonly data: Readonly<Record<string, unknown>>; readonly extensions: { readonly release: { readonly marking: { readonly en: string }; readonly evidence: { readonly index: number } } } }[] {
    return this.#text.split("\n\n").flatMap((event) => { const found = /^event: next\ndata: (.*)$/s.exec(event); return found === null ? [] : [JSON.parse(found[1] ?? "null") as never]; });
  }

  /** Waits for as many events, or until the time is over. */
  async until(count: number, ms: number): Promise<number> {
    const end = Date.now() + ms;
    while (this.events.length < count && Date.now() < end) await new Promise((wait) => setTimeout(wait, 10));
    return this.events.length;
  }

  leave(): void { this.#leaving.abort(); }
}

const lines: Line[] = [];
const open = async (persona: string, query: string): Promise<Line> => { const line = await Line.open(persona, query); lines.push(line); return line; };
afterAll(() => { for (const line of lines) line.leave(); });

/** Milliseconds that a busy machine may take; how soon it is otherwise, `npm run bench:feed` measures. */
const SOON = 20_000;

const NOTICES = "subscription { defenseNotices { workflow kind item } }";
const ITEMS = "subscription { defenseItems { id workflow state version owner } }";
let analyst: Line, analystItems: Line, officerItems: Line, stranger: Line;
let request: { readonly id: string; readonly version: number };

test("whoever opens a line is answered at once, with a marking and a record, and so far nothing happened", async () => {
  [analyst, analystItems, officerItems, stranger] = await Promise.all([open("ciro-analyst", NOTICES), open("ciro-analyst", ITEMS), open("mod-security-officer", ITEMS), open("meti-officer", ITEMS)]);
  for (const line of [analyst, analystItems, officerItems, stranger]) expect([line.status, await line.until(1, SOON)]).toEqual([200, 1]);
  expect(analyst.events[0]).toMatchObject({ data: { defenseNotices: [] }, extensions: { release: { marking: { en: expect.any(String) as string }, evidence: { index: expect.any(Number) as number } } } });
});

test("a request for access reaches the officer who decides and the analyst who asked as it happens, and not the official of another ministry", async () => {
  const known = await story.as("ciro-analyst").query("{ defenseMatters { nodes { id defense { entry { token } } } } }");
  const held = await story.as("mod-security-officer").query("{ defenseMatters { nodes { id defense { entry { token } } } } }");
  const matters = (answer: typeof known): readonly { readonly id: string; readonly defense: { readonly entry: { readonly token: string | null } | null } | null }[] => (answer.data as { defenseMatters: { nodes: never[] } }).defenseMatters.nodes;
  const matter = matters(held).find(({ id, defense }) => typeof defense?.entry?.token === "string" && matters(known).some((other) => other.id === id && typeof other.defense?.entry?.token !== "string"))?.id;
  const asked = await story.as("ciro-analyst").mutate("mutation ($input: RequestAccessInput!) { defenseRequestAccess(input: $input) { id version } }", { input: { matter, role: "READER", from: TODAY, until: UNTIL, reason: "A (fictional) assessment" } });
  request = (asked.data as { defenseRequestAccess: typeof request }).defenseRequestAccess;
  expect([await officerItems.until(2, SOON), await analystItems.until(2, SOON)]).toEqual([2, 2]);
  expect(officerItems.events[1]?.data).toEqual({ defenseItems: [{ id: request.id, workflow: "AccessRequest", state: "REQUESTED", version: 1, owner: "JPN.MOD" }] });
  expect(officerItems.events[1]?.extensions.release.marking.en).toContain("CUI");
});

test("the decision reaches the analyst as a notice, in her own line, once", async () => {
  await story.as("mod-security-officer").mutate("mutation ($input: GrantAccessInput!) { defenseGrantAccess(input: $input) { id } }", { input: { ...request, decision: "Needed" } });
  expect(await analyst.until(2, SOON)).toBe(2);
  expect(analyst.events[1]?.data).toEqual({ defenseNotices: [{ workflow: "AccessRequest", kind: "ACCESS_GRANTED", item: request.id }] });
  expect(await analystItems.until(3, SOON)).toBe(3);
});

test("nothing of it came to the official of another ministry: not one byte more than to somebody to whom nothing happened", async () => {
  await new Promise((wait) => setTimeout(wait, 500));
  expect(stranger.events.length).toBe(1);
  expect(analyst.events.length).toBe(2);
});

test("a change that an asker sees in no way is no event either: an assignment of somebody else", async () => {
  const before = [analyst, analystItems, officerItems, stranger].map(({ events }) => events.length);
  const revoked = await story.as("mod-security-officer").mutate(`mutation { defenseRevokeAssignment(input: { subject: "us-liaison", token: "PRJ-QS-2026", reason: "story" }) { assignment { subject } } }`);
  expect(revoked.errors).toEqual([]);
  await new Promise((wait) => setTimeout(wait, 700));
  expect([analyst, analystItems, officerItems, stranger].map(({ events }) => events.length)).toEqual(before);
});

test("what an event shows is decided when it happens: access that ended in between ends what is told", async () => {
  const ended = await story.as("mod-security-officer").mutate("mutation ($input: EndAccessInput!) { defenseEndAccess(input: $input) { state } }", { input: { id: request.id, version: 2, reason: "over" } });
  expect(ended.data).toEqual({ defenseEndAccess: { state: "ENDED" } });
  expect(await analyst.until(3, SOON)).toBe(3);
  expect(analyst.events[2]?.data).toMatchObject({ defenseNotices: [{ kind: "ACCESS_ENDED" }] });
});

test("a stream is for subscriptions, and a subscription is for a stream: each other way is refused with a stable code", async () => {
  const asQuery = await story.as("ciro-analyst").query(NOTICES);
  expect(asQuery.errors.map(({ extensions }) => extensions?.code)).toEqual(["OPERATION_RESOLUTION_FAILURE"]);
  const streamed = await open("ciro-analyst", "{ defenseMatters { totalCount } }");
  expect(JSON.parse(streamed.body)).toMatchObject({ errors: [{ extensions: { code: "OPERATION_RESOLUTION_FAILURE" } }] });
  const two = await open("ciro-analyst", "subscription { defenseNotices { kind } economyNotices { kind } }");
  expect(JSON.parse(two.body)).toMatchObject({ errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] });
  const foreign = await open("us-liaison", NOTICES);
  expect(JSON.parse(foreign.body)).toMatchObject({ errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] });
});

test("every event has a record of its own in the evidence, and they verify", async () => {
  const verified = await story.kanmon("audit", "verify", `${story.home}/evidence`);
  expect(verified.code).toBe(0);
  expect(new Set(analyst.events.map(({ extensions }) => extensions.release.evidence.index)).size).toBe(analyst.events.length);
  await within(100, () => story.as("ciro-analyst").query("{ defenseMatters { totalCount } }"), () => true);
});
