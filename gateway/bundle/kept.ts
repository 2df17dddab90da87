/**
 * The last good bundle, kept beside the evidence as it was signed: a start goes on with it when the file that is named is bad, and refuses everything older. Takes and gives signed
 * texts; one that does not verify any more, because its signer was struck off the list, counts for nothing.
 */
import fs from "node:fs";
import path from "node:path";
import { type OpenedBundle, openBundle, type Trust } from "./document";
import { asRefusal, BundleError } from "./refusal";

const FILE = "last-good-bundle.json";

export interface Kept { readonly opened: OpenedBundle; readonly text: string }

/** @returns the kept bundle; undefined where there is none, and after `warn` where there is one that nobody vouches for */
export async function readKept(dir: string, trust: Trust, warn: (problem: string) => void): Promise<Kept | undefined> {
  const file = path.join(dir, FILE);
  if (!fs.existsSync(file)) return undefined;
  const text = fs.readFileSync(file, "utf8");
  try {
    return { opened: await openBundle(text, trust), text };
  } catch (error) {
    warn(`${file} counts for nothing: ${asRefusal("signature", error).message}`);
    return undefined;
  }
}

/** Whole and on disk before it returns. @throws BundleError `storage` */
export function keep(dir: string, text: string): void {
  const file = path.join(dir, FILE);
  const draft = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    const fd = fs.openSync(draft, "w", 0o600);
    try {
      fs.writeFileSync(fd, text);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(draft, file);
    const folder = fs.openSync(dir, "r");
    try { fs.fsyncSync(folder); } finally { fs.closeSync(folder); }
  } catch (error) {
    throw new BundleError("storage", "the bundle could not be kept beside the evidence", { cause: error });
  }
}
