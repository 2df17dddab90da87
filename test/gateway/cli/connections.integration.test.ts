import { Client } from "pg";
import { CONNECTIONS_A_MINISTRY, connectionsNeeded, refuseTooFewConnections } from "../../../gateway/cli/connections";
import { CommandFailure } from "../../../gateway/cli/exit";
import { POOL_SIZE } from "../../../subgraphs/kit/database/connection";
import { asAdmin } from "../../support/postgres";

test("a server that allows too few connections is refused in plain words before anything is made in it; one that allows enough is not", async () => {
  await asAdmin("postgres", async (client: Client) => {
    const { rows } = await client.query<{ readonly max_connections: string }>("SHOW max_connections");
    const most = Number(rows[0]?.max_connections);
    await expect(refuseTooFewConnections(client, 1)).resolves.toBeUndefined();
    const refused = await refuseTooFewConnections(client, most).then(() => undefined, (error: unknown) => error);
    expect(refused).toBeInstanceOf(CommandFailure);
    expect((refused as CommandFailure).message).toMatch(new RegExp(`${connectionsNeeded(most)}`));
  });
});

test("what is asked for is what ministries use: their pool and one that listens", () => {
  expect(CONNECTIONS_A_MINISTRY).toBe(POOL_SIZE + 1);
  expect(connectionsNeeded(11)).toBeGreaterThan(100);
});
