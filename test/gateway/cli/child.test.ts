import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Child, ChildFailed, type ChildEvent } from "../../../gateway/cli/child";

let folder: string;
beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-child-")); });
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A child that runs this script; `marks` collects what it appends to the file named by its argument. */
function childOf(script: string, events: ChildEvent[] = [], readyWithin = 5_000): { readonly child: Child; readonly marks: () => string } {
  const file = path.join(folder, "child.js");
  const mark = path.join(folder, "marks");
  fs.writeFileSync(mark, "");
  fs.writeFileSync(file, `const mark = (text) => require("node:fs").appendFileSync(process.argv[2], text);\n${script}`);
  const child = new Child({ name: "defense", script: file, args: [mark], env: { GIVEN: "yes" }, logFile: path.join(folder, "log"), readyWithin, stopWithin: 500 }, (event) => events.push(event));
  return { child, marks: () => fs.readFileSync(mark, "utf8") };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !condition(); tries += 1) await wait(50);
  expect(condition()).toBe(true);
}
const isAlive = (pid: number | undefined): boolean => { try { process.kill(pid ?? 0, 0); return true; } catch { return false; } };

test("is started when the child says so, and stops when asked", async () => {
  const { child } = childOf(`process.on("SIGTERM", () => process.exit(0)); process.send({ ready: true }); setInterval(() => {}, 1000);`);
  await child.start();
  const { pid } = child;
  expect(isAlive(pid)).toBe(true);
  await child.stop();
  expect(isAlive(pid)).toBe(false);
});

test("gives a child the environment it is told and nothing of ours", async () => {
  process.env["KANMON_TEST_SECRET"] = "secret";
  const { child, marks } = childOf(`mark(JSON.stringify(process.env)); process.send({ ready: true }); setInterval(() => {}, 1000);`);
  await child.start();
  await child.stop();
  delete process.env["KANMON_TEST_SECRET"];
  expect(JSON.parse(marks())).toMatchObject({ GIVEN: "yes" });
  expect(marks()).not.toContain("KANMON_TEST_SECRET");
});

test("says with its last words why a child did not come up", async () => {
  const { child } = childOf(`console.error("listen EADDRINUSE: port 4100"); process.exit(7);`);
  const failure = await child.start().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ChildFailed);
  expect(String(failure)).toMatch(/defense: exited with code 7[^]*EADDRINUSE/);
  expect(fs.readFileSync(path.join(folder, "log"), "utf8")).toContain("EADDRINUSE");
});

test("does not wait for ever for a child that stays silent, and ends it", async () => {
  const { child } = childOf(`setInterval(() => {}, 1000);`, [], 300);
  await expect(child.start()).rejects.toThrow("was not ready within 0.3 s");
  await until(() => !isAlive(child.pid));
});

test("restarts a child that crashed and reports both", async () => {
  const events: ChildEvent[] = [];
  const { child, marks } = childOf(`mark("x"); process.send({ ready: true }); setInterval(() => {}, 1000);`, events);
  await child.start();
  process.kill(child.pid ?? 0, "SIGKILL");
  await until(() => events.length === 2);
  expect(events.map((event) => event.kind)).toEqual(["crashed", "restarted"]);
  expect(marks()).toBe("xx");
  await child.stop();
});

test("leaves a child down that keeps crashing, and says so once", async () => {
  const events: ChildEvent[] = [];
  const { child } = childOf(`process.send({ ready: true }); setTimeout(() => process.exit(1), 100);`, events);
  await child.start();
  await until(() => events.some((event) => event.kind === "down"));
  expect(events.filter((event) => event.kind === "crashed")).toHaveLength(4);
  expect(events.filter((event) => event.kind === "down")).toHaveLength(1);
  expect(isAlive(child.pid)).toBe(false);
});

test("kills a child that ignores the request to stop", async () => {
  const { child } = childOf(`process.on("SIGTERM", () => {}); process.send({ ready: true }); setInterval(() => {}, 1000);`);
  await child.start();
  await child.stop();
  expect(isAlive(child.pid)).toBe(false);
});
