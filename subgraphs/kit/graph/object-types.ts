/**
 * The object types of one ministry: its documents, its sections in the shared entities, stubs of its neighbours' documents (SPEC 6, decision 0004).
 * Made per ministry because names carry the ministry's prefix; resolvers are in `resolvers.ts`.
 */
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { type MinistryDefinition, prefixOf } from "../definition";
import { Existence } from "../labels";
import { AssignmentEntry, EligibilityEntry, FormerAccessEntry, MatterEntry, PersonEntry } from "./registers";
import { LabelIndex, PageInfo, RecordInterface, declareDocumentInterface } from "./values";

export type TypeClass = new () => object;

export interface MinistryTypes {
  readonly document: TypeClass;
  readonly documents: TypeClass;
  readonly matter: TypeClass;
  readonly matterSection: TypeClass;
  readonly matters: TypeClass;
  readonly designation: TypeClass;
  readonly designationSection: TypeClass;
  readonly designations: TypeClass;
  readonly person: TypeClass;
  readonly personSection: TypeClass;
  /** Only where the personnel register is kept. */
  readonly people: TypeClass | undefined;
  readonly stubs: readonly TypeClass[];
  readonly all: readonly TypeClass[];
}

/** Declares the types of one ministry. Call once per ministry and schema. */
export function declareTypes(ministry: MinistryDefinition): MinistryTypes {
  const { prefix } = ministry;
  const matter = declareEntity("Matter", "A need-to-know token and what every ministry has on it.");
  const designation = declareEntity("Designation", "A designation of classified information under a statute.");
  const person = declareEntity("Person", "Someone about whom registers are kept.");
  const documentInterface = declareDocumentInterface(matter);
  const document = declareDocument(prefix, documentInterface, matter);
  const documents = declareConnection(`${prefix}Document`, document);
  const matters = declareConnection(`${prefix}Matter`, matter);
  const designations = declareConnection(`${prefix}Designation`, designation);
  const people = ministry.keepsPersonnel ? declareConnection(`${prefix}Person`, person) : undefined;
  const stubs = ministry.neighbours.map((name) => declareStub(`${prefixOf(name)}Document`));

  @ObjectType(`${prefix}Matter`, { simpleResolvers: true, description: "What this ministry has on a matter: nothing, for any id it does not know." })
  class MatterSection {
    @Field(() => MatterEntry, { nullable: true, description: "The register entry; held by the ministry that keeps the token's issuer." }) entry!: object | null;
    @Field(() => [AssignmentEntry], { nullable: true, description: "Who is assigned to the token." }) assignments!: readonly object[] | null;
  }
  @ObjectType(`${prefix}Designation`, { simpleResolvers: true })
  class DesignationSection {
    @Field(() => MatterEntry, { nullable: true }) entry!: object | null;
    @Field(() => matter, { nullable: true, description: "The matter of the designation's number." }) matter!: object | null;
  }
  const personSection = declarePersonSection(prefix, ministry.keepsPersonnel);

  const all = [documentInterface, document, documents.connection, documents.edge, matter, MatterSection, matters.connection, matters.edge, designation, DesignationSection, designations.connection,
    designations.edge, person, personSection, ...(people ? [people.connection, people.edge] : []), ...stubs];
  return {
    document, documents: documents.connection, matter, matterSection: MatterSection, matters: matters.connection, designation, designationSection: DesignationSection,
    designations: designations.connection, person, personSection, people: people?.connection, stubs, all,
  };
}

function declareDocument(prefix: string, documentInterface: TypeClass, matter: TypeClass): TypeClass {
  @ObjectType(`${prefix}Document`, { implements: [RecordInterface, documentInterface], simpleResolvers: true, description: "A record of this ministry." })
  @Directive('@key(fields: "id")')
  class MinistryDocument {
    // Declared again, as their resolvers belong to this type and not to the interface.
    @Field(() => matter, { nullable: true, description: "The matter under which it is filed." }) matter!: object | null;
    @Field(() => [RecordInterface], { nullable: true, description: "Records of this and other ministries that it refers to." }) refersTo!: readonly object[] | null;
    @Field(() => MinistryDocument, { nullable: true, description: "Its edition for release." }) tearline!: object | null;
    @Field(() => MinistryDocument, { nullable: true, description: "The record of which it is the edition for release." }) tearlineOf!: object | null;
    @LabelIndex() _label!: number;
  }
  return MinistryDocument;
}

function declareEntity(name: string, description: string): TypeClass {
  @ObjectType(name, { simpleResolvers: true, description })
  @Directive('@key(fields: "id")')
  class Entity {
    @Field(() => ID) id!: string;
    @LabelIndex() _label!: number;
  }
  return Entity;
}

function declareStub(name: string): TypeClass {
  @ObjectType(name, { implements: [RecordInterface], simpleResolvers: true })
  @Directive('@key(fields: "id", resolvable: false)')
  class Stub {
    @LabelIndex() _label!: number;
  }
  return Stub;
}

/** A page of a list and its edge; shared where every ministry declares them alike. */
export function declareConnection(name: string, node: TypeClass, shared = false): { readonly connection: TypeClass; readonly edge: TypeClass } {
  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class Edge {
    @Field(() => String, { nullable: true }) @Existence() cursor!: string;
    @Field(() => node, { nullable: true }) @Existence() node!: object;
    @LabelIndex() _label!: number;
  }
  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: "A page of what the asker has; the count too is of that only." })
  class Connection {
    @Field(() => Int, { nullable: true }) totalCount!: number;
    @Field(() => PageInfo, { nullable: true }) pageInfo!: PageInfo;
    @Field(() => [Edge], { nullable: true }) edges!: readonly Edge[];
    @Field(() => [node], { nullable: true }) nodes!: readonly object[];
    @LabelIndex() _label!: number;
  }
  if (shared) for (const declared of [Edge, Connection]) Directive("@shareable")(declared);
  return { connection: Connection, edge: Edge };
}

function declarePersonSection(prefix: string, keepsPersonnel: boolean): TypeClass {
  @ObjectType(`${prefix}Person`, { simpleResolvers: true, description: "What this ministry keeps about someone: nothing, for any id it does not know." })
  class PersonSection {
    @Field(() => [AssignmentEntry], { nullable: true, description: "Assignments to tokens of this ministry." }) assignments!: readonly object[] | null;
    @Field(() => [EligibilityEntry], { nullable: true, description: "Outcomes of vettings." }) eligibilities!: readonly object[] | null;
    @Field(() => [FormerAccessEntry], { nullable: true, description: "Access to matters of this ministry that has ended." }) formerAccess!: readonly object[] | null;
  }
  if (!keepsPersonnel) return PersonSection;
  Field(() => PersonEntry, { nullable: true })(PersonSection.prototype, "entry");
  return PersonSection;
}
