/**
 * The label specification as subgraphs link it (SPEC 5.1): its URL, its one known version, its directives.
 * Everything here is recognised by the linked URL, never by the name a subgraph gave to a directive.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CoreFeature, Directive, DirectiveDefinition, Schema } from "@apollo/federation-internals";

export const SPECIFICATION_IDENTITY = "https://kanmon.example/label";
export const SPECIFICATION_URL = `${SPECIFICATION_IDENTITY}/v1.0`;
/** Name of the field by which an object says which entry of `extensions.labels` is its own. */
export const LABEL_FIELD = "_label";

export const SPECIFICATION_DIRECTIVES = ["label", "existence", "role"] as const;
export type SpecificationDirective = (typeof SPECIFICATION_DIRECTIVES)[number];

/** The link of a schema to the label specification, whatever its version; undefined when there is none. */
export function findLink(schema: Schema): CoreFeature | undefined {
  return schema.coreFeatures?.getByIdentity(SPECIFICATION_IDENTITY);
}

/** Which directive of the specification this is in that schema, or undefined for any other directive. */
export function identify(schema: Schema, element: DirectiveDefinition | Directive): SpecificationDirective | undefined {
  const source = schema.coreFeatures?.sourceFeature(element);
  if (source?.feature.url.identity !== SPECIFICATION_IDENTITY) return undefined;
  return SPECIFICATION_DIRECTIVES.find((name) => name === source.nameInFeature);
}

/** Text of a file of `schema/`. The compiled tree lies one folder deeper than the sources and carries no SDL. */
export function readSchemaFile(name: string): string {
  const candidates = [join(__dirname, "..", name), join(__dirname, "..", "..", "..", "schema", name)];
  for (const path of candidates) {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new Error(`schema/${name} is missing`);
}
