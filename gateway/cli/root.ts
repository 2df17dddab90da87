/** Where the package lies: the same for the sources and for the compiled files under dist/. */
import fs from "node:fs";
import path from "node:path";

/** The folder of package.json, found upwards from this file. */
export const PACKAGE_ROOT = ((): string => {
  let folder = __dirname;
  while (!fs.existsSync(path.join(folder, "package.json"))) folder = path.dirname(folder);
  return folder;
})();

/** The generated supergraph and the labels of its coordinates, as committed. */
export const SUPERGRAPH_FILE = path.join(PACKAGE_ROOT, "schema", "supergraph.graphql");
