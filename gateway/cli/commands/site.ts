/** `kanmon site`: hands published files to anybody, as a process of its own that knows nothing else. */
import { readSiteConfig } from "../../config";
import { EXIT, type ExitCode } from "../exit";
import { startSite } from "../publication/site";
import { tell, textOf, type Lang } from "../say";
import { reportReady, untilStopped } from "../stay";

export interface SiteOptions { readonly port?: string; readonly lang: Lang }

export async function runSite(folder: string | undefined, { port, lang }: SiteOptions): Promise<ExitCode> {
  const config = readSiteConfig({ KANMON_PUBLIC_DIR: folder, KANMON_PORT: port });
  const running = await startSite(config.folder, config.host, config.port);
  tell(textOf(lang, "siteReady", { folder: config.folder, url: `http://${config.host}:${running.port}/` }));
  reportReady();
  await untilStopped();
  await running.stop();
  return EXIT.ok;
}
