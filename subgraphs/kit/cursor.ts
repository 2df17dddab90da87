/**
 * Cursors (SPEC 6): the position of a row in one list, sealed for one subject and one query, so that nothing in them can be read, forged or used elsewhere.
 * Deterministic, as two worlds that look alike must give the same bytes: AES-256-GCM whose nonce is a MAC of the plaintext.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { Refusal } from "./refusal";

/** Values of the sort columns, then the id. */
export type Position = readonly (string | null)[];

const NONCE = 12;
const TAG = 16;

export class CursorSeal {
  readonly #encrypt: Buffer;
  readonly #mac: Buffer;

  /** @param key the ministry's cursor key @param scope subject and query for which the cursors are good */
  constructor(key: Buffer, scope: string) {
    const keys = Buffer.from(hkdfSync("sha256", key, new Uint8Array(), `kanmon-cursor-scope|${createHmac("sha256", key).update(scope).digest("base64url")}`, 64));
    this.#encrypt = keys.subarray(0, 32);
    this.#mac = keys.subarray(32);
  }

  seal(position: Position): string {
    const plain = Buffer.from(JSON.stringify(position));
    const nonce = createHmac("sha256", this.#mac).update(plain).digest().subarray(0, NONCE);
    const cipher = createCipheriv("aes-256-gcm", this.#encrypt, nonce);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString("base64url");
  }

  /** @throws Refusal BAD_USER_INPUT for anything that was not sealed here for this subject and query */
  open(cursor: string, columns: number): Position {
    try {
      const bytes = Buffer.from(cursor, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", this.#encrypt, bytes.subarray(0, NONCE), { authTagLength: TAG });
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
      const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE, bytes.length - TAG)), decipher.final()]);
      const position = JSON.parse(plain.toString("utf8")) as Position;
      if (position.length === columns) return position;
    } catch {
      // Every way of being wrong is the same refusal.
    }
    throw new Refusal("BAD_USER_INPUT");
  }
}
