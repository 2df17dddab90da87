/**
 * The only reader of `process.env` in the repository (SPEC 8). Takes the environment and the flags of a command, gives
 * frozen settings, and refuses to start on any doubt: an unknown KANMON_* name, a malformed value, a missing file, a secret
 * given twice, or one of Apollo's switches that turn its own protections off. All mistakes are reported at once.
 */
import { readFileSync } from "node:fs";
import texts from "./config-problems.json";

// Has to be in place before anything loads @apollo/gateway, which contacts cloud metadata addresses and a reporting host by default.
process.env["APOLLO_TELEMETRY_DISABLED"] = "true";

export type Environment = Readonly<Record<string, string | undefined>>;
/** Values given on a command line, under the names of the environment variables they override. */
export type Flags = Readonly<Record<string, string | undefined>>;

/** One mistake in the settings: what is wrong, with what. Never carries the value of a secret. */
interface Problem { readonly what: keyof typeof texts; readonly of: Readonly<Record<string, string | number>> }

export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** In English, one a mistake. */
  readonly problems: readonly string[];
  readonly #found: readonly Problem[];
  constructor(found: readonly Problem[]) {
    const problems = found.map((problem) => describe(problem, "en"));
    super(`cannot start:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
    this.#found = found;
  }

  /** The problems in a language. */
  in(lang: "ja" | "en"): readonly string[] { return this.#found.map((problem) => describe(problem, lang)); }
}

function describe({ what, of }: Problem, lang: "ja" | "en"): string {
  return texts[what][lang].replace(/\{(\w+)\}/g, (whole, name: string) => String(of[name] ?? whole));
}

export interface Listen { readonly host: string; readonly port: number }
/** Refused beyond these before any ministry is asked. `body` in bytes, `deadline` in milliseconds, `planning` in selections (`plan/planning-work.ts`), `share` in requests of one asker at once. */
export interface Limits { readonly body: number; readonly tokens: number; readonly depth: number; readonly aliases: number; readonly planning: number; readonly share: number; readonly deadline: number }
export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

interface Served { readonly listen: Listen; readonly admin: Listen; readonly limits: Limits; readonly logLevel: LogLevel }
export interface LabelledConfig extends Served {
  readonly mode: "labelled";
  /** Path of the signed bundle, which is followed while the gateway runs. */
  readonly bundleFile: string;
  /** Who may sign it, as parsed JSON (`schema/signed`), and how many different persons have to. */
  readonly bundleSigners: unknown;
  readonly bundleSignatures: number;
  /** Path of the signed policy, which is followed while the gateway runs, and the parsed list of the officers who may sign it. */
  readonly policyFile: string;
  readonly policySigners: unknown;
  /** Parsed JSON, validated where it is used (`registry.ts`). */
  readonly registry: unknown;
  readonly keys: unknown;
  readonly evidenceDir: string;
  /** Where the acceptance of a bundle is remembered; without it every start judges it. */
  readonly judgedFile?: string;
  /** Dates of the policy data count from the demo day. */
  readonly demo: boolean;
}
/** Any federation 2 supergraph without labels: nothing of Kanmon's standing, policy, keys or evidence. */
export interface BareConfig extends Served { readonly mode: "bare"; readonly supergraph: string }
export type GatewayConfig = LabelledConfig | BareConfig;

export interface DatabaseSettings {
  readonly host: string; readonly port: number; readonly username: string; readonly password: string; readonly database: string;
  readonly ownerUsername?: string; readonly ownerPassword?: string;
}
export interface MinistryConfig extends Listen {
  readonly ministry: string; readonly database: DatabaseSettings;
  /** Milliseconds for which a database server that is still starting is waited for. */
  readonly patience: number;
  readonly registry: unknown; readonly keys: unknown; readonly demo: boolean;
  /** The signed policy, who may sign it and where this ministry remembers it. Undefined for a process that answers nothing. */
  readonly policy?: { readonly snapshotFile: string; readonly signers: unknown; readonly stateFile: string };
}
export interface IssuerConfig extends Listen { readonly issuer: string; readonly audience: string; readonly keys: unknown; /** Parsed list of machines with their public keys. */ readonly machines: unknown }
export interface StartConfig {
  readonly home: string; readonly listen: Listen; readonly admin: Listen; readonly issuerPort: number;
  /** Where published files are handed to anybody. */
  readonly publicPort: number;
  /** 0: any free port. Otherwise the ministries take this port and the following ones. */
  readonly ministryPort: number;
  /** URL of an external PostgreSQL administrator; without it the embedded server is started. */
  readonly databaseUrl?: string; readonly pgBinDir?: string; readonly logLevel: LogLevel;
}
/** Of `kanmon publish`: where to ask, who asks, and where it puts what is public. */
export interface PublisherConfig { readonly url: string; readonly issuerUrl: string; readonly client: string; readonly key: unknown; readonly folder: string; /** Seconds between two publications; 0 for one only. */ readonly everyS: number; /** Where it notes when it last succeeded. */ readonly stampFile?: string }
/** Of `kanmon publish --check`. */
export interface PublisherCheck { readonly everyS: number; readonly stampFile: string }
/** Of `kanmon site`. */
export interface SiteConfig extends Listen { readonly folder: string }
export interface ClientConfig { readonly url: string; readonly issuerUrl: string; readonly token?: string; readonly home: string; readonly color: boolean; readonly columns: number }

const SERVED_KEYS = ["HOST", "PORT", "ADMIN_HOST", "ADMIN_PORT", "LOG_LEVEL", "BODY_LIMIT", "TOKEN_LIMIT", "DEPTH_LIMIT", "ALIAS_LIMIT", "PLANNING_LIMIT", "ASKER_SHARE", "DEADLINE_MS"];
const DATABASE_KEYS = ["DATABASE_URL", "DATABASE_URL_FILE", "DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE"];

/**
 * Settings of `kanmon gateway` with labels.
 * @throws ConfigError naming every mistake
 */
export function readGatewayConfig(flags: Flags = {}, env: Environment = process.env): LabelledConfig {
  const from = new Reader(flags, env, [...SERVED_KEYS, "BUNDLE_FILE", "BUNDLE_SIGNERS_FILE", "BUNDLE_SIGNATURES", "POLICY_FILE", "POLICY_SIGNERS_FILE", "REGISTRY_FILE", "KEYS", "KEYS_FILE", "EVIDENCE_DIR", "JUDGED_FILE", "DEMO"]);
  return from.done(() => {
    const judgedFile = from.optional("JUDGED_FILE");
    return {
      mode: "labelled", ...served(from), bundleFile: from.text("BUNDLE_FILE"), bundleSigners: from.json("BUNDLE_SIGNERS_FILE", from.file("BUNDLE_SIGNERS_FILE")),
      bundleSignatures: from.integer("BUNDLE_SIGNATURES", 1, 1, 16), policyFile: from.text("POLICY_FILE"), policySigners: from.json("POLICY_SIGNERS_FILE", from.file("POLICY_SIGNERS_FILE")),
      registry: from.json("REGISTRY_FILE", from.file("REGISTRY_FILE")), keys: from.json("KEYS", from.secret("KEYS")),
      evidenceDir: from.text("EVIDENCE_DIR"), ...(judgedFile === undefined ? {} : { judgedFile }), demo: from.flag("DEMO"),
    };
  });
}

/**
 * Settings of `kanmon gateway --supergraph FILE --anonymous --unlabelled PUBLIC`. Anything that belongs to a labelled gateway refuses:
 * registry, policy, keys and evidence next to an open gateway are a mistake in one of the two.
 * @throws ConfigError naming every mistake
 */
export function readBareConfig(flags: Flags = {}, env: Environment = process.env): BareConfig {
  const from = new Reader(flags, env, [...SERVED_KEYS, "SUPERGRAPH_FILE"]);
  return from.done(() => ({ mode: "bare", ...served(from), supergraph: from.file("SUPERGRAPH_FILE") }));
}

/** Settings of `kanmon ministry`. @throws ConfigError naming every mistake */
export function readMinistryConfig(flags: Flags = {}, env: Environment = process.env): MinistryConfig {
  const from = new Reader(flags, env, ["MINISTRY", "HOST", "PORT", "REGISTRY_FILE", "KEYS", "KEYS_FILE", "DEMO", "DATABASE_WAIT_MS", "POLICY_FILE", "POLICY_SIGNERS_FILE", "POLICY_STATE_FILE", ...DATABASE_KEYS]);
  const decides = ["POLICY_FILE", "POLICY_SIGNERS_FILE", "POLICY_STATE_FILE"].some((name) => from.optional(name) !== undefined);
  return from.done(() => ({
    ministry: from.text("MINISTRY"), host: from.text("HOST", "127.0.0.1"), port: from.port("PORT", 4100), database: database(from), patience: from.integer("DATABASE_WAIT_MS", 0, 0, 60_000),
    registry: from.json("REGISTRY_FILE", from.file("REGISTRY_FILE")), keys: from.json("KEYS", from.secret("KEYS")), demo: from.flag("DEMO"),
    ...(decides ? { policy: { snapshotFile: from.text("POLICY_FILE"), signers: from.json("POLICY_SIGNERS_FILE", from.file("POLICY_SIGNERS_FILE")), stateFile: from.text("POLICY_STATE_FILE") } } : {}),
  }));
}

/** Settings of the development token issuer. @throws ConfigError naming every mistake */
export function readIssuerConfig(flags: Flags = {}, env: Environment = process.env): IssuerConfig {
  const from = new Reader(flags, env, ["HOST", "PORT", "ISSUER", "AUDIENCE", "KEYS", "KEYS_FILE", "MACHINES_FILE"]);
  return from.done(() => ({
    host: from.text("HOST", "127.0.0.1"), port: from.port("PORT", 4002), issuer: from.text("ISSUER"), audience: from.text("AUDIENCE"),
    keys: from.json("KEYS", from.secret("KEYS")), machines: from.optional("MACHINES_FILE") === undefined ? [] : from.json("MACHINES_FILE", from.file("MACHINES_FILE")),
  }));
}

/** Settings of `kanmon start` and `kanmon demo`. @throws ConfigError naming every mistake */
export function readStartConfig(flags: Flags = {}, env: Environment = process.env): StartConfig {
  const from = new Reader(flags, env, ["HOME", "HOST", "PORT", "ADMIN_PORT", "ISSUER_PORT", "PUBLIC_PORT", "MINISTRY_PORT", "DATABASE_URL", "DATABASE_URL_FILE", "PG_BIN_DIR", "LOG_LEVEL"]);
  return from.done(() => {
    const databaseUrl = from.optionalSecret("DATABASE_URL");
    const pgBinDir = from.optional("PG_BIN_DIR");
    const port = from.port("PORT", 4000);
    return {
      home: from.text("HOME", ".kanmon"), listen: { host: from.text("HOST", "127.0.0.1"), port },
      admin: { host: "127.0.0.1", port: from.port("ADMIN_PORT", 4001) }, issuerPort: from.port("ISSUER_PORT", 4002),
      // Whoever takes any port for the gateway means all that is not named.
      publicPort: from.port("PUBLIC_PORT", port === 0 ? 0 : 4003), ministryPort: from.port("MINISTRY_PORT", 4100),
      logLevel: from.logLevel(), ...(databaseUrl === undefined ? {} : { databaseUrl }), ...(pgBinDir === undefined ? {} : { pgBinDir }),
    };
  });
}

/** Settings of the commands that ask a running gateway. @throws ConfigError naming every mistake */
export function readClientConfig(flags: Flags = {}, env: Environment = process.env): ClientConfig {
  const from = new Reader(flags, env, ["URL", "ISSUER_URL", "TOKEN", "TOKEN_FILE", "HOME"]);
  return from.done(() => {
    const token = from.optionalSecret("TOKEN");
    return {
      url: from.text("URL", "http://127.0.0.1:4000/graphql"), issuerUrl: from.text("ISSUER_URL", "http://127.0.0.1:4002"), home: from.text("HOME", ".kanmon"),
      color: (env["NO_COLOR"] ?? "") === "" && process.stdout.isTTY === true, columns: Number(env["COLUMNS"] ?? process.stdout.columns ?? 120) || 120,
      ...(token === undefined ? {} : { token }),
    };
  });
}

const PUBLISHER_KEYS = ["URL", "ISSUER_URL", "CLIENT", "CLIENT_KEY", "CLIENT_KEY_FILE", "PUBLIC_DIR", "PUBLISH_EVERY", "PUBLISH_STAMP_FILE", "HOME"];

/** Settings of `kanmon publish --check`, in the environment of what it checks: neither key nor address is read. @throws ConfigError naming every mistake */
export function readPublisherCheck(flags: Flags = {}, env: Environment = process.env): PublisherCheck {
  const from = new Reader(flags, env, PUBLISHER_KEYS);
  return from.done(() => ({ everyS: from.integer("PUBLISH_EVERY", 0, 1, 86_400), stampFile: from.text("PUBLISH_STAMP_FILE") }));
}

/** Settings of `kanmon publish`. @throws ConfigError naming every mistake */
export function readPublisherConfig(flags: Flags = {}, env: Environment = process.env): PublisherConfig {
  const from = new Reader(flags, env, PUBLISHER_KEYS);
  return from.done(() => {
    // What is not said is where a start on this machine keeps it.
    const home = from.text("HOME", ".kanmon");
    const client = from.text("CLIENT", "publication-system");
    const stampFile = from.optional("PUBLISH_STAMP_FILE");
    return {
      url: from.text("URL", "http://127.0.0.1:4000/graphql"), issuerUrl: from.text("ISSUER_URL", "http://127.0.0.1:4002"), client,
      key: from.json("CLIENT_KEY", from.optionalSecret("CLIENT_KEY") ?? from.file("CLIENT_KEY_FILE", `${home}/keys/${client}.json`)),
      folder: from.text("PUBLIC_DIR", `${home}/public`), everyS: from.integer("PUBLISH_EVERY", 0, 0, 86_400),
      ...(stampFile === undefined ? {} : { stampFile }),
    };
  });
}

/** Settings of `kanmon site`. @throws ConfigError naming every mistake */
export function readSiteConfig(flags: Flags = {}, env: Environment = process.env): SiteConfig {
  const from = new Reader(flags, env, ["HOST", "PORT", "PUBLIC_DIR"]);
  return from.done(() => ({ host: from.text("HOST", "127.0.0.1"), port: from.port("PORT", 4003), folder: from.text("PUBLIC_DIR") }));
}

/** The locale of the terminal as its environment names it. Only where it does not, the runtime is asked: that takes longer than loading most packages. */
export function readLocale(env: Environment = process.env): string {
  return [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find((name) => name !== undefined && name !== "") ?? new Intl.Collator().resolvedOptions().locale;
}

/** Environment of a child process: what it is given, and of ours only what any program needs to run. Without `production`, graphql checks every value for a second copy of itself. */
export function childEnvironment(settings: Readonly<Record<string, string>>, env: Environment = process.env): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "SystemRoot"].flatMap((name) => { const value = env[name]; return value === undefined ? [] : [[name, value] as const]; });
  return { ...Object.fromEntries(kept), APOLLO_TELEMETRY_DISABLED: "true", NODE_ENV: "production", ...settings };
}

function served(from: Reader): Served {
  return {
    listen: { host: from.text("HOST", "127.0.0.1"), port: from.port("PORT", 4000) }, admin: { host: from.text("ADMIN_HOST", "127.0.0.1"), port: from.port("ADMIN_PORT", 4001) },
    limits: {
      body: from.integer("BODY_LIMIT", 262_144, 1_024, 16_777_216), tokens: from.integer("TOKEN_LIMIT", 10_000, 100, 100_000),
      depth: from.integer("DEPTH_LIMIT", 40, 4, 200), aliases: from.integer("ALIAS_LIMIT", 500, 1, 10_000), planning: from.integer("PLANNING_LIMIT", 2_000, 100, 30_000), share: from.integer("ASKER_SHARE", 64, 4, 10_000),
      deadline: from.integer("DEADLINE_MS", 10_000, 100, 120_000),
    },
    logLevel: from.logLevel(),
  };
}

function database(from: Reader): DatabaseSettings {
  const url = from.url("DATABASE_URL", from.secret("DATABASE_URL"));
  const ownerText = from.optionalSecret("DATABASE_OWNER_URL");
  const owner = ownerText === undefined ? undefined : from.url("DATABASE_OWNER_URL", ownerText);
  return {
    host: url.searchParams.get("host") ?? decodeURIComponent(url.hostname), port: Number(url.port === "" ? 5432 : url.port), username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password), database: decodeURIComponent(url.pathname.slice(1)),
    ...(owner === undefined ? {} : { ownerUsername: decodeURIComponent(owner.username), ownerPassword: decodeURIComponent(owner.password) }),
  };
}

/** Reads values by their name without the KANMON_ prefix and remembers what is wrong instead of stopping at the first mistake. */
class Reader {
  readonly #values: Flags;
  readonly #problems: Problem[] = [];

  constructor(flags: Flags, env: Environment, known: readonly string[]) {
    const names = new Set(known.map((name) => `KANMON_${name}`));
    this.#values = { ...env, ...Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) };
    for (const name of Object.keys(this.#values)) {
      if (name.startsWith("KANMON_") && !names.has(name)) this.#fail("unknown", { name }, undefined);
      if (name.startsWith("APOLLO_DISABLE_SECURITY")) this.#fail("protectionOff", { name }, undefined);
    }
  }

  /** Ends the reading: the settings, frozen, or every problem found. */
  done<T extends object>(read: () => T): T {
    const settings = read();
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
    return freeze(settings);
  }

  optional(name: string): string | undefined {
    const value = this.#values[`KANMON_${name}`];
    return value === "" ? undefined : value;
  }
  text(name: string, fallback?: string): string {
    return this.optional(name) ?? fallback ?? this.#fail("missing", { name: `KANMON_${name}` }, "");
  }
  flag(name: string): boolean {
    const value = this.optional(name) ?? "0";
    return value === "1" || (value === "0" ? false : this.#fail("notFlag", { name: `KANMON_${name}` }, false));
  }
  integer(name: string, fallback: number, least: number, most: number): number {
    const text = this.optional(name) ?? String(fallback);
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : this.#fail("notWhole", { name: `KANMON_${name}`, least, most }, fallback);
  }
  port(name: string, fallback: number): number { return this.integer(name, fallback, 0, 65_535); }
  logLevel(): LogLevel {
    const value = this.text("LOG_LEVEL", "info");
    const known = (["silent", "error", "warn", "info", "debug"] as const).find((level) => level === value);
    return known ?? this.#fail("notLevel", { name: "KANMON_LOG_LEVEL" }, "info");
  }
  file(name: string, fallback?: string): string {
    const path = this.text(name, fallback);
    try { return path === "" ? "" : readFileSync(path, "utf8"); } catch { return this.#fail("unreadable", { name: `KANMON_${name}`, path }, ""); }
  }
  optionalSecret(name: string): string | undefined {
    const inline = this.optional(name);
    const path = this.optional(`${name}_FILE`);
    if (inline !== undefined && path !== undefined) return this.#fail("givenTwice", { name: `KANMON_${name}` }, inline);
    return path === undefined ? inline : this.file(`${name}_FILE`).trim();
  }
  secret(name: string): string {
    return this.optionalSecret(name) ?? this.#fail("missingSecret", { name: `KANMON_${name}` }, "");
  }
  /** The message never carries the text: it may be a secret. */
  json(name: string, text: string): unknown {
    try { return text === "" ? {} : JSON.parse(text) as unknown; } catch { return this.#fail("notJson", { name: `KANMON_${name}` }, {}); }
  }
  url(name: string, text: string): URL {
    const nothing = new URL("postgres://nobody@localhost/none");
    if (text === "") return nothing;
    try { return new URL(text); } catch { return this.#fail("notUrl", { name: `KANMON_${name}` }, nothing); }
  }
  #fail<T>(what: Problem["what"], of: Problem["of"], instead: T): T { this.#problems.push({ what, of }); return instead; }
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) { Object.freeze(value); for (const part of Object.values(value)) freeze(part); }
  return value;
}
