/**
 * What ministries answered about objects of which they were not told everything (G2, decision 0011). The asker gets none of it: it was made without an input. But the questions that follow from it are asked as
 * where there was nothing to keep back, because a question that is missing would tell the ministry that there was. So such an object gets a shadow, with everything that is known about the object and what was
 * answered beside it: fetches find it where the object is, the projection never does.
 */
import { EXISTENCE, type ResultNode } from "../plan/place";

export class Shadows {
  #shadows: Map<ResultNode, ResultNode> | undefined;
  /** Shadows, and what was answered of objects below them. */
  #all: Set<unknown> | undefined;

  /** Whether an object is a shadow or below one: then what is answered about it is nobody's, and no error of it anybody's. */
  isShadow(node: ResultNode): boolean { return this.#all?.has(node) === true; }

  /** The shadow of an object, with what has become known about the object since; undefined where it has none. */
  of(node: ResultNode): ResultNode | undefined {
    const shadow = this.#shadows?.get(node);
    if (shadow !== undefined) for (let cell = 0; cell < node.length; cell += 1) if (shadow[cell] === undefined) shadow[cell] = node[cell];
    return shadow;
  }

  /**
   * Takes in what was answered about an object.
   * @param node the object, or a shadow
   * @param answered an object of its own: what is below it is nobody else's
   */
  take(node: ResultNode, answered: ResultNode): void {
    this.#merge(this.isShadow(node) ? node : this.#shadowOf(node), answered);
    this.#own(answered);
  }

  /** Cell by cell; what is below is merged only where it is nobody's already. */
  #merge(into: unknown[], answered: readonly unknown[]): void {
    for (let cell = 0; cell < answered.length; cell += 1) {
      const [before, value] = [into[cell], answered[cell]];
      if (value === undefined) continue;
      if (Array.isArray(before) && Array.isArray(value) && this.isShadow(before) && before.length === value.length) this.#merge(before, value);
      else if (cell !== EXISTENCE || before === undefined || Array.isArray(value)) into[cell] = value;
    }
  }

  #shadowOf(node: ResultNode): ResultNode {
    const known = this.of(node);
    if (known !== undefined) return known;
    const shadow = node.slice();
    (this.#shadows ??= new Map<ResultNode, ResultNode>()).set(node, shadow);
    (this.#all ??= new Set<unknown>()).add(shadow);
    return shadow;
  }

  /** What is below an object. */
  #own(list: readonly unknown[]): void {
    for (const item of list) {
      if (!Array.isArray(item)) continue;
      this.#all?.add(item);
      this.#own(item);
    }
  }
}
