/**
 * Errors in a ministry's answer (attacks B-56, B-85, B-86). Nothing of them is forwarded: an error becomes one code at the root field it is
 * under, and one at a place that the asker is not permitted vanishes, as if the ministry had not stumbled there.
 */
import { REFUSAL_REASONS, type ErrorCode, type RefusalReason } from "../errors";
import type { Branch } from "../plan/operation";
import type { Shape, ValueShape } from "../plan/shape";
import type { AskedEntity } from "./asked-entities";
import type { MatchedEntity } from "./match-entities";
import type { Release } from "./release";
import { PERMIT, isRecord } from "./ruling";
import type { Run } from "./run";

/** Codes by which a ministry refuses a change, and what the client is told of them; all others are failures. */
const REFUSALS: ReadonlyMap<unknown, RefusalReason> = new Map([...REFUSAL_REASONS.map((reason) => [`REFUSED_${reason}`, reason] as const), ["BAD_USER_INPUT", "INPUT"]]);
const READ_AT_MOST = 1_000;

/** An entity fetch: what was asked, and what came back for it. */
export interface EntityAnswers {
  readonly asked: readonly AskedEntity[];
  readonly matched: readonly (MatchedEntity | undefined)[];
  /** Where the entities are in the data. An error at another fetch's is none of this one. */
  readonly key: string;
}

/**
 * Records the errors of an answer.
 * @param root the branch of a fetch of root fields
 * @param entities for an entity fetch
 */
export function recordErrors(run: Run, root: Branch | undefined, release: Release, errors: unknown, data: unknown, entities: EntityAnswers | undefined): void {
  if (!Array.isArray(errors)) return;
  for (const error of errors.slice(0, READ_AT_MOST)) {
    const path: unknown = isRecord(error) ? error["path"] : undefined;
    const failure = run.operation.type === "mutation" && isRecord(error) ? failureOf(error["extensions"]) : UNAVAILABLE;
    const steps: readonly unknown[] = Array.isArray(path) ? path : [];
    if (entities !== undefined && typeof steps[0] === "string" && steps[0] !== entities.key && isRecord(data) && Object.hasOwn(data, steps[0])) continue;
    if (root !== undefined) recordRootError(run, root, release, steps, data, failure);
    else if (entities !== undefined) recordEntityError(run, release, steps, entities, failure);
  }
}

function recordRootError(run: Run, branch: Branch, release: Release, path: readonly unknown[], data: unknown, { code, reason }: Failure): void {
  if (run.operation.labelled && !isVisibleIn(run, release, branch.shape, path, data, undefined)) return;
  const [first] = path;
  const field = branch.path.length === 0 && typeof first === "string" ? branch.rootOf(first) : undefined;
  run.fail(field === undefined ? branch.roots : [field], code, reason);
}

/** An error at one entity belongs to the places it was asked for; any other to all places of the fetch. */
function recordEntityError(run: Run, release: Release, path: readonly unknown[], { asked, matched }: EntityAnswers, { code, reason }: Failure): void {
  const [, index, ...rest] = path;
  const question = typeof index === "number" ? asked[index] : undefined;
  const entity = typeof index === "number" ? matched[index] : undefined;
  const branches = new Set(question === undefined ? asked.flatMap((each) => each.branches) : question.branches);
  for (const branch of branches) {
    if (run.operation.labelled && entity !== undefined && !isVisibleIn(run, release, branch.shape, rest, entity.raw, entity.typeName)) continue;
    run.fail(branch.roots, code, reason);
  }
}

interface Failure { readonly code: ErrorCode; readonly reason?: RefusalReason }
const UNAVAILABLE: Failure = { code: "MINISTRY_UNAVAILABLE" };

function failureOf(extensions: unknown): Failure {
  const reason = isRecord(extensions) ? REFUSALS.get(extensions["code"]) : undefined;
  return reason === undefined ? UNAVAILABLE : { code: "MINISTRY_REFUSED", reason };
}

/** Follows the path through the answer with the rulings that were made on it. */
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
