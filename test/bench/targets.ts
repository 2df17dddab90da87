/**
 * What is compared, each started as a fresh process: Kanmon on a bare supergraph, Kanmon with a label on every object (authentication, standing, statements
 * and evidence on), and stock ApolloServer + ApolloGateway over the same subgraphs. Kanmon is the built command (`dist/`), not the sources.
 */
import { basename, join, resolve } from "node:path";
import { freePort } from "./ports";
import { ROOT, type Running, startNode, type StartOptions } from "./process";
import type { SubgraphsReady, SubgraphsSettings } from "./subgraphs";
import type { Size } from "./workload/data";
import { bodyOf, QUERIES } from "./workload/queries";
import type { Workspace } from "./workspace";

export type TargetName = "stock" | "bare" | "labels" | "withheld";
export interface Target {
  readonly name: TargetName;
  readonly title: string;
  readonly labels: SubgraphsSettings["labels"];
  /** Built command of another revision; without it, this one's. */
  readonly main?: string;
}
export const TARGETS: Readonly<Record<TargetName, Target>> = {
  stock: { name: "stock", title: "@apollo/server + @apollo/gateway, stock", labels: "none" },
  bare: { name: "bare", title: "Kanmon, bare supergraph, no labels", labels: "none" },
  labels: { name: "labels", title: "Kanmon, a label on every object, evidence and authentication on", labels: "permitted" },
  withheld: { name: "withheld", title: "Kanmon, same, every tenth thing withheld", labels: "withheld" },
};

/** The same target of another revision: `folder` is a checkout that has been built. */
export function ofRevision(target: Target, folder: string): Target {
  return { ...target, title: `${target.title} (revision in ${basename(folder)})`, main: join(resolve(folder), "dist/gateway/cli/main.js") };
}

/** A gateway and its subgraphs, up and answering. */
export interface Up {
  readonly target: Target;
  readonly origin: string;
  readonly path: string;
  readonly tokens: readonly string[];
  readonly gateway: Running;
  readonly subgraphs: Running;
  readonly control: number;
  down(): Promise<void>;
}
export interface StartTarget { readonly size?: Size; readonly dropped?: boolean; readonly nodeFlags?: readonly string[] }

const MAIN = join(ROOT, "dist/gateway/cli/main.js");
const READY_LIMIT_MS = 90_000;

/** Starts the subgraphs and the gateway and waits until the small question is answered. */
export async function startTarget(target: Target, workspace: Workspace, options: StartTarget = {}): Promise<Up> {
  const settings: SubgraphsSettings = { size: options.size ?? "known", labels: target.labels, dropped: options.dropped === true, standingFile: workspace.standingFile };
  const subgraphs = await startNode(join(__dirname, "subgraphs.ts"), [JSON.stringify(settings)], { core: 1, until: /^\{.*\}$/m });
  const ready = JSON.parse(subgraphs.line) as SubgraphsReady;
  try {
    const port = await freePort();
    const start: StartOptions = { core: 0, ...(options.nodeFlags === undefined ? {} : { nodeFlags: options.nodeFlags }) };
    const tokens = target.labels === "none" ? [] : await workspace.tokens();
    const gateway = await startGateway(target, workspace, ready, port, start);
    const up: Up = {
      target, origin: `http://127.0.0.1:${port}`, path: target.name === "stock" ? "/" : "/graphql", tokens, gateway, subgraphs, control: ready.control,
      down: async () => { await gateway.stop(); await subgraphs.stop(); },
    };
    await waitUntilAnswering(up);
    return up;
  } catch (error) {
    await subgraphs.stop();
    throw error;
  }
}

async function startGateway(target: Target, workspace: Workspace, ready: SubgraphsReady, port: number, start: StartOptions): Promise<Running> {
  if (target.name === "stock") return startNode(join(__dirname, "stock.ts"), [workspace.bareSupergraph(ready), String(port)], { ...start, env: { APOLLO_TELEMETRY_DISABLED: "true" } });
  const shared = { KANMON_HOST: "127.0.0.1", KANMON_PORT: String(port), KANMON_ADMIN_PORT: "0", KANMON_LOG_LEVEL: "error" };
  if (target.name === "bare") {
    return startNode(target.main ?? MAIN, ["gateway", "--supergraph", workspace.bareSupergraph(ready), "--port", String(port), "--anonymous", "--unlabelled", "PUBLIC"], { ...start, env: shared });
  }
  return startNode(target.main ?? MAIN, ["gateway"], { ...start, env: { ...shared, ...await workspace.labelledEnvironment(ready) } });
}

/** One answer, as text. */
export async function ask(up: Pick<Up, "origin" | "path" | "tokens">, body: Buffer): Promise<{ readonly status: number; readonly text: string }> {
  const [token] = up.tokens;
  const headers = { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${up.origin}${up.path}`, { method: "POST", headers, body: new Uint8Array(body) });
  return { status: answer.status, text: await answer.text() };
}

/** The JSON text of `data`, in the order in which the gateway wrote it. */
export function dataOf(text: string): string { return JSON.stringify((JSON.parse(text) as { data?: unknown }).data ?? null); }

async function waitUntilAnswering(up: Up): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  let last = "";
  while (Date.now() < deadline) {
    try {
      const { status, text } = await ask(up, bodyOf(QUERIES.small));
      if (status === 200 && dataOf(text).includes("u-02")) return;
      last = `${status} ${text}`;
    } catch (error) { last = String(error); }
    await new Promise((done) => { setTimeout(done, 50); });
  }
  const log = up.gateway.log();
  await up.down();
  throw new Error(`${up.target.title} does not answer: ${last}\n${log}`);
}
