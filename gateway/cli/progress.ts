/** A bar that says how far something has come, on standard error and only where that is a terminal. Takes counts; leaves an empty line behind. */
const CELLS = 30;

export class Progress {
  readonly #shows: boolean;

  constructor(private readonly what: string, stream: { readonly isTTY?: boolean; write(text: string): unknown } = process.stderr) {
    this.#shows = stream.isTTY === true;
    this.#write = (text) => { stream.write(text); };
  }

  readonly #write: (text: string) => void;

  /** @param total of what is expected; 0 where nobody knows */
  show(done: number, total: number): void {
    if (!this.#shows) return;
    const filled = total <= 0 ? 0 : Math.min(CELLS, Math.round((done / total) * CELLS));
    this.#write(`\r${this.what} [${"#".repeat(filled)}${".".repeat(CELLS - filled)}] ${done}${total > 0 ? `/${total}` : ""} `);
  }

  end(): void { if (this.#shows) this.#write("\r\u001b[K"); }
}
