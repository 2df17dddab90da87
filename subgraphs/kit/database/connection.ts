/** Connections of a ministry: the process's own pool as its role, and the owner's single one that makes roles, database and tables. */
import "reflect-metadata";
import "./navigator";
import { Client } from "pg";
import { DataSource } from "typeorm";
import type { MinistryDefinition } from "../definition";
import { ENTITIES } from "./entities";

export interface ServerAddress {
  /** Host name, or directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
}

/** The ministry's own sign-in. */
export interface MinistryLogin {
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** A role that may create roles and databases and hand objects over to them. */
export interface AdminLogin extends ServerAddress {
  readonly username: string;
  readonly password: string;
  /** Database to sign in to before the ministry's own exists. */
  readonly database?: string;
}

export interface PrepareOptions {
  readonly demo: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Milliseconds after which a statement, or an attempt to connect, is given up. */
const STATEMENT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** Connections of a process's pool; one more listens. */
export const POOL_SIZE = 10;

/** The process's pool. Nothing is synchronised: tables come from migrations only. */
export function openPool(server: ServerAddress, login: MinistryLogin, poolSize = POOL_SIZE): DataSource {
  return new DataSource({
    type: "postgres", ...server, ...login, entities: [...ENTITIES], synchronize: false, poolSize, connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { max: poolSize, statement_timeout: STATEMENT_TIMEOUT_MS }, poolErrorHandler: () => undefined,
  });
}

/**
 * Makes what is missing of a ministry's roles, database and tables, and seeds the demonstration. Safe to call again.
 * @throws Error when the server cannot be reached or the admin may not do it.
 */
export async function createMinistryDatabase(admin: AdminLogin, ministry: MinistryDefinition, login: MinistryLogin, options: PrepareOptions): Promise<void> {
  // Only who prepares loads how: a process that answers never does.
  const { migrationsFor } = require("./migrations") as typeof import("./migrations");
  const { ensureRoles, rolesOf } = require("./roles") as typeof import("./roles");
  const { seedDemo } = require("./seed") as typeof import("./seed");
  const roles = rolesOf(login.username);
  if (!/^[a-z][a-z0-9_]{0,50}$/.test(login.database)) throw new Error(`not a database name: ${login.database}`);
  const client = new Client({ host: admin.host, port: admin.port, user: admin.username, password: admin.password, database: admin.database ?? "postgres" });
  await client.connect();
  try {
    await ensureRoles(client, roles, login.password);
    const known = await client.query("SELECT FROM pg_database WHERE datname = $1", [login.database]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${login.database}`);
    await client.query(`REVOKE ALL ON DATABASE ${login.database} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${login.database} TO ${roles.ministry}`);
  } finally {
    await client.end();
  }
  const owner = new DataSource({
    type: "postgres", host: admin.host, port: admin.port, username: admin.username, password: admin.password, database: login.database, migrations: migrationsFor(roles), poolSize: 1,
  });
  await owner.initialize();
  try {
    await owner.runMigrations({ transaction: "each" });
    if (options.demo) await owner.transaction(async (manager) => seedDemo(manager, ministry, options.now));
  } finally {
    await owner.destroy();
  }
}
