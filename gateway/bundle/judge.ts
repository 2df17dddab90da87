/**
 * Judges what a bundle says (SPEC 5.18): the label table has to fit the supergraph, the flow graph has to be the one that follows from both, the known operations have to fit them, and the
 * customer's package, @apollo/gateway, has to take the supergraph (ADR 0001). Takes a bundle's content; gives the loaded bundle or refuses. The dearest part of a release: `judge-apart.ts` does it
 * beside the gateway.
 */
import { apiSchemaOf, type Bundle, bundleOf, flowGraphOf } from "../../schema/compose";
import { canonicalJson } from "../../schema/label";
import { judgeSupergraph } from "../supergraph";
import type { BundleContent } from "./document";
import { judgeOperations, KnownOperations } from "./known-operations";
import { asRefusal, BundleError, refuseAs } from "./refusal";

export type Judged = Pick<BundleContent, "supergraph" | "labels" | "flows" | "operations">;
/** Resolves when the bundle is fit to be served. @throws BundleError */
export type Judge = (content: Judged) => Promise<void>;

/**
 * Supergraph and labels, which have to fit each other.
 * @param isJudged that this very content was accepted before: then nobody validates the supergraph once more, and everything else is looked at all the same
 * @throws BundleError `labels`
 */
export function readBundle({ supergraph, labels }: Pick<Judged, "supergraph" | "labels">, isJudged = false): Bundle {
  return refuseAs("labels", () => bundleOf(supergraph, labels, isJudged));
}

/** Judges in this process. */
export async function judgeHere(content: Judged): Promise<void> {
  const bundle = readBundle(content);
  const following = refuseAs("flows", () => flowGraphOf(bundle));
  if (canonicalJson(following) !== canonicalJson(content.flows)) throw new BundleError("flows", "the flow graph is not the one that follows from the supergraph");
  judgeOperations(new KnownOperations(content.operations), refuseAs("labels", () => apiSchemaOf(bundle)));
  await judgeSupergraph(content.supergraph).catch((error: unknown) => { throw asRefusal("unfit", error); });
}
