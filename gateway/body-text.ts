/**
 * The text of an answer on its way from where it is made to where its bytes are made. It travels in a box that is emptied at the end of the way: what a finished promise still names is
 * copied by the next collections of garbage, and an answer is the largest thing that a request has.
 */
export class BodyText {
  #text: string;

  /**
   * @param text JSON of an object
   * @param besides the same without its `data`, where they were put together from these; then there are data
   * @param ascii whether the text is known to be ASCII
   */
  constructor(text: string, readonly besides?: string, private readonly ascii = false) { this.#text = text; }

  read(): string { return this.#text; }

  /** Gives the text away, as bytes with room for others. */
  take(room = 0): { readonly bytes: Buffer; readonly end: number } {
    const text = this.#text;
    this.#text = "";
    // What is known to be ASCII is copied, not converted.
    const end = this.ascii ? text.length : Buffer.byteLength(text);
    const bytes = Buffer.allocUnsafe(end + room);
    bytes.write(text, 0, this.ascii ? "latin1" : "utf8");
    return { bytes, end };
  }
}

/** Data whose JSON exists already, as a result that Apollo Server passes on unread. */
export class WrittenData {
  #text: string;
  #body: BodyText | undefined;

  constructor(text: string, private readonly ascii = false) { this.#text = text; }

  /** Makes the body of the answer that has these data and, besides, the members of `others`. */
  complete(others: object): void {
    const besides = JSON.stringify(others);
    const isAlone = besides === "{}";
    this.#body = new BodyText(isAlone ? `{"data":${this.#text}}` : `${besides.slice(0, -1)},"data":${this.#text}}`, besides, isAlone && this.ascii);
    this.#text = "";
  }

  /** The body, once; undefined when these data did not become part of an answer. */
  take(): BodyText | undefined {
    const body = this.#body;
    this.#body = undefined;
    return body;
  }
}
