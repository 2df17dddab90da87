/**
 * Policies by chance: the repository's own, changed in a few places that decisions depend on. Most changes are small, so that many of two policies differ in one direction only;
 * a change that makes no policy is left out. With labels, subjects and circumstances to ask both about.
 */
import fc from "fast-check";
import { canonical, type CoreInput, type LabelCore, type Level, type Regime } from "../../../schema/label";
import { type Action, type DecisionContext, loadPolicy, type Policy, PolicyError, type PolicyFiles, startOfDay, type Subject } from "../../../schema/policy";
import agreements from "../../../schema/policy/agreements.json";
import clients from "../../../schema/policy/clients.json";
import members from "../../../schema/policy/members.json";
import policy from "../../../schema/policy/policy.json";
import { arbitraryContext, arbitraryCore, arbitraryMildCore, arbitraryReadAction, arbitrarySubject, NOW, ORGS, REGIMES } from "../../support/arbitrary";

/** JSON that a change may alter in place. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON holds
export type Draft = { policy: typeof policy; members: typeof members; agreements: { agreements: AgreementDraft[] } & Omit<typeof agreements, "agreements">; clients: typeof clients };
interface AgreementDraft { id: string; version?: string; nation: string; status: string; from: string | null; until: string | null; industrial?: { upTo: number }; regimes: string[]; in: { mark: string; level: number; regime: string | null }[]; out: { mark: string; level: number; regime: string }[] }
type Change = (draft: Draft) => void;

export const OWN: PolicyFiles = { policy, members, agreements, clients };
export const draftOf = (files: PolicyFiles = OWN): Draft => structuredClone(files) as Draft;

/** The policy with these changes; undefined where they make none. */
export function changed(...changes: readonly Change[]): Policy | undefined {
  const draft = draftOf();
  try {
    for (const change of changes) change(draft);
    return loadPolicy(draft);
  } catch (error) { if (error instanceof PolicyError) return undefined; throw error; }
}

const toggle = <T>(list: T[], entry: T): void => { const at = list.indexOf(entry); if (at === -1) list.push(entry); else list.splice(at, 1); };
/** Everybody to whom something is released in the questions; the group has one member more or less. */
const RELEASED = policy.nations.map(({ code }) => code);
const AGREEMENTS = ["JPN-USA-2007", "JPN-AUS-2013", "JPN-KOR-2016", "JPN-NATO-2010", "JPN-CAN-2025", "JPN-GBR-2014"] as const;
const of = (draft: Draft, id: string): AgreementDraft | undefined => draft.agreements.agreements.find((entry) => entry.id === id);
const DAYS = ["2026-11-05", "2026-11-11", "2031-03-31", null] as const;

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...REGIMES).map((code): Change => (draft) => { for (const rule of draft.policy.regimes) if (rule.code === code) rule.eligibility = !rule.eligibility; }),
  fc.constantFrom(...REGIMES).map((code): Change => (draft) => { toggle(draft.policy.implications.SDS, code); }),
  fc.constantFrom("HOLD.", "HOLD", "H", "HOLD.REV").map((prefix): Change => (draft) => { draft.policy.hold.prefix = prefix; }),
  fc.constantFrom("JPN.CAS", "JPN.CAS.CIRO", "JPN.MOD", "JPN").map((office): Change => (draft) => { toggle(draft.policy.hold.offices, office); }),
  fc.constantFrom("AUS", "KOR", "USA", "GBR").map((nation): Change => (draft) => { for (const group of draft.policy.groups) if (group.code === "NATO") toggle(group.members, nation); }),
  fc.tuple(fc.constantFrom(...AGREEMENTS), fc.constantFrom("IN_FORCE", "SUSPENDED", "SIGNED", "TERMINATED")).map(([id, status]): Change => (draft) => {
    const found = of(draft, id); if (found !== undefined) { found.status = status; found.from ??= "2026-01-01"; }
  }),
  fc.tuple(fc.constantFrom(...AGREEMENTS), fc.constantFrom(...DAYS)).map(([id, until]): Change => (draft) => { const found = of(draft, id); if (found !== undefined) found.until = until; }),
  fc.tuple(fc.constantFrom(...AGREEMENTS), fc.constantFrom("2026-11-10", "2026-11-12", "2030-01-01")).map(([id, from]): Change => (draft) => { const found = of(draft, id); if (found !== undefined) found.from = from; }),
  fc.tuple(fc.constantFrom(...AGREEMENTS), fc.constantFrom(...REGIMES)).map(([id, regime]): Change => (draft) => {
    const found = of(draft, id); if (found !== undefined) { toggle(found.regimes, regime); found.out = found.out.filter((row) => found.regimes.includes(row.regime)); }
  }),
  fc.tuple(fc.constantFrom(...AGREEMENTS), fc.constantFrom(1, 2, 3, 4)).map(([id, level]): Change => (draft) => { const found = of(draft, id); if (found !== undefined) found.out = found.out.filter((row) => row.level < level); }),
  fc.tuple(fc.constantFrom(...AGREEMENTS), fc.nat(4), fc.constantFrom(1, 2, 3, 4)).map(([id, at, level]): Change => (draft) => { const row = of(draft, id)?.in[at]; if (row !== undefined) row.level = level; }),
  fc.constantFrom(...AGREEMENTS).map((id): Change => (draft) => { draft.agreements.agreements = draft.agreements.agreements.filter((entry) => entry.id !== id); }),
  fc.tuple(fc.constantFrom(...AGREEMENTS), fc.constantFrom("2026-11-11", "2027-01-01"), fc.constantFrom(...REGIMES)).map(([id, from, regime]): Change => (draft) => {
    const found = of(draft, id);
    if (found === undefined) return;
    const next = { ...structuredClone(found), version: "next", from, until: null };
    found.until = "2026-11-10";
    toggle(next.regimes, regime);
    next.out = next.out.filter((row) => next.regimes.includes(row.regime));
    draft.agreements.agreements.push(next);
  }),
  fc.tuple(fc.nat(18), fc.nat(4)).map(([at, level]): Change => (draft) => { const client = draft.clients.clients[at]; if (client !== undefined) client.zoneLevel = level; }),
  fc.nat(18).map((at): Change => (draft) => { draft.clients.clients.splice(at, 1); }),
  fc.nat(60).map((at): Change => (draft) => {
    const gone = draft.members.members[at];
    if (gone !== undefined) draft.members.members = draft.members.members.filter(({ org }) => org !== gone.org);
  }),
  fc.tuple(fc.nat(60), fc.constantFrom("defense", "economy", null)).map(([at, subgraph]): Change => (draft) => { const member = draft.members.members[at] as { subgraph: string | null } | undefined; if (member !== undefined) member.subgraph = subgraph; }),
  fc.tuple(fc.nat(60), fc.constantFrom("SDS", "CESI")).map(([at, regime]): Change => (draft) => { const member = draft.members.members[at]; if (member !== undefined) toggle(member.mayDesignate as string[], regime); }),
  fc.nat(10).map((at): Change => (draft) => { draft.members.accreditation.splice(at, 1); }),
  fc.nat(19).map((at): Change => (draft) => { draft.policy.purposes.splice(at, 1); }),
  fc.constant<Change>((draft) => { draft.policy.notice.note = "Reads otherwise."; }),
);

/** Two policies, the second up to three changes away from the first. */
export const arbitraryPolicies: fc.Arbitrary<readonly [Policy, Policy]> = fc.tuple(fc.array(change, { maxLength: 2 }), fc.array(change, { minLength: 1, maxLength: 3 }))
  .map(([first, more]) => [changed(...first), changed(...first, ...more)] as const).filter((pair): pair is [Policy, Policy] => pair[0] !== undefined && pair[1] !== undefined);

/** One change away from the repository's, in either direction. */
export const arbitraryStep: fc.Arbitrary<readonly [Policy, Policy]> = fc.tuple(change, fc.boolean()).map(([one, isBack]) => { const own = changed(); const other = changed(one); return isBack ? [other, own] as const : [own, other] as const; })
  .filter((pair): pair is [Policy, Policy] => pair[0] !== undefined && pair[1] !== undefined);

const anyCore: fc.Arbitrary<LabelCore> = fc.oneof(arbitraryCore, { weight: 3, arbitrary: arbitraryMildCore });
/** Everything beside the policy that a decision is made of. */
export type Question = readonly [Subject, Action, LabelCore, DecisionContext];
export const arbitraryQuestion: fc.Arbitrary<Question> = fc.tuple(arbitrarySubject.map((subject): Subject => ({ ...subject, purposes: ["ANALYSIS", "VETTING"] })), arbitraryReadAction, anyCore,
  fc.tuple(arbitraryContext, fc.constantFrom(undefined, undefined, ["NATO"], ["USA"])).map(([ctx, releaseTo]) => ({ ...ctx, ...(releaseTo === undefined ? {} : { releaseTo }) })));

/** Questions that each hang by one rule: a regime, an implication, a hold, an agreement's scope and reach. */
export function pointedQuestions(): readonly Question[] {
  const ctx: DecisionContext = { now: NOW, zoneLevel: 4 };
  const label = (level: Level, parts: Partial<CoreInput>): LabelCore => canonical({ level, regimes: [], need: [], owners: {}, purposes: "ALL", handling: [], ...parts });
  const official = (org: string, parts: Partial<Subject>): Subject => ({ id: "official", kind: "official", nation: "JPN", org, eligibilities: [], assignments: [], roles: [], purposes: [], ...parts });
  const sds = { regime: "SDS", maxLevel: 4, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: ["JPN"], notifiedOn: "2026-01-01", validUntil: "2030-12-31", status: "ACTIVE", consentId: "C" } as const;
  const held = (token: string): Subject["assignments"] => [{ token, role: "READER", from: "2026-01-01", until: "2030-12-31", grantedBy: "JPN.CAS", reason: "duty" }];
  const everybody = { JPN: { rel: "ALL", disp: "ALL", dist: "ALL", orcon: false } } as const;
  const days = ["2026-11-11", "2027-02-01"].map((day) => startOfDay(day));
  return [
    ...REGIMES.flatMap((code): Question[] => [[official("JPN.MOD", { eligibilities: [sds] }), "RETRIEVE", label(1, { regimes: [code] }), ctx], [official("JPN.MOD", {}), "RETRIEVE", label(1, { regimes: [code] }), ctx]]),
    ...ORGS.flatMap((org) => ["HOLD.REVIEW", "HOLDER", "FOGHORN"].map((token): Question => [official(org, { assignments: held(token) }), "RETRIEVE", label(1, { need: [token] }), ctx])),
    ...AGREEMENTS.flatMap((agreementId) => ["USA", "AUS", "KOR", "GBR", "CAN"].filter((nation) => /NATO/.test(agreementId) || agreementId.includes(nation)).flatMap((nation) => ([1, 2, 3, 4] as const).flatMap((level) => days.flatMap((now) => ["SDS", "DOC"].map((code): Question => [
      { ...official("JPN.MOD", {}), kind: "liaison", nation, hostOrg: "JPN.MOD", agreementId, attestedLevel: level, agreementRegimes: REGIMES }, "RETRIEVE", label(level, { regimes: [code as Regime], owners: everybody }), { ...ctx, now },
    ]))))),
    ...["USA", "AUS", "KOR", "GBR", "CAN", "NATO"].flatMap((nation) => ([1, 2, 3] as const).map((level): Question => [
      official("JPN.MOD", { eligibilities: [sds] }), "RETRIEVE", label(level, { regimes: ["DOC"], owners: { JPN: { rel: RELEASED.filter((code) => code !== "AUS" || nation !== "NATO"), disp: "ALL", dist: "ALL", orcon: false } } }), { ...ctx, releaseTo: [nation] },
    ])),
  ];
}
