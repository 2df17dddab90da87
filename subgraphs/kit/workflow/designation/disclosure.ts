/**
 * Ledger of disclosures (SPEC 15.26): who outside the ministry was given which version of a designated record, when, for what. A line is written once and never changed; it is read by
 * those who read the file. Releases to partners, and liaisons who are assigned, are entered by what happened (database/recipients.ts).
 */
import { type LabelCore } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { isParty } from "./party";

interface FileRow { readonly owner: string; readonly state: string; readonly label_id: number; readonly records: readonly string[]; readonly designated: string | null }

async function fileOf({ query, input }: StepContext): Promise<FileRow> {
  const [file] = await query<FileRow>("SELECT owner, state, label_id, body->'records' AS records, body->>'designatedOn' AS designated FROM item WHERE id = $1 AND workflow = 'DesignationFile'", [input["file"]]);
  if (file === undefined || file.designated === null || !file.records.includes(String(input["record"]))) throw new Refusal("REFUSED_STATE");
  return file;
}

export const disclosure = defineWorkflow({
  name: "Disclosure", plural: "Disclosures", description: "A line of the ledger of disclosures outside the ministry.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"], purposes: ["DESIGNATION", "OVERSIGHT"] },
  keptBy: () => true,
  states: ["RECORDED"],
  fields: {
    file: { kind: "id", description: "Id of the file of the designation." }, record: { kind: "id" }, recipient: { kind: "org", description: "Body, firm or nation that was given it." },
    edition: { kind: "text", description: "Which version: edition, copy; LIAISON where a liaison reads it here." }, purpose: { kind: "long", description: "What for." }, on: { kind: "day" },
    release: { kind: "id", description: "The request for release, where it was one." },
  },
  steps: {
    RECORD_DISCLOSURE: {
      from: [], to: "RECORDED", by: withRole("PROPOSE", "GRANT", "RELEASE"), mutation: "recordDisclosure", description: "Records that a designated record was given to somebody outside.",
      input: { file: { kind: "id" }, record: { kind: "id" }, recipient: { kind: "org" }, edition: { kind: "text" }, purpose: { kind: "long" }, on: { kind: "day" } },
      check: ({ policy, input, today }) => {
        if (!isParty(policy, input["recipient"]) || String(input["on"]) > today) throw new Refusal("BAD_USER_INPUT");
      },
      change: async (context) => {
        const { owner, label_id: number } = await fileOf(context);
        const [label] = await context.query<{ body: LabelCore }>("SELECT body FROM label WHERE id = $1", [number]);
        if (label === undefined) throw new Refusal("REFUSED_STATE");
        const { policy, level, regimes, need, owners, purposes, handling } = label.body;
        return { label: { policy, level, regimes, need, owners, purposes, handling }, owner, body: context.input };
      },
    },
  },
});
