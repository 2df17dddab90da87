#!/usr/bin/env node
/**
 * The `kanmon` command. Finds the command, runs it, and turns whatever it throws into a message on standard error and a documented exit code.
 * Each command lives in a file of its own and is loaded only when it is called.
 */
import { CommandFailure, EXIT, type ExitCode } from "./exit";
import { makeProgram } from "./program";
import { tell } from "./say";

/** Runs one command line. Gives the exit code. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = makeProgram((result) => { code = result; });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): ExitCode {
  if (error instanceof CommandFailure) { tell(`kanmon: ${error.message}`); return error.exitCode; }
  if (error instanceof Error && error.name === "ConfigError") { tell(`kanmon: ${error.message}`); return EXIT.configuration; }
  const { code, exitCode } = error as { code?: string; exitCode?: number };
  // Commander has already printed its own complaint, or the help that was asked for.
  if (code?.startsWith("commander.") === true) return exitCode === 0 ? EXIT.ok : EXIT.usage;
  tell(`kanmon: ${error instanceof Error ? error.message : String(error)}`);
  return EXIT.failure;
}

if (require.main === module) {
  void run(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
    // The channel to a parent would keep a process alive that has nothing left to do.
    if (process.connected) process.disconnect();
  });
}
