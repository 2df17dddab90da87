/** What a change of the policy is called, and that a change that is called narrowing permits nobody anything more. */
import fc from "fast-check";
import { decide, differencesOf, type Difference, kindOf, loadPolicy, meetPolicies, type Policy } from "../../../schema/policy";
import { arbitraryPolicies, arbitraryQuestion, arbitraryStep, changed, type Draft, pointedQuestions } from "./arbitrary-policy";

const own = loadPolicy();
const SEED = 20261101;
const QUESTIONS = [...pointedQuestions(), ...fc.sample(arbitraryQuestion, { seed: SEED, numRuns: 200 })];
const BODIES = own.members.all.map(({ org }) => org);

/** Whatever a policy permits, one text each: questions that are answered, who keeps whom, who designates, where a client is, which purposes there are. */
function permittedBy(policy: Policy): ReadonlySet<string> {
  const answered = QUESTIONS.flatMap(([subject, action, core, ctx], at) => (decide(policy, subject, action, core, ctx).outcome === "permit" ? [`question ${at}`] : []));
  const bodies = BODIES.flatMap((org) => [
    ...(policy.members.isKnownOrg(org) ? [`known ${org}`] : []), ...(policy.members.keeperOf(org) === undefined ? [] : [`${policy.members.keeperOf(org)} keeps ${org}`]),
    ...(["SDS", "CESI"] as const).filter((regime) => policy.members.mayDesignate(org, regime)).map((regime) => `${org} designates ${regime}`),
  ]);
  const accredited = own.members.subgraphs.flatMap(({ subgraph }) => policy.members.accreditations(subgraph).map((entry) => `${subgraph} ${JSON.stringify(entry)}`));
  const clients = [...policy.clients].flatMap(([id, { site, zoneLevel, displayOnly }]) => [0, 1, 2, 3, 4].filter((level) => level <= zoneLevel).map((level) => `${id} ${site} ${level} ${displayOnly}`));
  return new Set([...answered, ...bodies, ...accredited, ...clients, ...[...policy.purposes].map(String), ...policy.nations]);
}
const isWithin = (inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean => [...inner].every((entry) => outer.has(entry));
const remembered = new WeakMap<Policy, ReadonlySet<string>>();
const permits = (policy: Policy): ReadonlySet<string> => { const known = remembered.get(policy) ?? permittedBy(policy); remembered.set(policy, known); return known; };

const PAIRS = [...fc.sample(arbitraryPolicies, { seed: SEED, numRuns: 45 }), ...fc.sample(arbitraryStep, { seed: SEED, numRuns: 55 })]
  .map(([before, after]) => ({ before, after, differences: differencesOf(before, after) }));

describe("over policies by chance", () => {
  test("a change called narrowing permits nothing that was denied, and one called widening denies nothing that was permitted [B-100]", () => {
    const seen = { narrowing: 0, widening: 0, mixed: 0, neutral: 0, denied: 0, permitted: 0 };
    for (const { before, after, differences } of PAIRS) {
      const kind = kindOf(differences);
      const [less, more] = [!isWithin(permits(before), permits(after)), !isWithin(permits(after), permits(before))];
      seen[kind] += 1;
      if (less) seen.denied += 1;
      if (more) seen.permitted += 1;
      if (kind === "narrowing" || kind === "neutral") expect([differences, more]).toEqual([differences, false]);
      if (kind === "widening" || kind === "neutral") expect([differences, less]).toEqual([differences, false]);
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
  });
  test.each(["regimes", "implications", "hold", "agreements", "clients", "members", "purposes", "groups"])("a comparison that looks away from %s is found out", (part) => {
    const isElsewhere = ({ path }: Difference): boolean => path.split(".")[0] !== part;
    const isFoundOut = PAIRS.some(({ before, after, differences }) => {
      const narrowed = differences.filter(isElsewhere);
      return narrowed.length < differences.length && (kindOf(narrowed) === "narrowing" || kindOf(narrowed) === "neutral") && !isWithin(permits(after), permits(before));
    });
    expect(isFoundOut).toBe(true);
  });
  test("what two policies both permit is what their meet permits, or less; never more than either [B-100]", () => {
    let [less, exact] = [0, 0];
    for (const { before, after } of PAIRS) {
      const meet = permits(meetPolicies(before, after));
      const both = new Set([...permits(before)].filter((entry) => permits(after).has(entry)));
      expect([...meet].filter((entry) => !both.has(entry))).toEqual([]);
      if (meet.size === both.size) exact += 1; else less += 1;
    }
    expect(exact).toBeGreaterThan(less);
  });
  test("a meet is a narrowing of the policy in force, and all of the narrowing that the other asks for", () => {
    for (const { before, after, differences } of PAIRS) {
      const meet = meetPolicies(before, after);
      expect(differencesOf(before, meet).filter(({ path, effect }) => effect !== "narrows" && !path.startsWith("groups.") && !path.startsWith("hold."))).toEqual([]);
      if (kindOf(differences) === "narrowing") expect(permits(meet)).toEqual(permits(after));
      expect(meet.version).not.toBe(before.version);
    }
  });
});

describe("a change is called", () => {
  const kind = (change: (draft: Draft) => void): readonly [string, readonly string[]] => {
    const after = changed(change);
    if (after === undefined) throw new Error("no policy");
    const differences = differencesOf(own, after);
    return [kindOf(differences), differences.map(({ path, effect }) => `${effect} ${path}`)];
  };
  const usa = (draft: Draft) => draft.agreements.agreements[0] as Draft["agreements"]["agreements"][number];

  test.each<readonly [string, string, (draft: Draft) => void, readonly string[]]>([
    ["neutral", "a remark", (draft) => { draft.policy.notice.note = "x"; }, []],
    ["narrowing", "a suspended agreement", (draft) => { usa(draft).status = "SUSPENDED"; }, ["narrows agreements.JPN-USA-2007", "narrows agreements.USA"]],
    ["narrowing", "a regime out of an agreement's scope", (draft) => { usa(draft).regimes = usa(draft).regimes.filter((code) => code !== "MDA"); usa(draft).out = usa(draft).out.filter(({ regime }) => regime !== "MDA"); },
      ["narrows agreements.JPN-USA-2007.MDA", "narrows agreements.JPN-USA-2007.out", "narrows agreements.USA.MDA", "narrows agreements.USA.out"]],
    ["narrowing", "an end to an agreement", (draft) => { usa(draft).until = "2030-01-01"; }, ["narrows agreements.JPN-USA-2007", "narrows agreements.USA"]],
    ["narrowing", "an industrial annex that ends", (draft) => { delete usa(draft).industrial; }, ["narrows agreements.JPN-USA-2007.industrial", "narrows agreements.USA.industrial"]],
    ["widening", "a higher level for firms", (draft) => { const { industrial } = usa(draft); if (industrial !== undefined) industrial.upTo = 4; }, ["widens agreements.JPN-USA-2007.industrial", "widens agreements.USA.industrial"]],
    ["widening", "an agreement that comes into force", (draft) => { const canada = draft.agreements.agreements.find(({ id }) => id === "JPN-CAN-2025"); if (canada) { canada.status = "IN_FORCE"; canada.from = "2026-11-01"; } },
      ["widens agreements.JPN-CAN-2025", "widens agreements.CAN"]],
    ["widening", "an implication more", (draft) => { draft.policy.implications.SDS.push("NPS"); }, ["widens implications.SDS.NPS"]],
    ["mixed", "one implication for another", (draft) => { draft.policy.implications.SDS = ["CESI", "DOC", "EQS", "NPS"]; }, ["narrows implications.SDS.MODS", "widens implications.SDS.NPS"]],
    ["narrowing", "an eligibility that is asked for", (draft) => { for (const rule of draft.policy.regimes) rule.eligibility = true; }, ["narrows regimes.CUI"]],
    ["narrowing", "a client on a lower network", (draft) => { for (const client of draft.clients.clients.slice(0, 1)) client.zoneLevel = 1; }, ["narrows clients.aonada-1-z2"]],
    ["widening", "a client on a higher network", (draft) => { for (const client of draft.clients.clients.slice(0, 1)) client.zoneLevel = 3; }, ["widens clients.aonada-1-z2"]],
    ["mixed", "a client at another site", (draft) => { for (const client of draft.clients.clients.slice(0, 1)) client.site = "KASUMI-9"; }, ["both clients.aonada-1-z2"]],
    ["mixed", "one member more of a group", (draft) => { draft.policy.groups[0]?.members.push("JPN"); }, [expect.stringMatching(/^both groups\./) as string]],
    ["mixed", "another word in the marks", (draft) => { for (const entry of draft.policy.levels.slice(0, 1)) entry.name = "OPEN"; }, ["both levels"]],
    ["narrowing", "a kind of subject more that the list of known operations binds", (draft) => { draft.policy.knownOperations.kinds.push("system"); }, ["narrows knownOperations.kinds.system"]],
    ["widening", "a body that the list binds no more", (draft) => { draft.policy.knownOperations.orgs = []; }, ["widens knownOperations.orgs.JPN.PRV", "widens knownOperations.orgs.JPN.CAS.PUB"]],
    ["neutral", "a body below one that the list binds already", (draft) => { draft.policy.knownOperations.orgs.push("JPN.PRV.9990001000001"); }, []],
    ["widening", "one office more for what is on hold", (draft) => { draft.policy.hold.offices.push("JPN.MOD"); }, ["widens hold.offices"]],
    ["narrowing", "a receiver that is no longer accredited", (draft) => { draft.members.accreditation.splice(0, 1); }, [expect.stringMatching(/^narrows members\.accreditation\./) as string]],
    ["mixed", "a body that another ministry keeps", (draft) => { for (const member of draft.members.members) if (member.org === "JPN.CAS.NSS") member.subgraph = "defense"; }, ["both members.JPN.CAS.NSS"]],
    ["narrowing", "a body that is struck out", (draft) => { draft.members.members = draft.members.members.filter(({ org }) => org !== "JPN.CAS.NSS"); }, ["narrows members.JPN.CAS.NSS"]],
  ])("%s: %s", (name, _, change, paths) => {
    expect(kind(change)).toEqual([name, paths]);
  });

  test("under two policies everybody is bound to known operations whom either binds", () => {
    const free = changed((draft) => { draft.policy.knownOperations = { kinds: ["system"], orgs: [] }; });
    const both = own !== undefined && free !== undefined ? [meetPolicies(own, free), meetPolicies(free, own)] : [];
    expect(both.map(({ knownOperations: { kinds, orgs } }) => [[...kinds].sort(), [...orgs].sort()])).toEqual([[["contractor", "system"], ["JPN.CAS.PUB", "JPN.PRV"]], [["contractor", "system"], ["JPN.CAS.PUB", "JPN.PRV"]]]);
  });

  test("under two policies firms of a partner are reached up to the lower level of both, and not at all where one has no annex", () => {
    const annexOf = (first: Policy | undefined, second: Policy | undefined): unknown => first !== undefined && second !== undefined && meetPolicies(first, second).agreements.byId("JPN-USA-2007", Date.now())?.industrial;
    const lower = changed((draft) => { const { industrial } = usa(draft); if (industrial !== undefined) industrial.upTo = 1; });
    const none = changed((draft) => { delete usa(draft).industrial; });
    expect([annexOf(own, own), annexOf(own, lower), annexOf(lower, own), annexOf(own, none)]).toEqual([3, 1, 1, undefined]);
  });
});
