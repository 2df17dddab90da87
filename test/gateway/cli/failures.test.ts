/** What a command says when it fails: in the reader's language, with the same exit code in both. */
import failures from "../../../gateway/cli/data/failures.json";
import { CommandFailure, EXIT } from "../../../gateway/cli/exit";
import { run } from "../../../gateway/cli/main";

const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/;
/** Nothing to translate: names and what others said. */
const BARE: readonly string[] = ["childFailed", "optionRefused"];
const placesOf = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();

let said = "";
beforeEach(() => {
  said = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => { said += String(text); return true; });
});
afterEach(() => { jest.restoreAllMocks(); });

test.each(Object.entries(failures))("says %s in both languages, about the same things", (word, { ja, en }) => {
  expect(placesOf(ja)).toEqual(placesOf(en));
  expect(en).not.toMatch(JAPANESE);
  expect(JAPANESE.test(ja)).toBe(!BARE.includes(word));
});

test("fills every sentence of a failure, each on a line", () => {
  const failure = new CommandFailure(EXIT.failure, ["portBusy", { port: 4000, name: "gateway", option: "--port" }], ["nothingStarted"]);
  expect(failure.message).toBe("port 4000 (gateway) is in use; choose another with --port\n  Nothing was started.");
  expect(failure.in("ja")).toMatch(/4000.*gateway.*--port[^]*\n {2}/);
});

test.each(["audit verify /nowhere", "query --variables 7", "gateway --anonymous", "ministry defense", "query --nonsense"])("fails alike in both languages: %s", async (line) => {
  const [first, ...rest] = line.split(" ");
  const english = await run([first ?? "", ...rest, "--lang", "en"]);
  const inEnglish = said;
  said = "";
  const japanese = await run([first ?? "", ...rest, "--lang=ja"]);
  expect(japanese).toBe(english);
  expect(english).not.toBe(EXIT.ok);
  expect(inEnglish).not.toMatch(JAPANESE);
  expect(said).toMatch(JAPANESE);
});
