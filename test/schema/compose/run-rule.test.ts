/** A rule that throws: its failure is a finding of that rule, and nothing composes. */
import { ComposeError, composeSupergraph } from "../../../schema/compose";
import { runRule, SUBGRAPH_RULES, SUPERGRAPH_RULES } from "../../../schema/compose/rules";
import { findingsOf, generous, open } from "./harness";

afterEach(() => { jest.restoreAllMocks(); });

test.each([...SUBGRAPH_RULES, ...SUPERGRAPH_RULES])("what the rule $name throws refuses the composition in its name", (rule) => {
  expect(findingsOf()).toEqual([]);
  jest.spyOn(rule, "check").mockImplementation(() => { throw new TypeError("a fault of the rule"); });
  expect(() => composeSupergraph([open], generous)).toThrow(ComposeError);
  expect(findingsOf()).toEqual([`${rule.name} schema [open]`]);
});

test("whatever is thrown is told in a bounded number of words, and the others still run", () => {
  const thrown = (what: unknown): string => { const [finding] = runRule({ name: "r" }, ["b", "a"], () => { throw what; }); return JSON.stringify(finding); };
  expect(thrown(new RangeError("Maximum call stack size exceeded"))).toBe('{"rule":"r","coordinate":"schema","subgraphs":["a","b"],"message":"this rule could not be carried out: Maximum call stack size exceeded"}');
  expect(thrown("text")).toContain("carried out: text");
  const [first, second] = SUPERGRAPH_RULES;
  for (const rule of [first, second]) if (rule !== undefined) jest.spyOn(rule, "check").mockImplementation(() => { throw new Error("x".repeat(10_000)); });
  try { composeSupergraph([open], generous); } catch (error) {
    expect(error instanceof ComposeError && error.findings.map(({ rule, message }) => [rule, message.length])).toEqual([first, second].map((rule) => [rule?.name, 2_003]).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
  }
  expect.assertions(3);
});
