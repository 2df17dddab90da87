/** Whoever reads our documents by the standard alone permits at most what a decision would. */
import fc from "fast-check";
import { REFUSALS, exportLabel, TAGS, tagUri, OWN_POLICY, NAMESPACE, partnerPolicy, type TagName } from "../../../schema/exchange";
import { isUnder, type Label } from "../../../schema/label";
import { decide, maxLevel, type Subject } from "../../../schema/policy";
import { arbitraryLevel, arbitraryMildCore, arbitrarySubject, NOW, ORGS, PURPOSES, REGIMES, TOKENS } from "../../support/arbitrary";
import { policy } from "../../support/demo-data";
import { specSection, specTable } from "../../support/spec-tables";
import { CREATED, hasReleaseLists, REVIEW, toLabel } from "./arbitrary-label";
import { mayRead } from "./reader-of-4774";

const NAMES = ["PUBLIC", "CUI", "CONFIDENTIAL", "SECRET", "TOP SECRET"] as const;

/** What the subject holds, asked one by one of the decision's own clauses, over labels that need only that. */
function holderOf(subject: Subject, purpose: string | undefined): Parameters<typeof mayRead>[1] {
  const permits = (parts: Partial<Label>): boolean => {
    const open = toLabel({ policy: "JPN-GOV-DEMO", level: 0, regimes: [], need: [], owners: {}, purposes: "ALL", handling: [], ...parts }, null);
    return decide(policy, subject, "RETRIEVE", open, { now: NOW, zoneLevel: 4, ...(purpose === undefined ? {} : { purpose }) }).outcome === "permit";
  };
  const org = subject.org ?? subject.hostOrg ?? "";
  const most = maxLevel(policy, subject, NOW);
  return {
    policies: [OWN_POLICY.name], classifications: NAMES.filter((_, level) => level <= most),
    holds: {
      "Regime": REGIMES.filter((regime) => permits({ regimes: [regime] })), "Need To Know": TOKENS.filter((token) => permits({ need: [token] })),
      "Originator Control": ["JPN.MOD", "USA"], "Releasable To": [subject.nation], "Display To": [subject.nation], "Distribution": ORGS.filter((node) => isUnder(org, node)),
      "Purpose": PURPOSES.filter((code) => permits({ purposes: [code] })),
    },
  };
}

test("a reader of the standard permits a Japanese reader exactly what the decision permits", () => {
  const seen = { permitted: 0, denied: 0 };
  fc.assert(fc.property(arbitraryMildCore, arbitrarySubject, arbitraryLevel, fc.constantFrom("ANALYSIS", undefined), (core, subject, level, purpose) => {
    fc.pre(subject.nation === "JPN");
    const label = toLabel({ ...core, level: Math.min(core.level, level) as typeof level }, null);
    fc.pre(hasReleaseLists(label));
    const [text = ""] = exportLabel(policy, label, { createdAt: CREATED, reviewAt: REVIEW });
    const decided = decide(policy, subject, "RETRIEVE", label, { now: NOW, zoneLevel: 4, ...(purpose === undefined ? {} : { purpose }) }).outcome === "permit";
    expect(mayRead(text, holderOf(subject, purpose))).toBe(decided);
    seen[decided ? "permitted" : "denied"] += 1;
  }), { numRuns: 800 });
  expect(Math.min(seen.permitted, seen.denied)).toBeGreaterThan(30);
});

test("a reader who holds nothing but the nation is never permitted what is released to nobody, or restricted in any way", () => {
  const bare = { policies: [OWN_POLICY.name], classifications: NAMES, holds: { "Releasable To": ["JPN", "USA", "AUS"], "Display To": ["JPN", "USA", "AUS"] } };
  let refused = 0;
  fc.assert(fc.property(arbitraryMildCore, (core) => {
    fc.pre(hasReleaseLists(core));
    const owners = Object.values(core.owners);
    const restricted = core.regimes.length + core.need.length > 0 || core.purposes !== "ALL" || owners.some(({ orcon, dist }) => orcon || dist !== "ALL");
    const [text = ""] = exportLabel(policy, toLabel(core, null), { createdAt: CREATED, reviewAt: REVIEW });
    if (restricted) { expect(mayRead(text, bare)).toBe(false); refused += 1; }
    const nobody = Object.fromEntries(Object.entries(core.owners).map(([owner, terms]) => [owner, { ...terms, rel: [], disp: terms.disp }]));
    if (owners.length > 0) expect(mayRead(exportLabel(policy, toLabel({ ...core, owners: nobody }, null), { createdAt: CREATED, reviewAt: REVIEW })[0] ?? "", bare)).toBe(false);
  }), { numRuns: 150 });
  expect(refused).toBeGreaterThan(20);
});

describe("SPEC 16", () => {
  test("lists the tag sets as they are", () => {
    const rows = specTable("## 16", "tag set", "type", "number");
    expect(rows.map(([name, type, number]) => [name, type, Number(number)])).toEqual(Object.entries(TAGS).map(([name, { type, arc }]) => [name, type, arc]));
  });
  test("lists every code of a refusal and no other", () => {
    const rows = specTable("## 16", "code", "when");
    expect(rows.flatMap(([codes = ""]) => codes.split(", ")).sort()).toEqual([...REFUSALS].sort());
  });
  test("names the namespace, the policy and its identifier", () => {
    for (const name of [NAMESPACE, OWN_POLICY.name, OWN_POLICY.uri, partnerPolicy("USA").name]) expect(specSection("## 16")).toContain(`\`${name}\``);
  });
  test("gives no two tag sets and no two policies one identifier", () => {
    const owners = ["USA", "USAA", "JPN.MOD", "JPN", "FGI"];
    const names = Object.keys(TAGS) as readonly TagName[];
    const uris = [...names.flatMap((name) => [tagUri(name), ...owners.map((owner) => tagUri(name, owner))]), OWN_POLICY.uri, ...policy.agreements.all.map(({ nation }) => partnerPolicy(nation).uri)];
    expect(new Set(uris).size).toBe(uris.length);
    for (const uri of uris) expect(uri).toMatch(/^urn:oid:2\.25(\.\d+)+$/);
  });
});
