/**
 * What `bench:ministry` has measured, line by line beside its database: a run may be stopped, ask for a part or go on with the next stage, and the report is of everything that was measured there.
 * Of a question that was asked twice the later figures count.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Measured } from "./ministry-measure";
import { QUESTIONS } from "./ministry-questions";
import type { KindReport, StageReport } from "./ministry-report";
import { ASKER_KINDS } from "./ministry-world";

export interface KeptLine extends Omit<KindReport, "measured" | "plans" | "alone"> { /** Without a copy in turn. */ readonly isAlone?: boolean; readonly stage: number; readonly documents: number; readonly measured: Measured; readonly plans: KindReport["plans"][number]["plans"] }

export function keepLine(root: string, line: KeptLine): void { appendFileSync(join(root, "measured.jsonl"), `${JSON.stringify(line)}\n`); }

/** Stages of which anything was measured, in order. */
export function readKept(root: string): readonly StageReport[] {
  const file = join(root, "measured.jsonl");
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line) as KeptLine) : [];
  return [...new Set(lines.map(({ stage }) => stage))].sort((a, b) => a - b).map((stage) => {
    const own = lines.filter((line) => line.stage === stage);
    const kinds = ASKER_KINDS.flatMap((kind): readonly KindReport[] => {
      const last = own.findLast((line) => line.kind === kind);
      if (last === undefined) return [];
      const of = (alone: boolean): readonly KeptLine[] => QUESTIONS.flatMap((question) => own.findLast(({ kind: who, isAlone = false, measured: { name, part } }) => isAlone === alone && who === kind && name === question.name && part === question.part) ?? []);
      const found = of(false);
      const { known, readable, knownLabels, readableLabels } = last;
      return [{ kind, known, readable, knownLabels, readableLabels, measured: found.map(({ measured }) => measured), alone: of(true).map(({ measured }) => measured), plans: found.map(({ measured: { name, part }, plans }) => ({ name, part, plans })) }];
    });
    return { stage, documents: own.at(-1)?.documents ?? 0, kinds };
  });
}
