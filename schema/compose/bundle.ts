/**
 * The bundle: a supergraph and the static labels of all its coordinates, with one version over both (SPEC 5). It is what a gateway loads.
 * Gives: `bundleOf` (from the two files), `bareBundle` (a foreign supergraph without labels). Refuses labels that do not fit the supergraph.
 */
import { createHash } from "node:crypto";
import { type GraphQLSchema, isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { type LabelCore, canonical, canonicalJson } from "../label";
import { CoordinateLabels, type LabelTable } from "./coordinate-labels";
import { NOTHING_STATED, computeLabels } from "./effective";
import { ComposeError, findingOf } from "./finding";
import { LABEL_FIELD, findLink } from "./specification";
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
 * @throws ComposeError when the table misses a coordinate of the supergraph, has one too many, or is not a table of labels.
 */
export function bundleOf(supergraphSdl: string, labelsJson: unknown): Bundle {
  const read = readSupergraph(supergraphSdl);
  const labels = new CoordinateLabels(parseTable(labelsJson));
  const wanted = coordinatesOf(computeLabels(read.schema, read.typeNames, NOTHING_STATED).toJSON());
  const given = coordinatesOf(labels.toJSON());
  const findings = [
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

/** Believes nothing: every index is in range, every core is in normal form, everything else has the shape of a table. */
function parseTable(json: unknown): LabelTable {
  const refuse = (what: string): never => { throw new ComposeError([findingOf("bundle", "schema", [], `the labels of the bundle are unreadable: ${what}`)]); };
  if (!isRecord(json) || !Array.isArray(json["distinct"]) || !isRecord(json["types"])) return refuse("not a table");
  const distinct = (json["distinct"] as readonly LabelCore[]).map((core, index) => {
    let normal: LabelCore | undefined;
    try { normal = canonical(core); } catch { return refuse(`label ${index}`); }
    return canonicalJson(normal) === canonicalJson(core) ? normal : refuse(`label ${index}`);
  });
  const checkIndex = (index: unknown, at: string): void => { if (typeof index !== "number" || distinct[index] === undefined) refuse(at); };
  const checkIndexes = (record: unknown, at: string): void => {
    if (record === undefined) return;
    if (!isRecord(record)) return refuse(at);
    for (const [name, index] of Object.entries(record)) checkIndex(index, `${at}.${name}`);
  };
  const checkNames = (list: unknown, at: string): void => { if (list !== undefined && !(Array.isArray(list) && list.every((name) => typeof name === "string"))) refuse(at); };
  for (const [name, entry] of Object.entries(json["types"])) {
    if (!isRecord(entry)) return refuse(name);
    checkIndex(entry["floor"], name);
    checkIndexes(entry["inputFields"], name);
    checkIndexes(entry["values"], name);
    checkNames(entry["existence"], name);
    checkNames(entry["labelledIn"], name);
    if (entry["fields"] !== undefined && !isRecord(entry["fields"])) return refuse(name);
    for (const [field, value] of Object.entries(entry["fields"] ?? {})) {
      if (!isRecord(value)) return refuse(`${name}.${field}`);
      checkIndex(value["floor"], `${name}.${field}`);
      checkIndexes(value["arguments"], `${name}.${field}`);
    }
  }
  return { distinct, types: json["types"] as LabelTable["types"] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
