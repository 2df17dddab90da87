/** People for the bench of the standing feed: as many as asked for, written into the databases of several ministries by plain SQL. Each has a home, an eligibility and three assignments, with days of their own. */
import type { Client } from "pg";

export interface Employer { readonly database: string; readonly org: string }
export const EMPLOYERS: readonly Employer[] = [
  { database: "defense", org: "JPN.MOD" }, { database: "economy", org: "JPN.METI" }, { database: "cabinet_secretariat", org: "JPN.CAS" }, { database: "cabinet_office", org: "JPN.CAO" },
];
/** Rows of the feed that a person makes. */
export const ENTRIES_A_PERSON = 5;

const day = (from: string, spread: number): string => `(date '${from}' + (n * 7919) % ${spread})::text`;

/** Writes `count` people of one employer in one transaction. */
export async function writePeople(client: Client, { org }: Employer, count: number): Promise<void> {
  const people = `generate_series(1, ${count}) n`;
  const id = `'${org.toLowerCase()}-person-' || n`;
  await client.query("BEGIN");
  await client.query(`INSERT INTO vault.subject (id, body) SELECT ${id}, jsonb_build_object('id', ${id}, 'kind', 'official', 'nation', 'JPN', 'org', '${org}', 'purposes', '["ANALYSIS"]'::jsonb) FROM ${people}`);
  await client.query(`INSERT INTO vault.statement (list, body) SELECT 'eligibilities', jsonb_build_object('subject', ${id}, 'regime', 'SDS', 'maxLevel', 3 + n % 2, 'basis', 'ASSESSMENT', 'grantedBy', '${org}',
    'usableAt', '["${org}"]'::jsonb, 'notifiedOn', ${day("2022-01-01", 1500)}, 'validUntil', ${day("2027-01-01", 1800)}, 'status', 'ACTIVE', 'consentId', 'CNS-' || n, 'investigationId', 'INV-' || n) FROM ${people}`);
  await client.query(`INSERT INTO vault.assignment (subject, token, label_id, matter_id, person_id, role, "from", until, granted_by, reason)
    SELECT ${id}, e.token, e.assignment_label, e.id, NULL, 'READER', ${day("2022-01-01", 1500)}, ${day("2027-01-01", 1800)}, '${org}', 'duty ' || n
    FROM ${people} JOIN LATERAL (SELECT *, row_number() OVER (ORDER BY token) AS at, count(*) OVER () AS all_of_them FROM vault.matter_entry) e ON (e.at + n) % e.all_of_them < 3`);
  await client.query("COMMIT");
}
