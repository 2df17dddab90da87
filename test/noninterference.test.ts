/**
 * The master property over generated schemas (SPEC 7, G1-G3, G6, G10): two worlds that are the same to an asker answer alike and cause the same calls, and the answer
 * is the reference's. A short seeded run of what `npm run search:noninterference` does at length, and the same search with a layer taken
 * out where its stand-in is off too, which must find something, or the search proves nothing.
 */
import { searchGenerated, type SearchOptions, type SearchResult } from "./search/search-generated";
import { emptyKinds } from "./search/tally";
import type { OperationKind } from "./support/generate-operation";
import type { Configuration, Fault } from "./support/trial-generated";

const SEED = "kanmon";

async function expectNothing(options: Omit<SearchOptions, "seed">): Promise<SearchResult> {
  const result = await searchGenerated({ seed: SEED, ...options });
  expect(result.findings.map(({ where, check, detail, description }) => `${where} ${check}\n${detail}\n${description}`)).toEqual([]);
  return result;
}

/** Runs the search with a fault until it finds something. */
async function expectSomething(configuration: Configuration, fault: Fault, check: RegExp, asked: OperationKind = "query"): Promise<void> {
  const { findings } = await searchGenerated({ seed: SEED, trials: 600, perSchema: 30, configuration, fault, enough: 1, only: check, asked });
  expect(findings.map((finding) => finding.check)).toEqual([expect.stringMatching(check)]);
}

jest.setTimeout(240_000);

describe("two worlds that are the same to an asker", () => {
  it("answer alike, call alike and as the reference does, with both layers on [B-52]", async () => {
    const { trials, counted } = await expectNothing({ trials: 160, perSchema: 40, configuration: "both" });
    expect(counted).toBeGreaterThan(trials / 2);
  });

  it("give nothing above the asker with the ministries' guards off", async () => {
    await expectNothing({ trials: 70, perSchema: 35, configuration: "guards-off" });
  });

  it("answer alike with the gateway's release off", async () => {
    await expectNothing({ trials: 70, perSchema: 35, configuration: "release-off" });
  });

  it("answer alike where ministries may not be told everything [B-33]", async () => {
    await expectNothing({ trials: 80, perSchema: 40, configuration: "restricted" });
  });

  it("carry out the same changes in the same order, and refuse what is hidden as what is absent [B-37]", async () => {
    for (const configuration of ["both", "release-off"] as const) {
      const { kinds } = await expectNothing({ trials: 40, perSchema: 20, configuration, asked: "mutation" });
      expect(emptyKinds(kinds, ["mutations"])).toEqual([]);
      expect(kinds.get("mutations")?.outcomes.get("refused")).toBeGreaterThan(0);
    }
  });

  it("tell the same events in the same order, and nothing of what is hidden [B-105]", async () => {
    for (const configuration of ["both", "guards-off", "release-off"] as const) {
      const { kinds } = await expectNothing({ trials: 15, perSchema: 15, configuration, asked: "subscription" });
      expect(emptyKinds(kinds, ["subscriptions"])).toEqual([]);
    }
  });

  it("send a ministry the same where they differ above that ministry [B-32]", async () => {
    await expectNothing({ trials: 120, perSchema: 40, configuration: "flow" });
  });
});

describe("the search finds", () => {
  it("an emptied release where the ministries' guards are off", () => expectSomething("guards-off", { release: false }, /^G1/));
  it("an emptied row guard where the gateway's release is off", () => expectSomething("release-off", { rows: false }, /^G[13]/));
  it("an emptied column guard where the gateway's release is off", () => expectSomething("release-off", { columns: false }, /^G[13]/));
  it("an emptied row guard where changes are asked for and the gateway's release is off", () => expectSomething("release-off", { rows: false }, /^G3: same bytes/, "mutation"));
  it("an emptied row guard where somebody listens and the gateway's release is off", () => expectSomething("release-off", { rows: false }, /^G3: what is hidden is no event/, "subscription"));
  it("an emptied release where somebody listens and the ministries' guards are off", () => expectSomething("guards-off", { release: false }, /^G3: what is hidden is no event/, "subscription"));
  it("an emptied flow check", () => expectSomething("flow", { flow: false }, /^G2/));
});
