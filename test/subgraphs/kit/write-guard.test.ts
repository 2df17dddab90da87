/** Who may write under which label, and not below what they say it is made of (SPEC 4.8, 4.19): the one guard of steps, grants and imports. */
import { BOTTOM, type LabelCore } from "../../../schema/label";
import { loadPolicy } from "../../../schema/policy";
import { refuseWrite, mayWrite, type Writing } from "../../../subgraphs/kit/write-guard";
import { persona } from "../../support/people";
import { DEMO_NOON } from "../../support/postgres";
import { TEST_LABEL } from "../../support/workflow-world";

const policy = loadPolicy();
const HIGH: LabelCore = { ...TEST_LABEL, level: 2, regimes: ["MODS"] };
const writing = (who: string, highWater?: LabelCore): Writing => ({ policy, asker: { ...persona(policy, who), action: "WRITE", digest: who }, now: DEMO_NOON, highWater });
const codeOf = (...asked: Parameters<typeof refuseWrite>): unknown => { try { refuseWrite(...asked); return "may"; } catch (error) { return (error as { readonly code?: unknown }).code; } };

test("without a word about it, everything that somebody may write may be written, and nothing else", () => {
  expect([codeOf(writing("mod-officer"), TEST_LABEL), codeOf(writing("mod-officer", BOTTOM), HIGH), codeOf(writing("uncleared-official"), HIGH), codeOf(writing("uncleared-official"), HIGH, true)]).toEqual(["may", "may", "REFUSED_STATE", "may"]);
});

test("below what it is said to be made of nothing is written, and that is another refusal than for what somebody may not write at all", () => {
  expect([codeOf(writing("mod-officer", HIGH), TEST_LABEL), codeOf(writing("mod-officer", HIGH), HIGH), codeOf(writing("mod-officer", HIGH), BOTTOM)]).toEqual(["REFUSED_LABEL", "may", "REFUSED_LABEL"]);
  // What is hidden is refused as what does not exist, whatever is said.
  expect(codeOf(writing("uncleared-official", { ...HIGH, level: 3 }), HIGH)).toBe("REFUSED_STATE");
  // A box is no way down.
  expect(codeOf(writing("uncleared-official", HIGH), TEST_LABEL, true)).toBe("REFUSED_LABEL");
  expect([mayWrite(writing("mod-officer", HIGH), TEST_LABEL), mayWrite(writing("mod-officer", HIGH), HIGH)]).toEqual([false, true]);
});
