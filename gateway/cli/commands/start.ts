/**
 * `kanmon start`: everything on this machine with demo data. Says when it is ready, where, and how to get a token; reports a ministry that crashes;
 * Ctrl-C or SIGTERM stops everything, the database last. A second start uses the data of the first.
 */
import path from "node:path";
import { readStartConfig } from "../../config";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { startLocal, type LocalEvent, type RunningLocal } from "../local";
import { FRAME_TEXT, PERSONAS } from "../people";
import { print, tell, textOf, type Lang } from "../say";
import { reportReady, untilStopped } from "../stay";

export interface StartOptions { readonly port?: string; readonly adminPort?: string; readonly issuerPort?: string; readonly publicPort?: string; readonly ministryPort?: string; readonly together?: boolean; readonly home?: string; readonly lang: Lang }

export async function runStart(options: StartOptions): Promise<ExitCode> {
  const config = readStartConfig({
    KANMON_PORT: options.port, KANMON_ADMIN_PORT: options.adminPort, KANMON_ISSUER_PORT: options.issuerPort, KANMON_PUBLIC_PORT: options.publicPort, KANMON_MINISTRY_PORT: options.ministryPort, KANMON_HOME: options.home,
  });
  const started = Date.now();
  const stopped = untilStopped();
  let fail: (failure: CommandFailure) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => { fail = reject; });
  failed.catch(() => undefined);
  let isEnding = false;
  void stopped.then(() => { isEnding = true; });
  const onEvent = (event: LocalEvent): void => {
    // Ctrl-C reaches the database directly; that it goes then is no news.
    if (isEnding) return;
    tell(describe(event, options.lang));
    if (event.kind === "database") fail(new CommandFailure(EXIT.failure, ["databaseGone", { how: event.how }]));
    if (event.kind === "down" && event.name === "gateway") fail(new CommandFailure(EXIT.failure, ["childDown", { name: event.name }]));
  };
  const starting = startLocal({
    home: config.home, host: config.listen.host, port: config.listen.port, adminPort: config.admin.port, issuerPort: config.issuerPort, publicPort: config.publicPort, ministryPort: config.ministryPort,
    isTogether: options.together === true, logLevel: config.logLevel, onEvent, ...(config.databaseUrl === undefined ? {} : { databaseUrl: config.databaseUrl }),
  });
  starting.catch(() => undefined);
  try {
    const first = await Promise.race([starting, stopped]);
    if (typeof first !== "string") {
      sayReady(first, Date.now() - started, options.lang);
      reportReady();
      await Promise.race([stopped, failed]);
    }
    tell(textOf(options.lang, "stopping"));
    return EXIT.ok;
  } finally {
    await starting.then((running) => running.stop(), () => undefined);
  }
}

function sayReady(running: RunningLocal, ms: number, lang: Lang): void {
  tell(`# ${FRAME_TEXT}`);
  for (const { name, url } of running.ministries) tell(`  ${name.padEnd(20)} ${url}`);
  tell(`  ${"issuer".padEnd(20)} ${running.issuerUrl}`);
  tell(`  ${"admin".padEnd(20)} ${running.adminUrl}/health/ready  ${running.adminUrl}/metrics`);
  tell(`  ${"page".padEnd(20)} ${running.pageUrl}`);
  tell(`  ${"public".padEnd(20)} ${running.publicUrl}`);
  tell(textOf(lang, "howToToken"));
  tell(textOf(lang, "howToQuery"));
  tell(textOf(lang, "publicAddress", { url: running.publicUrl }));
  for (const { id } of PERSONAS.filter(({ isMachine }) => isMachine)) tell(textOf(lang, "machineKey", { id, file: path.join(running.home, "keys", `${id}.json`) }));
  print(textOf(lang, "ready", { url: running.url, seconds: (ms / 1000).toFixed(1) }));
}

function describe(event: LocalEvent, lang: Lang): string {
  switch (event.kind) {
    case "crashed": return `${textOf(lang, "childCrashed", { name: event.name, how: event.how })}${event.tail === "" ? "" : `\n${event.tail}`}`;
    case "restarted": return textOf(lang, "childRestarted", { name: event.name });
    case "down": return textOf(lang, "childDown", { name: event.name });
    case "database": return textOf(lang, "databaseGone", { how: event.how });
  }
}
