/**
 * Legal notices in the graph (SPEC 3.12): what binds the asker, the acknowledgement of one, and the register of acknowledgements for those who may read outcomes of vettings. The texts are public;
 * below a notice there is nothing else, because it is all that somebody is answered who has not read it.
 */
import "reflect-metadata";
import { Arg, Args, ArgsType, Ctx, Field, ID, Mutation, ObjectType, Query, Resolver } from "type-graphql";
import type { MinistryDefinition } from "../definition";
import type { ResolverClass } from "../federation";
import { Label } from "../labels";
import { VETTING_PURPOSES } from "../register-labels";
import type { LegalNoticeNode, RequestContext } from "../request-context";
import { PageArgs } from "./filters";
import type { Connection } from "./nodes";
import { declareConnection, type TypeClass } from "./object-types";
import { LabelIndex, Text } from "./values";

const vetting = { level: "CUI", regimes: ["VET"], owner: "JPN", rel: ["JPN"], purposes: VETTING_PURPOSES } as const;

@ObjectType({ simpleResolvers: true, description: "What whoever is eligible for a regime has to have read before they are answered anything. Demo policy, not a statement of law." })
@Label({ level: "PUBLIC" })
export class LegalNotice {
  @Field(() => ID, { nullable: true }) id!: string;
  @Field(() => String, { nullable: true, description: "The version in force. A text that changes gets another one, which is to be read anew." }) version!: string;
  @Field(() => [String], { nullable: true }) regimes!: readonly string[];
  @Field(() => Text, { nullable: true }) title!: Text;
  @Field(() => Text, { nullable: true }) text!: Text;
  @Field(() => String, { nullable: true, description: "Instant, in UTC, at which the asker acknowledged this version." }) @Label({ level: "CUI", owner: "JPN", rel: ["JPN"] }) acknowledgedAt!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "That somebody has read a legal notice. For the purposes of vetting only: it tells what they are eligible for." })
@Label(vetting)
export class AcknowledgementEntry {
  @Field(() => String, { nullable: true, description: "Subject id." }) subject!: string | null;
  @Field(() => String, { nullable: true }) notice!: string | null;
  @Field(() => String, { nullable: true }) version!: string | null;
  @Field(() => String, { nullable: true, description: "Instant, in UTC." }) at!: string | null;
  @LabelIndex() _label!: number;
}

@ArgsType()
export class AcknowledgementPageArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: "Only those of this subject." }) subject?: string | null;
}

/** Resolvers and classes of the ministry that keeps the register; nothing for all others. */
export function declareLegalNotices({ field, keepsPersonnel }: MinistryDefinition): { readonly resolvers: readonly ResolverClass[]; readonly classes: readonly TypeClass[] } {
  if (!keepsPersonnel) return { resolvers: [], classes: [] };
  const { connection, edge } = declareConnection("Acknowledgement", AcknowledgementEntry);

  @Resolver()
  class LegalNotices {
    @Query(() => [LegalNotice], { nullable: true, description: "Legal notices that bind the asker, read or not." })
    legalNotices(@Ctx() context: RequestContext): Promise<readonly LegalNoticeNode[]> { return context.legalNotices.list(); }

    @Mutation(() => LegalNotice, { nullable: true, description: "Records that the asker has read a notice that binds them. It cannot be taken back." })
    acknowledgeNotice(@Arg("notice", () => ID) notice: string, @Arg("version", () => String) version: string, @Ctx() context: RequestContext): Promise<LegalNoticeNode> {
      return context.legalNotices.acknowledge(notice, version);
    }

    @Query(() => connection, { name: `${field}Acknowledgements`, nullable: true, description: "Who has acknowledged which legal notice, as far as the asker may know." })
    @Label(vetting)
    acknowledgements(@Args(() => AcknowledgementPageArgs) args: AcknowledgementPageArgs, @Ctx() context: RequestContext): Promise<Connection> { return context.legalNotices.page(args); }
  }
  return { resolvers: [LegalNotices], classes: [LegalNotice, AcknowledgementEntry, connection, edge] };
}
