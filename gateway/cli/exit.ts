/**
 * Exit codes of every command, and the one error that carries them. Documented in README.md; scripts may rely on them. What such an error says to people is named, not
 * written: its texts are in data/failures.json, in both languages.
 */
import { textOf, type Lang, type Values, type Word } from "./say";

export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notAuthorised: 3,
  /** Answered, but something in the answer was withheld. */
  partial: 4,
  verificationFailed: 5,
  evidenceUnavailable: 6,
  configuration: 7,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One sentence by its name, with what it is about. */
export type Said = readonly [word: Word, values?: Values];

/** Ends a command with a message for people and a code for scripts. `message` is the English one. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly #said: readonly Said[];
  constructor(readonly exitCode: ExitCode, ...said: readonly Said[]) {
    super(tellAll(said, "en"));
    this.#said = said;
  }

  /** The message in a language. */
  in(lang: Lang): string { return tellAll(this.#said, lang); }
}

function tellAll(said: readonly Said[], lang: Lang): string {
  return said.map(([word, values]) => textOf(lang, word, values)).join("\n  ");
}
