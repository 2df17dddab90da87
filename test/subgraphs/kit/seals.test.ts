/** Documents between ministries: one issuer, one audience, one use; everything else opens to nothing. */
import { SignJWT } from "jose/jwt/sign";
import type { MinistryKeys } from "../../../subgraphs/kit/registry";
import { sealsOf } from "../../../subgraphs/kit/seals";
import { sealsFor } from "../../support/sealed-results";
import { makeKeys } from "../../support/postgres";

const { "cabinet-office": office, economy, defense } = sealsFor(["cabinet-office", "economy", "defense"]) as Readonly<Record<"cabinet-office" | "economy" | "defense", ReturnType<typeof sealsOf>>>;

test("opens at the ministry for which it was sealed, with what was said and who said it", async () => {
  expect(await economy.open("cabinet-office", await office.seal("economy", { level: 3 }))).toEqual({ level: 3, iss: "cabinet-office", aud: "economy" });
});

test("opens nowhere else, and as nobody else's: another audience, another issuer, one's own turned round [B-122]", async () => {
  const sealed = await office.seal("economy", { level: 3 });
  expect([await defense.open("cabinet-office", sealed), await economy.open("defense", sealed), await office.open("economy", sealed), await office.open("cabinet-office", sealed)]).toEqual([undefined, undefined, undefined, undefined]);
  expect(await economy.open("cabinet-office", await defense.seal("economy", { level: 3 }))).toBeUndefined();
  expect(await economy.open("cabinet-office", await economy.seal("cabinet-office", { level: 3 }))).toBeUndefined();
});

test("a changed claim, no signature, a key of one's own and what is far too long open to nothing [B-112]", async () => {
  const [header, claims, mac] = (await office.seal("economy", { level: 2 })).split(".") as [string, string, string];
  const other = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as object, level: 4 })).toString("base64url");
  const none = Buffer.from(JSON.stringify({ alg: "none", typ: "kanmon-document+jwt" })).toString("base64url");
  const own = await new SignJWT({ level: 4 }).setProtectedHeader({ alg: "HS256", typ: "kanmon-document+jwt" }).setIssuer("cabinet-office").setAudience("economy").sign(new Uint8Array(32));
  for (const text of [`${header}.${other}.${mac}`, `${none}.${claims}.`, own, "", "x".repeat(9_000), `${header}.${claims}`]) expect(await economy.open("cabinet-office", text)).toBeUndefined();
});

test("with a registry that names no ministries nothing is sealed and nothing opens", async () => {
  const keys = makeKeys(["economy"]);
  const alone = sealsOf({ gateways: keys.registry.gateways }, "economy", keys.ministries["economy"] as MinistryKeys);
  expect(await alone.open("cabinet-office", await office.seal("economy", {}))).toBeUndefined();
  await expect(alone.seal("cabinet-office", {})).rejects.toThrow("not in the registry");
});
