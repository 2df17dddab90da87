/**
 * Who may take a step (SPEC 15.3). Authority over a body is a role in the standing (labels.md C.3) over that body or one above it; a purpose is declared with the request and held
 * by the subject. `early` is asked before anything is looked up: whoever could not do it to any item is refused without learning of one.
 */
import { isUnder } from "../../../schema/label";
import { type Policy, clearanceAt } from "../../../schema/policy";
import type { Asker } from "../rows";
import type { Item } from "./declare";

type RoleName = Asker["subject"]["roles"][number]["role"];

interface Situation { readonly policy: Policy; readonly asker: Asker; readonly now: number }

export interface Authority {
  /** Whether the asker could have it over anything. */
  readonly early: (situation: Situation) => boolean;
  /** Whether the asker has it over this item, or over the body that would own a new one. */
  readonly over: (situation: Situation, item: Pick<Item, "owner" | "subject" | "body">) => boolean;
}

/** A role over the body whose item it is. */
export function withRole(...roles: readonly RoleName[]): Authority {
  const held = ({ policy, asker, now }: Situation): readonly { readonly role: RoleName; readonly org: string }[] => clearanceAt(policy, asker.subject, now).roles.filter(({ role }) => roles.includes(role));
  return { early: (situation) => held(situation).length > 0, over: (situation, { owner }) => held(situation).some(({ org }) => isUnder(owner, org)) };
}

/** A role over the body to which the asker belongs, whoever's item it is: what a body may ask of others. */
export function inOwnBody(role: RoleName): Authority {
  const held = ({ policy, asker: { subject }, now }: Situation): boolean => {
    const home = subject.hostOrg ?? subject.org;
    return home !== undefined && clearanceAt(policy, subject, now).roles.some((other) => other.role === role && isUnder(home, other.org));
  };
  return { early: held, over: held };
}

/** A role over a body that the item names, such as the firm that a proposal is made to. */
export function withRoleOver(named: (item: Pick<Item, "owner" | "subject" | "body">) => unknown, ...roles: readonly RoleName[]): Authority {
  const { early } = withRole(...roles);
  return { early, over: (situation, item) => { const body = named(item); return typeof body === "string" && withRole(...roles).over(situation, { ...item, owner: body }); } };
}

/** A purpose that the request declares and the subject holds. */
export function withPurpose(...purposes: readonly string[]): Authority {
  const declared = ({ asker: { subject, ctx } }: Situation): boolean => ctx.purpose !== undefined && purposes.includes(ctx.purpose) && subject.purposes.includes(ctx.purpose);
  return { early: declared, over: declared };
}

/** Being the person whom the item is about. */
export const asSubject: Authority = { early: () => true, over: ({ asker }, { subject }) => subject === asker.subject.id };

/** Belonging to the body whose item it is, or to one below it. */
export const fromOwner: Authority = {
  early: () => true,
  over: ({ asker: { subject } }, { owner }) => { const home = subject.hostOrg ?? subject.org; return home !== undefined && isUnder(home, owner); },
};

/** Whoever may read the item, or may ask for a new one; the workflow's floor and the item's label say who that is. */
export const anybody: Authority = { early: () => true, over: () => true };

/** Nobody: a step that only the clock takes. */
export const clockOnly: Authority = { early: () => false, over: () => false };

export function both(...all: readonly Authority[]): Authority {
  return { early: (situation) => all.every(({ early }) => early(situation)), over: (situation, item) => all.every(({ over }) => over(situation, item)) };
}

export function either(...some: readonly Authority[]): Authority {
  return { early: (situation) => some.some(({ early }) => early(situation)), over: (situation, item) => some.some(({ early, over }) => early(situation) && over(situation, item)) };
}
