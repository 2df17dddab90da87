/** Tables of a ministry, in the schema `vault` that nobody but keeper and reader may enter. What is labelled apart is a row apart. */
import { PORTIONS } from "../../../schema/label";
import { KNOWN_SETTING, READABLE_SETTING } from "./guards";

/** Column of a record row that holds the label of one portion. */
export function portionLabelColumn(portion: string): string {
  return `${portion}_label`;
}

const label = "label_id int NOT NULL REFERENCES vault.label";

/** The existence part of a record carries the labels of all its parts, so that a withheld part can still say under which label it is withheld. */
const records = [
  `CREATE TABLE vault.record (
    id text PRIMARY KEY, ${label}, ${PORTIONS.map((portion) => `${portionLabelColumn(portion)} int REFERENCES vault.label`).join(", ")},
    tearline_of_label int REFERENCES vault.label,
    contact_ja text, contact_en text, matter_id text, matter_ministry text)`,
  `CREATE TABLE vault.content (
    id text PRIMARY KEY REFERENCES vault.record ON DELETE CASCADE, ${label}, reference text COLLATE "C", kind text COLLATE "C", class text COLLATE "C", owner text COLLATE "C", valid_until text COLLATE "C")`,
  `CREATE TABLE vault.portion (
    record_id text REFERENCES vault.record ON DELETE CASCADE, name text, ${label}, ja text COLLATE "C", en text COLLATE "C", PRIMARY KEY (record_id, name))`,
  `CREATE TABLE vault.edge (
    from_id text REFERENCES vault.record ON DELETE CASCADE, name text, position int, to_id text NOT NULL, to_ministry text NOT NULL, ${label}, PRIMARY KEY (from_id, name, position))`,
  "CREATE INDEX record_label ON vault.record (label_id, id)",
  "CREATE INDEX record_matter ON vault.record (matter_id, label_id, id)",
  "CREATE INDEX content_reference ON vault.content (reference, label_id)",
  "CREATE INDEX content_owner ON vault.content (owner, label_id)",
  // Hash indexes: a portion may be longer than an entry of a tree may be, and equality is leakproof, so it may be looked up before the guard is tested.
  "CREATE INDEX portion_ja ON vault.portion USING hash (ja)",
  "CREATE INDEX portion_en ON vault.portion USING hash (en)",
];

const registers = [
  `CREATE TABLE vault.matter (id text PRIMARY KEY, designation_id text UNIQUE, ${label}, contact_ja text, contact_en text)`,
  `CREATE TABLE vault.matter_entry (
    id text PRIMARY KEY REFERENCES vault.matter ON DELETE CASCADE, ${label}, token text COLLATE "C" NOT NULL UNIQUE, name_ja text COLLATE "C", name_en text COLLATE "C", kind text COLLATE "C",
    issuer text COLLATE "C" NOT NULL, regime text COLLATE "C", designated_on text COLLATE "C", valid_until text COLLATE "C", statutory_item text,
    assignment_label int NOT NULL REFERENCES vault.label)`,
  `CREATE TABLE vault.person (
    id text PRIMARY KEY, ${label}, subject text, reference text, name text, post_ja text, post_en text, employment text, nation text, status text, org text, host_org text)`,
  `CREATE TABLE vault.eligibility (
    id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, ${label}, person_id text NOT NULL, regime text NOT NULL, max_level int NOT NULL, basis text NOT NULL, granted_by text NOT NULL, usable_at text[] NOT NULL,
    investigation_id text, notified_on text NOT NULL, valid_until text NOT NULL, status text NOT NULL)`,
  `CREATE TABLE vault.former_access (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, ${label}, person_id text NOT NULL, token text NOT NULL, "from" text NOT NULL, until text NOT NULL)`,
  "CREATE INDEX eligibility_person ON vault.eligibility (person_id)",
  "CREATE INDEX former_access_person ON vault.former_access (person_id)",
];

/** What the ministry states about subjects; `body` is the statement's entry as it is sent. */
const standing = [
  "CREATE TABLE vault.subject (id text PRIMARY KEY, person_id text, body jsonb NOT NULL)",
  "CREATE TABLE vault.statement (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, list text NOT NULL, body jsonb NOT NULL)",
  `CREATE TABLE vault.assignment (
    subject text, token text REFERENCES vault.matter_entry (token) ON UPDATE CASCADE, ${label}, matter_id text NOT NULL, person_id text, role text NOT NULL, "from" text NOT NULL, until text NOT NULL,
    granted_by text NOT NULL, reason text NOT NULL, PRIMARY KEY (subject, token))`,
  "CREATE INDEX assignment_matter ON vault.assignment (matter_id)",
  "CREATE INDEX assignment_person ON vault.assignment (person_id)",
  // One row: its lock puts changes in the order in which they are committed. A bare sequence would lose one that commits late.
  "CREATE TABLE vault.revision (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), revision bigint NOT NULL, hash text NOT NULL)",
  "CREATE TABLE vault.history (revision bigint PRIMARY KEY, at timestamptz NOT NULL, actor text NOT NULL, change text NOT NULL, body jsonb NOT NULL, previous text NOT NULL, hash text NOT NULL)",
];

export const TABLES: readonly string[] = [
  "CREATE TABLE vault.label (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, key text NOT NULL UNIQUE, body jsonb NOT NULL)",
  "CREATE TABLE vault.seed (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), shift_days int NOT NULL, content text NOT NULL)",
  ...records, ...registers, ...standing,
];

/** By which the parts that someone may read are found, so that cost does not grow with what is hidden. */
export const PART_INDEXES: readonly string[] = ["CREATE INDEX content_label ON vault.content (label_id)", "CREATE INDEX portion_label ON vault.portion (label_id, name)"];

/** Which set a reader's rows are tested against: existence parts against what may be known, everything else against what may be read. */
export const GUARDED: Readonly<Record<string, string>> = {
  "vault.record": KNOWN_SETTING, "vault.matter": KNOWN_SETTING,
  "vault.content": READABLE_SETTING, "vault.portion": READABLE_SETTING, "vault.edge": READABLE_SETTING, "vault.matter_entry": READABLE_SETTING, "vault.person": READABLE_SETTING,
  "vault.eligibility": READABLE_SETTING, "vault.former_access": READABLE_SETTING, "vault.assignment": READABLE_SETTING,
};
