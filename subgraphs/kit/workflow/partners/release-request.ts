/**
 * Release of one item to one partner (SPEC 15.73). Asked for by whoever reads the edition; decided by a release officer of the owner who reads the source, under an agreement in force, after everybody else whose
 * information is in the source has consented. What is released is the edition written for release, never the original: its label gains the nation, by its owner, within what the agreement lets out.
 */
import { type Label, type LabelCore, type Lifecycle, isForeignOwner, isUnder, join } from "../../../../schema/label";
import { type Agreement, endOfDay, japanDay, mayGoOut, shiftDate, suspendedFor } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { anybody, asSubject, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { enterReleases } from "../designation/recipients";
import { agreementInForce, DECISION_DAYS } from "./partners-policy";

interface Edition { readonly owner: string; readonly core: Label }

const DAY_MS = 86_400_000;

/** An edition, as far as the asker reads it. */
async function editionOf({ query }: StepContext, id: unknown): Promise<Edition | undefined> {
  const [edition] = await query<Edition>("SELECT c.owner, l.body AS core FROM content c JOIN label l ON l.id = c.label_id WHERE c.id = $1 AND c.kind = 'TEARLINE'", [id]);
  return edition;
}

/** Everything whose edition it is, as far as the asker reads it. */
async function sourceOf({ query }: StepContext, id: unknown): Promise<Edition | undefined> {
  const [source] = await query<Edition>("SELECT c.owner, l.body AS core FROM edge e JOIN content c ON c.id = e.from_id JOIN label l ON l.id = c.label_id WHERE e.to_id = $1 AND e.name = 'tearline'", [id]);
  return source;
}

/** Without what a stored label has beside its core. */
function coreOf({ level, regimes, need, owners, purposes, handling }: LabelCore): LabelCore { return { policy: "JPN-GOV-DEMO", level, regimes, need, owners, purposes, handling }; }

/** A request is read where it was made and where it is decided, and nowhere abroad. */
function requestLabel({ asker: { subject } }: StepContext, { owner, core }: Edition): LabelCore {
  const home = subject.hostOrg ?? subject.org ?? owner;
  const dist = [...new Set([home, owner])].filter((body, _at, all) => !all.some((other) => other !== body && isUnder(body, other))).sort();
  const own: LabelCore = { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [owner]: { rel: ["JPN"], disp: ["JPN"], dist, orcon: false } }, purposes: "ALL", handling: ["CUI:INTL"] };
  return join(own, coreOf(core));
}

/** Whose consent a release needs: foreign owners of the source but the receiving nation itself, and Japanese ones with originator control but whoever decides. */
export function consentsNeeded(source: Pick<LabelCore, "owners">, owner: string, nation: string): readonly string[] {
  return Object.entries(source.owners).filter(([other, { orcon }]) => other !== owner && other !== nation && (isForeignOwner(other) || orcon)).map(([other]) => other).sort();
}

/** The edition's label with a nation more, or less; nothing where it is not its owner's alone to change. */
export function releasedTo({ owner, core }: { readonly owner: string; readonly core: LabelCore }, change: (rel: readonly string[]) => readonly string[]): LabelCore | undefined {
  const terms = core.owners[owner];
  if (terms === undefined || Object.keys(core.owners).length !== 1 || terms.rel === "ALL") return undefined;
  const rel = [...new Set(change(terms.rel))].sort();
  return { ...coreOf(core), owners: { [owner]: { ...terms, rel, disp: terms.disp === "ALL" ? "ALL" : [...new Set(change(terms.disp))].sort() } } };
}

function textsOf(value: unknown): readonly string[] { return Array.isArray(value) ? value as readonly string[] : []; }

/** Whole days from one instant to another, by the calendar of Japan. */
export function daysBetween(from: number, to: number): number { return Math.round((endOfDay(japanDay(to)) - endOfDay(japanDay(from))) / DAY_MS); }

/** Whether it stands: what has been ended, held or challenged, or whose last day is over, has another label than the one that is written in it, and goes nowhere. */
export function isStanding({ status = "ACTIVE", validUntil }: Lifecycle, today: string): boolean {
  return status === "ACTIVE" && (validUntil === undefined || validUntil === "OWNER_CONSENT" || validUntil >= today);
}

async function relabel(context: StepContext, core: LabelCore, lifecycle: Lifecycle | undefined): Promise<void> {
  const { query, asker, id, intern } = context;
  const [done] = await query<{ done: boolean }>("SELECT apply_release($1, $2, $3) AS done", [asker.subject.id, id, await intern(core, { kind: "tearline", lifecycle })]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

/** Whether a firm of the partner may have it: only under an industrial annex, and up to its level. Without a firm the annex is not asked. */
export function mayReachFirm({ industrial }: Pick<Agreement, "industrial">, { level }: Pick<LabelCore, "level">, firm: unknown): boolean {
  return firm === undefined || firm === null || (industrial !== undefined && level <= industrial);
}

/** Whether the ministry itself knows that the agreement does not count, before anybody could tell it so: it is the foreign ministry that does. */
async function isSuspended({ query }: StepContext, agreement: string): Promise<boolean> {
  return (await query("SELECT id FROM item WHERE workflow = 'AgreementSuspension' AND state IN ('SUSPENDED', 'TERMINATED') AND body->>'agreement' = $1", [agreement])).length > 0;
}

/** What the edition becomes, with the life that it has. @throws Refusal where it or its source is not there for the asker, a consent is missing, or it may not go out */
async function releasable(context: StepContext): Promise<{ readonly core: LabelCore; readonly lifecycle: Lifecycle | undefined }> {
  const { item, policy, now, today, asker } = context;
  const { edition: id, nation: named, firm, consents } = item?.body ?? {};
  const nation = String(named);
  const [edition, source] = [await editionOf(context, id), await sourceOf(context, id)];
  if (edition === undefined || source === undefined || edition.owner !== item?.owner || source.owner !== edition.owner) throw new Refusal("REFUSED_STATE");
  if (!isStanding(edition.core.lifecycle ?? {}, today)) throw new Refusal("REFUSED_STATE");
  if (consentsNeeded(source.core, source.owner, nation).some((owner) => !textsOf(consents).some((given) => given.startsWith(`${owner}: `)))) throw new Refusal("REFUSED_LIMIT");
  const core = releasedTo(edition, (nations) => [...nations, nation]);
  if (core === undefined) throw new Refusal("REFUSED_LABEL");
  const agreement = agreementInForce(context, nation);
  if (agreement === undefined || !mayReachFirm(agreement, core, firm) || !mayGoOut(policy, core, nation, now, suspendedFor(asker.subject)) || await isSuspended(context, agreement.id)) throw new Refusal("REFUSED_LIMIT");
  return { core, lifecycle: edition.core.lifecycle };
}

export const releaseRequest = defineWorkflow({
  name: "ReleaseRequest", plural: "ReleaseRequests", description: "A request to release an edition to a partner.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: () => true,
  states: ["REQUESTED", "RELEASED", "REFUSED", "WITHDRAWN", "RECALLED"],
  fields: {
    edition: { kind: "id", description: "The edition that is to be released." }, nation: { kind: "text" }, firm: { kind: "text", description: "Firm of the partner that is to have it, through its government." }, agreement: { kind: "text", description: "Agreement in force when it was asked for." }, reason: { kind: "long" },
    consents: { kind: "texts", description: "Owners whose consent is recorded, with references." }, decision: { kind: "long" }, days: { kind: "number", description: "Days from the request to its decision." },
  },
  steps: {
    REQUEST_RELEASE: {
      from: [], to: "REQUESTED", by: anybody, mutation: "requestRelease", description: "Asks that an edition be released to a partner.", input: { edition: { kind: "id" }, nation: { kind: "text" }, firm: { kind: "text", optional: true }, reason: { kind: "long", description: "What for; the ledger of disclosures says so when it has been released." } },
      check: async (context) => {
        const { input: { edition: id, nation, firm }, policy, asker: { subject } } = context;
        if (!policy.nations.has(String(nation)) || nation === "JPN" || subject.nation !== "JPN") throw new Refusal("BAD_USER_INPUT");
        const edition = await editionOf(context, id);
        if (edition === undefined) throw new Refusal("REFUSED_STATE");
        const agreement = agreementInForce(context, String(nation));
        if (agreement === undefined || !mayReachFirm(agreement, edition.core, firm)) throw new Refusal("REFUSED_LIMIT");
      },
      change: async (context) => {
        const { input, today, asker } = context;
        const edition = await editionOf(context, input["edition"]);
        if (edition === undefined) throw new Refusal("REFUSED_STATE");
        return {
          label: requestLabel(context, edition), owner: edition.owner, subject: asker.subject.id, due: shiftDate(today, DECISION_DAYS),
          body: { ...input, agreement: agreementInForce(context, String(input["nation"]))?.id, consents: [] },
        };
      },
    },
    RECORD_CONSENT: {
      from: ["REQUESTED"], to: "REQUESTED", by: withRole("RELEASE"), mutation: "recordOriginatorConsent", description: "Records that an owner whose information is in the source consents to this release.",
      input: { owner: { kind: "text" }, reference: { kind: "text" }, on: { kind: "day" } },
      check: async (context) => {
        const { item, input, today } = context;
        const source = await sourceOf(context, item?.body["edition"]);
        if (source === undefined) throw new Refusal("REFUSED_STATE");
        if (String(input["on"]) > today || !consentsNeeded(source.core, source.owner, String(item?.body["nation"])).includes(String(input["owner"]))) throw new Refusal("BAD_USER_INPUT");
      },
      change: ({ item, input }) => ({ body: { ...item?.body, consents: [...textsOf(item?.body["consents"]), `${String(input["owner"])}: ${String(input["reference"])}, ${String(input["on"])}`] } }),
    },
    RELEASE: {
      from: ["REQUESTED"], to: "RELEASED", by: withRole("RELEASE"), notBy: ["REQUEST_RELEASE"], mutation: "releaseEdition", description: "Releases the edition to the partner.", input: { decision: { kind: "long" } },
      check: async (context) => { await releasable(context); },
      change: ({ item, input, now }) => ({ due: null, body: { ...item?.body, ...input, days: daysBetween(Date.parse(item?.steps[0]?.at ?? ""), now) } }),
      effect: async (context) => {
        const { core, lifecycle } = await releasable(context);
        await relabel(context, core, lifecycle);
        await enterReleases(context, { release: context.id });
      },
      notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "RELEASED" }],
    },
    REFUSE_RELEASE: {
      from: ["REQUESTED"], to: "REFUSED", by: withRole("RELEASE"), notBy: ["REQUEST_RELEASE"], mutation: "refuseRelease", description: "Refuses it, with reasons.", input: { decision: { kind: "long" } },
      change: ({ item, input, now }) => ({ due: null, body: { ...item?.body, ...input, days: daysBetween(Date.parse(item?.steps[0]?.at ?? ""), now) } }),
      notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "RELEASE_REFUSED" }],
    },
    WITHDRAW_RELEASE_REQUEST: { from: ["REQUESTED"], to: "WITHDRAWN", by: asSubject, mutation: "withdrawReleaseRequest", description: "Takes the request back.", input: {}, change: () => ({ due: null }) },
    RECALL: {
      from: ["RELEASED"], to: "RECALLED", by: withRole("RELEASE"), mutation: "recallRelease", description: "Takes the release back: from now on the partner is not given it any more.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ note: input }),
      effect: async (context) => {
        const nation = String(context.item?.body["nation"]);
        const edition = await editionOf(context, context.item?.body["edition"]);
        const core = edition === undefined ? undefined : releasedTo(edition, (nations) => nations.filter((other) => other !== nation));
        if (core === undefined) throw new Refusal("REFUSED_STATE");
        await relabel(context, core, edition?.core.lifecycle);
      },
    },
  },
});
