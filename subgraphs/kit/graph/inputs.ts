/** Inputs of the mutations on assignments. */
import "reflect-metadata";
import { Field, InputType, registerEnumType } from "type-graphql";

export const ASSIGNMENT_ROLES = { HANDLER: "HANDLER", MANAGER: "MANAGER", READER: "READER" } as const;
export type AssignmentRole = keyof typeof ASSIGNMENT_ROLES;
registerEnumType(ASSIGNMENT_ROLES, { name: "AssignmentRole" });

@InputType({ description: "Days as YYYY-MM-DD, both included." })
export class AssignmentGrant {
  @Field(() => String) subject!: string;
  @Field(() => String) token!: string;
  @Field(() => ASSIGNMENT_ROLES) role!: AssignmentRole;
  @Field(() => String) from!: string;
  @Field(() => String) until!: string;
  @Field(() => String) reason!: string;
}

@InputType()
export class AssignmentRevocation {
  @Field(() => String) subject!: string;
  @Field(() => String) token!: string;
  @Field(() => String) reason!: string;
}
