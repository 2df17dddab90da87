import fs from "node:fs";
import { runCompose } from "../../../gateway/cli/commands/compose";
import type { Job } from "../../../gateway/cli/commands/check-work";
import { EXIT } from "../../../gateway/cli/exit";
import { schemaFile } from "../../../gateway/cli/root";
import { ministries } from "../../../subgraphs";

const said: string[] = [];
let spies: readonly jest.SpyInstance[] = [];
beforeEach(() => {
  said.length = 0;
  spies = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, "write").mockImplementation((text) => { said.push(String(text)); return true; }));
});
afterEach(() => { for (const spy of spies) spy.mockRestore(); });

test("a composition that reached a limit is a failure in words, and nothing is written", async () => {
  const before = fs.readFileSync(schemaFile("supergraph.graphql"), "utf8");
  let job: Job | undefined;
  const exit = await runCompose({ check: false, json: false }, (given) => { job = given; return Promise.resolve({ kind: "stopped", said: ["compositionTooLong", { seconds: 20 }] }); });
  expect([exit, fs.readFileSync(schemaFile("supergraph.graphql"), "utf8") === before]).toEqual([EXIT.failure, true]);
  expect(said.join("")).toContain("20");
  expect([job?.isDemo, job?.sources.map(({ name }) => name)]).toEqual([true, Object.keys(ministries)]);
});

test("what a rule objects to is told, and nothing is written", async () => {
  const exit = await runCompose({ check: false, json: true }, () => Promise.resolve({ kind: "refused", findings: [] }));
  expect([exit, JSON.parse(said.join(""))]).toEqual([EXIT.failure, { findings: [] }]);
});
