import { setImmediate as turn } from "node:timers/promises";
import { Admission, FEW, LONGEST_MS } from "../../../gateway/front/admission";

/** Requests by number, in the order in which they were begun. */
function enterMany(admission: Admission, count: number): number[] {
  const begun: number[] = [];
  for (let at = 0; at < count; at += 1) admission.enter(() => { begun.push(at); });
  return begun;
}
function work(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

it("begins a few requests at once and the others in the order of arrival, one for each that is done", async () => {
  const admission = new Admission();
  const begun = enterMany(admission, 10);
  expect(begun).toEqual(numbers(FEW));
  for (let done = 1; done <= 10 - FEW; done += 1) {
    admission.leave();
    // A turn in which somebody works.
    while (begun.length < FEW + done) { work(1); await turn(); }
    expect(begun).toEqual(numbers(FEW + done));
  }
});

it("begins no others while the event loop has work on those under way, but one after a while whatever those do", async () => {
  // Every look at the clock finds it a millisecond later: no turn is without work.
  let time = 1_000;
  const admission = new Admission(() => (time += 1));
  const begun = enterMany(admission, 10);
  while (time < 1_000 + LONGEST_MS) await turn();
  expect(begun).toHaveLength(FEW);
  for (const more of [1, 2]) {
    time += LONGEST_MS;
    await turn();
    await turn();
    expect(begun).toHaveLength(FEW + more);
  }
});

it("begins all, one a turn, while those under way wait for somebody else", async () => {
  const admission = new Admission();
  const begun = enterMany(admission, 20);
  for (let at = 0; at < 2_000 && begun.length < 20; at += 1) await turn();
  expect(begun).toEqual(numbers(20));
  expect(admission.underWay).toBe(20);
});

it("lets nobody overtake who waits already", async () => {
  const admission = new Admission();
  const begun = enterMany(admission, FEW + 1);
  admission.leave();
  admission.enter(() => { begun.push(99); });
  expect(begun).toHaveLength(FEW);
  for (let at = 0; at < 2_000 && begun.length < FEW + 2; at += 1) await turn();
  expect(begun).toEqual([...numbers(FEW + 1), 99]);
});
