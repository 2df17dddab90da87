import { serverAudits } from "graphql-http";
import type { RunningGateway } from "../../../gateway/start";
import { type PlainFederation, startBare, startPlainFederation } from "./plain-federation";

let federation: PlainFederation;
let gateway: RunningGateway;
beforeAll(async () => { federation = await startPlainFederation(); gateway = await startBare(federation.supergraph); });
afterAll(async () => { await gateway.stop(); await federation.stop(); });

describe("GraphQL over HTTP", () => {
  const audits = serverAudits({ url: () => gateway.url });

  it("has the audits that the package had when this was written", () => {
    expect(audits.filter((audit) => /^(MUST|SHOULD) /.test(audit.name)).length).toBe(36);
  });

  for (const audit of audits.filter((each) => /^(MUST|SHOULD) /.test(each.name))) {
    it(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      if (result.status !== "ok") throw new Error(`${result.status}: ${result.reason}`);
    });
  }
});
