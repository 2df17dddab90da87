/**
 * The standing in force (SPEC 3, G8): the latest statement of every ministry, kept in memory. Takes statements as they arrive and gives, per subject,
 * the parts in force and a revision that changes whenever they change. A ministry that was silent for a minute states nothing any more;
 * a token that two ministries claim belongs to neither.
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../schema/label";
import { type KeeperOf, type Part, readSnapshot, type Snapshot } from "./snapshot";

/** Milliseconds after which a silent ministry's grants are void. */
export const SILENCE_MS = 60_000;

export interface StoreOptions {
  readonly ministries: readonly string[];
  readonly keeperOf: KeeperOf;
  readonly clock: () => number;
  readonly warn: (problem: string) => void;
}
export interface StatedPart extends Part { readonly ministry: string }

interface Ministry {
  readonly name: string;
  heardAt: number;
  /** Digest of the last statement without its time, so that an unchanged one costs nothing. */
  digest: string;
  snapshot: Snapshot | undefined;
  /** The last statement as it came, to be read again under other members. */
  body: unknown;
  readonly serials: Map<string, { readonly json: string; readonly serial: number }>;
}

const NOTHING: ReadonlySet<string> = new Set();

export class StandingStore {
  readonly #options: StoreOptions;
  readonly #ministries: ReadonlyMap<string, Ministry>;
  #keeperOf: KeeperOf;
  #contested: ReadonlySet<string> = NOTHING;
  #contestedSerial = 0;
  #serial = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#keeperOf = options.keeperOf;
    this.#ministries = new Map(options.ministries.map((name) => [name, { name, heardAt: Number.NEGATIVE_INFINITY, digest: "", snapshot: undefined, body: undefined, serials: new Map() }]));
  }

  /**
   * Puts a statement in force.
   * @param body parsed JSON of `GET /standing`
   * @throws Error when it is not a statement of that ministry; the one before stays in force until it is too old
   */
  accept(subgraph: string, body: unknown): void {
    const ministry = this.#ministries.get(subgraph);
    if (ministry === undefined) throw new Error(`${subgraph} is not a member`);
    const digest = digestOf(body);
    if (digest !== ministry.digest) {
      this.#read(ministry, body);
      ministry.digest = digest;
      this.#findContested();
    }
    ministry.heardAt = this.#options.clock();
  }

  /** Reads what was stated once more under other members: who keeps whom has changed with the policy. A statement that cannot be read any more is void. */
  judgeBy(keeperOf: KeeperOf): void {
    this.#keeperOf = keeperOf;
    for (const ministry of this.#ministries.values()) {
      if (ministry.snapshot === undefined) continue;
      try {
        this.#read(ministry, ministry.body);
      } catch (error) {
        this.#options.warn(`what ${ministry.name} stated is void: ${error instanceof Error ? error.message : String(error)}`);
        ministry.snapshot = undefined;
        ministry.digest = "";
        ministry.serials.clear();
      }
    }
    this.#findContested();
  }

  /** What is stated about a subject by ministries that are not silent. */
  partsOf(subject: string): readonly StatedPart[] {
    const parts: StatedPart[] = [];
    for (const ministry of this.#ministries.values()) {
      const part = this.#inForce(ministry)?.parts.get(subject);
      if (part !== undefined) parts.push({ ...part, ministry: ministry.name, assignments: part.assignments.filter((assignment) => !this.#contested.has(assignment.token)) });
    }
    return parts;
  }

  /** Changes whenever `partsOf` may have changed. */
  revisionOf(subject: string): string {
    let revision = String(this.#contestedSerial);
    for (const ministry of this.#ministries.values()) revision += this.#inForce(ministry) === undefined ? ".-" : `.${ministry.serials.get(subject)?.serial ?? 0}`;
    return revision;
  }

  /** Need tokens that the labels of a ministry can use; nothing while it is silent. */
  vocabularyOf(subgraph: string): ReadonlySet<string> {
    const ministry = this.#ministries.get(subgraph);
    return (ministry === undefined ? undefined : this.#inForce(ministry))?.vocabulary ?? NOTHING;
  }

  /** Ministries whose statements are not in force. */
  silent(): readonly string[] { return [...this.#ministries.values()].filter((ministry) => this.#inForce(ministry) === undefined).map((ministry) => ministry.name); }

  #inForce(ministry: Ministry): Snapshot | undefined { return this.#options.clock() - ministry.heardAt < SILENCE_MS ? ministry.snapshot : undefined; }

  #read(ministry: Ministry, body: unknown): void {
    const snapshot = readSnapshot(ministry.name, body, this.#keeperOf);
    if (snapshot.dropped.length > 0) this.#options.warn(`${ministry.name} stated what it may not state: ${snapshot.dropped.slice(0, 5).join(", ")}${snapshot.dropped.length > 5 ? ` and ${snapshot.dropped.length - 5} more` : ""}`);
    ministry.snapshot = snapshot;
    ministry.body = body;
    this.#renumber(ministry, snapshot);
  }

  #renumber(ministry: Ministry, snapshot: Snapshot): void {
    for (const subject of ministry.serials.keys()) if (!snapshot.parts.has(subject)) ministry.serials.delete(subject);
    for (const [subject, part] of snapshot.parts) {
      const json = canonicalJson(part);
      if (ministry.serials.get(subject)?.json !== json) ministry.serials.set(subject, { json, serial: this.#serial += 1 });
    }
  }

  /** A ministry cannot gain another's tokens by claiming them: the claim voids them, and somebody is told. */
  #findContested(): void {
    const claims = new Map<string, number>();
    for (const { snapshot } of this.#ministries.values()) for (const token of snapshot?.tokens.keys() ?? []) claims.set(token, (claims.get(token) ?? 0) + 1);
    const contested = new Set([...claims].filter(([, count]) => count > 1).map(([token]) => token));
    if (contested.size === this.#contested.size && [...contested].every((token) => this.#contested.has(token))) return;
    if (contested.size > 0) this.#options.warn(`claimed by more than one ministry and void: ${[...contested].slice(0, 5).join(", ")}`);
    this.#contested = contested;
    this.#contestedSerial = this.#serial += 1;
  }
}

function digestOf(body: unknown): string {
  if (typeof body !== "object" || body === null) throw new Error("not a statement");
  const { at: _at, ...lasting } = body as Readonly<Record<string, unknown>>;
  return createHash("sha256").update(JSON.stringify(lasting)).digest("base64");
}
