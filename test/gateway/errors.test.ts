import { GraphQLError } from "graphql";
import { codeOf, ERRORS, errorAt, Refused, statusOf, toClientError } from "../../gateway/errors";

describe("errors", () => {
  it("say nothing but their code, whatever was thrown [B-85] [B-86] [B-88] [B-90]", () => {
    const secret = "row 42 label TOP SECRET denied for user bob";
    const thrown: unknown[] = [
      new Error(secret), new TypeError(secret), secret, null, undefined, { message: secret },
      new Refused("MINISTRY_UNAVAILABLE", secret, { cause: new Error(secret) }),
      new GraphQLError(secret, { extensions: { code: "DOWNSTREAM_SERVICE_ERROR", sql: secret, stacktrace: [secret], serviceName: "defense", response: { url: secret } } }),
      new GraphQLError(secret, { originalError: new Error(secret) }),
      new GraphQLError(secret, { extensions: { code: "MINISTRY_REFUSED", label: secret, missingScopes: [secret] } }),
    ];
    for (const each of thrown) {
      const error = toClientError(each);
      expect(JSON.stringify(error)).not.toContain("row 42");
      expect(Object.keys(error.extensions ?? {})).toEqual(["code"]);
      expect(error.message).toBe(ERRORS[codeOf(each)].message);
    }
  });

  it("keep graphql-js's words about the client's own document, without suggestions [B-77]", () => {
    const error = new GraphQLError('Field "agentI" is not defined by type "Filter". Did you mean "agentId"?', { extensions: { code: "BAD_USER_INPUT" } });
    expect(toClientError(error).message).toBe('Field "agentI" is not defined by type "Filter".');
  });

  it("keep the place in the answer and drop everything else", () => {
    expect(toClientError(errorAt("MINISTRY_UNAVAILABLE", ["a", 0, "b"]))).toEqual({ message: "A ministry did not answer.", path: ["a", 0, "b"], extensions: { code: "MINISTRY_UNAVAILABLE" } });
  });

  it("do not take a code that is on nobody's list, or on the object's prototype", () => {
    for (const code of ["toString", "constructor", "__proto__", "FORBIDDEN"]) expect(codeOf(new GraphQLError("x", { extensions: { code } }))).toBe("INTERNAL_SERVER_ERROR");
  });

  it("answer a refused document with 200 in the legacy media type only", () => {
    expect(statusOf("GRAPHQL_VALIDATION_FAILED", true)).toBe(200);
    expect(statusOf("GRAPHQL_VALIDATION_FAILED", false)).toBe(400);
    expect(statusOf("UNAUTHENTICATED", true)).toBe(401);
    expect(statusOf("EVIDENCE_UNAVAILABLE", true)).toBe(503);
  });
});
