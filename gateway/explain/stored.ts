/**
 * What an officer's dry-run runs over (SPEC 8.4): the labels of every record that the officer may see, read through the pipeline page by page, or labels made up from the policy's own
 * codes. Gives labels, never values.
 */
import type { Bundle } from "../../schema/compose";
import { joinAll, type LabelCore } from "../../schema/label";
import type { Policy } from "../../schema/policy";
import type { Leaving } from "../execute/stop";
import type { Stations } from "../pipeline";
import type { Asker } from "../subject/askers";
import { askWithin } from "./ask-within";
import type { LabelledRecord } from "./outcome";
import { type ListQuestion, listQuestions, RECORD } from "./own-view";

export interface Collected {
  readonly records: readonly LabelledRecord[];
  /** False when there were more than are looked at. */
  readonly isWhole: boolean;
  readonly released: LabelCore; readonly labelIds: readonly string[]; readonly ministries: readonly string[];
}
interface Page { readonly nodes: readonly ({ readonly id?: unknown } | null)[] | null; readonly pageInfo: { readonly hasNextPage: boolean | null; readonly endCursor: string | null } | null }

const PAGE = 100;
/** Records of one list. */
const MOST = 5_000;

/**
 * Reads the labels of everything that the officer's lists hold.
 * @throws Refused with the code of what failed: a diff over half of the data would be a wrong one
 */
export async function collectStored(parts: { readonly stations: Pick<Stations, "classOf">; readonly policy: Policy; readonly bundle: Bundle }, asker: Asker, signal: Leaving): Promise<Collected> {
  const { stations, policy, bundle } = parts;
  const questions = listQuestions(stations.classOf(asker).view, bundle.labels, policy.members.subgraphs.map(({ subgraph }) => subgraph));
  const records = new Map<string, LabelledRecord>();
  const released: LabelCore[] = [];
  const ids = new Set<string>();
  const ministries = new Set<string>();
  let isWhole = true;
  for (const question of questions) {
    let after: string | null = null;
    let count = 0;
    do {
      const seen = await askWithin(stations, asker, { query: question.query, variables: { first: PAGE, after } }, signal);
      released.push(seen.carried.released);
      for (const id of seen.carried.releasedLabelIds) ids.add(id);
      for (const ministry of seen.carried.ministries) ministries.add(ministry);
      const page = seen.data[RECORD] as Page | null | undefined;
      const nodes = page?.nodes ?? [];
      nodes.forEach((node, at) => {
        const record = node === null ? undefined : recordAt(bundle, question, node, (field) => seen.labelAt(`${RECORD}.nodes.${at}.${field}`));
        if (record !== undefined) records.set(record.record, record);
      });
      count += nodes.length;
      after = page?.pageInfo?.hasNextPage === true && nodes.length > 0 ? page.pageInfo.endCursor : null;
    } while (after !== null && count < MOST);
    isWhole &&= after === null;
  }
  return { records: [...records.values()], isWhole, released: joinAll(released), labelIds: [...ids].sort(), ministries: [...ministries].sort() };
}

function recordAt({ labels }: Bundle, { ministry, type, fields }: ListQuestion, { id }: { readonly id?: unknown }, labelOf: (field: string) => LabelCore | undefined): LabelledRecord | undefined {
  const existence = fields.filter((field) => labels.isExistence(type, field)).map(labelOf).find((label) => label !== undefined);
  if (typeof id !== "string" || existence === undefined) return undefined;
  const contents = fields.filter((field) => !labels.isExistence(type, field)).flatMap((field) => { const label = labelOf(field); return label === undefined ? [] : [[field, label] as const]; });
  return { record: `${ministry}:${id}`, type, existence, fields: new Map(contents) };
}
