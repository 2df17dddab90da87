/**
 * In whose turn a request is worked on (SPEC 8.11): in that of the person it is from, who is known for certain only once the token is verified. A token that was not seen before is verified in the line of the issuer
 * that it names, which is bounded like a person's, and then the request takes its turn among those of its asker: no request is carried out uncounted, however many tokens somebody has. Gives the
 * beginning of the request, or the way on which it is refused.
 */
import type { Editions } from "../edition";
import { Refused } from "../errors";
import type { Arrival, Walk } from "../pipeline";
import type { Admission } from "./admission";

/** Works on a request; `leave` has to follow. @param refusal the way that it goes instead of its own */
export type Begin = (leave: () => void, refusal?: Walk<never>) => void;

export interface TurnsOptions { readonly editions: Pick<Editions, "take">; readonly admission: Admission }

export class Turns {
  constructor(private readonly options: TurnsOptions) {}

  /** Calls `begin`, at once or when it is this request's turn. */
  enter(arrival: Arrival, begin: Begin): void {
    const { admission, editions } = this.options;
    const { known, line } = this.#whose(arrival);
    if (known !== undefined || line === undefined) { this.#enterAs(known, begin); return; }
    const isIn = admission.enter(() => {
      const { edition: { stations }, leave } = editions.take();
      stations.authenticate(arrival).finally(leave).then((identity) => {
        admission.leave(line);
        this.#enterAs(stations.shares?.of(identity), begin);
      }, (refused: unknown) => { begin(() => { admission.leave(line); }, () => { throw refused; }); });
    }, line);
    // Who it is from is not looked at: of that there is too much already.
    if (!isIn) begin(() => undefined, () => { throw new Refused("TOO_MANY_REQUESTS"); });
  }

  #whose(arrival: Arrival): { readonly known?: string | undefined; readonly line?: string | undefined } {
    const { edition: { stations: { shares } }, leave } = this.options.editions.take();
    leave();
    const known = shares?.known(arrival);
    return known === undefined ? { line: shares?.line(arrival) } : { known };
  }

  #enterAs(asker: string | undefined, begin: Begin): void {
    const { admission } = this.options;
    if (admission.enter(() => { begin(() => { admission.leave(asker); }); }, asker)) return;
    begin(() => undefined, async (arrival, stations, known) => {
      known.identity = await stations.authenticate(arrival);
      throw new Refused("TOO_MANY_REQUESTS");
    });
  }
}
