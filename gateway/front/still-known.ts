/**
 * Whether a stream may go on although nothing happens (SPEC 8.8, 19.4): it may not when its asker is nobody any more, when what they follow does not fit their view any more, nor when the list binds them and it is not on it. Takes
 * the request with which the stream began; gives nothing while it may go on, else the refusal that whoever asked it now would get, recorded like that of any request, with which it ends.
 */
import { createHash } from "node:crypto";
import { type GraphQLSchema, parse, validate } from "graphql";
import type { Edition } from "../edition";
import { answer, type Arrival, receive, type Walk, walkOnce } from "../pipeline";
import { rootTypeOf } from "../plan/root-type";
import type { Asker } from "../subject/askers";
import type { Finished } from "./finish";
import { unknown } from "./known-operations";

/** Ends without a word. */
export const NOBODY = "NOBODY";

/** Documents, by hash, that were looked at for a view; of so many at most. */
const looked = new WeakMap<GraphQLSchema, Map<string, boolean>>();
const MOST_LOOKED = 4_096;

/** What ends a stream by now. Never throws. */
export async function endOf(arrival: Arrival, { stations }: Edition): Promise<Finished | typeof NOBODY | undefined> {
  let asker: Asker;
  try {
    asker = stations.ask(await stations.authenticate(arrival), stations.narrow(arrival.rawHeaders));
  } catch { return NOBODY; }
  const { view } = stations.classOf(asker);
  const walk: Walk<Finished | undefined> = async (arrived, _, known) => {
    known.identity = await stations.authenticate(arrived);
    known.narrowing = stations.narrow(arrived.rawHeaders);
    const request = await receive(arrived, known);
    if (asker.isBound) {
      if (!isFitting(view, stations.admit(request).document)) throw unknown("it does not fit the asker's view");
      return undefined;
    }
    // As if it began now: it is refused as it would be then, and if nothing should speak against it, goes on.
    return known.document === undefined || isFitting(view, known.document) ? undefined : walkOnce(arrived, stations, known, { after: 0, upTo: 0 });
  };
  const end = await answer<Finished | undefined>(arrival, stations, walk);
  return end?.status === 200 ? undefined : end;
}

/** Of subscriptions: without that root graphql-js would look at none of their fields. */
function isFitting(view: GraphQLSchema, document: string): boolean {
  const known = looked.get(view) ?? new Map<string, boolean>();
  looked.set(view, known);
  const hash = createHash("sha256").update(document).digest("base64");
  const found = known.get(hash) ?? (rootTypeOf(view, "subscription") !== undefined && validate(view, parse(document, { noLocation: true }), undefined, { maxErrors: 1 }).length === 0);
  if (known.size >= MOST_LOOKED) known.clear();
  known.set(hash, found);
  return found;
}
