/**
 * `kanmon subscribe`: prints notices to one person, or changes of items that the person reads, as they happen, until Ctrl-C. A stream that ends is opened again with a new token. What happens goes to
 * standard output, a line each, everything else to standard error.
 */
import { setTimeout as wait } from "node:timers/promises";
import { MINISTRY_NAMES } from "../../../subgraphs/names";
import { type Answer, exitOf } from "../ask";
import { followEvents } from "../event-stream";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { KnownList } from "../known-list";
import { Person, type PersonOptions } from "../person";
import { fieldOf } from "../registers/export";
import { tellReasons } from "../registers/reasons";
import { print, tell, textOf, type Lang } from "../say";
import { untilStopped } from "../stay";
import type { ViewOf } from "../view-of";

export interface SubscribeOptions extends PersonOptions { readonly items: boolean; readonly ministry: readonly string[]; readonly json: boolean; readonly lang: Lang }

interface Followed { readonly ministry: string; readonly list: "Items" | "Notices"; readonly question: string }
type Event = Readonly<Record<string, string | number | null>>;
const NOTICE = ["at", "workflow", "kind", "item"] as const;
const CHANGE = ["workflow", "id", "state", "version", "owner", "due"] as const;
const AGAIN_MS = 1_000;

export async function runSubscribe(options: SubscribeOptions): Promise<ExitCode> {
  const { items, ministry: wanted } = options;
  const unknown = wanted.find((name) => !(MINISTRY_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new CommandFailure(EXIT.usage, ["ministryUnknown", { name: unknown, known: MINISTRY_NAMES.join(", ") }]);
  const person = new Person(options);
  const askable = await person.askable();
  const list: Followed["list"] = items ? "Items" : "Notices";
  const questions = MINISTRY_NAMES.flatMap((name) => {
    const question = wanted.length > 0 && !wanted.includes(name) ? undefined : askable instanceof KnownList ? askable.stream(name, list) : questionOf(askable, name, list);
    return question === undefined ? [] : [{ ministry: name, list, question }];
  });
  if (questions.length === 0) throw new CommandFailure(EXIT.failure, ["nothingToFollow"]);
  const leaving = new AbortController();
  void untilStopped().then(() => { leaving.abort(); });
  if (person.frame !== undefined) tell(person.frame);
  const codes = await Promise.all(questions.map((followed) => follow(person, followed, leaving, options)));
  return codes.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}

function questionOf(view: ViewOf, ministry: string, list: Followed["list"]): string | undefined {
  const name = `${fieldOf(ministry)}${list}`;
  return view.has("Subscription", name) ? `subscription { ${name} { ${membersOf(list).join(" ")} } }` : undefined;
}

function membersOf(list: Followed["list"]): readonly string[] { return list === "Items" ? CHANGE : NOTICE; }

async function follow(person: Person, { ministry, list, question }: Followed, leaving: AbortController, { lang, json }: SubscribeOptions): Promise<ExitCode> {
  const name = `${fieldOf(ministry)}${list}`;
  const members = membersOf(list);
  let isOpen = false;
  const show = (answer: Answer): void => {
    // The first answer says how things are; from then on nothing is missed.
    if (!isOpen) tell(textOf(lang, "following", { ministries: ministry }));
    isOpen = true;
    for (const event of (answer.data as Readonly<Record<string, readonly (Event | null)[] | null>> | null | undefined)?.[name] ?? []) {
      if (event !== null) print(json ? JSON.stringify({ ministry, ...event, marking: answer.release?.marking ?? null }) : [ministry, ...members.map((member) => event[member] ?? "-"), answer.release?.marking.en ?? ""].join(" "));
    }
  };
  while (!leaving.signal.aborted) {
    isOpen = false;
    try {
      const ended = await followEvents(person, question, leaving.signal, show);
      if (ended.how === "refused") { tellReasons(ended.answer, lang); leaving.abort(); return exitOf(ended.answer) === EXIT.ok ? EXIT.failure : exitOf(ended.answer); }
    } catch (error) {
      if (leaving.signal.aborted) break;
      if (error instanceof CommandFailure) { leaving.abort(); throw error; }
    }
    if (!leaving.signal.aborted) { tell(textOf(lang, "followingAgain", { ministry })); await wait(AGAIN_MS, undefined, { signal: leaving.signal }).catch(() => undefined); }
  }
  return EXIT.ok;
}
