/**
 * Arguments of lists: filters, orders, pages. None of them carries a label: the guards in the database answer a filter on a withheld
 * value exactly as if the value were absent, so a filter can ask about nothing but the asker's own world (SPEC 6).
 */
import "reflect-metadata";
import { ArgsType, Field, ID, InputType, Int, registerEnumType } from "type-graphql";

@InputType()
export class IdFilter {
  @Field(() => ID, { nullable: true }) eq?: string | null;
  @Field(() => [ID], { nullable: true }) in?: readonly string[] | null;
}

@InputType({ description: "All that are given must hold. Texts are compared as written; contains ignores case." })
export class StringFilter {
  @Field(() => String, { nullable: true }) eq?: string | null;
  @Field(() => [String], { nullable: true }) in?: readonly string[] | null;
  @Field(() => String, { nullable: true }) contains?: string | null;
  @Field(() => String, { nullable: true }) startsWith?: string | null;
}

@InputType({ description: "Days as YYYY-MM-DD." })
export class DayFilter {
  @Field(() => String, { nullable: true }) eq?: string | null;
  @Field(() => String, { nullable: true }) before?: string | null;
  @Field(() => String, { nullable: true }) after?: string | null;
}

@InputType()
export class TextFilter {
  @Field(() => StringFilter, { nullable: true }) ja?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true }) en?: StringFilter | null;
}

@InputType({ description: "All that are given must hold. A value that the asker does not have is like one that does not exist." })
export class DocumentFilter {
  @Field(() => [DocumentFilter], { nullable: true }) and?: readonly DocumentFilter[] | null;
  @Field(() => [DocumentFilter], { nullable: true }) or?: readonly DocumentFilter[] | null;
  @Field(() => DocumentFilter, { nullable: true }) not?: DocumentFilter | null;
  @Field(() => IdFilter, { nullable: true }) id?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Id of the matter under which the record is filed." }) matter?: IdFilter | null;
  @Field(() => StringFilter, { nullable: true }) reference?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true }) kind?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true }) class?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true }) owner?: StringFilter | null;
  @Field(() => DayFilter, { nullable: true }) validUntil?: DayFilter | null;
  @Field(() => TextFilter, { nullable: true }) contact?: TextFilter | null;
  @Field(() => TextFilter, { nullable: true }) title?: TextFilter | null;
  @Field(() => TextFilter, { nullable: true }) summary?: TextFilter | null;
  @Field(() => TextFilter, { nullable: true }) body?: TextFilter | null;
  @Field(() => TextFilter, { nullable: true }) source?: TextFilter | null;
  @Field(() => TextFilter, { nullable: true }) figures?: TextFilter | null;
  @Field(() => String, { nullable: true, description: "Text that any readable portion contains, in either language." }) search?: string | null;
}

@InputType({ description: "Filter over the register of matters." })
export class MatterFilter {
  @Field(() => IdFilter, { nullable: true }) id?: IdFilter | null;
  @Field(() => StringFilter, { nullable: true }) token?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true }) kind?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true }) issuer?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true }) regime?: StringFilter | null;
  @Field(() => DayFilter, { nullable: true }) validUntil?: DayFilter | null;
  @Field(() => TextFilter, { nullable: true }) name?: TextFilter | null;
}

export const SORT_DIRECTIONS = { ASC: "ASC", DESC: "DESC" } as const;
export type SortDirection = keyof typeof SORT_DIRECTIONS;
registerEnumType(SORT_DIRECTIONS, { name: "SortDirection" });

/** Names are those of the values, as enum values that differ from their names do not survive as defaults. */
export const DOCUMENT_SORTS = {
  REFERENCE: "REFERENCE", KIND: "KIND", CLASS: "CLASS", OWNER: "OWNER", VALID_UNTIL: "VALID_UNTIL", TITLE_JA: "TITLE_JA", TITLE_EN: "TITLE_EN",
  SUMMARY_JA: "SUMMARY_JA", SUMMARY_EN: "SUMMARY_EN", BODY_JA: "BODY_JA", BODY_EN: "BODY_EN", SOURCE_JA: "SOURCE_JA", SOURCE_EN: "SOURCE_EN",
  FIGURES_JA: "FIGURES_JA", FIGURES_EN: "FIGURES_EN",
} as const;
export type DocumentSort = keyof typeof DOCUMENT_SORTS;
registerEnumType(DOCUMENT_SORTS, { name: "DocumentSort" });

@InputType({ description: "Values that the asker does not have come last; ties are ordered by id." })
export class DocumentOrder {
  @Field(() => DOCUMENT_SORTS) field!: DocumentSort;
  @Field(() => SORT_DIRECTIONS, { defaultValue: "ASC" }) direction!: SortDirection;
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true }) first?: number | null;
  @Field(() => String, { nullable: true }) after?: string | null;
  @Field(() => Int, { nullable: true }) last?: number | null;
  @Field(() => String, { nullable: true }) before?: string | null;
}

@ArgsType()
export class DocumentPageArgs extends PageArgs {
  @Field(() => DocumentFilter, { nullable: true }) filter?: DocumentFilter | null;
  @Field(() => [DocumentOrder], { nullable: true }) orderBy?: readonly DocumentOrder[] | null;
}

@ArgsType()
export class MatterPageArgs extends PageArgs {
  @Field(() => MatterFilter, { nullable: true }) filter?: MatterFilter | null;
}
