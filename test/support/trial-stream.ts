/**
 * One person listens in both worlds while things happen there (SPEC 8.8, G3): what they may know of happens in both, what they may not know of happens in one or differently in each. What is told, how often
 * and in which order has to be the same. What happens is done by the keeper's own functions under the ministry's lock, so that each is a line of its history like any other.
 */
import type { Client } from "pg";
import type { MinistryDefinition } from "../../subgraphs/kit";
import { KNOWN_SETTING, READABLE_SETTING } from "../../subgraphs/kit/database/guards";
import type { Workflow } from "../../subgraphs/kit/workflow/declare";
import { workflowsOf } from "../../subgraphs/kit/workflow/list";
import type { Random } from "./generate-random";
import type { Side } from "./world-running";

/** Something that happens in a world; the text says what for a finding. */
export interface Happening { readonly what: string; readonly isVisible: boolean; readonly in: readonly (0 | 1)[]; readonly act: (client: Client, side: 0 | 1) => Promise<void>; /** Of what somebody else does: whether it ended differently and was meant to be seen. */ readonly mayLower?: () => boolean }

/** What a ministry's labels are to the listener. */
export interface Audience { readonly ministry: MinistryDefinition; readonly listener: string; /** Numbers of labels that are readable, and that are not. */ readonly readable: readonly number[]; readonly hidden: readonly number[] }

/** Opens an item, with a notice of it to somebody. */
async function openItem(client: Client, given: { readonly id: string; readonly label: number; readonly workflow: Workflow; readonly state: string; readonly owner: string; readonly to: string | undefined; readonly text: string }): Promise<void> {
  const { id, label, workflow, state, owner, to, text } = given;
  await client.query("BEGIN");
  await client.query("SELECT public.open_item($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", ["CLOCK", id, label, workflow.name, "OPENED", state, owner, null, null, JSON.stringify({ reason: text }), "{}"]);
  if (to !== undefined) await client.query("SELECT public.leave_notice($1, $2, $3, $4)", [`ntc_${id.slice(4)}`, id, to, "TOLD"]);
  await client.query("COMMIT");
}

/** Takes a step on an item as it is, into a state and under a label; false where there is none. */
async function takeStep(client: Client, id: string, state: string, label: number | undefined): Promise<void> {
  const { rows: [item] } = await client.query<{ version: number; workflow: string; state: string; label_id: number; subject: string | null; due: string | null; body: unknown }>("SELECT * FROM vault.item WHERE id = $1", [id]);
  if (item === undefined) return;
  const under = label ?? item.label_id;
  await client.query(`BEGIN; SET LOCAL ${KNOWN_SETTING} = '${item.label_id}'; SET LOCAL ${READABLE_SETTING} = '${item.label_id}'`);
  await client.query("SELECT public.take_step($1, $2, $3, $4, $5, $6, '{}', $7, $8, $9, $10, $11, $12, '{}')",
    ["CLOCK", id, item.version, item.workflow, "STEPPED", [item.state], state, under, label === undefined ? item.label_id : under, item.subject, item.due, JSON.stringify(item.body)]);
  await client.query("COMMIT");
}

/** Draws what happens: about as much of what the listener may know of as of what they may not. */
export function drawHappenings(random: Random, { ministry, listener, readable, hidden }: Audience, items: { readonly visible: readonly string[]; readonly hidden: readonly string[] }): readonly Happening[] {
  const workflows = workflowsOf(ministry);
  const opening = (label: number, to: string | undefined): ((client: Client) => Promise<void>) => {
    const workflow = random.pick(workflows);
    const given = { id: `itm_${random.word(16)}`, label, workflow, state: random.pick(workflow.states), owner: ministry.org, to, text: `text ${random.word(6)}` };
    return (client) => openItem(client, given);
  };
  const where = (): readonly (0 | 1)[] => random.pick([[0], [1], [0, 1]] as const);
  const draw = (): Happening | undefined => {
    const kind = random.pick(["visible item", "visible step", "hidden item", "hidden item", "hidden step", "raised item"] as const);
    switch (kind) {
      case "visible item": {
        if (readable.length === 0) return undefined;
        return { what: kind, isVisible: true, in: [0, 1], act: opening(random.pick(readable), random.chance(0.6) ? listener : "nobody") };
      }
      case "hidden item": {
        if (hidden.length === 0) return undefined;
        // Both worlds, but not the same.
        const acts = [opening(random.pick(hidden), listener), opening(random.pick(hidden), random.chance(0.5) ? listener : "nobody")] as const;
        return { what: kind, isVisible: false, in: where(), act: (client, side) => acts[side](client) };
      }
      case "visible step": {
        if (items.visible.length === 0) return undefined;
        const [id, state] = [random.pick(items.visible), `STATE-${random.word(4)}`];
        return { what: `${kind} ${id}`, isVisible: true, in: [0, 1], act: (client) => takeStep(client, id, state, undefined) };
      }
      case "raised item": {
        if (items.visible.length === 0 || hidden.length === 0) return undefined;
        const [id, label] = [random.pick(items.visible), random.pick(hidden)];
        return { what: `${kind} ${id}`, isVisible: false, in: [0, 1], act: (client) => takeStep(client, id, "RAISED", label) };
      }
      case "hidden step": {
        if (items.hidden.length === 0 || hidden.length === 0) return undefined;
        const [id, label] = [random.pick(items.hidden), random.chance(0.5) ? random.pick(hidden) : undefined];
        return { what: `${kind} ${id}`, isVisible: false, in: where(), act: (client) => takeStep(client, id, "STEPPED", label) };
      }
    }
  };
  return Array.from({ length: 4 + random.int(4) }, draw).filter((happening) => happening !== undefined);
}

/** What the listener may know of, in both worlds: when it has been told everything before it has been. */
export function sentinel(random: Random, { ministry, listener, readable }: Audience): { readonly id: string; readonly happening: Happening } | undefined {
  const [workflow] = workflowsOf(ministry);
  const label = readable.length === 0 ? undefined : random.pick(readable);
  if (workflow === undefined || label === undefined) return undefined;
  const id = `itm_${random.word(16)}`;
  return { id, happening: { what: "sentinel", isVisible: true, in: [0, 1], act: (client) => openItem(client, { id, label, workflow, state: "TOLD", owner: ministry.org, to: listener, text: "sentinel" }) } };
}

export async function happen(sides: readonly [Side, Side], ministry: string, { in: where, act }: Happening): Promise<void> {
  for (const side of where) await sides[side].inDatabase(ministry, (client) => act(client, side));
}

/** How far a ministry's history has come. */
export async function revisionOf(side: Side, ministry: string): Promise<number> {
  return side.inDatabase(ministry, async (client) => Number((await client.query<{ revision: string }>("SELECT revision FROM vault.revision")).rows[0]?.revision));
}

/** A stream of one side, kept open. */
export class Line {
  readonly #leaving = new AbortController();
  #text = "";
  head = "";
  isOver = false;

  static async open(url: string, headers: Readonly<Record<string, string>>, query: string): Promise<Line> {
    const line = new Line();
    const response = await fetch(url, { method: "POST", signal: line.#leaving.signal, body: JSON.stringify({ query }), headers: { ...headers, accept: "text/event-stream" } });
    line.head = [response.status, ...[...response.headers].filter(([name]) => name !== "date" && name !== "kanmon-request-id" && name !== "content-length").map(([name, value]) => `${name}: ${value}`).sort()].join("\n");
    const read = async (): Promise<void> => { for await (const chunk of response.body ?? []) line.#text += Buffer.from(chunk as Uint8Array).toString("utf8"); };
    void read().catch(() => undefined).finally(() => { line.isOver = true; });
    return line;
  }

  /** Everything that came but signs of life, and references to the evidence. */
  get events(): readonly unknown[] {
    return this.#text.split("\n\n").flatMap((event) => {
      const found = /^event: (\w+)\ndata: (.*)$/s.exec(event);
      return found === null ? [] : [[found[1], JSON.parse((found[2] ?? "") === "" ? "null" : (found[2] ?? "").replace(/"evidence":\{[^}]*\}/, '"evidence":{}')) as unknown]];
    });
  }
  get text(): string { return this.#text; }

  /** @returns whether it came before the time was over */
  async until(isSo: () => boolean, ms: number): Promise<boolean> {
    for (const end = Date.now() + ms; !isSo() && !this.isOver && Date.now() < end;) await new Promise((done) => { setTimeout(done, 5); });
    return isSo();
  }

  leave(): void { this.#leaving.abort(); }
}
