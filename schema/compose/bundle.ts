/**
 * The bundle: a supergraph and the static labels of all its coordinates, with one version over both (SPEC 5). It is what a gateway loads.
 * Gives: `bundleOf` (from the two files), `bareBundle` (a foreign supergraph without labels). Refuses labels that do not fit the supergraph.
 */
import { createHash } from "node:crypto";
import { type GraphQLSchema, isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { canonicalJson } from "../label";
import { CoordinateLabels, type LabelTable } from "./coordinate-labels";
import { NOTHING_STATED, computeLabels } from "./effective";
import { ComposeError, findingOf } from "./finding";
import { parseTable } from "./parse-table";
import { LABEL_FIELD, SPECIFICATION_URL, findLink } from "./specification";
import { type ReadSupergraph, readSupergraph } from "./supergraph";

export interface Bundle {
  readonly supergraphSdl: string;
  readonly labels: CoordinateLabels;
  /** `B-` and a hash over the supergraph and its labels; names this bundle in evidence and in cache keys. */
  readonly version: string;
}

const reads = new WeakMap<Bundle, ReadSupergraph>();

/** Puts the parts together; `read` is kept beside the bundle so that nothing is parsed twice. */
export function makeBundle(supergraphSdl: string, labels: CoordinateLabels, read: ReadSupergraph): Bundle {
  const hash = createHash("sha256").update(canonicalJson([supergraphSdl, labels.toJSON()])).digest("base64url");
  const bundle: Bundle = Object.freeze({ supergraphSdl, labels, version: `B-${hash}` });
  reads.set(bundle, read);
  return bundle;
}

/** The bundle's supergraph as read; parsed at most once per bundle. */
export function readOf(bundle: Bundle): ReadSupergraph {
  const known = reads.get(bundle);
  if (known !== undefined) return known;
  const read = readSupergraph(bundle.supergraphSdl);
  reads.set(bundle, read);
  return read;
}

/** The schema that a subject permitted everything would see. */
export function apiSchemaOf(bundle: Bundle): GraphQLSchema {
  return readOf(bundle).api();
}

/**
 * A bundle from its two files: the supergraph SDL and the parsed label table (`CoordinateLabels.print()`).
 * @param isValidated that this very supergraph was validated before, by these versions of Apollo's packages; whether the table fits it is looked at all the same
 * @throws ComposeError when the table misses a coordinate of the supergraph, has one too many, or is not a table of labels, or when another version of labels is linked.
 */
export function bundleOf(supergraphSdl: string, labelsJson: unknown, isValidated = false): Bundle {
  const read = readSupergraph(supergraphSdl, isValidated);
  const labels = new CoordinateLabels(parseTable(labelsJson));
  const wanted = coordinatesOf(computeLabels(read.schema, read.typeNames, NOTHING_STATED).toJSON());
  const given = coordinatesOf(labels.toJSON());
  const linked = findLink(read.federated)?.url.toString() ?? SPECIFICATION_URL;
  const findings = [
    ...(linked === SPECIFICATION_URL ? [] : [findingOf("bundle", "schema", [], `links version ${linked.slice(linked.lastIndexOf("/") + 1)} of the label specification, which may mean something else by the same words`)]),
    ...[...wanted].filter((coordinate) => !given.has(coordinate)).map((coordinate) => findingOf("bundle", coordinate, [], "has no label in the bundle")),
    ...read.typeNames.filter((name) => labels.knows(name) && labels.isLabelled(name) !== wanted.has(`${name}.${LABEL_FIELD}`))
      .map((name) => findingOf("bundle", name, [], "the bundle and the supergraph disagree on whether its objects are labelled")),
    ...[...given].filter((coordinate) => !wanted.has(coordinate)).map((coordinate) => findingOf("bundle", coordinate, [], "is labelled in the bundle but not in the supergraph")),
  ];
  if (findings.length > 0) throw new ComposeError(findings);
  return makeBundle(supergraphSdl, labels, read);
}

/**
 * A bundle for a supergraph of others: every coordinate PUBLIC, no object labelled.
 * @throws ComposeError when anything in it looks like Kanmon's labels, because this bundle would ignore them.
 */
export function bareBundle(supergraphSdl: string): Bundle {
  const read = readSupergraph(supergraphSdl);
  const findings = read.typeNames.flatMap((name) => {
    const type = read.schema.getType(name);
    return (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) && Object.hasOwn(type.getFields(), LABEL_FIELD)
      ? [findingOf("bare", `${name}.${LABEL_FIELD}`, [], "a supergraph that is served without labels may not have label fields")] : [];
  });
  if (findLink(read.federated) !== undefined) {
    findings.push(findingOf("bare", "schema", [], "a supergraph that is served without labels may not link the label specification"));
  }
  if (findings.length > 0) throw new ComposeError(findings);
  return makeBundle(supergraphSdl, computeLabels(read.schema, read.typeNames, NOTHING_STATED), read);
}

function coordinatesOf(table: LabelTable): ReadonlySet<string> {
  return new Set(Object.entries(table.types).flatMap(([type, entry]) => [
    type,
    ...Object.keys(entry.inputFields ?? {}).map((name) => `${type}.${name}`),
    ...Object.keys(entry.values ?? {}).map((name) => `${type}.${name}`),
    ...Object.entries(entry.fields ?? {}).flatMap(([field, value]) => [
      `${type}.${field}`, ...Object.keys(value.arguments ?? {}).map((name) => `${type}.${field}(${name}:)`),
    ]),
  ]));
}
