import fc from "fast-check";
import { cutTo, padTo, widthOf, wrapTo } from "../../../gateway/cli/width";
import cases from "./text.cases.json";

test("measures Japanese, combining and narrow text in terminal cells", () => {
  expect(cases.widths.length).toBeGreaterThan(0);
  for (const [text, cells] of cases.widths) expect([text, widthOf(String(text))]).toEqual([text, cells]);
});

test("pads Japanese text by cells, not by characters", () => {
  for (const [text, cells, expected] of cases.padded) expect(padTo(String(text), Number(cells))).toBe(expected);
});

test("breaks banners after slashes and Japanese text between characters, never before a closing mark", () => {
  for (const [text, cells, expected] of cases.wrapped) expect(wrapTo(String(text), Number(cells))).toEqual(expected);
});

const text = fc.string({ unit: fc.constantFrom("a", "Z", " ", "/", "\u7279", "\u30fb", "\uff09", "\u3000", "\u0301", "\uff8a") });

test("never gives a line wider than asked, and loses no character but spaces", () => {
  fc.assert(fc.property(text, fc.integer({ min: 4, max: 30 }), (value, cells) => {
    const lines = wrapTo(value, cells);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(cells);
    const bare = (each: string): string => each.replace(/[ \u3000]/g, "");
    expect(bare(lines.join(""))).toBe(bare(value));
  }));
});

test("pads and cuts to exactly the cells asked for", () => {
  fc.assert(fc.property(text, fc.integer({ min: 0, max: 30 }), (value, cells) => {
    expect(widthOf(padTo(value, cells))).toBe(cells);
    expect(widthOf(cutTo(value, cells))).toBeLessThanOrEqual(cells);
  }));
});
