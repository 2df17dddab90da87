/**
 * Resolvers of one ministry (SPEC 6). They fetch and shape; what a row or a value may be read by has been settled by the database before they see it,
 * so there is no policy here. Sections of shared entities answer for any id, empty where nothing is known or nothing may be.
 */
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { declareImports } from "../bulk/resolvers";
import type { MinistryDefinition } from "../definition";
import type { ReferenceResolver, ResolverClass, SubgraphSource } from "../federation";
import { Label } from "../labels";
import type { RequestContext } from "../request-context";
import { declareWorkflows } from "../workflow/resolvers";
import { DocumentPageArgs, MatterPageArgs, PageArgs } from "./filters";
import { AssignmentGrant, AssignmentRevocation } from "./inputs";
import { declareLegalNotices } from "./legal-notices";
import { AssignmentChange, AssignmentEntry, EligibilityEntry, FormerAccessEntry, MatterEntry, PersonEntry } from "./registers";
import type { Connection, DocumentNode, EntityNode, RegisterNode } from "./nodes";
import { type MinistryTypes, declareTypes } from "./object-types";

/** Section of a shared entity: the id is all it needs to find what belongs to it. */
interface Section { readonly id: string }

const japaneseOnly = { level: "CUI", owner: "JPN", rel: ["JPN"] } as const;

/** Everything of which a ministry's schema is made. */
export function declareSubgraph(ministry: MinistryDefinition): SubgraphSource {
  const types = declareTypes(ministry);
  const entity = (typename: "Matter" | "Designation" | "Person"): ReferenceResolver =>
    ({ id }, context: RequestContext): EntityNode => context.echo(typename, id);
  const workflows = declareWorkflows(ministry);
  const notices = declareLegalNotices(ministry);
  const imports = declareImports(ministry);
  return {
    resolvers: [declareDocuments(ministry, types), declareDocumentFields(types), declareMatters(ministry, types), ...declareSections(ministry, types), declareAssignments(ministry),
      ...(types.people ? [declarePeople(ministry, types.people)] : []), ...workflows.resolvers, ...notices.resolvers, ...imports.resolvers],
    orphans: [types.document, types.matter, types.designation, types.person, ...types.stubs],
    classes: [...types.all, AssignmentChange, AssignmentEntry, EligibilityEntry, MatterEntry, ...(ministry.keepsPersonnel ? [FormerAccessEntry, PersonEntry] : []), ...workflows.classes, ...notices.classes, ...imports.classes],
    references: {
      [`${ministry.prefix}Document`]: ({ id }, context: RequestContext): Promise<DocumentNode | null> => context.documents.byId(id),
      Matter: entity("Matter"), Designation: entity("Designation"), Person: entity("Person"),
    },
  };
}

function declareDocuments({ field }: MinistryDefinition, types: MinistryTypes): ResolverClass {
  @Resolver()
  class Documents {
    @Query(() => types.documents, { name: `${field}Documents`, nullable: true, description: "Records of this ministry that the asker has." })
    page(@Args(() => DocumentPageArgs) args: DocumentPageArgs, @Ctx() context: RequestContext): Promise<Connection> {
      return context.documents.page(args, undefined);
    }

    @Query(() => types.document, { name: `${field}Document`, nullable: true })
    byId(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<DocumentNode | null> | null {
      // The database knows no such text, so nothing has this id.
      return id.includes("\0") ? null : context.documents.byId(id);
    }
  }
  return Documents;
}

function declareDocumentFields(types: MinistryTypes): ResolverClass {
  @Resolver(() => types.document)
  class DocumentFields {
    @FieldResolver(() => types.matter, { nullable: true })
    matter(@Root() document: DocumentNode, @Ctx() context: RequestContext): Promise<EntityNode | null> {
      return context.documents.matterOf(document);
    }

    @FieldResolver(() => types.document, { nullable: true })
    tearline(@Root() document: DocumentNode, @Ctx() context: RequestContext): Promise<DocumentNode | null> {
      return context.documents.linked(document, "tearline");
    }

    @FieldResolver(() => types.document, { nullable: true })
    tearlineOf(@Root() document: DocumentNode, @Ctx() context: RequestContext): Promise<DocumentNode | null> {
      return context.documents.linked(document, "tearlineOf");
    }

    @FieldResolver(() => [types.document], { nullable: true })
    refersTo(@Root() document: DocumentNode, @Ctx() context: RequestContext): Promise<readonly object[] | null> {
      return context.documents.refersTo(document);
    }
  }
  return DocumentFields;
}

function declareMatters({ field }: MinistryDefinition, types: MinistryTypes): ResolverClass {
  @Resolver()
  class Matters {
    @Query(() => types.matters, { name: `${field}Matters`, nullable: true, description: "Matters whose register entry this ministry keeps." })
    matters(@Args(() => MatterPageArgs) args: MatterPageArgs, @Ctx() context: RequestContext): Promise<Connection> {
      return context.matters.page(args);
    }

    @Query(() => types.designations, { name: `${field}Designations`, nullable: true, description: "Designations whose register entry this ministry keeps." })
    designations(@Args(() => MatterPageArgs) args: MatterPageArgs, @Ctx() context: RequestContext): Promise<Connection> {
      return context.matters.designationPage(args);
    }
  }
  return Matters;
}

function declareSections(ministry: MinistryDefinition, types: MinistryTypes): readonly ResolverClass[] {
  const { field: name } = ministry;

  @Resolver(() => types.matter)
  class MatterSections {
    @FieldResolver(() => types.matterSection, { name, nullable: true })
    section(@Root() { id }: Section): Section { return { id }; }
  }
  @Resolver(() => types.matterSection)
  class MatterFields {
    @FieldResolver(() => types.documents, { nullable: true, description: "Records of this ministry that are filed under the matter." })
    documents(@Root() { id }: Section, @Args(() => DocumentPageArgs) args: DocumentPageArgs, @Ctx() context: RequestContext): Promise<Connection> {
      return context.documents.page(args, id);
    }
    @FieldResolver()
    entry(@Root() { id }: Section, @Ctx() context: RequestContext): Promise<RegisterNode | null> { return context.matters.entryOf(id); }
    @FieldResolver()
    assignments(@Root() { id }: Section, @Ctx() context: RequestContext): Promise<readonly RegisterNode[]> { return context.registers.assignmentsOfMatter(id); }
  }
  @Resolver(() => types.designation)
  class DesignationSections {
    @FieldResolver(() => types.designationSection, { name, nullable: true })
    section(@Root() { id }: Section): Section { return { id }; }
  }
  @Resolver(() => types.designationSection)
  class DesignationFields {
    @FieldResolver()
    entry(@Root() { id }: Section, @Ctx() context: RequestContext): Promise<RegisterNode | null> { return context.matters.entryOfDesignation(id); }
    @FieldResolver()
    matter(@Root() { id }: Section, @Ctx() context: RequestContext): Promise<EntityNode | null> { return context.matters.matterOfDesignation(id); }
  }
  @Resolver(() => types.person)
  class PersonSections {
    @FieldResolver(() => types.personSection, { name, nullable: true })
    section(@Root() { id }: Section): Section { return { id }; }
  }
  @Resolver(() => types.personSection)
  class PersonFields {
    @FieldResolver()
    assignments(@Root() { id }: Section, @Ctx() context: RequestContext): Promise<readonly RegisterNode[]> { return context.registers.assignmentsOfPerson(id); }
    @FieldResolver()
    eligibilities(@Root() { id }: Section, @Ctx() context: RequestContext): Promise<readonly RegisterNode[]> { return context.registers.eligibilitiesOf(id); }
    @FieldResolver()
    formerAccess(@Root() { id }: Section, @Ctx() context: RequestContext): Promise<readonly RegisterNode[]> { return context.registers.formerAccessOf(id); }
  }
  return [MatterSections, MatterFields, DesignationSections, DesignationFields, PersonSections, PersonFields, ...(ministry.keepsPersonnel ? [declarePersonnelFields(types)] : [])];
}

function declarePersonnelFields(types: MinistryTypes): ResolverClass {
  @Resolver(() => types.personSection)
  class PersonnelFields {
    @FieldResolver()
    entry(@Root() { id }: Section, @Ctx() context: RequestContext): Promise<RegisterNode | null> { return context.registers.personEntry(id); }
  }
  return PersonnelFields;
}

function declarePeople({ field }: MinistryDefinition, people: ResolverClass): ResolverClass {
  @Resolver()
  class People {
    @Query(() => people, { name: `${field}People`, nullable: true, description: "People in the personnel register." })
    @Label(japaneseOnly)
    page(@Args(() => PageArgs) args: PageArgs, @Ctx() context: RequestContext): Promise<Connection> {
      return context.registers.people(args);
    }
  }
  return People;
}

function declareAssignments({ prefix, field }: MinistryDefinition): ResolverClass {
  @Resolver()
  class Assignments {
    @Mutation(() => AssignmentChange, { name: `${field}GrantAssignment`, nullable: true, description: `Assigns someone to a token issued by a body that ${prefix} keeps.` })
    @Label(japaneseOnly)
    grant(@Arg("input", () => AssignmentGrant) input: AssignmentGrant, @Ctx() context: RequestContext): Promise<{ readonly assignment: RegisterNode | null }> {
      return context.changes.grant(input);
    }

    @Mutation(() => AssignmentChange, { name: `${field}RevokeAssignment`, nullable: true, description: "Ends an assignment at once." })
    @Label(japaneseOnly)
    revoke(@Arg("input", () => AssignmentRevocation) input: AssignmentRevocation, @Ctx() context: RequestContext): Promise<{ readonly assignment: RegisterNode | null }> {
      return context.changes.revoke(input);
    }
  }
  return Assignments;
}
