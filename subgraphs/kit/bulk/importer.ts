/**
 * Imports a table into a register (SPEC 17.2-17.5): all of it or nothing, in one transaction, under one key. A dry run is the same transaction, undone at its end, so that it finds exactly what the
 * real one would. Gives what was found wrong, line by line; refuses as a step does (15.4) whoever has no authority, a request that is none, and a key of another request.
 */
import { createHash } from "node:crypto";
import type { EntityManager } from "typeorm";
import { japanDay } from "../../../schema/policy";
import { settings } from "../reader";
import { Refusal } from "../refusal";
import { type RunnerEnvironment, newId } from "../workflow/runner";
import { type ImportContext, ask } from "./context";
import { importedRegister } from "./list";
import type { ImportedRegister } from "./register";
import { type Finding, type Table, checkColumns, finding, inOrder, readLines } from "./table";

export interface ImportRequest extends Table { readonly register: string; readonly dryRun: boolean; readonly part: number; readonly parts: number }

export interface ImportOutcome {
  /** Lines of the whole, or of the parts that are there. */
  readonly lines: number;
  /** False while parts are missing. */
  readonly isWhole: boolean;
  /** The register has the lines now. */
  readonly isDone: boolean;
  readonly rejected: readonly Finding[];
}

const KEY = /^[A-Za-z0-9_-]{8,64}$/;
const MOST_PARTS = 100;
const MOST_COLUMNS = 80;
const LONGEST_CELL = 50_000;
/** Listed of what is wrong; whoever has more reads the first ones. */
const MOST_LISTED = 1_000;

/** Undoes the transaction and says why. */
class Undone extends Error {
  constructor(readonly findings: readonly Finding[]) { super("undone"); }
}

/** @throws Refusal */
export async function importTable(environment: RunnerEnvironment, given: ImportRequest, key: string | null): Promise<ImportOutcome> {
  const { asker, pool, visible } = environment;
  const register = importedRegister(environment.ministry, given.register);
  if (register === undefined) throw new Refusal("BAD_USER_INPUT");
  if (asker.action !== "WRITE" || !register.by.early(environment)) throw new Refusal("REFUSED_ROLE");
  if (!isRequest(given, key)) throw new Refusal("BAD_USER_INPUT");
  const actor = asker.subject.id;
  const whole = given.parts === 1 ? given : await putTogether(environment, given, String(key));
  if (whole === undefined) return { lines: given.lines.length, isWhole: false, isDone: false, rejected: [] };
  const forget = async (): Promise<void> => { if (given.parts > 1) await pool.query("SELECT unstage_import($1, $2)", [actor, key]); };
  try {
    await pool.transaction(async (manager) => {
      await manager.query(settings(visible));
      if (await isRepeated(manager, actor, key, whole)) return;
      const findings = await take(environment, manager, register, whole);
      if (findings.length > 0 || whole.dryRun) throw new Undone(findings);
    });
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    await forget();
    return { lines: whole.lines.length, isWhole: true, isDone: false, rejected: inOrder(error.findings).slice(0, MOST_LISTED) };
  }
  await forget();
  return { lines: whole.lines.length, isWhole: true, isDone: true, rejected: [] };
}

function isRequest({ columns, lines, part, parts }: ImportRequest, key: string | null): boolean {
  return parts >= 1 && parts <= MOST_PARTS && part >= 1 && part <= parts && (key === null ? parts === 1 : KEY.test(key)) && columns.length <= MOST_COLUMNS && lines.length > 0
    && lines.every((cells) => cells.length <= MOST_COLUMNS && cells.every((cell) => cell.length <= LONGEST_CELL && !cell.includes("\0")));
}

/** Whether this very request has been carried out under its key. @throws Refusal REFUSED_KEY when it was another one */
async function isRepeated(manager: EntityManager, actor: string, key: string | null, { register, columns, lines }: ImportRequest): Promise<boolean> {
  if (key === null) return false;
  const request = createHash("sha256").update(JSON.stringify(["IMPORT", register, columns, lines])).digest("base64url");
  const [used] = await manager.query<{ before: string }[]>("SELECT use_key($1, $2, $3, $4) AS before", [actor, key, request, "-"]);
  if (used?.before === "!") throw new Refusal("REFUSED_KEY");
  return used?.before !== "";
}

async function take(environment: RunnerEnvironment, manager: EntityManager, register: ImportedRegister, { register: name, ...table }: ImportRequest): Promise<readonly Finding[]> {
  const { ministry, policy, asker, now } = environment;
  if (table.lines.length > register.mostLines) return [finding(register.mostLines + 1, null, "LINES")];
  const wrong = checkColumns(table, register.columns);
  if (wrong.length > 0) return wrong;
  const { lines, findings } = readLines(table);
  const context: ImportContext = { ministry, policy, asker, now, today: japanDay(now), id: newId("imp"), environment, manager, highWater: environment.highWater };
  const found = [...findings, ...await register.take(context, lines)];
  if (found.length === 0) await ask(context, "SELECT note_import($1, $2, $3, $4)", [asker.subject.id, context.id, name, lines.length]);
  return found;
}

/** Keeps a part; gives the whole once all parts are there. @throws Refusal when the parts do not fit together, or are too much */
async function putTogether({ pool, asker }: RunnerEnvironment, given: ImportRequest, key: string): Promise<ImportRequest | undefined> {
  const { part, parts, ...rest } = given;
  const [kept] = await pool.query<{ count: number }[]>("SELECT stage_import($1, $2, $3, $4) AS count", [asker.subject.id, key, part, JSON.stringify({ ...rest, parts })]);
  if (kept?.count === -1) throw new Refusal("REFUSED_LIMIT");
  // Whoever sends the last part asks for the whole; the others only have theirs kept.
  if (part !== parts || kept === undefined) return undefined;
  const rows = await pool.query<{ part: number; body: string }[]>("SELECT part, body FROM staged_import($1, $2)", [asker.subject.id, key]);
  const bodies = rows.map(({ body }) => JSON.parse(body) as Omit<ImportRequest, "part">);
  const fits = rows.length === parts && bodies.every((body) => body.parts === parts && body.register === given.register && body.dryRun === given.dryRun && JSON.stringify(body.columns) === JSON.stringify(given.columns));
  if (!fits) throw new Refusal("REFUSED_STATE");
  return { ...given, lines: bodies.flatMap(({ lines }) => lines) };
}
