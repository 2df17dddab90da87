/**
 * SQL of the row and column guards (SPEC 6). A row or a portion is there for a reader iff its label's number is in the set that the transaction was given;
 * the database tests membership only, the set comes from the one `decide`. Portions and content are rows of their own, so a column that is not
 * readable is truly absent: filters, sorts, counts and search run on what is left, and equality still finds its index.
 */

/** Transaction-local settings: numbers of the labels whose existence, or whose content, the asker is permitted. */
export const KNOWN_SETTING = "kanmon.known";
export const READABLE_SETTING = "kanmon.readable";

/**
 * `IN (SELECT unnest ...)` is evaluated once per statement and hashed; comparing with `current_setting` in line would read it again for every row.
 * A setting that was never made is NULL, one left over from an earlier transaction is empty: both permit nothing.
 */
export function isMember(column: string, setting: string): string {
  return `${column} IN (SELECT unnest(string_to_array(current_setting('${setting}', true), ',')::int[]))`;
}

/** Puts a table under guard for `reader`, and lets `keeper` write it. */
export function guardTable(table: string, setting: string, roles: { readonly reader: string; readonly keeper: string }): readonly string[] {
  return [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`,
    `CREATE POLICY guard ON ${table} FOR SELECT TO ${roles.reader} USING (${isMember("label_id", setting)})`,
    `CREATE POLICY keeping ON ${table} TO ${roles.keeper} USING (true) WITH CHECK (true)`,
    `GRANT SELECT ON ${table} TO ${roles.reader}`,
  ];
}
