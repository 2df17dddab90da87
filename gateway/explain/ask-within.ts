/**
 * Asks the gateway's own pipeline a question on behalf of an asker (SPEC 8.4): same view, plan, executor and release as any request. Gives the data with the label of every value in
 * them. Refuses when anything went wrong on the way: an explanation of half an answer would be a wrong one.
 */
import type { LabelCore } from "../../schema/label";
import { codeOf, isErrorCode, Refused } from "../errors";
import type { Leaving } from "../execute/stop";
import type { Attempt, Carried, Stations } from "../pipeline";
import type { Asker } from "../subject/askers";
import type { Question } from "./request";

export interface Seen {
  readonly data: Readonly<Record<string, unknown>>;
  /** Effective label of the value at a path of response names and positions, joined with dots; undefined where there is none for this asker. */
  readonly labelAt: (path: string) => LabelCore | undefined;
  /** Paths of what the asker may know of and not read. */
  readonly withheld: ReadonlySet<string>;
  readonly carried: Carried;
}

/** What came of a question: the body as it would be sent, without its release. */
interface Asked { readonly json: AskedBody; readonly carried: Carried | undefined; readonly thrown: unknown }
export interface AskedBody {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[];
}

/** Asks, whatever comes of it. */
export async function askAs(stations: Pick<Stations, "classOf">, asker: Asker, question: Partial<Question>, portions: boolean, signal: Leaving): Promise<Asked> {
  const { id, server } = stations.classOf(asker);
  const attempt: Attempt = { asker, narrowing: { portions, key: "" }, classId: id, signal };
  const headers = new Map([["accept", "application/json"], ["content-type", "application/json"]]);
  const { body } = await server.answer({ method: "POST", search: "", headers, body: question }, attempt);
  return { json: JSON.parse(body.read()) as AskedBody, carried: attempt.carried, thrown: attempt.thrown };
}

/** @throws Refused with the code of what failed */
export async function askWithin(stations: Pick<Stations, "classOf">, asker: Asker, question: Question, signal: Leaving): Promise<Seen> {
  const { json: { data, errors = [] }, carried, thrown } = await askAs(stations, asker, question, true, signal);
  const code = errors[0]?.extensions?.code;
  if (errors.length > 0 || data === undefined || data === null || carried === undefined) {
    throw new Refused(isErrorCode(code) ? code : codeOf(thrown), "a question of a tool was not answered", { cause: thrown });
  }
  const { portions, cores = [] } = carried;
  return {
    data, carried, withheld: new Set(carried.withheld.map(({ path }) => path.join("."))),
    labelAt: (path) => { const at = portions?.at[path]; return at === undefined ? undefined : cores[at]; },
  };
}
