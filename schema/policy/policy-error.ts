/** A policy, members, agreements or clients file that cannot be in force (SPEC 1.9). Thrown at loading only, never at a decision. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";

  /** `path` is the JSON path of the mistake, `agreements.agreements[3].in[0].level`. */
  constructor(readonly path: string, readonly problem: string) {
    super(`${path}: ${problem}`);
  }
}
