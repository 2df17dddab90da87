/**
 * The table `extensions.labels` of one response (SPEC 7): each distinct entry once, in the order in which objects first asked for it. The entries are already
 * text, as most of them are the same in every response.
 */
import type { Label, LocalizedText } from "../../schema/label";
import type { LabelSnapshot, WireEntry } from "./label-table";

export class ResponseLabels {
  readonly snapshot: LabelSnapshot;
  readonly #indices = new Map<string, number>();
  readonly #entries: string[] = [];

  constructor(snapshot: LabelSnapshot) { this.snapshot = snapshot; }

  /** Index of the entry of this key; `make` is called only when nobody ever asked for it. */
  index(key: string, make: () => WireEntry): number {
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#entries.push(this.snapshot.entry(key, make)) - 1;
      this.#indices.set(key, index);
    }
    return index;
  }

  /** Index of an object whose fields all carry the same label. */
  plain(label: Label, contact?: LocalizedText): number {
    return this.index(contact === undefined ? label.id : `${label.id} ${contact.ja}\n${contact.en}`, () => ({ record: label, ...(contact === undefined ? {} : { contact }) }));
  }

  /** Index of an object that carries nothing but the fact that something with this label exists. */
  existence(label: Label): number {
    return this.plain(this.snapshot.existenceOf(label));
  }

  /** The table as JSON. */
  print(): string { return `[${this.#entries.join(",")}]`; }
}
