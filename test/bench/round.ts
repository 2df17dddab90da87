/** One round: a fresh gateway and fresh subgraphs, warmed up and measured under one query, then taken down. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoadSettings, Measured } from "./load";
import { startNode } from "./process";
import { ask, dataOf, startTarget, type StartTarget, type Target, TARGETS, type Up } from "./targets";
import type { Size } from "./workload/data";
import { bodyOf, QUERIES, type QueryName } from "./workload/queries";
import type { Workspace } from "./workspace";

export interface RoundSettings { readonly connections: number; readonly warmUpMs: number; readonly measureMs: number }
/** `calls`: subgraph calls of one request that has the gateway to itself. */
export interface Round extends Measured { readonly calls: number; readonly target: Target; readonly query: QueryName }
/** The JSON text of `data` that each target must give, by query: stock's own answer, over the whole world or over the one without what is withheld. */
export type Expected = Readonly<Record<"whole" | "dropped", Readonly<Record<QueryName, string>>>>;

export function expectedOf(target: Target, query: QueryName, expected: Expected): string { return expected[target.name === "withheld" ? "dropped" : "whole"][query]; }

/** Asks stock every query, once over each world. */
export async function learnExpected(workspace: Workspace, size: Size = "known"): Promise<Expected> {
  const learn = async (dropped: boolean): Promise<Record<QueryName, string>> => {
    const up = await startTarget(TARGETS.stock, workspace, { dropped, size });
    try {
      const answers = { big: "", medium: "", small: "" };
      for (const name of ["big", "medium", "small"] as const) answers[name] = dataOf((await ask(up, bodyOf(QUERIES[name]))).text);
      return answers;
    } finally { await up.down(); }
  };
  return { whole: await learn(false), dropped: await learn(true) };
}

/** Runs one round; `during` may watch the gateway while it is measured. */
export async function runRound(
  target: Target, query: QueryName, workspace: Workspace, options: { readonly settings: RoundSettings; readonly expected: Expected; readonly start?: StartTarget; readonly during?: (up: Up) => Promise<void> },
): Promise<Round> {
  const up = await startTarget(target, workspace, options.start);
  try {
    const calls = await countCalls(up, query);
    const load = startLoad(up, query, workspace, options);
    const watched = options.during?.(up);
    const measured = JSON.parse(await load) as Measured;
    await watched;
    return { ...measured, calls, target, query };
  } finally { await up.down(); }
}

async function countCalls(up: Up, query: QueryName): Promise<number> {
  const count = async (): Promise<number> => Object.values(await (await fetch(`http://127.0.0.1:${up.control}/calls`)).json() as Record<string, number>).reduce((sum, each) => sum + each, 0);
  const before = await count();
  await ask(up, bodyOf(QUERIES[query]));
  return await count() - before;
}

function startLoad(up: Up, query: QueryName, workspace: Workspace, options: { readonly settings: RoundSettings; readonly expected: Expected }): Promise<string> {
  const bodyFile = join(workspace.folder, `body-${query}.json`);
  const expectedFile = join(workspace.folder, `expected-${up.target.name}-${query}.json`);
  writeFileSync(bodyFile, bodyOf(QUERIES[query]));
  writeFileSync(expectedFile, `"data":${expectedOf(up.target, query, options.expected)}`);
  const settings: LoadSettings = {
    origin: up.origin, path: up.path, tokens: up.tokens, bodyFile, expectedFile, gatewayPid: up.gateway.pid, subgraphsPid: up.subgraphs.pid, ...options.settings,
  };
  return startNode(join(__dirname, "load.ts"), [JSON.stringify(settings)], { core: 1, until: /^\{"requests".*\}$/m }).then((load) => load.line);
}
