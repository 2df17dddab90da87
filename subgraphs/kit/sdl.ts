/** The SDL of a ministry, as committed for composition and as its `_service` answers; needs no database. */
import type { MinistryDefinition } from "./definition";
import { type SubgraphSource, printSubgraph } from "./federation";
import { declareSubgraph } from "./graph/resolvers";

const declared = new Map<string, SubgraphSource>();
const printed = new Map<string, string>();

/** Classes of a ministry's schema: declared once in a process, as decorators record themselves globally. */
export function subgraphOf(ministry: MinistryDefinition): SubgraphSource {
  let source = declared.get(ministry.name);
  if (source === undefined) declared.set(ministry.name, source = declareSubgraph(ministry));
  return source;
}

/**
 * SDL of the ministry's subgraph.
 * @throws when a label would be lost in printing.
 */
export function sdlOf(ministry: MinistryDefinition): string {
  const text = printed.get(ministry.name) ?? printSubgraph(subgraphOf(ministry)).sdl;
  printed.set(ministry.name, text);
  return text;
}
