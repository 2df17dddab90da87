import { maySpeakFor, type SpeaksFor } from "../../gateway/speaks-for";
import type { StatedSubject } from "../../gateway/subject/entries";
import { type Answer, comparable, ELSEWHERE, person, startWorld, type World } from "./front/labelled-federation";

const official = (org: string): StatedSubject => ({ id: "ann", kind: "official", nation: "JPN", org, purposes: [] });
const liaison = (nation: string, hostOrg: string): StatedSubject => ({ id: "bob", kind: "liaison", nation, hostOrg, purposes: [] });

describe("for whom an issuer may speak", () => {
  const cases: readonly (readonly [string, SpeaksFor, StatedSubject, boolean])[] = [
    ["everybody, where that is said", "EVERYBODY", official("JPN.MOD"), true],
    ["its own people", [{ body: "JPN.MOD" }], official("JPN.MOD"), true],
    ["those of the offices below it", [{ body: "JPN.MOD" }], official("JPN.MOD.JS"), true],
    ["nobody of another body", [{ body: "JPN.MOD" }], official("JPN.MOFA"), false],
    ["nobody of a body whose name begins like its own", [{ body: "JPN.MO" }], official("JPN.MOD"), false],
    ["nobody of the body above", [{ body: "JPN.MOD.JS" }], official("JPN.MOD"), false],
    ["any of several bodies", [{ body: "JPN.METI" }, { body: "JPN.MOFA" }], official("JPN.MOFA"), true],
    ["liaisons of its nation, wherever they are", [{ nation: "USA" }], liaison("USA", "JPN.MOFA"), true],
    ["no liaison of another nation", [{ nation: "AUS" }], liaison("USA", "JPN.MOFA"), false],
    ["no liaison because it hosts them", [{ body: "JPN.MOD" }], liaison("USA", "JPN.MOD"), false],
    ["liaisons that it hosts, where both are said", [{ body: "JPN.MOD", nation: "USA" }], liaison("USA", "JPN.MOD"), true],
    ["no liaison of the nation elsewhere then", [{ body: "JPN.MOD", nation: "USA" }], liaison("USA", "JPN.MOFA"), false],
    ["no official of the body then", [{ body: "JPN.MOD", nation: "USA" }], official("JPN.MOD"), false],
    ["no official because of a nation", [{ nation: "USA" }], official("JPN"), false],
    ["nobody, where nobody is named", [], official("JPN.MOD"), false],
  ];
  it.each(cases)("%s", (_, speaksFor, subject, may) => { expect(maySpeakFor(speaksFor, subject)).toBe(may); });
});

describe("a token by an issuer of another body", () => {
  const QUERY = "{ defenseReports { id title } }";
  let world: World;
  beforeAll(async () => { world = await startWorld(); }, 60_000);
  afterAll(() => world.stop());
  const ask = (who: string, issuer?: string): Promise<Answer> => world.ask(QUERY, who, issuer === undefined ? {} : { issuer });

  it("is refused in the same bytes as one about a subject that nobody states, and leaves the same record [B-112]", async () => {
    const [foreign, unknown, atHome] = [await ask("hi", ELSEWHERE), await ask("nobody", ELSEWHERE), await ask("nobody")];
    expect([foreign.status, foreign.json.errors?.[0]?.extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
    expect(comparable(foreign)).toBe(comparable(unknown));
    expect(comparable(foreign)).toBe(comparable(atHome));
    const [first, second] = world.records().filter(({ kind }) => kind === "REFUSAL").map(({ at: _at, index: _index, prev: _prev, txn: _txn, subject: _subject, ...rest }) => rest);
    expect(first).toEqual(second);
  });

  it("is refused also while the same subject asks with a token of their own [B-21]", async () => {
    expect((await ask("hi")).status).toBe(200);
    expect((await ask("hi", ELSEWHERE)).status).toBe(401);
    expect((await ask("hi")).status).toBe(200);
  });

  it("counts for the people of its own bodies, and follows them when they move", async () => {
    const { standing } = world.defense;
    world.defense.standing = { ...standing, subjects: [person("hi"), person("lo"), { id: "guest", kind: "liaison", nation: "USA", hostOrg: "JPN.MOD", purposes: [] }] };
    world.defense.announce();
    await settled(async () => (await ask("guest", ELSEWHERE)).status === 200);
    world.defense.standing = { ...standing, subjects: [person("hi"), person("lo"), { ...person("guest"), org: "JPN.MOD" }] };
    world.defense.announce();
    await settled(async () => (await ask("guest", ELSEWHERE)).status === 401);
    expect((await ask("guest")).status).toBe(200);
  });
});

async function settled(is: () => Promise<boolean>): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    if (await is()) return;
    await new Promise((done) => { setTimeout(done, 30); });
  }
  throw new Error("it does not come to that");
}
