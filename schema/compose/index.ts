/** The public surface of composition, by name. */
export { type Bundle, apiSchemaOf, bareBundle, bundleOf } from "./bundle";
export { composeSupergraph } from "./compose";
export { CoordinateLabels, type LabelTable } from "./coordinate-labels";
export { ComposeError, type Finding, printFinding } from "./finding";
export { composeDemo, lookupSource, readDemoBundle } from "./demo";
export { LABEL_FIELD, SPECIFICATION_URL } from "./specification";
export type { SubgraphSource } from "./subgraph";
export { staticClass, viewOf } from "./view";
