import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ERRORS } from "../../gateway/errors";
import { STAGES } from "../../gateway/pipeline";

const folder = join(__dirname, "../../gateway");
const drawing = readFileSync(join(folder, "README.md"), "utf8");

describe("the pipeline", () => {
  it("names a file that exists for every stage, in the order of the drawing", () => {
    for (const { file } of STAGES) expect([file, existsSync(join(folder, file))]).toEqual([file, true]);
    const places = STAGES.map(({ name, file }) => [name, drawing.search(new RegExp(`^${name} +.*${file.replaceAll(".", "\\.")}`, "m"))] as const);
    for (const [name, place] of places) expect([name, place > 0]).toEqual([name, true]);
    expect(places.map(([, place]) => place)).toEqual(places.map(([, place]) => place).toSorted((a, b) => a - b));
  });

  it("draws every code of the closed list", () => {
    expect(Object.keys(ERRORS).filter((code) => !drawing.includes(code))).toEqual([]);
    expect(STAGES.flatMap(({ refuses }) => refuses).filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
  });

  it("gives every code one text of its own, without anything variable in it", () => {
    const messages = Object.values(ERRORS).map(({ message }) => message);
    expect(new Set(messages).size).toBe(messages.length);
    for (const message of messages) expect(message).toMatch(/^[A-Z][A-Za-z ,.]+\.$/);
  });
});
