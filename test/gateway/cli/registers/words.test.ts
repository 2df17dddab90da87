/** What the commands on registers and items say: in both languages, about the same things; and why a change was refused. */
import words from "../../../../gateway/cli/data/register-words.json";
import { exitOfChange } from "../../../../gateway/cli/commands/register";
import { EXIT } from "../../../../gateway/cli/exit";
import { tellReasons } from "../../../../gateway/cli/registers/reasons";
import { reasonText } from "../../../../gateway/cli/say";
import type { Answer } from "../../../../gateway/cli/ask";

const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/;
const placesOf = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();
const refusal = (code: string, reason?: string): Answer => ({ status: 200, data: { x: null }, ms: 0, errors: [{ message: "no", extensions: { code, ...(reason === undefined ? {} : { reason }) } }] });

afterEach(() => { jest.restoreAllMocks(); });

test.each(Object.entries(words))("says %s in both languages, about the same things", (_word, { ja, en }) => {
  expect(placesOf(ja)).toEqual(placesOf(en));
  expect([JAPANESE.test(ja), JAPANESE.test(en)]).toEqual([true, false]);
});

test("a reason is told in the reader's language, and one that nobody here knows as it came", () => {
  expect([reasonText("en", "V5"), reasonText("en", "SOMETHING"), reasonText("en", "__proto__")]).toEqual(["V5: no designation of a body that may designate", "SOMETHING", "__proto__"]);
  let said = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => { said += String(text); return true; });
  tellReasons(refusal("MINISTRY_REFUSED", "STALE"), "en");
  tellReasons(refusal("NOTICE_NOT_ACKNOWLEDGED"), "en");
  tellReasons({ status: 502, errors: [], ms: 0 }, "en");
  expect(said).toBe("refused MINISTRY_REFUSED STALE: it has changed since it was read\nNOTICE_NOT_ACKNOWLEDGED no\nHTTP 502\n");
});

test("a refused change is a failure, for want of authority one of authority; anything else is as with a question", () => {
  expect([refusal("MINISTRY_REFUSED", "ROLE"), refusal("MINISTRY_REFUSED", "KEY"), refusal("MINISTRY_UNAVAILABLE"), refusal("UNAUTHENTICATED"), refusal("EVIDENCE_UNAVAILABLE")].map(exitOfChange))
    .toEqual([EXIT.notAuthorised, EXIT.failure, EXIT.partial, EXIT.notAuthorised, EXIT.evidenceUnavailable]);
});
