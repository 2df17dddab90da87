import * as fc from "fast-check";
import { isInputObjectType, isInterfaceType, isObjectType, isEnumType } from "graphql";
import { dominates, type LabelCore } from "../../../schema/label";
import { decide, loadPolicy, type Subject } from "../../../schema/policy";
import { arbitraryContext, arbitraryReadAction, arbitrarySubject } from "../../support/arbitrary";
import { ComposeError, composeSupergraph, type SubgraphSource } from "../../../schema/compose";
import { describe as describeComposition, mergeSubgraphs } from "../../../schema/compose/compose";
import { makeBundle } from "../../../schema/compose/bundle";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { viewOf } from "../../../schema/compose";
import { SUPERGRAPH_RULES } from "../../../schema/compose/rules";
import { anyLabel, labelledSubgraphs, labelling, OWNERS, PLACES } from "./arbitrary-labels";
import { generous, open } from "./harness";

const SEED = 20261101;
const policy = loadPolicy();
/** Somebody who may read something: an official who is cleared, or anybody else, in circumstances of their own. */
const asker = fc.tuple(fc.oneof(arbitrarySubject, arbitrarySubject.map((subject): Subject => ({
  ...subject, kind: "official", nation: "JPN", org: subject.org ?? "JPN.MOD", purposes: ["VETTING"],
  eligibilities: [...subject.eligibilities, { regime: "SDS", maxLevel: 4, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: ["JPN"], notifiedOn: "2026-01-01", validUntil: "2030-12-31", status: "ACTIVE", consentId: "CNS-1" }],
}))), arbitraryReadAction, arbitraryContext);
const names = ["one", "two", "three"];

/** Labels and findings, with the subgraphs called by their number whatever their names are. */
function outcome(sources: readonly SubgraphSource[], called: readonly string[]): { readonly labels: string; readonly findings: readonly string[] } {
  const read = sources.map(readSubgraph);
  const composition = describeComposition(read, readSupergraph(mergeSubgraphs(read)), generous);
  const findings = SUPERGRAPH_RULES.flatMap((rule) => rule.check(composition))
    .map(({ rule, coordinate, subgraphs }) => `${rule} ${coordinate} ${subgraphs.map((name) => String(called.indexOf(name))).sort().join()}`);
  return { labels: composition.labels.print(), findings: [...new Set(findings)].sort() };
}

describe("whatever the labels are", () => {
  test("order and names of the subgraphs change no label and no finding [B-2]", () => {
    let found = 0;
    fc.assert(fc.property(labelling, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), fc.shuffledSubarray([...names, "zeta", "alpha"], { minLength: 3 }), (labels, order, others) => {
      const wanted = outcome([open, ...labelledSubgraphs(labels, names)], names);
      const renamed = labelledSubgraphs(labels, others);
      const given = outcome([...order.flatMap((at) => renamed[at] ?? []), open], others);
      found += wanted.findings.length;
      expect(given).toEqual(wanted);
    }), { seed: SEED, numRuns: 12 });
    expect(found).toBeGreaterThan(3);
  });

  test("the whole composition refuses or accepts alike in every order [B-2]", () => {
    const whole = (sources: readonly SubgraphSource[]): string => {
      try { return composeSupergraph(sources, generous).version; } catch (error) { if (error instanceof ComposeError) return error.message; throw error; }
    };
    fc.assert(fc.property(labelling, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (labels, order) => {
      const sources = [open, ...labelledSubgraphs(labels)];
      expect(whole(order.flatMap((at) => sources[at] ?? []))).toBe(whole(sources));
    }), { seed: SEED, numRuns: 5 });
  });

  test("one label more, in whichever subgraph, never widens anybody's access [B-10]", () => {
    // Which labels there are changes neither the merged types nor what they are called, so one merge serves all.
    const bare = [open, ...labelledSubgraphs(Array.from({ length: PLACES }, () => -1))].map(readSubgraph);
    const supergraph = readSupergraph(mergeSubgraphs(bare));
    let narrowed = 0;
    let narrowedFor = 0;
    fc.assert(fc.property(labelling, fc.nat(PLACES - 1), anyLabel, fc.subarray([...OWNERS]), fc.nat(4), fc.array(asker, { minLength: 2, maxLength: 2 }), (labels, place, added, owners, level, askers) => {
      if (labels[place] !== -1) return;
      const bundleOf = (given: readonly number[]) => makeBundle(supergraph.sdl, describeComposition([open, ...labelledSubgraphs(given)].map(readSubgraph), supergraph, generous).labels, supergraph);
      const before = bundleOf(labels);
      const after = bundleOf(labels.map((label, at) => (at === place ? added : label)));
      const may = (core: LabelCore): boolean => core.level <= level && core.purposes === "ALL" && Object.keys(core.owners).every((owner) => owner === "JPN" || owners.includes(owner));
      const [seen, seenAfter] = [before, after].map((bundle) => coordinatesIn(viewOf(bundle, may)));
      for (const coordinate of seenAfter ?? []) expect(seen).toContain(coordinate);
      narrowed += (seenAfter?.length ?? 0) < (seen?.length ?? 0) ? 1 : 0;
      // By the decision itself, for people of all kinds: what somebody is permitted of any coordinate is at most what it was, and so is their view.
      for (const [subject, action, ctx] of askers) {
        const permits = (core: LabelCore): boolean => decide(policy, subject, action, core, ctx).outcome === "permit";
        const [was, is] = [before, after].map((bundle) => new Set(coordinatesIn(viewOf(bundle, permits))));
        for (const coordinate of is ?? []) if (was?.has(coordinate) !== true) throw new Error(`${coordinate} is in the view only with the label`);
        narrowedFor += (is?.size ?? 0) < (was?.size ?? 0) ? 1 : 0;
      }
      for (const type of ["Doc", "Note", "Thing", "DocPage"]) expect(dominates(after.labels.floor(type), before.labels.floor(type))).toBe(true);
    }), { seed: SEED, numRuns: 60 });
    expect(narrowed).toBeGreaterThan(5);
    expect(narrowedFor).toBeGreaterThan(5);
  }, 180_000);
});

function coordinatesIn(schema: ReturnType<typeof viewOf>): readonly string[] {
  return Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__")).flatMap((type) => [
    type.name,
    ...(isEnumType(type) ? type.getValues().map(({ name }) => `${type.name}.${name}`) : []),
    ...(isInputObjectType(type) ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`) : []),
    ...(isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()).flatMap((field) => [`${type.name}.${field.name}`, ...field.args.map(({ name }) => `${type.name}.${field.name}(${name}:)`)]) : []),
  ]);
}
