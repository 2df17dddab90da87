/** The known operations (SPEC 19) as tests ask them: the committed documents by name. Whoever asks for a firm has no others. */
import fs from "node:fs";
import { schemaFile } from "../../gateway/cli/root";

/** The document as it is written down. @throws Error where there is none of that name */
export function knownOperation(name: string): string { return fs.readFileSync(schemaFile(`operations/${name}.graphql`), "utf8"); }

/** Whether there is one of that name. */
export function isKnownOperation(name: string): boolean { return fs.existsSync(schemaFile(`operations/${name}.graphql`)); }
