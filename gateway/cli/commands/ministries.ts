/**
 * `kanmon ministries FILE`: several ministries in one process, as `kanmon start --together` runs them. The file names each with the KANMON_* settings that it would have as
 * a process of its own: its own database and role, keys, port and policy in force. They share memory and nothing else, so whoever holds the process holds them all:
 * never for production. Starts all or none.
 */
import { readFileSync } from "node:fs";
import type { RunningMinistry } from "../../../subgraphs/kit";
import { readMinistryConfig } from "../../config";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { reportReady, untilStopped } from "../stay";
import { ministryCalled, openMinistry } from "./ministry";

type Settings = Readonly<Record<string, string>>;

export async function runMinistries(file: string): Promise<ExitCode> {
  const configs = Object.entries(readSettings(file)).map(([name, settings]) => readMinistryConfig({ KANMON_MINISTRY: name }, settings));
  // Asked for already now: a parent that goes while they start is noticed too.
  const stopped = untilStopped();
  const running = await openAll(configs.map((config) => () => openMinistry(ministryCalled(config.ministry), config)));
  reportReady();
  await stopped;
  await Promise.all(running.map((ministry) => ministry.stop()));
  return EXIT.ok;
}

/** One after another: what they load is loaded once. What was opened before one that fails is stopped again. */
async function openAll(openers: readonly (() => Promise<RunningMinistry>)[]): Promise<readonly RunningMinistry[]> {
  const running: RunningMinistry[] = [];
  try {
    for (const open of openers) running.push(await open());
    return running;
  } catch (error) {
    await Promise.all(running.map((ministry) => ministry.stop()));
    throw error;
  }
}

function readSettings(file: string): Readonly<Record<string, Settings>> {
  try {
    const settings: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isMap(settings, (each): each is Settings => isMap(each, (value): value is string => typeof value === "string")) && Object.keys(settings).length > 0) return settings;
  } catch { /* said below */ }
  throw new CommandFailure(EXIT.configuration, ["noMinistrySettings", { file }]);
}

function isMap<T>(value: unknown, is: (each: unknown) => each is T): value is Readonly<Record<string, T>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(is);
}
