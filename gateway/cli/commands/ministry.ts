/** `kanmon ministry NAME`: one ministry as a process of its own. Takes KANMON_* settings; its database, its keys, its port, nobody else's. */
import { ministries } from "../../../subgraphs";
import { startMinistry } from "../../../subgraphs/kit";
import { readMinistryConfig } from "../../config";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { tell } from "../say";
import { reportReady, untilStopped } from "../stay";

export async function runMinistry(name: string): Promise<ExitCode> {
  const config = readMinistryConfig({ KANMON_MINISTRY: name });
  const ministry = ministries[config.ministry];
  if (ministry === undefined) throw new CommandFailure(EXIT.usage, `There is no ministry called "${name}". Known: ${Object.keys(ministries).join(", ")}.`);
  const { host, port, database, registry, keys, demo } = config;
  const running = await startMinistry(ministry, { host, port, database, registry, keys, demo });
  tell(`ministry ${name} on ${running.url}`);
  reportReady();
  await untilStopped();
  await running.stop();
  return EXIT.ok;
}
