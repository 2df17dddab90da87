import fs from "node:fs";
import path from "node:path";
import { EXIT } from "../../../gateway/cli/exit";
import { MATTER_QUERY } from "../../../gateway/cli/question";
import { ERRORS } from "../../../gateway/errors";

const ROOT = path.join(__dirname, "../../..");
const readme = fs.readFileSync(path.join(ROOT, "README.md"), "utf8");
const sectionOf = (heading: string): string => new RegExp(`^## ${heading}\\n([^]*?)(?=^## )`, "m").exec(readme)?.[1] ?? "";

test("shows the question of page and demo", () => {
  expect(/^```graphql\n([^]*?)\n```$/m.exec(readme)?.[1]).toBe(MATTER_QUERY);
});

test("shows the client of a ministry's system as the story runs it, in forty lines", () => {
  const client = fs.readFileSync(path.join(ROOT, "test/stories/machine-client.mjs"), "utf8");
  expect(/^```js\n([^]*?)^```$/m.exec(readme)?.[1]).toBe(client);
  expect(client.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
});

test("lists every error code with the status and the message that clients get", () => {
  const rows = [...sectionOf("Error codes").matchAll(/^\| `(\w+)` \| (\d+) \| (.*) \|$/gm)].map(([, code = "", status, message]) => [code, { status: Number(status), message }]);
  expect(Object.fromEntries(rows)).toEqual(ERRORS);
});

test("links each of the twelve guarantees to tests", () => {
  const rows = [...sectionOf("What is guaranteed").matchAll(/^\| (G\d+) \| [^|]+ \| ([^|]+) \|$/gm)];
  expect(rows.map(([, name]) => name)).toEqual(Array.from({ length: 12 }, (_, at) => `G${at + 1}`));
  for (const [, name, links = ""] of rows) {
    const files = [...links.matchAll(/\[[^\]]+\]\(([^)]+)\)/g)].map(([, file = ""]) => file);
    expect([name, files.length > 0, files.filter((file) => !file.endsWith(".test.ts") || !fs.existsSync(path.join(ROOT, file)))]).toEqual([name, true, []]);
  }
});

test("documents every exit code", () => {
  const text = sectionOf("Commands");
  for (const code of Object.values(EXIT)) expect(text).toMatch(new RegExp(`[ (]${code} \\w`));
});

test("says in its first sections what it promises, what it is not, and that everything is an exercise", () => {
  expect(readme.indexOf("## What it is not")).toBeLessThan(readme.indexOf("## Start in 90 seconds"));
  expect(readme.slice(0, readme.indexOf("## What it is not"))).toMatch(/EXERCISE \u2013 FICTIONAL/);
  expect(sectionOf("Licences")).toBe("");
  expect(readme).toMatch(/## Licences[^]*Elastic License 2\.0[^]*government service/);
});
