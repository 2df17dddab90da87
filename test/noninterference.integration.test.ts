/**
 * The master property over the running graph (SPEC 7): all ministries on PostgreSQL, in process through `execute` and over HTTP to a running gateway. A short
 * seeded run of what `npm run search:noninterference` does at length, and the same search with a layer taken out where its stand-in is off too.
 */
import { runSession, type RunningSearchOptions } from "./search/search-running";
import { RunningSession, type RunningFault } from "./support/trial-running";

jest.setTimeout(300_000);

let session: RunningSession;
beforeAll(async () => { session = await RunningSession.start("kanmon"); });
afterAll(() => session.stop());

async function expectNothing(options: Omit<RunningSearchOptions, "seed">): Promise<void> {
  const { trials, counted, findings } = await runSession(session, options);
  expect(findings.map(({ where, check, detail, description }) => `${where} ${check}\n${detail}\n${description}`)).toEqual([]);
  expect(counted).toBeGreaterThan(trials / 4);
}

describe("two worlds of the running graph that are the same to a person", () => {
  it("answer alike and call alike with both layers on [B-69]", () => expectNothing({ trials: 30, way: "in-process" }));
  it("give nothing above that person with the ministries' guards off", () => expectNothing({ trials: 15, way: "guards-off" }));
  it("answer alike with the gateway's release off", () => expectNothing({ trials: 15, way: "release-off" }));
  it("answer alike over HTTP, byte for byte but for the date, the request id and the reference to the evidence [B-70]", () => expectNothing({ trials: 30, way: "http" }));
});

describe("the search finds, where the other layer is off,", () => {
  const faults: readonly (readonly [string, RunningFault])[] = [
    ["an emptied row guard of a ministry", { rows: false, release: false }],
    ["an emptied column guard of a ministry", { columns: false, release: false }],
    ["an emptied release of the gateway", { rows: false, columns: false, release: false }],
  ];
  it.each(faults)("%s", async (_, fault) => {
    const { findings } = await runSession(session, { trials: 150, way: "in-process", fault, enough: 1 });
    expect(findings.map(({ check }) => check)).not.toEqual([]);
  });
});
