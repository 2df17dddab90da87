/**
 * A plain reader of STANAG 4774 labels, written apart from the product: a level, every restrictive value held, and of each permissive category that is there at least one value held. An absent
 * permissive category restricts nobody, as in the readers that exist.
 */
export interface Holder {
  readonly policies: readonly string[];
  readonly classifications: readonly string[];
  /** By tag name without an owner. */
  readonly holds: Readonly<Record<string, readonly string[]>>;
}

export function mayRead(text: string, holder: Holder): boolean {
  const body = text.includes("<SuccessionHandling>") ? text.slice(0, text.indexOf("<SuccessionHandling>")) : text;
  const policy = /<PolicyIdentifier[^>]*>([^<]*)</.exec(body)?.[1] ?? "";
  const classification = /<Classification>([^<]*)</.exec(body)?.[1] ?? "";
  if (!holder.policies.includes(policy) || !holder.classifications.includes(classification)) return false;
  return [...body.matchAll(/<Category Type="([A-Z]+)" TagName="([^"]+)"[^>]*>([\s\S]*?)<\/Category>/g)].every(([, type, tagName = "", inner = ""]) => {
    const values = [...inner.matchAll(/<GenericValue>([^<]*)</g)].map(([, value = ""]) => value);
    const held = [...holder.holds[tagName.split("@")[0] ?? ""] ?? [], "*"];
    return type === "INFORMATIVE" || (type === "RESTRICTIVE" ? values.every((value) => held.includes(value)) : values.some((value) => held.includes(value)));
  });
}
