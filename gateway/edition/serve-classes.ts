/**
 * What editions of both kinds are made with: the planner of a bundle, and the subject classes, each with a server of its own that carries operations out. Nothing here outlives
 * its edition, so no document, plan or view of one bundle is ever used for another (attack B-101).
 */
import type { Bundle } from "../../schema/compose";
import { type Carrier, carryOut } from "../carry-out";
import type { GatewayConfig } from "../config";
import { Documents } from "../documents";
import type { Metrics } from "../front/metrics";
import type { Attempt } from "../pipeline";
import { DEFAULT_LIMITS, Planner } from "../plan";
import { type ClassServer, makeClassServer } from "../server";
import { SubjectClasses } from "../view/classes";

export type Classes = SubjectClasses<ClassServer<Attempt>>;

export function makePlanner({ tokens, depth, aliases, planning }: GatewayConfig["limits"], bundle: Bundle): Planner {
  return new Planner(bundle, { ...DEFAULT_LIMITS, tokens, depth, aliases, planning });
}

/** The carrier is asked for with the first operation. */
export function makeClasses(bundle: Bundle, { tokens }: GatewayConfig["limits"], warn: (problem: string) => void, carrier: () => Carrier): Classes {
  let made: Carrier | undefined;
  const documents = new Documents();
  return new SubjectClasses(bundle, (view) => makeClassServer<Attempt>({ view, tokens, documents: documents.shelf(), warn, run: (attempt, operation) => carryOut(made ??= carrier(), view, attempt, operation) }));
}

/** Stops every server that was started. */
export async function endClasses(classes: Classes): Promise<void> {
  await Promise.all(classes.all().map(({ server }) => server.stop()));
}

export function observeWith(metrics: Metrics): Carrier["observe"] {
  return ({ planning, calls }) => {
    metrics.planning.observe(planning / 1000);
    for (const { subgraph, ms, ok } of calls) {
      metrics.subgraph.observe({ subgraph }, ms / 1000);
      if (!ok) metrics.subgraphFailures.inc({ subgraph });
    }
  };
}
