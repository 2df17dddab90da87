/**
 * Random operations over a view: aliases, named and inline fragments, conditions by literal and by variable, `__typename`, arguments by literal, variable and
 * default, lists and abstract types. Always valid for the view it was made from; the same response name never means two different fields.
 */
import {
  getNamedType, isAbstractType, isCompositeType, isEnumType, isInterfaceType, isObjectType, type GraphQLArgument, type GraphQLField, type GraphQLInterfaceType,
  type GraphQLNamedType, type GraphQLObjectType, type GraphQLSchema,
} from "graphql";
import type { Random } from "./generate-random";

export interface Operation { readonly text: string; readonly variables: Readonly<Record<string, unknown>>; readonly usesPages: boolean }

/** Values for arguments: ids that occur in a world, visible or not, and prefixes of texts. */
export interface Vocabulary { readonly ids: readonly string[]; readonly prefixes: readonly string[] }

type WithFields = GraphQLObjectType | GraphQLInterfaceType;

class OperationMaker {
  private readonly variables = new Map<string, { readonly type: string; readonly value: unknown; readonly fallback?: string }>();
  private readonly fragments: string[] = [];
  private aliases = 0;
  private budget: number;
  usesPages = false;

  constructor(private readonly schema: GraphQLSchema, private readonly random: Random, private readonly vocabulary: Vocabulary) {
    this.budget = 10 + random.int(28);
  }

  make(): Operation {
    const query = this.schema.getQueryType();
    if (query === undefined || query === null) throw new Error("the view has no query type");
    const fields = Object.values(query.getFields());
    const selections: string[] = [];
    for (let i = 1 + this.random.int(3); i > 0; i -= 1) selections.push(this.root(this.random.pick(fields)));
    if (this.random.chance(0.1)) selections.push("__typename");
    const declared = [...this.variables].map(([name, { type, fallback }]) => `$${name}: ${type}${fallback === undefined ? "" : ` = ${fallback}`}`);
    const head = `query Search${declared.length === 0 ? "" : `(${declared.join(", ")})`}`;
    const values = Object.fromEntries([...this.variables].filter(([, v]) => v.value !== undefined).map(([name, v]) => [name, v.value]));
    return { text: `${head} { ${selections.join(" ")} }${this.fragments.map((fragment) => ` ${fragment}`).join("")}`, variables: values, usesPages: this.usesPages };
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
    return `@${directive}(if: $${this.variable("Boolean!", this.random.chance(0.5), () => String(this.random.chance(0.5)))})`;
  }

  /** A new variable; sometimes with a default and no value. */
  private variable(type: string, value: unknown, fallback: () => string): string {
    const name = `v${this.variables.size}`;
    const byDefault = this.random.chance(0.25);
    this.variables.set(name, byDefault ? { type, value: undefined, fallback: fallback() } : { type, value });
    return name;
  }

  private arguments(field: GraphQLField<unknown, unknown>): string {
    if (field.args.length === 0) return "";
    const given = field.args.filter((arg) => String(arg.type).endsWith("!") || this.random.chance(0.5)).map((arg) => `${arg.name}: ${this.argument(arg)}`);
    if (field.args.some((arg) => arg.name === "startsWith")) this.usesPages = true;
    return given.length === 0 ? "" : `(${given.join(", ")})`;
  }

  private argument(arg: GraphQLArgument): string {
    const value = this.value(arg);
    const literal = isEnumType(getNamedType(arg.type)) ? String(value) : JSON.stringify(value);
    if (this.random.chance(0.5)) return literal;
    return `$${this.variable(String(arg.type), value, () => literal)}`;
  }

  private value(arg: GraphQLArgument): unknown {
    const { random, vocabulary } = this;
    switch (String(getNamedType(arg.type))) {
      case "ID": return random.chance(0.9) ? random.pick(vocabulary.ids) : "knowhere00";
      case "Int": return random.int(4);
      case "Boolean": return random.chance(0.5);
      default: return arg.name === "startsWith" ? random.pick(vocabulary.prefixes) : `p${random.word(2)}`;
    }
  }
}

/** Makes an operation that is valid for the view. */
export function generateOperation(random: Random, view: GraphQLSchema, vocabulary: Vocabulary): Operation {
  return new OperationMaker(view, random, vocabulary).make();
}
