/** `kanmon issuer`: the development token issuer as a process of its own. Takes KANMON_* settings; refuses any address but loopback. */
import { readIssuerConfig } from "../../config";
import { startIssuer, NotLoopback, readMachines, type IssuerKeys } from "../../issuer";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { PERSONAS } from "../people";
import { tell } from "../say";
import { reportReady, untilStopped } from "../stay";

export async function runIssuer(): Promise<ExitCode> {
  const config = readIssuerConfig();
  const { host, port, audience } = config;
  const keys = config.keys as IssuerKeys;
  if (typeof keys.sign !== "object") throw new CommandFailure(EXIT.configuration, ["issuerKeyMissing"]);
  const running = await startIssuer({ host, port, audience, keys, personas: PERSONAS, origins: [], machines: machinesOf(config.machines), issuer: config.issuer }).catch((error: unknown) => {
    throw error instanceof NotLoopback ? new CommandFailure(EXIT.configuration, ["notLoopback", { host }]) : error;
  });
  tell(`development token issuer on ${running.url} as ${config.issuer}; never for production`);
  reportReady();
  await untilStopped();
  await running.stop();
  return EXIT.ok;
}

function machinesOf(list: unknown): ReturnType<typeof readMachines> {
  try { return readMachines(list); } catch (error) { throw new CommandFailure(EXIT.configuration, ["machinesUnusable", { why: error instanceof Error ? error.message : "" }]); }
}
