/**
 * `GET /schema` (SPEC 5.7, 8.6): gives the asker the schema that their class sees, as SDL under its marking. Same stations as an operation: authenticated, narrowed by headers, standing
 * read now and again before the first byte, refused with the same texts, recorded before it is sent. No entity tag and nothing kept on the way: the
 * next asker may be of another class, and the same one tomorrow.
 */
import { BodyText } from "../body-text";
import { Refused } from "../errors";
import { type Arrival, answer, ATTEMPTS, type Attempt, type Known, type Stations } from "../pipeline";
import type { Asker } from "../subject/askers";
import { type Finished, finish } from "./finish";
import { unknown } from "./known-operations";
import type { PrintedBanner } from "./release";

const PLAIN = "text/plain";
const GRAPHQL = "application/graphql";

/** The finished answer to a request to `/schema`. Never throws. */
export async function answerSchema(arrival: Arrival, stations: Stations): Promise<Finished> {
  const finished = await answer(arrival, stations, walkSchema);
  return finished.headers["allow"] === undefined ? finished : { ...finished, headers: { ...finished.headers, allow: "GET, HEAD" } };
}

async function walkSchema(arrival: Arrival, stations: Stations, known: Known): Promise<Finished> {
  const identity = await stations.authenticate(arrival);
  known.identity = identity;
  if (arrival.method !== "GET" && arrival.method !== "HEAD") throw new Refused("METHOD_NOT_ALLOWED");
  const type = typeFor(arrival.headers["accept"]);
  const narrowing = stations.narrow(arrival.rawHeaders);
  known.narrowing = narrowing;
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const asker: Asker = stations.ask(identity, narrowing);
    const { id, print } = stations.classOf(asker);
    const attempt: Attempt = { asker, narrowing, classId: id, signal: arrival.signal };
    known.attempt = attempt;
    // Nobody writes questions for whom they are written down already (19.4).
    if (asker.isBound) throw unknown("the schema");
    const { sdl, floor } = print();
    const banner = stations.bannerOf(floor);
    // A gateway without labels marks nothing.
    const text = stations.evidence === undefined ? sdl : `# ${banner.shown.ja}\n# ${banner.shown.en}\n\n${sdl}`;
    const { finished, index } = await finish({ status: 200, headers: { "content-type": `${type}; charset=utf-8` }, codes: [], body: new BodyText(text) }, withMarking(stations, banner), known);
    if (stations.isCurrent(asker)) return finished;
    known.supersedes = index;
  }
  throw new Refused("STANDING_CHANGED");
}

/** The record of a text that was given, in place of one of a refusal: it has no data and so no release of its own. */
function withMarking(stations: Stations, { shown, recorded, core }: PrintedBanner): Stations {
  const { evidence } = stations;
  if (evidence === undefined) return stations;
  const given = { kind: "ANSWER", item: "/schema", released: [shown.label], withheld: {}, ministries: [], marking: recorded, label: core } as const;
  return { ...stations, evidence: { id: evidence.id, append: (make) => evidence.append((index) => ({ ...make(index), ...given })) } };
}

/** Plain text unless the client names only the type of GraphQL documents. */
function typeFor(accept: string | undefined): string {
  if (accept === undefined) return PLAIN;
  const accepted = accept.split(",").flatMap((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    return parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) ? [] : [type];
  });
  if (accepted.some((type) => type === PLAIN || type === "text/*" || type === "*/*")) return PLAIN;
  if (accepted.includes(GRAPHQL) || accepted.includes("application/*")) return GRAPHQL;
  throw new Refused("NOT_ACCEPTABLE");
}
