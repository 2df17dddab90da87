/**
 * `kanmon check`: everything a change to the contract has to pass before a gateway would start on it: policy, members and agreements, the rules of
 * composition, and whether the committed supergraph is what the schemas give; with --against OLD also which flows between ministries the change adds, and whether
 * everybody they come from has approved. Exits with 7 when the policy or an option is at fault, 1 or 5 as `compose --check`, 5 for a flow without approval.
 */
import fs from "node:fs";
import path from "node:path";
import type { JWK } from "jose";
import { type AddedFlow, lookupSource, printFinding, type SubgraphSource } from "../../../schema/compose";
import { loadPolicy } from "../../../schema/policy";
import { ministries } from "../../../subgraphs";
import { sdlOf } from "../../../subgraphs/kit";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { readApprovalKeys, signApproval, verifyApprovals } from "../flow-approval";
import { localLang, print, tell, textOf } from "../say";
import { composeApart, type Stopped } from "./check-apart";
import type { Flows, Job, Result } from "./check-work";
import { outdatedFiles } from "./compose";

export interface CheckOptions {
  readonly json: boolean;
  /** Folder of subgraph SDL files to compose instead of the ministries of this package; a file's name is its subgraph's. */
  readonly subgraphs?: string;
  /** Folder with the supergraph.graphql and supergraph.labels.json that are in force. */
  readonly against?: string;
  /** Public keys of those who may approve flows, and their approvals, one JWS per line. */
  readonly approvers?: string;
  readonly approvals?: string;
  /** Private key (JWK) of the ministry given by `approveAs`: prints an approval of the flows from it instead of asking for one. */
  readonly key?: string;
  readonly approveAs?: string;
}
interface Outcome { readonly what: string; readonly ok: boolean; readonly found: readonly string[]; readonly exit: ExitCode }

type Compose = (job: Job) => Promise<Result | Stopped>;

/** @param compose where the work is done: in a process of its own, with limits */
export async function runCheck(options: CheckOptions, compose: Compose = composeApart): Promise<ExitCode> {
  if (options.approveAs !== undefined && (options.against === undefined || options.key === undefined)) throw new CommandFailure(EXIT.usage, ["approvalNeeds"]);
  const schema = await checkSchema(options, compose);
  if (options.approveAs !== undefined) return approve(options, schema.flows);
  const outcomes: Outcome[] = [checkPolicy(), schema.outcome];
  if (schema.flows !== undefined) outcomes.push(await checkFlows(options, schema.flows));
  if (options.json) print(JSON.stringify(outcomes.map(({ what, ok, found }) => ({ what, ok, found })), null, 2));
  for (const { what, ok, found } of options.json ? [] : outcomes) {
    print(`${ok ? "ok  " : "FAIL"} ${what}`);
    for (const line of found) tell(`     ${line}`);
  }
  return outcomes.find((outcome) => !outcome.ok)?.exit ?? EXIT.ok;
}

function checkPolicy(): Outcome {
  const what = "policy, members and agreements";
  try {
    return { what, ok: true, found: [`version ${loadPolicy().version}`], exit: EXIT.ok };
  } catch (error) {
    return { what, ok: false, found: [messageOf(error)], exit: EXIT.configuration };
  }
}

async function checkSchema({ subgraphs, against }: CheckOptions, compose: Compose): Promise<{ readonly outcome: Outcome; readonly flows?: Flows }> {
  const what = subgraphs === undefined ? "composition and committed supergraph" : `composition of ${subgraphs}`;
  const sources = subgraphs === undefined ? Object.values(ministries).map((ministry): SubgraphSource => ({ name: ministry.name, sdl: sdlOf(ministry), url: "" })) : readFolder(subgraphs);
  const result = await compose({ sources, isDemo: subgraphs === undefined, ...(against === undefined ? {} : { against: readInForce(against) }) });
  switch (result.kind) {
    case "against": throw new CommandFailure(EXIT.configuration, ["optionRefused", { option: "--against", why: result.why }]);
    case "refused": return { outcome: { what, ok: false, found: result.findings.map(printFinding), exit: EXIT.failure } };
    case "stopped": return { outcome: { what, ok: false, found: [textOf(localLang(), ...result.said)], exit: EXIT.failure } };
    case "composed": {
      const outdated = result.files === undefined ? [] : outdatedFiles(result.files);
      const found = outdated.length === 0 ? [`bundle ${result.version}`] : outdated.map((name) => `schema/${name} is outdated: run \`kanmon compose\``);
      return { outcome: { what, ok: outdated.length === 0, found, exit: EXIT.verificationFailed }, ...(result.flows === undefined ? {} : { flows: result.flows }) };
    }
  }
}

function readFolder(folder: string): readonly SubgraphSource[] {
  const files = readOption("--subgraphs", () => fs.readdirSync(folder)).filter((file) => file.endsWith(".graphql"));
  if (files.length === 0) throw new CommandFailure(EXIT.configuration, ["noGraphqlFile", { folder }]);
  return files.map((file): SubgraphSource => {
    const name = path.basename(file, ".graphql");
    return { name, url: `https://${name}.invalid/graphql`, sdl: readOption("--subgraphs", () => fs.readFileSync(path.join(folder, file), "utf8")) };
  });
}

/** The files of the bundle in force. */
function readInForce(folder: string): { readonly supergraph: string; readonly labels: string } {
  const read = (name: string): string => readOption("--against", () => fs.readFileSync(path.join(folder, name), "utf8"));
  return { supergraph: read("supergraph.graphql"), labels: read("supergraph.labels.json") };
}

async function checkFlows({ approvers, approvals }: CheckOptions, { base, added }: Flows): Promise<Outcome> {
  const what = "flows between ministries";
  // What the gateway itself answers is the asker's own words: nobody's to approve.
  const flows = added.filter(({ from }) => from !== lookupSource().name);
  if (flows.length === 0) return { what, ok: true, found: [`none added to ${base}`], exit: EXIT.ok };
  const listed = approvers === undefined ? { approvers: [] } : readJson("--approvers", approvers);
  const keys = readOption("--approvers", () => readApprovalKeys(listed));
  const texts = approvals === undefined ? [] : readOption("--approvals", () => fs.readFileSync(approvals, "utf8")).split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const { approved, refused } = await verifyApprovals(texts, keys, { base, now: Math.floor(Date.now() / 1000) });
  const isApproved = ({ from, line }: AddedFlow): boolean => approved.get(from)?.has(line) === true;
  const found = [...flows.map((flow) => `${isApproved(flow) ? "approved   " : "NO APPROVAL"} ${flow.line}`), ...refused];
  return { what, ok: flows.every(isApproved), found, exit: EXIT.verificationFailed };
}

/** Prints the approval of one ministry for the flows that come from it; what it approves goes to standard error, to be read before it is sent. */
async function approve({ approveAs = "", key = "" }: CheckOptions, flows: Flows | undefined): Promise<ExitCode> {
  if (flows === undefined) throw new CommandFailure(EXIT.failure, ["doesNotCompose"]);
  const { base, added } = flows;
  const lines = added.filter(({ from }) => from === approveAs).map(({ line }) => line);
  if (lines.length === 0) throw new CommandFailure(EXIT.failure, ["noFlowFrom", { ministry: approveAs }]);
  for (const line of lines) tell(line);
  const jws = await signApproval(approveAs, readJson("--key", key) as JWK, lines, { base, now: Math.floor(Date.now() / 1000) }).catch((error: unknown) => { throw new CommandFailure(EXIT.configuration, ["optionRefused", { option: "--key", why: messageOf(error) }]); });
  print(jws);
  return EXIT.ok;
}

function readJson(option: string, file: string): unknown {
  return readOption(option, () => JSON.parse(fs.readFileSync(file, "utf8")) as unknown);
}

function readOption<T>(option: string, read: () => T): T {
  try { return read(); } catch (error) { throw new CommandFailure(EXIT.configuration, ["optionRefused", { option, why: messageOf(error) }]); }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
