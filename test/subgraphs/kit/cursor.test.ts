/** Cursors: opaque, bound to subject and query, the same for the same position. */
import { randomBytes } from "node:crypto";
import { CursorSeal } from "../../../subgraphs/kit/cursor";

const key = randomBytes(32);

test("opens what it sealed", () => {
  const seal = new CursorSeal(key, "a");
  expect(seal.open(seal.seal(["x", null, "doc_1"]), 3)).toEqual(["x", null, "doc_1"]);
});

test("gives the same bytes for the same position, and others for any other [B-68]", () => {
  const seal = new CursorSeal(key, "a");
  expect(seal.seal(["x", "1"])).toBe(new CursorSeal(key, "a").seal(["x", "1"]));
  expect(seal.seal(["x", "1"])).not.toBe(seal.seal(["x", "2"]));
});

test("holds no readable value [B-68]", () => {
  const sealed = new CursorSeal(key, "a").seal(["MIZUMO", "doc_1"]);
  expect(Buffer.from(sealed, "base64url").toString("latin1")).not.toContain("MIZUMO");
});

test.each([["another scope", "b", key], ["another key", "a", randomBytes(32)]] as const)("refuses a cursor of %s [B-68]", (_what, scope, other) => {
  const sealed = new CursorSeal(key, "a").seal(["1"]);
  expect(() => new CursorSeal(other, scope).open(sealed, 1)).toThrow("An argument is not valid.");
});

test("refuses every cursor of which one byte was changed, cut off or added [B-68]", () => {
  const seal = new CursorSeal(key, "a");
  const bytes = Buffer.from(seal.seal(["doc_1"]), "base64url");
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => seal.open(changed.toString("base64url"), 1)).toThrow("An argument is not valid.");
  }
  for (const text of ["", "x", bytes.subarray(1).toString("base64url"), bytes.subarray(0, 20).toString("base64url")]) expect(() => seal.open(text, 1)).toThrow("An argument is not valid.");
});

test("refuses a position of another order", () => {
  const seal = new CursorSeal(key, "a");
  expect(() => seal.open(seal.seal(["x", "1"]), 1)).toThrow("An argument is not valid.");
});
