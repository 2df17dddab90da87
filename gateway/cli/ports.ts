/** Ports of this machine: whether one is free, and finding free ones. Only loopback. */
import net from "node:net";
import { CommandFailure, EXIT, type Said } from "./exit";

/** Whether somebody may listen there now. */
export async function isFree(port: number, host = "127.0.0.1"): Promise<boolean> {
  return (await hold(port, host)) !== undefined;
}

/**
 * The wanted ports, with a free one in place of every 0.
 * @param wanted what each port is for, by its name in messages
 * @throws CommandFailure naming every port that is taken and the option that chooses another
 */
export async function takePorts<K extends string>(wanted: Readonly<Record<K, { readonly port: number; readonly option: string }>>, host = "127.0.0.1"): Promise<Readonly<Record<K, number>>> {
  const names = Object.keys(wanted) as K[];
  // All are held at once, so that no free port is given twice.
  const held = await Promise.all(names.map(async (name) => ({ name, server: await open(wanted[name].port, host) })));
  const ports = Object.fromEntries(held.map(({ name, server }) => [name, portOf(server)])) as Record<K, number>;
  await Promise.all(held.map(({ server }) => new Promise<void>((resolve) => { if (server === undefined) resolve(); else server.close(() => resolve()); })));
  const busy = held.filter(({ server }) => server === undefined).map(({ name }): Said => ["portBusy", { ...wanted[name], name }]);
  if (busy.length > 0) throw new CommandFailure(EXIT.failure, ...busy, ["nothingStarted"]);
  return ports;
}

async function hold(port: number, host: string): Promise<number | undefined> {
  const server = await open(port, host);
  if (server === undefined) return undefined;
  const held = portOf(server);
  await new Promise<void>((resolve) => { server.close(() => resolve()); });
  return held;
}

function open(port: number, host: string): Promise<net.Server | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, host, () => resolve(server));
  });
}

function portOf(server: net.Server | undefined): number {
  const address = server?.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
