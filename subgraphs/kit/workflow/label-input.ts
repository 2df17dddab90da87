/**
 * A label as an officer writes it into a mutation (SPEC 15.2). Takes level, regimes, need-to-know, one owner's distribution and purposes by name; gives the core in the form in which
 * labels are kept. What it means is judged by the rules of labels (V1-V11) when it is interned, not here.
 */
import "reflect-metadata";
import { Field, InputType } from "type-graphql";
import type { LabelCore, Level, OwnerPolicy } from "../../../schema/label";
import { isLabelCore } from "../../../schema/policy";

const LEVELS = ["PUBLIC", "CUI", "CONFIDENTIAL", "SECRET", "TOP_SECRET"] as const;

@InputType({ description: "The same text in Japanese and in English." })
export class TextInput {
  @Field(() => String) ja!: string;
  @Field(() => String) en!: string;
}

@InputType({ description: "What one owner allows. Without lists: nobody abroad, every Japanese body." })
export class OwnerInput {
  @Field(() => String, { description: "Body in the org tree." }) owner!: string;
  @Field(() => [String], { nullable: true, description: "Nations to which it may be released." }) rel?: readonly string[] | null;
  @Field(() => [String], { nullable: true, description: "Nations to which it may be shown; those of rel where not given." }) disp?: readonly string[] | null;
  @Field(() => [String], { nullable: true, description: "Japanese bodies that may have it; all where not given." }) dist?: readonly string[] | null;
  @Field(() => Boolean, { nullable: true, description: "Originator control." }) orcon?: boolean | null;
}

@InputType({ description: "A label, by the names of the policy." })
export class LabelInput {
  /** How texts in two languages are written in inputs. */
  static readonly text = TextInput;
  @Field(() => String, { description: "PUBLIC, CUI, CONFIDENTIAL, SECRET, TOP_SECRET." }) level!: string;
  @Field(() => [String]) regimes!: readonly string[];
  @Field(() => [String], { nullable: true, description: "Need-to-know tokens." }) need?: readonly string[] | null;
  @Field(() => [OwnerInput]) owners!: readonly OwnerInput[];
  @Field(() => [String], { nullable: true, description: "Purposes for which it may be read; any where not given." }) purposes?: readonly string[] | null;
  @Field(() => [String], { nullable: true, description: "Handling marks; they inform." }) handling?: readonly string[] | null;
}

/** The core that was written, or was read so before; undefined when it is none. */
export function readLabel(value: unknown): LabelCore | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isLabelCore(value)) return value;
  const { level, regimes, need, owners, purposes, handling } = value as LabelInput;
  const number = LEVELS.indexOf(level as (typeof LEVELS)[number]);
  if (number < 0 || !Array.isArray(owners) || owners.length === 0 || !areDistinct(owners as readonly OwnerInput[])) return undefined;
  const core: unknown = {
    policy: "JPN-GOV-DEMO", level: number as Level, regimes, need: need ?? [], owners: Object.fromEntries((owners as readonly OwnerInput[]).map((owner) => [owner.owner, policyOf(owner)])),
    purposes: purposes ?? "ALL", handling: handling ?? [],
  };
  return isLabelCore(core) ? core : undefined;
}

/** An owner who is named twice would have only the last of what was written, which may be wider; what is no key of an object would be lost altogether [B-49]. */
function areDistinct(owners: readonly OwnerInput[]): boolean {
  return new Set(owners.map(({ owner }) => owner)).size === owners.length && owners.every(({ owner }) => owner !== "__proto__");
}

function policyOf({ rel, disp, dist, orcon }: OwnerInput): OwnerPolicy {
  const released = rel ?? ["JPN"];
  return { rel: released, disp: disp ?? released, dist: dist ?? "ALL", orcon: orcon ?? false };
}
