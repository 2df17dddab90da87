/**
 * `kanmon label`: labels as XML of STANAG 4774. `export` writes one, for whoever has our policy or for a partner under an agreement; `import` reads one of ours or receives a partner's; `show` prints what one says. Data goes to
 * standard output. A label that is refused is named with a code and the path of the mistake, and nothing of it is written.
 */
import fs from "node:fs";
import path from "node:path";
import { decodeXml, ExchangeError, exportForPartner, exportLabel, importFromPartner, importLabel, nationOf, readDocument, requireValid, splitDocuments } from "../../../schema/exchange";
import { type Label, mark } from "../../../schema/label";
import { bothMarks, isLabelCore, labelOf, loadPolicy, type Policy, receiveMark, startOfDay, verifyLabelId } from "../../../schema/policy";
import { writePrivate } from "../home";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { LANGS, print, tell, textOf, type Lang } from "../say";

export interface ShowLabelOptions { readonly lang: Lang; readonly json: boolean }
interface Partner { readonly nation?: string; readonly agreement?: string }
export interface LabelExportOptions extends ShowLabelOptions, Partner {
  readonly review?: string; readonly assigned: readonly string[]; readonly granted: readonly string[]; readonly purpose?: string; readonly original?: string; readonly out?: string;
}
export interface LabelImportOptions extends ShowLabelOptions, Partner { readonly register?: string; readonly dist: readonly string[] }

export function runExport(file: string | undefined, options: LabelExportOptions): ExitCode {
  return refusing(options, (policy) => {
    const { nation, agreement: agreementId, review, original: originalFile, out, json, lang } = options;
    const given = readLabel(readInput(file));
    const original = originalFile === undefined ? given.original : readInput(originalFile);
    const now = Date.now();
    const reviewAt = review === undefined ? undefined : startOfDay(review);
    if (Number.isNaN(reviewAt)) throw new CommandFailure(EXIT.usage, ["labelReview", { review: review ?? "" }]);
    requireValid(policy, given.label);
    const partner = nation ?? policy.agreements.all.find(({ id }) => id === agreementId)?.nation;
    if (partner === undefined && agreementId !== undefined) throw new ExchangeError("NO_AGREEMENT", "/", `${agreementId} is not known`);
    const sent = partner === undefined
      ? { documents: exportLabel(policy, given.label, { createdAt: now, reviewAt, original }) }
      : exportForPartner(policy, given.label, { nation: partner, agreementId, now, reviewAt, assigned: options.assigned, granted: options.granted, purpose: options.purpose, original });
    if ("mark" in sent) tell(textOf(lang, "labelForPartner", { agreement: sent.agreement, mark: sent.mark }));
    if (out !== undefined) writeDocuments(out, sent.documents);
    else if (json) print(JSON.stringify({ ok: true, ...sent }, null, 2));
    else process.stdout.write(sent.documents.map(withDeclaration).join(""));
    return EXIT.ok;
  });
}

export function runImport(files: readonly string[], options: LabelImportOptions): ExitCode {
  return refusing(options, (policy) => {
    const texts = readDocuments(files);
    const { register, dist, nation, agreement: agreementId, json, lang } = options;
    if (register === undefined ? isForeign(policy, texts) : dist.length === 0) throw new CommandFailure(EXIT.usage, ["labelRegister"]);
    const read = register === undefined
      ? importLabel(policy, texts)
      : importFromPartner(policy, texts, { token: register, dist: dist.includes("ALL") ? "ALL" : dist, now: Date.now(), nation, agreementId });
    requireValid(policy, read.label);
    const marks = marksOf(policy, read.label);
    if (json) { print(JSON.stringify({ ok: true, ...read, marks }, null, 2)); return EXIT.ok; }
    print(JSON.stringify(read.label, null, 2));
    tell(marks[lang].banner);
    return EXIT.ok;
  });
}

export function runShow(file: string | undefined, options: ShowLabelOptions): ExitCode {
  return refusing(options, (policy) => {
    const text = readInput(file);
    if (text.trimStart().startsWith("{")) return showMarks(policy, readLabel(text).label, options);
    const documents = splitDocuments(text);
    if (!isForeign(policy, documents)) return showMarks(policy, importLabel(policy, documents).label, options);
    const { information } = readDocument(documents[0] ?? "");
    const nation = nationOf(policy, information.policy) ?? "";
    // Nothing is received by looking at it; the token stands for the register entry that it would get.
    const received = receiveMark(policy, { nation, mark: information.classification, token: "UNREGISTERED" }, Date.now());
    if (!received.ok) throw new ExchangeError("CLASSIFICATION_UNKNOWN", `${information.path ?? "/"}/Classification`, received.quarantine);
    const both = bothMarks(information.classification, received.core, policy.words);
    print(options.json ? JSON.stringify({ ok: true, nation, mark: information.classification, level: received.core.level, both }, null, 2) : `${nation} ${both}`);
    return EXIT.ok;
  });
}

function showMarks(policy: Policy, label: Label, { json }: ShowLabelOptions): ExitCode {
  const marks = marksOf(policy, label);
  if (json) { print(JSON.stringify({ ok: true, id: label.id, marks }, null, 2)); return EXIT.ok; }
  for (const lang of LANGS) { print(marks[lang].banner); print(marks[lang].portion); }
  return EXIT.ok;
}

type Marks = Readonly<Record<Lang, { readonly banner: string; readonly portion: string }>>;
function marksOf(policy: Policy, label: Label): Marks {
  const of = (lang: Lang): Marks[Lang] => ({
    banner: mark(label, policy.words, { form: "banner", lang, validUntil: label.lifecycle?.validUntil }), portion: mark(label, policy.words, { form: "portion", lang }),
  });
  return { ja: of("ja"), en: of("en") };
}

/** Runs what reads or writes a label by the policy of this package; a refusal is told with its code and path. */
function refusing({ json }: ShowLabelOptions, act: (policy: Policy) => ExitCode): ExitCode {
  try { return act(loadPolicy()); } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    const { code, path: at, problem } = error;
    if (json) { print(JSON.stringify({ ok: false, code, path: at, problem }, null, 2)); return EXIT.failure; }
    throw new CommandFailure(EXIT.failure, ["labelRefused", { code, path: at, problem }], [`labelRefusal.${code}`]);
  }
}

interface GivenLabel { readonly label: Label; readonly original?: string | undefined }
/** A label; a core with or without existence and lifecycle, as data files have it; or what `import --json` printed. */
function readLabel(text: string): GivenLabel {
  let value: unknown;
  try { value = JSON.parse(text); } catch { throw new ExchangeError("UNREADABLE", "/", "not JSON"); }
  const whole = membersOf(value);
  const inner = whole["label"] === undefined ? whole : membersOf(whole["label"]);
  const label = toLabel(inner);
  const original = typeof whole["original"] === "string" ? whole["original"] : membersOf(whole["original"] ?? {})["label4774"];
  if (original !== undefined && typeof original !== "string") throw new ExchangeError("UNREADABLE", "/original/label4774", "not a text");
  return { label, original };
}

function toLabel(given: Readonly<Record<string, unknown>>): Label {
  if (given["id"] !== undefined) {
    if (!verifyLabelId(given)) throw new ExchangeError("UNREADABLE", "/", "not a label, or its id is another label's");
    return given;
  }
  const { existence, lifecycle, ...written } = given;
  const core = { policy: "JPN-GOV-DEMO", ...written };
  if (!isLabelCore(core) || (existence !== undefined && !isLabelCore(existence))) throw new ExchangeError("UNREADABLE", "/", "not exactly the parts of a label");
  const label = labelOf(core, { existence, lifecycle: lifecycle as Label["lifecycle"] });
  if (!verifyLabelId(label)) throw new ExchangeError("UNREADABLE", "/lifecycle", "not a lifecycle");
  return label;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ExchangeError("UNREADABLE", "/", "not an object");
  return value as Readonly<Record<string, unknown>>;
}

function isForeign(policy: Policy, documents: readonly string[]): boolean {
  const [only, ...more] = documents;
  return only !== undefined && more.length === 0 && nationOf(policy, readDocument(only).information.policy) !== undefined;
}

/** JSON and XML alike are UTF-8, or are refused. */
function readInput(file = "-"): string {
  let bytes: Buffer;
  try { bytes = fs.readFileSync(file === "-" ? 0 : file); } catch { throw new CommandFailure(EXIT.configuration, file === "-" ? ["cannotReadInput"] : ["cannotRead", { file }]); }
  return decodeXml(bytes);
}
function readDocuments(files: readonly string[]): readonly string[] { return (files.length === 0 ? ["-"] : files).flatMap((file) => splitDocuments(readInput(file))); }

/** Documents one after the other are told apart by their declarations. A partner's may have come without one; in files and in JSON it stays as it came. */
function withDeclaration(text: string): string { return text.startsWith("<?xml") ? text : `<?xml version="1.0" encoding="UTF-8"?>\n${text}`; }

/** Each into a file of its own, named by its place and root. */
function writeDocuments(folder: string, documents: readonly string[]): void {
  fs.mkdirSync(folder, { recursive: true });
  documents.forEach((text, at) => { writePrivate(path.join(folder, `${at + 1}-${readDocument(text).root}.xml`), text); });
}
