import { printSchema } from "graphql";
import { SubjectClasses } from "../../../gateway/view/classes";
import { compose, subgraph } from "../../schema/compose/harness";

const bundle = compose(subgraph("a", 'type Query { low: Int mid: Int @label(level: "CONFIDENTIAL", regimes: ["CESI"]) high: Int @label(level: "SECRET", regimes: ["SDS"]) }'));
const upTo = (level: number) => (floor: { readonly level: number }): boolean => floor.level <= level;

describe("classes of subjects", () => {
  it("are one per set of permitted labels, whoever the subject is", () => {
    const classes = new SubjectClasses(bundle, (_, id) => id);
    const low = classes.get(classes.bitsOf(upTo(0)));
    expect(classes.get(classes.bitsOf(upTo(1)))).toBe(low);
    const high = classes.get(classes.bitsOf(upTo(3)));
    expect(high.id).not.toBe(low.id);
    expect([printSchema(low.view).includes("high"), printSchema(high.view).includes("high")]).toEqual([false, true]);
    expect(low.server).toBe(low.id);
  });

  it("print their schema once, under the join of the labels of what is in it", () => {
    const classes = new SubjectClasses(bundle, () => ({}));
    const [low, high] = [0, 3].map((level) => classes.get(classes.bitsOf(upTo(level))).print());
    expect([low?.sdl.includes("mid"), high?.sdl.includes("mid"), low?.floor.level, high?.floor.level, high?.floor.regimes]).toEqual([false, true, 0, 3, ["CESI", "SDS"]]);
    expect(classes.get(classes.bitsOf(upTo(3))).print()).toBe(high);
  });

  it("are bounded in number, and made again when they were dropped", () => {
    const classes = new SubjectClasses(bundle, () => ({}), 2);
    const [first, second, third] = [0, 2, 3].map((level) => classes.get(classes.bitsOf(upTo(level))));
    expect(classes.size).toBe(2);
    expect(classes.get(classes.bitsOf(upTo(3)))).toBe(third);
    expect(classes.get(classes.bitsOf(upTo(2)))).toBe(second);
    const again = classes.get(classes.bitsOf(upTo(0)));
    expect(again).not.toBe(first);
    expect(again.id).toBe(first?.id);
  });
});
