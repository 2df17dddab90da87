/**
 * Second stage (SPEC 3, 4): identity and headers to the asker that every decision is about. The subject is assembled from what the ministries state now, never
 * from the token; headers narrow it. Refuses a subject that no ministry states or for whom the token's issuer may not speak, and a purpose that is not the subject's own.
 * Just before the first byte it is told whether anything that the asker was made of has changed since.
 */
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { canonicalJson, type LabelCore, type Level } from "../../schema/label";
import { type Acknowledgement, type Action, clearanceAt, decide, type DecisionContext, isBoundToKnown, narrowByCase, type Policy, type Subject, type Suspended, unreadNotices, withStanding } from "../../schema/policy";
import type { Identity } from "../authenticate";
import { Refused } from "../errors";
import { maySpeakFor } from "../speaks-for";
import type { Narrowing } from "./headers";
import type { Part } from "./entries";
import type { StandingStore, StatedPart } from "./store";

/** Who asks, for one request. */
export interface Asker {
  readonly subject: Subject;
  readonly action: Action;
  readonly ctx: DecisionContext;
  /** Same subject, action, circumstances and policy: same digest. */
  readonly digest: string;
  /** One bit per distinct static label of the bundle. */
  readonly bits: string;
  /** Same revision: nothing stated has changed, about anybody whom it may concern. */
  readonly revision: string;
  /** Digest of what is stated that the asker was made of. */
  readonly stated: string;
  /** Ids of the legal notices that bind the subject and were not acknowledged: until then nothing is answered but them (3.12). */
  readonly unread: readonly string[];
  /** May ask known operations only (19.1). */
  readonly isBound: boolean;
}

export interface AskersOptions {
  readonly store: StandingStore;
  readonly policy: Policy;
  readonly clock: () => number;
  /** Bits of the subject class of whoever is permitted these floors. */
  readonly bitsOf: (permitted: (floor: LabelCore) => boolean) => string;
}

/** Askers kept; one with a hundred assignments takes about 20 kB. */
const KEPT = 1_000;
/** Subjects of whom it is remembered what they have acknowledged. Given as a size: for a number of entries the cache would take all its memory, 6 MB, at once. */
const REMEMBERED = 200_000;

interface Kept { readonly asker: Asker; readonly until: number }

export class Askers {
  readonly #kept = new LRUCache<string, Kept>({ max: KEPT });
  /** An acknowledgement is never taken back, so it outlasts the silence of whoever keeps the register. */
  readonly #acknowledged = new LRUCache<string, readonly Acknowledgement[]>({ maxSize: REMEMBERED, sizeCalculation: () => 1 });

  /** Issuers that were found to speak for a subject. */
  readonly #spoken = new LRUCache<string, true>({ maxSize: REMEMBERED, sizeCalculation: () => 1 });

  constructor(private readonly options: AskersOptions) {}

  /** Whether the issuer was last found to speak for the subject: until then what it issues is counted as nobody else's, so that no issuer uses up the share of somebody it does not speak for. */
  hasSpokenFor({ issuer, sub }: Pick<Identity, "issuer" | "sub">): boolean { return this.#spoken.has(`${issuer}\n${sub}`); }

  /**
   * Whether what the ministries state about the subject is still what the asker was made of. Another revision alone says nothing: a matter of which the subject may not know that comes or goes changes
   * everybody's, and nobody may be told of that by an answer that is made anew or refused (G3).
   */
  isCurrent(asker: Asker): boolean { return this.#isStill(asker, this.options.store.revisionOf(asker.subject.id)); }

  #isStill({ subject: { id }, revision, stated }: Asker, now: string): boolean {
    const { store } = this.options;
    return revision === now || stated === digestOf(store.partsOf(id), store.suspendedAgreements());
  }

  /**
   * @throws Refused UNAUTHENTICATED for a subject nobody states or the issuer may not speak for, BAD_USER_INPUT for headers that are not this subject's to use
   */
  ask(identity: Identity, narrowing: Narrowing): Asker {
    const { store, clock } = this.options;
    const revision = store.revisionOf(identity.sub);
    const now = clock();
    const key = JSON.stringify([identity.issuer, identity.sub, identity.clientId, identity.action, narrowing.key]);
    const known = this.#kept.get(key);
    if (known !== undefined && now < known.until && known.asker.ctx.now <= now && this.#isStill(known.asker, revision)) {
      if (known.asker.revision !== revision) this.#kept.set(key, { ...known, asker: { ...known.asker, revision } });
      return { ...known.asker, revision, ctx: { ...known.asker.ctx, now } };
    }
    const made = this.#assemble(identity, narrowing, revision, now);
    this.#kept.set(key, made);
    return made.asker;
  }

  #assemble(identity: Identity, narrowing: Narrowing, revision: string, now: number): Kept {
    const { policy, bitsOf } = this.options;
    const { whole, unread, stated } = this.#subjectOf(identity, now);
    const subject = narrowing.case === undefined ? whole : narrowByCase(whole, narrowing.case);
    const { purpose } = narrowing;
    if (purpose !== undefined && !(policy.purposes.has(purpose) && subject.purposes.includes(purpose))) throw new Refused("BAD_USER_INPUT", "the purpose is not the subject's");
    const action: Action = (purpose === undefined ? undefined : policy.purposes.get(purpose)) ?? identity.action;
    const lasting = {
      zoneLevel: Math.min(identity.zoneLevel, narrowing.ceiling ?? 4) as Level, site: identity.site,
      ...(purpose === undefined ? {} : { purpose }), ...(narrowing.releaseTo === undefined ? {} : { releaseTo: narrowing.releaseTo }),
    };
    const ctx: DecisionContext = { ...lasting, now };
    let until = clearanceAt(policy, subject, now).until;
    const bits = bitsOf((floor) => {
      const decision = decide(policy, subject, action, floor, ctx);
      until = Math.min(until, decision.until);
      return decision.outcome === "permit";
    });
    if (!bits.startsWith("1")) throw new Refused("BAD_USER_INPUT", "not even PUBLIC is permitted");
    const digest = createHash("sha256").update(canonicalJson({ subject, action, ...lasting, policy: policy.version })).digest("base64url");
    return { until, asker: { subject, action, ctx, digest, bits, revision, stated, unread, isBound: isBoundToKnown(policy, subject) } };
  }

  /** The subject as its home ministry states it, with what every ministry grants. Two homes are none. */
  #subjectOf(identity: Identity, now: number): { readonly whole: Subject; readonly unread: readonly string[]; readonly stated: string } {
    const { store, policy } = this.options;
    const suspended = store.suspendedAgreements();
    const parts = store.partsOf(identity.sub);
    // As one whom nobody states: whose somebody is must not be told to an issuer of somewhere else (8.9).
    const spoken = `${identity.issuer}\n${identity.sub}`;
    this.#spoken.delete(spoken);
    if (parts.some(({ subject }) => subject !== undefined && !maySpeakFor(identity.speaksFor, subject))) throw new Refused("UNAUTHENTICATED", "the issuer may not speak for the subject");
    const whole = subjectFrom(policy, parts, { site: identity.site, suspended });
    this.#spoken.set(spoken, true);
    const acknowledged = parts.flatMap((part) => part.acknowledgements);
    if (acknowledged.length > 0) this.#acknowledged.set(identity.sub, acknowledged);
    return { whole, unread: unreadNotices(policy, whole, this.#acknowledged.get(identity.sub) ?? acknowledged, now).map(({ id }) => id), stated: digestOf(parts, suspended) };
  }
}

function digestOf(parts: readonly StatedPart[], suspended: Suspended): string { return createHash("sha256").update(canonicalJson({ parts, suspended })).digest("base64url"); }

/** Where a request comes from, and which agreements do not count while it is answered. */
export interface SubjectPlace { readonly site: string; readonly suspended: Suspended }

/**
 * The subject that these parts make at a place.
 * @throws Refused UNAUTHENTICATED when nobody, or more than one, states whose they are
 */
export function subjectFrom(policy: Policy, stated: readonly Part[], { site, suspended }: SubjectPlace): Subject {
  const homes = stated.flatMap((part) => (part.subject === undefined ? [] : [part.subject]));
  const [home] = homes;
  if (home === undefined || homes.length > 1) throw new Refused("UNAUTHENTICATED", homes.length > 1 ? "two ministries state the subject" : "no ministry states the subject");
  const parts = home.left === undefined ? stated : stated.map(afterLeaving);
  const assignments = parts.flatMap((part) => part.assignments);
  const issuers = new Map(assignments.map((assignment) => [assignment.token, assignment.issuer]));
  return withStanding(policy, {
    subject: home, assignments, eligibilities: parts.flatMap((part) => part.eligibilities), roles: parts.flatMap((part) => part.roles),
    facility: parts.find((part) => part.facility !== undefined)?.facility, attestation: parts.find((part) => part.attestation !== undefined)?.attestation,
    suspendedAgreements: suspended,
  }, { site, issuerOf: (token) => issuers.get(token) });
}

/** As whom somebody is assigned to a case that is about themselves, and the regime by which they may read it. */
const OWN_CASE = "SELF";
const OWN_CASE_REGIME = "VET";

/** What is left to somebody who has left (3.13): the cases about them. Their home says that they have left, and it holds against everybody, whenever the others hear of it. */
function afterLeaving({ subject, eligibilities, assignments, acknowledgements }: Part): Part {
  return {
    ...(subject === undefined ? {} : { subject }), eligibilities: eligibilities.filter(({ regime }) => regime === OWN_CASE_REGIME), assignments: assignments.filter(({ role }) => role === OWN_CASE), roles: [], acknowledgements,
  };
}
