/**
 * What a story is told with: the whole deployment as `kanmon start` starts it (PostgreSQL, ministries, issuer, gateway, the ministries in one process), on a data folder as the first start leaves it,
 * so with a clean database for each file; and the people in it, who ask over HTTP with nothing but their token and the headers that any client sends.
 * Stops everything after the last test of the file.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ask, fetchToken, type Answer, type Narrowing } from "../../gateway/cli/ask";
import { personaCalled } from "../../gateway/cli/people";
import { Command, run, type Finished } from "../gateway/cli/command";
import { copyPreparedHome } from "../support/prepared-home";

export type { Answer } from "../../gateway/cli/ask";
export type Variables = Readonly<Record<string, unknown>>;

/** One person of the story. What they declare stays as given in `as`. */
export interface Teller {
  /** Asks a question. */
  query(document: string, variables?: Variables): Promise<Answer>;
  /** Makes a change. @throws Error when the document is none */
  mutate(document: string, variables?: Variables): Promise<Answer>;
}

export interface Story {
  /** Address of the gateway, such as `http://127.0.0.1:4000/graphql`. Known once the deployment has started, as are the next two. */
  readonly url: string;
  readonly issuer: string;
  readonly admin: string;
  /** Where anybody reads what was published: `http://127.0.0.1:4003/`. */
  readonly publicUrl: string;
  /** Data folder of this deployment: keys, evidence, signed policy. */
  readonly home: string;
  /** Somebody of the demo (`gateway/cli/data/personas.json`). Without a purpose they declare their own. */
  as(persona: string, declared?: Narrowing): Teller;
  /** Runs `kanmon` to its end, as an officer or an operator does. */
  kanmon(...args: readonly string[]): Promise<Finished>;
  /** What the start has told the operator so far. */
  said(): string;
  /** Stops everything, and starts it again on the same data. */
  restart(): Promise<void>;
}

const FREE_PORTS = ["--port", "0", "--admin-port", "0", "--issuer-port", "0", "--ministry-port", "0"];
const START_MS = 240_000;
const STOP_MS = 60_000;
const ASK_AGAIN_MS = 50;

/** Starts the deployment before the first test of the file or group that calls this, and stops it after the last. `isApart`: a process for each ministry instead of one for all, which answers the same and takes twice as long to start */
export function startStory({ isApart = false }: { readonly isApart?: boolean } = {}): Story {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-story-"));
  // The database runs under another user where tests are run by root, and has to get through.
  fs.chmodSync(folder, 0o711);
  const home = path.join(folder, "data");
  const at = { url: "", issuer: "", admin: "", publicUrl: "" };
  let started: Command | undefined;
  const start = async (): Promise<void> => {
    started = new Command(["start", "--home", home, "--lang", "en", ...FREE_PORTS, ...(isApart ? [] : ["--together"])]);
    await started.said("ready ");
    at.url = found(/^ready (\S+)/m, started.out);
    at.issuer = found(/^ +issuer +(\S+)/m, started.err);
    at.publicUrl = found(/^ +public +(\S+)/m, started.err);
    at.admin = found(/^ +admin +(http:\/\/[^/]+)/m, started.err);
  };
  const stop = async (): Promise<void> => {
    started?.process.kill("SIGTERM");
    await started?.finished;
  };
  beforeAll(async () => { await copyPreparedHome(home); await start(); }, START_MS);
  afterAll(async () => { await stop(); fs.rmSync(folder, { recursive: true, force: true }); }, STOP_MS);
  return {
    get url() { return at.url; }, get issuer() { return at.issuer; }, get admin() { return at.admin; }, get publicUrl() { return at.publicUrl; }, home,
    as: (persona, declared = {}) => tellerOf(at, persona, { purpose: personaCalled(persona).purpose, ...declared }),
    kanmon: (...args) => run(args),
    said: () => started?.err ?? "",
    restart: async () => { await stop(); await start(); },
  };
}

/** Codes of an answer's errors, in order. */
export function codesOf(answer: Answer): readonly (string | undefined)[] { return answer.errors.map(({ extensions }) => extensions?.code); }

/** Why the ministry refused each change that it refused, in order. */
export function reasonsOf(answer: Answer): readonly (string | undefined)[] { return answer.errors.map(({ extensions }) => extensions?.reason); }

/** Asks again until it is so, and gives that answer; the last one when the time is over, so that the test that looks at it says what is wrong. */
export async function within(ms: number, askOnce: () => Promise<Answer>, isSo: (answer: Answer) => boolean): Promise<Answer> {
  const until = Date.now() + ms;
  for (;;) {
    const answer = await askOnce();
    if (isSo(answer) || Date.now() > until) return answer;
    await wait(ASK_AGAIN_MS);
  }
}

function tellerOf(at: { readonly url: string; readonly issuer: string }, persona: string, declared: Narrowing): Teller {
  const send = async (document: string, variables: Variables | undefined): Promise<Answer> =>
    ask(at.url, await fetchToken(at.issuer, persona), { query: document, ...(variables === undefined ? {} : { variables }) }, declared);
  return {
    query: send,
    mutate: (document, variables) => (/^(\s|#.*\n)*mutation\b/.test(document) ? send(document, variables) : Promise.reject(new Error("not a mutation"))),
  };
}

function found(pattern: RegExp, text: string): string {
  const value = pattern.exec(text)?.[1];
  if (value === undefined) throw new Error(`${String(pattern)} is not in what was said:\n${text}`);
  return value;
}
