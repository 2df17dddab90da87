/**
 * Why a subject may or may not know of a coordinate of the schema (SPEC 5.7, 8.4): `Type`, `Type.field`, `Type.field(argument:)`. Takes the officer's view, the simulated one
 * and the floors; a coordinate outside the officer's own view is refused like one that does not exist. No ministry is asked.
 */
import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import type { CoordinateLabels } from "../../schema/compose";
import type { LabelCore } from "../../schema/label";
import type { Asker } from "../subject/askers";
import { isInCharge, isOwn, notYours, type Officer } from "./authority";
import { type Explained, type ExplainedValue, type ExplainParts, explainValue } from "./record";
import { tellReasons } from "./reasons";

export interface ExplainedCoordinate extends ExplainedValue { readonly item: { readonly coordinate: string } }
interface Coordinate { readonly type: string; readonly member?: string; readonly argument?: string }

const COORDINATE = /^([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*)(?:\(([A-Za-z_]\w*):\))?)?$/;

/** @throws Refused BAD_USER_INPUT when it is not in the officer's view, or neither it nor the subject is the officer's to ask about */
export function explainCoordinate({ stations, policy, bundle }: ExplainParts, officer: Officer, joint: Asker, text: string): Explained<ExplainedCoordinate> {
  const coordinate = parse(text);
  const { view } = stations.classOf(officer.asker);
  if (coordinate === undefined || !has(view, coordinate) || !bundle.labels.knows(coordinate.type)) throw notYours("no such coordinate");
  const floor = floorAt(bundle.labels, view, coordinate);
  if (!isInCharge(policy, officer, joint.subject) && !isOwn(officer, floor)) throw notYours("not the officer's");
  const outcome = has(stations.classOf(joint).view, coordinate) ? "permit" : "hide";
  const value = explainValue(policy, joint, floor, "permit");
  const reasons = outcome === "hide" && value.reasons.length === 0 ? tellReasons(policy, [{ clause: "5.7", component: "view" }], floor, joint.subject) : value.reasons;
  return { released: floor, labelIds: [], ministries: [], data: { item: { coordinate: text }, ...value, outcome, reasons } };
}

function parse(text: string): Coordinate | undefined {
  const [, type, member, argument] = COORDINATE.exec(text) ?? [];
  return type === undefined || type.startsWith("__") ? undefined : { type, ...(member === undefined ? {} : { member }), ...(argument === undefined ? {} : { argument }) };
}

function has(view: GraphQLSchema, { type: name, member, argument }: Coordinate): boolean {
  const type = view.getType(name);
  if (type === undefined || member === undefined) return type !== undefined;
  if (isEnumType(type)) return argument === undefined && type.getValue(member) !== undefined;
  if (isInputObjectType(type)) return argument === undefined && Object.hasOwn(type.getFields(), member);
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[member] : undefined;
  return field !== undefined && (argument === undefined || field.args.some((each) => each.name === argument));
}

function floorAt(labels: CoordinateLabels, view: GraphQLSchema, { type: name, member, argument }: Coordinate): LabelCore {
  const type = view.getType(name);
  if (member === undefined) return labels.floor(name);
  if (isEnumType(type)) return labels.enumValueFloor(name, member);
  if (isInputObjectType(type)) return labels.inputFieldFloor(name, member);
  return argument === undefined ? labels.floor(name, member) : labels.argumentFloor(name, member, argument);
}
