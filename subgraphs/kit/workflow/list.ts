/** The workflows that there are; adding one is a folder beside this file and a line here. */
import type { MinistryDefinition } from "../definition";
import { accessRequest } from "./access/access-request";
import { emergencyAccess } from "./access/emergency-access";
import { designationConsultation } from "./designation/consultation";
import { designationFile } from "./designation/designation-file";
import { disclosure } from "./designation/disclosure";
import { designationNotice } from "./designation/notice";
import type { Workflow } from "./declare";
import { approachDigest } from "./industry/approach-digest";
import { facilityClearance } from "./industry/facility-clearance";
import { facilityContract } from "./industry/facility-contract";
import { facilityRoster } from "./industry/facility-roster";
import { facilityZone } from "./industry/facility-zone";
import { firmExchange } from "./industry/firm-exchange";
import { firmSharing } from "./industry/firm-sharing";
import { patentPreservation } from "./industry/patent-preservation";
import { patentScreening } from "./industry/patent-screening";
import { suspiciousApproach } from "./industry/suspicious-approach";
import { compartment } from "./incident/compartment";
import { incidentEdition, incidentReport } from "./incident/incident-report";
import { auditFinding } from "./intelligence/audit-finding";
import { originatorConsent } from "./intelligence/originator-consent";
import { product } from "./intelligence/product";
import { requirement } from "./intelligence/requirement";
import { response } from "./intelligence/response";
import { sourceRecord } from "./intelligence/source-record";
import { tasking } from "./intelligence/tasking";
import { tearline } from "./intelligence/tearline";
import { informationRequest } from "./oversight/information-request";
import { oversightRequest } from "./oversight/oversight-request";
import { publicFigure, statisticsReport } from "./oversight/statistics-report";
import { agreementSuspension } from "./partners/agreement-suspension";
import { liaisonAttestation } from "./partners/liaison-attestation";
import { releaseRequest } from "./partners/release-request";
import { visitCertificate } from "./partners/visit-certificate";
import { integrityCheck } from "./research/integrity-check";
import { VETTING_WORKFLOWS } from "./vetting";

export const WORKFLOWS: readonly Workflow[] = [
  accessRequest, emergencyAccess, designationFile, designationConsultation, designationNotice, disclosure, requirement, tasking, response,
  sourceRecord, originatorConsent, product, tearline, auditFinding, incidentReport, incidentEdition, compartment, ...VETTING_WORKFLOWS,
  facilityClearance, facilityContract, facilityRoster, facilityZone, firmSharing, firmExchange, integrityCheck, suspiciousApproach, approachDigest, patentScreening, patentPreservation,
  liaisonAttestation, agreementSuspension, releaseRequest, visitCertificate, oversightRequest, informationRequest, statisticsReport, publicFigure,
];

/** Those whose items a ministry keeps. */
export function workflowsOf(ministry: MinistryDefinition): readonly Workflow[] { return WORKFLOWS.filter(({ keptBy }) => keptBy(ministry)); }
