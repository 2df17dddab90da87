/** The rules of the house: who may import whom, how long a file gets, where the environment is read, what the public names are, and that nothing generated is stale. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parse, validate } from "graphql";
import { makeProgram } from "../gateway/cli/program";
import { readDemoBundle, viewOf } from "../schema/compose";
import publicNames from "./cases/public-names.json";
import { build } from "./gateway/cli/command";

const ROOT = path.join(__dirname, "..");
const USUAL_LINES = 250;
const MOST_LINES = 400;

/** Files of the repository, as git knows or would take them. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" })
  .split("\n").filter((file) => file !== "" && fs.existsSync(path.join(ROOT, file)));
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), "utf8");
const sources = files.filter((file) => /^(schema|gateway|subgraphs|test)\/.*\.(ts|js)$/.test(file));
const product = sources.filter((file) => !file.startsWith("test/"));

interface Import { readonly from: string; readonly to: string }

/** Every module a file names: static and dynamic imports, re-exports, require. Relative ones as paths from the root. */
function importsOf(file: string): readonly Import[] {
  const text = read(file).replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*|\brequire(?:\.resolve)?\(\s*)["']([^"'\n]+)["']/g)].map(([, name = ""]) => ({
    from: file, to: name.startsWith(".") ? path.posix.normalize(path.posix.join(path.posix.dirname(file), name)) : name,
  }));
}
const imports = sources.flatMap(importsOf);
const isUnder = (target: string, ...folders: readonly string[]): boolean => folders.some((folder) => target === folder || target.startsWith(`${folder}/`));
const isLocal = (target: string): boolean => isUnder(target, "schema", "gateway", "subgraphs", "test");

/** Imports that leave what a folder may use. */
function strays(folder: string, mayUse: (target: string) => boolean): readonly string[] {
  return imports.filter(({ from, to }) => isUnder(from, folder) && !isUnder(to, folder) && !mayUse(to)).map(({ from, to }) => `${from} -> ${to}`);
}

describe("imports", () => {
  test("are found at all, in every part", () => {
    for (const part of ["schema/label", "schema/policy", "schema/signed", "schema/snapshot", "schema/exchange", "schema/compose", "gateway", "subgraphs", "test"]) expect(imports.some(({ from }) => isUnder(from, part))).toBe(true);
  });
  test("schema/label imports nothing, not even node", () => {
    expect(strays("schema/label", () => false)).toEqual([]);
  });
  test("schema/policy imports the labels and node:crypto", () => {
    expect(strays("schema/policy", (to) => ["schema/label", "node:crypto"].includes(to))).toEqual([]);
  });
  test("schema/signed imports jose and node:crypto", () => {
    expect(strays("schema/signed", (to) => to === "node:crypto" || isUnder(to, "jose"))).toEqual([]);
  });
  test("schema/snapshot imports labels, policy, signed documents and what reads and hashes a file", () => {
    expect(strays("schema/snapshot", (to) => ["schema/label", "schema/policy", "schema/signed", "node:crypto", "node:fs", "node:path"].includes(to))).toEqual([]);
  });
  test("schema/exchange imports labels, policy and the XML parser, which nothing else imports", () => {
    expect(strays("schema/exchange", (to) => ["schema/label", "schema/policy", "saxes"].includes(to))).toEqual([]);
    expect(imports.filter(({ from, to }) => to === "saxes" && !isUnder(from, "schema/exchange"))).toEqual([]);
  });
  test("schema/compose imports labels, policy, graphql, Apollo's composition and what reads and hashes a file", () => {
    const packages = ["graphql", "@apollo/composition", "@apollo/federation-internals", "node:crypto", "node:fs", "node:path"];
    expect(strays("schema/compose", (to) => ["schema/label", "schema/policy", ...packages].includes(to))).toEqual([]);
  });
  test("the gateway and the ministries never import each other; only the commands start ministries", () => {
    expect(strays("subgraphs", (to) => !isLocal(to) || isUnder(to, "schema"))).toEqual([]);
    expect(imports.filter(({ from, to }) => isUnder(from, "gateway") && !isUnder(from, "gateway/cli") && isUnder(to, "subgraphs"))).toEqual([]);
  });
  test("nothing outside test imports test", () => {
    expect(imports.filter(({ from, to }) => !from.startsWith("test/") && isUnder(to, "test"))).toEqual([]);
  });
  test("the parts of schema are imported by their index from outside", () => {
    const deep = imports.filter(({ from, to }) => !from.startsWith("test/") && /^schema\/(label|policy|signed|snapshot|exchange|compose)\/./.test(to)
      && !to.endsWith(".json") && !isUnder(from, to.split("/").slice(0, 2).join("/")));
    expect(deep).toEqual([]);
  });
  test("name only installed packages of package.json, never a registry's newest", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string>; devDependencies: Record<string, string> };
    const nameOf = (to: string): string => to.split("/").slice(0, to.startsWith("@") ? 2 : 1).join("/");
    const outside = imports.filter(({ to }) => !isLocal(to) && !to.startsWith("node:") && !to.startsWith(".") && !to.includes("package.json"));
    expect(outside.filter(({ from, to }) => !Object.hasOwn(from.startsWith("test/") ? { ...dependencies, ...devDependencies } : dependencies, nameOf(to)) && !isNodeBuiltin(to))).toEqual([]);
    for (const version of Object.values({ ...dependencies, ...devDependencies })) expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });
});

function isNodeBuiltin(name: string): boolean {
  return (process.getBuiltinModule("node:module")).builtinModules.includes(name);
}

describe("files", () => {
  test(`have at most ${MOST_LINES} lines`, () => {
    const long = sources.map((file) => ({ file, lines: read(file).split("\n").length - 1 }));
    expect(long.length).toBeGreaterThan(50);
    expect(long.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
    const unusual = long.filter(({ lines }) => lines > USUAL_LINES);
    expect(unusual.length).toBeLessThanOrEqual(Math.ceil(long.length / 20));
  });
  test("are not named after nothing in particular", () => {
    expect(sources.filter((file) => /(^|\/)(utils?|types|common|helpers?|misc)(\.ts|\/)/.test(file))).toEqual([]);
  });
  test("are ASCII where they are source; Japanese text is data", () => {
    // eslint-disable-next-line no-control-regex
    expect(sources.filter((file) => /[^\x00-\x7f]/.test(read(file)))).toEqual([]);
  });
  test("read the environment in one place", () => {
    const code = (file: string): string => read(file).replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    const readers = product.filter((file) => /\bprocess\s*(\?\.|\.)\s*env\b|process\[["']env["']\]|\benv\b[^;\n]*from\s+["'](node:)?process["']/.test(code(file)));
    expect(readers).toEqual(["gateway/config.ts"]);
  });
  test("name no machine and no registry", () => {
    const machine = new RegExp(`/(${["wor" + "k", "ro" + "ot", "home/\\w+", "Users/\\w+"].join("|")})/`);
    const scratch = new RegExp(`/tm${"p"}/`);
    const text = files.filter((file) => !/\.(png|ico|woff2?)$/.test(file));
    expect(text.filter((file) => machine.test(read(file)))).toEqual([]);
    expect(text.filter((file) => !file.startsWith("test/") && scratch.test(read(file)))).toEqual([]);
    expect(read("package-lock.json")).not.toMatch(/"resolved": "http/);
    expect(fs.existsSync(path.join(ROOT, ".npmrc")) ? read(".npmrc") : "").not.toMatch(/registry\s*=/);
  });
  test("hold no test that is switched off or alone", () => {
    const off = new RegExp(`\\b(x(it|test|describe)|f(it|describe)|(it|test|describe)\\.(s${"kip"}|o${"nly"}|t${"odo"}))\\(`);
    expect(sources.filter((file) => off.test(read(file)))).toEqual([]);
  });
});

test("one copy of graphql is installed", () => {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === ".bin" || entry.name === ".cache") continue;
      const at = path.join(folder, entry.name);
      if (entry.name.startsWith("@")) walk(at);
      else if (entry.name === "graphql" && path.basename(folder) === "node_modules") found.push(path.relative(ROOT, at));
      if (fs.existsSync(path.join(at, "node_modules"))) walk(path.join(at, "node_modules"));
    }
  };
  walk(path.join(ROOT, "node_modules"));
  expect(found).toEqual([path.join("node_modules", "graphql")]);
});

describe("the public names", () => {
  /** Names in `export {...}` and `export type {...}` of an index file, as they are called outside. */
  const namesOf = (file: string): readonly string[] => [...read(file).matchAll(/export\s+(?:type\s+)?\{([^}]*)\}/g)]
    .flatMap(([, list = ""]) => list.split(",")).map((entry) => entry.trim().replace(/^type\s+/, "").replace(/^.*\s+as\s+/, "")).filter((name) => name !== "").sort();

  test.each(Object.keys(publicNames))("of %s are those that were agreed", (folder) => {
    expect(read(`${folder}/index.ts`)).not.toMatch(/export\s+\*/);
    expect(namesOf(`${folder}/index.ts`)).toEqual(publicNames[folder as keyof typeof publicNames]);
  });
});

describe("README", () => {
  /** Fenced blocks with their language and marks: ```graphql is validated, ```json is parsed, ```sh test is run. */
  const blocks = fs.existsSync(path.join(ROOT, "README.md"))
    ? [...read("README.md").matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, info = "", body = ""]) => ({ info: info.trim(), body })) : [];
  const withInfo = (info: string): readonly string[] => blocks.filter((block) => block.info === info).map(({ body }) => body);

  test("shows questions that the demo's graph accepts", () => {
    const questions = withInfo("graphql");
    expect(questions.length).toBeGreaterThan(0);
    const schema = viewOf(readDemoBundle(), () => true);
    for (const question of questions) expect(validate(schema, parse(question))).toEqual([]);
  });
  test("shows JSON that is JSON", () => {
    for (const json of withInfo("json")) expect(() => { JSON.parse(json); }).not.toThrow();
  });
  test("shows commands that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const commands = makeProgram(() => undefined).commands.map((command) => command.name());
    const text = blocks.map(({ body }) => body).join("\n");
    // `kanmon gateway | ministry NAME | issuer      what they do`
    const lines = text.split("\n").flatMap((line) => /^(?:npx )?kanmon (.*)$/.exec(line)?.[1]?.split(/ {3,}/)[0] ?? []);
    const shown = lines.flatMap((line) => line.split(" | ").flatMap((part) => /^[a-z]+(-[a-z]+)*/.exec(part)?.[0] ?? []));
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.filter((name) => !commands.includes(name))).toEqual([]);
    expect(commands.filter((name) => !shown.includes(name))).toEqual([]);
    const builtIn = ["ci", "install", "start", "test", "run"];
    const run = [...text.matchAll(/\bnpm (?:run )?(\w[\w-]*(?::[\w-]+)*)/g)].map(([, script = ""]) => script);
    expect(run.filter((script) => !builtIn.includes(script) && !Object.hasOwn(scripts, script))).toEqual([]);
  });
  test("shows shell blocks that run", () => {
    const runnable = withInfo("sh test");
    if (runnable.length > 0) build();
    for (const script of runnable) expect(() => execFileSync("bash", ["-euo", "pipefail", "-c", script], { cwd: ROOT, stdio: "pipe", timeout: 240_000 })).not.toThrow();
  }, 300_000);
  test("links to files that exist", () => {
    const links = blocks.length === 0 ? [] : [...read("README.md").matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target = ""]) => target);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((target) => !fs.existsSync(path.join(ROOT, target)))).toEqual([]);
  });
  test("lists every error code and no other", () => {
    const codes = [...read("gateway/errors.ts").matchAll(/^ {2}([A-Z0-9_]+): \{ status: \d+/gm)].map(([, code = ""]) => code).sort();
    const section = /^#+ Error codes[^\n]*\n([\s\S]*?)(?=^#+ )/im.exec(blocks.length === 0 ? "" : read("README.md"))?.[1] ?? "";
    const listed = [...section.matchAll(/^\|\s*`([A-Z0-9_]+)`/gm)].map(([, code = ""]) => code).sort();
    expect(codes.length).toBeGreaterThan(10);
    expect(listed).toEqual(codes);
  });
});
