/**
 * `kanmon gateway`: one gateway as a process of its own. Takes KANMON_* settings. With --supergraph it serves any federation 2 supergraph without labels, but only when
 * told in so many words that everybody may ask and that everything is PUBLIC. The demonstration's page is served in demo mode alone.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { readBareConfig, readGatewayConfig, type GatewayConfig } from "../../config";
import { makePage, type Page } from "../../console/page";
import { collectSoon } from "../../first-collection";
import { isLoopback } from "../../issuer/loopback";
import { startGateway } from "../../start";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { NOTICE, PERSONAS } from "../people";
import { DEMO_MATTER, MATTER_QUERY, SECTIONS } from "../question";
import { PACKAGE_ROOT } from "../root";
import { tell } from "../say";
import { reportReady, untilStopped } from "../stay";

export interface GatewayOptions { readonly port?: string; readonly supergraph?: string; readonly anonymous?: boolean; readonly unlabelled?: string }

/** Nations that the page offers to make the second answer for. */
const PARTNERS = ["USA", "AUS", "GBR"];

export async function runGateway(options: GatewayOptions): Promise<ExitCode> {
  const config = readConfig(options);
  const page = pageFor(config);
  const running = await startGateway(config, page === undefined ? {} : { pages: pagesOf(page) });
  tell(`gateway on ${running.url}; health and metrics on ${running.adminUrl}`);
  reportReady();
  collectSoon();
  await untilStopped();
  await running.stop();
  return EXIT.ok;
}

function readConfig({ port, supergraph, anonymous, unlabelled }: GatewayOptions): GatewayConfig {
  if (supergraph === undefined && anonymous === undefined && unlabelled === undefined) return readGatewayConfig({ KANMON_PORT: port });
  if (supergraph === undefined || anonymous !== true || unlabelled !== "PUBLIC") {
    throw new CommandFailure(EXIT.usage, ["unlabelledNeedsAll"]);
  }
  return readBareConfig({ KANMON_PORT: port, KANMON_SUPERGRAPH_FILE: supergraph });
}

/** Only with demo data, only beside a development issuer on this machine, and only where no other machine can ask. */
function pageFor(config: GatewayConfig): Page | undefined {
  if (config.mode !== "labelled" || !config.demo || !isLoopback(config.listen.host)) return undefined;
  const { issuers } = config.registry as { readonly issuers?: readonly { readonly issuer?: unknown }[] };
  const issuer = issuers?.map((entry) => String(entry.issuer)).find((url) => URL.canParse(url) && isLoopback(new URL(url).hostname));
  if (issuer === undefined) return undefined;
  const settings = { issuer, personas: PERSONAS, partners: PARTNERS, query: MATTER_QUERY, variables: { id: DEMO_MATTER }, sections: SECTIONS, notice: NOTICE };
  return makePage(settings, path.join(PACKAGE_ROOT, "gateway", "console"));
}

function pagesOf(page: Page): (request: IncomingMessage, response: ServerResponse) => boolean {
  const body = Buffer.from(page.body);
  return (request, response) => {
    if ((request.url ?? "").split("?")[0] !== "/") return false;
    if (request.method !== "GET" && request.method !== "HEAD") { response.writeHead(405, { allow: "GET, HEAD" }).end(); return true; }
    response.writeHead(200, { ...page.headers, "content-length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
    return true;
  };
}
