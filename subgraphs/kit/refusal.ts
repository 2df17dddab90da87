/** What a ministry says when it refuses: a code of a closed list and a fixed text, never a word about data, SQL or other people. */
import { GraphQLError } from "graphql";

export const REFUSALS = {
  REFUSED_ROLE: "You have no authority to do this.",
  REFUSED_STATE: "This is not possible as things stand.",
  REFUSED_STALE: "It has changed since it was read.",
  REFUSED_FOUR_EYES: "Another person has to do this.",
  REFUSED_LABEL: "The label breaks a rule of labels.",
  REFUSED_LIMIT: "The law or the policy in force sets a limit that this exceeds.",
  REFUSED_KEY: "The key was used for another request.",
  BAD_USER_INPUT: "An argument is not valid.",
  GRAPHQL_PARSE_FAILED: "The document cannot be read.",
  GRAPHQL_VALIDATION_FAILED: "The document is not valid.",
  OPERATION_RESOLUTION_FAILURE: "There is no such operation.",
  INTERNAL_SERVER_ERROR: "The ministry cannot answer.",
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** A refusal that a resolver may throw. */
export class Refusal extends Error {
  constructor(readonly code: RefusalCode) {
    super(REFUSALS[code]);
  }
}

/** The one place where anything thrown becomes an error of the answer. */
export function describeError(error: unknown): { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions: { readonly code: RefusalCode } } {
  const original = error instanceof GraphQLError ? error.originalError : error;
  const path = error instanceof GraphQLError ? error.path : undefined;
  const code = original instanceof Refusal ? original.code : blame(error);
  return { message: REFUSALS[code], ...(path === undefined ? {} : { path }), extensions: { code } };
}

/** What the executor finds wrong before it executes anything has no path: variables that do not fit. */
function blame(error: unknown): RefusalCode {
  return error instanceof GraphQLError && error.path === undefined ? "BAD_USER_INPUT" : "INTERNAL_SERVER_ERROR";
}
