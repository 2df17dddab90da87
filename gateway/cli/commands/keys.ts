/** `kanmon keys FOLDER`: makes the keys, passwords and registry that docker-compose.yml needs. Never overwrites a key that is there. */
import { makeDeployment } from "../deployment";
import { EXIT, type ExitCode } from "../exit";
import { AUDIENCE, MINISTRIES } from "../members";
import { PERSONAS } from "../people";
import { print } from "../say";

export interface KeysOptions { readonly json: boolean }

/** Address of the development issuer as a gateway of the compose file sees it: in its own network namespace. */
const ISSUER = "http://127.0.0.1:4002";

export async function runKeys(folder: string, options: KeysOptions): Promise<ExitCode> {
  const made = await makeDeployment({
    folder, gateways: ["gateway-1", "gateway-2"], ministries: MINISTRIES, issuer: { issuer: ISSUER, jwksUri: `${ISSUER}/jwks`, audience: AUDIENCE, algorithms: ["EdDSA"], speaksFor: "EVERYBODY" },
    machines: PERSONAS.filter(({ isMachine }) => isMachine).map(({ id }) => id),
  });
  if (options.json) print(JSON.stringify({ folder, made }, null, 2));
  else print(made.length === 0 ? `nothing to make in ${folder}` : `made ${made.length} files in ${folder}; start with: docker-compose --env-file ${folder}/compose.env up`);
  return EXIT.ok;
}
