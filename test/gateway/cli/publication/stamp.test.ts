/** When publishing is late (SPEC 18.13): by the instant of the last success, and by nothing else. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "../../../../gateway/cli/main";
import { CommandFailure, EXIT } from "../../../../gateway/cli/exit";
import { checkSuccess, stampSuccess } from "../../../../gateway/cli/publication/stamp";
import { readPublisherCheck, readPublisherConfig } from "../../../../gateway/config";

const NOW = Date.parse("2026-11-20T03:00:00Z");
const EVERY_S = 60;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-stamp-"));
const file = path.join(folder, "published-at");
afterEach(() => { fs.rmSync(file, { recursive: true, force: true }); });
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });

const said = (now: number): string => {
  try { checkSuccess(file, EVERY_S, now); return "well"; } catch (error) { return error instanceof CommandFailure && error.exitCode === EXIT.failure ? error.message : String(error); }
};

test("is well up to three intervals after a success, and late from then on, until it succeeds again", () => {
  stampSuccess(file, NOW);
  expect([said(NOW), said(NOW + 180_000), said(NOW + 181_000)]).toEqual(["well", "well", "Publishing is late: it last succeeded at 2026-11-20T03:00:00.000Z, 181 s ago, and is to every 60 s."]);
  stampSuccess(file, NOW + 181_000);
  expect(said(NOW + 181_000)).toBe("well");
  expect(fs.readdirSync(folder)).toEqual(["published-at"]);
});

test("is late where no success is noted, where what is noted is none, and where it lies ahead", () => {
  expect(said(NOW)).toContain("never succeeded");
  fs.writeFileSync(file, "");
  expect(said(NOW)).toContain("never succeeded");
  fs.writeFileSync(file, "yes");
  expect(said(NOW)).toContain("never succeeded");
  stampSuccess(file, NOW + 86_400_000);
  expect(said(NOW)).toContain("Publishing is late");
});

test("needs to know of what it is told: the interval and the file; what publishes needs neither", () => {
  expect(readPublisherCheck({}, { KANMON_PUBLISH_EVERY: "60", KANMON_PUBLISH_STAMP_FILE: file, KANMON_CLIENT_KEY_FILE: "/none" })).toEqual({ everyS: 60, stampFile: file });
  expect(() => readPublisherCheck({}, { KANMON_PUBLISH_STAMP_FILE: file })).toThrow(/KANMON_PUBLISH_EVERY/);
  expect(() => readPublisherCheck({}, { KANMON_PUBLISH_EVERY: "60" })).toThrow(/KANMON_PUBLISH_STAMP_FILE/);
  const key = path.join(folder, "key.json");
  fs.writeFileSync(key, "{}");
  expect(readPublisherConfig({}, { KANMON_CLIENT_KEY_FILE: key })).toEqual(expect.not.objectContaining({ stampFile: expect.anything() as unknown }));
  expect(readPublisherConfig({}, { KANMON_CLIENT_KEY_FILE: key, KANMON_PUBLISH_STAMP_FILE: file }).stampFile).toBe(file);
  fs.rmSync(key);
});

test("the command asks nobody and ends with 7 where it is not told", async () => {
  const spy = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  try { expect(await run(["publish", "--check", "--every", "60", "--lang", "en"])).toBe(EXIT.configuration); } finally { spy.mockRestore(); }
});
