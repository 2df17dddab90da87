/** The signed text of a bundle (SPEC 5.18): what it takes for one to be believed. */
import { generateKeyPairSync } from "node:crypto";
import { type BundleContent, BUNDLE_TYPE, openBundle, signBundle } from "../../../gateway/bundle/document";
import type { BundleError } from "../../../gateway/bundle/refusal";
import { readSigners, signDocument } from "../../../schema/signed";
import { makeReleaseKey, type ReleaseKey, signed, signersOf } from "../../support/signed-bundle";

const content: BundleContent = { supergraph: "schema { query: Query }", labels: { types: {} }, flows: [], operations: [], policies: ["P-1"] };
const issued = { serial: 7, issuedAt: "2026-11-01T03:00:00.000Z" };
const [release, second, stranger] = [makeReleaseKey("release"), makeReleaseKey("second"), makeReleaseKey("stranger")];
const trust = { signers: readSigners(signersOf([release, second])), needed: 1 };
const outcomeOf = (text: string, needed = 1): Promise<string> => openBundle(text, { ...trust, needed }).then(({ by }) => by.join(), (error: unknown) => (error as BundleError).reason);
const payloadOf = (text: string): Record<string, unknown> => JSON.parse(Buffer.from((JSON.parse(text) as { payload: string }).payload, "base64url").toString()) as Record<string, unknown>;
const withPayload = (text: string, payload: unknown): string => JSON.stringify({ ...(JSON.parse(text) as object), payload: Buffer.from(JSON.stringify(payload)).toString("base64url") });
const sign = (payload: unknown, keys: readonly ReleaseKey[] = [release], typ = BUNDLE_TYPE): Promise<string> => signDocument(typ, payload, keys.map(({ key }) => key));

it("gives back what was signed, and by whom", async () => {
  const opened = await openBundle(await signed(content, [release], issued), trust);
  expect(opened).toMatchObject({ document: { ...content, ...issued, format: 2 }, by: ["release"] });
});

it("names the same content alike, whoever signed it, and another one otherwise", async () => {
  const digestOf = async (text: string): Promise<string> => (await openBundle(text, trust)).digest;
  const one = await digestOf(await signed(content, [release], issued));
  expect(await digestOf(await signed(content, [second, release], issued))).toBe(one);
  expect(await digestOf(await signed({ ...content, policies: ["P-2"] }, [release], issued))).not.toBe(one);
  expect(await digestOf(await signed(content, [release], { ...issued, serial: 8 }))).not.toBe(one);
});

it("refuses what is not signed by somebody on the list, as a bundle, and as it stands", async () => {
  const text = await signed(content, [release], issued);
  const payload = payloadOf(text);
  const forged = { ...release, key: { ...generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }), kid: "release" } };
  const refused = {
    "nothing": "", "not JSON": "{", "the supergraph itself": content.supergraph, "the bundle without a signature": JSON.stringify(payload), "no signature": await sign(payload, []),
    "a stranger": await sign(payload, [stranger]), "a stranger beside the release": await sign(payload, [release, stranger]), "another key under the same id": await sign(payload, [forged]),
    "another type": await sign(payload, [release], "kanmon-policy+jws"), "an altered supergraph": withPayload(text, { ...payload, supergraph: "schema { query: Other }" }),
    "an altered label table": withPayload(text, { ...payload, labels: {} }), "an altered serial": withPayload(text, { ...payload, serial: 8 }), "a bit more": `${text} x`,
  };
  expect(await Promise.all(Object.entries(refused).map(async ([what, each]) => [what, await outcomeOf(each)]))).toEqual(Object.keys(refused).map((what) => [what, "signature"]));
});

it("asks for as many persons as it is told to", async () => {
  expect([await outcomeOf(await signed(content, [release], issued), 2), await outcomeOf(await signed(content, [release, second], issued), 2)]).toEqual(["signature", "release,second"]);
});

it("refuses another format, whatever else is in it, and every member that is missing, too many or of another kind", async () => {
  const payload = payloadOf(await signed(content, [release], issued));
  const without = (name: string): unknown => Object.fromEntries(Object.entries(payload).filter(([key]) => key !== name));
  const bad: readonly unknown[] = [
    { ...payload, format: 1 }, { ...payload, format: "2" }, { format: 3, new: true }, without("format"), { ...payload, extra: 1 }, ...Object.keys(payload).map(without), null, [payload], "x",
    { ...payload, serial: 0 }, { ...payload, serial: 1.5 }, { ...payload, serial: "7" }, { ...payload, serial: Number.MAX_SAFE_INTEGER + 1 }, { ...payload, issuedAt: "yesterday" }, { ...payload, issuedAt: 5 },
    { ...payload, supergraph: {} }, { ...payload, policies: [] }, { ...payload, policies: "P-1" }, { ...payload, policies: [1] }, { ...payload, policies: [""] },
  ];
  for (const each of bad) expect([each, await outcomeOf(await sign(each))]).toEqual([each, "format"]);
  await expect(openBundle(await sign({ ...payload, format: 1 }), trust)).rejects.toThrow("the bundle is of format 1, and this gateway knows 2");
});

it("is not signed with what no gateway would take", () => {
  expect(() => signBundle(content, { ...issued, serial: 0 }, [release.key])).toThrow(/serial/);
  expect(() => signBundle({ ...content, policies: [] }, issued, [release.key])).toThrow(/policies/);
});
