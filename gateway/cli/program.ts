/**
 * The commands of `kanmon` with their options. Says nothing about how they work: each loads its own file when called.
 */
import { Command, Option } from "commander";
import fs from "node:fs";
import path from "node:path";
import type { ActOptions } from "./commands/act";
import type { VerifyOptions } from "./commands/audit";
import type { KeyOptions, MakeOptions as BundleMakeOptions, ShowOptions, SignOptions as BundleSignOptions, VerifyOptions as BundleVerifyOptions } from "./commands/bundle";
import type { CheckOptions } from "./commands/check";
import type { ComposeOptions } from "./commands/compose";
import type { DemoOptions } from "./commands/demo";
import type { DoctorOptions } from "./commands/doctor";
import type { DryRunOptions } from "./commands/dry-run";
import type { ExplainOptions } from "./commands/explain";
import type { GatewayOptions } from "./commands/gateway";
import type { ItemsOptions } from "./commands/items";
import type { KeysOptions } from "./commands/keys";
import type { LabelExportOptions, LabelImportOptions, ShowLabelOptions } from "./commands/label";
import type { MinistryOptions } from "./commands/ministry";
import type { NoticesOptions } from "./commands/notices";
import type { DiffOptions, MakeOptions, SignOptions, VerifyOptions as PolicyVerifyOptions } from "./commands/policy";
import type { PublishOptions } from "./commands/publish";
import type { QueryOptions } from "./commands/query";
import type { ExportOptions, ImportOptions } from "./commands/register";
import type { SchemaOptions } from "./commands/schema";
import type { SimulateOptions } from "./commands/simulate";
import type { SiteOptions } from "./commands/site";
import type { StartOptions } from "./commands/start";
import type { SubscribeOptions } from "./commands/subscribe";
import type { TokenOptions } from "./commands/token";
import type { ExitCode } from "./exit";
import { PACKAGE_ROOT } from "./root";
import { LANGS, localLang } from "./say";

const lang = (): Option => new Option("--lang <lang>", "language of what is said (default: the terminal's)").choices(LANGS);
const asJson = (): Option => new Option("--json", "print JSON on standard output").default(false);
const home = (): Option => new Option("--home <folder>", "data folder (default: .kanmon)");
const AFTER = `
Exit codes: 0 ok, 1 failure, 2 usage, 3 not authorised, 4 partial (something was withheld), 5 verification failed,
6 evidence unavailable, 7 configuration. Data goes to standard output, everything else to standard error.
Levels, regimes and people are those of a fictional demonstration, not of any government.`;

function versionOf(): string { return (JSON.parse(fs.readFileSync(path.join(PACKAGE_ROOT, "package.json"), "utf8")) as { version: string }).version; }

/** A command's file, loaded when the command is called: `kanmon token` does not wait for the gateway's packages. */
function load<T>(command: string): T { return require(`./commands/${command}`) as T; }

/** Builds the command line. `finish` is told the exit code of the command that ran. */
export function makeProgram(finish: (code: ExitCode) => void): Command {
  const program = new Command("kanmon").description("GraphQL federation gateway that decides a label for every single value").version(versionOf(), "--version").addHelpText("after", AFTER).exitOverride()
    // An item has a version too: `--version` behind a command is the command's.
    .enablePositionalOptions();
  // Only where it matters: no process that serves has to know what language the terminal speaks.
  program.hook("preAction", (_, command) => { if (command.options.some(({ long }) => long === "--lang") && command.getOptionValue("lang") === undefined) command.setOptionValue("lang", localLang()); });
  const add = (usage: string, description: string): Command => program.command(usage).description(description).exitOverride();

  add("start", "start everything on this machine: PostgreSQL, ministries, token issuer, gateway, with demo data")
    .option("--port <port>", "port of the gateway (default: 4000)").option("--admin-port <port>", "health and metrics (default: 4001)")
    .option("--issuer-port <port>", "development token issuer (default: 4002)").option("--public-port <port>", "published files, for anybody (default: 4003)").option("--ministry-port <port>", "first port of the ministries (default: 4100; 0 takes free ones)")
    .option("--together", "run the ministries in one process, each with its own database, role, keys and port")
    .addOption(home()).addOption(lang())
    .action(async (options: StartOptions) => finish(await load<typeof import("./commands/start")>("start").runStart(options)));

  add("gateway", "run a gateway; settings come from KANMON_* variables and these options")
    .option("--port <port>", "port to listen on").option("--supergraph <file>", "supergraph to serve")
    .option("--anonymous", "serve anybody; only with --supergraph and --unlabelled PUBLIC").option("--unlabelled <level>", "level of everything in an unlabelled supergraph; only PUBLIC")
    .action(async (options: GatewayOptions) => finish(await load<typeof import("./commands/gateway")>("gateway").runGateway(options)));

  add("ministry", "run one ministry; settings come from KANMON_* variables").argument("<name>", "subgraph name, such as defense")
    .option("--prepare", "make roles, database and tables with the owner's sign-in, and end", false)
    .action(async (name: string, options: MinistryOptions) => finish(await load<typeof import("./commands/ministry")>("ministry").runMinistry(name, options)));

  add("ministries", "run several ministries in one process; not for production").argument("<file>", "JSON: KANMON_* settings of each, by its name")
    .action(async (file: string) => finish(await load<typeof import("./commands/ministries")>("ministries").runMinistries(file)));

  add("issuer", "run the development token issuer (loopback only, never for production)")
    .action(async () => finish(await load<typeof import("./commands/issuer")>("issuer").runIssuer()));

  add("publish", "put what is public into a folder that a web server hands to anybody; refuses whatever is not PUBLIC and whole, and takes nothing back").option("--out <folder>", "the folder (default: public in the data folder)")
    .option("--client <id>", "the machine that asks (default: publication-system)").option("--key <file>", "its private key (default: of the data folder)").option("--every <seconds>", "go on until stopped (default: once)").option("--check", "publish nothing: say whether one that goes on has succeeded within three times --every (KANMON_PUBLISH_STAMP_FILE)", false)
    .option("--url <url>", "address of the gateway").option("--issuer <url>", "address of the issuer").addOption(home()).addOption(lang())
    .action(async (options: PublishOptions) => finish(await load<typeof import("./commands/publish")>("publish").runPublish(options)));

  add("site", "hand published files to anybody, as any web server can").argument("[folder]", "folder of kanmon publish (otherwise KANMON_PUBLIC_DIR)").option("--port <port>", "port to listen on (default: 4003)").addOption(lang())
    .action(async (folder: string | undefined, options: SiteOptions) => finish(await load<typeof import("./commands/site")>("site").runSite(folder, options)));

  add("token", "print an access token of the development issuer").requiredOption("--as <persona>", "person of the demo")
    .option("--issuer <url>", "address of the issuer").addOption(asJson())
    .action(async (options: TokenOptions) => finish(await load<typeof import("./commands/token")>("token").runToken(options)));

  add("query", "ask a running gateway").argument("[file]", "GraphQL document; - reads standard input; without it the demo question is asked", undefined)
    .option("--as <persona>", "person of the demo (otherwise KANMON_TOKEN or KANMON_TOKEN_FILE)").option("--variables <json>", "variables as a JSON object")
    .option("--operation <name>", "operation to run").option("--purpose <code>", "declared purpose (default with --as: the person's own)")
    .option("--case <token>", "narrow to the assignment to this token").option("--sources <txns>", "requests that a change is made of, or NONE").option("--ceiling <level>", "narrow to this level")
    .option("--release-to <nations>", "keep only what all these nations may receive: USA,AUS").option("--marks", "show portion marks")
    .option("--url <url>", "address of the gateway").option("--issuer <url>", "address of the issuer").addOption(asJson()).addOption(lang())
    .action(async (file: string | undefined, options: QueryOptions) => finish(await load<typeof import("./commands/query")>("query").runQuery(file, options)));

  add("schema", "print the schema as one person sees it; what they may not know of is not in it")
    .option("--as <persona>", "person of the demo (otherwise KANMON_TOKEN or KANMON_TOKEN_FILE)").option("--purpose <code>", "declared purpose (default with --as: the person's own)")
    .option("--ceiling <level>", "narrow to this level").option("--url <url>", "address of the gateway").option("--issuer <url>", "address of the issuer").addOption(asJson()).addOption(lang())
    .action(async (options: SchemaOptions) => finish(await load<typeof import("./commands/schema")>("schema").runSchema(options)));

  const made = (command: Command): Command => command.option("--sources <txns>", "requests that this is made of, with commas, or NONE: it is refused below them");
  const asPerson = (command: Command): Command => command.option("--as <persona>", "person of the demo (otherwise KANMON_TOKEN or KANMON_TOKEN_FILE)").option("--purpose <code>", "declared purpose (default with --as: the person's own)")
    .option("--case <token>", "narrow to the assignment to this token").option("--url <url>", "address of the gateway").option("--issuer <url>", "address of the issuer").addOption(lang());
  const register = add("register", "registers in bulk: designations, matters, documents, assignments, eligibilities, facilities");
  const onRegister = (name: string, description: string): Command => asPerson(register.command(name).description(description).exitOverride()).addOption(new Option("--format <format>", "csv or json (default: as the file's name ends, else csv)").choices(["csv", "json"]));
  onRegister("export", "write what you may read of a register, with the mark of every line").argument("<register>").option("--ministry <name>", "only this ministry's").option("--out <file>", "file to put it in, whole (default: standard output)")
    .action(async (name: string, options: ExportOptions) => finish(await load<typeof import("./commands/register")>("register").runExport(name, options)));
  onRegister("import", "take the lines of a file into a register, all or none; proposals where somebody else has to approve").argument("<register>", "documents, designations, assignments or facilities").argument("<file>", "CSV or JSON; - reads standard input")
    .option("--ministry <name>", "whose register it is").option("--dry-run", "find what is wrong and change nothing", false).option("--key <key>", "the same import sent again with it is not done twice (default: made from the content)").addOption(asJson())
    .action(async (name: string, file: string, options: ImportOptions) => finish(await load<typeof import("./commands/register")>("register").runImport(name, file, options)));

  const one = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  asPerson(add("items", "open items that you read, the most urgent first, with the steps that lead on")).option("--ministry <name>", "only this ministry's").option("--overdue", "only those whose day is over", false).addOption(asJson())
    .action(async (options: ItemsOptions) => finish(await load<typeof import("./commands/items")>("items").runItems(options)));
  asPerson(add("notices", "notices that ministries left for you, the newest first")).option("--legal", "the legal notices that bind you", false).option("--acknowledge <id>", "record that you have read a legal notice").addOption(asJson())
    .action(async (options: NoticesOptions) => finish(await load<typeof import("./commands/notices")>("notices").runNotices(options)));
  made(asPerson(add("act", "take a step on an item").argument("<ministry>", "who keeps the item").argument("<step>", "such as approveDesignation"))).option("--id <id>", "the item").option("--version <version>", "version that you read; a later one is not changed unseen")
    .option("--reason <text>", "your reason or decision").option("--set <name=value>", "another value of the step; lists with semicolons; may be given several times", one, []).option("--input <file>", "values of the step as a JSON object; - reads standard input")
    .option("--key <key>", "the same step sent again with it is not taken twice").addOption(asJson())
    .action(async (ministry: string, step: string, options: ActOptions) => finish(await load<typeof import("./commands/act")>("act").runAct(ministry, step, options)));
  asPerson(add("subscribe", "print notices to you as they come, until Ctrl-C")).option("--items", "changes of items that you read instead", false).option("--ministry <name>", "only this one's; may be given several times", one, []).addOption(asJson())
    .action(async (options: SubscribeOptions) => finish(await load<typeof import("./commands/subscribe")>("subscribe").runSubscribe(options)));

  const officer = (command: Command): Command => command.option("--by <officer>", "officer: person of the demo (otherwise KANMON_TOKEN or KANMON_TOKEN_FILE)").option("--reason <text>", "why you ask; it is recorded")
    .option("--url <url>", "address of the gateway").option("--issuer <url>", "address of the issuer").addOption(asJson()).addOption(lang());
  const about = (command: Command): Command => command.option("--client <id>", "registered client the person is at (default: that of the person of the demo)")
    .option("--purpose <code>", "purpose the person declares (default: the person's own)").option("--at <time>", "a later instant, such as 2027-04-01 or 2027-04-01T09:00+09:00");

  officer(about(add("explain", "why may or may not somebody see a record or a coordinate of the schema (role EXPLAIN)").requiredOption("--subject <id>", "whom it is about")))
    .option("--coordinate <coordinate>", "Type, Type.field or Type.field(argument:)").option("--record <ministry:id>", "a record of a ministry")
    .action(async (options: ExplainOptions) => finish(await load<typeof import("./commands/explain")>("explain").runExplain(options)));

  officer(about(add("simulate", "what somebody would get for a question, as far as you may read it too (role SIMULATE)").requiredOption("--as <id>", "whom it is about")))
    .option("--query <file>", "GraphQL document, as a file or as text; without it the demo question is asked").option("--variables <json>", "variables as a JSON object")
    .option("--operation <name>", "operation to run").option("--marks", "show portion marks")
    .action(async (options: SimulateOptions) => finish(await load<typeof import("./commands/simulate")>("simulate").runSimulate(options)));

  officer(add("dry-run", "what changes for whom if a label, the policy, an agreement or an assignment changes; applies nothing (role SIMULATE)").requiredOption("--change <file>", "the change, as JSON"))
    .addOption(new Option("--over <data>", "records that you may see, or generated ones").choices(["stored", "generated"]).default("stored"))
    .option("--people <file>", "whom to compare, as JSON (default: the people of the demo)").option("--records <count>", "how many to generate").option("--seed <number>", "seed to generate from")
    .action(async (options: DryRunOptions) => finish(await load<typeof import("./commands/dry-run")>("dry-run").runDryRun(options)));

  add("compose", "compose the ministries' schemas into schema/supergraph.graphql and its labels").option("--check", "only check that the committed files are up to date", false).addOption(asJson())
    .action(async (options: ComposeOptions) => finish(await load<typeof import("./commands/compose")>("compose").runCompose(options)));

  add("check", "check policy, members, agreements, the composed schema and what a change adds to the flows between ministries").addOption(asJson())
    .option("--subgraphs <folder>", "compose these SDL files instead of the ministries of this package").option("--against <folder>", "supergraph.graphql and supergraph.labels.json in force: print the flows the change adds")
    .option("--approvers <file>", "public keys of those who may approve flows").option("--approvals <file>", "their approvals, one JWS per line")
    .option("--approve-as <ministry>", "print the approval of this ministry for the flows from it").option("--key <file>", "its private key (JWK)")
    .action(async (options: CheckOptions) => finish(await load<typeof import("./commands/check")>("check").runCheck(options)));

  const audit = add("audit", "the evidence log");
  audit.command("verify").description("verify an evidence log offline").argument("<log>", "evidence folder, or its evidence.jsonl").exitOverride().addOption(asJson()).addOption(lang())
    .action(async (log: string, options: VerifyOptions) => finish(await load<typeof import("./commands/audit")>("audit").runVerify(log, options)));

  audit.command("writes").description("changes below what had been released to whoever made them, for somebody to look at").argument("<logs...>", "evidence folders of all gateways").exitOverride().addOption(asJson()).addOption(lang())
    .action(async (logs: readonly string[], options: VerifyOptions) => finish(await load<typeof import("./commands/audit")>("audit").runWrites(logs, options)));

  const policy = add("policy", "the signed policy: what two officers say is in force");
  const onPolicy = (name: string, description: string): Command => policy.command(name).description(description).exitOverride().addOption(lang());
  onPolicy("make", "write a snapshot of policy files").argument("[folder]", "folder with policy.json, members.json, agreements.json and clients.json (default: those of this package)")
    .option("--after <file>", "snapshot in force: the revision goes up from there, and the change is shown").option("--days <count>", "how long it may widen anything (default: 30)")
    .option("--key <file>", "private key of an officer; may be given twice", (file: string, before: readonly string[]) => [...before, file], []).option("--out <file>", "file to put it in, whole (default: standard output)")
    .action(async (folder: string | undefined, options: MakeOptions) => finish(await load<typeof import("./commands/policy")>("policy").runMake(folder, options)));
  onPolicy("sign", "add an officer's signature, and say what is signed").argument("<file>", "snapshot").requiredOption("--key <file>", "private key of the officer")
    .option("--against <file>", "snapshot in force: show what changes").option("--out <file>", "file to put it in, whole (default: standard output)")
    .action(async (file: string, options: SignOptions) => finish(await load<typeof import("./commands/policy")>("policy").runSign(file, options)));
  onPolicy("verify", "whether two officers of the list have signed a snapshot").argument("<file>", "snapshot").requiredOption("--signers <file>", "list of the officers' public keys").addOption(asJson())
    .action(async (file: string, options: PolicyVerifyOptions) => finish(await load<typeof import("./commands/policy")>("policy").runVerify(file, options)));
  onPolicy("diff", "what a change narrows and what it widens").argument("<before>", "snapshot, or folder of policy files").argument("<after>", "the same, afterwards").addOption(asJson())
    .action((before: string, after: string, options: DiffOptions) => finish(load<typeof import("./commands/policy")>("policy").runDiff(before, after, options)));

  const label = add("label", "labels as XML of STANAG 4774");
  const onLabel = (name: string, description: string): Command => label.command(name).description(description).exitOverride().addOption(asJson()).addOption(lang());
  const listed = (value: string, before: readonly string[]): readonly string[] => [...before, ...value.split(",")];
  onLabel("export", "write a label; with --nation or --agreement, for that partner, with the equivalent beside it").argument("[file]", "label as JSON (default: standard input)")
    .option("--nation <code>", "nation or group it goes to").option("--agreement <id>", "agreement it goes out under").option("--review <date>", "when it is reviewed, where the label does not say")
    .option("--assigned <tokens>", "tokens that the addressees are assigned to", listed, []).option("--granted <owners>", "owners with originator control who granted it", listed, [])
    .option("--purpose <code>", "declared purpose").option("--original <file>", "label it came with from a partner").option("--out <folder>", "folder to put each document in (default: standard output, one after the other)")
    .action((file: string | undefined, options: LabelExportOptions) => finish(load<typeof import("./commands/label")>("label").runExport(file, options)));
  onLabel("import", "read a label of ours, or receive a partner's").argument("[files...]", "the documents of one label (default: standard input)")
    .option("--nation <code>", "who sent it").option("--agreement <id>", "agreement it came under").option("--register <token>", "register entry a partner's label is kept under")
    .option("--dist <bodies>", "Japanese bodies a partner's label was given to; ALL for no limit", listed, [])
    .action((files: readonly string[], options: LabelImportOptions) => finish(load<typeof import("./commands/label")>("label").runImport(files, options)));
  onLabel("show", "print banner and portion mark of a label in both languages; of a partner's label, its equivalent").argument("[file]", "label as JSON or XML (default: standard input)")
    .action((file: string | undefined, options: ShowLabelOptions) => finish(load<typeof import("./commands/label")>("label").runShow(file, options)));

  const bundle = add("bundle", "signed bundles: what a gateway serves, and follows while it runs");
  const onBundle = (name: string, description: string): Command => bundle.command(name).description(description).exitOverride().addOption(lang());
  const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  onBundle("key", "make a key for signing; prints its entry for a list of signers").argument("<owner>", "person who holds it").requiredOption("--out <file>", "file for the private half; must not be there yet")
    .action((owner: string, options: KeyOptions) => finish(load<typeof import("./commands/bundle")>("bundle").runKey(owner, options)));
  onBundle("make", "judge a composed schema and sign it").argument("[folder]", "folder with supergraph.graphql, supergraph.labels.json and supergraph.flows.json (default: those of this package)")
    .option("--after <file>", "bundle in force: the serial goes up from there, and the flows that are added are shown").option("--policy <version>", "policy it was checked against; may be given several times (default: that of this package)", several, [])
    .option("--key <file>", "private key of a signer; may be given several times", several, []).option("--out <file>", "file to put it in, whole (default: standard output)")
    .action(async (folder: string | undefined, options: BundleMakeOptions) => finish(await load<typeof import("./commands/bundle")>("bundle").runMake(folder, options)));
  onBundle("sign", "add a signature, and say what is signed").argument("<file>", "signed bundle").requiredOption("--key <file>", "private key of the signer")
    .option("--against <file>", "bundle in force: show the flows that are added").option("--out <file>", "file to put it in, whole (default: standard output)")
    .action(async (file: string, options: BundleSignOptions) => finish(await load<typeof import("./commands/bundle")>("bundle").runSign(file, options)));
  onBundle("verify", "whether a gateway with this list of signers would take a bundle").argument("<file>", "signed bundle").requiredOption("--signers <file>", "list of the signers' public keys")
    .option("--needed <count>", "how many different persons have to have signed", "1").addOption(asJson())
    .action(async (file: string, options: BundleVerifyOptions) => finish(await load<typeof import("./commands/bundle")>("bundle").runVerify(file, options)));
  onBundle("show", "what is in a bundle, whoever signed it").argument("<file>", "signed bundle").option("--against <file>", "bundle in force: show the flows that are added").addOption(asJson())
    .action((file: string, options: ShowOptions) => finish(load<typeof import("./commands/bundle")>("bundle").runShow(file, options)));

  add("keys", "make the keys, passwords and registry that docker-compose.yml needs; keeps what is there").argument("<folder>", "deployment folder").addOption(asJson())
    .action(async (folder: string, options: KeysOptions) => finish(await load<typeof import("./commands/keys")>("keys").runKeys(folder, options)));

  add("doctor", "look at versions, ports, clock and disk").addOption(home()).addOption(asJson()).addOption(lang())
    .action(async (options: DoctorOptions) => finish(await load<typeof import("./commands/doctor")>("doctor").runDoctor(options)));

  add("demo", "ask one question as six people, revoke an assignment, tamper with the evidence").option("--width <cells>", "width to lay out for (default: the terminal's)")
    .addOption(lang()).action(async (options: DemoOptions) => finish(await load<typeof import("./commands/demo")>("demo").runDemo(options)));

  return program;
}
