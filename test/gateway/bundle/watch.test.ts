/** A file that is followed: whatever way its text changes, it is noticed, once, and whole. */
import fs from "node:fs";
import promises from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { FileWatch } from "../../../gateway/bundle/watch";
import { put } from "../../support/signed-bundle";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-watch-"));
const file = path.join(folder, "followed");
let texts: string[];
let problems: string[];
let watching: FileWatch | undefined;
const follow = (known = "", at = file, most = 1_000): void => {
  watching = new FileWatch({ file: at, most, known, interval: 20, onText: (text) => { texts.push(text); return Promise.resolve(); }, onProblem: (problem) => { problems.push(problem); } });
};
const until = async (holds: () => boolean): Promise<void> => {
  for (let left = 1_500; !holds(); left -= 1) {
    if (left === 0) throw new Error("it did not happen");
    await wait(10);
  }
};
beforeEach(() => { texts = []; problems = []; put(file, "one"); });
afterEach(async () => { await watching?.stop(); });
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });

it("tells of every change by rename, by writing over it, and by a link that leads elsewhere", async () => {
  const link = path.join(folder, "link");
  fs.symlinkSync(file, link);
  follow("one", link);
  put(file, "two");
  await until(() => texts.length === 1);
  fs.writeFileSync(file, "three");
  await until(() => texts.length === 2);
  fs.writeFileSync(path.join(folder, "elsewhere"), "four");
  fs.symlinkSync(path.join(folder, "elsewhere"), `${link}.new`);
  fs.renameSync(`${link}.new`, link);
  await until(() => texts.length === 3);
  expect([texts, problems]).toEqual([["two", "three", "four"], []]);
});

it("tells of a text once, and not of the one that was known, unless asked to", async () => {
  follow("one");
  await watching?.look();
  fs.utimesSync(file, new Date(), new Date());
  await watching?.look();
  await wait(100);
  expect(texts).toEqual([]);
  await watching?.reconsider();
  await watching?.look();
  expect(texts).toEqual(["one"]);
});

it("does not read again what was not touched for a while, and notices a text of the same length under the same time of writing", async () => {
  const reads = jest.spyOn(promises, "open");
  try {
    follow("one");
    const { mtime } = fs.statSync(file);
    await until(() => Date.now() - mtime.getTime() > 2_200);
    await watching?.look();
    await watching?.look();
    reads.mockClear();
    for (let times = 0; times < 5; times += 1) await watching?.look();
    expect(reads).not.toHaveBeenCalled();
    fs.writeFileSync(file, "two");
    fs.utimesSync(file, mtime, mtime);
    await until(() => texts.length === 1);
    expect(texts).toEqual(["two"]);
  } finally { reads.mockRestore(); }
});

it("never gives a text away while it is being written", async () => {
  follow("one");
  const fd = fs.openSync(file, "w");
  for (let at = 0; at < 40; at += 1) { fs.writeSync(fd, "part "); await wait(5); }
  fs.closeSync(fd);
  await until(() => texts.length > 0);
  expect(texts).toEqual(["part ".repeat(40)]);
});

it("says once that the file is gone or too long, and goes on when it is back", async () => {
  follow("one");
  fs.rmSync(file);
  await until(() => problems.length === 1);
  await wait(100);
  put(file, "back");
  await until(() => texts.length === 1);
  fs.writeFileSync(file, "x".repeat(1_001));
  await until(() => problems.length === 2);
  expect([texts, problems]).toEqual([["back"], [expect.stringContaining("no such file"), expect.stringContaining("larger than 1000 bytes")]]);
});

it("waits for who is told before it looks again, and is silent after it was stopped", async () => {
  let isBusy = false;
  let mostAtOnce = 0;
  watching = new FileWatch({
    file, most: 1_000, known: "", interval: 10, onProblem: () => undefined,
    onText: async (text) => { mostAtOnce = Math.max(mostAtOnce, isBusy ? 2 : 1); isBusy = true; await wait(60); isBusy = false; texts.push(text); },
  });
  await until(() => isBusy);
  put(file, "two");
  await until(() => texts.length === 2);
  expect([texts, mostAtOnce]).toEqual([["one", "two"], 1]);
  await watching.stop();
  put(file, "three");
  await wait(100);
  await watching.look();
  expect(texts).toEqual(["one", "two"]);
});
