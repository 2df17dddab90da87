/** What is not carried out although it is valid: a change of which no record could be kept (SPEC 7.3). The listener, the pipeline and the executor are real; the ministry is the test's. */
import { viewOf } from "../../schema/compose";
import { makeBundle } from "../../schema/compose/bundle";
import { describe as describeComposition, mergeSubgraphs } from "../../schema/compose/compose";
import { readSubgraph } from "../../schema/compose/subgraph";
import { readSupergraph } from "../../schema/compose/supergraph";
import { generous, subgraph } from "../schema/compose/harness";
import { startFront } from "./view/front-of-view";

test("a ministry is asked for no change while evidence cannot be written, and for one again when it can [B-132]", async () => {
  const read = [readSubgraph(subgraph("a", "type Query { open: String } type Mutation { change: String }", { bare: true }))];
  const { supergraph, labels } = describeComposition(read, readSupergraph(mergeSubgraphs(read)), generous);
  const bundle = makeBundle(supergraph.sdl, labels, supergraph);
  let isHealthy = false;
  let asked = 0;
  const front = await startFront(bundle, viewOf(bundle, () => true), { isHealthy: () => isHealthy, call: () => { asked += 1; return Promise.resolve({ ok: true, json: { data: { change: "done" } } }); } });
  try {
    const change = (): Promise<string> => front.ask({ body: { query: "mutation { change }" }, headers: { accept: "application/graphql-response+json" } });
    expect(await change()).toMatch(/^503\n[^]*"EVIDENCE_UNAVAILABLE"/);
    expect(asked).toBe(0);
    isHealthy = true;
    expect(await change()).toMatch(/^200\n[^]*"change":"done"/);
    expect(asked).toBe(1);
  } finally { await front.stop(); }
});
