/**
 * Whether a stream may go on although nothing happens (SPEC 8.8, 19.4): it may not when its asker is nobody any more, nor when the list binds them and what they follow is not on it, or does not fit their view, any more. Takes the
 * request with which the stream began; gives nothing while it may go on, else the refusal, recorded like that of any request, with which it ends.
 */
import { type GraphQLSchema, parse, validate } from "graphql";
import type { Edition } from "../edition";
import { answer, type Arrival, receive } from "../pipeline";
import { rootTypeOf } from "../plan/root-type";
import type { Asker } from "../subject/askers";
import type { Finished } from "./finish";
import { unknown } from "./known-operations";

/** Ends without a word. */
export const NOBODY = "NOBODY";

/** Documents of the list that were looked at, by view. */
const looked = new WeakMap<GraphQLSchema, Map<string, boolean>>();

/** What ends a stream by now. Never throws. */
export async function endOf(arrival: Arrival, { stations }: Edition): Promise<Finished | typeof NOBODY | undefined> {
  let asker: Asker;
  try {
    asker = stations.ask(await stations.authenticate(arrival), stations.narrow(arrival.rawHeaders));
  } catch { return NOBODY; }
  if (!asker.isBound) return undefined;
  return answer<Finished | undefined>(arrival, stations, async (arrived, _, known) => {
    known.identity = await stations.authenticate(arrived);
    known.narrowing = stations.narrow(arrived.rawHeaders);
    const { document } = stations.admit(await receive(arrived, known));
    if (!isFitting(stations.classOf(asker).view, document)) throw unknown("it does not fit the asker's view");
    return undefined;
  });
}

/** Of subscriptions: without that root graphql-js would look at none of their fields. */
function isFitting(view: GraphQLSchema, document: string): boolean {
  const known = looked.get(view) ?? new Map<string, boolean>();
  looked.set(view, known);
  const found = known.get(document) ?? (rootTypeOf(view, "subscription") !== undefined && validate(view, parse(document, { noLocation: true }), undefined, { maxErrors: 1 }).length === 0);
  known.set(document, found);
  return found;
}
