/** The folder of known operations (SPEC 19), one operation a file. Takes a folder; gives the documents as they are signed. Refuses what is no document of one named operation. */
import fs from "node:fs";
import path from "node:path";
import { printOperation } from "../bundle/known-operations";
import { schemaFile } from "./root";

/** The folder in a folder of the contract. */
export const OPERATIONS = "operations";

/** The documents of a folder in the order of their names; none where there is no folder. @throws BundleError `operations` */
export function operationsIn(folder: string): readonly string[] {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith(".graphql")).sort() : [];
  return names.map((name) => printOperation(fs.readFileSync(path.join(folder, name), "utf8")));
}

/** The text of a known operation of this package, as it is listed. */
export function operationCalled(name: string): string { return printOperation(fs.readFileSync(path.join(schemaFile(OPERATIONS), `${name}.graphql`), "utf8")); }
