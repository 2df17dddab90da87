/**
 * One revocation of each kind of grant, as a row of a ministry's database that somebody takes away: what `kanmon` officers do through functions ends in the same rows. Takes the data folder of a running
 * `kanmon start`; gives, per kind, who loses what, the question that shows it, and how it is taken away and given back.
 */
import { join } from "node:path";
import { Client } from "pg";
import { launchEmbedded } from "../../subgraphs/kit/embedded";
import { knownOperation } from "./known-operation";

export interface Revocation {
  readonly kind: string;
  readonly persona: string;
  /** Database of the ministry that granted it. */
  readonly database: string;
  /** Question whose answer is not the same afterwards. */
  readonly query: string;
  /** Rows concerned, and what becomes of them. */
  readonly from: string;
  readonly set: string;
  /** Makes the rows that are concerned, where nobody has stated any. */
  readonly first?: string;
}

const DOCUMENTS = (prefix: string): string => `{ ${prefix}Documents(first: 50) { totalCount nodes { id title { en } body { en } source { en } } } }`;
/** The same for those who ask known operations only. */
const KNOWN = knownOperation("DefenseDocuments");
const statement = (list: string, subject: string): string => `vault.statement WHERE list = '${list}' AND body->>'subject' = '${subject}'`;

export const REVOCATIONS: readonly Revocation[] = [
  { kind: "clearance", persona: "mod-officer", database: "defense", query: DOCUMENTS("defense"), from: statement("eligibilities", "mod-officer"), set: `body || '{"status":"SUSPENDED"}'` },
  { kind: "assignment", persona: "mod-officer", database: "defense", query: DOCUMENTS("defense"), from: "vault.assignment WHERE subject = 'mod-officer' AND token = 'MOD-2024-002'", set: "" },
  { kind: "contract", persona: "contractor-engineer", database: "cabinet_office", query: KNOWN, from: statement("facilities", "contractor-engineer"), set: `body || '{"contracts":[]}'` },
  { kind: "facility under foreign control", persona: "contractor-engineer", database: "cabinet_office", query: KNOWN, from: statement("facilities", "contractor-engineer"), set: `body || '{"foci":"UNMITIGATED"}'` },
  { kind: "attestation under an agreement", persona: "us-liaison", database: "foreign_affairs", query: DOCUMENTS("defense"), from: statement("attestations", "us-liaison"), set: `body || '{"attestedLevel":1}'` },
  { kind: "attestation taken back", persona: "us-liaison", database: "foreign_affairs", query: DOCUMENTS("defense"), from: statement("attestations", "us-liaison"), set: "" },
  {
    kind: "agreement that is suspended", persona: "us-liaison", database: "foreign_affairs", query: DOCUMENTS("defense"), from: "vault.statement WHERE list = 'agreements' AND body->>'agreement' = 'JPN-USA-2007'", set: `body || '{"status":"SUSPENDED"}'`,
    first: `INSERT INTO vault.statement (list, body) VALUES ('agreements', '{"subject": "", "agreement": "JPN-USA-2007", "status": "ACTIVE"}') ON CONFLICT DO NOTHING`,
  },
];

/** A superuser's connection to one ministry's database of a running `kanmon start`. */
export async function connectAsOwner(home: string, database: string): Promise<Client> {
  const { host, port, username, password } = launchEmbedded(join(home, "postgres"));
  const client = new Client({ host, port, user: username, password, database });
  await client.connect();
  return client;
}

/** Takes it away in one committed statement. Gives how to give it back. */
export async function takeAway(client: Client, { from, set, first }: Revocation): Promise<() => Promise<void>> {
  if (first !== undefined) await client.query(first);
  const [table = ""] = from.split(" ");
  const { rows } = await client.query<Readonly<Record<string, unknown>>>(`SELECT to_jsonb(t) AS row FROM ${from.replace(" WHERE", " t WHERE")}`);
  if (rows.length === 0) throw new Error(`nothing to take away in ${from}`);
  await client.query(set === "" ? `DELETE FROM ${from}` : `UPDATE ${from.replace(" WHERE", ` SET body = ${set} WHERE`)}`);
  return async () => {
    const given = JSON.stringify(rows.map(({ row }) => row));
    if (set === "") await client.query(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(null::${table}, $1::jsonb)`, [given]);
    else await client.query(`UPDATE ${table} s SET body = r.body FROM jsonb_populate_recordset(null::${table}, $1::jsonb) r WHERE r.id = s.id`, [given]);
  };
}
