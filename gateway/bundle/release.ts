/**
 * Which bundle a gateway runs (SPEC 5.18). Takes the signed file that is named and gives the bundle to start with; then follows the file and puts a good one in force while requests go on.
 * Refuses unsigned, altered, unfit and older ones, and those that were not checked against the policy in force; what is in force then stays, and operators are told.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { apiSchemaOf, type Bundle } from "../../schema/compose";
import type { Editions } from "../edition";
import type { Log } from "../log";
import { type BundleDocument, isSameGraph, LARGEST_BUNDLE, type OpenedBundle, openBundle, type Trust } from "./document";
import { type Judge, readBundle } from "./judge";
import { keep, readKept } from "./kept";
import { KnownOperations, versionWith } from "./known-operations";
import { asRefusal, BundleError, type RefusalReason, refuseAs } from "./refusal";
import { judgeOnce } from "./verdict";
import { FileWatch, readBounded } from "./watch";

export interface ReleaseOptions {
  /** The signed bundle. */
  readonly file: string;
  readonly trust: Trust;
  /** Where the last good one is kept. */
  readonly keptIn: string;
  /** Where the acceptance by the judges is remembered. */
  readonly judgedFile: string | undefined;
  /** What judges loads a third of what the gateway itself takes, so it should not be the process that answers. */
  readonly judge: Judge;
  readonly clock: () => number;
  readonly log: Log;
  /** Milliseconds between looks at the file. */
  readonly interval?: number;
}
/** The bundle in force, and the last one that was refused since. */
export interface ReleaseStatus {
  readonly version: string; readonly serial: number; readonly issuedAt: string;
  readonly refused?: { readonly reason: RefusalReason; readonly at: string };
}
interface Running { readonly bundle: Bundle; readonly operations: KnownOperations; readonly opened: OpenedBundle }
/** Makes what is made of a bundle alone, so that the switch itself is short. @throws Error when the gateway cannot serve it */
export type Prepare = (bundle: Bundle) => void;
/** Told of every switch and every refusal. */
export type Tell = (outcome: "switched" | RefusalReason) => void;

export class Release {
  readonly #options: ReleaseOptions;
  #running: Running;
  #refused: ReleaseStatus["refused"];
  #watch: FileWatch | undefined;
  readonly #text: string;
  #tell: Tell = () => undefined;

  private constructor(options: ReleaseOptions, running: Running, text: string) {
    this.#options = options;
    this.#running = running;
    this.#text = text;
  }

  /**
   * The bundle to start with: the named one, or else the last good one.
   * @throws BundleError when there is neither
   */
  static async open(options: ReleaseOptions, policyVersion: string, prepare: Prepare): Promise<Release> {
    const { file, trust, keptIn, judgedFile, judge, log } = options;
    const kept = await readKept(keptIn, trust, log.warn);
    const load = async (opened: OpenedBundle): Promise<Running> => {
      checkSerial(opened, kept?.opened);
      if (opened.digest !== kept?.opened.digest) checkPolicy(opened, policyVersion);
      await judgeOnce(judge, judgedFile)(opened.document);
      const bundle = readBundle(opened.document, true);
      const operations = new KnownOperations(opened.document.operations);
      refuseAs("member", () => { prepare(bundle); });
      return { bundle, operations, opened };
    };
    let text = "";
    try {
      text = await readBounded(file, LARGEST_BUNDLE).catch((error: unknown) => { throw asRefusal("unreadable", error); });
      // In the ordinary case both are one text, and it was opened already.
      const running = await load(text === kept?.text ? kept.opened : await openBundle(text, trust));
      if (kept?.text !== text) keep(keptIn, text);
      return new Release(options, running, text);
    } catch (error) {
      const refusal = asRefusal("unfit", error);
      if (kept === undefined) throw refusal;
      const release = new Release(options, await load(kept.opened), text);
      release.#refuse(refusal);
      return release;
    }
  }

  get bundle(): Bundle { return this.#running.bundle; }
  get operations(): KnownOperations { return this.#running.operations; }
  get status(): ReleaseStatus {
    const { bundle, operations, opened: { document } } = this.#running;
    return { version: versionWith(bundle.version, operations), serial: document.serial, issuedAt: document.issuedAt, ...(this.#refused === undefined ? {} : { refused: this.#refused }) };
  }
  /** Whether the bundle in force was checked against a policy. */
  isCheckedAgainst(policyVersion: string): boolean { return this.#running.opened.document.policies.includes(policyVersion); }

  /** Follows the file from now on. */
  follow(editions: Pick<Editions, "replace">, prepare: Prepare, tell: Tell): void {
    const { file, interval } = this.#options;
    this.#tell = tell;
    if (this.#refused !== undefined) tell(this.#refused.reason);
    this.#watch = new FileWatch({
      file, most: LARGEST_BUNDLE, known: this.#text, ...(interval === undefined ? {} : { interval }),
      onText: (text) => this.#consider(text, editions, prepare).catch((error: unknown) => { this.#refuse(asRefusal("unfit", error)); }),
      onProblem: (problem) => { this.#refuse(new BundleError("unreadable", problem)); },
    });
  }

  /** Looks at the file again although it did not change: what it was refused for may have. */
  async reconsider(): Promise<void> { await this.#watch?.reconsider(); }

  async stop(): Promise<void> { await this.#watch?.stop(); }

  async #consider(text: string, editions: Pick<Editions, "replace">, prepare: Prepare): Promise<void> {
    const { trust, keptIn, judgedFile, judge, log } = this.#options;
    const opened = await openBundle(text, trust);
    const running = this.#running.opened;
    checkSerial(opened, running);
    if (opened.digest === running.digest) { this.#refused = undefined; return; }
    // Before the dear part, and once more when it is its turn: a policy does not wait for a bundle.
    await editions.replace(({ policy }) => { checkPolicy(opened, policy.version); return {}; });
    await judgeOnce(judge, judgedFile)(opened.document);
    const bundle = isSameGraph(opened.document, running.document) ? this.#running.bundle : await makeReady(opened.document, prepare);
    const listed = new KnownOperations(opened.document.operations);
    const operations = listed.digest === this.#running.operations.digest ? this.#running.operations : listed;
    await editions.replace(({ policy }) => {
      checkPolicy(opened, policy.version);
      keep(keptIn, text);
      return { bundle, operations };
    });
    this.#running = { bundle, operations, opened };
    this.#refused = undefined;
    log.info("bundle in force", { bundle: this.status.version, serial: opened.document.serial, issued: opened.document.issuedAt, by: opened.by.join(", ") });
    this.#tell("switched");
  }

  #refuse(refusal: BundleError): void {
    const { clock, log } = this.#options;
    this.#refused = { reason: refusal.reason, at: new Date(clock()).toISOString() };
    log.warn(`bundle refused (${refusal.reason}): ${refusal.message}; serial ${this.#running.opened.document.serial} stays in force`);
    this.#tell(refusal.reason);
  }
}

/** Reads a bundle that was judged and makes what is made of it alone. One turn of the loop for each dear step: requests are answered between them. */
async function makeReady(document: BundleDocument, prepare: Prepare): Promise<Bundle> {
  await nextTurn();
  const bundle = readBundle(document, true);
  await nextTurn();
  refuseAs("unfit", () => apiSchemaOf(bundle));
  await nextTurn();
  refuseAs("member", () => { prepare(bundle); });
  await nextTurn();
  return bundle;
}

/** A serial is used once, and never goes back. */
function checkSerial({ document: { serial }, digest }: OpenedBundle, before: OpenedBundle | undefined): void {
  if (before === undefined || serial > before.document.serial || digest === before.digest) return;
  throw new BundleError("serial", serial === before.document.serial ? `serial ${serial} was another bundle` : `serial ${serial} is older than ${before.document.serial}, which was in force`);
}

/** Receivers, floors and flows were checked against those policies, and against no other. */
function checkPolicy({ document: { policies } }: OpenedBundle, version: string): void {
  if (!policies.includes(version)) throw new BundleError("policy", `the bundle was checked against ${policies.join(", ")}, and the policy in force is ${version}`);
}
