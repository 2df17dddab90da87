/** Processes that tests begin run the sources: each file is compiled when it is loaded. */
import { join } from "node:path";
import type { ApartOptions } from "../../gateway/bundle/judge-apart";

export function compiledApart(): ApartOptions { return { flags: ["--require", join(__dirname, "../bench/register.js")] }; }
