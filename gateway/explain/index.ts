/**
 * The officers' tools (SPEC 8.4): explain, simulate, dry-run. Takes requests to `/officer/...` and sends them through the same pipeline as any request: authenticated by token and standing, refused with the same
 * texts, recorded before the first byte. The one who asks is the officer; whom it is about stands beside. None shows an officer what they may not read themselves.
 */
import { createHash } from "node:crypto";
import { type DocumentNode, Kind, parse } from "graphql";
import type { Bundle } from "../../schema/compose";
import { BOTTOM, canonicalJson, type LabelCore } from "../../schema/label";
import type { Policy, Role } from "../../schema/policy";
import { BodyText } from "../body-text";
import { Refused } from "../errors";
import type { EvidenceRecord } from "../evidence/record";
import type { Leaving } from "../execute/stop";
import type { Finished } from "../front/finish";
import { answer, type Arrival, type Attempt, type Stations } from "../pipeline";
import type { ClassServer } from "../server";
import type { Asker } from "../subject/askers";
import type { Part } from "../subject/snapshot";
import { isInCharge, notYours, type Officer, officerOf } from "./authority";
import { ChangeError, readChange } from "./change";
import { explainCoordinate } from "./coordinate";
import { diffOutcomes } from "./dry-run";
import { generateRecords } from "./generate";
import { askerFor, jointAsker } from "./joint";
import { explainRecord } from "./record";
import { type About, type DryRunRequest, type ExplainRequest, type Person, readDryRun, readExplain, readSimulate, type SimulateRequest } from "./request";
import { collectStored } from "./stored";

export interface OfficerParts {
  readonly stations: Stations;
  readonly policy: Policy;
  readonly bundle: Bundle;
  readonly partsOf: (subject: string) => readonly Part[];
  /** As the policy in force was loaded with. */
  readonly shiftDays: number;
}
type Respond = (arrival: Arrival) => Promise<Finished>;

/** What a tool tells, and under which label. */
interface Told { readonly data: unknown; readonly released: LabelCore; readonly labelIds: readonly string[]; readonly ministries: readonly string[] }
/** One request to a tool, ready to be answered. Without `tell` the pipeline answers the request's own question for the asker. */
interface Prepared { readonly asker: Asker; readonly isCurrent: () => boolean; readonly tell?: (signal: Leaving) => Promise<Told> }
interface Tool<R> {
  readonly name: NonNullable<EvidenceRecord["tool"]>;
  readonly role: Role["role"];
  readonly read: (body: unknown) => R | undefined;
  readonly named: (request: R) => Pick<EvidenceRecord, "about" | "item">;
  /** The GraphQL request that goes on through the pipeline. */
  readonly question: (request: R) => unknown;
  readonly prepare: (parts: OfficerParts, officer: Officer, request: R) => Prepared;
}

/** What answers at a path; undefined where no tool is. */
export function officerTools(parts: OfficerParts): (path: string) => Respond | undefined {
  const at: Readonly<Record<string, Respond>> = { "/officer/explain": responderOf(parts, EXPLAIN), "/officer/simulate": responderOf(parts, SIMULATE), "/officer/dry-run": responderOf(parts, DRY_RUN) };
  return (path) => (Object.hasOwn(at, path) ? at[path] : undefined);
}

/** The pipeline with the officer's tool in the place of the asker's own question. */
function responderOf<R>(parts: OfficerParts, tool: Tool<R>): Respond {
  const { stations, policy } = parts;
  return (arrival) => {
    let request: R | undefined;
    let prepared: Prepared | undefined;
    const readBody = async (): Promise<unknown> => {
      request = tool.read(await arrival.readBody());
      return request === undefined ? undefined : tool.question(request);
    };
    const own: Stations = {
      ...stations,
      evidence: withNames(stations.evidence, () => ({ tool: tool.name, ...(request === undefined ? {} : tool.named(request)) })),
      ask: (identity, narrowing) => {
        const officer = officerOf(policy, stations.ask(identity, narrowing), tool.role);
        if (request === undefined) throw new Refused("BAD_REQUEST", "not a request of this tool");
        prepared = tool.prepare(parts, officer, request);
        return prepared.asker;
      },
      isCurrent: () => prepared?.isCurrent() === true,
      classOf: (asker) => {
        const known = stations.classOf(asker);
        return prepared?.tell === undefined ? known : { ...known, server: serverOf(prepared.tell) };
      },
    };
    // A question in the address would be another one than the recorded one.
    return answer({ ...arrival, search: "", readBody }, own);
  };
}

/** Stands where a GraphQL server stands and answers with what the tool tells. */
function serverOf(tell: NonNullable<Prepared["tell"]>): ClassServer<Attempt> {
  return {
    stop: () => Promise.resolve(),
    answer: async (_, attempt) => {
      const { data, released, labelIds, ministries } = await tell(attempt.signal);
      attempt.carried = { released, releasedLabelIds: labelIds, withheld: [], ministries, isMutation: false };
      return { body: new BodyText(JSON.stringify({ data })), type: "application/json; charset=utf-8", allow: undefined };
    },
  };
}

function withNames(evidence: Stations["evidence"], named: () => Partial<EvidenceRecord>): Stations["evidence"] {
  return evidence === undefined ? undefined : { id: evidence.id, append: (make) => evidence.append((index) => ({ ...make(index), ...named() })) };
}

/** Officer and subject, with everything that has to stay as it is until the answer is given. */
function prepareJoint(parts: OfficerParts, officer: Officer, about: About): { readonly joint: Asker; readonly subject: Asker; readonly isCurrent: () => boolean } {
  const subject = askerFor(parts, about);
  const { isCurrent } = parts.stations;
  return { joint: jointAsker(parts, officer, subject, about), subject, isCurrent: () => isCurrent(officer.asker) && isCurrent(subject) };
}

const EXPLAIN: Tool<ExplainRequest> = {
  name: "EXPLAIN", role: "EXPLAIN", read: readExplain, question: () => ({}),
  named: ({ about, coordinate, record }) => ({ about: [about.subject], item: record === undefined ? coordinate ?? "" : `${record.ministry}:${record.id}` }),
  prepare: (parts, officer, { about, coordinate, record }) => {
    const { joint, isCurrent } = prepareJoint(parts, officer, about);
    const tell = async (signal: Leaving): Promise<Told> => {
      const explained = record === undefined ? explainCoordinate(parts, officer, joint, coordinate ?? "") : await explainRecord(parts, officer, joint, record, signal);
      return { ...explained, data: { ...describe(about, joint.ctx.now), ...explained.data } };
    };
    return { asker: joint, isCurrent, tell };
  },
};

const SIMULATE: Tool<SimulateRequest> = {
  name: "SIMULATE", role: "SIMULATE", read: readSimulate, question: ({ question }) => question,
  named: ({ about }) => ({ about: [about.subject] }),
  prepare: (parts, officer, { about, question }) => {
    const { joint, subject, isCurrent } = prepareJoint(parts, officer, about);
    if (!isInCharge(parts.policy, officer, subject.subject)) throw notYours("the subject is not the officer's");
    if (!onlyReads(question.query)) throw notYours("a simulation changes nothing");
    return { asker: joint, isCurrent };
  },
};

const DRY_RUN: Tool<DryRunRequest> = {
  name: "DRY_RUN", role: "SIMULATE", read: readDryRun, question: () => ({}),
  named: ({ people, change }) => ({ about: people.map(({ subject }) => subject), item: createHash("sha256").update(canonicalJson(change)).digest("hex") }),
  prepare: (parts, officer, request) => ({
    asker: officer.asker, isCurrent: () => parts.stations.isCurrent(officer.asker), tell: (signal) => tryChange(parts, officer, request, signal),
  }),
};

async function tryChange(parts: OfficerParts, officer: Officer, { people, change, over, records, seed }: DryRunRequest, signal: Leaving): Promise<Told> {
  const { policy, shiftDays } = parts;
  const nothing = { released: BOTTOM, labelIds: [], ministries: [] };
  try {
    const tried = readChange(change, policy, shiftDays, officer.asker.ctx.now);
    const found = over === "stored" ? await collectStored(parts, officer.asker, signal) : { ...nothing, records: generateRecords(policy, officer.asker.subject, records, seed), isWhole: true };
    const diff = await diffOutcomes(parts, officer, people.flatMap((person) => knownAsker(parts, person)), found.records, tried, signal);
    return { data: { over, isWhole: found.isWhole, policy: { before: policy.version, after: tried.policy.version }, ...diff }, released: found.released, labelIds: found.labelIds, ministries: found.ministries };
  } catch (error) {
    if (error instanceof ChangeError) return { ...nothing, data: { refused: error.message } };
    throw error;
  }
}

/** Nobody, for whom the ministries do not state: they are left out like those who are not the officer's. */
function knownAsker(parts: OfficerParts, person: Person): readonly Asker[] {
  try { return [askerFor(parts, person)]; } catch { return []; }
}

function describe({ subject, client, purpose, at }: About, now: number): Readonly<Record<string, unknown>> {
  return { subject, client, ...(purpose === undefined ? {} : { purpose }), at: new Date(Math.max(now, at ?? now)).toISOString() };
}

/** A document that does not parse is the pipeline's to refuse. */
function onlyReads(query: string): boolean {
  let document: DocumentNode;
  try { document = parse(query, { noLocation: true }); } catch { return true; }
  return document.definitions.every((definition) => definition.kind !== Kind.OPERATION_DEFINITION || definition.operation === "query");
}
