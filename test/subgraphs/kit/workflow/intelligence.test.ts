/** Rules of the intelligence cycle without a database: who keeps what, labels below their sources, whose consent onward use needs (SPEC 15.41-15.51). */
import { type LabelCore, canonical, dominates } from "../../../../schema/label";
import { ministries } from "../../../../subgraphs";
import { compartment } from "../../../../subgraphs/kit/workflow/incident/compartment";
import { type Compiled, compilationOf, compiledLabel, ministriesIn } from "../../../../subgraphs/kit/workflow/intelligence/compilation";
import { isMinistrys } from "../../../../subgraphs/kit/workflow/intelligence/response";
import { controllersOf, requireAtLeast } from "../../../../subgraphs/kit/workflow/intelligence/sources";
import { tearline } from "../../../../subgraphs/kit/workflow/intelligence/tearline";
import { workflowsOf } from "../../../../subgraphs/kit/workflow/list";

const policyOf = (dist: readonly string[] | "ALL", orcon = false): LabelCore["owners"][string] => ({ rel: ["JPN"], disp: ["JPN"], dist, orcon });
const labelOf = (owners: LabelCore["owners"], level: 1 | 2 = 2): LabelCore => canonical({ policy: "JPN-GOV-DEMO", level, regimes: [level === 1 ? "CUI" : "DOC"], need: [], owners, purposes: "ALL", handling: [] });
const code = (act: () => void): unknown => { try { act(); return "taken"; } catch (error) { return (error as { readonly code?: unknown }).code; } };

test("requirements, taskings, sources, products and tearlines are kept by Cabinet Secretariat alone, responses by everybody else, incidents by the cyber office (D.42, D.48)", () => {
  const keepers = (name: string): readonly string[] => Object.values(ministries).filter((ministry) => workflowsOf(ministry).some((workflow) => workflow.name === name)).map((ministry) => ministry.name).toSorted();
  for (const name of ["Requirement", "Tasking", "SourceRecord", "Product", "Tearline"]) expect([name, keepers(name)]).toEqual([name, ["cabinet-secretariat"]]);
  expect(keepers("Response")).toEqual(Object.keys(ministries).filter((name) => name !== "cabinet-secretariat").toSorted());
  expect([keepers("IncidentReport"), keepers("IncidentEdition"), keepers("AuditFinding")]).toEqual([["cyber"], ["cyber"], ["cabinet-office", "cyber"]]);
  expect(keepers("Compartment")).toEqual(Object.keys(ministries).toSorted());
});

test("a label at the join of its sources is taken; one without an owner, lower, wider, or that the reader may not have is not (D.42)", () => {
  const sources = [{ id: "a", label: labelOf({ "JPN.PSIA": policyOf(["JPN.CAS", "JPN.PSIA"]) }) }, { id: "b", label: labelOf({ "JPN.METI": policyOf(["JPN.CAS", "JPN.METI"]) }) }];
  const owners = { "JPN.PSIA": policyOf(["JPN.CAS", "JPN.PSIA"]), "JPN.METI": policyOf(["JPN.CAS", "JPN.METI"]) };
  const tried = (label: LabelCore): unknown => code(() => { requireAtLeast(label, sources, "JPN.CAS"); });
  expect(tried(labelOf(owners))).toBe("taken");
  expect(tried(labelOf({ ...owners, "JPN.METI": policyOf(["JPN.CAS"]) }))).toBe("taken");
  for (const label of [labelOf({ "JPN.PSIA": owners["JPN.PSIA"] }), labelOf(owners, 1), labelOf({ ...owners, "JPN.METI": policyOf("ALL") }), labelOf({ ...owners, "JPN.METI": policyOf(["JPN.METI"]) })]) {
    expect(tried(label)).toBe("REFUSED_LABEL");
  }
});

test("whoever controls a source and is not of the ministry has to consent: foreign originators and other ministries, not the ministry itself or its own bodies (D.49)", () => {
  const source = { id: "a", label: labelOf({ GBR: policyOf("ALL", true), "JPN.MOFA": policyOf(["JPN.CAS"], true), "JPN.CAS.CIRO": policyOf(["JPN.CAS"], true), "JPN.METI": policyOf(["JPN.CAS"]) }) };
  expect(controllersOf(source, "JPN.CAS")).toEqual(["GBR", "JPN.MOFA"]);
  expect(controllersOf(source, "JPN.MOFA")).toEqual(["GBR", "JPN.CAS.CIRO"]);
});

test("whoever asked for a compartment neither opens nor extends it, and whoever wrote a tearline does not release it (D.45, D.48)", () => {
  expect([compartment.steps["OPEN_COMPARTMENT"]?.notBy, compartment.steps["EXTEND_COMPARTMENT"]?.notBy]).toEqual([["ASK_COMPARTMENT"], ["ASK_COMPARTMENT"]]);
  expect(tearline.steps["RELEASE_TEARLINE"]?.notBy).toEqual(["DRAFT_TEARLINE"]);
});

describe("compilation", () => {
  const of = (owner: string, handling: readonly string[] = [], parts = 1): Compiled => ({ label: { ...labelOf({ [owner]: policyOf("ALL") }, 1), handling }, parts });
  const three = [of("JPN.METI"), of("JPN.NPA"), of("JPN.PSIA")];

  test("what three ministries know together is a secret document, what two know is not; bodies of one ministry, the maker and foreign owners do not count (D.46)", () => {
    expect(compilationOf(three, "JPN.CAS")).toEqual([labelOf({})]);
    expect(compilationOf([of("JPN.METI"), of("JPN.METI.ECON"), of("JPN.NPA"), of("JPN.CAS.CIRO"), of("USA")], "JPN.CAS")).toEqual([]);
    expect(ministriesIn([of("JPN.METI.ECON"), of("JPN.PRV.1"), of("JPN.PRV.2")], "JPN.CAS")).toEqual(["JPN.METI", "JPN.PRV"]);
  });

  test("five things about critical infrastructure are a map of it, also when four of them came in an earlier product (D.46)", () => {
    const site = (parts: number): Compiled => of("JPN.METI", ["CUI:CRIT-INFRA"], parts);
    expect([[site(1), site(3)], [site(1), site(4)], [site(1), of("JPN.METI", [], 9)]].map((sources) => compilationOf(sources, "JPN.CAS").length)).toEqual([0, 1, 0]);
  });

  test("one source more never takes anything away, and the least label lies at or above every part (D.46)", () => {
    for (let count = 1; count <= three.length; count += 1) {
      const least = compiledLabel(three.slice(0, count), "JPN.CAS");
      expect(three.slice(0, count).every(({ label }) => dominates(least, label)) && dominates(compiledLabel(three, "JPN.CAS"), least)).toBe(true);
    }
  });
});

test("what a body of a ministry collected is the ministry's: the body itself is an owner of what was its own before and of nothing else (D.44)", () => {
  const both = labelOf({ "JPN.METI": policyOf("ALL"), "JPN.METI.ECON": policyOf("ALL") });
  expect([isMinistrys(labelOf({ "JPN.METI": policyOf("ALL"), "JPN.NPA": policyOf("ALL") }), [], "JPN.METI"), isMinistrys(both, [], "JPN.METI"), isMinistrys(both, [{ id: "a", label: labelOf({ "JPN.METI.ECON": policyOf("ALL") }) }], "JPN.METI")]).toEqual([true, false, true]);
});
