/**
 * What a firm shares of its own (SPEC 15.68; classes D and E, domain.md A.4): the firm alone says which body gets which parts of its item, and takes it back at once. What it does not name is not shared. No
 * step of it is anybody else's: whoever was given an item has no way to give it on.
 */
import { PORTIONS, equalLabels, type LabelCore } from "../../../../schema/label";
import { addYears } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { clockOnly, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { type Place, coreOf, kindOf, readLabels, readPlaces } from "../designation/marking";
import { isAgency } from "./firm";
import { SHARING_YEARS, TRADE_SECRET } from "./industry-policy";
import { isSharable, withBody } from "./sharing-label";

interface Held { readonly owner: string; readonly core: LabelCore }
interface Terms { readonly record: string; readonly sharedWith: string; readonly portions: readonly string[] }

/** A firm's item, as far as the asker reads it. */
async function itemOf({ query }: StepContext, record: string): Promise<Held | undefined> {
  const [held] = await query<Held>("SELECT c.owner, l.body AS core FROM content c JOIN label l ON l.id = c.label_id WHERE c.id = $1 AND c.class IN ('D', 'E')", [record]);
  return held;
}

/** The firm and the body that it shares with know of it. */
function sharingLabel(firm: string, body: string): LabelCore {
  return { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [firm]: { rel: ["JPN"], disp: ["JPN"], dist: [body, firm].sort(), orcon: false } }, purposes: "ALL", handling: [TRADE_SECRET] };
}

/** Whether the body may have this place while it is shared: the parts that the firm named, and the whole only when it named every part. */
export function isNamed(place: string, portions: readonly string[], all: readonly string[]): boolean {
  return place === "record" ? all.every((portion) => portions.includes(portion)) : portions.includes(place);
}

/** Changes the labels of all places of the record in one go. @throws Refusal where it is not the firm's to share */
async function relabel(context: StepContext, firm: string, { record, sharedWith, portions }: Terms, isShared: boolean): Promise<void> {
  const { query, asker, id, intern } = context;
  const places = await readPlaces(context, [record]);
  const labels = await readLabels(context, places.map(({ before }) => before));
  const all = places.map(({ place }) => place).filter((place) => PORTIONS.some((portion) => portion === place));
  const after = async ({ place, before }: Place): Promise<number> => {
    const label = labels.get(before);
    if (label === undefined) throw new Refusal("REFUSED_STATE");
    const core = withBody(coreOf(label), firm, sharedWith, isShared && isNamed(place, portions, all));
    // That there is an item is known to whoever has a part of it, under no other mark than before.
    const known = label.existence;
    const existence = place === "record" ? { ...withBody(known, firm, sharedWith, isShared), handling: known.handling } : equalLabels(coreOf(label), known) ? undefined : known;
    return intern(core, { existence, validUntil: label.lifecycle?.validUntil, onLapse: label.lifecycle?.onLapse, kind: kindOf(places, before) });
  };
  const made: (Place & { readonly after: number })[] = [];
  for (const place of places) made.push({ ...place, after: await after(place) });
  const [done] = await query<{ done: boolean }>("SELECT apply_sharing($1, $2, $3) AS done", [asker.subject.id, id, JSON.stringify(made)]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

const takeBack = (context: StepContext): Promise<void> => relabel(context, context.item?.owner ?? "", (context.item?.body ?? {}) as unknown as Terms, false);

export const firmSharing = defineWorkflow({
  name: "FirmSharing", plural: "FirmSharings", description: "An item of a firm that it shares with a body.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "economy",
  states: ["SHARED", "WITHDRAWN"],
  fields: { record: { kind: "id" }, sharedWith: { kind: "org" }, portions: { kind: "texts", description: `Parts that are shared: ${PORTIONS.join(", ")}.` }, use: { kind: "long", description: "For which the firm gives it." }, until: { kind: "day" } },
  relatesBy: ["record", "sharedWith"],
  steps: {
    SHARE_ITEM: {
      from: [], to: "SHARED", by: withRole("RELEASE"), mutation: "shareFirmItem", description: "The firm shares parts of an item of its own with a body of the government; what it does not name is not shared.",
      input: { record: { kind: "id" }, sharedWith: { kind: "org" }, portions: { kind: "texts" }, use: { kind: "long" }, until: { kind: "day" } },
      check: async (context) => {
        const { input, policy, today, query } = context;
        const { record, sharedWith, portions, until } = input as unknown as Terms & { readonly until: string };
        if (!policy.members.isKnownOrg(sharedWith) || !isAgency(sharedWith) || portions.length === 0 || !portions.every((named) => PORTIONS.some((portion) => portion === named)) || until < today) throw new Refusal("BAD_USER_INPUT");
        if (until > addYears(today, SHARING_YEARS)) throw new Refusal("REFUSED_LIMIT");
        const held = await itemOf(context, record);
        if (held === undefined || !isSharable(held.core, held.owner, sharedWith)) throw new Refusal("REFUSED_STATE");
        if ((await query("SELECT id FROM item WHERE workflow = 'FirmSharing' AND state = 'SHARED' AND body->>'record' = $1 AND body->>'sharedWith' = $2", [record, sharedWith])).length > 0) throw new Refusal("REFUSED_STATE");
      },
      change: async (context) => {
        const { record, sharedWith } = context.input as unknown as Terms;
        const held = await itemOf(context, record);
        if (held === undefined) throw new Refusal("REFUSED_STATE");
        return { label: sharingLabel(held.owner, sharedWith), owner: held.owner, due: String(context.input["until"]), body: context.input };
      },
      effect: async (context) => {
        const terms = context.input as unknown as Terms;
        await relabel(context, (await itemOf(context, terms.record))?.owner ?? "", terms, true);
      },
    },
    WITHDRAW_ITEM: { from: ["SHARED"], to: "WITHDRAWN", by: withRole("RELEASE"), mutation: "withdrawFirmItem", description: "The firm takes it back, for which it need give no reason; the body has it no longer.", input: {}, change: () => ({ due: null }), effect: takeBack },
    SHARING_RUNS_OUT: { from: ["SHARED"], to: "WITHDRAWN", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({ due: null }), effect: takeBack },
  },
});
