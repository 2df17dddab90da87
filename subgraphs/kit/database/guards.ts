/**
 * SQL of the row and column guards (SPEC 6). A row or a portion is there for a reader iff its label's number is in the set that the transaction was given;
 * the database tests membership only, the set comes from the one `decide`. Portions and content are rows of their own, so a column that is not
 * readable is truly absent: filters, sorts, counts and search run on what is left, and equality still finds its index.
 */

/** Transaction-local settings: numbers of the labels whose existence, or whose content, the asker is permitted. */
export const KNOWN_SETTING = "kanmon.known";
export const READABLE_SETTING = "kanmon.readable";

/** The same sets as bits in hexadecimal, by number of label: what the guard of every row is tested against. */
export const MASK_OF: Readonly<Record<string, string>> = { [KNOWN_SETTING]: "kanmon.known_mask", [READABLE_SETTING]: "kanmon.readable_mask" };

/**
 * `IN (SELECT unnest ...)` is evaluated once per statement and hashed; comparing with `current_setting` in line would read it again for every row.
 * A setting that was never made is NULL, one left over from an earlier transaction is empty: both permit nothing.
 */
export function isMember(column: string, setting: string): string {
  return `${column} IN (SELECT unnest(string_to_array(current_setting('${setting}', true), ',')::int[]))`;
}

/**
 * The guard of a row. A mask is taken in once per statement in microseconds, however many labels there are, where a list is parsed and hashed anew for each table that is read (measured with
 * 1,472 labels: 1.2 ms for every table). A label with a number beyond the mask is not in the set; neither is any when there is no mask.
 */
export function isInMask(column: string, setting: string): string {
  const mask = `(SELECT decode(current_setting('${MASK_OF[setting] ?? ""}', true), 'hex'))`;
  return `CASE WHEN ${column} < 8 * octet_length(${mask}) THEN get_bit(${mask}, ${column}) = 1 ELSE false END`;
}

/** Puts a table under guard for `reader`, and lets `keeper` write it. */
export function guardTable(table: string, setting: string, roles: { readonly reader: string; readonly keeper: string }): readonly string[] {
  return [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`,
    `CREATE POLICY guard ON ${table} FOR SELECT TO ${roles.reader} USING (${isInMask("label_id", setting)})`,
    `CREATE POLICY keeping ON ${table} TO ${roles.keeper} USING (true) WITH CHECK (true)`,
    `GRANT SELECT ON ${table} TO ${roles.reader}`,
  ];
}
