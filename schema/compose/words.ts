/** The words of a GraphQL name in lower case: `covertTitle_startsWith` and `COVERT_TITLE` both begin with `covert`, `title`. */
export function wordsOf(name: string): readonly string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/([A-Z])([A-Z][a-z])/g, "$1 $2").split(/[\s_]+/).filter((word) => word !== "").map((word) => word.toLowerCase());
}

/** Whether the words of `part` stand together somewhere in `whole`. */
export function containsWords(whole: readonly string[], part: readonly string[]): boolean {
  return part.length > 0 && whole.some((_, at) => part.every((word, index) => whole[at + index] === word));
}
