/**
 * A verdict that is remembered: a file names the last content that was accepted, by these very versions of the judges, so that a start with the same bundle does not even load the
 * package that judges. Only acceptances are remembered, and only the last.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import type { Judge, Judged } from "./judge";

/** Whose versions decide what is refused. */
const JUDGES = ["@apollo/gateway", "@apollo/federation-internals", "@apollo/query-planner", "graphql"];

/** The same judge with a memory; without a file, the judge itself. */
export function judgeOnce(judge: Judge, file: string | undefined): Judge {
  if (file === undefined) return judge;
  return async (content) => {
    if (wasJudged(content, file)) return;
    await judge(content);
    fs.writeFileSync(file, nameAcceptance(content), { mode: 0o600 });
  };
}

/** Whether this very content was the last that was accepted. */
function wasJudged(content: Judged, file: string): boolean {
  return fs.existsSync(file) && fs.readFileSync(file, "utf8") === nameAcceptance(content);
}

/** What an acceptance of this content by these versions is called: a hash over all of it as it is written. */
function nameAcceptance({ supergraph, labels, flows, operations }: Judged): string {
  const versions = JUDGES.map((name) => [name, (require(`${name}/package.json`) as { readonly version: string }).version]);
  return createHash("sha256").update(JSON.stringify([process.version, versions, supergraph, labels, flows, operations])).digest("hex");
}
