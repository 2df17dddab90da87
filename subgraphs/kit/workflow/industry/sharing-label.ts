/**
 * Labels of what a firm shares (SPEC 15.68). Takes the label of a place of the firm's item; gives the same with one body more, or fewer, among those whom the firm lets have it. Nothing else of the label
 * changes, but that what is shared is marked as the firm's secret.
 */
import { type LabelCore, type OrgPath, canonical, isUnder } from "../../../../schema/label";
import { TRADE_SECRET } from "./industry-policy";

/** The label with the body let in or left out, its parts with it; unchanged where the firm has no say, or no list. */
export function withBody(core: LabelCore, firm: OrgPath, body: OrgPath, isShared: boolean): LabelCore {
  const terms = core.owners[firm];
  if (terms === undefined || terms.dist === "ALL") return core;
  const others = terms.dist.filter((other) => !isUnder(other, body));
  const dist = isShared ? [...others, body] : others;
  return canonical({ ...core, owners: { ...core.owners, [firm]: { ...terms, dist } }, handling: isShared ? [...new Set([...core.handling, TRADE_SECRET])] : core.handling });
}

/** Whether the firm alone decides who has it, and the body is one of its own on the list: what a body above it has, it has as well. */
export function isSharable(core: LabelCore, firm: OrgPath, body: OrgPath): boolean {
  const terms = core.owners[firm];
  return terms !== undefined && Object.keys(core.owners).length === 1 && terms.dist !== "ALL" && !terms.dist.some((other) => other !== body && isUnder(body, other));
}
