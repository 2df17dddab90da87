/** The one mutation of bulk imports (SPEC 17.2), the same in every ministry: a table of texts goes in, what is wrong with it comes out. What it says is about what the asker sent, and for the asker. */
import "reflect-metadata";
import { Arg, Ctx, Directive, Field, InputType, Int, Mutation, ObjectType, Resolver } from "type-graphql";
import type { MinistryDefinition } from "../definition";
import type { ResolverClass } from "../federation";
import type { TypeClass } from "../graph/object-types";
import { Label } from "../labels";
import type { RequestContext } from "../request-context";
import type { ImportOutcome } from "./importer";
import { IMPORTED_NAMES } from "./list";

const japaneseOnly = { level: "CUI", owner: "JPN", rel: ["JPN"] } as const;

@InputType({ description: "Lines for a register, as texts in columns. What is too long for one request comes in parts under one key; with the last part it is carried out." })
export class RegisterImport {
  @Field(() => String, { description: `One of ${IMPORTED_NAMES.join(", ")}.` }) register!: string;
  @Field(() => [String]) columns!: readonly string[];
  @Field(() => [[String]], { description: "A text for each column; empty where there is none." }) lines!: readonly (readonly string[])[];
  @Field(() => Boolean, { defaultValue: false, description: "Finds what is wrong and changes nothing." }) dryRun!: boolean;
  @Field(() => Int, { defaultValue: 1 }) part!: number;
  @Field(() => Int, { defaultValue: 1 }) parts!: number;
}

@ObjectType({ simpleResolvers: true, description: "Why a line is not taken in." })
@Directive("@shareable")
@Label(japaneseOnly)
export class RejectedLine {
  @Field(() => Int, { nullable: true, description: "Counted from 1; 0 is the line of the columns." }) line!: number;
  @Field(() => String, { nullable: true }) column!: string | null;
  @Field(() => String, { nullable: true }) reason!: string;
}

@ObjectType({ simpleResolvers: true, description: "What became of an import: all of it was taken in, or nothing." })
@Directive("@shareable")
@Label(japaneseOnly)
export class RegisterImportOutcome {
  @Field(() => Int, { nullable: true }) lines!: number;
  @Field(() => Boolean, { nullable: true, description: "All parts are there." }) isWhole!: boolean;
  @Field(() => Boolean, { nullable: true, description: "The register has the lines." }) isDone!: boolean;
  @Field(() => [RejectedLine], { nullable: true }) rejected!: readonly RejectedLine[];
}

export function declareImports({ field }: MinistryDefinition): { readonly resolvers: readonly ResolverClass[]; readonly classes: readonly TypeClass[] } {
  @Resolver()
  class Imports {
    @Mutation(() => RegisterImportOutcome, { name: `${field}ImportRegister`, nullable: true, description: "Takes lines into a register of this ministry: all or nothing." })
    @Label(japaneseOnly)
    take(@Arg("input", () => RegisterImport) input: RegisterImport, @Arg("key", () => String, { nullable: true, description: "Made by the client; the same request sent again with it is not carried out twice." }) key: string | null,
      @Ctx() context: RequestContext): Promise<ImportOutcome> {
      return context.importTable(input, key ?? null);
    }
  }
  return { resolvers: [Imports], classes: [RegisterImport, RejectedLine, RegisterImportOutcome] };
}
