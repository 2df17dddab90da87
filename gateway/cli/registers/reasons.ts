/** Tells why a change was refused: the code, the ministry's reason, and what it means in the reader's language. */
import type { Answer } from "../ask";
import { type Lang, reasonText, tell, textOf } from "../say";

export function tellReasons({ errors, status }: Answer, lang: Lang): void {
  if (errors.length === 0) tell(`HTTP ${status}`);
  for (const { message, extensions } of errors) {
    const { code = "", reason } = extensions ?? {};
    if (reason === undefined) tell(`${code} ${message} ${extensions?.notices?.join(", ") ?? ""}`.trim());
    else tell(textOf(lang, "refusedBecause", { code, reason, why: reasonText(lang, reason) }));
  }
}
