import { createServer, request as askHttp } from "node:http";
import type { AddressInfo } from "node:net";
import type { Arrival } from "../../../gateway/pipeline";
import { Refused } from "../../../gateway/errors";
import { FEW } from "../../../gateway/front/admission";
import { frontHandler } from "../../../gateway/front/http";
import { makeMetrics } from "../../../gateway/front/metrics";

/** A listener whose authentication takes as long as the test wants; everything after it refuses. */
function startFront(onRequest: (count: number, destroy: () => void) => void): { readonly ask: () => Promise<number>; readonly release: () => void; readonly seen: { authenticated: number; taken: number; left: number }; stop(): Promise<void> } {
  const seen = { authenticated: 0, taken: 0, left: 0 };
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => { release = resolve; });
  const stations = {
    authenticate: async (_: Arrival) => { seen.authenticated += 1; await released; throw new Refused("UNAUTHENTICATED"); },
    note: () => undefined, evidence: undefined, clock: Date.now,
  };
  const handler = frontHandler({
    editions: { take: () => { seen.taken += 1; return { edition: { stations } as never, leave: () => { seen.left += 1; } }; } },
    metrics: makeMetrics({ auditQueue: () => 0, silentMinistries: () => 0, classes: () => 0 }), most: 1_000,
  });
  let count = 0;
  const server = createServer((request, response) => { handler(request, response); onRequest(count += 1, () => { request.socket.destroy(); }); });
  const listening = new Promise<number>((resolve) => { server.listen(0, "127.0.0.1", () => { resolve((server.address() as AddressInfo).port); }); });
  const ask = async (): Promise<number> => {
    const port = await listening;
    return new Promise((resolve) => {
      const sent = askHttp({ port, host: "127.0.0.1", path: "/graphql", method: "POST", agent: false, headers: { "content-type": "application/json" } }, (response) => { response.resume(); resolve(response.statusCode ?? 0); });
      sent.on("error", () => { resolve(0); });
      sent.end("{}");
    });
  };
  return { ask, release: () => { release(); }, seen, stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => { resolve(); }); }) };
}

it("nothing is done for a client that goes away while it waits for its turn, and its place is free", async () => {
  // Two more than are worked on at once; the last one goes at once.
  const front = startFront((count, destroy) => { if (count === FEW + 2) destroy(); });
  const answers = Promise.all(Array.from({ length: FEW + 2 }, () => front.ask()));
  // Each takes an edition twice: to see whose it is, and when it is its turn.
  const taken = 2 * (FEW + 2);
  while (front.seen.taken < taken) await new Promise((resolve) => { setTimeout(resolve, 5); });
  front.release();
  expect((await answers).toSorted((a, b) => a - b)).toEqual([0, ...Array.from({ length: FEW + 1 }, () => 401)]);
  expect(front.seen).toEqual({ authenticated: FEW + 1, taken, left: taken });
  expect(await front.ask()).toBe(401);
  await front.stop();
});
