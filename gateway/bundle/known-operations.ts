/**
 * The list of known operations (SPEC 19): documents by the SHA-256 of their printed text. Takes texts as they were signed; gives the list, and judges it against a schema. Refuses a text that is not
 * printed as graphql-js prints it, one that holds more or less than one operation with a name of its own, and what does not fit the schema.
 */
import { hash } from "node:crypto";
import { type DocumentNode, type GraphQLSchema, Kind, parse, print, validate } from "graphql";
import { BundleError } from "./refusal";

export interface KnownOperation {
  /** Of the operation; a document has one. */
  readonly name: string;
  /** SHA-256 of the text, in hexadecimal digits. */
  readonly hash: string;
  /** As graphql-js prints it: without comments, spaces as they always are. */
  readonly text: string;
}

/** Operations by hash and by text. Whatever is not in it is unknown. */
export class KnownOperations {
  readonly #byHash = new Map<string, KnownOperation>();
  readonly #byText = new Map<string, KnownOperation>();
  /** Hash over all of them: names the list. */
  readonly digest: string;

  /** @throws BundleError `operations` */
  constructor(readonly texts: readonly string[]) {
    const names = new Set<string>();
    for (const text of texts) {
      const { name, printed } = readOperation(text);
      if (printed !== text) throw new BundleError("operations", `${name} is not written as it is printed`);
      if (names.has(name)) throw new BundleError("operations", `there are two operations ${name}`);
      names.add(name);
      const known = { name, hash: hashOf(text), text };
      this.#byHash.set(known.hash, known);
      this.#byText.set(text, known);
    }
    this.digest = hashOf(JSON.stringify([...this.#byHash.keys()].sort()));
  }

  get all(): readonly KnownOperation[] { return [...this.#byHash.values()]; }

  withHash(wanted: string): KnownOperation | undefined { return this.#byHash.get(wanted); }

  /**
   * The operation that a text is, whatever its spaces, commas and comments; nothing else may differ.
   * @param tokens beyond which a text is none
   */
  withText(text: string, tokens: number): KnownOperation | undefined {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    try { return this.#byText.get(print(parse(text, { noLocation: true, maxTokens: tokens }))); } catch { return undefined; }
  }
}

/** The list of a gateway on which nobody depends, and of a bundle without one. */
export const NO_OPERATIONS = new KnownOperations([]);

/** A document as it stands in a bundle. @throws BundleError `operations` for what is no document of one named operation */
export function printOperation(text: string): string { return readOperation(text).printed; }

/** Looks whether each fits the whole schema: what some may not know of is refused to them when they ask. @throws BundleError `operations` */
export function judgeOperations({ texts }: KnownOperations, schema: GraphQLSchema): void {
  for (const text of texts) {
    const [first] = validate(schema, parse(text), undefined, { maxErrors: 1 });
    if (first !== undefined) throw new BundleError("operations", `${readOperation(text).name}: ${first.message}`);
  }
}

/** What bundle and list are called together: records say by which of both something was decided. */
export function versionWith(version: string, { texts, digest }: KnownOperations): string {
  return texts.length === 0 ? version : `B-${hash("sha256", `${version}\n${digest}`, "base64url")}`;
}

function readOperation(text: string): { readonly name: string; readonly printed: string } {
  let document: DocumentNode;
  try { document = parse(text, { noLocation: true }); } catch { throw new BundleError("operations", "a document is not GraphQL"); }
  const operations = document.definitions.flatMap((each) => (each.kind === Kind.OPERATION_DEFINITION ? [each] : []));
  const [operation] = operations;
  if (operation?.name === undefined || operations.length > 1) throw new BundleError("operations", "a document does not hold exactly one operation with a name");
  if (document.definitions.some(({ kind }) => kind !== Kind.OPERATION_DEFINITION && kind !== Kind.FRAGMENT_DEFINITION)) throw new BundleError("operations", `${operation.name.value} defines more than operations and fragments`);
  return { name: operation.name.value, printed: print(document) };
}

function hashOf(text: string): string { return hash("sha256", text, "hex"); }
