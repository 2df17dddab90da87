/**
 * What composition is willing to read at all (SPEC 5.16). A schema is written by somebody else: before anything is parsed its size, its nesting and the number
 * of its labels are bounded, so that a huge or malicious one costs a finding and not the machine. The bounds are far above any real ministry.
 */
import {
  type DefinitionNode, type DirectiveNode, type DocumentNode, type EnumValueDefinitionNode, type FieldDefinitionNode, type InputValueDefinitionNode, type NamedTypeNode, GraphQLError, Kind, parse, Source, visit,
} from "graphql";
import { type Finding, findingOf } from "./finding";

const NAME = "input-limits";
const SUBGRAPHS = 256;
const BYTES = 4 * 2 ** 20;
const ALL_BYTES = 32 * 2 ** 20;
const TOKENS = 100_000;
const DEPTH = 32;
/** Definitions of all subgraphs together. */
const DEFINITIONS = 10_000;
/** Sum over all types of the square of their members: composition looks for each field of a type among all of them. */
const PAIRS = 10_000_000;
/** Sum over all types of their keys times the subgraphs that have the type: composition looks for a way from each to each by every key. */
const WAYS = 40_000;
/** Words in the field sets of one subgraph: they are texts, and no token of theirs is counted by the parser. */
const FIELD_SET_WORDS = 20_000;
/** Labels and other directives on one element, one application each. */
const PER_ELEMENT = 64;
/** Fields, values or interfaces that one type has in one subgraph. */
const PER_TYPE = 2_000;
const INTERFACES = 64;

export interface Sized { readonly name: string; readonly sdl: string }

/** What is too much before parsing: how many subgraphs, how long, how deep, two of one name. Nothing is parsed while this says anything. */
export function refuseSize(sources: readonly Sized[]): readonly Finding[] {
  if (sources.length > SUBGRAPHS) return [findingOf(NAME, "schema", [], `${sources.length} subgraphs; at most ${SUBGRAPHS} are composed`)];
  const names = sources.map(({ name }) => name);
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
  const bytes = sources.map(({ sdl }) => Buffer.byteLength(sdl));
  const all = bytes.reduce((sum, each) => sum + each, 0);
  return [
    ...twice.map((name) => findingOf(NAME, "schema", [name], "is the name of more than one subgraph")),
    ...(all > ALL_BYTES ? [findingOf(NAME, "schema", names, `${all} bytes together; at most ${ALL_BYTES} are read`)] : []),
    ...sources.flatMap(({ name, sdl }, at) => ((bytes[at] ?? 0) > BYTES ? [findingOf(NAME, "schema", [name], `${bytes[at]} bytes; at most ${BYTES} are read`)]
      : depthOf(sdl) > DEPTH ? [findingOf(NAME, "schema", [name], `nested more than ${DEPTH} deep`)] : [])),
  ];
}

/**
 * Parses one subgraph within the limits.
 * @throws GraphQLError when it is not SDL, has too many tokens, or too many directives or members at one place.
 */
export function parseSubgraph({ name, sdl }: Sized): DocumentNode {
  const document = parse(new Source(sdl, name), { maxTokens: TOKENS });
  for (const definition of document.definitions) refuseCrowd(definition);
  const words = fieldSetsIn(document).reduce((sum, text) => sum + (text.match(/\w+/g)?.length ?? 0), 0);
  if (words > FIELD_SET_WORDS) throw new GraphQLError(`the field sets have ${words} words; at most ${FIELD_SET_WORDS} are composed`);
  return document;
}

/** Texts of the arguments of directives that are called as field sets are, whatever the directives are called here. */
function fieldSetsIn(document: DocumentNode): readonly string[] {
  const texts: string[] = [];
  visit(document, { Directive: (node) => { texts.push(...fieldSetsOf(node)); } });
  return texts;
}

function fieldSetsOf({ arguments: args }: DirectiveNode): readonly string[] {
  return (args ?? []).flatMap(({ name, value }) => (value.kind === Kind.STRING && (name.value === "fields" || name.value === "field") ? [value.value] : []));
}

/** What would be too much to compose, of parsed subgraphs: it would be found out only after minutes. */
export function refuseWork(parsed: readonly { readonly name: string; readonly document: DocumentNode }[]): readonly Finding[] {
  const members = new Map<string, number>();
  const reached = new Map<string, { keys: number; readonly subgraphs: Set<string> }>();
  let definitions = 0;
  for (const { name, document } of parsed) {
    definitions += document.definitions.length;
    for (const definition of document.definitions) {
      const [at, count] = [nameOf(definition), membersOf(definition)?.length ?? 0];
      members.set(at, (members.get(at) ?? 0) + count);
      const ways = reached.get(at) ?? { keys: 0, subgraphs: new Set() };
      ways.keys += ("directives" in definition ? definition.directives ?? [] : []).filter((directive) => fieldSetsOf(directive).length > 0).length;
      ways.subgraphs.add(name);
      reached.set(at, ways);
    }
  }
  const pairs = [...members.values()].reduce((sum, count) => sum + count * count, 0);
  const [largest = "schema"] = [...members].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0] ?? [];
  const ways = [...reached.values()].reduce((sum, { keys, subgraphs }) => sum + keys * subgraphs.size, 0);
  const names = parsed.map(({ name }) => name);
  return [
    ...(ways > WAYS ? [findingOf(NAME, "schema", names, `${ways} ways from one subgraph to another by keys; at most ${WAYS} are looked at`)] : []),
    ...(definitions > DEFINITIONS ? [findingOf(NAME, "schema", names, `${definitions} definitions together; at most ${DEFINITIONS} are composed`)] : []),
    ...(pairs > PAIRS ? [findingOf(NAME, largest, names, `the types have too many members to compose, above all ${largest} with ${members.get(largest) ?? 0}`)] : []),
  ];
}

function nameOf(definition: DefinitionNode): string {
  return "name" in definition && definition.name !== undefined ? definition.name.value : "schema";
}

function membersOf(definition: DefinitionNode): readonly (FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode | NamedTypeNode)[] | undefined {
  return "fields" in definition ? definition.fields : "values" in definition ? definition.values : "types" in definition ? definition.types : undefined;
}

function refuseCrowd(definition: DefinitionNode): void {
  const at = nameOf(definition);
  const check = (node: { readonly directives?: readonly unknown[] | undefined }, coordinate: string): void => {
    if ((node.directives?.length ?? 0) > PER_ELEMENT) throw new GraphQLError(`${coordinate} has more than ${PER_ELEMENT} directives`);
  };
  check(definition, at);
  const members = membersOf(definition);
  if ("interfaces" in definition && (definition.interfaces?.length ?? 0) > INTERFACES) throw new GraphQLError(`${at} has more than ${INTERFACES} interfaces`);
  if ((members?.length ?? 0) > PER_TYPE) throw new GraphQLError(`${at} has more than ${PER_TYPE} members`);
  for (const member of members ?? []) {
    if (member.kind === "NamedType") continue;
    const coordinate = `${at}.${member.name.value}`;
    check(member, coordinate);
    if (!("arguments" in member)) continue;
    if ((member.arguments?.length ?? 0) > PER_TYPE) throw new GraphQLError(`${coordinate} has more than ${PER_TYPE} arguments`);
    for (const argument of member.arguments ?? []) check(argument, `${coordinate}(${argument.name.value}:)`);
  }
}

/** How deep brackets nest in the SDL or inside one of its texts, because field sets are texts; stops counting soon above the limit. */
export function depthOf(sdl: string): number {
  let deepest = 0;
  const count = (part: string, from: number): number => {
    let depth = from;
    for (let at = 0; at < part.length && deepest <= DEPTH; at += 1) {
      const character = part.charCodeAt(at);
      if (character === 0x7b || character === 0x5b || character === 0x28) deepest = Math.max(deepest, ++depth);
      else if (character === 0x7d || character === 0x5d || character === 0x29) depth = Math.max(0, depth - 1);
    }
    return depth;
  };
  let outside = 0;
  for (const [part] of sdl.matchAll(/"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|[^"#]+|"/g)) {
    if (part.startsWith("#")) continue;
    if (part.startsWith("\"")) count(part, 0);
    else outside = count(part, outside);
  }
  return deepest;
}
