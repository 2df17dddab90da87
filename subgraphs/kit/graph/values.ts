/** Value objects and interfaces that every ministry declares alike. A value object has no label of its own: it carries the label of the field that yields it. */
import "reflect-metadata";
import { Directive, Field, ID, Int, InterfaceType, ObjectType } from "type-graphql";
import { Existence } from "../labels";

/** The field by which an object says which entry of `extensions.labels` is its own; nobody's view has it. */
export function LabelIndex(): PropertyDecorator {
  return (target: object, member: string | symbol): void => {
    Field(() => Int)(target, member);
    Directive("@inaccessible")(target, member);
    Directive("@shareable")(target, member);
  };
}

@ObjectType({ simpleResolvers: true, description: "The same text in Japanese and in English." })
@Directive("@shareable")
export class Text {
  @Field(() => String, { nullable: true }) ja: string | null = null;
  @Field(() => String, { nullable: true }) en: string | null = null;
}

@ObjectType({ simpleResolvers: true, description: "Where a page lies among the rows that the asker has." })
@Directive("@shareable")
export class PageInfo {
  @Field(() => Boolean, { nullable: true }) hasNextPage: boolean | null = null;
  @Field(() => Boolean, { nullable: true }) hasPreviousPage: boolean | null = null;
  @Field(() => String, { nullable: true }) startCursor: string | null = null;
  @Field(() => String, { nullable: true }) endCursor: string | null = null;
}

/** Objects say their own type, so no type resolver has to try one after the other. */
const resolveType = (value: { readonly __typename: string }): string => value.__typename;

@InterfaceType("Record", { autoRegisterImplementations: false, resolveType, description: "Anything that is kept under an opaque id and may be referred to." })
export abstract class RecordInterface {
  @Field(() => ID) id!: string;
}

/** Declares the interface that every ministry's documents implement; its matters are that ministry's type of the shared entity. */
export function declareDocumentInterface(matter: new () => object): new () => object {
  @InterfaceType("Document", { autoRegisterImplementations: false, resolveType, description: "A record with five portions, each labelled by itself." })
  class DocumentInterface {
    @Field(() => ID) id!: string;
    @Field(() => String, { nullable: true, description: "Subgraph name of the ministry that keeps the record." }) @Existence() ministry!: string;
    @Field(() => Text, { nullable: true, description: "Whom to ask about the record." }) @Existence() contact!: Text | null;
    @Field(() => String, { nullable: true, description: "The number by which the ministry knows it." }) reference!: string | null;
    @Field(() => String, { nullable: true }) kind!: string | null;
    @Field(() => String, { nullable: true, description: "Information class A to E." }) class!: string | null;
    @Field(() => String, { nullable: true, description: "Body that owns the content, in the org tree." }) owner!: string | null;
    @Field(() => String, { nullable: true, description: "Last day of the designation, in Japan." }) validUntil!: string | null;
    @Field(() => Text, { nullable: true }) title!: Text | null;
    @Field(() => Text, { nullable: true }) summary!: Text | null;
    @Field(() => Text, { nullable: true }) body!: Text | null;
    @Field(() => Text, { nullable: true }) source!: Text | null;
    @Field(() => Text, { nullable: true }) figures!: Text | null;
    @Field(() => matter, { nullable: true, description: "The matter under which it is filed." }) matter!: object | null;
    @Field(() => [RecordInterface], { nullable: true, description: "Records of this and other ministries that it refers to." }) refersTo!: readonly object[] | null;
    @Field(() => DocumentInterface, { nullable: true, description: "Its edition for release." }) tearline!: object | null;
    @Field(() => DocumentInterface, { nullable: true, description: "The record of which it is the edition for release." }) tearlineOf!: object | null;
  }
  return DocumentInterface;
}
