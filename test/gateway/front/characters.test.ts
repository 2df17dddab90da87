import { startWorld, type World } from "./labelled-federation";

let world: World;
beforeAll(async () => { world = await startWorld(); });
afterAll(async () => { await world.stop(); });
beforeEach(() => { world.defense.interfere = undefined; world.economy.interfere = undefined; });

/** Characters whose lowest byte is a quotation mark, a backslash or a brace: written a byte each, they would end a string and begin another member. */
const HOSTILE = "x\u0122,\u0122title\u0122:\u0122y\u0122}\u017d\u015c";
const CHARACTERS = ["plain", HOSTILE, "\u9632\u885b\u7701", "\u00e9", "\u{1f5fe}", "a\"b\\c\u0000\u001f\u007f", "\u2028\u2029", "</script>", "\ufeff", "\ufffd"];
const titles = (text: string): readonly unknown[] => ((JSON.parse(text) as { data: { defenseReports: readonly { title: unknown }[] } }).data.defenseReports).map(({ title }) => title);

/** Lets a ministry answer with these very bytes. */
function answerWith(text: (body: string) => string): void {
  world.defense.interfere = (_, response, body) => { response.end(Buffer.from(text(body))); return true; };
}
const table = '"extensions":{"labels":[LABEL]}';
const withLabels = (text: string): string => text.replace("LABEL", JSON.stringify({ record: { policy: "JPN-GOV-DEMO", level: 0, regimes: [], need: [], owners: {}, purposes: "ALL", handling: [], id: "L-keviunkru4adbgn5cfghyu4wiyk5naujj5j73qdfswyueztssyuq", existence: { policy: "JPN-GOV-DEMO", level: 0, regimes: [], need: [], owners: {}, purposes: "ALL", handling: [] } } }));
/** Everything beyond ASCII as an escape. */
const escaped = (text: string): string => JSON.stringify(text).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

describe("a value arrives as it was sent", () => {
  it.each(CHARACTERS)("as bytes and as escapes, alone and beside plain ones: %j", async (text) => {
    for (const printed of [JSON.stringify(text), escaped(text)]) {
      for (const first of ['"plain"', printed]) {
        answerWith(() => withLabels(`{"data":{"defenseReports":[{"_kanmon_label":0,"title":${first}},{"_kanmon_label":0,"title":${printed}}]},${table}}`));
        const answer = await world.ask("{ defenseReports { title } }", "lo");
        expect(titles(answer.text)).toEqual([JSON.parse(first), text]);
        expect(answer.headers.get("content-length")).toBe(String(Buffer.byteLength(answer.text)));
        answerWith(() => withLabels(`{${table},"data":{"defenseReports":[{"_kanmon_label":0,"title":${first}},{"_kanmon_label":0,"title":${printed}}]}}`));
        expect(titles((await world.ask("{ defenseReports { title } }", "lo")).text)).toEqual([JSON.parse(first), text]);
      }
    }
  });

  it("beside what another ministry sent in other letters", async () => {
    const before = world.reports.map(({ title }) => title);
    for (const text of CHARACTERS) {
      for (const report of world.reports) report.title = text;
      const { json } = await world.ask("{ defenseReports { id title assessment } __typename }", "hi");
      // One of them is above the other ministry, which is not asked about it.
      expect(json.data).toEqual({ defenseReports: world.reports.map(({ id }) => ({ id, title: text, assessment: id === "hidden" ? null : `assessed ${text}` })), __typename: "Query" });
    }
    world.reports.forEach((report, index) => { report.title = before[index] ?? ""; });
  });

  it("also where a ministry is asked by it", async () => {
    for (const text of CHARACTERS) {
      expect((await world.ask("mutation M($title: String!) { defenseRename(id: \"open\", title: $title) { title } }", "hi", { variables: { title: text } })).json.data).toEqual({ defenseRename: { title: text } });
    }
    await world.ask("mutation { defenseRename(id: \"open\", title: \"An open report\") { title } }", "hi");
  });
});
