import { parse, validate } from "graphql";
import { DEMO_MATTER, DEMO_PERSONAS, DEMO_REVOCATION, MATTER_QUERY, REVOKE_MUTATION } from "../../../gateway/cli/question";
import { PERSONAS } from "../../../gateway/cli/people";
import { apiSchemaOf, readDemoBundle } from "../../../schema/compose";
import matters from "../../../subgraphs/defense/data/matters.json";
import standing from "../../../subgraphs/defense/data/standing.json";

test.each([["question", MATTER_QUERY], ["revocation", REVOKE_MUTATION]])("the demo's %s is valid against the committed supergraph", (_name, text) => {
  expect(validate(apiSchemaOf(readDemoBundle()), parse(text))).toEqual([]);
});

test("asks for the matter of the token that the demo revokes", () => {
  expect(matters.matters.find((matter) => matter.id === DEMO_MATTER)?.token).toBe(DEMO_REVOCATION.token);
  expect(standing.assignments.some(({ subject, token }) => subject === DEMO_REVOCATION.subject && token === DEMO_REVOCATION.token)).toBe(true);
});

test("knows everybody it asks as", () => {
  const known = PERSONAS.map((persona) => persona.id);
  expect([...DEMO_PERSONAS, DEMO_REVOCATION.officer].filter((id) => !known.includes(id))).toEqual([]);
});
