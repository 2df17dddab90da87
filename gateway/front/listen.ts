/**
 * A `node:http` server that starts with words an operator understands and stops without cutting off anybody who is being answered.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Listening { readonly url: string; readonly port: number; stop(): Promise<void> }

/** Milliseconds a stop waits for answers under way. */
const GRACE_MS = 5_000;

/**
 * @throws Error that names the address when the port is taken, forbidden or not ours
 */
export async function listen(name: string, { host, port }: { readonly host: string; readonly port: number }, handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: 65_000, headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000, noDelay: true }, handler);
  await new Promise<void>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => { fail(new Error(explain(name, host, port, error))); });
    server.listen(port, host, () => { server.removeAllListeners("error"); done(); });
  });
  const open = openSockets(server);
  const bound = server.address() as AddressInfo;
  const shown = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return { url: `http://${shown}:${bound.port}`, port: bound.port, stop: () => stop(server, open) };
}

function explain(name: string, host: string, port: number, error: NodeJS.ErrnoException): string {
  if (error.code === "EADDRINUSE") return `${name}: port ${port} on ${host} is already in use by another program`;
  if (error.code === "EACCES") return `${name}: port ${port} on ${host} may not be opened by this user`;
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") return `${name}: ${host} is not an address of this machine`;
  return `${name}: cannot listen on ${host} port ${port}: ${error.message}`;
}

/** Every connection with the number of requests being answered on it. */
function openSockets(server: Server): ReadonlyMap<Socket, number> {
  const open = new Map<Socket, number>();
  server.on("connection", (socket: Socket) => {
    open.set(socket, 0);
    socket.once("close", () => { open.delete(socket); });
  });
  server.on("request", ({ socket }, response) => {
    open.set(socket, (open.get(socket) ?? 0) + 1);
    response.once("close", () => {
      open.set(socket, (open.get(socket) ?? 1) - 1);
      if (!server.listening) socket.end();
    });
  });
  return open;
}

async function stop(server: Server, open: ReadonlyMap<Socket, number>): Promise<void> {
  const closed = new Promise<void>((done) => { server.close(() => { done(); }); });
  for (const [socket, answering] of open) if (answering === 0) socket.destroy();
  const timer = setTimeout(() => { server.closeAllConnections(); }, GRACE_MS);
  await closed;
  clearTimeout(timer);
}
