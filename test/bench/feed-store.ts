/** What the gateway's store of standing costs in processor time: a snapshot, looking somebody up, one event. Measured in this process, by the processor time of the process, on lines written from the specification. */
import { FeedLines } from "../../gateway/subject/lines";
import { StandingStore } from "../../gateway/subject/store";
import { NOTHING_REMEMBERED } from "../support/nothing-remembered";
import { loadPolicy } from "../../schema/policy";
import { StandingScript } from "../support/standing-script";

export interface StoreCost { readonly people: number; readonly snapshotS: number; readonly bytesAPerson: number; readonly revisionUs: number; readonly partsUs: number; readonly eventUs: number }

const LOOK_UPS = 100_000;
const EVENTS = 20_000;
const TOKENS = 200;
const MADE_AT_ONCE = 5_000;

export function measureStore(people: number): StoreCost {
  const { members } = loadPolicy();
  const store = new StandingStore({ ministries: ["defense"], keeperOf: members.keeperOf, clock: Date.now, warn: () => undefined, remembered: NOTHING_REMEMBERED });
  const script = new StandingScript({ ministry: "defense" });
  const lines = new FeedLines(store, "defense", undefined);
  lines.take(script.head());
  let entries = 0;
  let snapshotS = 0;
  const takeAll = (texts: readonly string[]): void => { entries += texts.length; snapshotS += processorSeconds(() => { for (const text of texts) lines.take(text); }); };
  global.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  takeAll(Array.from({ length: TOKENS }, (_, at) => JSON.stringify(["tokens", "", `MOD-${at}`, { issuer: "JPN.MOD" }])));
  for (let from = 0; from < people; from += MADE_AT_ONCE) takeAll(Array.from({ length: Math.min(MADE_AT_ONCE, people - from) }, (_, at) => linesOf(from + at)).flat());
  lines.take(JSON.stringify({ entries }));
  lines.take(script.alive(Date.now()));
  global.gc?.();
  const bytesAPerson = (process.memoryUsage().heapUsed - heapBefore) / people;
  const someone = (at: number): string => idOf((at * 7919) % people);
  const events = Array.from({ length: EVENTS }, (_, at) => at % 2 === 0 ? script.remove("assignments", someone(at), `MOD-${((at * 7919) % people) % TOKENS}`) : script.put("assignments", someone(at - 1), `MOD-${((at * 7919) % people) % TOKENS}`, assignment(at)));
  const partsUs = each(LOOK_UPS, (at) => { if (store.partsOf(someone(at)).length !== 1) throw new Error("somebody is missing"); });
  const revisionUs = each(LOOK_UPS, (at) => { store.revisionOf(someone(at)); });
  const eventUs = each(EVENTS, (at) => { lines.take(events[at] ?? ""); });
  return { people, snapshotS, bytesAPerson, revisionUs, partsUs, eventUs };
}

function linesOf(at: number): readonly string[] {
  const id = idOf(at);
  return [
    ["assignments", id, `MOD-${at % TOKENS}`, assignment(at)], ["assignments", id, `MOD-${(at + 7) % TOKENS}`, assignment(at + 1)], ["assignments", id, `MOD-${(at + 13) % TOKENS}`, assignment(at + 2)],
    ["eligibilities", id, String(at + 1), { regime: "SDS", maxLevel: 4, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: ["JPN.MOD"], notifiedOn: dayOf(at), validUntil: dayOf(at + 3), status: "ACTIVE" }],
    ["subjects", id, "", { kind: "official", nation: "JPN", org: "JPN.MOD", purposes: ["ANALYSIS"] }],
  ].map((entry) => JSON.stringify(entry));
}

const idOf = (at: number): string => `jpn.mod-person-${at}`;
const dayOf = (at: number): string => new Date(Date.UTC(2022, 0, 1) + (at * 7919) % 1500 * 86_400_000).toISOString().slice(0, 10);
const assignment = (at: number): object => ({ role: "READER", from: dayOf(at), until: dayOf(at + 5), grantedBy: "JPN.MOD" });

function processorSeconds(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}

function each(count: number, act: (at: number) => void): number {
  return processorSeconds(() => { for (let at = 0; at < count; at += 1) act(at); }) * 1e6 / count;
}
