/**
 * What lists are found by, beside the label (SPEC 6.3): how many records of each kind, class and owner there are under each label, kept by the statements that change contents, under the guard
 * of their content; the order of ids among contents; and the first characters of titles, which an index keeps in order where a whole title may be too long for it. A record and what its own
 * label covers have one label: the transaction that would part them is refused, as what is counted by contents would otherwise count records of which nobody may know.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING } from "./guards";
import { IMPORT_RECORDS } from "./imports";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";
import { TITLE_START } from "./title-start";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

export const GUARDED_FINDING: Readonly<Record<string, string>> = { "vault.content_tally": READABLE_SETTING };

const TABLES: readonly string[] = [`CREATE TABLE vault.content_tally (
  label_id int NOT NULL REFERENCES vault.label ON DELETE CASCADE, kind text COLLATE "C", class text COLLATE "C", owner text COLLATE "C", records bigint NOT NULL CHECK (records >= 0),
  UNIQUE NULLS NOT DISTINCT (label_id, kind, class, owner))`];

/** For whoever wrote contents with triggers off, too. */
export const FILL_CONTENT_TALLY = "INSERT INTO vault.content_tally SELECT label_id, kind, class, owner, count(*) FROM vault.content GROUP BY 1, 2, 3, 4";

/** By statement and not by row; in the order of the lines, so that two statements cannot wait for each other. */
const count = `CREATE FUNCTION vault.tally_contents() RETURNS trigger ${definer} AS $$
DECLARE line record;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN DELETE FROM vault.content_tally; RETURN NULL; END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO vault.content_tally AS t SELECT a.label_id, a.kind, a.class, a.owner, count(*) FROM added a GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (label_id, kind, class, owner) DO UPDATE SET records = t.records + EXCLUDED.records;
  ELSIF TG_OP = 'DELETE' THEN
    FOR line IN SELECT r.label_id, r.kind, r.class, r.owner, count(*) AS records FROM removed r GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LOOP
      UPDATE vault.content_tally t SET records = t.records - line.records
        WHERE t.label_id = line.label_id AND t.kind IS NOT DISTINCT FROM line.kind AND t.class IS NOT DISTINCT FROM line.class AND t.owner IS NOT DISTINCT FROM line.owner;
    END LOOP;
  ELSE
    FOR line IN SELECT each.label_id, each.kind, each.class, each.owner, sum(each.one) AS records
      FROM (SELECT a.label_id, a.kind, a.class, a.owner, 1 AS one FROM added a UNION ALL SELECT r.label_id, r.kind, r.class, r.owner, -1 FROM removed r) each GROUP BY 1, 2, 3, 4 HAVING sum(each.one) <> 0 ORDER BY 1, 2, 3, 4 LOOP
      INSERT INTO vault.content_tally SELECT line.label_id, line.kind, line.class, line.owner, 0 ON CONFLICT DO NOTHING;
      UPDATE vault.content_tally t SET records = t.records + line.records
        WHERE t.label_id = line.label_id AND t.kind IS NOT DISTINCT FROM line.kind AND t.class IS NOT DISTINCT FROM line.class AND t.owner IS NOT DISTINCT FROM line.owner;
    END LOOP;
  END IF;
  RETURN NULL;
END $$`;

/** At the end of the transaction: whoever gives a record another label does it in two statements. */
const together = `CREATE FUNCTION vault.keep_together() RETURNS trigger ${definer} AS $$
BEGIN
  IF EXISTS (SELECT FROM vault.record r JOIN vault.content c ON c.id = r.id WHERE r.id = NEW.id AND r.label_id <> c.label_id) THEN RAISE EXCEPTION 'a record and its content have different labels'; END IF;
  RETURN NULL;
END $$`;

const TRIGGERS: readonly string[] = [
  "CREATE TRIGGER tally_added AFTER INSERT ON vault.content REFERENCING NEW TABLE AS added EXECUTE FUNCTION vault.tally_contents()",
  "CREATE TRIGGER tally_removed AFTER DELETE ON vault.content REFERENCING OLD TABLE AS removed EXECUTE FUNCTION vault.tally_contents()",
  "CREATE TRIGGER tally_moved AFTER UPDATE ON vault.content REFERENCING OLD TABLE AS removed NEW TABLE AS added EXECUTE FUNCTION vault.tally_contents()",
  "CREATE TRIGGER tally_emptied AFTER TRUNCATE ON vault.content EXECUTE FUNCTION vault.tally_contents()",
  "CREATE CONSTRAINT TRIGGER kept_together AFTER UPDATE OF label_id ON vault.record DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION vault.keep_together()",
  "CREATE CONSTRAINT TRIGGER kept_together AFTER INSERT OR UPDATE OF label_id ON vault.content DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION vault.keep_together()",
  "DO $$ BEGIN IF EXISTS (SELECT FROM vault.record r JOIN vault.content c ON c.id = r.id WHERE r.label_id <> c.label_id) THEN RAISE EXCEPTION 'a record and its content have different labels'; END IF; END $$",
  FILL_CONTENT_TALLY,
];

const LANGUAGES = ["ja", "en"] as const;
const TITLES: readonly string[] = LANGUAGES.flatMap((language) => [
  `ALTER TABLE vault.portion ADD title_${language} text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN name = 'title' THEN left(${language}, ${TITLE_START}) END) STORED`,
  `CREATE INDEX portion_label_title_${language} ON vault.portion (label_id, title_${language}) WHERE title_${language} IS NOT NULL`,
]);

/**
 * None by a reference or an owner before the label: whoever asks what begins with a text, or for the first of an order, would walk what is hidden and so learn from the time that there is some.
 * One reference is then looked for under each label that may be read.
 */
const INDEXES: readonly string[] = [
  "CREATE INDEX content_label_id ON vault.content (label_id, id)", "DROP INDEX vault.content_label", "DROP INDEX vault.content_reference", "DROP INDEX vault.content_owner",
  "DROP INDEX vault.content_label_valid_until", "CREATE INDEX content_label_valid_until ON vault.content (label_id, valid_until, id)",
];

/** What is made from a title is not written by anybody. */
export const importRecords = IMPORT_RECORDS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
  .replace("INSERT INTO vault.portion SELECT * FROM", "INSERT INTO vault.portion (record_id, name, label_id, ja, en) SELECT p.record_id, p.name, p.label_id, p.ja, p.en FROM").replace("(null::vault.portion, p_portions)", "(null::vault.portion, p_portions) p");

export const FINDING_VIEWS: Readonly<Record<string, string>> = { content_tally: "SELECT label_id, kind, class, owner, records FROM vault.content_tally" };

/** The view with what its table was given. */
export const PORTION_VIEW = "SELECT record_id, name, label_id, ja, en, title_ja, title_en FROM vault.portion";

/** The migration that makes them, for these roles. */
export function findingMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Finding1768000100000 implements MigrationInterface {
    readonly name = "Finding1768000100000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of [...TITLES, `CREATE OR REPLACE VIEW public.portion AS ${PORTION_VIEW}`,
        ...installStatements(roles, { tables: TABLES, guarded: GUARDED_FINDING, functions: [count, together, importRecords], views: FINDING_VIEWS, callable: [] }), ...TRIGGERS, ...INDEXES]) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const name of ["added", "removed", "moved", "emptied"]) await runner.query(`DROP TRIGGER tally_${name} ON vault.content`);
      for (const table of ["record", "content"]) await runner.query(`DROP TRIGGER kept_together ON vault.${table}`);
      await runner.query("CREATE INDEX content_label ON vault.content (label_id)");
      await runner.query("DROP INDEX vault.content_label_id");
      for (const column of ["reference", "owner"]) await runner.query(`CREATE INDEX content_${column} ON vault.content (${column}, label_id)`);
      await runner.query("DROP INDEX vault.content_label_valid_until");
      await runner.query("CREATE INDEX content_label_valid_until ON vault.content (label_id, valid_until)");
      await runner.query("DROP VIEW public.content_tally");
      for (const name of ["tally_contents", "keep_together"]) await runner.query(`DROP FUNCTION vault.${name}()`);
      await runner.query("DROP TABLE vault.content_tally");
    }
  };
}
