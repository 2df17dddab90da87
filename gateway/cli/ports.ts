/** Ports of this machine: whether one is free, and finding free ones. Only loopback. */
import net from "node:net";
import { CommandFailure, EXIT, type Said } from "./exit";

/**
 * Where free ports are looked for. Whoever is to listen there does so seconds later; from a port that the system would choose itself (32768 and up on Linux, RFC 6335's 49152 and up
 * elsewhere), anybody's outgoing connection could have taken it by then.
 */
const FREE = { from: 10_240, to: 32_767 } as const;
/** Two processes that look at the same time begin this far apart, by their ids. */
const APART = 32;

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
  const held: { readonly name: K; readonly server: net.Server | undefined }[] = [];
  const candidates = freePorts();
  for (const name of names) held.push({ name, server: wanted[name].port === 0 ? await openAny(candidates, host) : await open(wanted[name].port, host) });
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

/** Every port of the range once, beginning where this process does. */
function* freePorts(): Generator<number> {
  const span = FREE.to - FREE.from + 1;
  for (let at = 0; at < span; at += 1) yield FREE.from + (process.pid * APART + at) % span;
}

async function openAny(candidates: Iterator<number>, host: string): Promise<net.Server | undefined> {
  for (let next = candidates.next(); next.done !== true; next = candidates.next()) {
    const server = await open(next.value, host);
    if (server !== undefined) return server;
  }
  return undefined;
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
