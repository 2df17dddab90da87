/**
 * Connections that an administrator's PostgreSQL must allow (README, Start): each ministry has a pool and one that listens, the start itself a few. Asked of the server before anything is made in
 * it: one that allows fewer would refuse ministries later, under load, and nobody would know why.
 */
import type { Client } from "pg";
import { CommandFailure, EXIT } from "./exit";

/** A ministry's pool (`subgraphs/kit/database/connection.ts`) and its listener. */
export const CONNECTIONS_A_MINISTRY = 11;
/** Those who watch, prepare, and move dates. */
const OF_THE_START = 4;

export function connectionsNeeded(ministries: number): number { return ministries * CONNECTIONS_A_MINISTRY + OF_THE_START; }

/** @throws CommandFailure naming what the server allows and what is needed */
export async function refuseTooFewConnections(client: Pick<Client, "query">, ministries: number): Promise<void> {
  const { rows } = await client.query<{ allowed: number }>(
    "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - COALESCE(current_setting('reserved_connections', true)::int, 0) AS allowed");
  const allowed = rows[0]?.allowed ?? 0;
  const needed = connectionsNeeded(ministries);
  if (allowed < needed) throw new CommandFailure(EXIT.configuration, ["databaseTooFewConnections", { allowed, needed }]);
}
