/** Under which labels a ministry wrote, as its answer to a change says (SPEC 4.19). */
import { writtenIn } from "../../../gateway/execute/written";
import { LABEL_KEY } from "../../../gateway/plan/shape";
import type { LabelCore } from "../../../schema/label";

const core = (level: 0 | 1): LabelCore => ({ policy: "JPN-GOV-DEMO", level, regimes: level === 0 ? [] : ["CUI"], need: [], owners: {}, purposes: "ALL", handling: [] });
const [LOW, HIGH] = [core(0), core(1)];
const written = (data: unknown, errors?: unknown): ReturnType<typeof writtenIn> => writtenIn({ data, errors, labels: { raw: [{ record: LOW }, { record: HIGH }] } } as unknown as Parameters<typeof writtenIn>[0]);
const under = (label: number, below: object = {}): object => ({ [LABEL_KEY]: label, ...below });

test("is the label of what a change gives back, of each change by itself", () => {
  expect(written({ one: under(1), two: under(0) })).toEqual([HIGH, LOW]);
});

test("is that of everything in it where it has none itself: one above the other does not hide it", () => {
  expect(written({ one: { high: under(1), low: under(0) } })).toEqual([HIGH, LOW]);
  expect(written({ one: [under(1), under(0)] })).toEqual([HIGH, LOW]);
  expect(written({ one: { list: [{ low: under(0) }] } })).toEqual([LOW]);
});

test("is not that of what something written leads to", () => {
  expect(written({ one: under(1, { refersTo: [under(0)] }) })).toEqual([HIGH]);
});

test("is not known where the ministry does not say it, and is none where the change was refused", () => {
  expect(written({ one: null, two: true, three: { four: 7 } })).toEqual([null, null, null]);
  expect(written({ one: under(1), two: null }, [{ path: ["two"] }])).toEqual([HIGH]);
  expect([written(null, [{ message: "no" }]), written(null)]).toEqual([[], [null]]);
});
