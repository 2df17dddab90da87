/**
 * Reads the body of a GraphQL request (SPEC 8): JSON in UTF-8, bounded, not compressed. Gives the parsed value, or undefined for content types that a foreign
 * web page could send without asking first; those are refused further on, as possible forgeries.
 */
import type { IncomingMessage } from "node:http";
import { Refused } from "../errors";

const UTF_8 = new TextDecoder("utf-8", { fatal: true });
/** Sendable by a form or a plain fetch from any page (B-110). */
const SIMPLE: ReadonlySet<string> = new Set(["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""]);

/**
 * @param most bytes
 * @throws Refused UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE or BAD_REQUEST
 */
export async function readBody(request: IncomingMessage, most: number): Promise<unknown> {
  const [type = "", ...parameters] = (request.headers["content-type"] ?? "").split(";").map((part) => part.trim().toLowerCase());
  if (SIMPLE.has(type)) return undefined;
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length).replaceAll('"', "");
  if (type !== "application/json" || (charset !== undefined && charset !== "utf-8" && charset !== "utf8")) throw new Refused("UNSUPPORTED_MEDIA_TYPE", "content type");
  if ((request.headers["content-encoding"] ?? "identity") !== "identity") throw new Refused("UNSUPPORTED_MEDIA_TYPE", "content encoding");
  const bytes = await readBytes(request, most);
  if (bytes.length === 0) throw new Refused("BAD_REQUEST", "no body");
  try {
    return JSON.parse(UTF_8.decode(bytes)) as unknown;
  } catch (cause) {
    throw new Refused("BAD_REQUEST", "the body is not JSON in UTF-8", { cause });
  }
}

function readBytes(request: IncomingMessage, most: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > most) return Promise.reject(new Refused("BODY_TOO_LARGE", "declared length"));
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const goneAway = (): void => { fail(new Refused("BAD_REQUEST", "the client went away")); };
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) { request.removeAllListeners("data"); request.pause(); fail(new Refused("BODY_TOO_LARGE", "received length")); } else chunks.push(chunk);
    });
    request.once("end", () => { request.removeListener("close", goneAway); done(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)); });
    request.once("error", fail);
    request.once("close", goneAway);
  });
}
