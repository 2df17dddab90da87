/**
 * Types of the graph for what goes through workflows (SPEC 15.4): one object type per workflow and one input per step, made from the declarations and therefore the same in
 * every ministry. All of an item carries the item's label, each step its own.
 */
import "reflect-metadata";
import { ArgsType, Directive, Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { PageArgs } from "../graph/filters";
import { declareConnection } from "../graph/object-types";
import { LabelIndex } from "../graph/values";
import { Label } from "../labels";
import type { ResolverClass } from "../federation";
import type { StepDeclaration, Workflow } from "./declare";
import { type FieldDeclarations, inputTypeOf, outputTypeOf } from "./kinds";

@ObjectType({ simpleResolvers: true, description: "A step that an item took: who, when, from which state to which." })
@Directive("@shareable")
@Label({ level: "CUI", owner: "JPN", rel: ["JPN"] })
export class StepEntry {
  @Field(() => String, { nullable: true }) name!: string | null;
  @Field(() => String, { nullable: true, description: "Subject id; CLOCK for what a day brought about." }) actor!: string | null;
  @Field(() => String, { nullable: true, description: "Instant, in UTC." }) at!: string | null;
  @Field(() => String, { nullable: true }) from!: string | null;
  @Field(() => String, { nullable: true }) to!: string | null;
  @Field(() => String, { nullable: true, description: "What was said with it, as JSON." }) note!: string | null;
  @LabelIndex() _label!: number;
}

@ObjectType({ simpleResolvers: true, description: "A word to one person that an item waits for them, or that something became of it." })
@Directive("@shareable")
@Label({ level: "CUI", owner: "JPN", rel: ["JPN"] })
export class NoticeEntry {
  @Field(() => ID, { nullable: true }) id!: string | null;
  @Field(() => String, { nullable: true, description: "Type of the item." }) workflow!: string | null;
  @Field(() => ID, { nullable: true }) item!: string | null;
  @Field(() => String, { nullable: true }) kind!: string | null;
  @Field(() => String, { nullable: true }) at!: string | null;
  @LabelIndex() _label!: number;
}

@ObjectType({ simpleResolvers: true, description: "That an item was opened or took a step: what it is now." })
@Directive("@shareable")
@Label({ level: "CUI", owner: "JPN", rel: ["JPN"] })
export class ItemChange {
  @Field(() => ID, { nullable: true }) id!: string | null;
  @Field(() => String, { nullable: true, description: "Type of the item." }) workflow!: string | null;
  @Field(() => String, { nullable: true }) state!: string | null;
  @Field(() => Int, { nullable: true }) version!: number | null;
  @Field(() => String, { nullable: true }) owner!: string | null;
  @Field(() => String, { nullable: true }) due!: string | null;
  @LabelIndex() _label!: number;
}

@ObjectType({ simpleResolvers: true, description: "That somebody read what is kept about the asker." })
@Directive("@shareable")
@Label({ level: "CUI", owner: "JPN", rel: ["JPN"], purposes: ["ACCESS-DECISION", "COMPLAINT", "OVERSIGHT", "SELF-ACCESS", "VETTING"] })
export class ReadingEntry {
  @Field(() => String, { nullable: true, description: "Type of what was read." }) workflow!: string | null;
  @Field(() => ID, { nullable: true }) item!: string | null;
  @Field(() => String, { nullable: true, description: "Body to which the reader belongs." }) body!: string | null;
  @Field(() => String, { nullable: true, description: "Purpose that they declared." }) purpose!: string | null;
  @Field(() => String, { nullable: true, description: "Instant, in UTC." }) at!: string | null;
  @LabelIndex() _label!: number;
}

@ArgsType()
export class ItemPageArgs extends PageArgs {
  @Field(() => [String], { nullable: true, description: "Only items in one of these states." }) states?: readonly string[] | null;
  @Field(() => String, { nullable: true, description: "Only items due before this day: with today, what is overdue." }) dueBefore?: string | null;
  @Field(() => String, { nullable: true, description: "Only items about this person." }) subject?: string | null;
  @Field(() => String, { nullable: true, description: "Only items that belong to this: the id of an item of any ministry that they name, or a topic." }) related?: string | null;
}

/** Members that every item has. */
const COMMON: FieldDeclarations = {
  state: { kind: "text" }, owner: { kind: "org", description: "Body whose item it is." }, subject: { kind: "subject", description: "Whom it is about." },
  due: { kind: "day", description: "Day by which something has to happen." }, openedAt: { kind: "text", description: "Instant, in UTC." },
};

/** Members of an input that names an item. */
const NAMING = { id: "Id of the item.", version: "Version that was read: a later one is not changed unseen." } as const;

export interface WorkflowTypes { readonly entry: ResolverClass; readonly connection: ResolverClass; readonly edge: ResolverClass; readonly inputs: Readonly<Record<string, ResolverClass>> }

const declared = new Map<Workflow, WorkflowTypes>();

/** Types of a workflow, the same classes for every ministry that has it. */
export function typesOf(workflow: Workflow): WorkflowTypes {
  const known = declared.get(workflow);
  if (known !== undefined) return known;
  const inputs = Object.fromEntries(Object.entries(workflow.steps).flatMap(([name, step]) => step.mutation === "" ? [] : [[name, declareInput(step)]]));
  const entry = declareEntry(workflow);
  const types = { entry, ...declareConnection(workflow.name, entry, true), inputs };
  declared.set(workflow, types);
  return types;
}

function declareEntry({ name, description, floor, fields }: Workflow): ResolverClass {
  class Entry {}
  const { prototype } = Entry;
  Field(() => ID, { nullable: true })(prototype, "id");
  Field(() => Int, { nullable: true, description: "Counts its steps." })(prototype, "version");
  for (const [member, { kind, description: said }] of Object.entries({ ...COMMON, ...fields })) {
    Field(() => outputTypeOf(kind) as never, { nullable: true, ...(said === undefined ? {} : { description: said }) })(prototype, member);
  }
  Field(() => [StepEntry], { nullable: true })(prototype, "steps");
  LabelIndex()(prototype, "_label");
  ObjectType(name, { simpleResolvers: true, description })(Entry);
  Directive("@shareable")(Entry);
  Label(floor)(Entry);
  return Entry;
}

function declareInput({ mutation, from, input }: StepDeclaration): ResolverClass {
  class Input {}
  const { prototype } = Input;
  if (from.length > 0) {
    Field(() => ID, { description: NAMING.id })(prototype, "id");
    Field(() => Int, { description: NAMING.version })(prototype, "version");
  }
  for (const [member, { kind, optional = false, oneOf, description }] of Object.entries(input)) {
    const said = [description, oneOf === undefined ? undefined : `One of ${oneOf.join(", ")}.`].filter((text) => text !== undefined).join(" ");
    Field(() => inputTypeOf(kind) as never, { nullable: optional, ...(said === "" ? {} : { description: said }) })(prototype, member);
  }
  InputType(`${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`)(Input);
  return Input;
}
