/** A reader that asks the planner about every statement before it runs it: blocks that PostgreSQL touched, rows that it took only to throw them away, and ways on which hidden rows may lie. */
import { escapeLiteral } from "pg";
import { type Manner, Reader } from "../../subgraphs/kit/reader";

interface PlanNode {
  readonly "Node Type": string; readonly "Relation Name"?: string; readonly "Index Name"?: string; readonly "Index Cond"?: string;
  readonly "Shared Hit Blocks": number; readonly "Shared Read Blocks": number; readonly "Actual Loops": number; readonly "Rows Removed by Filter"?: number; readonly Plans?: readonly PlanNode[];
}
interface Explained { readonly Plan: PlanNode }

export interface Cost {
  readonly blocks: number;
  /** Rows taken out of a table only to be thrown away. */
  readonly wasted: number;
  /** Scans that are entered neither at labels nor at ids that were found before. */
  readonly walks: readonly string[];
  /** What each statement cost, to be read when one costs too much. */
  readonly statements: readonly string[];
}

function wastedIn(node: PlanNode): number {
  return (node["Relation Name"] === undefined ? 0 : (node["Rows Removed by Filter"] ?? 0) * node["Actual Loops"]) + (node.Plans ?? []).reduce((sum, child) => sum + wastedIn(child), 0);
}

/** Whatever is read of a table is found by its label or by an id. */
function walksIn(node: PlanNode): readonly string[] {
  const { "Node Type": type, "Relation Name": table, "Index Name": index, "Index Cond": condition = "" } = node;
  const isWalk = type === "Seq Scan" || (index !== undefined && !/\b(label_id|id|record_id|item_id) = /.test(condition));
  return [...(isWalk ? [`${type} on ${table ?? index}: ${condition}`] : []), ...(node.Plans ?? []).flatMap(walksIn)];
}

export function sumOf(costs: readonly Cost[]): Cost {
  return {
    blocks: costs.reduce((sum, { blocks }) => sum + blocks, 0), wasted: costs.reduce((sum, { wasted }) => sum + wasted, 0),
    walks: costs.flatMap(({ walks }) => walks), statements: costs.flatMap(({ statements }) => statements),
  };
}

function literal(value: unknown): string { return Array.isArray(value) ? escapeLiteral(`{${value.map((each) => (typeof each === "string" ? JSON.stringify(each) : String(each))).join()}}`) : escapeLiteral(String(value)); }

export class MeasuringReader extends Reader {
  readonly costs: Cost[] = [];
  /** What a connection reads of the catalogue at the first time is then not counted. */
  protected readonly isWarmedUp: boolean = true;

  override async rows<T>(text: string, values: readonly unknown[], _name?: string, manner: Manner = "usual"): Promise<readonly T[]> {
    const isPlannedOnce = manner === "once";
    // What is planned once is asked about as it is planned then: without the values.
    const [asked, given] = isPlannedOnce ? [`EXECUTE measured(${values.map(literal).join(", ")})`, []] : [text, values];
    const explain = async (): Promise<Explained | undefined> => (await super.rows<{ "QUERY PLAN": readonly Explained[] }>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${asked}`, given, undefined, manner))[0]?.["QUERY PLAN"][0];
    if (isPlannedOnce) await super.rows(`PREPARE measured AS ${text}`, [], undefined, manner);
    if (this.isWarmedUp) await explain();
    const explained = await explain();
    if (isPlannedOnce) await super.rows("DEALLOCATE measured", [], undefined, manner);
    if (explained === undefined) throw new Error("no plan");
    const { Plan: plan } = explained;
    const blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
    this.costs.push({ blocks, wasted: wastedIn(plan), walks: walksIn(plan), statements: [`${blocks}: ${text.replace(/\s+/g, " ").slice(0, 160)}`] });
    return super.rows<T>(text, values, undefined, manner);
  }
}
