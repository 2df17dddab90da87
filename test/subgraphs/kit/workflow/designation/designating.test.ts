/** Where workflows are kept that only a designating ministry needs (SPEC 18.1): at each of them, and at no other. */
import { loadPolicy } from "../../../../../schema/policy";
import { ministries } from "../../../../../subgraphs";
import type { MinistryDefinition } from "../../../../../subgraphs/kit";
import { designatingBodies, designatingMinistries } from "../../../../../subgraphs/kit/workflow/designation/designating";
import { workflowsOf } from "../../../../../subgraphs/kit/workflow/list";
import { MINISTRY_NAMES } from "../../../../../subgraphs/names";
import { OWN_FILES } from "../../../../support/policy-files";

interface MembersFile { readonly members: readonly { readonly org: string; readonly subgraph: string | null; readonly mayDesignate: readonly string[] }[] }
const file = OWN_FILES.members as MembersFile;
const without = (...orgs: readonly string[]): ReadonlySet<string> =>
  designatingMinistries(loadPolicy({ ...OWN_FILES, members: { ...file, members: file.members.map((member) => (orgs.includes(member.org) ? { ...member, mayDesignate: [] } : member)) } }).members);
const named = (ministry: MinistryDefinition): readonly string[] => workflowsOf(ministry).map(({ name }) => name).filter((name) => name === "OversightRequest" || name === "InformationRequest").toSorted();

/** By members.json itself: bodies that may designate, and whose register it is in. */
const designating = file.members.filter(({ mayDesignate, subgraph }) => mayDesignate.length > 0 && subgraph !== null).map(({ org, subgraph }) => [org, subgraph ?? ""] as const);

test.each(designating)("%s may designate: the oversight office can ask %s, which can take a request for disclosure (D.52, D.56)", (org, name) => {
  expect(named(ministries[name] as MinistryDefinition)).toEqual(["InformationRequest", "OversightRequest"]);
  expect(designatingBodies(loadPolicy().members, name)).toContain(org);
});

test("every ministry of the demonstration keeps a body that may designate; one that keeps none has neither workflow", () => {
  expect([...designatingMinistries(loadPolicy().members)].toSorted()).toEqual([...MINISTRY_NAMES].toSorted());
  expect(named({ ...(ministries["education"] as MinistryDefinition), name: "library" })).toEqual([]);
});

test.each<readonly [string, readonly string[], string, boolean]>([
  ["a ministry whose only designating body may not any more", ["JPN.MEXT"], "education", false], ["one of whose two bodies still may", ["JPN.MOF"], "finance", true], ["neither of whose bodies may", ["JPN.MOF", "JPN.FSA"], "finance", false],
  ["a ministry that is not concerned", ["JPN.MEXT"], "defense", true],
])("by the members: %s", (_what, orgs, name, kept) => { expect(without(...orgs).has(name)).toBe(kept); });

test("a body without a register of its own gives no ministry the workflows", () => {
  expect(designating.map(([org]) => org)).not.toContain("JPN.NRA");
  expect(MINISTRY_NAMES.flatMap((name) => designatingBodies(loadPolicy().members, name))).not.toContain("JPN.NRA");
});
