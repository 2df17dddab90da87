/**
 * The officers' tools as fields of an operation (SPEC 8.4, ADR 0012). Takes what was given to a field by an asker whose view has it, and gives what the tool tells, with the label of everything in it.
 * The tools are those of the paths: the same role, held now, the same refusals. Every use is noted for the evidence before anything is asked, and what it was made of must still be so when the answer goes out.
 */
import { BOTTOM } from "../../schema/label";
import { Refused } from "../errors";
import type { ToolUse } from "../evidence/record";
import type { ToolAnswer } from "../execute/officer-fields";
import type { Attempt, Stations, ToolUses } from "../pipeline";
import type { Asker } from "../subject/askers";
import { askAs } from "./ask-within";
import { notYours, officerOf } from "./authority";
import { DRY_RUN, EXPLAIN, type OfficerParts, type Prepared, SIMULATE, type Told, type Tool } from "./tools";

type Given = Readonly<Record<string, unknown>>;

/** A desk for each attempt that uses a tool. */
export function officerDesk(parts: OfficerParts): (attempt: Attempt) => ToolUses {
  return (attempt) => new Desk(parts, attempt);
}

class Desk implements ToolUses {
  readonly used: ToolUse[] = [];
  readonly ministries = new Set<string>();
  readonly #current: (() => boolean)[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  private readonly parts: OfficerParts;

  constructor(parts: OfficerParts, private readonly attempt: Attempt) {
    this.parts = { ...parts, stations: this.#noting(parts.stations) };
  }

  isCurrent(): boolean { return this.#current.every((isCurrent) => isCurrent()); }

  /** One after the other, however many an operation has: a tool may ask every ministry for everything. */
  use(tool: string, given: Given): Promise<ToolAnswer> {
    const turn = this.#turn.then(() => this.#use(tool, given));
    // For the log: the answer has the code alone.
    this.#turn = turn.catch((thrown: unknown) => { this.attempt.thrown ??= thrown; });
    return turn;
  }

  #use(tool: string, given: Given): Promise<ToolAnswer> {
    switch (tool) {
      case "explain": return this.#answer(EXPLAIN, withoutNulls(given));
      case "simulate": return this.#answer(SIMULATE, withoutNulls(given));
      case "dryRun": return this.#answer(DRY_RUN, { ...withoutNulls(given), people: peopleOf(given["people"]), over: String(given["over"]).toLowerCase() });
      default: throw new Refused("INTERNAL_SERVER_ERROR", `no tool ${tool}`);
    }
  }

  async #answer<R>(tool: Tool<R>, body: Given): Promise<ToolAnswer> {
    const { parts, attempt } = this;
    const request = "reason" in body ? tool.read(body) : undefined;
    this.used.push({ tool: tool.name, ...(request === undefined ? { about: [] } : tool.named(request)) });
    const officer = officerOf(parts.policy, attempt.asker, tool.role);
    if (request === undefined) throw notYours("not a request of this tool");
    const prepared = tool.prepare(parts, officer, request);
    this.#current.push(prepared.isCurrent);
    const { data, released, labelIds } = await this.#tell(prepared, tool.question(request));
    return { data: inCapitals(data), released, labelIds };
  }

  /** Whoever is asked on the way stands in the evidence, also when a tool then refuses. */
  #noting(stations: Stations): Stations {
    return {
      ...stations,
      classOf: (asker) => {
        const known = stations.classOf(asker);
        const answer: typeof known.server.answer = async (request, attempt) => {
          const answered = await known.server.answer(request, attempt);
          for (const ministry of attempt.carried?.ministries ?? []) this.ministries.add(ministry);
          return answered;
        };
        return { ...known, server: { answer, stop: () => known.server.stop() } };
      },
    };
  }

  #tell({ asker, tell, describe }: Prepared, question: Given): Promise<Told> {
    return tell === undefined ? this.#simulate(asker, describe, question) : tell(this.attempt.signal);
  }

  /** The answer that would be sent, with its release, but for the evidence: that is this operation's own. */
  async #simulate(asker: Asker, describe: Given, question: Given): Promise<Told> {
    const { attempt, parts: { stations } } = this;
    const { json, carried } = await askAs(stations, asker, question, attempt.narrowing.portions, attempt.signal);
    if (carried === undefined || json.data === undefined) return { data: { ...describe, answer: json }, released: BOTTOM, labelIds: [], ministries: [] };
    const { released, withheld, portions } = carried;
    const release = { marking: stations.bannerOf(released).shown, withheld, ...(portions === undefined ? {} : { portions }), policy: stations.policyVersion };
    return { data: { ...describe, answer: { ...json, extensions: { release } } }, released, labelIds: carried.releasedLabelIds, ministries: carried.ministries };
  }
}

function withoutNulls(given: Given): Given { return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)); }

function peopleOf(given: unknown): readonly Given[] { return Array.isArray(given) ? given.map((person: Given) => withoutNulls(person)) : []; }

const WORDS: ReadonlySet<unknown> = new Set(["permit", "redact", "hide", "stored", "generated"]);
/** Members whose values are words of a closed list. */
const WORDED: ReadonlySet<string> = new Set(["outcome", "before", "after", "over"]);
/** Members that hold something of others, as it is. */
const FOREIGN: ReadonlySet<string> = new Set(["answer"]);

/** Enum values are written in capitals. */
function inCapitals<T extends Given>(data: T): T {
  const each = ([name, value]: readonly [string, unknown]): readonly [string, unknown] => {
    if (WORDED.has(name) && WORDS.has(value)) return [name, String(value).toUpperCase()];
    return FOREIGN.has(name) ? [name, value] : [name, inside(value)];
  };
  const inside = (value: unknown): unknown => (Array.isArray(value) ? value.map(inside) : typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(each)) : value);
  return Object.fromEntries(Object.entries(data).map(each)) as T;
}
