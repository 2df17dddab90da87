/**
 * Whether a ministry may be sent something (SPEC 5.12, 12 F3): its subgraph is a subject like any other, its accreditation. At composition the accreditation counts
 * at its face value, that is if there is any day, and any purpose of its own, on which it would permit the floor, so that the result does not depend on when it was composed; on which days
 * and for what purpose it holds is decided again for every call. A subgraph without accreditation is told what is PUBLIC.
 */
import { BOTTOM, type LabelCore, equalLabels } from "../label";
import { DEMO_DAY, type Policy, findReasons, startOfDay } from "../policy";

/** Answers for one policy; remembers what it was asked. */
export function receiversOf(policy: Policy): (subgraph: string, floor: LabelCore) => boolean {
  const known = new Map<string, Map<LabelCore, boolean>>();
  return (subgraph, floor) => {
    const answers = known.get(subgraph) ?? new Map<LabelCore, boolean>();
    known.set(subgraph, answers);
    const answer = answers.get(floor) ?? mayReceive(policy, subgraph, floor);
    answers.set(floor, answer);
    return answer;
  };
}

function mayReceive(policy: Policy, subgraph: string, floor: LabelCore): boolean {
  if (equalLabels(floor, BOTTOM)) return true;
  return policy.members.accreditations(subgraph).some(({ subject, zoneLevel, site }) => {
    // All conditions hold together on some day exactly if they do on a day on which one of them begins; without conditions any day will do.
    const days = [DEMO_DAY, ...subject.eligibilities.map(({ notifiedOn }) => notifiedOn), ...subject.assignments.map(({ from }) => from)];
    const purposes = floor.purposes === "ALL" ? [undefined] : subject.purposes;
    return [...new Set(days)].some((day) => purposes.some((purpose) => findReasons(policy, subject, "RETRIEVE", floor,
      { now: startOfDay(day), zoneLevel, site, ...(purpose === undefined ? {} : { purpose }) }).length === 0));
  });
}
