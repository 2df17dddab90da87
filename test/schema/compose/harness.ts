/** Turns small SDL texts into subgraphs and a composition into what one wants to read in a test: findings as lines, floors as short texts. */
import type { LabelCore } from "../../../schema/label";
import { type Bundle, ComposeError, composeSupergraph } from "../../../schema/compose";
import { Kind, parse } from "graphql";
import { loadPolicy, type Policy } from "../../../schema/policy";
import { makeBundle } from "../../../schema/compose/bundle";
import { describe, mergeSubgraphs } from "../../../schema/compose/compose";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { readSchemaFile } from "../../../schema/compose/specification";
import type { SubgraphSource } from "../../../schema/compose";

export interface SubgraphOptions {
  /** The link to the label specification; `null` for none. */
  readonly link?: string | null;
  readonly federation?: string;
  readonly compose?: string;
  readonly definitions?: string;
  /** Types as written, without the PUBLIC label that others get. */
  readonly bare?: boolean;
}

const FEDERATION = `@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@composeDirective", "@interfaceObject", "@context", "@fromContext", "FieldSet"])`;
const LINK = `@link(url: "https://kanmon.example/label/v1.0", import: ["@label", "@existence"])`;

/** A subgraph that links the label specification as everybody does, with `body` as its types. */
export function subgraph(name: string, body: string, options: SubgraphOptions = {}): SubgraphSource {
  const link = options.link === undefined ? LINK : options.link ?? "";
  const compose = options.compose ?? (link === "" ? "" : `@composeDirective(name: "@label") @composeDirective(name: "@existence")`);
  const definitions = options.definitions ?? (link === "" ? "" : readSchemaFile("directives.graphql"));
  const types = link === "" || options.bare === true ? body : sayPublic(body, /directive @(\w+)\(level/.exec(definitions)?.[1] ?? "label");
  return { name, url: `http://${name}.invalid/`, sdl: `extend schema ${options.federation ?? FEDERATION} ${link} ${compose}\n${definitions}\n${types}` };
}

/** Labels PUBLIC every object type that says nothing of itself, so that a test is about one thing. */
function sayPublic(body: string, label: string): string {
  let document;
  try { document = parse(body); } catch { return body; }
  const places = document.definitions.flatMap((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION || node.directives?.some(({ name }) => name.value === label) === true || node.fields?.some(({ name }) => name.value === "_label") === true) return [];
    return [Math.max(node.name.loc?.end ?? 0, ...[...node.directives ?? [], ...node.interfaces ?? []].map(({ loc }) => loc?.end ?? 0))];
  });
  return places.reverse().reduce((text, at) => `${text.slice(0, at)} @${label}(level: "PUBLIC")${text.slice(at)}`, body);
}

const real = loadPolicy();
const [everything] = real.members.accreditations("defense");
/** The policy in force, but whoever is asked about is cleared like the ministry of defense: the subgraphs of most tests have names of nobody. */
export const generous: Policy = { ...real, members: { ...real.members, accreditations: () => (everything === undefined ? [] : [{ ...everything, subject: { ...everything.subject, purposes: [...real.purposes.keys()] } }]) } };

/** A subgraph that answers everybody, so that the rest can be labelled as one likes. */
export const open = subgraph("open", "type Query { hello: String }");

export function compose(...subgraphs: readonly SubgraphSource[]): Bundle {
  return composeSupergraph([open, ...subgraphs], generous);
}

/** A bundle that no rule looked at: a view has to be right for whatever bundle a gateway is given. */
export function composeUnchecked(...subgraphs: readonly SubgraphSource[]): Bundle {
  const read = [open, ...subgraphs].map(readSubgraph);
  const { supergraph, labels } = describe(read, readSupergraph(mergeSubgraphs(read)), generous);
  return makeBundle(supergraph.sdl, labels, supergraph);
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
