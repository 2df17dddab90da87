/**
 * Reasons of the one `decide` in words, in both languages (SPEC 4, 8.4). Takes what `decide` named and the label it named it of; gives the number of the rule and a sentence.
 * Decides nothing itself; a reason without a sentence is an error, never an empty one.
 */
import type { LabelCore } from "../../schema/label";
import type { Policy, Reason, Subject } from "../../schema/policy";
import texts from "./reasons.json";

export interface ToldReason extends Reason { readonly ja: string; readonly en: string }
type Lang = "ja" | "en";

/** The sentences of these reasons, in their order. */
export function tellReasons(policy: Policy, reasons: readonly Reason[], label: LabelCore, subject: Subject): readonly ToldReason[] {
  return reasons.map((reason) => ({ ...reason, ja: sentence(policy, reason, label, subject, "ja"), en: sentence(policy, reason, label, subject, "en") }));
}

/**
 * `owners.JPN.MOD.rel` is rel of the owner JPN.MOD; `need:PRJ-1` is need of PRJ-1.
 * @throws RangeError for a reason that nobody wrote a sentence for
 */
function sentence(policy: Policy, { clause, component }: Reason, label: LabelCore, subject: Subject, lang: Lang): string {
  const owned = /^owners\.(.*)\.(rel|disp|dist|orcon)$/.exec(component);
  const [part = "", item = ""] = owned === null ? split(component) : [owned[2], owned[1]];
  const known: Readonly<Record<string, { readonly ja: string; readonly en: string }>> = texts;
  const key = `${clause} ${part}`;
  const text = ((subject.nation === "JPN" ? undefined : known[`${key} abroad`]) ?? known[key])?.[lang];
  if (text === undefined) throw new RangeError(`no sentence for ${clause} ${component}`);
  const { words } = policy;
  const terms = label.owners[item];
  const none = lang === "ja" ? words.parts.none : "NONE";
  const all = lang === "ja" ? words.parts.all : "ALL";
  const word = (of: Readonly<Record<string, string>>, code: string): string => (lang === "ja" ? of[code] ?? code : code);
  const listed = (of: Readonly<Record<string, string>>, given: readonly string[] | "ALL" | undefined): string =>
    (given === "ALL" ? all : given === undefined || given.length === 0 ? none : given.map((code) => word(of, code)).join(lang === "ja" ? words.signs.items : ", "));
  const values: Readonly<Record<string, string>> = {
    item: word({ ...words.nations, ...words.orgs }, item), nation: word(words.nations, subject.nation), body: word(words.orgs, subject.org ?? subject.hostOrg ?? "") || none,
    level: lang === "ja" ? words.levels[label.level] ?? "" : policy.levels.find(({ level }) => level === label.level)?.name ?? "",
    rel: listed(words.nations, terms?.rel), disp: listed(words.nations, terms?.disp), dist: listed(words.orgs, terms?.dist), purposes: listed(words.purposes, label.purposes),
  };
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

function split(component: string): readonly [string, string] {
  const at = component.indexOf(":");
  return at < 0 ? [component, ""] : [component.slice(0, at), component.slice(at + 1)];
}
