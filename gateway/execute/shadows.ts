/**
 * What ministries answered about objects of which they were not told everything (G2, decision 0011). The asker gets none of it: it was made without an input. But the questions that follow from it are asked as
 * where there was nothing to keep back, because a question that is missing would tell the ministry that there was. So such an object gets a shadow, with everything that is known about the object and what was
 * answered beside it: fetches find it where the object is, the projection never does.
 */
import { EXISTENCE, type ResultNode } from "../plan/place";

export class Shadows {
  #shadows: Map<ResultNode, ResultNode> | undefined;
  #all: Set<ResultNode> | undefined;

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
    const shadow = this.isShadow(node) ? node : this.#shadowOf(node);
    for (let cell = 0; cell < answered.length; cell += 1) if (answered[cell] !== undefined && !(cell === EXISTENCE && shadow[cell] !== undefined)) shadow[cell] = answered[cell];
  }

  #shadowOf(node: ResultNode): ResultNode {
    const known = this.of(node);
    if (known !== undefined) return known;
    const shadow = node.slice();
    (this.#shadows ??= new Map<ResultNode, ResultNode>()).set(node, shadow);
    (this.#all ??= new Set<ResultNode>()).add(shadow);
    return shadow;
  }
}
