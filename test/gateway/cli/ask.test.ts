import http from "node:http";
import type { AddressInfo } from "node:net";
import { ask, exitOf, pathOf, type Answer, type Release } from "../../../gateway/cli/ask";
import { CommandFailure } from "../../../gateway/cli/exit";

const marking = { ja: "", en: "//JPN CUI", label: "L-1" };
const release = (withheld: Release["withheld"] = []): Release => ({ marking, withheld, evidence: { log: "E-1", index: 1, txn: "t" }, policy: "P-1" });
const redacted: Release["withheld"] = [{ path: ["matter", "0"], reasonClass: "RESTRICTED", contact: null, requestable: false }];
const answer = (more: Partial<Answer>): Answer => ({ status: 200, errors: [], ms: 1, ...more });
const failing = (code: string): Answer["errors"] => [{ message: "x", extensions: { code } }];

test.each<[string, Answer, number]>([
  ["a whole answer", answer({ data: {}, release: release() }), 0],
  ["an answer in which something was withheld", answer({ data: {}, release: release(redacted) }), 4],
  ["an answer without one ministry", answer({ data: {}, errors: failing("MINISTRY_UNAVAILABLE"), release: release() }), 4],
  ["a refused token", answer({ status: 401, errors: failing("UNAUTHENTICATED") }), 3],
  ["missing evidence", answer({ status: 503, errors: failing("EVIDENCE_UNAVAILABLE") }), 6],
  ["a question that does not fit the schema", answer({ status: 422, errors: failing("GRAPHQL_VALIDATION_FAILED") }), 1],
  ["data that are null", answer({ data: null, errors: failing("INTERNAL_SERVER_ERROR") }), 1],
])("exits for %s with its documented code", (_name, given, code) => {
  expect(exitOf(given)).toBe(code);
});

test("prints a path the same whether it came as list or as text", () => {
  expect(pathOf({ path: ["a", "0", "b"], reasonClass: "RESTRICTED", contact: null, requestable: false })).toBe("a.0.b");
  expect(pathOf({ path: "a.0.b", reasonClass: "RESTRICTED", contact: null, requestable: false })).toBe("a.0.b");
});

test("sends every narrowing as its own header and nothing that was not asked for", async () => {
  let seen: http.IncomingHttpHeaders = {};
  const server = http.createServer((request, response) => { seen = request.headers; request.resume(); response.end("{\"data\":null}"); });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  await ask(url, "TOKEN", { query: "{ __typename }" }, { purpose: "ANALYSIS", releaseTo: "USA,AUS" });
  expect(seen).toMatchObject({ authorization: "Bearer TOKEN", "kanmon-purpose": "ANALYSIS", "kanmon-release-to": "USA,AUS" });
  expect(Object.keys(seen).filter((name) => name.startsWith("kanmon-")).sort()).toEqual(["kanmon-purpose", "kanmon-release-to"]);
  server.close();
  server.closeAllConnections();
});

test("says plainly that nothing answers there, and that an answer is not JSON", async () => {
  await expect(ask("http://127.0.0.1:9/graphql", undefined, { query: "{ a }" })).rejects.toThrow(/Cannot reach http:\/\/127\.0\.0\.1:9/);
  const server = http.createServer((_request, response) => { response.end("<html>"); });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  await expect(ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, undefined, { query: "{ a }" })).rejects.toThrow(CommandFailure);
  server.close();
  server.closeAllConnections();
});
