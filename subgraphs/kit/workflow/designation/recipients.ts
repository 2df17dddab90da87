/**
 * Who was given what a designation covers, and what is said to them about it (SPEC 15.25-15.26). What names a nation as a recipient is read by nobody who does not read the line of the ledger that does, because nobody of
 * that nation signs in to read it; whoever does not read the whole ledger decides nothing that its parties have to be asked or told about.
 */
import { type LabelCore, type Level, type OrgPath, type Owner, canonical, isForeignOwner, joinAll } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import type { StepContext } from "../declare";
import { internUnseen, newId } from "../runner";
import { OVERSIGHT_OFFICE, partyLabel } from "./file-label";
import { coreOf } from "./marking";

interface Unentered { readonly file: string; readonly file_label: LabelCore; readonly release: string; readonly edition_label: LabelCore }

/**
 * Enters releases in the ledger: those of a file that comes into force, or one release in every file that it concerns. Under the label of the file, and of the edition, of which the line tells that there is one; whoever
 * releases is told neither that nor anything else of a file.
 */
export async function enterReleases(context: Pick<StepContext, "query" | "asker" | "ministry" | "policy" | "now" | "today">, { file = null, release = null }: { readonly file?: string | null; readonly release?: string | null }): Promise<void> {
  const { query, asker } = context;
  const pairs = await query<Unentered>("SELECT * FROM unentered_releases($1, $2)", [file, release]);
  for (const pair of pairs) {
    const label = await internUnseen(context, canonical(joinAll([coreOf(pair.file_label), coreOf(pair.edition_label)])));
    const [entered] = await query<{ done: boolean }>("SELECT enter_release($1, $2, $3, $4, $5) AS done", [asker.subject.id, pair.file, pair.release, newId(), label]);
    if (entered?.done !== true) throw new Refusal("REFUSED_STATE");
  }
}

/** What partners were given of a designation before it was adopted. */
export async function enterGiven(context: StepContext): Promise<void> {
  await enterReleases(context, { file: context.id });
  await context.query("SELECT enter_adopted($1)", [context.id]);
}

/** Bodies, firms and nations that were given anything of a file. @throws Refusal STATE where a part of its ledger is hidden from the asker */
export async function readRecipients({ query }: Pick<StepContext, "query">, file: string): Promise<readonly string[]> {
  const [ledger] = await query<{ hidden: boolean }>("SELECT is_ledger_hidden($1) AS hidden", [file]);
  if (ledger?.hidden !== false) throw new Refusal("REFUSED_STATE");
  const rows = await query<{ recipient: string }>("SELECT DISTINCT body->>'recipient' AS recipient FROM item WHERE workflow = 'Disclosure' AND body->>'file' = $1 ORDER BY 1", [file]);
  return rows.map(({ recipient }) => recipient);
}

/** The label of what is said about a file to a party. The oversight office reads the file; for a nation officers read, those of the file and of the lines that name it. */
export async function labelToParty({ query }: Pick<StepContext, "query">, file: string, owner: OrgPath, level: Level, party: Owner): Promise<LabelCore> {
  const own = partyLabel(owner, level, party);
  if (!isForeignOwner(party) && party !== OVERSIGHT_OFFICE) return own;
  const rows = await query<{ body: LabelCore }>(`SELECT l.body FROM item i JOIN label l ON l.id = i.label_id
    WHERE (i.id = $1 AND i.workflow = 'DesignationFile') OR (i.workflow = 'Disclosure' AND i.body->>'file' = $1 AND i.body->>'recipient' = $2)`, [file, party]);
  return canonical(joinAll([own, ...rows.map(({ body }) => coreOf(body))]));
}
