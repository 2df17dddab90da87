/**
 * Trials in which the round's person listens in both worlds (SPEC 8.8, G3). In process each line of the ministry's history is one event, so that nothing depends on time; over HTTP the streams of two
 * gateways are open, and something that the person may know of follows whatever happens, so that everything that was to be told before it has been.
 */
import { getNamedType } from "graphql";
import { DecisionMemo } from "../../gateway/execute";
import { ministries } from "../../subgraphs";
import { changesOf, generateMutation, ministryOf, selectionOf } from "./generate-mutation";
import type { Random } from "./generate-random";
import { askerFor, saidIn, type RunningDesk, type RunningLayers } from "./trial-ask";
import { questionsAfter, type AskSide, type Question, type Said } from "./trial-change";
import type { Violation } from "./trial-generated";
import type { Round } from "./trial-round";
import { type Audience, drawHappenings, happen, type Happening, Line, revisionOf, sentinel } from "./trial-stream";
import { clock, GUARDED, type Pair, type Side } from "./world-running";

export interface Heard { readonly violations: readonly Violation[]; readonly counted: boolean; readonly outcome: string; readonly text: string; readonly question: string; readonly happened: readonly string[] }

/** Milliseconds in which something that is told must have come, and in which nothing must have come where nothing can be waited for. */
const COMES_WITHIN = 20_000;
const STAYS_AWAY = 150;

interface Subscribed { readonly text: string; readonly ministry: string; readonly audience: Audience }

/** Where a decision about something closed is meant to be seen by those who do not see it: what is released, published or granted. Everything else that is done to what is hidden stays hidden. */
const LOWERING: ReadonlySet<string> = new Set([
  "AccessRequest", "EmergencyAccess", "Compartment", "DesignationFile", "Tearline", "ApproachDigest", "ReleaseRequest", "IncidentReport", "IncidentEdition",
]);

export class Listening {
  private readonly settling = new Map<string, Promise<readonly [Line, Line] | undefined>>();

  constructor(private readonly pair: Pair, private readonly desk: RunningDesk, private readonly round: Round) {}

  leave(): void {
    for (const lines of this.settling.values()) void lines.then((opened) => { for (const line of opened ?? []) line.leave(); });
    this.settling.clear();
  }

  /** Without the ministry's guards an item of which the person may know, but not what it says, is an event with nothing in it: then hidden is only what they may not know of. */
  private audience(name: string, isGuarded: boolean): Audience {
    const ministry = ministries[name];
    const sight = this.round.sights.get(name);
    if (ministry === undefined || sight === undefined) throw new Error(`no ministry ${name}`);
    const labels = [...this.pair.bases.get(name)?.labels ?? []];
    const known = labels.filter(([number]) => sight.known.has(number)).map(([number]) => number);
    return { ministry, listener: this.round.reader.person.id, readable: known.filter((number) => sight.readable.has(number)), hidden: labels.map(([number]) => number).filter((number) => !(isGuarded ? sight.readable : sight.known).has(number)) };
  }

  /** Everything that the view can listen to. */
  private subscriptions(isGuarded: boolean): readonly Subscribed[] {
    const fields = Object.values(this.round.reader.view.getSubscriptionType()?.getFields() ?? {});
    return fields.flatMap((field) => {
      const ministry = ministryOf([field.name]);
      return ministry === undefined || field.args.length > 0 ? [] : [{ ministry, audience: this.audience(ministry, isGuarded), text: `subscription Listen { ${field.name}${selectionOf(getNamedType(field.type), 1)} }` }];
    });
  }

  private draw(random: Random, isGuarded: boolean): { readonly subscribed: Subscribed; readonly happenings: readonly Happening[] } | undefined {
    const all = this.subscriptions(isGuarded);
    if (all.length === 0) return undefined;
    const subscribed = random.pick(all);
    const rows = this.round.words.items.get(subscribed.ministry) ?? [];
    const isKnown = (row: (typeof rows)[number]): boolean => this.round.sights.get(subscribed.ministry)?.known.has(Number(row["label_id"])) === true;
    const ids = (readable: boolean): readonly string[] => [...new Set(rows.filter((row) => this.round.words.isReadable(subscribed.ministry, row) === readable).map((row) => String(row["id"])))];
    // An item that was raised is not there any more to be seen; the draw is of what was there when the round began.
    return { subscribed, happenings: drawHappenings(random, subscribed.audience, { visible: ids(true).filter((id) => !this.raised.has(id)), hidden: ids(false).filter((id) => isGuarded || !rows.some((row) => row["id"] === id && isKnown(row))) }).map((happening) => this.noteRaised(happening)) };
  }
  private readonly raised = new Set<string>();
  private noteRaised(happening: Happening): Happening {
    const [, id] = /^raised item (.*)$/.exec(happening.what) ?? [];
    if (id !== undefined) this.raised.add(id);
    return happening;
  }

  async inProcess(random: Random, layers: RunningLayers, decisions: readonly [DecisionMemo, DecisionMemo], ask: AskSide): Promise<Heard> {
    const drawn = this.draw(random, layers.rows && layers.columns);
    if (drawn === undefined) return NOTHING_TO_HEAR;
    const { subscribed: { text: question, ministry }, happenings } = drawn;
    const { reader, alike } = this.round;
    const violations: Violation[] = [];
    const texts: string[] = [];
    let told = 0;
    let lowered = false;
    const event = async (number: 0 | 1, after: number, upTo: number): Promise<readonly Said[]> => {
      if (after === upTo) return [];
      const side: Side = this.pair.sides[number];
      const call = (await side.caller({ rows: layers.rows, columns: layers.columns }))(askerFor(reader, question));
      const said = saidIn(await this.desk.ask(reader, { text: question, variables: {} }, call, decisions[number], layers.release ? {} : { release: "emptied" }, { after, upTo }), layers.release);
      const isNothing = said.errors.length === 0 && Object.values(said.data ?? {}).every((value) => value === null || (Array.isArray(value) && value.length === 0));
      return isNothing ? [] : [said];
    };
    for (const happening of random.shuffle([...happenings, ...this.others(random, ministry)])) {
      const before = [await revisionOf(this.pair.sides[0], ministry), await revisionOf(this.pair.sides[1], ministry)] as const;
      await happen(this.pair.sides, ministry, happening);
      const heard = [await event(0, before[0], await revisionOf(this.pair.sides[0], ministry)), await event(1, before[1], await revisionOf(this.pair.sides[1], ministry))] as const;
      told += heard[0].length;
      texts.push(...heard.flat().map(({ text }) => text));
      const found = alike.difference(heard[0].map(({ body }) => body), heard[1].map(({ body }) => body));
      if (found !== undefined && happening.mayLower?.() !== true) violations.push({ check: happening.mayLower === undefined ? "G3: the same events" : "G2: what others do is not written down", detail: `${happening.what}: ${found}` });
      if (happening.mayLower?.() === true) { lowered = true; break; }
      if (happening.mayLower === undefined && !happening.isVisible && heard.flat().length > 0) violations.push({ check: "G3: what is hidden is no event", detail: `${happening.what}: ${heard.flat().map(({ text }) => text).join("\n")}` });
    }
    for (const after of lowered ? [] : this.after(random, ministry)) {
      const answers = [await ask(0, after), await ask(1, after)] as const;
      texts.push(answers[0].text, answers[1].text);
      if (layers.release && !(layers.rows && layers.columns)) continue;
      const found = alike.difference([answers[0].head, answers[0].body], [answers[1].head, answers[1].body]);
      if (found !== undefined) violations.push({ check: "G3: the same answers after what happened", detail: found });
    }
    return { violations, counted: isCounted(happenings), outcome: told > 0 ? "told" : "silent", text: texts.join("\n"), question, happened: happenings.map(({ what }) => what) };
  }

  /**
   * Somebody else makes a change, on what the listener knows of or not, the same in both worlds. Of two that end differently, because that person sees what differs, nothing may come down to the listener,
   * unless it was meant to (and then the worlds are not the same to them any more).
   */
  private others(random: Random, ministry: string): readonly Happening[] {
    const { round, desk } = this;
    const able = desk.readers.filter(({ person }) => person.id !== round.reader.person.id && person.subject.roles.length > 0);
    return Array.from({ length: able.length === 0 ? 0 : 2 }, (): Happening => {
      const other = random.pick(able);
      const fields = changesOf(other.view).filter((field) => field.ministry === ministry);
      const asker = { ...other.asker, action: "WRITE" as const };
      const mutation = fields.length === 0 ? undefined : generateMutation(random, fields, { ...round.words, sent: [] }, { policy: desk.policy, asker, now: clock() });
      const ended: string[] = [];
      return {
        what: `${other.person.id}: ${mutation?.text ?? "nothing"} ${JSON.stringify(mutation?.variables)}`, isVisible: true, in: [0, 1],
        act: async (_, side) => {
          if (mutation === undefined) return;
          const variables = side === 0 ? mutation.variables : round.alike.translate(mutation.variables);
          round.named.push(JSON.stringify(variables));
          const call = (await this.pair.sides[side].caller(GUARDED))(asker);
          const { errors } = await desk.ask(other, { text: mutation.text, variables }, call, new DecisionMemo(desk.policy), {});
          ended[side] = errors.map(({ code, reason }) => `${code} ${reason ?? ""}`).join();
        },
        mayLower: () => ended[0] !== ended[1] && mutation?.fields.some(({ workflow }) => workflow === undefined || LOWERING.has(workflow.name)) === true,
      };
    });
  }

  async overHttp(random: Random): Promise<Heard> {
    const drawn = this.draw(random, true);
    if (drawn === undefined) return NOTHING_TO_HEAR;
    const { subscribed: { text: question, ministry, audience }, happenings } = drawn;
    const { alike } = this.round;
    const violations: Violation[] = [];
    const lines = await this.open(question);
    try {
      const ready = await Promise.all(lines.map((line) => line.until(() => line.events.length > 0, COMES_WITHIN)));
      if (ready.includes(false)) violations.push({ check: "a stream is answered at once", detail: `${lines[0].head}\n${lines[1].head}\n${lines[0].text}\n${lines[1].text}` });
      for (const happening of happenings) {
        await happen(this.pair.sides, ministry, happening);
        const told = sentinel(random, audience);
        // Whatever is told for nothing shall not be told together with what follows.
        if (told === undefined || random.chance(0.5)) await new Promise((done) => { setTimeout(done, STAYS_AWAY / (told === undefined ? 1 : 4)); });
        if (told === undefined) continue;
        await happen(this.pair.sides, ministry, told.happening);
        const came = await Promise.all(lines.map((line) => line.until(() => line.text.includes(told.id), COMES_WITHIN)));
        if (came.includes(false)) violations.push({ check: "what may be known of is told", detail: `${happening.what}, then ${told.id}: ${came.join()}` });
      }
      // What is told together depends on time: entries are compared one by one, and that there is no event without any.
      const entries = lines.map(({ events }) => events.slice(1).flatMap(entriesOf));
      const found = alike.difference([lines[0].head, lines[0].events.slice(0, 1), entries[0]], [lines[1].head, lines[1].events.slice(0, 1), entries[1]]);
      if (found !== undefined) violations.push({ check: "G3: the same events over HTTP", detail: found });
      const empty = lines.flatMap(({ events }) => events.slice(1)).find((event) => entriesOf(event).length === 0);
      if (empty !== undefined) violations.push({ check: "G3: what is hidden is no event over HTTP", detail: JSON.stringify(empty) });
      return { violations, counted: isCounted(happenings), outcome: (entries[0]?.length ?? 0) > 0 ? "told" : "silent", text: `${lines[0].text}\n${lines[1].text}`, question, happened: happenings.map(({ what }) => what) };
    } finally {
      for (const line of lines) line.leave();
    }
  }

  /** Waits until everything that has happened at a ministry so far has come to both gateways. */
  async settle(random: Random, ministry: string): Promise<void> {
    const known = this.settling.get(ministry) ?? this.openSettling(ministry);
    this.settling.set(ministry, known);
    const lines = await known;
    const told = sentinel(random, this.audience(ministry, true));
    if (lines === undefined || told === undefined) { await new Promise((done) => { setTimeout(done, STAYS_AWAY * 3); }); return; }
    await happen(this.pair.sides, ministry, told.happening);
    await Promise.all(lines.map((line) => line.until(() => line.text.includes(told.id), COMES_WITHIN)));
  }

  private async openSettling(ministry: string): Promise<readonly [Line, Line] | undefined> {
    const [subscribed] = this.subscriptions(true).filter((one) => one.ministry === ministry);
    if (subscribed === undefined) return undefined;
    const lines = await this.open(subscribed.text);
    await Promise.all(lines.map((line) => line.until(() => line.events.length > 0, COMES_WITHIN)));
    return lines;
  }

  private async open(question: string): Promise<readonly [Line, Line]> {
    const headers = await this.desk.headersOf(this.round.reader);
    const [one, two] = this.pair.sides;
    return [await Line.open(one.gateway.url, headers, question), await Line.open(two.gateway.url, headers, question)];
  }

  private after(random: Random, ministry: string): readonly Question[] {
    const [field] = this.round.changes.filter((change) => change.ministry === ministry);
    return field === undefined ? [] : questionsAfter(random, this.round.reader.view, [field], ministryOf);
  }
}

const NOTHING_TO_HEAR: Heard = { violations: [], counted: false, outcome: "nothing to listen to", text: "", question: "", happened: [] };

/** Something happened that may not be known of, in one world or differently in each. */
function isCounted(happenings: readonly Happening[]): boolean { return happenings.some(({ isVisible, what }) => !isVisible && !what.startsWith("raised")); }

/** What an event tells of, one by one. */
function entriesOf(event: unknown): readonly unknown[] {
  const [, said] = event as readonly [string, { readonly data?: Readonly<Record<string, unknown>>; readonly errors?: readonly unknown[] } | null];
  return [...(said?.errors ?? []), ...Object.values(said?.data ?? {}).flatMap((value) => (Array.isArray(value) ? value as readonly unknown[] : value === null ? [] : [value]))];
}
