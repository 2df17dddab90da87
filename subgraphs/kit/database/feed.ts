/**
 * Events of the standing feed (SPEC 3.11, 6.2): triggers write one row per changed entry, in the transaction of the change and under the one lock of the ministry, so that no function that
 * writes can forget it and the order of numbers is the order of commits. Takes the tables of which something is stated and how a row of each is stated; a further table is one more source.
 * The same expressions make the snapshot, so that snapshot and events cannot differ.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import type { MinistryRoles } from "./roles";

/** How a row `r` of a table is stated: in which list, about whom ('' for what is about nobody), under which key, and what. */
export interface StatedTable { readonly table: string; readonly list: string; readonly subject: string; readonly key: string; readonly entry: string }

/** Reasons, consents and investigations are the ministry's own: nobody else decides by them. */
export const STATED: readonly StatedTable[] = [
  { table: "matter_entry", list: "'tokens'", subject: "''", key: "r.token", entry: "jsonb_build_object('issuer', r.issuer)" },
  { table: "vocabulary", list: "'vocabulary'", subject: "''", key: "r.token", entry: "'{}'::jsonb" },
  { table: "subject", list: "'subjects'", subject: "r.id", key: "''", entry: "r.body - 'id'" },
  { table: "assignment", list: "'assignments'", subject: "r.subject", key: "r.token", entry: `jsonb_build_object('role', r.role, 'from', r."from", 'until', r.until, 'grantedBy', r.granted_by)` },
  { table: "statement", list: "r.list", subject: "r.body->>'subject'", key: "r.id::text", entry: "r.body - '{subject,consentId,investigationId}'::text[]" },
];

/** Rows of one statement beyond which one event says that everything is new. */
const MOST_AT_ONCE = 5_000;
/** Events kept for those who come back: whoever is further behind gets a snapshot. */
const KEPT_EVENTS = 10_000;

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const tables: readonly string[] = [
  "ALTER TABLE vault.revision ADD COLUMN event bigint NOT NULL DEFAULT 0, ADD COLUMN event_hash text NOT NULL DEFAULT ''",
  "CREATE TABLE vault.event (number bigint PRIMARY KEY, at timestamptz NOT NULL, change text NOT NULL, hash text NOT NULL)",
  // Tokens that labels need: they only grow until everything is written anew.
  "CREATE TABLE vault.vocabulary (token text COLLATE \"C\" PRIMARY KEY)",
  "INSERT INTO vault.vocabulary SELECT DISTINCT t.token FROM vault.label l, jsonb_array_elements_text((l.body->'need') || (l.body->'existence'->'need')) t (token)",
  "CREATE INDEX statement_subject ON vault.statement ((body->>'subject'))",
  // A list that gateways do not know ends their streams: it is refused where it is written.
  "ALTER TABLE vault.statement ADD CONSTRAINT stated_lists CHECK (list IN ('eligibilities', 'roles', 'facilities', 'attestations'))",
];

/** Taken before a row is touched, so that whoever waits for the turn holds nothing that somebody else waits for. */
const takeTurn = `CREATE FUNCTION vault.take_turn() RETURNS trigger ${definer} AS $$
BEGIN PERFORM FROM vault.revision FOR UPDATE; RETURN NULL; END $$`;

/** Every event carries the hash of the one before it; nobody can leave one out or put one in between. */
const announce = `CREATE FUNCTION vault.announce(p_changes text[]) RETURNS void ${definer} AS $$
DECLARE last bigint; stamp text; change text;
BEGIN
  IF p_changes IS NULL THEN RETURN; END IF;
  SELECT r.event, r.event_hash INTO last, stamp FROM vault.revision r FOR UPDATE;
  FOREACH change IN ARRAY p_changes LOOP
    last := last + 1;
    stamp := encode(sha256(convert_to(concat_ws(E'\\n', stamp, last, change), 'UTF8')), 'hex');
    INSERT INTO vault.event VALUES (last, clock_timestamp(), change, stamp);
  END LOOP;
  UPDATE vault.revision SET event = last, event_hash = stamp;
  DELETE FROM vault.event e WHERE e.number <= last - ${KEPT_EVENTS};
  PERFORM pg_notify('standing', last::text);
END $$`;

const ANEW = `ARRAY['{"anew": true}']`;

function selectStated({ list, subject, key, entry }: StatedTable, from: string): string {
  return `SELECT ${list} AS list, ${subject} AS subject, ${key} AS key, ${entry} AS entry FROM ${from} r WHERE ${subject} IS NOT NULL`;
}

function announcer(stated: StatedTable): string {
  const put = "jsonb_build_object('list', s.list, 'subject', s.subject, 'key', s.key, 'entry', s.entry)::text";
  const removed = "jsonb_build_object('list', s.list, 'subject', s.subject, 'key', s.key)::text";
  const [before, after] = [selectStated(stated, "old_rows"), selectStated(stated, "new_rows")];
  const gone = `SELECT b.list, b.subject, b.key FROM (${before}) b EXCEPT SELECT a.list, a.subject, a.key FROM (${after}) a`;
  return `CREATE FUNCTION vault.announce_${stated.table}() RETURNS trigger ${definer} AS $$
DECLARE changes text[];
BEGIN
  IF TG_OP = 'TRUNCATE' THEN changes := ${ANEW};
  ELSIF TG_OP = 'INSERT' THEN
    IF (SELECT count(*) FROM new_rows) > ${MOST_AT_ONCE} THEN changes := ${ANEW};
    ELSE SELECT array_agg(${put} ORDER BY s.subject, s.list, s.key) INTO changes FROM (${after}) s; END IF;
  ELSE
    IF (SELECT count(*) FROM old_rows) > ${MOST_AT_ONCE} THEN changes := ${ANEW};
    ELSIF TG_OP = 'DELETE' THEN SELECT array_agg(${removed} ORDER BY s.subject, s.list, s.key) INTO changes FROM (${before}) s;
    ELSE SELECT array_agg(c.change ORDER BY c.put, c.change) INTO changes FROM (
      SELECT 0 AS put, ${removed} AS change FROM (${gone}) s
      UNION ALL SELECT 1, ${put} FROM (${after} EXCEPT ${before}) s) c; END IF;
  END IF;
  PERFORM vault.announce(changes);
  RETURN NULL;
END $$`;
}

/** A trigger with transition tables is for one kind of change, so there are four beside the one that takes the turn. */
function triggersOf({ table }: StatedTable): readonly string[] {
  const tail = `FOR EACH STATEMENT EXECUTE FUNCTION vault.announce_${table}()`;
  return [
    ...turnFor(table),
    `CREATE TRIGGER announce_insert AFTER INSERT ON vault.${table} REFERENCING NEW TABLE AS new_rows ${tail}`,
    `CREATE TRIGGER announce_update AFTER UPDATE ON vault.${table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ${tail}`,
    `CREATE TRIGGER announce_delete AFTER DELETE ON vault.${table} REFERENCING OLD TABLE AS old_rows ${tail}`,
    `CREATE TRIGGER announce_truncate AFTER TRUNCATE ON vault.${table} ${tail}`,
  ];
}

function turnFor(table: string): readonly string[] {
  return [`CREATE TRIGGER take_turn BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON vault.${table} FOR EACH STATEMENT EXECUTE FUNCTION vault.take_turn()`];
}

/** A label that needs a token which none needed before makes it a word of this ministry. */
const learnWords = `CREATE FUNCTION vault.learn_words() RETURNS trigger ${definer} AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN TRUNCATE vault.vocabulary;
  ELSE INSERT INTO vault.vocabulary SELECT DISTINCT t.token FROM new_rows l, jsonb_array_elements_text((l.body->'need') || (l.body->'existence'->'need')) t (token) ORDER BY 1 ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$`;

const wordTriggers: readonly string[] = [
  ...turnFor("label"),
  "CREATE TRIGGER learn_inserted AFTER INSERT ON vault.label REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION vault.learn_words()",
  "CREATE TRIGGER learn_updated AFTER UPDATE ON vault.label REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION vault.learn_words()",
  "CREATE TRIGGER learn_truncated AFTER TRUNCATE ON vault.label FOR EACH STATEMENT EXECUTE FUNCTION vault.learn_words()",
];

/** Where the feed stands, and whether it was ever at that number with that hash. */
const head = `CREATE FUNCTION standing_head(p_number bigint, p_hash text) RETURNS TABLE (number bigint, hash text, known boolean) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT r.event, r.event_hash, (r.event = p_number AND r.event_hash = p_hash) OR EXISTS (SELECT FROM vault.event e WHERE e.number = p_number AND e.hash = p_hash) FROM vault.revision r $$`;

/** Everything stated, by person, for \`FETCH\` in the transaction that asked for the head. */
const open = `CREATE FUNCTION open_standing() RETURNS refcursor ${definer} AS $$
DECLARE stated refcursor := 'standing';
BEGIN
  OPEN stated NO SCROLL FOR SELECT s.list, s.subject, s.key, s.entry::text AS entry FROM vault.stated s ORDER BY s.subject;
  RETURN stated;
END $$`;

/** Events behind a number, with the head of the same instant; one row without an event when there is none. */
const events = `CREATE FUNCTION standing_events(p_after bigint, p_most int) RETURNS TABLE (head bigint, head_hash text, number bigint, hash text, change text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT r.event, r.event_hash, e.number, e.hash, e.change FROM vault.revision r LEFT JOIN (SELECT * FROM vault.event v WHERE v.number > p_after ORDER BY v.number LIMIT p_most) e ON true ORDER BY e.number $$`;

/** Public signatures that the ministry's role may call. */
export const FEED_CALLABLE: readonly string[] = ["standing_head(bigint, text)", "open_standing()", "standing_events(bigint, int)"];

const PRIVATE: readonly string[] = ["take_turn()", "announce(text[])", "learn_words()", ...STATED.map(({ table }) => `announce_${table}()`)];

/** The migration that replaces the statement on demand by the feed. */
export function feedMigration({ ministry, keeper }: MinistryRoles): new () => MigrationInterface {
  const own = (kind: "FUNCTION" | "TABLE" | "VIEW", name: string): string => `ALTER ${kind} ${name} OWNER TO ${keeper}`;
  const functions = [...PRIVATE.map((signature) => `vault.${signature}`), ...FEED_CALLABLE.map((signature) => `public.${signature}`)];
  return class StandingFeed1763900000000 implements MigrationInterface {
    readonly name = "StandingFeed1763900000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of [
        ...tables, `CREATE VIEW vault.stated AS ${STATED.map((stated) => selectStated(stated, `vault.${stated.table}`)).join(" UNION ALL ")}`,
        takeTurn, announce, learnWords, ...STATED.map(announcer), head, open, events,
        ...functions.flatMap((name) => [own("FUNCTION", name), `REVOKE ALL ON FUNCTION ${name} FROM PUBLIC`]),
        own("TABLE", "vault.event"), own("TABLE", "vault.vocabulary"), own("VIEW", "vault.stated"),
        ...STATED.flatMap(triggersOf), ...wordTriggers,
        ...FEED_CALLABLE.map((signature) => `GRANT EXECUTE ON FUNCTION public.${signature} TO ${ministry}`),
        "DROP FUNCTION public.standing()",
      ]) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of FEED_CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      for (const signature of PRIVATE) await runner.query(`DROP FUNCTION vault.${signature} CASCADE`);
      await runner.query("DROP VIEW vault.stated; DROP TABLE vault.event, vault.vocabulary; DROP INDEX vault.statement_subject; ALTER TABLE vault.statement DROP CONSTRAINT stated_lists");
      await runner.query("ALTER TABLE vault.revision DROP COLUMN event, DROP COLUMN event_hash");
    }
  };
}
