/**
 * Interned labels and their ids (SPEC 1.8). Takes a core, the label of its existence and its lifecycle; gives the immutable label
 * with its id: `L-` and the base32 of SHA-256 over the canonical JSON of core, existence, status and validity (the last day and
 * the label that takes over then). A re-label is another id, so what was remembered about one is never used for another.
 */
import { createHash } from "node:crypto";
import { canonical, canonicalJson, type CoreInput, type Label, type LabelCore, type Level, type Lifecycle } from "../label";
import { isLabel } from "./label-shape";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      text += BASE32[(value >>> (bits - 5)) & 31] ?? "";
      bits -= 5;
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + (BASE32[(value << (5 - bits)) & 31] ?? "") : text;
}

function idOf(core: LabelCore, existence: LabelCore, lifecycle: Lifecycle | undefined): string {
  const status = lifecycle?.status ?? "ACTIVE";
  const validity = { until: lifecycle?.validUntil, onLapse: lifecycle?.onLapse };
  const hash = createHash("sha256").update(canonicalJson({ core: { ...core }, existence: { ...existence }, status, validity })).digest();
  return `L-${base32(hash)}`;
}

/**
 * The label of a value.
 * Takes the core, what its existence is labelled with (its own core where none is given) and its lifecycle.
 */
export function labelOf(core: CoreInput, parts: { readonly existence?: CoreInput | undefined; readonly lifecycle?: Lifecycle | undefined } = {}): Label {
  const own = canonical(core);
  const existence = parts.existence === undefined ? own : canonical(parts.existence);
  const lifecycle = parts.lifecycle;
  const id = idOf(own, existence, lifecycle);
  // Written out: an object spread gives every label a hidden class of its own, and a decision then costs ten times as much.
  const { policy, level, regimes, need, owners, purposes, handling } = own;
  const label = { policy, level, regimes, need, owners, purposes, handling, id, existence };
  return lifecycle === undefined ? label : { policy, level, regimes, need, owners, purposes, handling, id, existence, lifecycle };
}

/** True when the value is a label and its id is the one its content has. Takes anything; never throws. */
export function verifyLabelId(value: unknown): value is Label {
  return isLabel(value) && value.id === idOf(canonical(value), canonical(value.existence), value.lifecycle);
}

/**
 * The label of the fact that a record exists (SPEC 1.3).
 * Takes the record's core and the short form from the data; null means that existence is labelled like the record.
 */
export function existenceOf(record: CoreInput, existenceLevel: Level | null): LabelCore {
  const core = canonical(record);
  return existenceLevel === null ? core : { ...core, level: existenceLevel, regimes: [], need: [], handling: [] };
}
