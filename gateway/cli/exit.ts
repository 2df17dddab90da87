/**
 * Exit codes of every command, and the one error that carries them. Documented in README.md; scripts may rely on them.
 */
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

/** Ends a command with a message for people and a code for scripts. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  constructor(readonly exitCode: ExitCode, message: string) { super(message); }
}
