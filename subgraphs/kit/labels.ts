/**
 * The label specification as the kit's schemas apply it: `@label`, `@existence`, and a record of every application, because the tool
 * that turns classes into SDL loses some of them silently. A text in which one is lost is given to nobody (SPEC 5).
 */
import { Directive, getMetadataStorage } from "type-graphql";

export const LABEL_LINK_URL = "https://kanmon.example/label/v1.0";

/** The definitions of schema/directives.graphql; a test compares the two texts. */
export const LABEL_SDL = `
"""Static floor of whatever is returned at, or passed through, this coordinate. level: PUBLIC, CUI, CONFIDENTIAL, SECRET, TOP_SECRET."""
directive @label(level: String! = "PUBLIC", regimes: [String!]! = [], owner: String, rel: [String!], dist: [String!], purposes: [String!]) repeatable on OBJECT | FIELD_DEFINITION | INTERFACE | UNION | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION | SCALAR

"""The field carries the existence label of its object instead of the record's label: ministry, contact. Key fields carry it without being told."""
directive @existence on FIELD_DEFINITION
`;

/** Arguments of one `@label`; lists are printed sorted, so that equal floors are equal texts. */
export interface Floor {
  readonly level?: "PUBLIC" | "CUI" | "CONFIDENTIAL" | "SECRET" | "TOP_SECRET";
  readonly regimes?: readonly string[];
  readonly owner?: string;
  readonly rel?: readonly string[];
  readonly dist?: readonly string[];
  readonly purposes?: readonly string[];
}

interface Application { readonly target: object; readonly member: string | undefined; readonly text: string }
const applications: Application[] = [];

type Decorator = ClassDecorator & PropertyDecorator & MethodDecorator;

/** `@Label({ level: "CUI", owner: "JPN", rel: ["JPN"] })` on a class, field, query or mutation. */
export function Label(floor: Floor): Decorator {
  const quote = (value: string | readonly string[]): string => typeof value === "string" ? JSON.stringify(value) : `[${[...value].sort().map(quote).join(", ")}]`;
  const given = Object.entries(floor).map(([name, value]: [string, string | readonly string[]]) => `${name}: ${quote(value)}`);
  return recorded(`@label(${given.join(", ")})`);
}

/** The field carries the existence label of its object. */
export function Existence(): Decorator {
  return recorded("@existence");
}

function recorded(text: string): Decorator {
  const apply: (target: object, member?: string | symbol, descriptor?: unknown) => void = Directive(text);
  return (target: object, member?: string | symbol, descriptor?: unknown): void => {
    applications.push({ target: member === undefined ? target : target.constructor, member: member?.toString(), text });
    apply(target, member, descriptor);
  };
}

/**
 * Every application made to one of the given classes, as `coordinate text`.
 * @param classes classes that make up one schema; root resolvers count as `Query` and `Mutation`.
 */
export function expectedApplications(classes: ReadonlySet<object>): readonly { readonly coordinate: string; readonly text: string }[] {
  const storage = getMetadataStorage();
  const typeName = new Map<object, string>([...storage.objectTypes, ...storage.interfaceTypes, ...storage.inputTypes].map((type) => [type.target, type.name]));
  const fieldName = (target: object, member: string): string =>
    storage.fields.find((field) => field.target === target && field.name === member)?.schemaName ?? member;
  const rootOf = (target: object, member: string): string | undefined => {
    const query = storage.queries.find((handler) => handler.target === target && handler.methodName === member);
    if (query) return `Query.${query.schemaName}`;
    const subscription = storage.subscriptions.find((handler) => handler.target === target && handler.methodName === member);
    if (subscription) return `Subscription.${subscription.schemaName}`;
    const mutation = storage.mutations.find((handler) => handler.target === target && handler.methodName === member);
    return mutation && `Mutation.${mutation.schemaName}`;
  };
  return applications.filter((application) => classes.has(application.target)).map(({ target, member, text }) => {
    const name = typeName.get(target);
    if (member === undefined) return { coordinate: name ?? "?", text };
    return { coordinate: name === undefined ? rootOf(target, member) ?? `?.${member}` : `${name}.${fieldName(target, member)}`, text };
  });
}
