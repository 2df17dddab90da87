/**
 * Errors in a ministry's answer (attacks B-56, B-85, B-86). Nothing of them is forwarded: an error becomes one code at the root field it is
 * under, and one at a place that the asker is not permitted vanishes, as if the ministry had not stumbled there.
 */
import type { ErrorCode } from "../errors";
import type { FetchStep } from "../plan/operation";
import type { Shape, ValueShape } from "../plan/shape";
import type { MatchedEntity } from "./entities";
import type { Release } from "./release";
import { PERMIT, isRecord } from "./ruling";
import type { Run } from "./run";

/** Codes by which a ministry refuses a change; all others are failures. */
const REFUSALS: ReadonlySet<unknown> = new Set(["REFUSED_ROLE", "REFUSED_STATE", "BAD_USER_INPUT"]);
const READ_AT_MOST = 1_000;

/**
 * Records the errors of an answer.
 * @param matched the entities of an entity fetch
 */
export function recordErrors(run: Run, step: FetchStep, release: Release, errors: unknown, data: unknown, matched: readonly (MatchedEntity | undefined)[] | undefined): void {
  if (!Array.isArray(errors)) return;
  for (const error of errors.slice(0, READ_AT_MOST)) {
    const path: unknown = isRecord(error) ? error["path"] : undefined;
    const steps: readonly unknown[] = Array.isArray(path) ? path : [];
    if (!isVisible(run, step, release, steps, data, matched)) continue;
    const code = run.operation.type === "mutation" && isRecord(error) ? codeOf(error["extensions"]) : "MINISTRY_UNAVAILABLE";
    const [first] = steps;
    const root = step.entities === undefined && step.path.length === 0 && typeof first === "string" ? step.rootOf(first) : undefined;
    run.fail(root === undefined ? step.roots : [root], code);
  }
}

function codeOf(extensions: unknown): ErrorCode {
  return isRecord(extensions) && REFUSALS.has(extensions["code"]) ? "MINISTRY_REFUSED" : "MINISTRY_UNAVAILABLE";
}

/** Follows the path through the answer with the rulings that were made on it. */
function isVisible(run: Run, step: FetchStep, release: Release, path: readonly unknown[], data: unknown, matched: readonly (MatchedEntity | undefined)[] | undefined): boolean {
  if (!run.operation.labelled) return true;
  if (step.entities === undefined) return isVisibleIn(run, release, step.shape, path, data, undefined);
  const [, index, ...rest] = path;
  const entity = typeof index === "number" ? matched?.[index] : undefined;
  return entity === undefined || isVisibleIn(run, release, step.shape, rest, entity.raw, entity.typeName);
}

function isVisibleIn(run: Run, release: Release, shape: Shape, path: readonly unknown[], raw: unknown, typeName: string | undefined): boolean {
  if (!isRecord(raw)) return true;
  const named = typeName ?? raw["__typename"];
  const variant = shape.only ?? (typeof named === "string" ? shape.variants.get(named) : undefined);
  if (variant === undefined) return true;
  const ruling = release.rulingOf(raw, variant, run.pool.unlabelled);
  if (variant.withheld || ruling?.hidden === true) return false;
  const [key, ...rest] = path;
  const index = variant.fields.findIndex((field) => field.key === key);
  const field = variant.fields[index];
  if (field === undefined) return true;
  if ((ruling?.verdicts[index] ?? PERMIT) !== PERMIT) return false;
  return isVisibleValue(run, release, field.shape, rest, Object.hasOwn(raw, field.key) ? raw[field.key] : undefined);
}

function isVisibleValue(run: Run, release: Release, shape: ValueShape, path: readonly unknown[], raw: unknown): boolean {
  if (shape.kind === "object") return isVisibleIn(run, release, shape.shape, path, raw, undefined);
  const [index, ...rest] = path;
  if (shape.kind === "leaf" || !Array.isArray(raw) || typeof index !== "number") return true;
  return isVisibleValue(run, release, shape.of, rest, raw[index]);
}
