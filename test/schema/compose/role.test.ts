/** Fields that ask for a role: whose view they are in, and every way in which the requirement could get lost on the way into a supergraph. */
import { printSchema } from "graphql";
import { staticClass, viewOf } from "../../../schema/compose";
import { describe as describeComposition } from "../../../schema/compose/compose";
import { labelsInSupergraph } from "../../../schema/compose/rules/labels-in-supergraph";
import { readSchemaFile } from "../../../schema/compose/specification";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { mergeSubgraphs } from "../../../schema/compose/compose";
import type { LabelCore } from "../../../schema/label";
import { decide, type Role, startOfDay, type Subject } from "../../../schema/policy";
import { policy } from "../../support/demo-data";
import { compose, findingsOf, generous, open, subgraph, type SubgraphOptions } from "./harness";

const LINK = '@link(url: "https://kanmon.example/label/v1.0", import: ["@label", "@existence", "@role"])';
const COMPOSED = '@composeDirective(name: "@label") @composeDirective(name: "@existence") @composeDirective(name: "@role")';
const DEFINITIONS = `${readSchemaFile("directives.graphql")}\n${readSchemaFile("role.graphql")}`;
const SOURCE = 'type Query { tool(input: Input): Told @label(level: "CUI") @role(name: "EXPLAIN") } type Told { word: Word } enum Word { YES } input Input { text: String }';
const tools = (body = SOURCE, options: SubgraphOptions = {}) => subgraph("tools", body, { link: LINK, compose: COMPOSED, definitions: DEFINITIONS, ...options });

const bundle = compose(tools());
const NOW = startOfDay("2026-11-11") + 1;
const holding = (...roles: readonly Role["role"][]): Subject => ({
  id: "s", kind: "official", nation: "JPN", org: "JPN.MOD", eligibilities: [], assignments: [], purposes: [], roles: roles.map((role) => ({ role, org: "JPN.MOD", from: "2026-04-01", until: "2027-03-31", grantedBy: "JPN.MOD" })),
});
const permits = (subject: Subject, zoneLevel: 0 | 4 = 4, now = NOW) => (floor: LabelCore): boolean => decide(policy, subject, "RETRIEVE", floor, { now, zoneLevel }).outcome === "permit";
const view = (permitted: (floor: LabelCore) => boolean): string => printSchema(viewOf(bundle, permitted));

test("are in the view of whoever holds the role now, with the types that only they lead to, and in nobody else's", () => {
  const without = view(permits(holding()));
  expect(without).not.toMatch(/tool|Told|Word|Input/);
  for (const subject of [holding("SIMULATE"), holding("GRANT", "DECLASSIFY", "AUDIT")]) expect(view(permits(subject))).toBe(without);
  expect(view(permits(holding("EXPLAIN"), 4, NOW + 400 * 86_400_000))).toBe(without);
  expect(view(permits(holding("EXPLAIN")))).toMatch(/tool\(input: Input\): Told/);
  expect(view(permits(holding("EXPLAIN")))).not.toMatch(/@role|ROLE/);
});

test("are another class of subjects, and the role widens nothing that the label refuses", () => {
  expect(staticClass(bundle, permits(holding("EXPLAIN")))).not.toBe(staticClass(bundle, permits(holding())));
  expect(view(permits(holding("EXPLAIN"), 0))).toBe(view(permits(holding(), 0)));
});

test("ask for every role that is named", () => {
  const both = compose(tools(SOURCE.replace("@role", '@role(name: "SIMULATE") @role')));
  for (const subject of [holding("EXPLAIN"), holding("SIMULATE")]) expect(printSchema(viewOf(both, permits(subject)))).not.toContain("tool");
  expect(printSchema(viewOf(both, permits(holding("EXPLAIN", "SIMULATE"))))).toContain("tool");
});

test("have a label beside it: a role alone says nothing of what is answered", () => {
  expect(findingsOf(tools(SOURCE.replace('@label(level: "CUI") ', ""), { bare: true }))).toEqual(["label-present Query.tool [tools]"]);
});

test("are refused with a role that nobody can hold", () => {
  for (const name of ["explain", "OFFICER", ""]) expect(findingsOf(tools(SOURCE.replace("EXPLAIN", name)))).toEqual(["label-arguments Query.tool [tools]"]);
});

test("are refused when composition would drop the requirement, or take another directive for it [B-1]", () => {
  expect(findingsOf(tools(SOURCE, { compose: COMPOSED.replace('@composeDirective(name: "@role")', "") }))).toEqual(["spec-composed @role [tools]"]);
  const label = { link: LINK.replace(', "@role"', ""), compose: COMPOSED.replace('@composeDirective(name: "@role")', "") };
  expect(findingsOf(tools(SOURCE, label))).toEqual(["spec-linked @role [tools]"]);
  expect(findingsOf(tools(SOURCE, { definitions: DEFINITIONS.replace("@role(name: String!)", '@role(name: String! = "EXPLAIN")') }))).toEqual(["spec-definition @role [tools]"]);
  const renamed = tools(SOURCE.replace("@role", "@duty"), { link: LINK.replace('"@role"', '{ name: "@role", as: "@duty" }'), compose: COMPOSED.replace("@role", "@duty"), definitions: DEFINITIONS.replace("directive @role", "directive @duty") });
  expect(compose(renamed).labels.floor("Query", "tool").need).toEqual(["ROLE.EXPLAIN"]);
  expect(findingsOf({ ...renamed, name: "others", sdl: renamed.sdl.replaceAll("tool", "other") }, tools())).toContain("spec-named-alike @role [others, tools]");
});

test("are refused when the requirement did not arrive in the supergraph, or nobody states it [B-1]", () => {
  const read = [open, tools()].map(readSubgraph);
  const sdl = mergeSubgraphs(read);
  const lost = (text: string): readonly string[] => labelsInSupergraph.check(describeComposition(read, readSupergraph(text), generous)).map(({ coordinate, message }) => `${coordinate} ${message}`);
  expect(sdl).toContain('@role(name: "EXPLAIN")');
  expect(lost(sdl)).toEqual([]);
  expect(lost(sdl.replace(' @role(name: "EXPLAIN")', ""))).toEqual(["Query.tool @role of the subgraph is missing in the supergraph"]);
  expect(lost(sdl.replace('@role(name: "EXPLAIN")', '@role(name: "EXPLAIN") @role(name: "AUDIT")'))).toEqual(["Query.tool has a label in the supergraph that no subgraph states"]);
});

test("may be asked for by one ministry on what another shares: the requirements join", () => {
  const shared = (name: string, role: string) => subgraph(name, `type Query { both: String @shareable @label(level: "PUBLIC") ${role} }`, { link: LINK, compose: COMPOSED, definitions: DEFINITIONS });
  expect(compose(shared("a", ""), shared("b", '@role(name: "AUDIT")')).labels.floor("Query", "both").need).toEqual(["ROLE.AUDIT"]);
});
