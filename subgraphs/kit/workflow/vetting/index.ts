/** The workflows of vettings (SPEC 15.30-15.39). */
import type { Workflow } from "../declare";
import { vettingComplaint } from "./complaint";
import { vetting } from "./consent";
import { vettingEvaluation } from "./evaluation";
import { vettingEvent } from "./event";
import { vettingInvestigation } from "./investigation";
import { vettingRequest } from "./request";
import { vettingResult } from "./result";
import { riskSignal } from "./signal";

export const VETTING_WORKFLOWS: readonly Workflow[] = [vettingRequest, vetting, vettingInvestigation, vettingResult, vettingEvaluation, vettingComplaint, vettingEvent, riskSignal];
