/**
 * Tables, functions and views of what goes through a workflow (SPEC 15): items, the steps they took, notices about them, keys of requests that were carried out. What is
 * written is written by functions of the keeper under the one lock of the ministry, so that of two who race the second finds what the first made of it.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, guardTable, isMember } from "./guards";
import type { MinistryRoles } from "./roles";

const label = "label_id int NOT NULL REFERENCES vault.label";
const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/** Read under guard, each row by its own label. */
/** The number of an item is that of the line of history of its last step: known while the ministry's lock is held. */
export const GUARDED_ITEMS: Readonly<Record<string, string>> = { "vault.item": READABLE_SETTING, "vault.step": READABLE_SETTING, "vault.notice": READABLE_SETTING };

const TABLES: readonly string[] = [
  `CREATE TABLE vault.item (
    id text PRIMARY KEY, ${label}, workflow text COLLATE "C" NOT NULL, state text COLLATE "C" NOT NULL, version int NOT NULL, owner text COLLATE "C" NOT NULL, subject text COLLATE "C",
    due text COLLATE "C", opened_at timestamptz NOT NULL, body jsonb NOT NULL, number bigint NOT NULL)`,
  `CREATE TABLE vault.step (
    item_id text REFERENCES vault.item, number int, ${label}, name text NOT NULL, actor text NOT NULL, at timestamptz NOT NULL, from_state text, to_state text NOT NULL, note jsonb NOT NULL,
    PRIMARY KEY (item_id, number))`,
  `CREATE TABLE vault.notice (
    id text PRIMARY KEY, ${label}, subject text COLLATE "C" NOT NULL, item_id text NOT NULL REFERENCES vault.item, workflow text NOT NULL, kind text NOT NULL, at timestamptz NOT NULL, number bigint NOT NULL)`,
  "CREATE TABLE vault.carried_out (actor text, key text, request text NOT NULL, item_id text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (actor, key))",
  "CREATE INDEX item_label ON vault.item (label_id, workflow, id)",
  "CREATE INDEX item_number ON vault.item (label_id, number)",
  "CREATE INDEX item_due ON vault.item (workflow, due)",
  "CREATE INDEX step_label ON vault.step (label_id)",
  "CREATE INDEX notice_subject ON vault.notice (subject, label_id, id)",
];

/** Number of a label; a new one is a line of its own, and labels are never changed. */
const intern = `CREATE FUNCTION intern_label(p_key text, p_body jsonb) RETURNS int ${definer} AS $$
DECLARE known int;
BEGIN
  SELECT id INTO known FROM vault.label l WHERE l.key = p_key;
  IF FOUND THEN RETURN known; END IF;
  INSERT INTO vault.label (key, body) VALUES (p_key, p_body) ON CONFLICT (key) DO NOTHING;
  SELECT id INTO known FROM vault.label l WHERE l.key = p_key;
  RETURN known;
END $$`;

const open = `CREATE FUNCTION open_item(p_actor text, p_id text, p_label int, p_workflow text, p_step text, p_state text, p_owner text, p_subject text, p_due text, p_body jsonb, p_note jsonb) RETURNS void ${definer} AS $$
DECLARE moment timestamptz := clock_timestamp();
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  INSERT INTO vault.item VALUES (p_id, p_label, p_workflow, p_state, 1, p_owner, p_subject, p_due, moment, p_body, (SELECT revision + 1 FROM vault.revision));
  INSERT INTO vault.step VALUES (p_id, 1, p_label, p_step, p_actor, moment, NULL, p_state, p_note);
  PERFORM vault.append(p_actor, p_step, jsonb_build_object('item', p_id, 'workflow', p_workflow, 'to', p_state, 'body', p_body, 'note', p_note));
END $$`;

/** Version, state and the rule of four eyes are tested here again, under the lock: whoever was first has changed them. */
const take = `CREATE FUNCTION take_step(p_actor text, p_id text, p_version int, p_workflow text, p_step text, p_from text[], p_not_by text[], p_to text, p_label int, p_past int, p_subject text, p_due text, p_body jsonb, p_note jsonb)
RETURNS text ${definer} AS $$
DECLARE current vault.item; moment timestamptz := clock_timestamp();
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO current FROM vault.item i WHERE i.id = p_id AND i.workflow = p_workflow AND ${isMember("i.label_id", READABLE_SETTING)};
  IF NOT FOUND THEN RETURN 'STATE'; END IF;
  IF current.version <> p_version THEN RETURN 'STALE'; END IF;
  IF NOT current.state = ANY(p_from) THEN RETURN 'STATE'; END IF;
  IF EXISTS (SELECT FROM vault.step s WHERE s.item_id = p_id AND s.actor = p_actor AND s.name = ANY(p_not_by)) THEN RETURN 'FOUR_EYES'; END IF;
  UPDATE vault.item SET label_id = p_label, state = p_to, version = current.version + 1, subject = p_subject, due = p_due, body = p_body, number = (SELECT revision + 1 FROM vault.revision) WHERE id = p_id;
  -- What was noted before is no more open than the item is now, nor than it was then.
  UPDATE vault.step SET label_id = p_past WHERE item_id = p_id AND label_id = current.label_id;
  UPDATE vault.notice SET label_id = p_past WHERE item_id = p_id AND label_id = current.label_id;
  INSERT INTO vault.step VALUES (p_id, current.version + 1, p_label, p_step, p_actor, moment, current.state, p_to, p_note);
  PERFORM vault.append(p_actor, p_step, jsonb_build_object('item', p_id, 'workflow', p_workflow, 'from', current.state, 'to', p_to, 'body', p_body, 'note', p_note));
  RETURN 'DONE';
END $$`;

const notify = `CREATE FUNCTION leave_notice(p_id text, p_item text, p_subject text, p_kind text) RETURNS void ${definer} AS $$
BEGIN
  INSERT INTO vault.notice SELECT p_id, i.label_id, p_subject, i.id, i.workflow, p_kind, clock_timestamp(), r.revision FROM vault.item i, vault.revision r WHERE i.id = p_item;
END $$`;

/** The item of the request that had this key before; empty for a new key, '!' when it was another request. A request under way is waited for. */
const key = `CREATE FUNCTION use_key(p_actor text, p_key text, p_request text, p_item text) RETURNS text ${definer} AS $$
DECLARE before vault.carried_out;
BEGIN
  INSERT INTO vault.carried_out VALUES (p_actor, p_key, p_request, p_item, clock_timestamp()) ON CONFLICT DO NOTHING;
  IF FOUND THEN RETURN ''; END IF;
  SELECT * INTO before FROM vault.carried_out c WHERE c.actor = p_actor AND c.key = p_key;
  RETURN CASE WHEN before.request = p_request THEN before.item_id ELSE '!' END;
END $$`;

/** How far the history has come: what happens is told by this number alone. */
const revision = `CREATE FUNCTION history_revision() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT revision FROM vault.revision $$`;

export const ITEM_VIEWS: Readonly<Record<string, string>> = {
  /** Steps are in it as far as they may be read. */
  item: `SELECT i.id, i.label_id, i.workflow, i.state, i.version, i.owner, i.subject, i.due, i.opened_at, i.body, i.number,
    (SELECT jsonb_agg(jsonb_build_object('label_id', s.label_id, 'name', s.name, 'actor', s.actor, 'at', s.at, 'from', s.from_state, 'to', s.to_state, 'note', s.note) ORDER BY s.number)
      FROM vault.step s WHERE s.item_id = i.id) AS steps FROM vault.item i`,
  notice: "SELECT id, label_id, subject, item_id, workflow, kind, at, number FROM vault.notice",
};

export const ITEM_CALLABLE: readonly string[] = [
  "intern_label(text, jsonb)", "open_item(text, text, int, text, text, text, text, text, text, jsonb, jsonb)", "take_step(text, text, int, text, text, text[], text[], text, int, int, text, text, jsonb, jsonb)",
  "leave_notice(text, text, text, text)", "use_key(text, text, text, text)", "history_revision()",
];

/** Puts tables under guard and functions and views into the right hands: the same for every part of the database that comes later. */
export function installStatements(roles: MinistryRoles, parts: { readonly tables: readonly string[]; readonly guarded: Readonly<Record<string, string>>; readonly functions: readonly string[]; readonly views: Readonly<Record<string, string>>; readonly callable: readonly string[] }): readonly string[] {
  const { ministry, reader, keeper } = roles;
  return [
    ...parts.tables,
    ...Object.entries(parts.guarded).flatMap(([table, setting]) => guardTable(table, setting, roles)),
    ...parts.functions,
    `DO $$ DECLARE item record; BEGIN
      FOR item IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'vault'::regnamespace AND c.relkind = 'r' AND pg_get_userbyid(c.relowner) <> '${keeper}' LOOP EXECUTE format('ALTER TABLE vault.%I OWNER TO ${keeper}', item.relname); END LOOP;
      FOR item IN SELECT p.oid::regprocedure AS signature FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('vault', 'public') AND pg_get_userbyid(p.proowner) <> '${keeper}' LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO ${keeper}', item.signature); EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', item.signature); END LOOP; END $$`,
    ...Object.entries(parts.views).flatMap(([name, select]) => [`CREATE VIEW public.${name} AS ${select}`, `ALTER VIEW public.${name} OWNER TO ${reader}`, `GRANT SELECT ON public.${name} TO ${ministry}`]),
    ...parts.callable.map((signature) => `GRANT EXECUTE ON FUNCTION public.${signature} TO ${ministry}`),
  ];
}

/** The migration that makes them, for these roles. */
export function itemsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Items1763800000000 implements MigrationInterface {
    readonly name = "Items1763800000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: TABLES, guarded: GUARDED_ITEMS, functions: [intern, open, take, notify, key, revision], views: ITEM_VIEWS, callable: ITEM_CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const view of Object.keys(ITEM_VIEWS)) await runner.query(`DROP VIEW public.${view}`);
      for (const signature of ITEM_CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      for (const table of ["carried_out", "notice", "step", "item"]) await runner.query(`DROP TABLE vault.${table}`);
    }
  };
}
