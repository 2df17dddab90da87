/** A stream of a gateway, kept open, and what came over it in a form that can be compared (SPEC 8.8). */

/** One operation, and its events until it is left. */
export class Line {
  readonly #leaving = new AbortController();
  #text = "";
  head = "";
  isOver = false;

  static async open(url: string, headers: Readonly<Record<string, string>>, query: string): Promise<Line> {
    const line = new Line();
    const response = await fetch(url, { method: "POST", signal: line.#leaving.signal, body: JSON.stringify({ query }), headers: { ...headers, accept: "text/event-stream" } });
    line.head = [response.status, ...[...response.headers].filter(([name]) => name !== "date" && name !== "kanmon-request-id" && name !== "content-length").map(([name, value]) => `${name}: ${value}`).sort()].join("\n");
    const read = async (): Promise<void> => { for await (const chunk of response.body ?? []) line.#text += Buffer.from(chunk as Uint8Array).toString("utf8"); };
    void read().catch(() => undefined).finally(() => { line.isOver = true; });
    return line;
  }

  /** Everything that came but signs of life, and references to the evidence. */
  get events(): readonly unknown[] {
    return this.#text.split("\n\n").flatMap((event) => {
      const found = /^event: (\w+)\ndata: (.*)$/s.exec(event);
      return found === null ? [] : [[found[1], JSON.parse((found[2] ?? "") === "" ? "null" : (found[2] ?? "").replace(/"evidence":\{[^}]*\}/, '"evidence":{}')) as unknown]];
    });
  }
  get text(): string { return this.#text; }

  /** @returns whether it came before the time was over */
  async until(isSo: () => boolean, ms: number): Promise<boolean> {
    for (const end = Date.now() + ms; !isSo() && !this.isOver && Date.now() < end;) await new Promise((done) => { setTimeout(done, 5); });
    return isSo();
  }

  leave(): void { this.#leaving.abort(); }
}
