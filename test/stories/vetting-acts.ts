/** How the stories of vettings are told: steps as persons take them, items as they read them, and a case up to its result where that is not what the story is about. */
import { randomUUID } from "node:crypto";
import { type Answer, type Story, type Variables, codesOf, reasonsOf, within } from "./story";

export interface Item { readonly id: string; readonly version: number; readonly state: string; readonly [field: string]: unknown }

export const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
export const inYears = (years: number): string => `${Number(TODAY.slice(0, 4)) + years}${TODAY.slice(4)}`;
export const dayBefore = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
export const SEVEN = ["HARMFUL_ACTIVITY", "CRIMINAL_AND_DISCIPLINARY_RECORD", "MISHANDLING_OF_INFORMATION", "DRUGS", "MENTAL_ILLNESS", "DRINKING", "CREDIT"];
export const CAO = "cabinetOffice";
/** Another officer of the ministry than the one who evaluates. */
export const SECOND = "meti-access-officer";

/** Who has several purposes declares this one. */
export const DECLARED: Readonly<Record<string, object>> = { "mod-security-officer": { purpose: "ACCESS-DECISION" } };

/** A moment in which a case that was just made becomes known to the gateway, on a busy machine. */
const MOMENT_MS = 5_000;

/** The item of an answer. @throws Error with the whole answer when there is none */
export function made(answer: Answer): Item {
  const item = Object.values(answer.data ?? {})[0] as Item | null | undefined;
  if (item === undefined || item === null) throw new Error(`no item: ${JSON.stringify(answer)}`);
  return item;
}
export const on = ({ id, version }: Item): { readonly id: string; readonly version: number } => ({ id, version });

const isSettled = (answer: Answer): boolean => !codesOf(answer).includes("STANDING_CHANGED");

export interface Acts {
  take(who: string, ministry: string, step: string, input: object, members?: string): Promise<Answer>;
  query(who: string, document: string, variables?: Variables): Promise<Answer>;
  /** The same, again for a moment while it is refused as not being there. */
  soon(who: string, ministry: string, step: string, input: object, members?: string): Promise<Answer>;
  /** An item as somebody reads it; null when it is not there for them. */
  read(who: string, ministry: string, type: string, id: string, members: string): Promise<Item | null>;
  noticesOf(who: string, ministry: string): Promise<readonly string[]>;
  /** Somebody reads the legal notices that bind them since they are eligible, and is answered from then on. */
  acknowledges(who: string): Promise<void>;
  /** A request that was taken up, and the notice of it to the person. */
  notified(request: object, officer?: string): Promise<{ readonly request: Item; readonly vetting: Item }>;
  /** From the request to the result. */
  resulted(request: object): Promise<{ readonly vetting: Item; readonly file: Item; readonly result: Item }>;
}

export function actsOf(story: Story): Acts {
  // Being assigned to a new case changes one's own standing while the answer is made. The same request with the same key is carried out once, and answered.
  const take: Acts["take"] = (who, ministry, step, input, members = "") => {
    const key = randomUUID();
    const mutation = `mutation ($input: ${step}Input!, $key: String) { ${ministry}${step}(input: $input, key: $key) { id state version ${members} } }`;
    return within(MOMENT_MS, () => story.as(who, DECLARED[who]).mutate(mutation, { input, key }), isSettled);
  };
  const query = (who: string, document: string, variables?: Variables): Promise<Answer> => within(MOMENT_MS, () => story.as(who, DECLARED[who]).query(document, variables), isSettled);
  const soon: Acts["soon"] = (who, ministry, step, input, members = "") => within(MOMENT_MS, () => take(who, ministry, step, input, members), (answer) => reasonsOf(answer)[0] !== "STATE");
  const notified: Acts["notified"] = async (asked, officer = "meti-security-officer") => {
    const opened = made(await take(officer, CAO, "RequestVetting", asked));
    const request = made(await take("vetting-officer", CAO, "AcceptVettingRequest", on(opened)));
    return { request, vetting: made(await soon("vetting-officer", CAO, "GiveVettingNotice", { request: request.id, noticeItems: SEVEN, inquiries: "Offices named in the notice (fictional)" }, "case")) };
  };
  return {
    take, soon, notified, query,
    acknowledges: async (who) => {
      const { data } = await query(who, "{ legalNotices { id version acknowledgedAt } }");
      for (const { id, version, acknowledgedAt } of (data as { readonly legalNotices: readonly { readonly id: string; readonly version: string; readonly acknowledgedAt: string | null }[] }).legalNotices) {
        if (acknowledgedAt === null) await story.as(who).mutate("mutation ($id: ID!, $version: String!) { acknowledgeNotice(notice: $id, version: $version) { id } }", { id, version });
      }
      await within(MOMENT_MS, () => story.as(who).query("{ __typename }"), (answer) => !codesOf(answer).includes("NOTICE_NOT_ACKNOWLEDGED"));
    },
    read: async (who, ministry, type, id, members) => {
      const { data } = await query(who, `query ($id: ID!) { ${ministry}${type}(id: $id) { id state version ${members} } }`, { id });
      return (Object.values(data ?? {})[0] as Item | null | undefined) ?? null;
    },
    noticesOf: async (who, ministry) => {
      const { data } = await query(who, `{ ${ministry}Notices { kind } }`);
      return (data as Readonly<Record<string, readonly { readonly kind: string }[]>>)[`${ministry}Notices`]?.map(({ kind }) => kind) ?? [];
    },
    resulted: async (asked) => {
      const { vetting } = await notified(asked);
      const consented = made(await soon("vetted-person", CAO, "ConsentToVetting", { ...on(vetting), noticeRead: true }, "case consentId"));
      const opened = made(await take("vetting-officer", CAO, "OpenVettingInvestigation", { vetting: vetting.id, whyAnother: "Story" }));
      const file = made(await take("vetting-officer", CAO, "ConcludeVettingInvestigation", { ...on(opened), opinion: "NO_OBJECTION", summary: "Nothing (fictional)" }));
      return { vetting: consented, file, result: made(await take("vetting-officer", CAO, "IssueVettingResult", { vetting: vetting.id, investigation: file.id }, "consentId document")) };
    },
  };
}
