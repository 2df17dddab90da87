import { bareBundle, bundleOf } from "../../../schema/compose";
import { compose, subgraph } from "./harness";

const { supergraphSdl, labels } = compose(subgraph("a", `type Query { doc: String @label(level: "SECRET", regimes: ["SDS"]) }`));
const table = (): unknown => JSON.parse(labels.print());

it("is read as it was composed", () => {
  expect(bundleOf(supergraphSdl, table()).labels.print()).toBe(labels.print());
});
it.each(["v2.0", "v1.1", "v0.9"])("is refused when its supergraph links version %s of the label specification, whatever labels come with it [B-6]", (version) => {
  const other = supergraphSdl.replace("https://kanmon.example/label/v1.0", `https://kanmon.example/label/${version}`);
  expect(other).not.toBe(supergraphSdl);
  expect(() => bundleOf(other, table())).toThrow(/version/);
  expect(() => bareBundle(other)).toThrow(/label specification/);
});
