/**
 * Asks as one person, for as long as a command takes: a person of the demo, whose token is fetched anew before it ends, or whoever holds the token in the environment. Refuses where there is
 * neither.
 */
import { type ClientConfig, readClientConfig } from "../config";
import { type Answer, type Narrowing, type Question, ask, fetchSchema, fetchToken } from "./ask";
import { CommandFailure, EXIT } from "./exit";
import { KnownList } from "./known-list";
import { FRAME_TEXT, personaCalled } from "./people";
import { ViewOf } from "./view-of";

export interface PersonOptions { readonly as?: string; readonly purpose?: string; readonly case?: string; readonly url?: string; readonly issuer?: string }

const TOKEN_MS = 60_000;

export class Person {
  readonly #config: ClientConfig;
  readonly #persona: string | undefined;
  #token: { readonly text: string; readonly at: number } | undefined;
  readonly narrowing: Narrowing;
  /** The frame of a demonstration. */
  readonly frame: string | undefined;

  /** @throws CommandFailure for somebody whom nobody knows */
  constructor(options: PersonOptions) {
    const persona = options.as === undefined ? undefined : personaCalled(options.as);
    const purpose = options.purpose ?? persona?.purpose;
    this.#config = readClientConfig({ KANMON_URL: options.url, KANMON_ISSUER_URL: options.issuer });
    this.#persona = persona?.id;
    this.narrowing = { ...(purpose === undefined ? {} : { purpose }), ...(options.case === undefined ? {} : { caseToken: options.case }) };
    this.frame = persona === undefined ? undefined : FRAME_TEXT;
  }

  get url(): string { return this.#config.url; }

  async token(): Promise<string> {
    if (this.#persona === undefined) {
      if (this.#config.token === undefined) throw new CommandFailure(EXIT.notAuthorised, ["noToken"]);
      return this.#config.token;
    }
    if (this.#token === undefined || performance.now() - this.#token.at > TOKEN_MS) this.#token = { text: await fetchToken(this.#config.issuerUrl, this.#persona), at: performance.now() };
    return this.#token.text;
  }

  async ask(question: Question, more: Narrowing = {}): Promise<Answer> { return ask(this.url, await this.token(), question, { ...this.narrowing, ...more }); }

  /**
   * What this person can ask: the schema as they see it, or the list of known operations where they are bound to it (SPEC 19), which only the gateway knows.
   * @throws CommandFailure with the codes where the schema is refused for another reason
   */
  async askable(): Promise<ViewOf | KnownList> {
    const { sdl, errors } = await fetchSchema(this.url, await this.token(), this.narrowing);
    if (sdl !== undefined) return new ViewOf(sdl);
    const codes = errors.map(({ extensions }) => extensions?.code ?? "?");
    if (codes.includes("UNKNOWN_OPERATION")) return new KnownList();
    throw new CommandFailure(codes.includes("UNAUTHENTICATED") || codes.includes("NOTICE_NOT_ACKNOWLEDGED") ? EXIT.notAuthorised : EXIT.failure, ["schemaRefused", { codes: codes.join(", ") }]);
  }
}
