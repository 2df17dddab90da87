/**
 * `kanmon demo`: starts everything on a data folder of its own (the ministries in one process, because it starts from nothing every time), asks one question as six people, revokes one assignment while they ask,
 * and tampers with a copy of the evidence. Leaves nothing running and nothing on the disk. Exits with 1 or 5 when what it shows is not so.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { verifyEvidence } from "../../evidence/verify";
import { ask, fetchToken, type Answer } from "../ask";
import { fitsSideBySide, frame, layBlocks, layColumns, type Row } from "../columns";
import { copyWithFlippedByte, recordAt } from "../evidence-of";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { startLocal, type RunningLocal } from "../local";
import { NOTICE, personaCalled } from "../people";
import { countValues, presentAnswers, type Column } from "../present";
import { DEMO_MATTER, DEMO_PERSONAS, DEMO_REVOCATION, MATTER_QUERY, REVOKE_MUTATION } from "../question";
import { print, tell, textOf, type Lang } from "../say";

export interface DemoOptions { readonly width?: string; readonly lang: Lang }

/** Milliseconds in which a revocation has to be felt (G8). */
const REVOKED_WITHIN = 5_000;
const QUESTION = { query: MATTER_QUERY, variables: { id: DEMO_MATTER } };

export async function runDemo(options: DemoOptions): Promise<ExitCode> {
  const width = widthOf(options);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-demo-"));
  fs.chmodSync(folder, 0o711);
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => reject(new CommandFailure(EXIT.failure, ["interrupted", { signal }])));
  });
  interrupted.catch(() => undefined);
  let running: RunningLocal | undefined;
  try {
    show(frame([NOTICE.ja, NOTICE.en, NOTICE.note], Math.min(width ?? 80, 100)));
    tell(textOf(options.lang, "demoStarting"));
    const starting = startLocal({ home: path.join(folder, "home"), host: "127.0.0.1", port: 0, adminPort: 0, issuerPort: 0, publicPort: 0, ministryPort: 0, isTogether: true, logLevel: "warn", onEvent: (event) => tell(JSON.stringify(event)) });
    starting.catch(() => undefined);
    running = await Promise.race([starting, interrupted]).catch(async (error: unknown) => { await starting.then((late) => late.stop(), () => undefined); throw error; });
    return await Promise.race([showAll(running, folder, width, options.lang), interrupted]);
  } finally {
    await running?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
    show(frame([NOTICE.ja, NOTICE.en], Math.min(width ?? 80, 100)));
  }
}

async function showAll(running: RunningLocal, folder: string, width: number | undefined, lang: Lang): Promise<ExitCode> {
  print(`\n== ${textOf(lang, "demoQuestion")}\n`);
  print(MATTER_QUERY);
  print(`# { "id": "${DEMO_MATTER}" }`);
  print(`\n== ${textOf(lang, "demoAnswers", { count: DEMO_PERSONAS.length })}\n`);
  const columns: Column[] = [];
  for (const id of DEMO_PERSONAS) columns.push(await askTwice(running, id, lang));
  lay(presentAnswers(columns, lang), width);
  const revoked = await showRevocation(running, width, lang);
  const verified = await showTampering(running, folder, lang);
  return revoked ? verified : EXIT.failure;
}

/** The first answer and, for the time of a question whose plan is known already, the same again. */
async function askTwice(running: RunningLocal, id: string, lang: Lang): Promise<Column> {
  const persona = personaCalled(id);
  const token = await fetchToken(running.issuerUrl, id);
  const answer = await ask(running.url, token, QUESTION, { purpose: persona.purpose });
  const again = await ask(running.url, token, QUESTION, { purpose: persona.purpose });
  return { ...columnOf(running, id, answer), time: textOf(lang, "timeTwice", { first: answer.ms.toFixed(1), again: again.ms.toFixed(1) }) };
}

function columnOf(running: RunningLocal, id: string, answer: Answer): Column {
  const { name, purpose } = personaCalled(id);
  const record = answer.release === undefined ? undefined : recordAt(running.evidenceDir, answer.release.evidence.index);
  return { id, name, purpose, answer, asked: record?.ministries ?? [], time: `${answer.ms.toFixed(1)} ms` };
}

/** Revokes one assignment through the gateway and asks until the values are gone. Gives whether they went in time. */
async function showRevocation(running: RunningLocal, width: number | undefined, lang: Lang): Promise<boolean> {
  const { officer, subject, token: assigned } = DEMO_REVOCATION;
  print(`\n== ${textOf(lang, "demoRevocation", { officer, subject, token: assigned })}\n`);
  const token = await fetchToken(running.issuerUrl, subject);
  const purpose = personaCalled(subject).purpose;
  const askNow = (): Promise<Answer> => ask(running.url, token, QUESTION, { purpose });
  const before = await askNow();
  const officerToken = await fetchToken(running.issuerUrl, officer);
  const started = performance.now();
  const variables = { input: { subject, token: assigned, reason: NOTICE.en } };
  const change = await ask(running.url, officerToken, { query: REVOKE_MUTATION, variables }, { purpose: personaCalled(officer).purpose });
  const acknowledged = performance.now() - started;
  if (change.errors.length > 0 || change.data === null || change.data === undefined) {
    tell(`HTTP ${change.status} ${change.errors.map((error) => `${error.extensions?.code ?? ""} ${error.message}`).join("; ")}`);
    return false;
  }
  let after = await askNow();
  while (countValues(after) >= countValues(before) && performance.now() - started < REVOKED_WITHIN) {
    await wait(2);
    after = await askNow();
  }
  const gone = performance.now() - started;
  lay(presentAnswers([columnOf(running, subject, before), columnOf(running, subject, after)], lang), width);
  const isGone = countValues(after) < countValues(before);
  const numbers = { before: countValues(before), after: countValues(after), acknowledged: acknowledged.toFixed(0), gone: gone.toFixed(0) };
  print(textOf(lang, isGone ? "demoRevoked" : "demoNotRevoked", numbers));
  return isGone;
}

/** Verifies the evidence of this very demo, then a copy in which one bit differs. Gives the exit code of what it found. */
async function showTampering(running: RunningLocal, folder: string, lang: Lang): Promise<ExitCode> {
  print(`\n== ${textOf(lang, "demoEvidence")}\n`);
  const sound = await verifyEvidence(running.evidenceDir);
  print(`kanmon audit verify: ${textOf(lang, sound.ok ? "evidenceGood" : "evidenceBad", { count: sound.ok ? sound.records : sound.findings.length, log: sound.log ?? "-" })}`);
  const copy = path.join(folder, "tampered");
  print(textOf(lang, "demoFlipped", { at: copyWithFlippedByte(running.evidenceDir, copy) }));
  const tampered = await verifyEvidence(copy);
  print(`kanmon audit verify: ${textOf(lang, tampered.ok ? "evidenceGood" : "evidenceBad", { count: tampered.ok ? tampered.records : tampered.findings.length, log: tampered.log ?? "-" })}`);
  for (const { index, problem } of tampered.findings) print(`  ${textOf(lang, "evidenceFinding", { index, problem })}`);
  return sound.ok && !tampered.ok ? EXIT.ok : EXIT.verificationFailed;
}

function lay(rows: readonly Row[], width: number | undefined): void {
  const count = rows[0]?.cells.length ?? 0;
  show(width !== undefined && fitsSideBySide(count, width) ? layColumns(rows, width) : layBlocks(rows, width));
}

function show(lines: readonly string[]): void { print(lines.join("\n")); }

/** Cells to lay out for: as told, else the terminal's; a pipe has none and gets blocks. */
function widthOf({ width }: DemoOptions): number | undefined {
  if (width === undefined) return process.stdout.isTTY === true ? process.stdout.columns : undefined;
  const cells = Number(width);
  if (!Number.isInteger(cells) || cells < 20) throw new CommandFailure(EXIT.usage, ["widthTooSmall"]);
  return cells;
}
