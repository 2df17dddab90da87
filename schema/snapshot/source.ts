/**
 * The snapshot file and what is in force of it (SPEC 14.4). Takes the list of officers and the paths of the snapshot and of what is remembered; gives the policy in force and
 * tells when it changes, within about a second of the file. Refuses to begin without a policy; afterwards a file that is missing, torn, badly signed or older changes
 * nothing, and the operator is told once. Gateways and ministries each have one of their own.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import { loadPolicy, type Policy, type PolicyFiles } from "../policy";
import { readSigners, type Signers } from "../signed";
import { type Applied, applySnapshot, type InForce } from "./in-force";
import { isFresh, LARGEST_SNAPSHOT, openSnapshot, type Snapshot } from "./snapshot";
import { readKept, writeKept } from "./state";

export interface PolicySettings {
  readonly snapshotFile: string;
  /** Parsed list of the officers who may sign. */
  readonly signers: unknown;
  /** Where this process remembers what is in force; no other process writes there. */
  readonly stateFile: string;
}
export interface PolicySourceOptions extends PolicySettings {
  /** As for `loadPolicy`. */
  readonly shiftDays: number;
  readonly clock: () => number;
  /** Told of every change, and once of every reason why there is none. */
  readonly tell: (event: string, detail: Readonly<Record<string, string | number>>) => void;
  /** Milliseconds between two looks at the file. */
  readonly interval?: number;
}
export interface PolicyStatus {
  readonly version: string;
  readonly revision: number;
  /** Milliseconds since the newest snapshot in force was issued. */
  readonly age: number;
  readonly isFresh: boolean;
  /** Something that it permits waits for a fresh snapshot. */
  readonly isHeld: boolean;
  /** The file says something else than what is in force. */
  readonly isRefused: boolean;
  /** Whoever follows decides by it. */
  readonly isApplied: boolean;
}

const INTERVAL_MS = 1_000;

export class PolicySource {
  readonly #options: PolicySourceOptions;
  readonly #signers: Signers;
  readonly #load: (files: PolicyFiles) => Policy;
  #floor: { readonly revision: number; readonly digest: string };
  #inForce: InForce | undefined;
  /** What was last read: verified once, good or bad. */
  #read: { readonly hash: string; readonly outcome: Promise<Snapshot> } | undefined;
  #problem = "";
  #apply: (policy: Policy) => void | Promise<void> = () => undefined;
  #unapplied = false;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /**
   * Reads what was in force, and the snapshot.
   * @throws Error in words for the operator when no policy is in force afterwards
   */
  static async open(options: PolicySourceOptions): Promise<PolicySource> {
    const signers = readSigners(options.signers);
    if (new Set([...signers.values()].map(({ owner }) => owner)).size < 2) throw new Error("the list of officers names fewer than two persons");
    const load = (files: PolicyFiles): Policy => loadPolicy(files, { shiftDays: options.shiftDays });
    const source = new PolicySource(options, signers, load);
    const kept = await readKept(options.stateFile, (text) => source.#open(text), load);
    source.#floor = kept;
    source.#inForce = kept.inForce;
    await source.look();
    if (source.#inForce === undefined) throw new Error(`no policy is in force: ${[kept.problem, source.#problem].filter((text) => text !== undefined && text !== "").join("; ")}`);
    if (!fs.existsSync(options.stateFile)) throw new Error("what is in force could not be remembered, and an older policy could come back after a restart");
    return source;
  }

  private constructor(options: PolicySourceOptions, signers: Signers, load: (files: PolicyFiles) => Policy) {
    this.#options = options;
    this.#signers = signers;
    this.#load = load;
    this.#floor = { revision: 0, digest: "" };
  }

  /** The policy in force. Another object whenever another one is. */
  current(): Policy { return this.#known().policy; }

  status(): PolicyStatus {
    const { policy, latest, isHeld } = this.#known();
    const now = this.#options.clock();
    return { version: policy.version, revision: latest.revision, age: Math.max(0, now - latest.issuedAt), isFresh: isFresh(latest, now), isHeld, isRefused: this.#problem !== "", isApplied: !this.#unapplied };
  }

  /** Calls `apply` with every new policy, and keeps looking until `stop`. An apply that fails is tried again at the next look. */
  follow(apply: (policy: Policy) => void | Promise<void>): void {
    this.#apply = apply;
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks now. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => { this.#looking = undefined; });
    return this.#looking;
  }

  #known(): InForce {
    if (this.#inForce === undefined) throw new Error("no policy is in force");
    return this.#inForce;
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => { void this.look().finally(() => { this.#schedule(); }); }, this.#options.interval ?? INTERVAL_MS);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    try {
      const snapshot = this.#checkFloor(await this.#readNewest());
      this.#take(applySnapshot(this.#inForce, snapshot, this.#options.clock(), this.#load));
    } catch (error) { this.#refuse(error instanceof Error ? error.message : String(error)); }
    if (!this.#unapplied || this.#inForce === undefined) return;
    try {
      await this.#apply(this.#inForce.policy);
      this.#unapplied = false;
      this.#problem = "";
    } catch (error) { this.#refuse(`the policy could not be applied: ${error instanceof Error ? error.message : String(error)}`); }
  }

  #readNewest(): Promise<Snapshot> {
    const { snapshotFile } = this.#options;
    if (fs.statSync(snapshotFile).size > LARGEST_SNAPSHOT) throw new Error("the snapshot is too large");
    return this.#open(fs.readFileSync(snapshotFile, "utf8"));
  }

  /** Verifies a text when its bytes are others than the last time. */
  #open(text: string): Promise<Snapshot> {
    const hash = createHash("sha256").update(text).digest("hex");
    if (hash !== this.#read?.hash) this.#read = { hash, outcome: openSnapshot(text, this.#signers) };
    return this.#read.outcome;
  }

  /** A revision that was in force here stays taken, even if what it said is not in force any more. */
  #checkFloor(snapshot: Snapshot): Snapshot {
    const { revision, digest } = this.#floor;
    if (snapshot.revision < revision) throw new Error(`revision ${snapshot.revision} is older than ${revision}`);
    if (snapshot.revision === revision && snapshot.digest !== digest) throw new Error(`revision ${revision} is in use with another content`);
    return snapshot;
  }

  #take(applied: Applied): void {
    if (applied.kind === "refused") return this.#refuse(applied.why);
    if (!this.#unapplied) this.#problem = "";
    if (applied.kind === "unchanged") return;
    const { inForce, change, kind } = applied;
    this.#unapplied ||= inForce.policy !== this.#inForce?.policy;
    this.#inForce = inForce;
    this.#floor = inForce.latest;
    const { latest, policy } = inForce;
    this.#options.tell(kind === "held" ? "policy narrowed; what it widens waits for a fresh snapshot" : "policy applied", { revision: latest.revision, policy: policy.version, change, by: latest.by.join(", ") });
    try { writeKept(this.#options.stateFile, inForce); } catch (error) { this.#options.tell("the state of the policy could not be kept", { why: String(error) }); }
  }

  /** Once per reason. */
  #refuse(why: string): void {
    if (why === this.#problem) return;
    this.#problem = why;
    if (this.#inForce === undefined) this.#options.tell("policy snapshot refused", { why });
    else this.#options.tell("policy snapshot refused; the last good one stays in force", { why, revision: this.#inForce.latest.revision });
  }
}
