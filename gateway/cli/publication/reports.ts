/**
 * Published reports (SPEC 18.4-18.6) as the publisher reads them. Takes what pages of the known operation say, or what was published before; gives the reports in one order. Refuses every form but the one that
 * is known, a figure that is not told as every report tells it, two reports of one body and year, and reports that together would tell a count: what the ministry checked is checked again by whoever makes it public.
 */
import { isTellable } from "../../../subgraphs/kit/workflow/oversight/differencing";
import { readReport } from "../../../subgraphs/kit/workflow/oversight/told-figures";
import { NotPublished } from "./refusal";

export interface Report { readonly year: string; readonly body: string; readonly publishedOn: string; readonly figures: readonly string[] }
export interface Page { readonly total: number; readonly next: string | undefined; readonly reports: readonly Report[] }

const MEMBERS = ["body", "figures", "publishedOn", "year"];
const MOST_REPORTS = 10_000;

/** One page of the known operation. @throws NotPublished */
export function readPage(data: unknown): Page {
  const list = only(data, ["cabinetSecretariatPublicFigures"])["cabinetSecretariatPublicFigures"];
  const { totalCount, pageInfo, nodes } = only(list, ["nodes", "pageInfo", "totalCount"]);
  const { hasNextPage, endCursor } = only(pageInfo, ["endCursor", "hasNextPage"]);
  if (typeof totalCount !== "number" || !Number.isInteger(totalCount) || totalCount < 0 || totalCount > MOST_REPORTS || typeof hasNextPage !== "boolean" || !Array.isArray(nodes)) throw new NotPublished("publicationOtherForm");
  if (hasNextPage && typeof endCursor !== "string") throw new NotPublished("publicationOtherForm");
  return { total: totalCount, next: hasNextPage ? endCursor as string : undefined, reports: nodes.map(readOne) };
}

/** All reports, by year and body. @throws NotPublished */
export function readReports(values: readonly unknown[]): readonly Report[] {
  const reports = values.map(readOne).toSorted((a, b) => compare(a.year, b.year) || compare(a.body, b.body));
  for (const body of new Set(reports.map((report) => report.body))) {
    const ofBody = reports.filter((report) => report.body === body);
    if (new Set(ofBody.map(({ year }) => year)).size < ofBody.length) throw new NotPublished("publicationNotTold", body);
    const told = ofBody.map(({ year, figures }) => readReport(Number(year), figures)).filter((one) => one !== undefined);
    if (told.length < ofBody.length || !isTellable(told)) throw new NotPublished("publicationNotTold", body);
  }
  return reports;
}

function readOne(value: unknown): Report {
  const { year, body, publishedOn, figures } = only(value, MEMBERS);
  if (typeof year !== "string" || !/^[12]\d{3}$/.test(year) || typeof body !== "string" || !/^JPN(\.[A-Z0-9]+)+$/.test(body)) throw new NotPublished("publicationOtherForm");
  if (typeof publishedOn !== "string" || !/^\d{4}-\d\d-\d\d$/.test(publishedOn) || publishedOn.slice(0, 4) <= year) throw new NotPublished("publicationOtherForm");
  if (!Array.isArray(figures) || !figures.every((line) => typeof line === "string")) throw new NotPublished("publicationOtherForm");
  return { year, body, publishedOn, figures };
}

/** An object with exactly these members. */
function only(value: unknown, members: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || Object.keys(value).sort().join() !== members.toSorted().join()) throw new NotPublished("publicationOtherForm");
  return value as Readonly<Record<string, unknown>>;
}

function compare(a: string, b: string): number { return a < b ? -1 : a > b ? 1 : 0; }
