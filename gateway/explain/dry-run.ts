/**
 * What changes for whom if a label, a policy, an agreement or an assignment changes (SPEC 8.4). Takes labels (stored ones that the officer may see, or generated), people of the officer's bodies
 * and a change; gives the places whose outcome differs, with the rules that stand in the way before and after. Applies nothing.
 */
import { setImmediate as pause } from "node:timers/promises";
import { type Policy, suspendedFor } from "../../schema/policy";
import { Refused } from "../errors";
import type { Leaving } from "../execute/stop";
import { type Asker, subjectFrom } from "../subject/askers";
import type { Part } from "../subject/entries";
import { isInCharge, type Officer } from "./authority";
import type { Change } from "./change";
import { type LabelledRecord, type Outcome, outcomesOf, type Place, type Reader } from "./outcome";
import { tellReasons, type ToldReason } from "./reasons";

export interface Difference {
  readonly subject: string;
  readonly record: string;
  /** Empty for the record as a whole. */
  readonly field: string;
  readonly before: Outcome;
  readonly after: Outcome;
  /** Of whichever side permits less. */
  readonly reasons: readonly ToldReason[];
}
export interface Diff {
  readonly people: readonly string[];
  readonly records: number;
  readonly places: number;
  readonly changed: number;
  readonly differences: readonly Difference[];
}
export interface DiffParts { readonly policy: Policy; readonly partsOf: (subject: string) => readonly Part[] }

/** Differences told one by one; beyond, only their number is. */
const MOST_TOLD = 1_000;
/** Records between two pauses. */
const AT_A_TIME = 50;
const RANK: Readonly<Record<Outcome, number>> = { hide: 0, redact: 1, permit: 2 };

/**
 * Compares. `askers` are people as they are now; who is not the officer's is left out.
 * @throws Refused BAD_REQUEST when nobody waits for the answer any more
 */
export async function diffOutcomes({ policy, partsOf }: DiffParts, officer: Officer, askers: readonly Asker[], records: readonly LabelledRecord[], change: Change, signal: Leaving): Promise<Diff> {
  const differences: Difference[] = [];
  let places = 0;
  let changed = 0;
  const people = askers.filter(({ subject }) => isInCharge(policy, officer, subject));
  const changedRecords = records.map((record) => [record, change.record(record)] as const);
  for (const { subject, action, ctx } of people) {
    const before: Reader = { policy, subject, action, ctx };
    const after: Reader = { policy: change.policy, subject: subjectFrom(change.policy, change.parts(subject.id, partsOf(subject.id)), { site: ctx.site ?? "", suspended: suspendedFor(subject) }), action, ctx };
    for (const [at, [record, other]] of changedRecords.entries()) {
      // Others are waiting for the same thread.
      if (at % AT_A_TIME === 0) await pause();
      if (signal.aborted) throw new Refused("BAD_REQUEST", "the client went away");
      const was = outcomesOf(before, record);
      const will = outcomesOf(after, other);
      for (const [field, now] of was) {
        places += 1;
        const then = will.get(field);
        if (then === undefined || then.outcome === now.outcome) continue;
        changed += 1;
        if (differences.length < MOST_TOLD) differences.push(differenceOf(before, after, record.record, field, now, then));
      }
    }
  }
  return { people: people.map(({ subject }) => subject.id), records: records.length, places, changed, differences };
}

function differenceOf(before: Reader, after: Reader, record: string, field: string, now: Place, then: Place): Difference {
  const [reader, place] = RANK[then.outcome] < RANK[now.outcome] ? [after, then] : [before, now];
  return { subject: reader.subject.id, record, field, before: now.outcome, after: then.outcome, reasons: tellReasons(reader.policy, place.reasons, place.label, reader.subject) };
}
