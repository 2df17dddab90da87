/**
 * Roles of one ministry in its PostgreSQL (SPEC 6): the process signs in as `ministry`, which owns nothing and may only select from views and call
 * functions; `reader` owns the views and is held by row level security; `keeper` owns the tables and the functions that write.
 * Neither of the last two can sign in, and the first is a member of neither.
 */
import type { Client } from "pg";

export interface MinistryRoles {
  readonly ministry: string;
  readonly reader: string;
  readonly keeper: string;
}

/** Names of the roles that belong to the signing-in role `username`. */
export function rolesOf(username: string): MinistryRoles {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(username)) throw new Error(`not a role name: ${username}`);
  return { ministry: username, reader: `${username}_reader`, keeper: `${username}_keeper` };
}

/** Makes the roles, or brings them back to what they must be. `admin` may create roles. */
export async function ensureRoles(admin: Client, roles: MinistryRoles, password: string): Promise<void> {
  const quoted = admin.escapeLiteral(password);
  const known = await admin.query<{ rolname: string }>("SELECT rolname FROM pg_roles WHERE rolname = ANY($1)", [Object.values(roles)]);
  const exists = new Set(known.rows.map((row) => row.rolname));
  for (const name of [roles.keeper, roles.reader]) {
    await admin.query(`${exists.has(name) ? "ALTER" : "CREATE"} ROLE ${name} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`);
  }
  await admin.query(`${exists.has(roles.ministry) ? "ALTER" : "CREATE"} ROLE ${roles.ministry} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD ${quoted}`);
}
