/** Tells why something was refused: the code, the ministry's reason, and what it means in the reader's language. Who may ask known operations only (SPEC 19) is told so. */
import type { Answer } from "../ask";
import { type Lang, reasonText, tell, textOf, type Word } from "../say";

/** @param known what is told when it is no known operation */
export function tellReasons({ errors, status }: Answer, lang: Lang, known: Word = "knownOnly"): void {
  if (errors.length === 0) tell(`HTTP ${status}`);
  for (const { message, extensions } of errors) {
    const { code = "", reason } = extensions ?? {};
    if (reason === undefined) tell(`${code} ${message} ${extensions?.notices?.join(", ") ?? ""}`.trim());
    else tell(textOf(lang, "refusedBecause", { code, reason, why: reasonText(lang, reason) }));
    if (code === "UNKNOWN_OPERATION") tell(textOf(lang, known));
  }
}
