/**
 * The officers' tools by their paths (SPEC 8.4). Takes requests to `/officer/...` and sends them through the same pipeline as any request: authenticated by token and standing, refused with the same
 * texts, recorded before the first byte. The one who asks is the officer; whom it is about stands beside. `desk.ts` is the other way in, by fields of an operation.
 */
import { BodyText } from "../body-text";
import { Refused } from "../errors";
import type { ToolUse } from "../evidence/record";
import type { Finished } from "../front/finish";
import { unknown } from "../front/known-operations";
import { answer, walkOperation, type Arrival, type Attempt, type Stations } from "../pipeline";
import type { ClassServer } from "../server";
import { officerOf } from "./authority";
import { DRY_RUN, EXPLAIN, type OfficerParts, type Prepared, SIMULATE, type Tool } from "./tools";

export { officerDesk } from "./desk";
export type { OfficerParts } from "./tools";

type Respond = (arrival: Arrival) => Promise<Finished>;

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
        const asker = stations.ask(identity, narrowing);
        // A simulation answers any question, so it is not for those who may ask known ones only, whatever role they hold.
        if (asker.isBound) throw unknown("an officer's tool");
        const officer = officerOf(policy, asker, tool.role);
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
    return answer({ ...arrival, search: "", readBody }, own, walkOperation);
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

function withNames(evidence: Stations["evidence"], named: () => Partial<ToolUse>): Stations["evidence"] {
  return evidence === undefined ? undefined : { id: evidence.id, append: (make) => evidence.append((index) => ({ ...make(index), ...named() })) };
}
