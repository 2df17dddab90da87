/**
 * What an execution came to: the answer and everything it says about itself (R1).
 */
import { floorOfView } from "../../schema/compose";
import { type LabelCore, join } from "../../schema/label";
import type { LabelPool, LabelRef } from "./label-pool";
import type { Projector } from "./project";
import type { ExecuteOutcome, Withheld } from "./request";
import type { Run } from "./run";

/** A class, because an accessor of an object literal is kept alive with all it knows until the next full garbage collection. */
export class Outcome implements ExecuteOutcome {
  readonly text: ExecuteOutcome["text"];
  readonly ascii: boolean;
  readonly errors: ExecuteOutcome["errors"];
  readonly released: ExecuteOutcome["released"];
  readonly releasedLabelIds: ExecuteOutcome["releasedLabelIds"];
  readonly withheld: ExecuteOutcome["withheld"];
  readonly calls: ExecuteOutcome["calls"];
  readonly written: ExecuteOutcome["written"];
  readonly portions: ExecuteOutcome["portions"];
  #data: ExecuteOutcome["data"];

  constructor(parts: Omit<ExecuteOutcome, "data">) {
    this.text = parts.text;
    this.ascii = parts.ascii;
    this.errors = parts.errors;
    this.released = parts.released;
    this.releasedLabelIds = parts.releasedLabelIds;
    this.withheld = parts.withheld;
    this.calls = parts.calls;
    this.written = parts.written;
    this.portions = parts.portions;
  }

  get data(): ExecuteOutcome["data"] {
    if (this.text === undefined) return undefined;
    return (this.#data ??= JSON.parse(this.text) as ExecuteOutcome["data"]);
  }
}

/** Says what was released with the text. */
export function outcomeOf(run: Run, projector: Projector, text: string): ExecuteOutcome {
  const ids = new Set<string>();
  for (const label of projector.released) for (const id of label.ids) ids.add(id);
  const refs = new Set(projector.released.map(({ ref }) => ref));
  // Names and descriptions of the schema are released too.
  if (run.operation.introspection !== undefined) refs.add(run.pool.refOf(floorOfView(run.operation.view)));
  const released = joinReleased(run.pool, [...refs]);
  return new Outcome({
    // Introspection says what people wrote into the schema.
    text, ascii: run.ascii && run.operation.introspection === undefined, errors: run.errors, calls: run.calls, withheld: eachOnce(projector.withheld),
    released, written: run.written, releasedLabelIds: [...ids].sort(), portions: run.request.portions === true ? portionsOf(projector) : undefined,
  });
}

/** Joins that the pool remembers; more different labels than these are joined by halves, or every step would be a label as long as all before it (B-130). */
const FEW_LABELS = 64;

function joinReleased(pool: LabelPool, refs: readonly LabelRef[]): LabelCore {
  if (refs.length <= FEW_LABELS) return refs.reduce((sum, ref) => pool.join(sum, ref), pool.bottom).core;
  const half = refs.length >> 1;
  return join(joinReleased(pool, refs.slice(0, half)), joinReleased(pool, refs.slice(half)));
}

/** Several ministries contribute to one record; what they withhold of it alike is told once. */
function eachOnce(withheld: readonly Withheld[]): readonly Withheld[] {
  return withheld.length < 2 ? withheld : [...new Map(withheld.map((entry) => [JSON.stringify(entry), entry])).values()];
}

function portionsOf(projector: Projector): NonNullable<ExecuteOutcome["portions"]> {
  const refs = [...new Set(projector.values.map(({ label }) => label))];
  const at: Record<string, number> = Object.fromEntries(projector.values.map(({ path, label }) => [path, refs.indexOf(label)]));
  return { labels: refs.map((ref) => ref.core), at };
}
