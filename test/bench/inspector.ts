/** A client of a child process's inspector (Chrome DevTools protocol), for profiles and forced collections; loopback only. */
import { WebSocket } from "undici";
import type { Running } from "./process";

const WAIT_MS = 10_000;

export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #sent = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      const { id, result } = JSON.parse(String(event.data)) as { id?: number; result?: unknown };
      if (id === undefined) return;
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  /** Connects to a process that was started with `--inspect=127.0.0.1:0`. */
  static async of(running: Running): Promise<Inspector> {
    const deadline = Date.now() + WAIT_MS;
    let url: string | undefined;
    while (url === undefined && Date.now() < deadline) {
      url = /Debugger listening on (ws:\/\/\S+)/.exec(running.log())?.[1];
      if (url === undefined) await new Promise((done) => { setTimeout(done, 20); });
    }
    if (url === undefined) throw new Error("the process opened no inspector");
    const socket = new WebSocket(url);
    await new Promise<void>((done, fail) => { socket.addEventListener("open", () => done()); socket.addEventListener("error", () => fail(new Error("the inspector refused"))); });
    return new Inspector(socket);
  }

  send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#sent;
    return new Promise((done) => { this.#waiting.set(id, done); this.#socket.send(JSON.stringify({ id, method, params })); });
  }

  close(): void { this.#socket.close(); }
}
