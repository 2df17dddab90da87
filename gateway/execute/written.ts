/**
 * Under which labels a ministry wrote (SPEC 4.19): those of what a change gives back, read from the very answer of the ministry, whether the asker may read it or not. For the evidence only.
 */
import type { LabelCore } from "../../schema/label";
import { isLabelCore } from "../../schema/policy";
import { LABEL_KEY } from "../plan/shape";
import type { Answer } from "./answer";
import { isRecord } from "./ruling";

/** Of each change that was made the label of what it gives back or, where that has none, of everything in it that has one; null where the ministry does not say what came of it. What goes wrong below a change does not undo it: a change that was refused has an error at its own place. */
export function writtenIn({ data, errors, labels }: Answer): readonly (LabelCore | null)[] {
  const paths = Array.isArray(errors) ? errors.flatMap((error: unknown) => (isRecord(error) && Array.isArray(error["path"]) ? [error["path"] as readonly unknown[]] : [])) : [];
  const isRefusedWhole = Array.isArray(errors) && errors.length > 0 && paths.every(({ length }) => length < 2);
  if (!isRecord(data)) return isRefusedWhole ? [] : [null];
  const refused = new Set(paths.flatMap(([name, ...below]) => (below.length === 0 ? [name] : [])));
  return Object.entries(data).flatMap(([name, value]) => (refused.has(name) ? [] : orNothing(labelsOf(value, labels.raw))));
}

function orNothing(found: readonly LabelCore[]): readonly (LabelCore | null)[] { return found.length === 0 ? [null] : found; }

/** What has a label of its own is not looked into: what it leads to was not written with it. */
function labelsOf(value: unknown, table: readonly unknown[]): readonly LabelCore[] {
  const own = labelOf(value, table);
  if (own !== undefined) return [own];
  return (Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : []).flatMap((one) => labelsOf(one, table));
}

function labelOf(value: unknown, table: readonly unknown[]): LabelCore | undefined {
  const index = isRecord(value) ? value[LABEL_KEY] : undefined;
  const entry = typeof index === "number" ? table[index] : undefined;
  const record = isRecord(entry) ? entry["record"] : undefined;
  if (!isRecord(record)) return undefined;
  const { policy, level, regimes, need, owners, purposes, handling } = record;
  const core: unknown = { policy, level, regimes, need, owners, purposes, handling };
  return isLabelCore(core) ? core : undefined;
}
