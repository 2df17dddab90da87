/**
 * One publication (SPEC 18.11): the machine asks the one known operation, page by page, under a ceiling of PUBLIC and with a mark for every value, and puts what is certainly public and whole where anybody reads it. Takes where to
 * ask, who it is and a folder; refuses everything else and leaves the folder as it was.
 */
import { loadPolicy } from "../../../schema/policy";
import { operationCalled } from "../operation-files";
import { ask } from "../ask";
import { fetchMachineToken, type Machine } from "../machine-token";
import { keepEdition } from "./keep";
import { publicDataOf } from "./public-answer";
import { NotPublished } from "./refusal";
import { readPage, readReports, type Report } from "./reports";

export interface Publication { readonly url: string; readonly issuerUrl: string; readonly machine: Machine; readonly folder: string }

const OPERATION = "AllPublicFigures";
const MOST_PAGES = 200;

/** @throws CommandFailure; then nothing was changed */
export async function publish({ url, issuerUrl, machine, folder }: Publication): Promise<{ readonly reports: number; readonly written: readonly string[] }> {
  const token = await fetchMachineToken(issuerUrl, machine);
  const query = operationCalled(OPERATION);
  const { words } = loadPolicy();
  const found: Report[] = [];
  let total: number | undefined;
  let after: string | undefined;
  for (let at = 0; at < MOST_PAGES; at += 1) {
    const answer = await ask(url, token, { query, variables: after === undefined ? {} : { after } }, { ceiling: "PUBLIC", marks: "portions" });
    const page = readPage(publicDataOf(answer, words));
    if (total !== undefined && total !== page.total) throw new NotPublished("publicationNotWhole");
    total = page.total;
    found.push(...page.reports);
    after = page.next;
    if (after === undefined) break;
  }
  if (after !== undefined || found.length !== total) throw new NotPublished("publicationNotWhole");
  const reports = readReports(found);
  return { reports: reports.length, written: keepEdition(folder, reports) };
}
