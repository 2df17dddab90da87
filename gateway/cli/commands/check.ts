/**
 * `kanmon check`: everything a change to the contract has to pass before a gateway would start on it: policy, members and agreements, the rules of
 * composition, and whether the committed supergraph is what the schemas give; with --against OLD also which flows between ministries the change adds, and whether
 * everybody they come from has approved. Exits with 7 when the policy or an option is at fault, 1 or 5 as `compose --check`, 5 for a flow without approval.
 */
import fs from "node:fs";
import path from "node:path";
import type { JWK } from "jose";
import { type AddedFlow, addedFlows, type Bundle, bundleOf, ComposeError, composeSupergraph, flowDigest, flowGraphOf, lookupSource, printFinding, type SubgraphSource } from "../../../schema/compose";
import { loadPolicy } from "../../../schema/policy";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { readApprovalKeys, signApproval, verifyApprovals } from "../flow-approval";
import { print, tell } from "../say";
import { composeHere, outdatedFiles } from "./compose";

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

export async function runCheck(options: CheckOptions): Promise<ExitCode> {
  const schema = checkSchema(options);
  if (options.approveAs !== undefined) return approve(options, schema.bundle);
  const outcomes: Outcome[] = [checkPolicy(), schema.outcome];
  if (options.against !== undefined && schema.bundle !== undefined) outcomes.push(await checkFlows(options.against, options, schema.bundle));
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

function checkSchema({ subgraphs }: CheckOptions): { readonly outcome: Outcome; readonly bundle?: Bundle } {
  const what = subgraphs === undefined ? "composition and committed supergraph" : `composition of ${subgraphs}`;
  const composed = subgraphs === undefined ? composeHere() : composeFolder(subgraphs);
  if (composed instanceof ComposeError) return { outcome: { what, ok: false, found: composed.findings.map(printFinding), exit: EXIT.failure } };
  const { bundle } = composed;
  const outdated = composed.files === undefined ? [] : outdatedFiles(composed.files);
  const found = outdated.length === 0 ? [`bundle ${bundle.version}`] : outdated.map((name) => `schema/${name} is outdated: run \`kanmon compose\``);
  return { outcome: { what, ok: outdated.length === 0, found, exit: EXIT.verificationFailed }, bundle };
}

function composeFolder(folder: string): { readonly bundle: Bundle; readonly files?: undefined } | ComposeError {
  const files = readOption("--subgraphs", () => fs.readdirSync(folder)).filter((file) => file.endsWith(".graphql"));
  if (files.length === 0) throw new CommandFailure(EXIT.configuration, ["noGraphqlFile", { folder }]);
  const sources = files.map((file): SubgraphSource => {
    const name = path.basename(file, ".graphql");
    return { name, url: `https://${name}.invalid/graphql`, sdl: readOption("--subgraphs", () => fs.readFileSync(path.join(folder, file), "utf8")) };
  });
  try {
    return { bundle: composeSupergraph(sources) };
  } catch (error) {
    if (error instanceof ComposeError) return error;
    throw error;
  }
}

/** What the change adds to the flow graph of the bundle in `folder`. */
function compareFlows(folder: string, bundle: Bundle): { readonly base: string; readonly added: readonly AddedFlow[] } {
  const before = readOption("--against", () => {
    const read = (name: string): string => fs.readFileSync(path.join(folder, name), "utf8");
    return flowGraphOf(bundleOf(read("supergraph.graphql"), JSON.parse(read("supergraph.labels.json"))));
  });
  return { base: flowDigest(before), added: addedFlows(before, flowGraphOf(bundle)) };
}

async function checkFlows(folder: string, { approvers, approvals }: CheckOptions, bundle: Bundle): Promise<Outcome> {
  const what = "flows between ministries";
  const { base, added } = compareFlows(folder, bundle);
  // What the gateway itself answers is the asker's own words: nobody's to approve.
  const flows = added.filter(({ from }) => from !== lookupSource().name);
  if (flows.length === 0) return { what, ok: true, found: [`none added to ${base}`], exit: EXIT.ok };
  const keys = await readApprovalKeys(approvers === undefined ? { approvers: [] } : readJson("--approvers", approvers)).catch((error: unknown) => { throw new CommandFailure(EXIT.configuration, ["optionRefused", { option: "--approvers", why: messageOf(error) }]); });
  const texts = approvals === undefined ? [] : readOption("--approvals", () => fs.readFileSync(approvals, "utf8")).split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const { approved, refused } = await verifyApprovals(texts, keys, { base, now: Math.floor(Date.now() / 1000) });
  const isApproved = ({ from, line }: AddedFlow): boolean => approved.get(from)?.has(line) === true;
  const found = [...flows.map((flow) => `${isApproved(flow) ? "approved   " : "NO APPROVAL"} ${flow.line}`), ...refused];
  return { what, ok: flows.every(isApproved), found, exit: EXIT.verificationFailed };
}

/** Prints the approval of one ministry for the flows that come from it; what it approves goes to standard error, to be read before it is sent. */
async function approve({ against, approveAs = "", key }: CheckOptions, bundle: Bundle | undefined): Promise<ExitCode> {
  if (against === undefined || key === undefined) throw new CommandFailure(EXIT.usage, ["approvalNeeds"]);
  if (bundle === undefined) throw new CommandFailure(EXIT.failure, ["doesNotCompose"]);
  const { base, added } = compareFlows(against, bundle);
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
