/** Signed documents: who signed, and everything that is refused. */
import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { addSignature, readSigners, signDocument, type SigningKey, verifyDocument, type VerifyOptions } from "../../../schema/signed";

const TYP = "kanmon-test+jws";
const makeKey = (kid: string): SigningKey => ({ ...generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }), kid });
const publicHalf = ({ kty, crv, x, kid }: SigningKey): JsonWebKey => ({ kty: kty ?? "", crv: crv ?? "", x: x ?? "", kid: kid ?? "" });
const [ann, bob, spare, stranger] = ["ann-1", "bob-1", "ann-2", "nobody-1"].map(makeKey) as [SigningKey, SigningKey, SigningKey, SigningKey];
const listed = [{ owner: "ann", key: publicHalf(ann) }, { owner: "bob", key: publicHalf(bob) }, { owner: "ann", key: publicHalf(spare) }];
const options: VerifyOptions = { typ: TYP, signers: readSigners({ signers: listed }), needed: 2, most: 10_000 };
const payload = { z: 1, a: { "10": "ten", "9": "nine" }, list: ["\u65e5\u672c", null] };
const encode = (text: string): string => Buffer.from(text).toString("base64url");
interface Envelope { payload: string; signatures: { protected: string; signature: string }[] }
const open = (text: string): Envelope => JSON.parse(text) as Envelope;
const edit = (text: string, change: (envelope: Envelope) => unknown): string => { const envelope = open(text); return JSON.stringify(change(envelope) ?? envelope); };

describe("a signed document", () => {
  test("says what was signed and by whom", async () => {
    expect(await verifyDocument(await signDocument(TYP, payload, [ann, bob]), options)).toEqual({ payload, by: ["ann", "bob"] });
  });
  test("is signed by one person after the other, without the other's key", async () => {
    const first = await signDocument(TYP, payload, [bob]);
    await expect(verifyDocument(first, options)).rejects.toThrow("1 of 2 persons have signed");
    expect((await verifyDocument(await addSignature(first, TYP, ann), options)).by).toEqual(["ann", "bob"]);
    const unsigned = await signDocument(TYP, payload, []);
    await expect(verifyDocument(unsigned, { ...options, needed: 1 })).rejects.toThrow("0 of 1 persons have signed");
    await expect(verifyDocument(unsigned, { ...options, needed: 0 })).rejects.toThrow("persons have signed");
  });
  test("counts persons, not keys", async () => {
    await expect(verifyDocument(await signDocument(TYP, payload, [ann, spare]), options)).rejects.toThrow("1 of 2 persons have signed");
    expect((await verifyDocument(await signDocument(TYP, payload, [ann, spare, bob]), options)).by).toEqual(["ann", "bob"]);
  });
  test("is refused for one signature that nobody listed made, however many others hold", async () => {
    await expect(verifyDocument(await signDocument(TYP, payload, [ann, bob, stranger]), options)).rejects.toThrow("signature 3 is of a key that is not listed");
    const borrowed = makeKey("bob-1");
    await expect(verifyDocument(await signDocument(TYP, payload, [ann, borrowed]), options)).rejects.toThrow("signature 2, of bob, does not hold");
  });
  test("is refused when a signature is repeated, dropped into another document or of another type", async () => {
    const text = await signDocument(TYP, payload, [ann, bob]);
    await expect(verifyDocument(edit(text, ({ signatures: [one] }) => ({ payload: open(text).payload, signatures: [one, one] })), options)).rejects.toThrow("has signed already");
    await expect(verifyDocument(edit(text, (envelope) => { envelope.payload = encode("{}"); }), options)).rejects.toThrow("does not hold");
    await expect(verifyDocument(await signDocument("kanmon-other+jws", payload, [ann, bob]), options)).rejects.toThrow(`not of a document of type ${TYP}`);
  });
  test.each<readonly [string, (envelope: Envelope) => unknown, string]>([
    ["a member more", (envelope) => ({ ...envelope, comment: "" }), "is not {"],
    ["an unprotected header", (envelope) => ({ ...envelope, signatures: envelope.signatures.map((each) => ({ ...each, header: { kid: "ann-1" } })) }), "a signature is not"],
    ["a critical header", (envelope) => { const [one] = envelope.signatures; if (one !== undefined) one.protected = encode(JSON.stringify({ alg: "EdDSA", typ: TYP, kid: "ann-1", crit: ["b64"], b64: false })); }, "has not exactly alg, typ and kid"],
    ["another algorithm", (envelope) => { const [one] = envelope.signatures; if (one !== undefined) one.protected = encode(JSON.stringify({ alg: "none", typ: TYP, kid: "ann-1" })); }, "is not EdDSA"],
    ["seventeen signatures", (envelope) => ({ ...envelope, signatures: Array.from({ length: 17 }, () => envelope.signatures[0]) }), "is not {"],
    ["a list", () => [], "is not {"],
  ])("is refused with %s", async (_, change, problem) => {
    await expect(verifyDocument(edit(await signDocument(TYP, payload, [ann, bob]), change), options)).rejects.toThrow(problem);
  });
  test("is refused when its payload could be read in two ways", async () => {
    const signed = async (text: string): Promise<string> => {
      const empty = JSON.stringify({ payload: encode(text), signatures: [] });
      return addSignature(await addSignature(empty, TYP, ann), TYP, bob);
    };
    expect((await verifyDocument(await signed("{\"a\":1}"), options)).payload).toEqual({ a: 1 });
    for (const text of ["{\"a\":1,\"a\":2}", "{ \"a\": 1}", "\ufeff{}", "{\"a\":1e0}"]) await expect(verifyDocument(await signed(text), options)).rejects.toThrow("payload is not JSON");
    await expect(verifyDocument(edit(await signed("{}"), (envelope) => ({ payload: Buffer.from([0xff]).toString("base64url"), signatures: envelope.signatures })), options)).rejects.toThrow();
  });
  test("is refused when it is too large or no document", async () => {
    const text = await signDocument(TYP, { text: "x".repeat(10_000) }, [ann, bob]);
    await expect(verifyDocument(text, options)).rejects.toThrow("larger than 10000 bytes");
    await expect(verifyDocument(text, { ...options, most: 20_000 })).resolves.toMatchObject({ by: ["ann", "bob"] });
    for (const other of ["", "null", "[]", "{}", "{\"payload\":1,\"signatures\":[]}"]) await expect(verifyDocument(other, options)).rejects.toThrow("the document is not");
  });
  test("is not signed twice by a key, nor by what is no private key with an id", async () => {
    const text = await signDocument(TYP, payload, [ann]);
    await expect(addSignature(text, TYP, ann)).rejects.toThrow("ann-1 has signed already");
    const { kid: _, ...unnamed } = bob;
    for (const key of [publicHalf(bob) as SigningKey, unnamed, { ...bob, crv: "X25519" }, { ...bob, d: "short" }]) await expect(addSignature(text, TYP, key)).rejects.toThrow("not a private Ed25519 key with a kid");
  });
});

describe("the list of signers", () => {
  test.each<readonly [string, unknown, string]>([
    ["no list", { signers: {} }, "is not {"],
    ["nobody", { signers: [] }, "somebody in it"],
    ["a member more", { signers: listed, note: "" }, "is not {"],
    ["an entry with a member more", { signers: [{ ...listed[0], role: "all" }] }, "signers[0] is not"],
    ["a private key", { signers: [{ owner: "ann", key: ann }] }, "signers[0].key is a private key"],
    ["another curve", { signers: [{ owner: "ann", key: { ...publicHalf(ann), crv: "Ed448" } }] }, "signers[0].key is not a public Ed25519 key"],
    ["another kind of key", { signers: [{ owner: "ann", key: { kty: "oct", k: "c2VjcmV0", kid: "ann-1" } }] }, "signers[0].key is not a public Ed25519 key"],
    ["a key of the wrong length", { signers: [{ owner: "ann", key: { ...publicHalf(ann), x: "AAAA" } }] }, "signers[0].key is not a public Ed25519 key"],
    ["a key for another use", { signers: [{ owner: "ann", key: { ...publicHalf(ann), use: "enc" } }] }, "signers[0].key is for another use"],
    ["a key without an id", { signers: [{ owner: "ann", key: { ...publicHalf(ann), kid: undefined } }] }, "signers[0].key has no kid"],
    ["one id twice", { signers: [listed[0], { owner: "bob", key: { ...publicHalf(bob), kid: "ann-1" } }] }, "signers[1].key has the id of another entry"],
    ["one key under two names", { signers: [listed[0], { owner: "bob", key: { ...publicHalf(ann), kid: "bob-1" } }] }, "signers[1].key is the key of another entry"],
    ["no name", { signers: [{ owner: "", key: publicHalf(ann) }] }, "signers[0].owner is not a name"],
  ])("is refused with %s", (_, json, problem) => {
    expect(() => readSigners(json)).toThrow(problem);
  });
  test("gives each key with its person", () => {
    expect([...options.signers].map(([kid, { owner }]) => [kid, owner])).toEqual([["ann-1", "ann"], ["bob-1", "bob"], ["ann-2", "ann"]]);
  });
});
