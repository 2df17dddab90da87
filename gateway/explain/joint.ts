/**
 * The asker of a simulation (SPEC 4.16): a subject as the ministries state it now, at a registered client and for a purpose, together with the officer who is shown the
 * answer. To pipeline and ministries it is an asker like any other, who is permitted what both are permitted: what either may not know is as if absent.
 */
import { createHash } from "node:crypto";
import { staticClass, type Bundle } from "../../schema/compose";
import { canonicalJson } from "../../schema/label";
import { decide, type DecisionContext, type Policy } from "../../schema/policy";
import type { Identity } from "../authenticate";
import type { Stations } from "../pipeline";
import type { Asker } from "../subject/askers";
import { notYours, type Officer } from "./authority";
import type { About, Person } from "./request";

export interface JointParts { readonly stations: Pick<Stations, "ask" | "narrow">; readonly policy: Policy; readonly bundle: Bundle }

/** Milliseconds by which an officer's clock may be behind. */
const TOLERANCE_MS = 60_000;

/**
 * The person as if they asked at their client now.
 * @throws Refused BAD_USER_INPUT, whatever was wrong: who exists is not told by the way of being refused
 */
export function askerFor({ stations, policy }: JointParts, { subject, client, purpose }: Person): Asker {
  const place = policy.clients.get(client);
  if (place === undefined) throw notYours("no such client");
  const identity: Identity = { sub: subject, clientId: client, issuer: "", jti: "", speaksFor: "EVERYBODY", site: place.site, zoneLevel: place.zoneLevel, action: place.displayOnly ? "VIEW" : "RETRIEVE" };
  try {
    return stations.ask(identity, stations.narrow(purpose === undefined ? [] : ["kanmon-purpose", purpose]), "MAY_READ_NOTICES");
  } catch { throw notYours("the subject cannot ask so"); }
}

/**
 * Subject and officer as one asker. The list of known operations binds neither: what the subject may ask is not what a simulation is about (SPEC 19.5).
 * @throws Refused BAD_USER_INPUT for an instant that has passed: what was granted then is not known now
 */
export function jointAsker({ policy, bundle }: JointParts, officer: Officer, asker: Asker, { at }: About): Asker {
  const { now, ...place } = officer.asker.ctx;
  if (at !== undefined && at < now - TOLERANCE_MS) throw notYours("an instant that has passed");
  const { subject, action } = asker;
  const ctx: DecisionContext = { ...asker.ctx, now, observer: { ...place, subject: officer.asker.subject, ...(at === undefined ? {} : { at }) } };
  const bits = staticClass(bundle, (floor) => decide(policy, subject, action, floor, ctx).outcome === "permit");
  if (!bits.startsWith("1")) throw notYours("not even PUBLIC is permitted");
  // With the instant in it: what was decided for one simulation is never used for another.
  const digest = createHash("sha256").update(canonicalJson([asker.digest, officer.asker.digest, at ?? 0, now])).digest("base64url");
  return { subject, action, ctx, digest, bits, unread: [], isBound: false, revision: `${officer.asker.revision} ${asker.revision}`, stated: `${officer.asker.stated} ${asker.stated}` };
}
