/**
 * `kanmon ministry NAME`: one ministry as a process of its own. Takes KANMON_* settings; its database, its keys, its port, nobody else's.
 * With --prepare it makes roles, database and tables with the owner's sign-in and ends, so that the process that answers never holds that sign-in.
 */
import { ministries } from "../../../subgraphs";
import { createMinistryDatabase, startMinistry, type MinistryKeys, type RegistryData, type RunningMinistry } from "../../../subgraphs/kit";
import { readMinistryConfig, type DatabaseSettings, type MinistryConfig } from "../../config";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { tell } from "../say";
import { reportReady, untilStopped } from "../stay";

export interface MinistryOptions { readonly prepare: boolean }
type Definition = (typeof ministries)[string];

export async function runMinistry(name: string, options: MinistryOptions): Promise<ExitCode> {
  const config = readMinistryConfig({ KANMON_MINISTRY: name });
  const ministry = ministryCalled(config.ministry);
  return options.prepare ? prepare(ministry, config.database, config.demo) : serve(ministry, config);
}

/** @throws CommandFailure naming those there are */
export function ministryCalled(name: string): Definition {
  const ministry = ministries[name];
  if (ministry === undefined) throw new CommandFailure(EXIT.usage, ["noMinistry", { name, known: Object.keys(ministries).join(", ") }]);
  return ministry;
}

async function prepare(ministry: Definition, database: DatabaseSettings, demo: boolean): Promise<ExitCode> {
  const { host, port, ownerUsername, ownerPassword } = database;
  if (ownerUsername === undefined || ownerPassword === undefined) throw new CommandFailure(EXIT.configuration, ["prepareNeedsOwner"]);
  await createMinistryDatabase({ host, port, username: ownerUsername, password: ownerPassword }, ministry, database, { demo, now: Date.now() });
  tell(`ministry ${ministry.name}: database ${database.database} is ready`);
  return EXIT.ok;
}

async function serve(ministry: Definition, config: MinistryConfig): Promise<ExitCode> {
  // Asked for already now: a parent that goes while it starts is noticed too.
  const stopped = untilStopped();
  const running = await openMinistry(ministry, config);
  reportReady();
  await stopped;
  await running.stop();
  return EXIT.ok;
}

/** Starts a ministry in this process. @throws CommandFailure when it would hold its owner's sign-in, or has no policy to decide by */
export async function openMinistry(ministry: Definition, { host, port, database, patience, registry, keys, demo, policy }: MinistryConfig): Promise<RunningMinistry> {
  if (database.ownerUsername !== undefined) throw new CommandFailure(EXIT.configuration, ["ownerNotForServing"]);
  if (policy === undefined) throw new CommandFailure(EXIT.configuration, ["policyForServing"]);
  const running = await startMinistry(ministry, { host, port, database, patience, registry: registry as RegistryData, keys: keys as MinistryKeys, demo, policy, tell: (event, detail) => { tell(`ministry ${ministry.name}: ${event} ${JSON.stringify(detail)}`); } });
  tell(`ministry ${ministry.name} on ${running.url}`);
  return running;
}
