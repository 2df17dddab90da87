/** The workflows that there are; adding one is a folder beside this file and a line here. */
import type { MinistryDefinition } from "../definition";
import { accessRequest } from "./access/access-request";
import { emergencyAccess } from "./access/emergency-access";
import { designationConsultation } from "./designation/consultation";
import { designationFile } from "./designation/designation-file";
import { disclosure } from "./designation/disclosure";
import { designationNotice } from "./designation/notice";
import type { Workflow } from "./declare";

export const WORKFLOWS: readonly Workflow[] = [accessRequest, emergencyAccess, designationFile, designationConsultation, designationNotice, disclosure];

/** Those whose items a ministry keeps. */
export function workflowsOf(ministry: MinistryDefinition): readonly Workflow[] { return WORKFLOWS.filter(({ keptBy }) => keptBy(ministry)); }
