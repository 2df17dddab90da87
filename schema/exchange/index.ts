/** The public surface of the exchange of labels, by name. */
export { ExchangeError, REFUSALS, type Refusal } from "./refusal";
export { decodeXml, MOST_BYTES, splitDocuments } from "./read-xml";
export { nationOf, NAMESPACE, OWN_POLICY, partnerPolicy, type PolicyName, type Tag, type TagName, TAGS, tagUri } from "./tags";
export { type Category, type Information, type LabelDocument, printDocument, readDocument, ROOTS } from "./label-document";
export { exportLabel, type ExportOptions } from "./export-label";
export { importLabel, type ImportedLabel } from "./import-label";
export { requireValid } from "./validity";
export { exportForPartner, type PartnerDocuments, type PartnerRelease } from "./export-partner";
export { importFromPartner, type PartnerReceipt, type ReceivedLabel } from "./import-partner";
