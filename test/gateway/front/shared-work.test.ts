import { setTimeout as wait } from "node:timers/promises";
import { decodeJwt } from "jose";
import { comparable, person, startWorld, type World } from "./labelled-federation";

let world: World;
beforeAll(async () => { world = await startWorld(); });
afterAll(async () => { await world.stop(); });
beforeEach(() => { world.defense.interfere = undefined; world.economy.interfere = undefined; world.defense.calls.length = 0; world.economy.calls.length = 0; });

const REPORTS = "{ defenseReports { id title assessment } }";
const BOTH = "{ defenseReports { id title } __schema { queryType { fields { name } } } }";
const subjectOf = ({ headers }: World["defense"]["calls"][number]): unknown => decodeJwt(String(headers["kanmon-statement"])).sub;
/** What reached the ministries, in order, without the proofs. */
const sent = (): readonly string[] => [...world.defense.calls, ...world.economy.calls].map(({ body }) => body);

describe("the same question of two people", () => {
  it("is asked of the ministries once for each, and answered to each, although it is asked at the same time [B-92] [B-93]", async () => {
    const alone = [await world.ask(REPORTS, "hi"), await world.ask(REPORTS, "lo")].map(comparable);
    world.defense.calls.length = 0;
    world.defense.interfere = async () => { await wait(40); return false; };
    const together = await Promise.all([world.ask(REPORTS, "hi"), world.ask(REPORTS, "lo"), world.ask(REPORTS, "hi"), world.ask(REPORTS, "lo")]);
    expect(together.map(comparable)).toEqual([...alone, ...alone]);
    expect(["hi", "lo"].map((who) => world.defense.calls.filter((call) => subjectOf(call) === who).length)).toEqual([2, 2]);
    expect(new Set(world.defense.calls.map(({ headers }) => headers["kanmon-call"])).size).toBe(4);
  });

  it("travels over connections that belong to nobody: each call says for itself whose it is [B-94]", async () => {
    const ports: (number | undefined)[] = [];
    world.defense.interfere = (request) => { ports.push(request.socket.remotePort); return false; };
    for (const who of ["hi", "lo", "hi", "lo"]) await world.ask("{ defenseReports { title } }", who);
    expect(new Set(ports).size).toBe(1);
    expect(world.defense.calls.map(subjectOf)).toEqual(["hi", "lo", "hi", "lo"]);
  });

  it("is planned for each as if the other had never asked, whoever comes first [B-21] [B-140] [B-141] [B-142]", async () => {
    // Every round has a text of its own, so that nothing is kept from the round before.
    const outcomes = new Map<string, Set<string>>([["hi", new Set()], ["lo", new Set()]]);
    for (const [round, order] of [["hi", "lo", "hi"], ["lo", "hi", "lo"], ["lo"], ["hi"]].entries()) {
      for (const who of order) {
        world.defense.calls.length = 0;
        const { json } = await world.ask(`${BOTH} ${"#".repeat(round + 1)}`, who);
        outcomes.get(who)?.add(JSON.stringify([json.data, sent()]));
      }
    }
    expect([...outcomes.values()].map(({ size }) => size)).toEqual([1, 1]);
    const [hi, lo] = [...outcomes.values()].map((seen) => [...seen].join(""));
    expect(hi).toContain("covertReports");
    expect(lo).toContain("defenseReport");
    expect(lo).not.toMatch(/covert|hidden/i);
  });
});

describe("a person's standing", () => {
  it("is stated apart from that of anybody whose name differs in a character that is not ASCII [B-93]", async () => {
    const before = world.defense.standing;
    const names = ["Jos\u00e9", "Jose\u0301", "Zo\u00eb", "\u5c71\u7530", "\u5c71\u7530\u3000"];
    world.defense.standing = { ...before, subjects: [...(before["subjects"] as unknown[]), ...names.map(person)] };
    world.defense.announce();
    while ((await world.ask("{ __typename }", "\u5c71\u7530")).status === 401) await wait(5);
    world.defense.calls.length = 0;
    for (const name of [...names, ...names]) expect((await world.ask("{ defenseReports { id } }", name)).status).toBe(200);
    expect(world.defense.calls.map(subjectOf)).toEqual([...names, ...names]);
    world.defense.standing = before;
    world.defense.announce();
  });

  it("is not widened by any role, break-glass included: roles never widen reading [B-137]", async () => {
    const before = world.defense.standing;
    const plain = comparable(await world.ask(REPORTS, "lo"));
    const roles = ["BREAK_GLASS", "AUDIT", "EXPLAIN", "SIMULATE", "GRANT", "APPROVE", "DECLASSIFY", "POLICY", "RELEASE", "VET", "PROPOSE", "BYPASS"].map((role) => ({ subject: "lo", role, org: "JPN.MOD", from: "2020-01-01", until: "2099-03-31", grantedBy: "JPN.MOD" }));
    world.defense.standing = { ...before, roles };
    world.defense.announce();
    const stated = async (): Promise<number> => {
      await world.ask("{ defenseReports { id } }", "lo");
      return (decodeJwt(String(world.defense.calls.at(-1)?.headers["kanmon-statement"]))["subject"] as { readonly roles: readonly unknown[] }).roles.length;
    };
    while (await stated() === 0) await wait(5);
    expect(await stated()).toBe(roles.length);
    expect(comparable(await world.ask(REPORTS, "lo"))).toBe(plain);
    expect(comparable(await world.ask(REPORTS, "lo"))).not.toBe(comparable(await world.ask(REPORTS, "hi")));
    world.defense.standing = before;
    world.defense.announce();
  });
});

describe("an answer", () => {
  it("is never compressed, whatever is asked for: its length tells what it holds and nothing else [B-102]", async () => {
    for (const encoding of ["gzip", "br", "deflate", "zstd", "*", "gzip;q=1.0, identity;q=0"]) {
      for (const query of [REPORTS, "{ nope }"]) {
        const answer = await world.ask(query, "hi", { headers: { "accept-encoding": encoding, te: "gzip" } });
        expect([encoding, answer.headers.get("content-encoding"), answer.headers.get("transfer-encoding"), answer.headers.get("vary")]).toEqual([encoding, null, null, null]);
        expect(Number(answer.headers.get("content-length"))).toBe(Buffer.byteLength(answer.text));
      }
    }
    for (const { headers } of [...world.defense.calls, ...world.economy.calls]) expect(headers["accept-encoding"]).toBeUndefined();
  });
});
