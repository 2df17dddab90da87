/** Authority in vettings (SPEC 15.3, 15.31): the vetting office, the security officer of the body that employs the person, the person. Each with the purpose, which personnel offices can never hold. */
import { isUnder } from "../../../../schema/label";
import { clearanceAt } from "../../../../schema/policy";
import { type Authority, asSubject, both, withPurpose, withRole } from "../authority";

/** Investigates: role VET over the Cabinet Office, purpose VETTING. */
export const vettingOffice: Authority = both(withRole("VET"), withPurpose("VETTING"));

/** Decides for the ministry that owns the item: role GRANT, purpose ACCESS-DECISION. */
export const ministryOffice: Authority = both(withRole("GRANT"), withPurpose("ACCESS-DECISION"));

const overEmployer: Authority = {
  early: withRole("GRANT").early,
  over: ({ policy, asker, now }, { body }) => typeof body["employer"] === "string"
    && clearanceAt(policy, asker.subject, now).roles.some(({ role, org }) => role === "GRANT" && isUnder(String(body["employer"]), org)),
};

/** Acts for the body that employs the person, on an item of the Cabinet Office. */
export const employerOffice: Authority = both(overEmployer, withPurpose("ACCESS-DECISION"));

/** The person concerned, looking at what is theirs. */
export const personConcerned: Authority = both(asSubject, withPurpose("SELF-ACCESS"));

/** Handles complaints; never somebody who took part in the case (complaint.ts). */
export const complaintOffice: Authority = withPurpose("COMPLAINT");
