/**
 * One running ministry (SPEC 6): its database, its guards, its schema and its HTTP surface put together. Takes a definition and a configuration, gives an address; refuses to
 * start without a registry or without keys. Nobody gets the text of a schema that lost a label in printing.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { BOTTOM, type LabelCore } from "../../schema/label";
import { type Policy, demoShiftDays, labelOf } from "../../schema/policy";
import { type PolicySettings, PolicySource } from "../../schema/snapshot";
import { importTable } from "./bulk/importer";
import { Assignments } from "./assignments";
import { CallerCheck } from "./caller";
import { type AdminLogin, type MinistryLogin, type ServerAddress, createMinistryDatabase, openPool } from "./database/connection";
import type { MinistryDefinition } from "./definition";
import { Documents } from "./documents";
import { buildSubgraph } from "./federation";
import { SnapshotTurns, followStanding } from "./follow";
import { LabelIntake } from "./label-intake";
import { LabelTable } from "./label-table";
import { LegalNotices } from "./legal-notices";
import { Matters } from "./matters";
import { type Once, rememberedChanges } from "./once";
import { type ChangeWindow, OperationRunner, type RequestScope } from "./operation";
import { Reader } from "./reader";
import { noteNation } from "./reads-for";
import { type MinistryKeys, type RegistryData, cursorKey, knownGateways } from "./registry";
import { Registers } from "./registers";
import { ResponseLabels } from "./response-labels";
import type { PageEnvironment } from "./page";
import { type Asker, type GuardSeams, RowGuard, type Visible } from "./rows";
import { subgraphOf } from "./sdl";
import { type Seals, sealsOf } from "./seals";
import { listen } from "./server";
import { StandingChanges, StandingReader } from "./standing";
import { Days } from "./workflow/days";
import { Items } from "./workflow/items";
import { noteReadings } from "./workflow/readings";
import { takeStep } from "./workflow/runner";

export interface MinistryConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** With an owner's sign-in the roles, the database and its tables are made or brought up to date first. */
  readonly database: ServerAddress & MinistryLogin & { readonly ownerUsername?: string; readonly ownerPassword?: string };
  /** Milliseconds for which a database server that is still starting is waited for; without it the first refusal counts. */
  readonly patience?: number;
  readonly registry: RegistryData;
  readonly keys: MinistryKeys;
  /** The signed policy that this ministry decides by, followed while it runs. */
  readonly policy: PolicySettings;
  /** Told of every change of the policy, and of every reason why there is none. */
  readonly tell?: (event: string, detail: Readonly<Record<string, string | number>>) => void;
  /** Seeds the demonstration and moves the dates of policy and data with the calendar. */
  readonly demo: boolean;
}

/** For tests alone. */
export interface MinistrySeams {
  readonly guards?: GuardSeams;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
  /** Milliseconds after which a stream of the standing ends, and for which a follower that does not read is waited for. */
  readonly streamLife?: number;
  readonly drainWithin?: number;
}

export interface RunningMinistry {
  readonly url: string;
  readonly port: number;
  /** The text of its schema. @throws Error when a label was lost in printing */
  readonly sdl: () => string;
  stop(): Promise<void>;
}

/** @throws Error saying what is wrong: the database out of reach, the port taken, keys of no use */
export async function startMinistry(ministry: MinistryDefinition, config: MinistryConfig, seams: MinistrySeams = {}): Promise<RunningMinistry> {
  const clock = seams.clock ?? Date.now;
  const gateways = knownGateways(config.registry, ministry.name, config.keys);
  const { schema, sdl } = buildSubgraph(subgraphOf(ministry));
  const { host, port, username, password, database, ownerUsername, ownerPassword } = config.database;
  const login: MinistryLogin = { username, password, database };
  if (ownerUsername !== undefined && ownerPassword !== undefined) {
    await createMinistryDatabase({ host, port, username: ownerUsername, password: ownerPassword } satisfies AdminLogin, ministry, login, { demo: config.demo, now: clock() });
  }
  const changes = new StandingChanges({ host, port }, login);
  const pool = openPool({ host, port }, login);
  const source = await PolicySource.open({ ...config.policy, shiftDays: config.demo ? demoShiftDays(clock()) : 0, clock, tell: config.tell ?? (() => undefined) });
  const undo = async (): Promise<void> => { source.stop(); await changes.stop(); if (pool.isInitialized) await pool.destroy(); };
  try {
    const table = new LabelTable();
    const standing = new StandingReader(pool);
    const labels = new LabelIntake(pool, table, () => standing.readHistory());
    // Seeding anew gives labels new numbers, and comes with a line of history. Listened to before anything is read, so that no change falls in between.
    changes.on("changed", () => { labels.refresh().catch(() => undefined); });
    const until = performance.now() + (config.patience ?? 0);
    await whenUp(until, () => changes.start());
    await whenUp(until, () => pool.initialize());
    await labels.refresh();
    const guard = new RowGuard(table, seams.guards);
    const world: World = { ministry, policy: () => source.current(), pool, guard, clock, cursorKey: cursorKey(config.keys, ministry.name), seals: sealsOf(config.registry, ministry.name, config.keys), labels };
    const days = new Days({ ministry, pool, policy: world.policy, clock, labels: () => table.at(clock()) });
    const runner = new OperationRunner(schema, rememberedChanges(ministry));
    // Every request takes the policy that is in force when it begins; nothing has to be told.
    source.follow(() => undefined);
    const feed = {
      ministry: ministry.name, reader: standing, clock, takeIn: (history: number) => labels.upTo(history), snapshots: new SnapshotTurns(),
      follow: (changed: () => void) => { changes.on("changed", changed); return () => { changes.off("changed", changed); }; },
    };
    const server = await listen(config.host, config.port, {
      check: new CallerCheck({ subgraph: ministry.name, gateways, clock }),
      graphql: ({ asker }, body) => runner.run(body, async (window, once, highWater) => {
        await noteNation(pool, asker, clock());
        if (window !== undefined) await labels.upTo(window.upTo);
        return openRequest(world, asker, { window, once, highWater });
      }),
      standing: (after, stream) => followStanding(feed, after, stream),
      ready: async () => { await pool.query("SELECT 1"); return { policy: world.policy().version }; },
      ...(seams.streamLife === undefined ? {} : { streamLife: seams.streamLife }), ...(seams.drainWithin === undefined ? {} : { drainWithin: seams.drainWithin }),
    });
    days.start();
    return { url: `http://${config.host}:${server.port}`, port: server.port, sdl, stop: async () => { days.stop(); await server.stop(); await undo(); } };
  } catch (error) {
    await undo();
    throw error;
  }
}

/** What a server says, or what is not there yet, while it starts. */
const STARTING: ReadonlySet<unknown> = new Set(["ENOENT", "ECONNREFUSED", "57P03"]);
/** What the driver says, without a code, of a server that took too long to answer: on a machine where everything starts at once it may just be late. */
const LATE = /timeout/i;
const RETRY_MS = 20;

/** @throws whatever keeps the database from being reached, but while it starts only when the time is over */
async function whenUp(until: number, reach: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try { await reach(); return; } catch (error) {
      const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
      const isStarting = STARTING.has(code) || (code === undefined && LATE.test(String(message)));
      if (!isStarting || performance.now() >= until) throw error;
    }
    await wait(RETRY_MS);
  }
}

interface World {
  readonly ministry: MinistryDefinition;
  readonly policy: () => Policy;
  readonly pool: DataSource;
  readonly guard: RowGuard;
  readonly clock: () => number;
  readonly cursorKey: Buffer;
  readonly seals: Seals;
  readonly labels: LabelIntake;
}

const PUBLIC = labelOf(BOTTOM);

/** What a call says about itself beside its document. */
interface Stated { readonly window: ChangeWindow | undefined; readonly once: Once | undefined; readonly highWater: LabelCore | undefined }

function openRequest(world: World, asker: Asker, { window, once, highWater }: Stated): RequestScope {
  const { ministry, policy: inForce, pool, guard, clock, cursorKey: key, seals } = world;
  const now = clock();
  const policy = inForce();
  const visible = guard.visible(policy, asker, now);
  const reader = new Reader(pool, visible);
  const labels = new ResponseLabels(visible.labels);
  const environmentOf = (through: Reader, seen: Visible): PageEnvironment => ({
    reader: through, known: seen.known, readable: seen.readable, cursorKey: key, subject: asker.subject.id, joinCounted: (existence, content) => labels.plain(seen.labels.joinCounted(existence, content)),
  });
  const environment = environmentOf(reader, visible);
  const registers = new Registers(environment, labels);
  return {
    context: {
      echo: (typename, id) => ({ __typename: typename, id, get _label() { return labels.plain(PUBLIC); } }),
      documents: new Documents(ministry, environment, labels), matters: new Matters(ministry, environment, labels), registers,
      changes: new Assignments({ policy, pool, asker, visible, registers, now, once, highWater }),
      items: new Items(policy, environment, labels, visible.labels, (items) => noteReadings(pool, asker, visible, items)), window,
      legalNotices: new LegalNotices({ policy, pool, asker, page: environment, labels, now, refresh: () => world.labels.refresh() }),
      importTable: async (request, itemKey) => {
        const at = clock();
        const outcome = await importTable({ ministry, policy, pool, asker, visible: guard.visible(policy, asker, at), now: at, highWater }, request, itemKey);
        await world.labels.refresh();
        return outcome;
      },
      take: async (workflow, step, input, itemKey) => {
        let isRepeated = false;
        const onRepeated = (): void => { isRepeated = true; };
        const id = await takeStep({ ministry, policy, pool, asker, visible: guard.visible(policy, asker, clock()), now: clock(), seals, onRepeated, highWater }, workflow, step, input, itemKey, once);
        // What the step made of the item is read in a world of its own: it may have a label that nobody had before.
        await world.labels.refresh();
        const after = guard.visible(policy, asker, clock());
        const again = new Reader(pool, after);
        try { return await new Items(policy, environmentOf(again, after), labels, after.labels, isRepeated ? (items) => noteReadings(pool, asker, after, items) : undefined).byId(workflow, id); } finally { await again.close(); }
      },
    },
    printLabels: () => labels.print(),
    close: () => reader.close(),
  };
}
