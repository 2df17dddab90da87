/**
 * Asks a ministry's own readers and, in turn, the plain query on a copy without hidden rows; gives for both the time that passed and the processor time that PostgreSQL used, which
 * the kernel counts by nanoseconds for each server process. The answers are compared before anything is measured.
 */
import { readFileSync } from "node:fs";
import { Client } from "pg";
import type { DataSource } from "typeorm";
import type { MinistryDefinition, MinistryLogin } from "../../subgraphs/kit";
import { openPool, type AdminLogin } from "../../subgraphs/kit/database/connection";
import { Documents } from "../../subgraphs/kit/documents";
import type { DocumentPageArgs } from "../../subgraphs/kit/graph/filters";
import type { Connection, DocumentNode } from "../../subgraphs/kit/graph/nodes";
import { type Manner, Reader } from "../../subgraphs/kit/reader";
import { ResponseLabels } from "../../subgraphs/kit/response-labels";
import type { Visible } from "../../subgraphs/kit/rows";
import { type Facts, PAGE, type Place, type Plain, type Question } from "./ministry-questions";

export interface Sample { readonly ms: number; readonly cpuMs: number }
export interface Side { readonly p50: number; readonly p99: number; readonly cpuMs: number; readonly rounds: number }
export interface Measured { readonly name: string; readonly part: Question["part"]; readonly rows: number; readonly guarded: Side; readonly plain: Side | undefined }

/** Waits for a reader's statements with the planner's account of each. */
export interface Explained { readonly text: string; readonly plan: string; readonly blocks: number }

const CURSOR_KEY = Buffer.alloc(32, 7);
const FEWEST_ROUNDS = 7;
/** Of what takes longer than this many milliseconds. */
const FEWEST_SLOW_ROUNDS = 3;
const SLOW_MS = 500;
const MOST_ROUNDS = 200;

/** One connection of the ministry's own role and the readers over it. */
export class GuardedSide {
  private constructor(readonly pool: DataSource, private readonly ministry: MinistryDefinition) {}

  static async open(admin: AdminLogin, login: MinistryLogin, ministry: MinistryDefinition): Promise<GuardedSide> {
    return new GuardedSide(await openPool({ host: admin.host, port: admin.port }, login, 1).initialize(), ministry);
  }

  /** Process id of the connection's server process: a pool gives an idle one up. */
  async process(): Promise<number> {
    await this.pool.query("SET statement_timeout = 0; SET max_parallel_workers_per_gather = 0");
    const [row] = await this.pool.query<{ pid: number }[]>("SELECT pg_backend_pid() AS pid");
    return row?.pid ?? 0;
  }

  /** One request: what a resolver does, from the transaction's beginning to its end. */
  async ask<T>(visible: Visible, read: (documents: Documents) => Promise<T>, reader: Reader = new Reader(this.pool, visible)): Promise<T> {
    const labels = new ResponseLabels(visible.labels);
    const documents = new Documents(this.ministry, { reader, known: visible.known, readable: visible.readable, cursorKey: CURSOR_KEY, subject: "x", joinCounted: (existence, found) => labels.plain(visible.labels.joinCounted(existence, found)) }, labels);
    try { return await read(documents); } finally { await reader.close(); }
  }

  async answer(visible: Visible, question: Question, facts: Facts, reader?: Reader): Promise<readonly string[]> {
    return this.ask(visible, async (documents) => {
      const args = question.args(facts);
      const { filter = null } = args;
      const connection = await documents.page(question.part === "count" ? { first: 0, filter } : args, question.matter?.(facts));
      return question.part === "page" ? idsOf(connection) : [String(await connection.totalCount)];
    }, reader);
  }

  async explain(visible: Visible, question: Question, facts: Facts): Promise<readonly Explained[]> {
    const reader = new ExplainingReader(this.pool, visible);
    await this.answer(visible, question, facts, reader);
    return question.part === "count" ? reader.explained.slice(1) : reader.explained;
  }

  close(): Promise<void> { return this.pool.destroy(); }
}

class ExplainingReader extends Reader {
  readonly explained: Explained[] = [];

  override async rows<T>(text: string, values: readonly unknown[], _name?: string, manner?: Manner): Promise<readonly T[]> {
    const explain = (): Promise<readonly { "QUERY PLAN": string }[]> => super.rows(`EXPLAIN (ANALYZE, BUFFERS, SETTINGS OFF) ${text}`, values, undefined, manner);
    await explain();
    const plan = (await explain()).map((row) => row["QUERY PLAN"]).join("\n");
    this.explained.push({ text, plan, blocks: [...plan.matchAll(/^ {2}Buffers: (.*)$/gm)].slice(0, 1).reduce((sum, [, counts = ""]) => sum + [...counts.matchAll(/(?:hit|read)=(\d+)/g)].reduce((all, [, blocks]) => all + Number(blocks), 0), 0) });
    return super.rows<T>(text, values, undefined, manner);
  }
}

/** The copy's connection; its queries are in a transaction too, as one request is. */
export class PlainSide {
  private constructor(readonly client: Client, readonly pid: number) {}

  static async open({ host, port, username, password }: AdminLogin, database: string): Promise<PlainSide> {
    const client = new Client({ host, port, user: username, password, database });
    await client.connect();
    await client.query("SET max_parallel_workers_per_gather = 0");
    const { rows: [row] } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    return new PlainSide(client, row?.pid ?? 0);
  }

  async answer(schema: string, { text, values }: Plain, part: Question["part"]): Promise<readonly string[]> {
    await this.client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = ${schema}`);
    const { rows } = await this.client.query<{ id?: string; count?: string }>(text, [...values]);
    await this.client.query("COMMIT");
    return part === "page" ? rows.slice(0, PAGE).map(({ id }) => String(id)) : [String(rows[0]?.count)];
  }

  close(): Promise<void> { return this.client.end(); }
}

function idsOf(connection: Connection): readonly string[] { return connection.nodes.map((node) => (node as DocumentNode).id); }

/** Places and values that questions need, as the asker finds them. */
export async function learnFacts(side: GuardedSide, visible: Visible, matter: string): Promise<Facts> {
  const read = async (args: DocumentPageArgs): Promise<readonly Place[]> => side.ask(visible, async (documents) => {
    const { edges } = await documents.page(args, undefined);
    return edges.map(({ node, cursor }) => { const { id, reference } = node as unknown as { readonly id: string; readonly reference: string | null }; return { id, cursor, reference: reference ?? "" }; });
  });
  const first = await read({ first: 500 });
  const newest = (await read({ first: 500, orderBy: [{ field: "REFERENCE", direction: "DESC" }] })).filter(({ reference }) => reference !== "");
  const [middle, late] = [first.at(-1), newest.at(-1)];
  if (middle === undefined || late === undefined) throw new Error("the asker has nothing");
  return { middle, newest: late, reference: late.reference, matter, ids: first.slice(100, 150).map(({ id }) => id) };
}

/** Interleaved rounds of both sides. @param seconds for this question */
export async function measure(guarded: GuardedSide, plain: PlainSide | undefined, schema: string, visible: Visible, question: Question, facts: Facts, seconds: number): Promise<Measured> {
  const wanted = question.plain(facts);
  const ours = async (): Promise<readonly string[]> => guarded.answer(visible, question, facts);
  const theirs = async (): Promise<readonly string[]> => plain?.answer(schema, wanted, question.part) ?? [];
  const other = await theirs();
  await guarded.process();
  const own = await ours();
  // Backwards pages come in the list's own order.
  if (plain !== undefined && JSON.stringify([...own].sort()) !== JSON.stringify([...other].sort())) throw new Error(`${question.name} (${question.part}): the guarded answer is not that of the copy: ${own.slice(0, 3).join()} against ${other.slice(0, 3).join()}`);
  const samples: { readonly guarded: Sample[]; readonly plain: Sample[] } = { guarded: [], plain: [] };
  const fewest = (): number => ((samples.plain[0] ?? samples.guarded[0])?.cpuMs ?? 0) > SLOW_MS ? FEWEST_SLOW_ROUNDS : FEWEST_ROUNDS;
  for (const until = performance.now() + seconds * 1000; samples.guarded.length < fewest() || (performance.now() < until && samples.guarded.length < MOST_ROUNDS);) {
    // Whoever is second finds the processor's caches used by the first: they take turns.
    const turns = [async () => samples.guarded.push(await sample(await guarded.process(), ours)), ...(plain === undefined ? [] : [async () => samples.plain.push(await sample(plain.pid, theirs))])];
    for (const turn of samples.guarded.length % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  return { name: question.name, part: question.part, rows: question.part === "page" ? own.length : Number(own[0]), guarded: sideOf(samples.guarded), plain: plain === undefined ? undefined : sideOf(samples.plain) };
}

async function sample(pid: number, act: () => Promise<unknown>): Promise<Sample> {
  const [cpu, begun] = [processorNs(pid), performance.now()];
  await act();
  return { ms: performance.now() - begun, cpuMs: (processorNs(pid) - cpu) / 1e6 };
}

/** Nanoseconds for which the kernel let a process run. */
export function processorNs(pid: number): number { return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]); }

function sideOf(samples: readonly Sample[]): Side {
  const at = (list: readonly number[], share: number): number => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.ceil(share * list.length) - 1)] ?? Number.NaN;
  const ms = samples.map((each) => each.ms);
  return { p50: at(ms, 0.5), p99: at(ms, 0.99), cpuMs: at(samples.map((each) => each.cpuMs), 0.5), rounds: samples.length };
}
