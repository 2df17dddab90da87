/**
 * The master property over the running graph (SPEC 7): all ministries on PostgreSQL, in process through `execute` and over HTTP to a running gateway. People ask, make changes and listen; what they are
 * answered depends on nothing that they may not know of. A short seeded run of what `npm run search:noninterference` does at length, and the same search with a layer taken out where its stand-in is off too.
 */
import { runSession, type RunningSearchOptions } from "./search/search-running";
import { emptyKinds, NEEDED_RUNNING } from "./search/tally";
import { type Kind, RunningSession, type RunningFault } from "./support/trial-running";

jest.setTimeout(300_000);

let session: RunningSession;
beforeAll(async () => { session = await RunningSession.start("kanmon"); });
afterAll(() => session.stop());

async function expectNothing(kind: Kind, options: Omit<RunningSearchOptions, "seed">): Promise<void> {
  const { findings, kinds } = await runSession(session, { kind, ...options });
  expect(findings.map(({ where, check, detail, description }) => `${where} ${check}\n${detail}\n${description}`)).toEqual([]);
  expect(emptyKinds(kinds, [kind], NEEDED_RUNNING)).toEqual([]);
}

describe("two worlds of the running graph that are the same to a person", () => {
  it("answer alike and call alike with both layers on [B-69]", () => expectNothing("queries", { trials: 30, way: "in-process" }));
  it("give nothing above that person with the ministries' guards off", () => expectNothing("queries", { trials: 15, way: "guards-off" }));
  it("answer alike with the gateway's release off", () => expectNothing("queries", { trials: 15, way: "release-off" }));
  it("answer alike over HTTP, byte for byte but for the date, the request id and the reference to the evidence [B-70]", () => expectNothing("queries", { trials: 30, way: "http" }));
  it("carry out the same changes and refuse the same in the same words, and what is refused has changed nothing [B-37]", () => expectNothing("mutations", { trials: 60, perRound: 10, way: "in-process" }));
  it("carry out and refuse the same changes over HTTP [B-58]", () => expectNothing("mutations", { trials: 30, perRound: 10, way: "http" }));
  it("tell the same events, with the guards of ministries or those of the gateway alone [B-105]", async () => {
    for (const way of ["in-process", "guards-off", "release-off"] as const) await expectNothing("subscriptions", { trials: 10, perRound: 5, way });
  });
  it("tell the same events over HTTP, and send nothing for what is hidden [B-105]", () => expectNothing("subscriptions", { trials: 10, perRound: 5, way: "http" }));
});

describe("hidden ids, one by one through every field that takes one,", () => {
  it.each(["in-process", "http"] as const)("are answered as absent ones, and call the same (%s) [B-120]", async (way) => {
    let asked = 0;
    for (const number of [0, 1, 2]) {
      const result = await session.byId(await session.round(number), way);
      expect(result.violations).toEqual([]);
      asked += result.asked;
    }
    expect(asked).toBeGreaterThan(60);
  });

  it("are found out with the guards of ministries and the release of the gateway emptied", async () => {
    let found = 0;
    // Not everybody whose turn it is has something hidden from them that there is a field for.
    for (let number = 0; number < 8 && found === 0; number += 1) found += (await session.byId(await session.round(number), "in-process", { rows: false, columns: false, release: false })).violations.length;
    expect(found).toBeGreaterThan(0);
  });
});

describe("the search finds, where the other layer is off,", () => {
  const faults: readonly (readonly [string, RunningFault, Kind])[] = [
    ["an emptied row guard of a ministry", { rows: false, release: false }, "queries"],
    ["an emptied column guard of a ministry", { columns: false, release: false }, "queries"],
    ["an emptied release of the gateway", { rows: false, columns: false, release: false }, "queries"],
    // Items are read by their content's label alone; what is not read is refused STATE as what is not there, and no layer but the ministry says so.
    ["that hidden items are refused otherwise than absent ones", { columns: false }, "mutations"],
    ["that hidden items are told of", { columns: false, release: false }, "subscriptions"],
  ];
  it.each(faults)("%s", async (_, fault, kind) => {
    const { findings } = await runSession(session, { trials: 150, way: "in-process", fault, kind, enough: 1 });
    expect(findings.map(({ check }) => check)).not.toEqual([]);
  });
});
