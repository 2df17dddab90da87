/**
 * Addresses of the development issuer: which hosts can only mean this machine, and what an address is called. Apart from the issuer itself, so that whoever
 * asks does not load what signs tokens.
 */
import { isIP } from "node:net";

/** Thrown at start when the address is not a loopback address. */
export class NotLoopback extends Error {
  constructor(host: string) { super(`The development token issuer listens on loopback addresses only, not on ${host}`); }
}

/** Whether a host name or address can only mean this machine. */
export function isLoopback(host: string): boolean {
  const bare = host.startsWith("[") ? host.slice(1, -1) : host;
  if (bare === "localhost") return true;
  return isIP(bare) === 4 ? bare.startsWith("127.") : bare === "::1";
}

/** The address as a URL names it. */
export function originOf(host: string, port: number): string { return `http://${host.includes(":") ? `[${host}]` : host}:${port}`; }
