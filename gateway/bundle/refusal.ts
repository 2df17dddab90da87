/** Why a bundle is refused, in closed words for metrics and health, and in a sentence for the operator's log. */
export const REFUSALS = ["unreadable", "signature", "format", "serial", "policy", "labels", "flows", "operations", "unfit", "member", "storage"] as const;
export type RefusalReason = (typeof REFUSALS)[number];

export class BundleError extends Error {
  override readonly name = "BundleError";
  constructor(readonly reason: RefusalReason, message: string, options?: ErrorOptions) { super(message, options); }
}

/** Runs one check; whatever it throws refuses the bundle for this reason. */
export function refuseAs<T>(reason: RefusalReason, check: () => T): T {
  try { return check(); } catch (error) { throw asRefusal(reason, error); }
}

/** An error as a refusal; one that already says why stays as it is. */
export function asRefusal(reason: RefusalReason, error: unknown): BundleError {
  return error instanceof BundleError ? error : new BundleError(reason, error instanceof Error ? error.message : String(error), { cause: error });
}
