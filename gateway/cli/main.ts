#!/usr/bin/env node
/**
 * The `kanmon` command. Finds the command, runs it, and turns whatever it throws into a message on standard error and a documented exit code.
 * Each command lives in a file of its own and is loaded only when it is called.
 */
import { ConfigError } from "../config";
import { CommandFailure, EXIT, type ExitCode } from "./exit";
import { makeProgram } from "./program";
import { LANGS, localLang, tell, textOf, type Lang } from "./say";

/** Runs one command line. Gives the exit code. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = makeProgram((result) => { code = result; });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return explain(error, langOf(argv));
  }
}

/** As the command line says, however wrong the rest of it is; else the terminal's. */
function langOf(argv: readonly string[]): Lang {
  const given = argv.flatMap((argument, at) => (argument.startsWith("--lang=") ? [argument.slice("--lang=".length)] : argument === "--lang" ? [argv[at + 1]] : []));
  return LANGS.find((lang) => lang === given.at(-1)) ?? localLang();
}

function explain(error: unknown, lang: Lang): ExitCode {
  if (error instanceof CommandFailure) { tell(`kanmon: ${error.in(lang)}`); return error.exitCode; }
  if (error instanceof ConfigError) { tell(`kanmon: ${textOf(lang, "configurationRefused", { problems: error.in(lang).map((problem) => `  - ${problem}`).join("\n") })}`); return EXIT.configuration; }
  const { code, exitCode } = error as { code?: string; exitCode?: number };
  // Commander has already printed its own complaint, in English, or the help that was asked for.
  if (code?.startsWith("commander.") === true) {
    if (exitCode === 0) return EXIT.ok;
    if (lang !== "en") tell(`kanmon: ${textOf(lang, "wrongUsage", { code })}`);
    return EXIT.usage;
  }
  tell(`kanmon: ${textOf(lang, "unexpected", { why: error instanceof Error ? error.message : String(error) })}`);
  return EXIT.failure;
}

if (require.main === module) {
  void run(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
    // The channel to a parent would keep a process alive that has nothing left to do.
    if (process.connected) process.disconnect();
  });
}
