import { setImmediate as turn } from "node:timers/promises";
import { Admission, askedBy, FEW, LONGEST_MS, unseenOf } from "../../../gateway/front/admission";

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
  const admission = new Admission({ now: () => (time += 1) });
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

describe("one asker's share", () => {
  const SHARE = 6;
  const enterAs = (admission: Admission, asker: string, count: number, begun: string[]): boolean[] => numbers(count).map((at) => admission.enter(() => { begun.push(`${asker}${at}`); }, asker));
  const settle = async (): Promise<void> => { for (let at = 0; at < 200; at += 1) await turn(); };

  it("is all they have under way, while everybody else is begun [B-109]", async () => {
    const admission = new Admission({ share: SHARE });
    const begun: string[] = [];
    enterAs(admission, "a", 50, begun);
    await settle();
    expect(begun).toHaveLength(SHARE);
    // What waits for its own asker keeps neither the event loop nor the evidence busy.
    expect(admission.waiting).toBe(0);
    enterAs(admission, "b", 1, begun);
    await settle();
    expect(begun.at(-1)).toBe("b0");
    admission.leave("a");
    await settle();
    expect([begun.length, begun.at(-1)]).toEqual([SHARE + 2, `a${SHARE}`]);
    for (let at = 0; at < 49; at += 1) { admission.leave("a"); await turn(); await turn(); }
    await settle();
    expect(begun.filter((one) => one.startsWith("a"))).toEqual(numbers(50).map((at) => `a${at}`));
  });

  it("is one turn, however many of theirs wait", async () => {
    const admission = new Admission({ share: 1_000 });
    const begun: string[] = [];
    enterAs(admission, "a", 40, begun);
    enterAs(admission, "b", 2, begun);
    enterAs(admission, "c", 1, begun);
    await settle();
    expect(begun.slice(FEW, FEW + 5)).toEqual(["a4", "b0", "c0", "a5", "b1"]);
    expect(begun).toHaveLength(43);
  });

  it("bounds those that wait", () => {
    const admission = new Admission({ share: SHARE });
    expect(enterAs(admission, "a", 200, []).filter(Boolean)).toHaveLength(SHARE * 17 - (SHARE - FEW));
  });

  it("is another one for tokens that are only verified: by issuer, bounded whatever the share, and none where nobody is told apart", async () => {
    const admission = new Admission({ share: SHARE });
    const begun: string[] = [];
    const line = unseenOf("https://issuer.test");
    const isIn = enterAs(admission, line, 5_000, begun);
    await settle();
    expect([begun.length, isIn.filter(Boolean).length]).toEqual([64, 4_096 + FEW]);
    enterAs(admission, unseenOf("https://other.test"), 1, begun);
    enterAs(admission, askedBy("a"), 1, begun);
    await settle();
    expect(begun).toHaveLength(66);
    expect(enterAs(new Admission({ share: SHARE }), "", 5_000, []).every(Boolean)).toBe(true);
  });
});
