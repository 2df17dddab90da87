/**
 * `npm run bench:feed`: everything as `kanmon start` starts it, each a process, with real PostgreSQL. Measured: how long after the commit of a revocation the last answer came that still showed what was
 * revoked, for each kind of grant, while the person asks all the time, with the demo's people and with 200,000 more; how long a snapshot of these takes; what the gateway takes in memory with all of them; and, in this process, look-up and event in processor
 * time. Fails above one second (p99), 300 MB, 100 us and 1 ms. `--people 20000 --rounds 5` for less. Writes FEED.md.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ask, fetchToken } from "../../gateway/cli/ask";
import { personaCalled } from "../../gateway/cli/people";
import { connectAsOwner, REVOCATIONS, type Revocation, takeAway } from "../support/revocations";
import { EMPLOYERS, ENTRIES_A_PERSON, writePeople } from "./feed-people";
import { measureStore } from "./feed-store";
import { freePort } from "./ports";
import { cpuByProcess, cpuSeconds, forgetPeak, residentMb, ROOT, type Running, startNode } from "./process";
import { printMachine } from "./report";

const MOST_REVOCATION_MS = 1_000;
const MOST_MB = 300;
const MOST_LOOK_UP_US = 100;
const MOST_EVENT_US = 1_000;
const READY = /^ready http:.*$/m;
const START_WITHIN_MS = 300_000;
const ASKERS = 3;
const GIVE_UP_MS = 120_000;

interface World { readonly running: Running; readonly home: string; readonly url: string; readonly admin: string; readonly issuer: string; readonly gateway: number }
interface Latency { readonly kind: string; readonly people: number; readonly p50: number; readonly p99: number; readonly most: number; readonly samples: readonly number[] }

async function main(): Promise<number> {
  const people = option("--people", 200_000);
  const rounds = option("--rounds", 30);
  const folder = mkdtempSync(join(tmpdir(), "kanmon-bench-feed-"));
  // As root the database runs as another user, who has to get in.
  chmodSync(folder, 0o755);
  let world = await start(join(folder, "home")).catch((error: unknown) => { rmSync(folder, { recursive: true, force: true }); throw error; });
  try {
    await wait(3_000);
    const before = residentMb(world.gateway);
    const few = await revokeAll(world, 0, rounds);
    const cpuBefore = cpuSeconds(world.gateway);
    // That of the start, when a bundle is judged, is none of the standing's.
    forgetPeak(world.gateway);
    const loading = performance.now();
    for (const employer of EMPLOYERS) {
      const client = await connectAsOwner(world.home, employer.database);
      try { await writePeople(client, employer, people / EMPLOYERS.length); } finally { await client.end(); }
    }
    const writtenS = (performance.now() - loading) / 1000;
    await untilFollowed(world);
    const followedS = (performance.now() - loading) / 1000 - writtenS;
    const loadCpu = cpuSeconds(world.gateway) - cpuBefore;
    await wait(5_000);
    const many = await revokeAll(world, people, rounds);
    const after = residentMb(world.gateway);
    // Judging the bundle and taking the snapshots overlap when everybody is stated already.
    await world.running.stop();
    const starting = performance.now();
    world = await start(world.home);
    await untilFollowed(world);
    const startedS = (performance.now() - starting) / 1000;
    await wait(5_000);
    const again = residentMb(world.gateway);
    const store = measureStore(people);
    const all = [...few, ...many];
    const report = [
      "# Standing feed", "", "Written by `npm run bench:feed`.", "",
      `From when a revocation was known to be committed to when the last answer that still showed what was revoked had come, in ms, while ${ASKERS} of that person's requests are always under way (an answer takes its time to come):`, "",
      "| kind of grant | people stated | p50 | p99 | most | samples |", "|---|--:|--:|--:|--:|--:|",
      ...[...all, together(few, 0), together(many, people)].map(({ kind, people: stated, p50, p99, most, samples }) => `| ${kind} | ${stated === 0 ? "the demo's" : stated.toLocaleString("en")} | ${p50.toFixed(0)} | ${p99.toFixed(0)} | ${most.toFixed(0)} | ${samples.length} |`), "",
      `Gateway, whole process, resident: ${before.now.toFixed(0)} MB with the demo's people (${before.peak.toFixed(0)} MB at its highest until then, while it started and its bundle was judged), ${after.now.toFixed(0)} MB with ${people.toLocaleString("en")} more (${(people * ENTRIES_A_PERSON).toLocaleString("en")} entries), ${after.peak.toFixed(0)} MB at its highest from when the first of them was written, while snapshots came (limit ${MOST_MB} MB).`, "",
      `Started again with all of them: every snapshot is there ${startedS.toFixed(1)} s after everything was begun, ${again.now.toFixed(0)} MB five seconds later, ${again.peak.toFixed(0)} MB at its highest until then.`, "",
      `Written in ${writtenS.toFixed(1)} s by ${EMPLOYERS.length} transactions; after the last of them the gateway had every snapshot in ${followedS.toFixed(1)} s, with ${loadCpu.toFixed(1)} s of processor time for all of them.`, "",
      `In one process with ${people.toLocaleString("en")} people of one ministry, processor time: ${store.revisionUs.toFixed(1)} us to see whether somebody's standing changed, ${store.partsUs.toFixed(1)} us to put it together, ${store.eventUs.toFixed(1)} us for an event, its hash included; ${store.snapshotS.toFixed(1)} s for the snapshot; ${store.bytesAPerson.toFixed(0)} bytes a person.`, "",
      `Machine: ${printMachine().replace(/, gateway pinned.*$/, "")}, all cores, shared with other work.`, "",
    ].join("\n");
    process.stdout.write(`${report}\n`);
    writeFileSync(join(__dirname, "FEED.md"), report);
    const worst = Math.max(together(few, 0).p99, together(many, people).p99);
    return worst < MOST_REVOCATION_MS && after.peak < MOST_MB && store.partsUs < MOST_LOOK_UP_US && store.eventUs < MOST_EVENT_US ? 0 : 1;
  } finally {
    await world.running.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(home: string): Promise<World> {
  const [port, admin, issuer] = [await freePort(), await freePort(), await freePort()].map(String);
  const running = await startNode(join(ROOT, "dist/gateway/cli/main.js"), ["start", "--lang", "en", "--home", home, "--port", port ?? "", "--admin-port", admin ?? "", "--issuer-port", issuer ?? "", "--ministry-port", "0"], { until: READY, startWithin: START_WITHIN_MS, stopWithin: 60_000 });
  const gateway = cpuByProcess(running.pid).find(({ command }) => /main\.js gateway\b/.test(command));
  if (gateway === undefined) throw new Error("there is no gateway");
  return { running, home, url: `http://127.0.0.1:${port}/graphql`, admin: `http://127.0.0.1:${admin}`, issuer: `http://127.0.0.1:${issuer}`, gateway: gateway.pid };
}

async function revokeAll(world: World, people: number, rounds: number): Promise<readonly Latency[]> {
  const found: Latency[] = [];
  for (const revocation of REVOCATIONS) {
    const client = await connectAsOwner(world.home, revocation.database);
    try {
      const dataOf = await askerOf(world, revocation);
      const whole = await dataOf();
      const samples: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        // Somebody asks all the time, so that there are answers under way when it is committed.
        const shown: number[] = [];
        let isGone = false;
        const askers = Array.from({ length: ASKERS }, async () => {
          for (const begun = performance.now(); !isGone;) {
            if (performance.now() - begun > GIVE_UP_MS) throw new Error(`${revocation.kind}: still answered`);
            const sent = performance.now();
            if (await dataOf() === whole) shown.push(performance.now()); else if (sent > committed) isGone = true;
          }
        });
        let committed = Number.POSITIVE_INFINITY;
        await wait(100);
        const giveBack = await takeAway(client, revocation);
        committed = performance.now();
        await Promise.all(askers);
        samples.push(Math.max(0, ...shown.map((at) => at - committed)));
        await giveBack();
        for (const begun = performance.now(); await dataOf() !== whole;) if (performance.now() - begun > GIVE_UP_MS) throw new Error(`${revocation.kind}: it did not come back`);
      }
      found.push({ kind: revocation.kind, people, ...spread(samples), samples });
    } finally { await client.end(); }
  }
  return found;
}

async function askerOf({ url, issuer }: World, { persona, query }: Revocation): Promise<() => Promise<string>> {
  let token = await fetchToken(issuer, persona);
  let fetchedAt = performance.now();
  const { purpose } = personaCalled(persona);
  return async () => {
    if (performance.now() - fetchedAt > 60_000) { token = await fetchToken(issuer, persona); fetchedAt = performance.now(); }
    const { data, errors } = await ask(url, token, { query }, { purpose });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return JSON.stringify(data);
  };
}

/** Until every ministry is in force at the last event of its database. */
async function untilFollowed({ home, admin }: World): Promise<void> {
  for (const { database } of EMPLOYERS) {
    const client = await connectAsOwner(home, database);
    try {
      const { rows: [row] } = await client.query<{ event: string }>("SELECT event FROM vault.revision");
      const subgraph = database.replaceAll("_", "-");
      const isThere = async (): Promise<boolean> => {
        const text = await (await fetch(`${admin}/metrics`)).text();
        return text.includes(`kanmon_standing_revision{subgraph="${subgraph}"} ${row?.event}\n`) && text.includes(`kanmon_standing_in_force{subgraph="${subgraph}"} 1\n`);
      };
      for (const begun = performance.now(); !await isThere(); await wait(50)) if (performance.now() - begun > GIVE_UP_MS) throw new Error(`the standing of ${subgraph} did not come`);
    } finally { await client.end(); }
  }
}

function together(latencies: readonly Latency[], people: number): Latency {
  const samples = latencies.flatMap((each) => each.samples);
  return { kind: "all", people, ...spread(samples), samples };
}

function spread(samples: readonly number[]): Pick<Latency, "p50" | "p99" | "most"> {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}

function option(name: string, otherwise: number): number {
  const given = Number(process.argv[process.argv.indexOf(name) + 1]);
  return process.argv.includes(name) && given > 0 ? given : otherwise;
}

void main().then((code) => { process.exitCode = code; }, (error: unknown) => { process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`); process.exitCode = 1; });
