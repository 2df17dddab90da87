/**
 * Which policy is in force (SPEC 14.4, 14.5). Takes what is in force and a snapshot that verified; gives what is in force afterwards. Revisions only go up. A fresh snapshot
 * is applied as it is; of one that is not, everything that narrows is applied at once and everything that widens waits: until a fresh one comes, only what the policy
 * before and the new one both permit is permitted. Pure: no clock, no file.
 */
import { type ChangeKind, type Difference, differencesOf, kindOf, meetPolicies, type Policy, type PolicyFiles } from "../policy";
import { isFresh, type Snapshot } from "./snapshot";

/** A snapshot that takes part in what is in force. */
interface Part { readonly snapshot: Snapshot; readonly policy: Policy }

export interface InForce {
  /** What is decided by. */
  readonly policy: Policy;
  /** The newest snapshot. */
  readonly latest: Snapshot;
  /** What is permitted must be permitted by each of these; the first was applied as it was. */
  readonly parts: readonly [Part, ...Part[]];
  /** Something that the newest snapshot permits waits for a fresh one. */
  readonly isHeld: boolean;
}

export type Applied =
  | { readonly kind: "unchanged" }
  | { readonly kind: "applied" | "held"; readonly inForce: InForce; readonly change: ChangeKind; readonly differences: readonly Difference[] }
  | { readonly kind: "refused"; readonly why: string };

/**
 * @param current undefined when nothing is in force yet: then everything a snapshot permits widens
 * @throws PolicyError when the files make no policy
 */
export function applySnapshot(current: InForce | undefined, snapshot: Snapshot, now: number, load: (files: PolicyFiles) => Policy): Applied {
  const fresh = isFresh(snapshot, now);
  if (current === undefined) {
    if (!fresh) return { kind: "refused", why: `revision ${snapshot.revision} is not fresh, and no policy is in force that it could narrow` };
    return { kind: "applied", inForce: alone({ snapshot, policy: load(snapshot.files) }), change: "widening", differences: [] };
  }
  const { latest } = current;
  if (snapshot.revision < latest.revision) return { kind: "refused", why: `revision ${snapshot.revision} is older than ${latest.revision}` };
  if (snapshot.revision === latest.revision) {
    if (snapshot.digest !== latest.digest) return { kind: "refused", why: `revision ${snapshot.revision} is in use with another content` };
    if (!(current.isHeld && fresh)) return { kind: "unchanged" };
  }
  const part: Part = { snapshot, policy: load(snapshot.files) };
  const differences = differencesOf(current.policy, part.policy);
  const change = kindOf(differences);
  if (fresh || change === "narrowing" || change === "neutral") return { kind: "applied", inForce: alone(part), change, differences };
  return { kind: "held", inForce: narrow(current, part, change), change, differences };
}

function alone(part: Part): InForce {
  return { policy: part.policy, latest: part.snapshot, parts: [part], isHeld: false };
}

/** What the new one narrows is narrowed; of the earlier ones only those stay that still keep something back from it. */
function narrow(current: InForce, part: Part, change: ChangeKind): InForce {
  if (change === "widening") return { ...current, latest: part.snapshot, isHeld: true };
  const [first, ...rest] = current.parts;
  const later = [...rest.filter(({ policy }) => { const kind = kindOf(differencesOf(policy, part.policy)); return kind === "widening" || kind === "mixed"; }), part];
  return { policy: later.reduce((policy, each) => meetPolicies(policy, each.policy), first.policy), latest: part.snapshot, parts: [first, ...later], isHeld: true };
}

/** What was in force, from the snapshots it was made of. */
export function restore(parts: readonly Snapshot[], latest: Snapshot, isHeld: boolean, load: (files: PolicyFiles) => Policy): InForce | undefined {
  const [first, ...later] = parts.map((snapshot): Part => ({ snapshot, policy: load(snapshot.files) }));
  if (first === undefined) return undefined;
  return { policy: later.reduce((policy, each) => meetPolicies(policy, each.policy), first.policy), latest, parts: [first, ...later], isHeld };
}
