/** Turns small SDL texts into subgraphs and a composition into what one wants to read in a test: findings as lines, floors as short texts. */
import type { LabelCore } from "../../../schema/label";
import { type Bundle, ComposeError, composeSupergraph } from "../../../schema/compose";
import { readSchemaFile } from "../../../schema/compose/specification";
import type { SubgraphSource } from "../../../schema/compose";

export interface SubgraphOptions {
  /** The link to the label specification; `null` for none. */
  readonly link?: string | null;
  readonly federation?: string;
  readonly compose?: string;
  readonly definitions?: string;
}

const FEDERATION = `@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@composeDirective", "@interfaceObject", "@context", "@fromContext", "FieldSet"])`;
const LINK = `@link(url: "https://kanmon.example/label/v1.0", import: ["@label", "@existence"])`;

/** A subgraph that links the label specification as everybody does, with `body` as its types. */
export function subgraph(name: string, body: string, options: SubgraphOptions = {}): SubgraphSource {
  const link = options.link === undefined ? LINK : options.link ?? "";
  const compose = options.compose ?? (link === "" ? "" : `@composeDirective(name: "@label") @composeDirective(name: "@existence")`);
  const definitions = options.definitions ?? (link === "" ? "" : readSchemaFile("directives.graphql"));
  return { name, url: `http://${name}.invalid/`, sdl: `extend schema ${options.federation ?? FEDERATION} ${link} ${compose}\n${definitions}\n${body}` };
}

/** A subgraph that answers everybody, so that the rest can be labelled as one likes. */
export const open = subgraph("open", "type Query { hello: String }");

export function compose(...subgraphs: readonly SubgraphSource[]): Bundle {
  return composeSupergraph([open, ...subgraphs]);
}

/** Findings as `rule coordinate [subgraphs]`, each once; an empty list when composition succeeds. */
export function findingsOf(...subgraphs: readonly SubgraphSource[]): readonly string[] {
  try {
    compose(...subgraphs);
    return [];
  } catch (error) {
    if (error instanceof ComposeError) return [...new Set(error.findings.map(({ rule, coordinate, subgraphs: names }) => `${rule} ${coordinate} [${names.join(", ")}]`))];
    throw error;
  }
}

/** The message of the composition error, for what is about its text. */
export function messageOf(...subgraphs: readonly SubgraphSource[]): string {
  try {
    compose(...subgraphs);
  } catch (error) {
    if (error instanceof ComposeError) return error.message;
    throw error;
  }
  throw new Error("composition succeeded");
}

/** `3 SDS/CESI`: level and regimes of a floor, enough for most tests. */
export function brief(core: LabelCore): string {
  return [String(core.level), core.regimes.join("/")].filter((part) => part !== "").join(" ");
}
