/** The public surface of policy snapshots, by name. */
export { applySnapshot, type Applied, type InForce } from "./in-force";
export { isFresh, LARGEST_SNAPSHOT, LONGEST_FRESH_DAYS, makePayload, OFFICERS_NEEDED, openSnapshot, readPayload, type Snapshot, SNAPSHOT_TYPE, type SnapshotContent, SnapshotError } from "./snapshot";
export { type PolicySettings, PolicySource, type PolicySourceOptions, type PolicyStatus } from "./source";
