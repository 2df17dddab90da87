/** Names of the subgraphs of the graph, without loading any: who is asked for by name, and whose documents a ministry may refer to. The order is that of their ports. */

export const MINISTRY_NAMES = [
  "defense", "economy", "cabinet-secretariat", "cabinet-office", "foreign-affairs", "police", "public-security", "finance", "education", "coast-guard", "cyber",
] as const;
export type MinistryName = (typeof MINISTRY_NAMES)[number];

/** All others: any ministry may refer to a document of any other. */
export function neighboursOf(name: MinistryName): readonly MinistryName[] {
  return MINISTRY_NAMES.filter((other) => other !== name);
}
