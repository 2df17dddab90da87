/** Who takes part when this package starts everything itself: the ministries that have a process, and the name that tokens are made for. */

export { MINISTRY_NAMES as MINISTRIES, type MinistryName } from "../../subgraphs/names";

/** Audience of access tokens (RFC 9068): this graph. */
export const AUDIENCE = "https://kanmon.example/gateway";
