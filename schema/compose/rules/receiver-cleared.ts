/**
 * SPEC 5.12: a ministry is sent nothing that its accreditation would never permit: no key of an entity it adds to, nothing that its fields require or take from a context,
 * no argument of a field it answers [B-14, B-18, B-36]. Floors only; the labels of records are decided per call.
 */
import { findReceptions } from "../flow-graph";
import { findingOf } from "../finding";
import { receiversOf } from "../receiver";
import type { SupergraphRule } from "./rule";

const NAME = "receiver-cleared";
const WHY = { key: "to be asked for", requires: "for", context: "for", argument: "by clients of" } as const;

export const receiverCleared: SupergraphRule = {
  name: NAME,
  check: (composition) => {
    const mayReceive = receiversOf(composition.policy);
    return findReceptions(composition).filter(({ to, input }) => !mayReceive(to, input.floor))
      .map(({ to, by, at, input }) => findingOf(NAME, input.coordinate, [to], `would be sent to ${to} ${WHY[by]} ${at}, and no accreditation of ${to} permits its floor`));
  },
};
