import { parse, Kind } from "graphql";
import { Graph } from "../../gateway/plan/graph";
import { GeneratedSession } from "../support/trial-session";
const s = new GeneratedSession(`${process.argv[4] ?? "h4a"}/${process.argv[2]}`);
const g = new Graph(s.bundle);
const d = parse(process.argv[3] ?? "");
for (const def of d.definitions) if (def.kind === Kind.OPERATION_DEFINITION) console.log(JSON.stringify(g.plan(def), (k, v) => k === "operationDocumentNode" ? undefined : v, 1));
