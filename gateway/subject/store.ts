/**
 * The standing in force (SPEC 3.11, G8): what every ministry states now, kept in memory. Takes snapshots and events as they arrive and gives, per subject, the parts in force and a revision that changes
 * whenever they change. A ministry whose snapshot has not arrived, whose stream failed, or that was silent for a minute states nothing; a token that two ministries claim belongs to neither, also where one of them was
 * only heard before the last restart.
 */
import type { Suspended } from "../../schema/policy";
import { type Entry, type KeeperOf, keeperOfAgreements, mayState, type Part, partOf } from "./entries";
import { type Change, Stated, type StatedDraft } from "./stated";
import type { Heard, RememberedClaims } from "./token-owners";

/** Milliseconds after which a silent ministry's grants are void. */
export const SILENCE_MS = 60_000;

export interface StoreOptions {
  readonly ministries: readonly string[];
  readonly keeperOf: KeeperOf;
  readonly clock: () => number;
  readonly warn: (problem: string) => void;
  /** What was heard before the last restart. */
  readonly remembered: RememberedClaims;
}
export interface StatedPart extends Part { readonly ministry: string }
/** For operators: nothing about people. `ageMs` is infinite before the first sign of life. */
export interface FeedStatus { readonly ministry: string; readonly number: number; readonly ageMs: number; readonly isInForce: boolean }
/** Takes a snapshot, entry by entry. */
export interface Loading {
  readonly add: (list: string, subject: string, key: string, entry: unknown) => void;
  /** Puts everything in force, as of event `number`. */
  readonly finish: (number: number) => void;
}

interface Ministry {
  readonly name: string;
  readonly stated: Stated;
  isLoaded: boolean;
  /** Since the start. Until then what it stated before counts as its claims. */
  wasHeard: boolean;
  heardAt: number;
  number: number;
  /** Changes when what was stated about somebody may count otherwise although it is the same. */
  serial: number;
  /** Tokens to which somebody was assigned before they were there. */
  early: Set<string>;
}

const NOTHING: ReadonlySet<string> = new Set();
/** Between the texts of ministries: no text has these units. */
const SEPARATOR = "\uffff";
const SILENT = "\ufffe";
const MOST_KEEPERS = 10_000;

export class StandingStore {
  readonly #options: StoreOptions;
  readonly #ministries: ReadonlyMap<string, Ministry>;
  #keeperOf: KeeperOf;
  #keepers = new Map<string, string | undefined>();
  readonly #contested = new Set<string>();
  /** Changes when who may state what has changed. */
  #judged = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#keeperOf = options.keeperOf;
    this.#ministries = new Map(options.ministries.map((name) => [name, { name, stated: new Stated(), isLoaded: false, wasHeard: false, heardAt: Number.NEGATIVE_INFINITY, number: 0, serial: 0, early: new Set<string>() }]));
  }

  /** Begins a snapshot; what was in force stays until it is finished. @throws Error for a ministry that is none */
  load(subgraph: string): Loading {
    const ministry = this.#ministryOf(subgraph);
    const draft = ministry.stated.draft();
    const dropped = new Map<string, number>();
    const early = new Set<string>();
    return {
      add: (list, subject, key, entry) => {
        if (!this.#takes(ministry, draft, list, subject, key, entry)) dropped.set(list, (dropped.get(list) ?? 0) + 1);
        if (list === "assignments" && !draft.tokens.has(key)) early.add(key);
      },
      finish: (number) => {
        const before = ministry.stated.tokens;
        const isAssigned = (token: string): boolean => before.has(token) || ministry.early.has(token);
        const tokens = new Set([...before.keys(), ...draft.tokens.keys()]);
        if ([...tokens].some((token) => isAssigned(token) && before.get(token) !== draft.tokens.get(token))) ministry.serial += 1;
        const isFirst = !ministry.wasHeard;
        ministry.stated.replace(draft);
        Object.assign(ministry, { isLoaded: true, wasHeard: true, number, early });
        // What it claimed before the restart and claims no more is no longer contested.
        for (const token of isFirst ? new Set([...tokens, ...this.#contested]) : tokens) this.#judgeToken(token);
        if (isFirst || [...tokens].some((token) => before.get(token) !== draft.tokens.get(token))) this.#options.remembered.changed();
        if (dropped.size > 0) this.#warnDropped(ministry, [...dropped].map(([list, count]) => `${list} ${count}`).sort());
      },
    };
  }

  /** Carries one event out. @throws Error for one that cannot be understood; then the ministry must be void */
  apply(subgraph: string, number: number, change: Change): void {
    const ministry = this.#ministryOf(subgraph);
    const { list, key } = change;
    const issuer = ministry.stated.tokens.get(key);
    const isFit = ministry.stated.change(change);
    ministry.number = number;
    if (list === "tokens" && ministry.stated.tokens.get(key) !== issuer) {
      if (issuer !== undefined || ministry.early.has(key)) ministry.serial += 1;
      this.#judgeToken(key);
      this.#options.remembered.changed();
    }
    if (list === "assignments" && !ministry.stated.tokens.has(key)) ministry.early.add(key);
    if (!isFit || !this.#isOwn(ministry, change)) this.#warnDropped(ministry, [`${list} 1`]);
  }

  /** A sign of life as of an instant on the ministry's clock: what was long under way is no fresher for it. */
  hear(subgraph: string, at: number): void { this.#ministryOf(subgraph).heardAt = Math.min(at, this.#options.clock()); }

  /** Makes void what a ministry stated, until its next snapshot. */
  void(subgraph: string): void {
    const ministry = this.#ministryOf(subgraph);
    if (!ministry.isLoaded) return;
    ministry.isLoaded = false;
    ministry.stated.clear();
  }

  isLoaded(subgraph: string): boolean { return this.#ministryOf(subgraph).isLoaded; }

  /** Tokens of the ministries that were heard since the start, as they state them, or stated them before they fell silent. */
  heardTokens(): Heard { return new Map([...this.#ministries.values()].filter(({ wasHeard }) => wasHeard).map(({ name, stated }) => [name, stated.tokens])); }

  /** Judges what is stated by other members: who keeps whom has changed with the policy. */
  judgeBy(keeperOf: KeeperOf): void {
    this.#keeperOf = keeperOf;
    if ([...this.#keepers].every(([org, keeper]) => keeperOf(org) === keeper)) return;
    this.#forgetKeepers();
    for (const { stated } of this.#ministries.values()) for (const token of stated.tokens.keys()) this.#judgeToken(token);
  }

  /** What is stated about a subject by ministries that are not silent. */
  partsOf(subject: string): readonly StatedPart[] {
    const parts: StatedPart[] = [];
    for (const ministry of this.#ministries.values()) {
      if (!this.#isInForce(ministry) || ministry.stated.textOf(subject) === undefined) continue;
      const issuerOf = (token: string): string | undefined => (this.#contested.has(token) ? undefined : this.#issuerOf(ministry, token));
      const entries = ministry.stated.entriesOf(subject).filter((entry) => this.#mayState(ministry, entry, issuerOf));
      if (entries.length > 0) parts.push({ ...partOf(subject, entries, issuerOf), ministry: ministry.name });
    }
    return parts;
  }

  /** Agreements that do not count now: those that their keeper states so, and all of them while it is silent or there is none (3.14). So nothing that was suspended comes back by silence. */
  suspendedAgreements(): Suspended {
    const keeper = this.#ministries.get(keeperOfAgreements((org) => this.#keeper(org)) ?? "");
    return keeper !== undefined && this.#isInForce(keeper) ? keeper.stated.suspended : "ALL";
  }

  /** Changes whenever `partsOf` or `suspendedAgreements` may have changed. */
  revisionOf(subject: string): string {
    let revision = `${this.#judged}${SEPARATOR}${JSON.stringify(this.suspendedAgreements())}`;
    for (const ministry of this.#ministries.values()) revision += this.#isInForce(ministry) ? `${SEPARATOR}${ministry.stated.textOf(subject) ?? ""}${SEPARATOR}${ministry.serial}` : SILENT;
    return revision;
  }

  /** Need tokens that the labels of a ministry can use; nothing while it is silent. */
  vocabularyOf(subgraph: string): ReadonlySet<string> {
    const ministry = this.#ministries.get(subgraph);
    return ministry === undefined || !this.#isInForce(ministry) ? NOTHING : ministry.stated.vocabulary;
  }

  /** Ministries whose statements are not in force. */
  silent(): readonly string[] { return [...this.#ministries.values()].filter((ministry) => !this.#isInForce(ministry)).map((ministry) => ministry.name); }

  status(): readonly FeedStatus[] {
    return [...this.#ministries.values()].map((ministry) => ({ ministry: ministry.name, number: ministry.number, ageMs: this.#options.clock() - ministry.heardAt, isInForce: this.#isInForce(ministry) }));
  }

  #isInForce(ministry: Ministry): boolean { return ministry.isLoaded && this.#options.clock() - ministry.heardAt < SILENCE_MS; }

  #ministryOf(subgraph: string): Ministry {
    const ministry = this.#ministries.get(subgraph);
    if (ministry === undefined) throw new Error(`${subgraph} is not a member`);
    return ministry;
  }

  #takes(ministry: Ministry, draft: StatedDraft, list: string, subject: string, key: string, entry: unknown): boolean {
    const kept = draft.add(list, subject, key, entry);
    const issuerOf = (token: string): string | undefined => this.#ownIssuer(ministry, draft.tokens.get(token));
    if (kept === undefined) return false;
    if (list === "agreements") return this.#keepsAgreements(ministry);
    return kept === true ? list !== "tokens" || issuerOf(key) !== undefined : this.#mayState(ministry, kept, issuerOf);
  }

  /** Whether a change that was just carried out is this ministry's to make. */
  #isOwn(ministry: Ministry, { list, subject, key, entry }: Change): boolean {
    if (entry === undefined || list === "vocabulary") return true;
    if (list === "agreements") return this.#keepsAgreements(ministry);
    if (list === "tokens") return this.#issuerOf(ministry, key) !== undefined;
    const stated = ministry.stated.entriesOf(subject).find((other) => other.list === list && other.key === key);
    return stated === undefined || this.#mayState(ministry, stated, (token) => this.#issuerOf(ministry, token));
  }

  #mayState(ministry: Ministry, entry: Entry, issuerOf: (token: string) => string | undefined): boolean { return mayState(ministry.name, entry, (org) => this.#keeper(org), issuerOf); }

  #keepsAgreements(ministry: Ministry): boolean { return keeperOfAgreements((org) => this.#keeper(org)) === ministry.name; }

  #issuerOf(ministry: Ministry, token: string): string | undefined { return this.#ownIssuer(ministry, ministry.stated.tokens.get(token)); }

  #ownIssuer(ministry: Ministry, issuer: string | undefined): string | undefined { return issuer !== undefined && this.#keeper(issuer) === ministry.name ? issuer : undefined; }

  #keeper(org: string): string | undefined {
    const known = this.#keepers.get(org);
    if (known !== undefined || this.#keepers.has(org)) return known;
    if (this.#keepers.size >= MOST_KEEPERS) this.#forgetKeepers();
    const keeper = this.#keeperOf(org);
    this.#keepers.set(org, keeper);
    return keeper;
  }

  #forgetKeepers(): void {
    this.#keepers = new Map();
    this.#judged += 1;
  }

  /** A ministry cannot gain another's tokens by claiming them: the claim voids them, and somebody is told. */
  #judgeToken(token: string): void {
    const stating = [...this.#ministries.values()].filter((ministry) => this.#issuerOf(ministry, token) !== undefined).map(({ name }) => name);
    const claiming = stating.length === 0 ? new Set(stating) : new Set([...stating, ...this.#claimingBefore(token)]);
    if (claiming.size > 1 === this.#contested.has(token)) return;
    if (claiming.size > 1) {
      this.#contested.add(token);
      this.#options.warn(`a token claimed by ${[...claiming].join(" and ")} is void`);
    } else this.#contested.delete(token);
    this.#judged += 1;
  }

  /** Ministries that claimed a token when they were last heard, and were not heard since the start; also such as the registry has no more, as long as the policy says that they keep the issuer. */
  #claimingBefore(token: string): readonly string[] {
    return this.#options.remembered.claimsOf(token).filter(({ ministry, issuer }) => this.#ministries.get(ministry)?.wasHeard !== true && this.#keeper(issuer) === ministry).map(({ ministry }) => ministry);
  }

  #warnDropped(ministry: Ministry, what: readonly string[]): void { this.#options.warn(`${ministry.name} stated what it may not state: ${what.join(", ")}`); }
}
