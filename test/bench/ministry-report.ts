/** Figures of `bench:ministry` to text: what each question costs with the guard and on the copy without it, what more hidden rows do to it, memory, plans, method and machine. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Explained, Measured } from "./ministry-measure";
import type { MemoryReport } from "./ministry-memory";
import type { AskerKind, WorldSize } from "./ministry-world";
import { printMachine } from "./report";

export interface KindReport {
  readonly kind: AskerKind; readonly known: number; readonly readable: number; readonly knownLabels: number; readonly readableLabels: number;
  readonly measured: Measured[]; /** The same without a copy asked in turn, where it is the last stage. */ readonly alone: Measured[]; readonly plans: { readonly name: string; readonly part: Measured["part"]; readonly plans: readonly Explained[] }[];
}
export interface StageReport { readonly stage: number; readonly documents: number; readonly kinds: readonly KindReport[] }
export interface WholeReport { readonly size: WorldSize; readonly labels: number; readonly stages: readonly StageReport[]; readonly memory: MemoryReport | undefined; /** Processor time to decide what one subject sees. */ readonly decideMs: number }

const MOST_TIMES = 1.3;
const MORE_MS = 2;
/** What follows in the file is written by people. */
const CHANGES = "## What was changed for it";
/** Plans that are shown: of who has most labels, and only of what differs. */
const SHOWN: readonly (readonly [AskerKind, string, Measured["part"]])[] = [["officer", "list", "page"], ["officer", "newest first", "page"], ["officer", "a kind that many have", "page"], ["officer", "list", "count"], ["specialist", "search", "page"], ["headquarters", "list", "page"], ["headquarters", "by title", "page"]];

export function isShown(kind: AskerKind, { name, part }: Pick<Measured, "name" | "part">): boolean { return SHOWN.some(([who, what, which]) => who === kind && what === name && which === part); }

export function passes({ guarded, plain }: Measured): boolean { return plain === undefined || guarded.cpuMs <= MOST_TIMES * plain.cpuMs + MORE_MS; }

const ms = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
const many = (value: number): string => value.toLocaleString("en");
const titled = ({ name, part }: Pick<Measured, "name" | "part">): string => `${name}${part === "count" ? ", count" : ""}`;

/** One line while it runs. */
export function printLine(measured: Measured): string {
  const { rows, guarded, plain } = measured;
  const side = ({ p50, p99, cpuMs }: Measured["guarded"]): string => `${ms(cpuMs).padStart(7)} (${ms(p50)}, ${ms(p99)})`.padEnd(26);
  return `${titled(measured).padEnd(36)} ${String(rows).padStart(8)} ${side(guarded)}${plain === undefined ? "" : `| ${side(plain)}| ${(guarded.cpuMs / plain.cpuMs).toFixed(2)} ${passes(measured) ? "" : "OVER"}`}`;
}

/** The text; @param file into which it goes down to the line about changes, if at all */
export function writeReport(whole: WholeReport, file: string | undefined): string {
  const last = whole.stages.at(-1);
  if (last === undefined) throw new Error("nothing was measured");
  const report = [
    "# A ministry at its full size", "", "Written by `npm run bench:ministry`, down to the line about changes.", "",
    `${many(last.documents)} documents under ${many(whole.labels)} labels of ${many(whole.size.designations)} designations, seed ${whole.size.seed}. Each question is asked by the ministry's own readers under its guards, and, in turn, as plain SQL on a copy of the`,
    "same tables and indexes that holds only the rows visible to that person and has no guard. The copy lacks the index of groups of characters, which no query without labels can ask, and has none for texts in its place. Limit: 1.3 times the copy's, plus 2 ms. In milliseconds: processor time of PostgreSQL (as the kernel counts it), then median and p99 of the time that passed, planning and both ends of the transaction included.", "",
    ...last.kinds.flatMap(printKind), ...printStages(whole.stages), ...printMemory(whole),
    "## Plans", "", ...last.kinds.flatMap((kind) => kind.plans.filter((each) => isShown(kind.kind, each)).flatMap(({ name, part, plans }) =>
      [`${kind.kind}, ${titled({ name, part })}:`, "", ...plans.flatMap(({ plan }) => ["```", shorten(plan), "```", ""])])),
    "Machine:", `${printMachine().replace(/, gateway pinned.*$/, "")}, shared with other work. One server process works for a query (no parallel workers); both sides alike.`, "",
  ].join("\n");
  if (file !== undefined) {
    const old = existsSync(file) ? readFileSync(file, "utf8") : "";
    writeFileSync(file, `${report}${old.includes(CHANGES) ? old.slice(old.indexOf(CHANGES)) : ""}`);
  }
  return `${report}\n`;
}

function printKind({ kind, known, readable, knownLabels, readableLabels, measured }: KindReport): readonly string[] {
  return [
    `## ${kind}: knows of ${many(known)} documents by ${many(knownLabels)} labels, reads ${many(readable)} by ${many(readableLabels)}`, "",
    "| question | found | guarded: processor | p50 | p99 | copy: processor | p50 | p99 | times | within |", "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ...measured.map((each) => { const { rows, guarded, plain } = each; return plain === undefined ? "" : `| ${titled(each)} | ${many(rows)} | ${ms(guarded.cpuMs)} | ${ms(guarded.p50)} | ${ms(guarded.p99)} | ${ms(plain.cpuMs)} | ${ms(plain.p50)} | ${ms(plain.p99)} | ${(guarded.cpuMs / plain.cpuMs).toFixed(2)} | ${passes(each) ? "yes" : "**no**"} |`; }), "",
  ];
}

/** The same visible rows beside more and more hidden ones, nothing else asked between. */
function printStages(stages: readonly StageReport[]): readonly string[] {
  const [first] = stages;
  if (first === undefined || stages.length < 2) return [];
  return first.kinds.flatMap(({ kind, known, measured }) => {
    const each = stages.map((stage) => ({ documents: stage.documents, of: stage.kinds.find((other) => other.kind === kind) }));
    return [
      `## ${kind}: the same ${many(known)} rows beside more hidden ones`, "", `| question | ${each.map(({ documents, of }) => `${many(documents - (of?.known ?? 0))} hidden`).join(" | ")} |`, `|---|${each.map(() => "--:|").join("")}`,
      ...measured.map((question) => `| ${titled(question)} | ${each.map(({ of }) => { const found = [...of?.alone ?? [], ...of?.measured ?? []].find(({ name, part }) => name === question.name && part === question.part); return found === undefined ? "" : ms(found.guarded.cpuMs); }).join(" | ")} |`), "",
    ];
  });
}

function printMemory({ memory, size, decideMs }: WholeReport): readonly string[] {
  if (memory === undefined) return [];
  const { requests, refused, startMb, nowMb, peakMb, postgresMb, backends, p50, p99, coldMs, operations } = memory;
  return [
    "## Memory", "",
    `The ministry's process: ${startMb.toFixed(0)} MB resident when it had started, ${nowMb.toFixed(0)} MB (highest ${peakMb.toFixed(0)} MB) after ${many(requests)} requests of ${size.subjects} people over HTTP, each under a statement of their own (${refused} refused). PostgreSQL, ${backends} processes, what they share counted once: ${postgresMb.toFixed(0)} MB.`,
    `Answers over HTTP, four at a time, lists, counts, sorts and filters of all kinds of people: p50 ${ms(p50)} ms, p99 ${ms(p99)} ms; the first of somebody, for whom everything has to be decided, ${ms(coldMs)} ms (median). Deciding what one person sees takes ${ms(decideMs)} ms of processor time, once.`, "",
    "| over HTTP | answers | p50 | p99 |", "|---|--:|--:|--:|", ...operations.filter(({ answers }) => answers > 0).map((each) => `| ${each.name} | ${many(each.answers)} | ${ms(each.p50)} | ${ms(each.p99)} |`), "",
  ];
}

/** Lists of labels are long. */
function shorten(plan: string): string { return plan.replaceAll(/'\{[\d,]{60,}\}'/g, "'{...}'").split("\n").map((line) => (line.length > 220 ? `${line.slice(0, 220)}...` : line)).join("\n"); }
