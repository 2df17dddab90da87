/** When the clock looks: what ends with a day has ended when the next one begins. */
import { startOfDay } from "../../../../schema/policy";
import { untilNextLook } from "../../../../subgraphs/kit/workflow/days";

const MINUTE = 60_000;

test("every hour, and when a day begins in Japan, whichever is sooner: never before, and never more than a moment after", () => {
  const midnight = startOfDay("2026-11-02");
  expect(untilNextLook(midnight - 2 * 60 * MINUTE)).toBe(60 * MINUTE);
  for (const before of [59 * MINUTE, MINUTE, 1]) {
    const look = midnight - before + untilNextLook(midnight - before);
    expect([look >= midnight, look - midnight <= 1_000]).toEqual([true, true]);
  }
  expect(untilNextLook(midnight)).toBe(60 * MINUTE);
});
