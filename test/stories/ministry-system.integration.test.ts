import { execFile } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { generateKeyPair, exportJWK, importJWK, SignJWT, type CryptoKey, type JWK, type JWTPayload } from "jose";
import { randomUUID } from "node:crypto";
import { codesOf, startStory } from "./story";
import { ask, type Release } from "../../gateway/cli/ask";

/**
 * A ministry's case system (METI) asks by itself, with the client that README shows, and keeps what it may keep.
 */
const story = startStory();
const SYSTEM = "meti-system";
const CLIENT = path.join(__dirname, "machine-client.mjs");
const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ACCREDITED = { level: "CONFIDENTIAL", regimes: ["CUI", "CESI"], readers: ["JPN"], body: "METI", purpose: "CASEWORK" };

const stores: string[] = [];
afterAll(() => { for (const folder of stores) fs.rmSync(folder, { recursive: true, force: true }); });

interface Stored { readonly marking: { readonly en: string }; readonly withheld: readonly unknown[]; readonly evidence: { readonly index: number }; readonly data: { readonly economyDocuments: { readonly nodes: readonly { readonly reference: string | null }[] } } }
interface Run { readonly code: number; readonly said: string; readonly stored: Stored | undefined; readonly files: readonly string[] }

/** Runs the client of the README against a store that is accredited like this. */
async function runClient(options: { readonly accredited?: object; readonly gateway?: string; readonly keyFile?: string; readonly id?: string } = {}): Promise<Run> {
  const store = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-store-"));
  stores.push(store);
  fs.writeFileSync(path.join(store, "accreditation.json"), JSON.stringify({ ...ACCREDITED, ...options.accredited }));
  const args = [CLIENT, options.id ?? SYSTEM, options.keyFile ?? path.join(story.home, "keys", `${SYSTEM}.json`), story.issuer, options.gateway ?? story.url, store];
  const { code, said } = await new Promise<{ code: number; said: string }>((resolve) => {
    execFile(process.execPath, args, (error, _out, err) => { resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, said: /^Error: nothing stored: (.*)$/m.exec(err)?.[1] ?? err }); });
  });
  const kept = path.join(store, "answer.json");
  return { code, said, stored: fs.existsSync(kept) ? JSON.parse(fs.readFileSync(kept, "utf8")) as Stored : undefined, files: fs.readdirSync(store).sort() };
}
const NOTHING = { code: 1, stored: undefined, files: ["accreditation.json"] };

const readKey = async (): Promise<{ readonly key: CryptoKey; readonly kid: string }> => {
  const jwk = JSON.parse(fs.readFileSync(path.join(story.home, "keys", `${SYSTEM}.json`), "utf8")) as JWK;
  return { key: await importJWK(jwk, "EdDSA") as CryptoKey, kid: jwk.kid ?? "" };
};
async function assertionOf(claims: JWTPayload = {}, by?: CryptoKey): Promise<string> {
  const { key, kid } = await readKey();
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: SYSTEM, sub: SYSTEM, aud: story.issuer, iat: now, exp: now + 30, jti: randomUUID(), ...claims }).setProtectedHeader({ alg: "EdDSA", kid }).sign(by ?? key);
}
async function present(assertion: string, fields: Readonly<Record<string, string>> = {}): Promise<readonly [number, string | undefined, string | undefined]> {
  const answer = await fetch(`${story.issuer}/token`, { method: "POST", body: new URLSearchParams({ grant_type: "client_credentials", client_assertion_type: ASSERTION, client_assertion: assertion, ...fields }) });
  const { error, access_token: token } = await answer.json() as { error?: string; access_token?: string };
  return [answer.status, error, token];
}
const REFUSED = [401, "invalid_client", undefined];

/** A gateway as somebody on the way would make it look: passes everything on, and changes what the answer says about itself. */
async function withChanged<T>(change: (release: Release, answer: { data?: unknown }) => unknown, then: (url: string) => Promise<T>): Promise<T> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => {
      void (async () => {
        const { authorization = "", "kanmon-purpose": purpose = "" } = request.headers;
        const real = await fetch(story.url, { method: "POST", body: Buffer.concat(chunks), headers: { authorization, "kanmon-purpose": String(purpose), "content-type": "application/json" } });
        const answer = await real.json() as { data?: unknown; extensions: { release: Release } };
        response.end(JSON.stringify({ ...answer, extensions: { release: change(answer.extensions.release, answer) } }));
      })();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  try { return await then(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`); } finally { server.close(); }
}
const remark = (en: (text: string) => string, ja: (text: string) => string = (text) => text) => (release: Release): Release => ({ ...release, marking: { ...release.marking, en: en(release.marking.en), ja: ja(release.marking.ja) } });

describe("Given METI's case system, with a key of its own and a store for CONFIDENTIAL that Japanese officials of METI read,", () => {
  test("when Kanmon started for the first time, then its private key lay in the keys folder, readable by its owner only, and the start said where", () => {
    const file = path.join(story.home, "keys", `${SYSTEM}.json`);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(fs.readFileSync(file, "utf8"))).toMatchObject({ kty: "OKP", crv: "Ed25519", d: expect.any(String), kid: expect.any(String) });
    expect(story.said()).toContain(file);
  });

  test("when it asks for its case files, then it stores them with their marking, with the list of what was withheld and with the evidence number", async () => {
    const { code, said, stored } = await runClient();
    expect([code, said]).toEqual([0, ""]);
    expect(stored?.marking.en).toMatch(/^\/\/JPN CONFIDENTIAL\/\/.*\/JPN ONLY\/DIST METI/);
    expect(stored?.data.economyDocuments.nodes.map(({ reference }) => reference)).toContain("DEMO-METI-04");
    expect(stored?.withheld.length).toBeGreaterThan(0);
    expect(stored?.evidence.index).toBeGreaterThan(0);
  });

  test("when it asks as a machine, then it gets exactly what a token from `kanmon token` would get it, and the evidence names the system as the one who asked", async () => {
    const asked = "{ economyDocuments(first: 50) { totalCount nodes { id reference title { ja en } } } }";
    const [status, , token] = await present(await assertionOf());
    const machine = await ask(story.url, token, { query: asked }, { purpose: "CASEWORK" });
    const person = await story.as(SYSTEM).query(asked);
    expect([status, codesOf(machine), machine.data]).toEqual([200, [], person.data]);
    expect(machine.release?.marking).toEqual(person.release?.marking);
    const line = fs.readFileSync(path.join(story.home, "evidence", "evidence.jsonl"), "utf8").split("\n").find((each) => each.includes(machine.release?.evidence.txn ?? "none"));
    expect(line).toContain(`"${SYSTEM}"`);
  });

  test("when the store is accredited for CUI only, then nothing is stored, and the system says that the marking is above the store", async () => {
    const refused = await runClient({ accredited: { level: "CUI" } });
    expect(refused).toEqual({ ...NOTHING, said: "CONFIDENTIAL is above CUI, the level of the store" });
  });

  test("when the store may not hold a regime that the marking names, or is another body's, then nothing is stored", async () => {
    expect(await runClient({ accredited: { regimes: ["CESI"] } })).toEqual({ ...NOTHING, said: '"CUI" is not for this store' });
    expect(await runClient({ accredited: { body: "MOFA" } })).toEqual({ ...NOTHING, said: '"DIST METI" is not for this store' });
  });

  test("when officials of a partner read the store too, then nothing marked JPN ONLY is stored", async () => {
    expect(await runClient({ accredited: { readers: ["JPN", "AUS"] } })).toEqual({ ...NOTHING, said: "it may not go to everybody who reads the store" });
  });

  test("when it does not say for what purpose, or for one that is not its own, then the gateway gives it nothing that it could store", async () => {
    const refused = await runClient({ accredited: { purpose: "INVESTIGATION" } });
    expect(refused).toEqual({ ...NOTHING, said: "refused (BAD_USER_INPUT)" });
  });
});

describe("Given somebody on the way who changes what an answer says about itself,", () => {
  test.each<[string, (release: Release) => unknown, string]>([
    ["take the marking away", ({ withheld }) => ({ withheld }), "no marking, or one that nobody can read"],
    ["take everything away that the gateway said about the answer", () => undefined, "no marking, or one that nobody can read"],
    ["take the list of what was withheld away", ({ marking }) => ({ marking }), "no marking, or one that nobody can read"],
    ["lower the level in one language", remark((text) => text.replace("CONFIDENTIAL", "CUI")), "the two languages differ"],
    ["raise the level in both", remark((text) => text.replace("CONFIDENTIAL", "SECRET"), (text) => text.replace(/\uff3bC\uff3d/, "\uff3bS\uff3d")), "SECRET is above CONFIDENTIAL, the level of the store"],
    ["invent a level", remark((text) => text.replace("CONFIDENTIAL", "PRIVATE")), "no marking, or one that nobody can read"],
    ["take away to whom it may be released", remark((text) => text.replace("/JPN ONLY", "")), "it may not go to everybody who reads the store"],
    ["add a word that the system does not know", remark((text) => `${text}//ANYTHING GOES`), '"ANYTHING GOES" is not for this store'],
  ])("when they %s, then the system stores nothing", async (_what, change, said) => {
    expect(await withChanged(change, (gateway) => runClient({ gateway }))).toEqual({ ...NOTHING, said });
  });

  test("when they leave everything as it is, then the system stores it, so that it was the change that stopped it", async () => {
    expect((await withChanged((release) => release, (gateway) => runClient({ gateway }))).code).toBe(0);
  });
});

describe("Given somebody who wants a token in the system's name,", () => {
  test("when they sign with a key of their own, then there is no token, and the system's client with that key stores nothing", async () => {
    const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
    expect(await present(await assertionOf({}, privateKey))).toEqual(REFUSED);
    const keyFile = path.join(story.home, "keys", "of-somebody-else.json");
    fs.writeFileSync(keyFile, JSON.stringify({ ...await exportJWK(privateKey), kid: (await readKey()).kid }));
    expect(await runClient({ keyFile })).toEqual({ ...NOTHING, said: "no token (invalid_client)" });
    fs.rmSync(keyFile);
  });

  test("when they send an assertion that the system has already used, then there is no token", async () => {
    const assertion = await assertionOf();
    expect((await present(assertion))[0]).toBe(200);
    expect(await present(assertion)).toEqual(REFUSED);
  });

  test("when the assertion was made for another server, then there is no token", async () => {
    expect(await present(await assertionOf({ aud: story.url }))).toEqual(REFUSED);
    expect(await present(await assertionOf({ aud: [story.issuer, story.url] }))).toEqual(REFUSED);
  });

  test("when the assertion has expired, or would live for an hour, then there is no token", async () => {
    const now = Math.floor(Date.now() / 1000);
    expect(await present(await assertionOf({ iat: now - 60, exp: now - 30 }))).toEqual(REFUSED);
    expect(await present(await assertionOf({ exp: now + 3600 }))).toEqual(REFUSED);
  });

  test("when the system itself asks for somebody else's token with its own key, then there is no token", async () => {
    expect(await present(await assertionOf({ iss: "ciro-analyst", sub: "ciro-analyst" }))).toEqual(REFUSED);
    expect(await present(await assertionOf(), { client_id: "ciro-analyst" })).toEqual(REFUSED);
    expect(await runClient({ id: "ciro-analyst" })).toEqual({ ...NOTHING, said: "no token (invalid_client)" });
  });

  test("when they show an access token instead, the system's own or another's, then there is no token; and an assertion opens nothing at the gateway", async () => {
    const [, , token = ""] = await present(await assertionOf());
    expect(await present(token)).toEqual(REFUSED);
    const answer = await ask(story.url, await assertionOf(), { query: "{ __typename }" }, { purpose: "CASEWORK" });
    expect([answer.status, codesOf(answer)]).toEqual([401, ["UNAUTHENTICATED"]]);
  });

  test("when they write another name or another client into a token of the system, then the gateway answers nothing", async () => {
    const [, , token = ""] = await present(await assertionOf());
    const [header, body = "", signature] = token.split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as JWTPayload;
    for (const other of [{ sub: "ciro-analyst" }, { client_id: "kasumi-1-z4" }]) {
      const forged = `${header}.${Buffer.from(JSON.stringify({ ...claims, ...other })).toString("base64url")}.${signature}`;
      const answer = await ask(story.url, forged, { query: "{ __typename }" }, { purpose: "CASEWORK" });
      expect([answer.status, codesOf(answer)]).toEqual([401, ["UNAUTHENTICATED"]]);
    }
  });

  test("when Kanmon has been restarted since, then an assertion from before is refused, used or not, and the key is still the same", async () => {
    const [fresh, { kid }] = [await assertionOf({ exp: Math.floor(Date.now() / 1000) + 55 }), await readKey()];
    await story.restart();
    expect(await present(fresh)).toEqual(REFUSED);
    expect((await readKey()).kid).toBe(kid);
    expect((await runClient()).code).toBe(0);
  }, 120_000);
});
