/** Who takes part when this package starts everything itself: the ministries that have a process, and the name that tokens are made for. */

export const MINISTRIES = ["defense", "economy", "cabinet-secretariat", "cabinet-office"] as const;
export type MinistryName = (typeof MINISTRIES)[number];

/** Audience of access tokens (RFC 9068): this graph. */
export const AUDIENCE = "https://kanmon.example/gateway";
