/**
 * How a long-running command stays and ends: tells its parent (if it has one) that it is ready, then waits for the end.
 * Under a parent, Ctrl-C is the parent's to handle (it reaches the whole group at once), and a parent that is gone ends the child.
 */
import type { ReadyMessage } from "./child";

/** Says over the IPC channel that the process answers now. Without a parent, or when it is gone, nothing happens. */
export function reportReady(): void {
  const message: ReadyMessage = { ready: true };
  if (process.connected) process.send?.(message);
}

/** Resolves with the reason when the process is to end: SIGTERM, Ctrl-C or a parent that is gone. */
export function untilStopped(): Promise<"SIGTERM" | "SIGINT" | "SIGHUP" | "parent gone"> {
  const hasParent = process.send !== undefined;
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve("SIGTERM"));
    process.on("SIGINT", () => { if (!hasParent) resolve("SIGINT"); });
    process.on("SIGHUP", () => { if (!hasParent) resolve("SIGHUP"); });
    if (hasParent && !process.connected) resolve("parent gone");
    if (hasParent) process.once("disconnect", () => resolve("parent gone"));
  });
}
