/**
 * Random operations over a view: aliases, named and inline fragments, conditions by literal and by variable, `__typename`, arguments by literal, variable and
 * default, lists and abstract types. Always valid for the view it was made from; the same response name never means two different fields.
 */
import {
  astFromValue, Kind, getNamedType, getNullableType, isAbstractType, isCompositeType, isEnumType, isInputObjectType, isInterfaceType, isListType, isNonNullType, isObjectType, print,
  type OperationTypeNode, type GraphQLField, type GraphQLInputType, type GraphQLInterfaceType, type GraphQLNamedType, type GraphQLObjectType, type GraphQLSchema,
} from "graphql";
import type { Random } from "./generate-random";

export interface Operation {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly usesPages: boolean;
  /** Other values for the same text. */
  readonly redraw: (random: Random, vocabulary: Vocabulary) => Readonly<Record<string, unknown>>;
}

/** Values for arguments: ids that occur in a world, visible or not, texts and their beginnings, cursors of earlier pages. */
export interface Vocabulary { readonly ids: readonly string[]; readonly prefixes: readonly string[]; readonly cursors?: readonly string[]; /** Ids that fit a field of this name. */ readonly idsFor?: (field: string) => readonly string[]; /** Root fields, by name, of which most operations are made. */ readonly isUsual?: (field: string) => boolean }

export type OperationKind = "query" | "mutation" | "subscription";

/** Of the root fields that are usual where some are. */
const USUALLY = 0.85;

type WithFields = GraphQLObjectType | GraphQLInterfaceType;

class OperationMaker {
  private readonly variables = new Map<string, { readonly type: string; readonly draw: () => unknown; readonly fallback?: string }>();
  private readonly fragments: string[] = [];
  private aliases = 0;
  private budget: number;
  usesPages = false;

  constructor(private readonly schema: GraphQLSchema, private random: Random, private vocabulary: Vocabulary, private readonly literals: number) {
    this.budget = 10 + random.int(28);
  }

  make(kind: OperationKind): Operation {
    const root = this.schema.getRootType(kind as OperationTypeNode);
    if (root === undefined || root === null) throw new Error(`the view has no ${kind} type`);
    const fields = Object.values(root.getFields());
    const { isUsual } = this.vocabulary;
    const usual = isUsual === undefined ? [] : fields.filter(({ name }) => isUsual(name));
    const selections: string[] = [];
    for (let i = kind === "subscription" ? 1 : 1 + this.random.int(3); i > 0; i -= 1) selections.push(this.root(this.random.pick(usual.length > 0 && this.random.chance(USUALLY) ? usual : fields)));
    if (kind !== "subscription" && this.random.chance(0.1)) selections.push("__typename");
    const declared = [...this.variables].map(([name, { type, fallback }]) => `$${name}: ${type}${fallback === undefined ? "" : ` = ${fallback}`}`);
    const head = `${kind} Search${declared.length === 0 ? "" : `(${declared.join(", ")})`}`;
    return {
      text: `${head} { ${selections.join(" ")} }${this.fragments.map((fragment) => ` ${fragment}`).join("")}`, variables: this.values(), usesPages: this.usesPages,
      redraw: (random, vocabulary) => {
        this.random = random;
        this.vocabulary = vocabulary;
        return this.values();
      },
    };
  }

  private values(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.variables].filter(([, { fallback }]) => fallback === undefined).map(([name, { draw }]) => [name, draw()]));
  }

  private root(field: GraphQLField<unknown, unknown>): string {
    return this.field(field, 0, true);
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number, always = false): string {
    const { random } = this;
    this.budget -= 1;
    const named = getNamedType(field.type);
    const args = this.arguments(field);
    const alias = args !== "" || random.chance(0.15) || always ? `a${(this.aliases += 1)}: ` : "";
    const condition = always || !random.chance(0.1) ? "" : ` ${this.condition()}`;
    if (!isCompositeType(named)) return `${alias}${field.name}${args}${condition}`;
    return `${alias}${field.name}${args}${condition} { ${this.selection(named, depth + 1)} }`;
  }

  private selection(type: GraphQLNamedType, depth: number): string {
    const { random } = this;
    const parts: string[] = [];
    if (random.chance(0.3)) parts.push(random.chance(0.2) ? `a${(this.aliases += 1)}: __typename` : "__typename");
    if (isObjectType(type) || isInterfaceType(type)) parts.push(...this.fieldsOf(type, depth));
    if (isAbstractType(type)) {
      for (const member of random.shuffle(this.schema.getPossibleTypes(type)).slice(0, 3)) {
        if (random.chance(0.75)) parts.push(this.fragment(member, depth));
      }
    } else if (isObjectType(type) && random.chance(0.12) && this.budget > 0) {
      parts.push(this.fragment(type, depth));
    }
    return parts.length === 0 ? "__typename" : parts.join(" ");
  }

  private fieldsOf(type: WithFields, depth: number): string[] {
    const { random } = this;
    const fields = Object.values(type.getFields());
    const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type)));
    const nested = fields.filter((field) => isCompositeType(getNamedType(field.type)));
    const chosen = random.some(random.shuffle(leaves), 0.55).slice(0, 6);
    const deep = depth > 5 || this.budget <= 0 ? [] : random.some(random.shuffle(nested), depth < 3 ? 0.7 : 0.4).slice(0, 3);
    const out = random.shuffle([...chosen, ...deep]).map((field) => this.field(field, depth));
    if (out.length > 0 && random.chance(0.1)) out.push(out[0] ?? "__typename");
    return out;
  }

  private fragment(type: GraphQLObjectType, depth: number): string {
    const inner = this.selection(type, depth + 1);
    const condition = this.random.chance(0.1) ? ` ${this.condition()}` : "";
    if (this.random.chance(0.7)) return `... on ${type.name}${condition} { ${inner} }`;
    const name = `Part${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${type.name} { ${inner} }`);
    return `...${name}${condition}`;
  }

  private condition(): string {
    const directive = this.random.pick(["skip", "include"]);
    if (this.random.chance(0.3)) return `@${directive}(if: ${this.random.chance(0.5)})`;
    return `@${directive}(if: $${this.variable("Boolean!", () => this.random.chance(0.5), () => String(this.random.chance(0.5)))})`;
  }

  /** A new variable; sometimes with a default and no value. */
  private variable(type: string, draw: () => unknown, fallback: () => string): string {
    const name = `v${this.variables.size}`;
    this.variables.set(name, this.random.chance(0.25) ? { type, draw, fallback: fallback() } : { type, draw });
    return name;
  }

  private arguments(field: GraphQLField<unknown, unknown>): string {
    if (field.args.length === 0) return "";
    // Forwards or backwards, seldom both.
    const avoided = this.random.chance(0.1) ? [] : this.random.chance(0.7) ? ["last", "before"] : ["first", "after"];
    const wanted = (name: string): boolean => !avoided.includes(name) && this.random.chance(name === "filter" ? 0.3 : 0.5);
    const given = field.args.filter((arg) => isNonNullType(arg.type) || wanted(arg.name)).map((arg) => `${arg.name}: ${this.argument(field.name, arg.name, arg.type)}`);
    if (field.args.some((arg) => arg.name === "first")) this.usesPages = true;
    return given.length === 0 ? "" : `(${given.join(", ")})`;
  }

  private argument(field: string, name: string, type: GraphQLInputType): string {
    const draw = (): unknown => (name === "id" ? this.id(field) : this.value(name, type, 0));
    const literal = (): string => print(astFromValue(draw(), type) ?? { kind: Kind.NULL });
    return this.random.chance(this.literals) ? literal() : `$${this.variable(String(type), draw, literal)}`;
  }

  private id(field: string): string {
    const { random, vocabulary } = this;
    const fitting = vocabulary.idsFor?.(field) ?? [];
    return random.chance(0.08) ? "knowhere00" : random.pick(fitting.length > 0 && random.chance(0.9) ? fitting : vocabulary.ids);
  }

  private value(name: string, type: GraphQLInputType, depth: number): unknown {
    const { random, vocabulary } = this;
    const bare = getNullableType(type);
    if (isListType(bare)) return Array.from({ length: random.int(3) }, () => this.value(name, bare.ofType, depth + 1));
    if (isEnumType(bare)) return random.pick(bare.getValues()).name;
    if (isInputObjectType(bare)) {
      const fields = Object.values(bare.getFields());
      const simple = depth > 2 ? fields.filter((field) => !isInputObjectType(getNamedType(field.type)) || !isListType(getNullableType(field.type))) : fields;
      const chosen = [...fields.filter((field) => isNonNullType(field.type)), ...random.shuffle(simple).slice(0, depth > 4 ? 0 : 1 + random.int(2))];
      return Object.fromEntries(chosen.map((field) => [field.name, this.value(field.name, field.type, depth + 1)]));
    }
    switch (String(bare)) {
      case "ID": return random.chance(0.9) ? random.pick(vocabulary.ids) : "knowhere00";
      case "Int": return /^(first|last)$/.test(name) ? random.pick([0, 1, 2, 3, 4, 30, 50]) : random.int(5);
      case "Boolean": return random.chance(0.5);
      default: break;
    }
    if (name === "after" || name === "before") {
      const cursors = vocabulary.cursors ?? [];
      if (depth > 0) return random.pick(["2026-10-31", "2027-03-31", "2029-03-31"]);
      return cursors.length > 0 && random.chance(0.9) ? random.pick(cursors) : random.chance(0.95) ? null : "nowhere";
    }
    if (name === "prefix") return `p${random.word(2)}`;
    const text = random.pick(vocabulary.prefixes);
    return random.chance(0.5) ? text : text.slice(0, 1 + random.int(text.length));
  }
}

/**
 * Makes an operation that is valid for the view.
 * @param literals how often an argument is written out instead of passed as a variable, 0 to 1
 */
export function generateOperation(random: Random, view: GraphQLSchema, vocabulary: Vocabulary, literals = 0.5, kind: OperationKind = "query"): Operation {
  return new OperationMaker(view, random, vocabulary, literals).make(kind);
}
