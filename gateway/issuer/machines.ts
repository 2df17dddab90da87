/**
 * DEVELOPMENT ONLY. The machines that may ask the issuer for tokens, with the public halves of their keys. Takes parsed JSON; refuses ids and keys given twice, keys of another
 * kind, and private halves.
 */
import type { JWK } from "jose";

/** Whom the tokens of a machine are about, and by which keys it shows that it is this machine. */
export interface MachineClient { readonly id: string; readonly persona: string; readonly keys: readonly JWK[] }

/** Reads a list of machines, `[{id, persona, keys}]`. @throws Error saying which entry is wrong */
export function readMachines(value: unknown): readonly MachineClient[] {
  if (!Array.isArray(value)) throw new Error("the list of machines is not a list");
  const seen = new Set<string>();
  const take = (name: unknown, at: number): string => {
    if (typeof name !== "string" || name === "" || seen.has(name)) throw new Error(`machine ${at}: an id or a key id is missing or taken`);
    seen.add(name);
    return name;
  };
  return value.map((entry: unknown, at) => {
    const { id, persona, keys } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof persona !== "string" || !Array.isArray(keys) || keys.length === 0) throw new Error(`machine ${at}: no persona or no keys`);
    return { id: take(id, at), persona, keys: keys.map((key: unknown) => readKey(key, at, take)) };
  });
}

function readKey(value: unknown, at: number, take: (name: unknown, at: number) => string): JWK {
  const { kty, crv, x, kid, ...others } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (kty !== "OKP" || crv !== "Ed25519" || typeof x !== "string" || "d" in others) throw new Error(`machine ${at}: a key is not the public half of an Ed25519 key`);
  return { kty, crv, x, kid: take(kid, at) };
}
