/**
 * The public listener: turns node's requests into arrivals and finished answers into bytes (SPEC 8). `/graphql` and `/schema` go through the pipeline; every other path may be
 * an officer's tool, or taken by the pages handler, or is not found. Every answer says `no-store`, so that nothing between here and the client keeps it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Edition, Editions } from "../edition";
import { Departure } from "../execute/stop";
import { answer, type Arrival, walkOperation } from "../pipeline";
import { Admission } from "./admission";
import { readBody } from "./body";
import { type Finished, refusalBody, refusalHeaders } from "./finish";
import type { Metrics } from "./metrics";
import { answerSchema } from "./schema";
import { type Streams, wantsStream } from "./subscribe";
import { type Begin, Turns } from "./turns";

export interface FrontOptions {
  /** A request has the edition that is current when work on it begins until it is answered. */
  readonly editions: Pick<Editions, "take">;
  readonly metrics: Metrics;
  /** Whose turn it is; nobody else's when it is not shared. */
  readonly turns?: Turns;
  /** Longest body in bytes. */
  readonly most: number;
  /** Serves subscriptions; where there is none, nobody is streamed to. */
  readonly streams?: Streams;
  /** Takes a request for a page; false when there is no such page. */
  readonly pages?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const EVERY_ANSWER = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;

/** Makes the handler of the public listener. */
export function frontHandler({ editions, metrics, most, pages, streams, turns = new Turns({ editions, admission: new Admission() }) }: FrontOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const target = request.url ?? "/";
    const at = target.indexOf("?");
    const path = at < 0 ? target : target.slice(0, at);
    const begun = performance.now();
    const departure = new Departure();
    response.once("close", () => { if (!response.writableFinished) departure.leave(); });
    const arrival = {
      method: request.method ?? "", search: at < 0 ? "" : target.slice(at), rawHeaders: request.rawHeaders, headers: request.headers,
      readBody: () => readBody(request, most), signal: departure,
    };
    const begin: Begin = (done, refusal) => {
      const { edition, leave } = editions.take();
      const respond = refusal === undefined ? responderAt(path, edition) : (arrived: Arrival) => answer(arrived, edition.stations, refusal);
      if (respond === undefined || departure.aborted) {
        leave();
        done();
        if (!departure.aborted && pages?.(request, response) !== true) notFound(response);
        return;
      }
      metrics.inFlight.inc();
      void respond(arrival).finally(() => { leave(); done(); }).then((finished) => {
        send(request, response, finished);
        metrics.inFlight.dec();
        metrics.requests.inc({ code: String(finished.status) });
        metrics.duration.observe((performance.now() - begun) / 1000);
        for (const [reason, count] of Object.entries(finished.withheld)) metrics.withheld.inc({ reason_class: reason }, count);
      });
    };
    if (path === "/graphql" && streams?.isFull === false && wantsStream(request)) {
      void streams.serve(response, arrival, (finished) => { send(request, response, finished); });
      return;
    }
    if (isAnswered(path, editions)) turns.enter(arrival, begin); else begin(() => undefined);
  };
}

/** Whether requests to a path are worked on; all of those take turns. */
function isAnswered(path: string, editions: FrontOptions["editions"]): boolean {
  if (path === "/graphql") return true;
  const { edition, leave } = editions.take();
  try { return responderAt(path, edition) !== undefined; } finally { leave(); }
}

function responderAt(path: string, { stations, officers }: Edition): ((arrival: Arrival) => Promise<Finished>) | undefined {
  if (path === "/graphql") return (arrival) => answer(arrival, stations, walkOperation);
  return path === "/schema" ? (arrival) => answerSchema(arrival, stations) : officers?.(path);
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body, txn }: Finished): void {
  if (response.destroyed) return;
  // A body that was not read to its end must not be taken for the next request.
  const unread = !request.complete && request.method !== "GET";
  response.writeHead(status, { ...EVERY_ANSWER, ...headers, "content-length": body.length, "kanmon-request-id": txn, ...(unread ? { connection: "close" } : {}) });
  response.end(body);
}

function notFound(response: ServerResponse): void {
  const body = Buffer.from(refusalBody("NOT_FOUND"));
  response.writeHead(404, { ...EVERY_ANSWER, ...refusalHeaders("NOT_FOUND", true), "content-length": body.length });
  response.end(body);
}
