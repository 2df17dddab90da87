/** A process for `intent.test.ts`: a gateway that is killed when a ministry has made a change and before its answer has come. Says first where its evidence lies. */
import { writeSync } from "node:fs";
import { startWorld } from "../front/labelled-federation";

void (async () => {
  const world = await startWorld();
  writeSync(1, `${world.evidenceDir}\n`);
  await world.ask("mutation First($t: String!) { defenseRename(id: \"open\", title: $t) { id } }", "hi", { operationName: "First", variables: { t: "carried out and answered" } });
  await world.ask("{ defenseReports { id } }", "hi");
  world.defense.interfere = (_request, _response, body) => {
    if (body.includes("mutation")) { writeSync(1, "CALLED\n"); process.kill(process.pid, "SIGKILL"); }
    return false;
  };
  await world.ask("mutation Second($t: String!) { again: defenseRename(id: \"open\", title: $t) { id } }", "hi", { operationName: "Second", variables: { t: "a title nobody may read" } });
  writeSync(1, "ANSWERED\n");
})();
