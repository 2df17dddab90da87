/**
 * Reads a register over the gateway's API as one person, page by page (SPEC 17.1): exactly what any client gets, with the marks of what was released. Gives lines with their marks and the marking
 * of all of it. Ends with the first refusal.
 */
import { prefixOf } from "../../../subgraphs/kit/definition";
import type { Policy } from "../../../schema/policy";
import { type Answer, exitOf } from "../ask";
import type { ExitCode } from "../exit";
import type { Person } from "../person";
import type { Progress } from "../progress";
import type { Entry, ExportedRegister } from "./exported";
import { joinMarks } from "./line-mark";
import type { PrintedTable } from "./table-file";

export interface Exported extends PrintedTable {
  readonly marking: { readonly ja: string; readonly en: string };
  readonly withheld: number;
  /** The answer that refused; then there are no lines. */
  readonly refused: Answer | undefined;
  readonly exitCode: ExitCode;
}

interface Page { readonly totalCount: number | null; readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null } | null; readonly nodes: readonly (Entry | null)[] | null }

const PAGE = 100;

export function fieldOf(ministry: string): string { const prefix = prefixOf(ministry); return prefix.charAt(0).toLowerCase() + prefix.slice(1); }

/** @throws CommandFailure when the gateway cannot be reached, or a mark cannot be read */
export async function exportRegister(person: Person, policy: Policy, register: ExportedRegister, options: { readonly ministries: readonly string[]; readonly progress: Progress }): Promise<Exported> {
  const lines: (readonly string[])[] = [];
  const markings: string[] = [];
  let withheld = 0;
  for (const ministry of options.ministries) {
    const field = fieldOf(ministry);
    const list = register.list(field);
    const query = `query Export($first: Int, $after: String) { ${list}(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { ${register.selection(field)} } } }`;
    let after: string | null = null;
    let done = 0;
    do {
      const answer: Answer = await person.ask({ query, variables: { first: PAGE, after } }, { marks: "portions" });
      const page = (answer.data as Readonly<Record<string, Page | null>> | null | undefined)?.[list];
      if (answer.errors.length > 0 || answer.release === undefined) return { columns: register.columns, lines: [], marking: { ja: "", en: "" }, withheld, refused: answer, exitCode: exitOf(answer) };
      markings.push(answer.release.marking.en);
      withheld += answer.release.withheld.length;
      const nodes = page?.nodes ?? [];
      const marked = marksOf(answer, `${list}.nodes`);
      for (const [at, node] of nodes.entries()) if (node !== null) lines.push(...linesOf(policy, register, { ministry, field, node, marked: marked.get(at) ?? [] }));
      done += nodes.length;
      options.progress.show(done, page?.totalCount ?? 0);
      after = page?.pageInfo?.hasNextPage === true ? page.pageInfo.endCursor : null;
    } while (after !== null);
  }
  return { columns: register.columns, lines, marking: joinMarks(policy, markings, "banner"), withheld, refused: undefined, exitCode: withheld > 0 ? 4 : 0 };
}

interface Found { readonly ministry: string; readonly field: string; readonly node: Entry; readonly marked: Marked }
/** Paths below an entry with their marks. */
type Marked = readonly (readonly [path: string, mark: string])[];

/** The marks of an answer by the entry that they are below, read once for all of a page. */
function marksOf(answer: Answer, nodes: string): ReadonlyMap<number, Marked> {
  const marks = answer.release?.portions;
  const found = new Map<number, (readonly [string, string])[]>();
  for (const [path, index] of Object.entries(marks?.at ?? {})) {
    if (!path.startsWith(`${nodes}.`)) continue;
    const [at = "", ...below] = path.slice(nodes.length + 1).split(".");
    const own = found.get(Number(at)) ?? [];
    own.push([below.join("."), marks?.marks[index]?.en ?? ""]);
    found.set(Number(at), own);
  }
  return found;
}

function linesOf(policy: Policy, register: ExportedRegister, { ministry, field, node, marked }: Found): readonly (readonly string[])[] {
  const markOf = (within: readonly string[]): string => {
    const found = marked.flatMap(([path, mark]) => (within.some((one) => one === "" || path === one || path.startsWith(`${one}.`)) ? [mark] : []));
    return found.length === 0 ? "" : joinMarks(policy, found).en;
  };
  return register.lines(node, field).map(({ cells, within }) => {
    const whole = markOf([register.own]);
    const parts = Object.fromEntries(Object.entries(register.marked).map(([column, path]) => { const mark = markOf([path]); return [column, mark === whole ? "" : mark]; }));
    const all: Readonly<Record<string, string>> = { ministry, ...cells, label: markOf(within), ...parts };
    return register.columns.map((column) => all[column] ?? "");
  });
}
