/**
 * What `kanmon check` asks of composition: whether schemas compose, to which bundle, and which flows between ministries they add to the one in force. Takes texts and gives plain data, so that it
 * can be done in another process (`check-apart.ts`).
 */
import { type AddedFlow, addedFlows, bundleOf, ComposeError, composeDemo, composeSupergraph, type Finding, flowDigest, flowGraphOf, type SubgraphSource } from "../../../schema/compose";

export interface Job {
  readonly sources: readonly SubgraphSource[];
  /** The subgraphs of this package, whose files are committed. */
  readonly isDemo: boolean;
  /** The bundle in force, as text: the flows that are added to it are wanted. */
  readonly against?: { readonly supergraph: string; readonly labels: string };
}
export interface Flows { readonly base: string; readonly added: readonly AddedFlow[] }
export type Result =
  | { readonly kind: "composed"; readonly version: string; readonly files?: Readonly<Record<string, string>>; readonly flows?: Flows }
  | { readonly kind: "refused"; readonly findings: readonly Finding[] }
  /** The bundle in force could not be read. */
  | { readonly kind: "against"; readonly why: string };

/** Throws only what nobody expected. */
export function workOn({ sources, isDemo, against }: Job): Result {
  let before;
  try { before = against === undefined ? undefined : flowGraphOf(bundleOf(against.supergraph, JSON.parse(against.labels))); } catch (error) { return { kind: "against", why: error instanceof Error ? error.message : String(error) }; }
  try {
    const { bundle, files } = isDemo ? composeDemo(sources) : { bundle: composeSupergraph(sources), files: undefined };
    return {
      kind: "composed", version: bundle.version, ...(files === undefined ? {} : { files }),
      ...(before === undefined ? {} : { flows: { base: flowDigest(before), added: addedFlows(before, flowGraphOf(bundle)) } }),
    };
  } catch (error) {
    if (error instanceof ComposeError) return { kind: "refused", findings: error.findings };
    throw error;
  }
}
