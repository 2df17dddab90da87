/** The public surface of composition, by name. */
export { type Bundle, apiSchemaOf, bareBundle, bundleOf, readOf } from "./bundle";
export { type AddedFlow, addedFlows, flowDigest, flowGraphOf } from "./bundle-flows";
export { composeSupergraph } from "./compose";
export { CoordinateLabels, type LabelTable } from "./coordinate-labels";
export { ComposeError, type Finding, printFinding } from "./finding";
export type { Flow, FlowGraph } from "./flow-graph";
export { composeDemo, lookupSource, officerSource, readDemoBundle } from "./demo";
export { LABEL_FIELD, SPECIFICATION_URL } from "./specification";
export type { SubgraphSource } from "./subgraph";
export { floorOfView, type PrintedView, prepareViews, printView, staticClass, unlistedView, viewOf } from "./view";
