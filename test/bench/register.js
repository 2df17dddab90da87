/**
 * Lets `node --require` load the TypeScript below test/: each file is compiled once by @swc/core with the settings jest uses, and kept under
 * node_modules/.cache by the hash of its text, so that a measured process neither loads the compiler nor pays for it.
 */
"use strict";
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join, resolve } = require("node:path");

const CACHE = resolve(__dirname, "../../node_modules/.cache/kanmon-register");
const OPTIONS = {
  swcrc: false, sourceMaps: "inline", module: { type: "commonjs" },
  jsc: {
    target: "es2022", keepClassNames: true, parser: { syntax: "typescript", decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

// Extensions are tried in this order; `./policy` means policy.ts where policy.json lies beside it, as it does for the compiler.
const { ".js": js, ...others } = Module._extensions;
for (const extension of Object.keys(others)) delete Module._extensions[extension];
Object.assign(Module._extensions, { ".js": js, ".ts": (module, filename) => module._compile(compile(filename), filename), ...others });

function compile(filename) {
  const source = readFileSync(filename, "utf8");
  const kept = join(CACHE, `${createHash("sha256").update(filename).update(source).update(JSON.stringify(OPTIONS)).digest("hex")}.js`);
  try { return readFileSync(kept, "utf8"); } catch { /* first sight of this text */ }
  const { code } = require("@swc/core").transformSync(source, { ...OPTIONS, filename });
  mkdirSync(CACHE, { recursive: true });
  const part = `${kept}.${process.pid}`;
  writeFileSync(part, code);
  renameSync(part, kept);
  return code;
}
