/**
 * `kanmon publish`: puts what is public where anybody reads it, once or again and again. Takes the publication system's key and a folder; says what it wrote, and why it wrote nothing. A failure takes nothing away.
 * With `--check` it publishes nothing and says whether another that goes on has succeeded lately.
 */
import { setTimeout as wait } from "node:timers/promises";
import { readPublisherCheck, readPublisherConfig } from "../../config";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { publish } from "../publication/publish";
import { checkSuccess, stampSuccess } from "../publication/stamp";
import { tell, textOf, type Lang } from "../say";
import { reportReady, untilStopped } from "../stay";

export interface PublishOptions { readonly out?: string; readonly client?: string; readonly key?: string; readonly every?: string; readonly check?: boolean; readonly url?: string; readonly issuer?: string; readonly home?: string; readonly lang: Lang }

export async function runPublish({ out, client, key, every, check = false, url, issuer, home, lang }: PublishOptions): Promise<ExitCode> {
  if (check) {
    const { stampFile, everyS } = readPublisherCheck({ KANMON_PUBLISH_EVERY: every });
    checkSuccess(stampFile, everyS, Date.now());
    return EXIT.ok;
  }
  const config = readPublisherConfig({ KANMON_URL: url, KANMON_ISSUER_URL: issuer, KANMON_CLIENT: client, KANMON_CLIENT_KEY_FILE: key, KANMON_PUBLIC_DIR: out, KANMON_PUBLISH_EVERY: every, KANMON_HOME: home });
  const once = async (): Promise<void> => {
    const { reports, written } = await publish({ url: config.url, issuerUrl: config.issuerUrl, machine: { id: config.client, key: config.key }, folder: config.folder });
    if (config.stampFile !== undefined) stampSuccess(config.stampFile, Date.now());
    if (written.length > 0 || config.everyS === 0) tell(textOf(lang, "published", { reports, files: written.length === 0 ? textOf(lang, "none") : written.join(", "), folder: config.folder }));
  };
  if (config.everyS === 0) { await once(); return EXIT.ok; }
  const stopped = untilStopped();
  const end = new AbortController();
  void stopped.then(() => { end.abort(); });
  reportReady();
  let said = "";
  while (!end.signal.aborted) {
    const failed = await once().then(() => "", (error: unknown) => describe(error, lang));
    // The same failure is said once, until something else happens.
    if (failed !== "" && failed !== said) tell(failed);
    said = failed;
    await wait(config.everyS * 1_000, undefined, { signal: end.signal }).catch(() => undefined);
  }
  return EXIT.ok;
}

function describe(error: unknown, lang: Lang): string {
  if (error instanceof CommandFailure) return error.in(lang);
  return textOf(lang, "unexpected", { why: error instanceof Error ? error.message : String(error) });
}
