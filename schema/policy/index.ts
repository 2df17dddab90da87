/** The public surface of the policy, by name. */
export type {
  Action, Assignment, Decision, DecisionContext, Eligibility, Facility, OrconGrant, Reason, Role, Subject,
} from "./subject";
export { filesOf, loadPolicy, type Policy, type PolicyFiles, type PolicyOptions } from "./policy";
export { type ChangeKind, type Difference, differencesOf, type Effect, kindOf } from "./change";
export { meetPolicies } from "./meet";
export { PolicyError } from "./policy-error";
export type { Accreditation, Member, Members } from "./members";
export type { Agreement, Agreements } from "./agreements";
export type { Client } from "./clients";
export type { LegalNotice } from "./rules-file";
export { isBoundToKnown } from "./known-operations";
export { noticesFor, unreadNotices, type Acknowledgement } from "./legal-notices";
export { addYears, DEMO_DAY, demoShiftDays, endOfDay, japanDay, shiftDate, startOfDay } from "./days";
export { isLabel, isLabelCore } from "./label-shape";
export { existenceOf, labelOf, verifyLabelId } from "./label-id";
export { currentLabel, HOLD_TOKEN, isInLifetime, lifetimeEnd } from "./current-label";
export { clearanceAt, maxLevel, type Clearance } from "./clearance";
export { decide, findReasons, permitsExistence, type Decidable, type DecisionExtra } from "./decide";
export { narrowByCase, withStanding, type StandingParts, type StandingPlace } from "./standing";
export { mayGoOut } from "./outward";
export { agreementById, agreementByNation, NONE_SUSPENDED, suspendedFor, type Suspended } from "./suspended";
export { floorOf, type LabelArguments } from "./floor";
export { roleFloorOf } from "./role-token";
export { checkLabel, raiseLabel, type Finding, type LabelFacts, type TokenFacts, type WrittenCore } from "./check-label";
export { bothMarks, outMark, outwardMark, receiveMark, type Received, type Receipt } from "./equivalence";
