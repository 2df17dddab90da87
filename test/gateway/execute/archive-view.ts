/** The view of an asker of the archive, one per class, as the gateway keeps them. */
import type { GraphQLSchema } from "graphql";
import { viewOf } from "../../../schema/compose";
import type { LabelCore } from "../../../schema/label";
import { findReasons } from "../../../schema/policy";
import type { ExecuteRequest } from "../../../gateway/execute";
import { type Federation, policy } from "./federation";

const views = new WeakMap<Federation, Map<string, GraphQLSchema>>();

export function permitsFloor(asker: ExecuteRequest["asker"], floor: LabelCore): boolean { return findReasons(policy, asker.subject, "RETRIEVE", floor, asker.ctx).length === 0; }

export function viewFor(federation: Federation, asker: ExecuteRequest["asker"]): GraphQLSchema {
  const known = views.get(federation) ?? new Map<string, GraphQLSchema>();
  views.set(federation, known);
  const view = known.get(asker.subject.id) ?? viewOf(federation.bundle, (floor) => permitsFloor(asker, floor));
  known.set(asker.subject.id, view);
  return view;
}
