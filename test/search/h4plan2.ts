import { parse, Kind } from "graphql";
import { Graph } from "../../gateway/plan/graph";
import { composeServices } from "@apollo/composition";
import { bareBundle } from "../../schema/compose";
import { specs } from "../gateway/execute/conformance-zoo";
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@interfaceObject", "@tag", "@composeDirective"])\n`;
const c = composeServices(specs.map((s) => ({ name: s.name, url: "http://x", typeDefs: parse(LINK + s.sdl) })));
const g = new Graph(bareBundle(c.supergraphSdl ?? ""));
for (const def of parse(process.argv[2] ?? "").definitions) if (def.kind === Kind.OPERATION_DEFINITION) console.log(JSON.stringify(g.plan(def), (k, v) => k === "operationDocumentNode" ? undefined : v, 1));
