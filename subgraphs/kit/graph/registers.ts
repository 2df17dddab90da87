/**
 * Entries of the registers: matters, assignments, eligibilities, former access. Each is a labelled value, held by one ministry and declared alike by all.
 * Static floors say what no entry can ever be below; views of people without that floor do not have the type at all.
 */
import { Directive, Field, Int, ObjectType } from "type-graphql";
import { Existence, Label } from "../labels";
import { VETTING_PURPOSES } from "../register-labels";
import { LabelIndex, Text } from "./values";

@ObjectType({ simpleResolvers: true, description: "One line of the register of need-to-know tokens." })
@Directive("@shareable")
export class MatterEntry {
  @Field(() => String, { nullable: true }) @Existence() ministry!: string;
  @Field(() => Text, { nullable: true }) @Existence() contact!: Text | null;
  @Field(() => String, { nullable: true, description: "Designation number, codeword, case or request id." }) token!: string | null;
  @Field(() => Text, { nullable: true }) name!: Text | null;
  @Field(() => String, { nullable: true }) kind!: string | null;
  @Field(() => String, { nullable: true }) issuer!: string | null;
  @Field(() => String, { nullable: true }) regime!: string | null;
  @Field(() => String, { nullable: true }) designatedOn!: string | null;
  @Field(() => String, { nullable: true }) validUntil!: string | null;
  @Field(() => String, { nullable: true, description: "Item of the statutory table." }) statutoryItem!: string | null;
  @LabelIndex() _label!: number;
}

@ObjectType({ simpleResolvers: true, description: "Someone's assignment to a token. Only those assigned to the same token read it." })
@Directive("@shareable")
@Label({ level: "CUI", owner: "JPN", rel: ["JPN"] })
export class AssignmentEntry {
  @Field(() => String, { nullable: true, description: "Subject id of the person assigned." }) subject!: string | null;
  @Field(() => String, { nullable: true }) token!: string | null;
  @Field(() => String, { nullable: true }) role!: string | null;
  @Field(() => String, { nullable: true }) from!: string | null;
  @Field(() => String, { nullable: true }) until!: string | null;
  @Field(() => String, { nullable: true }) grantedBy!: string | null;
  @Field(() => String, { nullable: true }) reason!: string | null;
  @LabelIndex() _label!: number;
}

@ObjectType({ simpleResolvers: true, description: "The outcome of a vetting, never the file. For the purposes of vetting only." })
@Directive("@shareable")
@Label({ level: "CUI", regimes: ["VET"], owner: "JPN", rel: ["JPN"], purposes: VETTING_PURPOSES })
export class EligibilityEntry {
  @Field(() => String, { nullable: true }) regime!: string | null;
  @Field(() => Int, { nullable: true }) maxLevel!: number | null;
  @Field(() => String, { nullable: true }) basis!: string | null;
  @Field(() => String, { nullable: true }) grantedBy!: string | null;
  @Field(() => [String], { nullable: true }) usableAt!: readonly string[] | null;
  @Field(() => String, { nullable: true }) investigationId!: string | null;
  @Field(() => String, { nullable: true }) notifiedOn!: string | null;
  @Field(() => String, { nullable: true }) validUntil!: string | null;
  @Field(() => String, { nullable: true }) status!: string | null;
  @LabelIndex() _label!: number;
}

@ObjectType({ simpleResolvers: true, description: "A token that someone was once assigned to. The duty of secrecy outlives it." })
@Directive("@shareable")
@Label({ level: "CUI", regimes: ["VET"], owner: "JPN", rel: ["JPN"], purposes: VETTING_PURPOSES })
export class FormerAccessEntry {
  @Field(() => String, { nullable: true }) token!: string | null;
  @Field(() => String, { nullable: true }) from!: string | null;
  @Field(() => String, { nullable: true }) until!: string | null;
  @LabelIndex() _label!: number;
}

@ObjectType({ simpleResolvers: true, description: "One line of the personnel register." })
@Directive("@shareable")
@Label({ level: "CUI", owner: "JPN", rel: ["JPN"] })
export class PersonEntry {
  @Field(() => String, { nullable: true }) reference!: string | null;
  @Field(() => String, { nullable: true }) name!: string | null;
  @Field(() => Text, { nullable: true }) post!: Text | null;
  @Field(() => String, { nullable: true }) employment!: string | null;
  @Field(() => String, { nullable: true }) nation!: string | null;
  @Field(() => String, { nullable: true }) status!: string | null;
  @Field(() => String, { nullable: true }) org!: string | null;
  @Field(() => String, { nullable: true }) hostOrg!: string | null;
  @LabelIndex() _label!: number;
}

@ObjectType({ simpleResolvers: true, description: "What became of a grant or a revocation." })
@Directive("@shareable")
@Label({ level: "CUI", owner: "JPN", rel: ["JPN"] })
export class AssignmentChange {
  @Field(() => AssignmentEntry, { nullable: true }) assignment!: AssignmentEntry | null;
}
