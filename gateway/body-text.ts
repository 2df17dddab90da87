/**
 * The text of an answer on its way from where it is made to where its bytes are made. It travels in a box that is emptied at the end of the way: what a finished promise still names is
 * copied by the next collections of garbage, and an answer is the largest thing that a request has.
 */
export class BodyText {
  #text: string;

  /**
   * @param text JSON of an object
   * @param besides the same without its `data`, where they were put together from these; then there are data
   */
  constructor(text: string, readonly besides?: string) { this.#text = text; }

  read(): string { return this.#text; }

  /** Gives the text away. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }
}

/** Data whose JSON exists already, as a result that Apollo Server passes on unread. */
export class WrittenData {
  #text: string;
  #body: BodyText | undefined;

  constructor(text: string) { this.#text = text; }

  /** Makes the body of the answer that has these data and, besides, the members of `others`. */
  complete(others: object): void {
    const besides = JSON.stringify(others);
    this.#body = new BodyText(besides === "{}" ? `{"data":${this.#text}}` : `${besides.slice(0, -1)},"data":${this.#text}}`, besides);
    this.#text = "";
  }

  /** The body, once; undefined when these data did not become part of an answer. */
  take(): BodyText | undefined {
    const body = this.#body;
    this.#body = undefined;
    return body;
  }
}
