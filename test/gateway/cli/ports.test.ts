import net from "node:net";
import { takePorts } from "../../../gateway/cli/ports";

const wanted = { first: { port: 0, option: "--first" }, second: { port: 0, option: "--second" } };
/** The lowest port that Linux or the register of ports (RFC 6335) gives to outgoing connections. */
const LOWEST_OUTGOING = 32_768;

const listening = async (port: number): Promise<net.Server> => new Promise((resolve, reject) => {
  const server = net.createServer();
  server.once("error", reject);
  server.listen(port, "127.0.0.1", () => resolve(server));
});
const closed = (server: net.Server): Promise<void> => new Promise((resolve) => { server.close(() => resolve()); });

describe("free ports", () => {
  test("are none that an outgoing connection could take before somebody listens there", async () => {
    for (const port of Object.values(await takePorts(wanted))) { expect(port).toBeGreaterThan(10_000); expect(port).toBeLessThan(LOWEST_OUTGOING); }
  });

  test("are not those where somebody listens, and no two are the same", async () => {
    const before = await takePorts(wanted);
    const server = await listening(before.first);
    try {
      const { first, second } = await takePorts(wanted);
      expect(new Set([before.first, first, second]).size).toBe(3);
    } finally { await closed(server); }
  });
});

describe("a wanted port", () => {
  test("that is taken is named, with the option that chooses another", async () => {
    const { first: port } = await takePorts(wanted);
    const server = await listening(port);
    try {
      await expect(takePorts({ gateway: { port, option: "--port" } })).rejects.toThrow(new RegExp(`port ${port} \\(gateway\\) .*--port`));
    } finally { await closed(server); }
  });
});
