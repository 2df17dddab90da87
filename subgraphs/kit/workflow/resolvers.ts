/**
 * Root fields of a ministry's workflows (SPEC 15.4): for each a list, an item by its id and one mutation a step; and the asker's notices. A mutation answers with the item as the
 * asker reads it afterwards, which is nothing when the step closed it to them.
 */
import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver, Subscription } from "type-graphql";
import type { MinistryDefinition } from "../definition";
import type { ResolverClass } from "../federation";
import { stepField } from "../once";
import type { TypeClass } from "../graph/object-types";
import type { Connection, RegisterNode } from "../graph/nodes";
import { Label } from "../labels";
import type { RequestContext } from "../request-context";
import type { StepDeclaration, Workflow } from "./declare";
import { ItemChange, ItemPageArgs, NoticeEntry, ReadingEntry, StepEntry, typesOf } from "./entries";
import { TextInput, LabelInput, OwnerInput } from "./label-input";
import { workflowsOf } from "./list";
import type { Values } from "./kinds";

/** The gateway carries a subscription out once an event; a ministry streams to nobody. */
const refuseToStream = (): never => { throw new Error("a ministry streams to nobody"); };
const japaneseOnly = { level: "CUI", owner: "JPN", rel: ["JPN"] } as const;

/** Resolvers and classes that a ministry's workflows add to its schema. */
export function declareWorkflows(ministry: MinistryDefinition): { readonly resolvers: readonly ResolverClass[]; readonly classes: readonly TypeClass[] } {
  const workflows = workflowsOf(ministry);
  if (workflows.length === 0) return { resolvers: [], classes: [] };
  const made = workflows.map((workflow) => declareWorkflow(ministry, workflow));
  return {
    resolvers: [declareNotices(ministry), declareReadings(ministry), ...made.flatMap(({ resolvers }) => resolvers)],
    classes: [StepEntry, NoticeEntry, ReadingEntry, ItemChange, LabelInput, OwnerInput, TextInput, ...made.flatMap(({ classes }) => classes)],
  };
}

function declareNotices({ field }: MinistryDefinition): ResolverClass {
  @Resolver()
  class Notices {
    @Query(() => [NoticeEntry], { name: `${field}Notices`, nullable: true, description: "Notices of this ministry to the asker, the newest first." })
    @Label(japaneseOnly)
    notices(@Arg("first", () => Int, { defaultValue: 50 }) first: number, @Ctx() context: RequestContext): Promise<readonly RegisterNode[]> {
      return context.items.notices(first);
    }

    @Subscription(() => [NoticeEntry], { name: `${field}Notices`, nullable: true, subscribe: refuseToStream, description: "New notices of this ministry to the asker." })
    @Label(japaneseOnly)
    newNotices(@Ctx() { items, window }: RequestContext): Promise<readonly RegisterNode[]> | readonly RegisterNode[] { return window === undefined ? [] : items.newNotices(window); }

    @Subscription(() => [ItemChange], { name: `${field}Items`, nullable: true, subscribe: refuseToStream, description: "Items of this ministry that the asker reads, as they are opened and take steps." })
    @Label(japaneseOnly)
    changedItems(@Ctx() { items, window }: RequestContext): Promise<readonly RegisterNode[]> | readonly RegisterNode[] { return window === undefined ? [] : items.changed(window); }
  }
  return Notices;
}

function declareReadings({ field }: MinistryDefinition): ResolverClass {
  @Resolver()
  class Readings {
    @Query(() => [ReadingEntry], { name: `${field}Readings`, nullable: true, description: "Who read what this ministry keeps about the asker, the latest first." })
    @Label({ level: "CUI", owner: "JPN", rel: ["JPN"], purposes: ["SELF-ACCESS"] })
    readings(@Arg("first", () => Int, { defaultValue: 50 }) first: number, @Ctx() context: RequestContext): Promise<readonly RegisterNode[]> {
      return context.items.readings(first);
    }
  }
  return Readings;
}

function declareWorkflow(ministry: MinistryDefinition, workflow: Workflow): { readonly resolvers: readonly ResolverClass[]; readonly classes: readonly TypeClass[] } {
  const { field } = ministry;
  const { name, plural, floor, steps } = workflow;
  const { entry, connection, edge, inputs } = typesOf(workflow);

  @Resolver()
  class Lists {
    @Query(() => connection, { name: `${field}${plural}`, nullable: true, description: `${workflow.description} Those of this ministry that the asker has.` })
    @Label(floor)
    page(@Args(() => ItemPageArgs) args: ItemPageArgs, @Ctx() context: RequestContext): Promise<Connection> { return context.items.page(workflow, args); }

    @Query(() => entry, { name: `${field}${name}`, nullable: true })
    @Label(floor)
    byId(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<RegisterNode | null> { return context.items.byId(workflow, id); }
  }
  const taking = Object.entries(steps).flatMap(([step, declaration]) => {
    const input = inputs[step];
    return input === undefined ? [] : [declareStep(ministry, workflow, step, declaration, entry, input)];
  });
  return { resolvers: [Lists, ...taking], classes: [entry, connection, edge, ...Object.values(inputs)] };
}

function declareStep(ministry: MinistryDefinition, workflow: Workflow, name: string, { mutation, description }: StepDeclaration, entry: ResolverClass, input: ResolverClass): ResolverClass {
  @Resolver()
  class Step {
    @Mutation(() => entry, { name: stepField(ministry, mutation), nullable: true, description })
    @Label(workflow.floor)
    take(
      @Arg("input", () => input) given: Values,
      @Arg("key", () => String, { nullable: true, description: "Made by the client; the same request sent again with it is not carried out twice." }) key: string | null,
      @Ctx() context: RequestContext,
    ): Promise<RegisterNode | null> {
      return context.take(workflow, name, given, key ?? null);
    }
  }
  return Step;
}
