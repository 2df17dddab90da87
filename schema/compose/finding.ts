/** What composition objects to. A finding names the rule, the coordinate and the subgraphs that have to change (SPEC 5). */

export interface Finding {
  /** Name of the rule, equal to the name of its file in `rules/`; `composition` for what Apollo's composition refuses. */
  readonly rule: string;
  /** Schema coordinate (`Type`, `Type.field`, `Type.field(argument:)`), or `schema` for a subgraph as a whole. */
  readonly coordinate: string;
  /** Sorted names of the subgraphs concerned. */
  readonly subgraphs: readonly string[];
  readonly message: string;
}

/** A finding with its subgraphs in order and without repetition. */
export function findingOf(rule: string, coordinate: string, subgraphs: Iterable<string>, message: string): Finding {
  return { rule, coordinate, subgraphs: [...new Set(subgraphs)].sort(), message };
}

/** One line per finding, for terminals and for the message of `ComposeError`. */
export function printFinding(finding: Finding): string {
  return `${finding.rule} ${finding.coordinate} [${finding.subgraphs.join(", ")}]: ${finding.message}`;
}

/** Nobody reads more, and a malicious schema could make millions. */
const MOST_FINDINGS = 1_000;
const MOST_CHARACTERS = 2_000;

/**
 * The schemas cannot be used; `findings` is never empty, without repetition and sorted, so that the order of the subgraphs does not show. Bounded: behind the
 * first thousand stands how many more there were.
 */
export class ComposeError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const lines = new Map(findings.map((finding) => [printFinding(finding), finding]));
    const sorted = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => cut(finding));
    const more = sorted.length - MOST_FINDINGS;
    const kept = more <= 0 ? sorted : [...sorted.slice(0, MOST_FINDINGS), findingOf("composition", "schema", [], `and ${more} more findings`)];
    super(kept.map(printFinding).join("\n"));
    this.name = "ComposeError";
    this.findings = kept;
  }
}

function cut(finding: Finding): Finding {
  return finding.message.length <= MOST_CHARACTERS ? finding : { ...finding, message: `${finding.message.slice(0, MOST_CHARACTERS)}...` };
}
