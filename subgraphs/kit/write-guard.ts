/**
 * Whether somebody may write under a label (SPEC 4.8, 4.19). Takes the label of what is written and, where the asker said what it is made of, the join of the labels of that; refuses a target that the asker may not write at all
 * like what does not exist, and one that lies below what it is made of as a label that breaks a rule. Whoever holds DECLASSIFY over every owner of what it is made of may write below it.
 */
import { BOTTOM, type LabelCore } from "../../schema/label";
import { type Decidable, type Policy, findReasons } from "../../schema/policy";
import { Refusal } from "./refusal";
import type { Asker } from "./rows";

export interface Writing { readonly policy: Policy; readonly asker: Asker; readonly now: number; /** Undefined where nothing was said: that is found in the evidence. */ readonly highWater?: LabelCore | undefined }

/** @param isSealed what is put where the asker does not read: then only what it is made of counts. @throws Refusal */
export function refuseWrite(writing: Writing, target: Decidable, isSealed = false): void {
  const reasons = writeReasons(writing, target);
  if (!isSealed && reasons.some(({ clause }) => clause !== BELOW)) throw new Refusal("REFUSED_STATE");
  if (reasons.some(({ clause }) => clause === BELOW)) throw new Refusal("REFUSED_LABEL");
}

/** Whether nothing stands in the way. */
export function mayWrite(writing: Writing, target: Decidable): boolean { return writeReasons(writing, target).length === 0; }

const BELOW = "4.8";
function writeReasons({ policy, asker, now, highWater = BOTTOM }: Writing, target: Decidable): ReturnType<typeof findReasons> {
  return findReasons(policy, asker.subject, "WRITE", target, { ...asker.ctx, now }, { highWater });
}
