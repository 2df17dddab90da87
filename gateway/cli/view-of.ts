/**
 * What a person can ask for and do, read from the schema as that person sees it: lists of items, notices, steps and what each takes. Takes the SDL of a view; gives names. What the person may not
 * know of is not in the view, so no command can tell of it.
 */
import { type DocumentNode, type FieldDefinitionNode, type InputValueDefinitionNode, Kind, type TypeNode, parse } from "graphql";
import { MINISTRY_NAMES } from "../../subgraphs/names";
import { fieldOf } from "./registers/export";

export interface InputField { readonly name: string; readonly type: string; readonly isList: boolean; readonly isNeeded: boolean }
export interface Step { /** That takes it, where only a known operation does (SPEC 19). */ readonly document?: string; readonly mutation: string; readonly inputType: string; readonly fields: readonly InputField[]; /** Fields of the answer that say what became of an item. */ readonly answers: readonly string[] }

/** Members of an item that a step's answer is asked for. */
const TOLD = ["id", "state", "version", "owner", "due"] as const;

export class ViewOf {
  readonly #fields = new Map<string, readonly (FieldDefinitionNode | InputValueDefinitionNode)[]>();

  constructor(sdl: string) {
    const document: DocumentNode = parse(sdl, { noLocation: true });
    for (const definition of document.definitions) {
      if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) this.#fields.set(definition.name.value, definition.fields ?? []);
    }
  }

  /** Lists of items of a ministry: those that can be narrowed by state and day. */
  itemLists(ministry: string): readonly string[] { return this.#rootFields("Query", ministry).filter((field) => ["states", "dueBefore"].every((name) => field.arguments?.some((argument) => argument.name.value === name) === true)).map(({ name }) => name.value); }

  /** Whether a root field is there. */
  has(root: "Query" | "Mutation" | "Subscription", name: string): boolean { return this.#fields.get(root)?.some((field) => field.name.value === name) === true; }

  /** Names of the steps of a ministry, without the ministry: `approveDesignation`. */
  steps(ministry: string): readonly string[] {
    const prefix = fieldOf(ministry);
    return this.#rootFields("Mutation", ministry).filter((field) => field.arguments?.some(({ name }) => name.value === "input") === true).map(({ name }) => lowered(name.value.slice(prefix.length))).filter((name) => name !== "importRegister");
  }

  /** @returns undefined where there is no such step for this person */
  step(ministry: string, name: string): Step | undefined {
    const mutation = `${fieldOf(ministry)}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const field = this.#rootFields("Mutation", ministry).find((candidate) => candidate.name.value === mutation);
    const input = field?.arguments?.find(({ name: argument }) => argument.value === "input");
    if (field === undefined || input === undefined) return undefined;
    const inputType = named(input.type);
    const answered = new Set((this.#fields.get(named(field.type)) ?? []).map(({ name: member }) => member.value));
    const fields = (this.#fields.get(inputType) ?? []).map(({ name: member, type, ...rest }): InputField => ({
      name: member.value, type: named(type), isList: isList(type), isNeeded: type.kind === Kind.NON_NULL_TYPE && !("defaultValue" in rest && rest.defaultValue !== undefined),
    }));
    return { mutation, inputType, fields, answers: TOLD.filter((member) => answered.has(member)) };
  }

  #rootFields(root: string, ministry: string): readonly FieldDefinitionNode[] {
    const prefix = fieldOf(ministry);
    const own = (this.#fields.get(root) ?? []) as readonly FieldDefinitionNode[];
    return own.filter(({ name: { value } }) => value.startsWith(prefix) && /^[A-Z]/.test(value.slice(prefix.length)) && !MINISTRY_NAMES.some((other) => { const longer = fieldOf(other); return longer.length > prefix.length && longer.startsWith(prefix) && value.startsWith(longer); }));
  }
}

export function lowered(name: string): string { return `${name.charAt(0).toLowerCase()}${name.slice(1)}`; }

function named(type: TypeNode): string { return type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type); }

function isList(type: TypeNode): boolean { return type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type)); }
