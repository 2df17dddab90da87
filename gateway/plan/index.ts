/** The public surface of planning: `Planner` gives compiled operations, which `gateway/execute` runs. */
export { Planner } from "./planner";
export { DEFAULT_LIMITS, RESERVED_PREFIX, type Limits } from "./limits";
export type { CompiledOperation } from "./operation";
