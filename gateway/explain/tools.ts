/**
 * The officers' tools themselves, whichever way they are asked (SPEC 8.4): explain, simulate, dry-run. Takes a request that was read and an officer; gives who asks the pipeline, what has to
 * stay as it is until the answer is given, and what is told under which label. None shows an officer what they may not read themselves.
 */
import { createHash } from "node:crypto";
import { type DocumentNode, Kind, parse } from "graphql";
import type { Bundle } from "../../schema/compose";
import { BOTTOM, canonicalJson, type LabelCore } from "../../schema/label";
import type { Policy, Role } from "../../schema/policy";
import type { ToolUse } from "../evidence/record";
import type { Leaving } from "../execute/stop";
import type { Stations } from "../pipeline";
import type { Asker } from "../subject/askers";
import type { Part } from "../subject/entries";
import { isInCharge, notYours, type Officer } from "./authority";
import { ChangeError, readChange } from "./change";
import { explainCoordinate } from "./coordinate";
import { diffOutcomes } from "./dry-run";
import { generateRecords } from "./generate";
import { askerFor, jointAsker } from "./joint";
import { explainRecord } from "./record";
import { type About, type DryRunRequest, type ExplainRequest, type Person, type Question, readDryRun, readExplain, readSimulate, type SimulateRequest } from "./request";
import { collectStored } from "./stored";

export interface OfficerParts {
  readonly stations: Stations;
  readonly policy: Policy;
  readonly bundle: Bundle;
  readonly partsOf: (subject: string) => readonly Part[];
  /** As the policy in force was loaded with. */
  readonly shiftDays: number;
}

/** What a tool tells, and under which label. */
export interface Told { readonly data: Readonly<Record<string, unknown>>; readonly released: LabelCore; readonly labelIds: readonly string[]; readonly ministries: readonly string[] }
/** One request to a tool, ready to be answered. Without `tell` it is the request's own question that is answered, for `asker`. `describe`: whom it is about, where and when. */
export interface Prepared { readonly asker: Asker; readonly describe: Readonly<Record<string, unknown>>; readonly isCurrent: () => boolean; readonly tell?: (signal: Leaving) => Promise<Told> }
export interface Tool<R> {
  readonly name: ToolUse["tool"];
  readonly role: Role["role"];
  readonly read: (body: unknown) => R | undefined;
  readonly named: (request: R) => Omit<ToolUse, "tool">;
  /** The GraphQL request that goes on through the pipeline; empty for a tool that tells, which asks questions of its own. */
  readonly question: (request: R) => Partial<Question>;
  readonly prepare: (parts: OfficerParts, officer: Officer, request: R) => Prepared;
}

/** Officer and subject, with everything that has to stay as it is until the answer is given. */
function prepareJoint(parts: OfficerParts, officer: Officer, about: About): { readonly joint: Asker; readonly subject: Asker; readonly isCurrent: () => boolean } {
  const subject = askerFor(parts, about);
  const { isCurrent } = parts.stations;
  return { joint: jointAsker(parts, officer, subject, about), subject, isCurrent: () => isCurrent(officer.asker) && isCurrent(subject) };
}

export const EXPLAIN: Tool<ExplainRequest> = {
  name: "EXPLAIN", role: "EXPLAIN", read: readExplain, question: () => ({}),
  named: ({ about, coordinate, record, reason }) => ({ ...nameAbout(about, reason), item: record === undefined ? coordinate ?? "" : `${record.ministry}:${record.id}` }),
  prepare: (parts, officer, { about, coordinate, record }) => {
    const { joint, isCurrent } = prepareJoint(parts, officer, about);
    const described = describe(about, joint.ctx.now);
    const tell = async (signal: Leaving): Promise<Told> => {
      const explained = record === undefined ? explainCoordinate(parts, officer, joint, coordinate ?? "") : await explainRecord(parts, officer, joint, record, signal);
      return { ...explained, data: { ...described, ...explained.data } };
    };
    return { asker: joint, describe: described, isCurrent, tell };
  },
};

export const SIMULATE: Tool<SimulateRequest> = {
  name: "SIMULATE", role: "SIMULATE", read: readSimulate, question: ({ question }) => question,
  named: ({ about, question, reason }) => ({ ...nameAbout(about, reason), item: sha256(question.query) }),
  prepare: (parts, officer, { about, question }) => {
    const { joint, subject, isCurrent } = prepareJoint(parts, officer, about);
    if (!isInCharge(parts.policy, officer, subject.subject)) throw notYours("the subject is not the officer's");
    if (!onlyReads(question.query)) throw notYours("a simulation changes nothing");
    return { asker: joint, describe: describe(about, joint.ctx.now), isCurrent };
  },
};

export const DRY_RUN: Tool<DryRunRequest> = {
  name: "DRY_RUN", role: "SIMULATE", read: readDryRun, question: () => ({}),
  named: ({ people, change, reason }) => ({ about: people.map(({ subject }) => subject), item: sha256(canonicalJson(change)), ...(reason === undefined ? {} : { reason }) }),
  prepare: (parts, officer, request) => ({
    asker: officer.asker, describe: {}, isCurrent: () => parts.stations.isCurrent(officer.asker), tell: (signal) => tryChange(parts, officer, request, signal),
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

function nameAbout({ subject, purpose }: About, reason: string | undefined): Pick<ToolUse, "about" | "aboutPurpose" | "reason"> {
  return { about: [subject], ...(purpose === undefined ? {} : { aboutPurpose: purpose }), ...(reason === undefined ? {} : { reason }) };
}

function sha256(text: string): string { return createHash("sha256").update(text).digest("hex"); }
