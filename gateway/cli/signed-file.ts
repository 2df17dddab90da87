/** Files of signed documents as commands read and write them: keys, lists of signers, texts. Whatever is wrong with one ends the command with the code for configuration and names it. */
import fs from "node:fs";
import { readSigners, SignedError, type Signers, type SigningKey } from "../../schema/signed";
import { CommandFailure, EXIT } from "./exit";
import { writePrivate } from "./home";
import { print } from "./say";

export function readText(file: string): string {
  try { return fs.readFileSync(file, "utf8"); } catch { throw new CommandFailure(EXIT.configuration, ["cannotRead", { file }]); }
}

/** A private JWK, or one with its owner's name as `kanmon bundle key`, `kanmon keys` and `kanmon start` keep them. */
export function readKey(file: string): SigningKey {
  return reading(file, () => {
    const kept = JSON.parse(readText(file)) as { readonly key?: SigningKey } & SigningKey;
    return typeof kept.key === "object" ? kept.key : kept;
  });
}

export function readSignersFile(file: string): Signers { return reading(file, () => readSigners(JSON.parse(readText(file)))); }

/** Runs what reads a file. */
export function reading<T>(file: string, read: () => T): T {
  try { return read(); } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(EXIT.configuration, ["optionRefused", { option: file, why: error instanceof Error ? error.message : String(error) }]);
  }
}

/** Runs what signs. */
export async function signing(sign: () => Promise<string>): Promise<string> {
  try { return await sign(); } catch (error) {
    if (error instanceof SignedError) throw new CommandFailure(EXIT.configuration, ["optionRefused", { option: "--key", why: error.message }]);
    throw error;
  }
}

/** Without an output file, on standard output; a file is replaced whole, so that whoever follows it never reads half. */
export function putText(out: string | undefined, text: string): void {
  if (out === undefined) print(text.trimEnd());
  else reading(out, () => { writePrivate(out, text); });
}
