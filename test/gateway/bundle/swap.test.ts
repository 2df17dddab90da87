/**
 * A schema that changes under load: a ministry's type gains a field and loses it again, and another field is labelled higher, while several connections ask without a pause. Over real HTTP,
 * with evidence, statements and the judge in a process of its own.
 */
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, parse } from "graphql";
import { Agent, request } from "undici";
import { judgeApart } from "../../../gateway/bundle/judge-apart";
import { composeSupergraph } from "../../../schema/compose";
import { subgraph } from "../../schema/compose/harness";
import { contentOf, makeReleaseKey, put, signed } from "../../support/signed-bundle";
import { compiledApart } from "../../support/thread";
import { DEFENSE, ECONOMY, LABELS, startWorld, type World } from "../front/labelled-federation";

const CONNECTIONS = 6;
const SWAP_WITHIN_MS = 50_000;
const release = makeReleaseKey();
const compose = (defense: string): ReturnType<typeof composeSupergraph> => composeSupergraph([subgraph("defense", defense), subgraph("economy", ECONOMY)]);
const withField = DEFENSE.replace("title: String covertTitle", "title: String added: String covertTitle");
const plain = compose(DEFENSE);
const grown = compose(withField);
/** `added` is there, and for a few only. */
const raised = compose(withField.replace("added: String", 'added: String @label(level: "SECRET", regimes: ["SDS"], owner: "JPN.MOD")'));

const STEADY = "{ defenseReports { id title assessment } }";
const NEW = "{ defenseReports { id added } }";

let world: World;
let serial = 1;
let agent: Agent;
beforeAll(async () => {
  world = await startWorld({ releaseKey: release, judge: judgeApart(compiledApart()), limits: { deadline: SWAP_WITHIN_MS } });
  agent = new Agent({ connections: CONNECTIONS + 2 });
  // As in life: the ministry answers the new field before the first bundle has it, and after the last one that does.
  const schema = buildSubgraphSchema([{ typeDefs: parse(subgraph("defense", withField).sdl), resolvers: {
    Query: { defenseReports: () => world.reports, defenseReport: (_: unknown, { id }: { readonly id: string }) => world.reports.find((report) => report.id === id) },
    DefenseReport: {
      __resolveReference: ({ id }: { readonly id: string }) => world.reports.find((report) => report.id === id), _label: ({ label }: { readonly label: number }) => label,
      added: ({ id }: { readonly id: string }) => `added ${id}`,
    },
  } as never }]);
  world.defense.interfere = async (_, response, body) => {
    const { query, variables } = JSON.parse(body) as { readonly query: string; readonly variables?: Record<string, unknown> };
    response.end(JSON.stringify({ ...await graphql({ schema, source: query, variableValues: variables ?? {} }), extensions: { labels: LABELS } }));
    return true;
  };
});
afterAll(async () => { await agent.destroy(); await world.stop(); });

interface Got { readonly status: number; readonly data: string; readonly codes: string; readonly record: number }
async function ask(query: string, who: string): Promise<Got> {
  const { statusCode: status, body } = await request(world.gateway.url, {
    method: "POST", dispatcher: agent, headers: { accept: "application/graphql-response+json", "content-type": "application/json", authorization: `Bearer ${await world.token(who)}` }, body: JSON.stringify({ query }),
  });
  const { data, errors, extensions } = await body.json() as { readonly data?: unknown; readonly errors?: readonly { readonly extensions: { readonly code: string } }[]; readonly extensions?: { readonly release: { readonly evidence: { readonly index: number } } } };
  return { status, data: JSON.stringify(data ?? null), codes: (errors ?? []).map(({ extensions: { code } }) => code).join(), record: extensions?.release.evidence.index ?? -1 };
}
async function inForce(): Promise<{ readonly serial: number; readonly version: string; readonly refused?: unknown }> {
  return (await (await fetch(`${world.gateway.adminUrl}/health/ready`)).json() as { readonly bundle: { readonly serial: number; readonly version: string } }).bundle;
}

/** Puts a bundle into the file and waits until it is in force. */
async function swap(bundle: typeof plain): Promise<void> {
  serial += 1;
  put(world.config.bundleFile, await signed(contentOf(bundle), [release], { serial }));
  for (const until = Date.now() + SWAP_WITHIN_MS; (await inForce()).serial !== serial;) {
    if (Date.now() > until) throw new Error(`not in force: ${JSON.stringify(await inForce())}`);
    await new Promise((done) => { setTimeout(done, 20); });
  }
}

it("gains a field and loses it while requests go on: none fails, none is a mixture, and what was validated for one schema is not executed for another [B-21] [B-101]", async () => {
  const wanted = { steady: (await ask(STEADY, "lo")).data, high: (await ask(STEADY, "hi")).data };
  expect(wanted.high).not.toBe(wanted.steady);
  let isOver = false;
  const got = { steady: [] as Got[], high: [] as Got[], added: [] as Got[] };
  const load = async (query: string, who: string, into: Got[]): Promise<void> => { while (!isOver) into.push(await ask(query, who)); };
  const loads = [...Array.from({ length: CONNECTIONS - 3 }, () => load(STEADY, "lo", got.steady)), load(STEADY, "hi", got.high), load(NEW, "lo", got.added), load(NEW, "hi", got.added)];
  const counts: number[] = [];
  const after: Got[] = [];
  const total = (): number => got.steady.length + got.high.length + got.added.length;
  try {
    for (const bundle of [grown, plain, grown, plain]) {
      const before = total();
      await swap(bundle);
      counts.push(total() - before);
      after.push(await ask(NEW, "lo"));
    }
  } finally {
    isOver = true;
  }
  await Promise.all(loads);

  // Answered while each bundle was judged and put in force.
  expect(Math.min(...counts)).toBeGreaterThan(10);
  expect(new Set(got.steady.map(({ status, data, codes }) => `${status} ${codes} ${data}`))).toEqual(new Set([`200  ${wanted.steady}`]));
  expect(new Set(got.high.map(({ status, data, codes }) => `${status} ${codes} ${data}`))).toEqual(new Set([`200  ${wanted.high}`]));
  expect(after.map(({ status, codes }) => `${status} ${codes}`)).toEqual(["200 ", "400 GRAPHQL_VALIDATION_FAILED", "200 ", "400 GRAPHQL_VALIDATION_FAILED"]);
  expect(after[0]?.data).toContain("added open");
  expect(new Set(got.added.map(({ status, codes }) => `${status} ${codes}`))).toEqual(new Set(["200 ", "400 GRAPHQL_VALIDATION_FAILED"]));

  // The evidence says by which bundle each was decided, and in which class; what was answered fits exactly that one.
  const records = world.records();
  const added = new Map(got.added.filter(({ status }) => status === 200).map(({ record, data }) => [record, data]));
  expect([...added.keys()].map((at) => records[at]?.bundle).filter((version) => version !== grown.version)).toEqual([]);
  const newDocument = new Set([...added.keys()].map((at) => records[at]?.document));
  const decided = records.filter(({ document, kind }) => kind !== "START" && document !== undefined && newDocument.has(document));
  expect(decided.length).toBe(got.added.length + after.length);
  for (const { kind, bundle } of decided) expect([kind, bundle]).toEqual(kind === "ANSWER" ? ["ANSWER", grown.version] : ["REFUSAL", plain.version]);
  const bundlesOfClass = new Map<string, Set<string | undefined>>();
  for (const each of records) if (each.class !== undefined) bundlesOfClass.set(each.class, (bundlesOfClass.get(each.class) ?? new Set()).add(each.bundle));
  expect([...bundlesOfClass.values()].map((bundles) => bundles.size)).toEqual([1, 1, 1, 1]);
}, 240_000);

it("labels a field higher for every request that begins afterwards, and lets one that began before end as it began [B-101] [B-136]", async () => {
  await swap(grown);
  const usual = world.defense.interfere;
  let isAsked: () => void = () => undefined;
  let goOn: () => void = () => undefined;
  const asked = new Promise<void>((done) => { isAsked = done; });
  const held = new Promise<void>((done) => { goOn = done; });
  world.defense.interfere = async (...call) => { isAsked(); await held; return await usual?.(...call) ?? false; };
  const early = ask(NEW, "lo");
  await asked;
  world.defense.interfere = usual;
  await swap(raised);
  goOn();
  const begunBefore = await early;
  expect([begunBefore.status, world.records()[begunBefore.record]?.bundle]).toEqual([200, grown.version]);
  expect(begunBefore.data).toContain("added open");
  expect((await ask(NEW, "lo")).codes).toBe("GRAPHQL_VALIDATION_FAILED");
  const high = await ask(NEW, "hi");
  expect([high.status, world.records()[high.record]?.bundle]).toEqual([200, raised.version]);
  const metrics = await (await fetch(`${world.gateway.adminUrl}/metrics`)).text();
  expect(metrics).toContain(`kanmon_bundle_serial ${serial}\n`);
  expect(metrics).toContain(`kanmon_bundle_switches_total ${serial - 1}\n`);
}, 120_000);

it("goes on answering when a bundle is refused, and says so to operators only", async () => {
  const before = await inForce();
  put(world.config.bundleFile, await signed(contentOf(plain), [makeReleaseKey("stranger")], { serial: serial + 1 }));
  for (const until = Date.now() + SWAP_WITHIN_MS; (await inForce()).refused === undefined && Date.now() < until;) await new Promise((done) => { setTimeout(done, 20); });
  const ready = await fetch(`${world.gateway.adminUrl}/health/ready`);
  expect([ready.status, await ready.json()]).toMatchObject([200, { status: "ready", problems: ["bundle"], bundle: { serial: before.serial, version: before.version, refused: { reason: "signature" } } }]);
  expect(await (await fetch(`${world.gateway.adminUrl}/metrics`)).text()).toContain('kanmon_bundle_refusals_total{reason="signature"} 1');
  expect((await ask(NEW, "hi")).status).toBe(200);
});
