/**
 * A partner's label on receipt (SPEC 16.7, EQ1, EQ7). Takes the document as it came, the register entry under which the value is kept from now on, and whom in Japan it is for; gives a label of ours: foreign
 * information at the level of the agreement's table, under the partner's originator control, until the partner consents to something else. Refuses (and so: quarantine) what the agreement does not cover.
 */
import { canonical, isForeignOwner, join, type Label, type LabelCore, type OrgPath } from "../label";
import { checkLabel, japanDay, labelOf, receiveMark, type Policy } from "../policy";
import { requireAgreement } from "./export-partner";
import { type Information, type LabelDocument, readDocument } from "./label-document";
import { readPartner } from "./original";
import { readFromPartner } from "./read-categories";
import { ExchangeError } from "./refusal";
import { OWN_POLICY } from "./tags";

export interface PartnerReceipt {
  readonly token: string;
  /** Japanese bodies it was given to; ALL restricts nobody in Japan. */
  readonly dist: readonly OrgPath[] | "ALL";
  readonly now: number;
  /** Who sent it, and under which agreement, where that is known: the label must say the same. */
  readonly nation?: string | undefined;
  readonly agreementId?: string | undefined;
}
export interface ReceivedLabel {
  readonly label: Label;
  readonly duties: readonly string[];
  /** Stays with the record, never overwritten; with it what the partner said in our words, if anything. */
  readonly original: { readonly policy: string; readonly mark: string; readonly label4774: string; readonly alternative4774?: string };
}

/**
 * Takes the originator's label and, beside it if the partner sent one, their equivalent in our policy: that may only add to what the agreement's table brings.
 * @throws ExchangeError
 */
export function importFromPartner(policy: Policy, documents: readonly string[], receipt: PartnerReceipt): ReceivedLabel {
  const read = documents.map((text) => ({ text, document: readDocument(text) }));
  const originator = read.find(({ document }) => document.root === "originatorConfidentialityLabel");
  if (originator === undefined) throw new ExchangeError("DOCUMENT_UNEXPECTED", "/", "no label of an originator");
  const [alternative, ...more] = read.filter((each) => each !== originator);
  const { document, text } = originator;
  const { core: byTable, duties, original, nation } = receive(policy, document.information, receipt);
  const core = alternative === undefined ? byTable : join(byTable, readAlternative(policy, alternative.document, nation));
  if (more[0] !== undefined) throw new ExchangeError("DOCUMENT_UNEXPECTED", `/${more[0].document.root}`, "a third document");
  if (document.succession !== undefined) requireLower(policy, document.succession.information, byTable, nation, receipt);
  const lifecycle = { validUntil: "OWNER_CONSENT", ...(document.reviewAt === undefined ? {} : { reviewBy: japanDay(document.reviewAt) }) };
  const findings = checkLabel(policy, core, { kind: "portion", tokenOf: () => undefined, validUntil: lifecycle.validUntil });
  const [first] = findings;
  if (first !== undefined) throw new ExchangeError("INVALID", `/${document.root}/ConfidentialityInformation`, `${first.rule} ${first.path}: ${first.problem}`);
  return { label: labelOf(core, { lifecycle }), duties, original: { ...original, label4774: text, ...(alternative === undefined ? {} : { alternative4774: alternative.text }) } };
}

/** What the partner says in our words; it ends when theirs does, so it has no end of its own here either. */
function readAlternative(policy: Policy, document: LabelDocument, nation: string): LabelCore {
  const at = `/${document.root}`;
  if (document.root !== "alternativeConfidentialityLabel" || document.information.policy.name !== OWN_POLICY.name) throw new ExchangeError("DOCUMENT_UNEXPECTED", at, `not an alternative label of ${OWN_POLICY.name}`);
  if (document.id !== undefined) throw new ExchangeError("ATTRIBUTE", `${at}/@Id`, "only labels of ours have an id");
  if (document.succession !== undefined) throw new ExchangeError("ELEMENT", `${at}/SuccessionHandling`, "what takes over is said by the originator");
  return readFromPartner(policy, document.information, nation);
}

interface Given { readonly core: LabelCore; readonly duties: readonly string[]; readonly original: { readonly policy: string; readonly mark: string }; readonly nation: string }

function receive(policy: Policy, information: Information, { token, dist, now, nation: sender, agreementId }: PartnerReceipt): Given {
  const path = information.path ?? "/";
  const { nation, mark, rel } = readPartner(policy, information);
  if (sender !== undefined && sender !== nation) throw new ExchangeError("NO_AGREEMENT", `${path}/PolicyIdentifier`, `of ${nation}, not of ${sender}`);
  requireAgreement(policy, nation, agreementId, now);
  if (!rel.includes("JPN")) throw new ExchangeError("NOT_RELEASED_TO_US", `${path}/Category`, "JPN is not among those who may receive it");
  const received = receiveMark(policy, { nation, mark, token, rel }, now);
  if (!received.ok) throw new ExchangeError("CLASSIFICATION_UNKNOWN", `${path}/Classification`, received.quarantine);
  const { core, duties, original } = received;
  const owners = Object.fromEntries(Object.entries(core.owners).map(([owner, terms]) => [owner, isForeignOwner(owner) ? { ...terms, dist, orcon: true } : terms]));
  return { core: canonical({ ...core, owners }), duties, original, nation };
}

/** Ours lasts until the owner consents, so the partner's successor is never applied; that is safe only where it does not ask for more. */
function requireLower(policy: Policy, successor: Information, core: LabelCore, nation: string, receipt: PartnerReceipt): void {
  const later = receive(policy, successor, receipt);
  const [before, after] = [core.owners[nation]?.rel ?? [], later.core.owners[nation]?.rel ?? []];
  const narrows = after !== "ALL" && (before === "ALL" || !before.every((each) => after.includes(each)));
  if (later.nation !== nation || later.core.level > core.level || narrows) throw new ExchangeError("SUCCESSION_RAISES", successor.path ?? "/", "what takes over asks for more than the label itself");
}
