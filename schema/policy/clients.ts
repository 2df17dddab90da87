/**
 * clients.json: registered devices and networks (SPEC 3.7). The zone level comes from here, never from the person or the token.
 * Takes parsed JSON; gives a map by client id; refuses unknown keys and clients given twice.
 */
import type { Level } from "../label";
import { code, flag, level, list, matching, notice, object, refuseTwice } from "./shape";

const shape = object({
  notice,
  clients: list(object({ id: matching(/^[a-z0-9-]+$/, "a client id"), site: code, zoneLevel: level, displayOnly: flag })),
});

export interface Client { readonly site: string; readonly zoneLevel: Level; readonly displayOnly: boolean }

/** Reads clients.json. Throws PolicyError. */
export function readClients(value: unknown): ReadonlyMap<string, Client> {
  const { clients } = shape(value, "clients");
  refuseTwice(clients, (client) => client.id, "clients.clients", "id");
  return new Map(clients.map(({ id, site, zoneLevel, displayOnly }) => [id, { site, zoneLevel, displayOnly }]));
}
