/** Documents between ministries: one issuer, one audience, one use; everything else opens to nothing. */
import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type JsonWebKey } from "node:crypto";
import { CompactEncrypt } from "jose/jwe/compact/encrypt";
import { SignJWT } from "jose/jwt/sign";
import { documentKey } from "../../../subgraphs/kit/document-key";
import type { MinistryKeys } from "../../../subgraphs/kit/registry";
import { sealsOf } from "../../../subgraphs/kit/seals";
import { makeKnown, sealsFor } from "../../support/sealed-results";
import { makeKeys } from "../../support/postgres";

const NAMES = ["cabinet-office", "economy", "defense"] as const;
const known = makeKnown(NAMES);
const { "cabinet-office": office, economy, defense } = sealsFor(NAMES, known) as Readonly<Record<(typeof NAMES)[number], ReturnType<typeof sealsOf>>>;
const agreeOf = (name: string): JsonWebKey => known.keys[name]?.agree ?? {};

/** The key that the evaluating ministry shares with the Cabinet Office, as its own software has it. */
function sharedKey(): Uint8Array {
  const { d: _d, ...publicHalf } = agreeOf("cabinet-office");
  const secret = diffieHellman({ privateKey: createPrivateKey({ key: agreeOf("economy"), format: "jwk" }), publicKey: createPublicKey({ key: publicHalf, format: "jwk" }) });
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(), "kanmon-document-v2|cabinet-office|economy", 32));
}
const enclose = (text: string, typ = "kanmon-document+jwe"): Promise<string> => new CompactEncrypt(Buffer.from(text)).setProtectedHeader({ alg: "dir", enc: "A256GCM", typ, cty: "kanmon-document+jwt" }).encrypt(sharedKey());
const signed = (audience = "economy", issuer = "cabinet-office"): SignJWT => new SignJWT({ level: 4 }).setProtectedHeader({ alg: "EdDSA", typ: "kanmon-document+jwt" }).setIssuer(issuer).setAudience(audience);

test("opens at the ministry for which it was sealed, with what was said and who said it", async () => {
  expect(await economy.open("cabinet-office", await office.seal("economy", { level: 3 }))).toEqual({ level: 3, iss: "cabinet-office", aud: "economy" });
});

test("opens nowhere else, and as nobody else's: another audience, another issuer, one's own turned round [B-122]", async () => {
  const sealed = await office.seal("economy", { level: 3 });
  expect([await defense.open("cabinet-office", sealed), await economy.open("defense", sealed), await office.open("economy", sealed), await office.open("cabinet-office", sealed)]).toEqual([undefined, undefined, undefined, undefined]);
  expect(await economy.open("cabinet-office", await defense.seal("economy", { level: 3 }))).toBeUndefined();
  expect(await economy.open("cabinet-office", await economy.seal("cabinet-office", { level: 3 }))).toBeUndefined();
});

test("the ministry that reads a result could not have written it: what it signs itself, or does not sign, opens to nothing although it has the key of the envelope [B-112]", async () => {
  const ofOffice = documentKey(agreeOf("cabinet-office"), "cabinet-office");
  // So it is done right; each of the others differs in one thing.
  expect(await economy.open("cabinet-office", await enclose(await signed().sign(ofOffice)))).toEqual({ level: 4, iss: "cabinet-office", aud: "economy" });
  const forged = [
    await signed().sign(documentKey(agreeOf("economy"), "economy")), await signed().sign(documentKey(agreeOf("economy"), "cabinet-office")), await signed().sign(generateKeyPairSync("ed25519").privateKey),
    await new SignJWT({ level: 4 }).setProtectedHeader({ alg: "HS256", typ: "kanmon-document+jwt" }).setIssuer("cabinet-office").setAudience("economy").sign(sharedKey()),
    `${Buffer.from(JSON.stringify({ alg: "none", typ: "kanmon-document+jwt" })).toString("base64url")}.${Buffer.from(JSON.stringify({ level: 4, iss: "cabinet-office", aud: "economy" })).toString("base64url")}.`,
    JSON.stringify({ level: 4, iss: "cabinet-office", aud: "economy" }), await signed("defense").sign(ofOffice), await signed("economy", "defense").sign(ofOffice),
  ];
  for (const text of forged) expect(await economy.open("cabinet-office", await enclose(text))).toBeUndefined();
  expect(await economy.open("cabinet-office", await enclose(await signed().sign(ofOffice), "kanmon-other+jwe"))).toBeUndefined();
});

test("nobody who carries it reads it, and what is not in an envelope, was changed or is far too long opens to nothing [B-112]", async () => {
  const sealed = await office.seal("economy", { subject: "vetted-person", level: 2 });
  for (const part of sealed.split(".")) expect(Buffer.from(part, "base64url").toString("latin1")).not.toContain("vetted-person");
  const bare = await signed().sign(documentKey(agreeOf("cabinet-office"), "cabinet-office"));
  const changed = `${sealed.slice(0, -4)}${sealed.endsWith("AAAA") ? "BBBB" : "AAAA"}`;
  for (const text of [bare, changed, sealed.slice(0, -1), "", "x".repeat(9_000)]) expect(await economy.open("cabinet-office", text)).toBeUndefined();
});

test("of an issuer whose signing key the registry does not have nothing opens; one of another kind refuses the start", async () => {
  const without = (sign: JsonWebKey | undefined) => ({ gateways: [], ministries: (known.registry.ministries ?? []).map(({ sign: _sign, ...entry }) => (sign === undefined ? entry : { ...entry, sign })) });
  const sealed = await office.seal("economy", {});
  expect(await sealsOf(without(undefined), "economy", { agree: agreeOf("economy") }).open("cabinet-office", sealed)).toBeUndefined();
  expect(() => sealsOf(without(generateKeyPairSync("x25519").publicKey.export({ format: "jwk" })), "economy", { agree: agreeOf("economy") })).toThrow("not Ed25519");
});

test("the signing key of a ministry is its own and of this use, the same at every start", () => {
  const text = (agree: JsonWebKey, name: string): string => JSON.stringify(documentKey(agree, name).export({ format: "jwk" }));
  expect(text(agreeOf("economy"), "economy")).toBe(text(agreeOf("economy"), "economy"));
  expect(new Set([text(agreeOf("economy"), "economy"), text(agreeOf("economy"), "defense"), text(agreeOf("defense"), "defense"), JSON.stringify(agreeOf("economy"))]).size).toBe(4);
  expect(() => documentKey(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }), "economy")).toThrow("not X25519");
});

test("with a registry that names no ministries nothing is sealed and nothing opens", async () => {
  const keys = makeKeys(["economy"]);
  const alone = sealsOf({ gateways: keys.registry.gateways }, "economy", keys.ministries["economy"] as MinistryKeys);
  expect(await alone.open("cabinet-office", await office.seal("economy", {}))).toBeUndefined();
  await expect(alone.seal("cabinet-office", {})).rejects.toThrow("not in the registry");
});
