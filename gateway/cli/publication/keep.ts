/**
 * Puts an edition into a folder that a web server hands to anybody (SPEC 18.11). Takes the reports that are public now; writes each file that says something else than before, whole or not at all. Refuses, without touching
 * anything, when a report that was published is missing or another, and when what was published cannot be read: what was public is never taken back by a mistake or by an answer.
 */
import fs from "node:fs";
import path from "node:path";
import { DATA_FILE, FILES, makeEdition, readEdition } from "./edition";
import { NotPublished } from "./refusal";
import type { Report } from "./reports";

/** @returns the files that were written. @throws NotPublished */
export function keepEdition(folder: string, reports: readonly Report[]): readonly string[] {
  fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
  const before = readText(path.join(folder, DATA_FILE));
  // Without what is read back, nobody can say whether the rest tells of reports that are missing now.
  if (before === undefined && FILES.some((name) => readText(path.join(folder, name)) !== undefined)) throw new NotPublished("publicationUnreadable", path.join(folder, DATA_FILE));
  const published = before === undefined ? [] : readEdition(before, path.join(folder, DATA_FILE));
  const forgotten = published.find((report) => !reports.some((other) => isSame(report, other)));
  if (forgotten !== undefined) throw new NotPublished("publicationForgets", `${forgotten.body} ${forgotten.year}`);
  const edition = makeEdition(reports);
  return FILES.filter((name) => writeWhole(path.join(folder, name), edition[name]));
}

function isSame(one: Report, other: Report): boolean {
  return one.year === other.year && one.body === other.body && one.publishedOn === other.publishedOn && JSON.stringify(one.figures) === JSON.stringify(other.figures);
}

/** @returns whether it had to be written: a file that says the same keeps its date */
function writeWhole(file: string, text: string): boolean {
  if (readText(file) === text) return false;
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.part`);
  fs.rmSync(draft, { force: true });
  const handle = fs.openSync(draft, "wx", 0o644);
  try {
    fs.writeFileSync(handle, text);
    fs.fsyncSync(handle);
  } finally { fs.closeSync(handle); }
  fs.renameSync(draft, file);
  return true;
}

function readText(file: string): string | undefined {
  try { return fs.readFileSync(file, "utf8"); } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new NotPublished("publicationUnreadable", file);
  }
}
