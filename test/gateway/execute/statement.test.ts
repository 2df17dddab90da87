import { createHash, createHmac, diffieHellman, generateKeyPairSync, hkdfSync } from "node:crypto";
import { decodeJwt, jwtVerify } from "jose";
import { Sealer, type Stated } from "../../../gateway/execute/statement";
import type { Subject } from "../../../schema/policy";

const sign = generateKeyPairSync("ed25519");
const gateway = generateKeyPairSync("x25519");
const defense = generateKeyPairSync("x25519");
const economy = generateKeyPairSync("x25519");

const assignment = (token: string) => ({ token, role: "READER" as const, from: "2026-01-01", until: "2027-01-01", grantedBy: "JPN.MOD", reason: "r" });
const subject: Subject = {
  id: "contractor-engineer", kind: "contractor", nation: "JPN", org: "JPN.PRV.1", eligibilities: [], roles: [], purposes: ["CONTRACT"],
  assignments: [assignment("MOD-2024-017"), assignment("METI-CE-004")],
  facility: { id: "F", level: 2, foci: "NONE", validUntil: "2030-01-01", sites: ["S"], contracts: ["MOD-2024-017", "METI-CE-004"] },
};
let now = 1_800_000_000_000;
const vocabularies: Record<string, Set<string>> = { defense: new Set(["MOD-2024-017"]), economy: new Set(["METI-CE-004"]) };
const sealer = new Sealer({
  keys: { id: "gw-1", kid: "k1", sign: sign.privateKey, agree: gateway.privateKey },
  ministries: [{ subgraph: "defense", url: new URL("http://d"), agree: defense.publicKey }, { subgraph: "economy", url: new URL("http://e"), agree: economy.publicKey }],
  policyVersion: "P-1", vocabularyOf: (name) => vocabularies[name] ?? new Set(), clock: () => now,
});
const stated: Stated = { subject, action: "RETRIEVE", ctx: { now, zoneLevel: 3, site: "S", purpose: "CONTRACT", releaseTo: ["USA"] }, digest: "d1" };
const body = Buffer.from('{"query":"{ a }"}');

function sha(bytes: string | Buffer): string { return createHash("sha256").update(bytes).digest("base64url"); }

describe("the caller statement", () => {
  it("is a signed statement for one ministry with a short life", async () => {
    const headers = sealer.forAsker(stated)("defense", "POST", "/graphql", body);
    const { payload, protectedHeader } = await jwtVerify(headers["kanmon-statement"], sign.publicKey, { typ: "kanmon-statement+jwt", audience: "defense", issuer: "gw-1", currentDate: new Date(now) });
    expect(protectedHeader).toEqual({ alg: "EdDSA", typ: "kanmon-statement+jwt", kid: "k1" });
    expect(payload).toMatchObject({ sub: "contractor-engineer", policy: "P-1", ctx: { action: "RETRIEVE", zoneLevel: 3, site: "S", purpose: "CONTRACT", releaseTo: ["USA"] } });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(30);
    expect(payload["ctx"]).not.toHaveProperty("now");
    expect(payload).not.toHaveProperty("standing");
  });

  it("tells a ministry no need token outside its own vocabulary, anywhere in the subject", () => {
    for (const [ministry, foreign] of [["defense", "METI-CE-004"], ["economy", "MOD-2024-017"]] as const) {
      const payload = decodeJwt(sealer.forAsker(stated)(ministry, "POST", "/graphql", body)["kanmon-statement"]);
      expect(JSON.stringify(payload)).not.toContain(foreign);
      expect((payload["subject"] as Subject).assignments).toHaveLength(1);
    }
  });

  it("tells a ministry the asker's token that a change of theirs names, although no label there needs it yet [B-36]", () => {
    const change = (text: string, variables: unknown): Buffer => Buffer.from(JSON.stringify({ query: text, variables }));
    const held = (body: Buffer, action: Stated["action"] = "WRITE"): readonly string[] =>
      (decodeJwt(sealer.forAsker({ ...stated, action })("economy", "POST", "/graphql", body)["kanmon-statement"])["subject"] as Subject).assignments.map(({ token }) => token).sort();
    expect(held(change("mutation($v:L){a(label:$v){b}}", { v: { level: "SECRET", need: ["MOD-2024-017"] } }))).toEqual(["METI-CE-004", "MOD-2024-017"]);
    expect(held(change('mutation{a(need:["MOD-2024-017"]){b}}', {}))).toEqual(["METI-CE-004", "MOD-2024-017"]);
    // The statement of one change is none for the next.
    for (const unnamed of [
      change("mutation($v:L){a(label:$v){b}}", { v: { need: [] } }), change("mutation($v:L){a(label:$v){b}}", { v: { need: ["MOD-2024-999"] } }), change("mutation($v:String){a(text:$v){b}}", { v: "about MOD-2024-017, and more" }),
      change("query($representations:[_Any!]!){_entities(representations:$representations){a}}", { representations: [{ token: "MOD-2024-017" }] }),
    ]) expect(held(unnamed)).toEqual(["METI-CE-004"]);
    expect(held(change("mutation($v:L){a(label:$v){b}}", { v: { need: ["MOD-2024-017"] } }), "RETRIEVE")).toEqual(["METI-CE-004"]);
  });

  it("narrows the officer of a simulation to the ministry's vocabulary too", () => {
    const observer = { subject: { ...subject, id: "officer" }, zoneLevel: 4 as const, at: 7 };
    const sealed = sealer.forAsker({ ...stated, ctx: { ...stated.ctx, observer }, digest: "observed" });
    for (const [ministry, foreign] of [["defense", "METI-CE-004"], ["economy", "MOD-2024-017"]] as const) {
      const payload = decodeJwt<{ ctx: { observer: { subject: Subject; at: number } } }>(sealed(ministry, "POST", "/graphql", body)["kanmon-statement"]);
      expect(JSON.stringify(payload)).not.toContain(foreign);
      expect(payload.ctx.observer).toMatchObject({ subject: { id: "officer" }, at: 7 });
      expect(payload.ctx.observer.subject.assignments).toHaveLength(1);
    }
  });

  it("binds method, path, statement, body, nonce and time under the key that only the two have [B-122]", () => {
    const headers = sealer.forAsker(stated)("defense", "POST", "/graphql", body);
    const [, time, nonce, mac] = /^v1;t=(\d+);n=([\w-]{22});m=([\w-]{43})$/.exec(headers["kanmon-call"]) ?? [];
    const key = Buffer.from(hkdfSync("sha256", diffieHellman({ privateKey: defense.privateKey, publicKey: gateway.publicKey }), "", "kanmon-call-v1|gw-1|defense", 32));
    const expected = createHmac("sha256", key).update(`kanmon-call-v1\nPOST /graphql\n${sha(headers["kanmon-statement"])}\n${sha(body)}\n${nonce ?? ""}\n${time ?? ""}`).digest("base64url");
    expect(mac).toBe(expected);
    expect(Number(time)).toBe(now);
    const again = sealer.forAsker(stated)("defense", "POST", "/graphql", body);
    expect(again["kanmon-statement"]).toBe(headers["kanmon-statement"]);
    expect(again["kanmon-call"]).not.toBe(headers["kanmon-call"]);
  });

  it("is made anew before it gets old, for another asker, another action and another vocabulary", () => {
    const first = sealer.forAsker(stated)("defense", "POST", "/graphql", body)["kanmon-statement"];
    expect(sealer.forAsker({ ...stated, digest: "d2" })("defense", "POST", "/graphql", body)["kanmon-statement"]).not.toBe(first);
    expect(sealer.forAsker({ ...stated, action: "WRITE" })("defense", "POST", "/graphql", body)["kanmon-statement"]).not.toBe(first);
    vocabularies["defense"] = new Set();
    const narrowed = sealer.forAsker(stated)("defense", "POST", "/graphql", body)["kanmon-statement"];
    expect((decodeJwt(narrowed)["subject"] as Subject).assignments).toEqual([]);
    now += 21_000;
    expect(sealer.forAsker(stated)("defense", "POST", "/graphql", body)["kanmon-statement"]).not.toBe(narrowed);
  });

  it("opens the standing, and nothing else, on behalf of nobody", () => {
    const payload = decodeJwt(sealer.forStanding("economy", "/standing")["kanmon-statement"]);
    expect(payload).toMatchObject({ aud: "economy", standing: true, subject: null });
  });

  it("is not made for a ministry that the registry does not name", () => {
    expect(() => sealer.forAsker(stated)("police", "POST", "/graphql", body)).toThrow(/not in the registry/);
  });
});
