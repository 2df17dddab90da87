/**
 * A token for a machine that shows with its own key who it is (RFC 7523, private_key_jwt): an assertion for one issuer, for half a minute and one use. Takes the machine's id, its private key and the issuer; refuses where
 * the issuer gives none.
 */
import { randomUUID } from "node:crypto";
import type { JWK } from "jose";
import { SignJWT } from "jose/jwt/sign";
import { importJWK } from "jose/key/import";
import { CommandFailure, EXIT } from "./exit";
import { reach } from "./ask";

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const LIFE_S = 30;

export interface Machine { readonly id: string; readonly key: unknown }

/** @throws CommandFailure */
export async function fetchMachineToken(issuerUrl: string, { id, key }: Machine): Promise<string> {
  const jwk = key as JWK;
  const assertion = await new SignJWT({}).setProtectedHeader({ alg: "EdDSA", typ: "client-authentication+jwt", kid: jwk.kid }).setIssuer(id).setSubject(id).setAudience(issuerUrl)
    .setIssuedAt().setExpirationTime(`${LIFE_S}s`).setJti(randomUUID()).sign(await importKey(jwk));
  const body = new URLSearchParams({ grant_type: "client_credentials", client_assertion_type: TYPE, client_assertion: assertion });
  const response = await reach(`${issuerUrl}/token`, { method: "POST", body });
  const answer = await response.json().catch(() => ({})) as { readonly access_token?: unknown; readonly error?: unknown };
  if (typeof answer.access_token === "string") return answer.access_token;
  throw new CommandFailure(response.status === 401 ? EXIT.notAuthorised : EXIT.failure, ["issuerRefused", { reason: typeof answer.error === "string" ? answer.error : response.status }]);
}

async function importKey(jwk: JWK): ReturnType<typeof importJWK> {
  try { return await importJWK(jwk, "EdDSA"); } catch { throw new CommandFailure(EXIT.configuration, ["machineKeyUnusable"]); }
}
