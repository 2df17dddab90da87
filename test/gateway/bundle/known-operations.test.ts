/** The list of known operations (SPEC 19): what a document of it is, what the committed list holds, and whom of the demonstration it serves. */
import fs from "node:fs";
import path from "node:path";
import { parse, validate } from "graphql";
import { judgeOperations, KnownOperations, NO_OPERATIONS, printOperation, versionWith } from "../../../gateway/bundle/known-operations";
import { operationsIn } from "../../../gateway/cli/operation-files";
import { committedContent } from "../../../gateway/cli/release-file";
import { schemaFile } from "../../../gateway/cli/root";
import { MATTER_QUERY } from "../../../gateway/cli/question";
import { DEFAULT_LIMITS, Planner } from "../../../gateway/plan";
import { apiSchemaOf, readDemoBundle, viewOf } from "../../../schema/compose";
import { decide, isBoundToKnown, loadPolicy } from "../../../schema/policy";
import { everybody } from "../../support/people";
import { DEMO_NOON } from "../../support/postgres";

const policy = loadPolicy();
const folder = schemaFile("operations");

describe("a document", () => {
  test("is one operation with a name, and fragments", () => {
    for (const text of ["{ a }", "query { a }", "query A { a } query B { a }", "fragment F on Query { a }", "query A { a } type T { a: Int }", "query A {", ""]) expect(() => printOperation(text)).toThrow(expect.objectContaining({ reason: "operations" }));
    expect(printOperation("query A { ...F } # x\nfragment F on Query { a, b }")).toBe("query A {\n  ...F\n}\n\nfragment F on Query {\n  a\n  b\n}");
  });

  test("stands in the list as it is printed, once, under a name of its own", () => {
    const list = new KnownOperations(["query A {\n  a\n}"]);
    expect(list.withText("query A{a}", 10)).toBe(list.all[0]);
    expect([list.withText("query A { a }", 3), list.withText("query B { a }", 10), list.withHash("")]).toEqual([undefined, undefined, undefined]);
    for (const texts of [["query A { a }"], ["query A {\n  a\n}", "query A {\n  b\n}"]]) expect(() => new KnownOperations(texts)).toThrow(expect.objectContaining({ reason: "operations" }));
  });

  test("that does not fit the schema refuses the list", () => {
    const schema = apiSchemaOf(readDemoBundle());
    expect(() => { judgeOperations(new KnownOperations([printOperation("query A { nothing }")]), schema); }).toThrow(expect.objectContaining({ reason: "operations" }));
  });

  test("changes the version that records name", () => {
    const versions = [NO_OPERATIONS, new KnownOperations(["query A {\n  a\n}"]), new KnownOperations(["query A {\n  b\n}"])].map((list) => versionWith("B-1", list));
    expect([versions[0], new Set(versions).size]).toEqual(["B-1", 3]);
  });
});

describe("the committed list", () => {
  const texts = operationsIn(folder);
  const list = new KnownOperations(texts);

  test("has a file for each operation, called like it, which says what it is for", () => {
    const files = fs.readdirSync(folder).sort();
    expect(files).toEqual(list.all.map(({ name }) => `${name}.graphql`).sort());
    for (const file of files) expect(fs.readFileSync(path.join(folder, file), "utf8")).toMatch(/^# [A-Z].*\.\n(query|mutation|subscription) /);
  });

  test("is what the bundle is signed with, and fits its schema", () => {
    expect(committedContent().operations).toEqual(texts);
    expect(() => { judgeOperations(list, apiSchemaOf(readDemoBundle())); }).not.toThrow();
  });

  test("has the question of README, page and demo", () => { expect(list.withText(MATTER_QUERY, 1_000)?.name).toBe("Matter"); });

  test("asks no schema and names nothing reserved", () => { for (const { text } of list.all) expect(text).not.toMatch(/\b__(schema|type)\b|\b_label\b/); });

  test("can be asked and planned by those whom it binds; what is about a vetting by those who are being vetted, and by nobody else", () => {
    const bundle = readDemoBundle();
    const planner = new Planner(bundle, DEFAULT_LIMITS);
    const people = everybody(policy).filter(({ subject }) => isBoundToKnown(policy, subject));
    expect(people.map(({ id }) => id)).toEqual(["contractor-engineer", "hoshimi-facility-manager", "publication-system"]);
    for (const { text } of list.all) expect(() => planner.compile(apiSchemaOf(bundle), parse(text), undefined)).not.toThrow();
    const fitting = people.map(({ subject, ctx }) => {
      const view = viewOf(bundle, (floor) => decide(policy, subject, "RETRIEVE", floor, { ...ctx, now: DEMO_NOON }).outcome === "permit");
      return list.all.filter(({ text }) => validate(view, parse(text)).length === 0).map(({ name }) => name);
    });
    const vetting = ["ConsentToVetting", "FileVettingComplaint", "OwnVetting", "RefuseVetting", "ReportOwnEvent", "WithdrawVettingComplaint", "WithdrawVettingConsent"];
    const patents = ["AskInventionPermission", "ClaimInventionCompensation", "PatentPreservation", "PatentPreservations", "WithdrawPatentApplication"];
    const [engineer = [], manager = [], publisher = []] = fitting;
    expect([engineer, manager].map((names) => list.all.map(({ name }) => name).filter((name) => !names.includes(name)))).toEqual([[...vetting, ...patents].sort(), vetting]);
    // No change, no notice, nothing that is never PUBLIC: what is left asks for what has a label of its own. (A subscription is refused for want of a root, 8.7.)
    const asked = publisher.filter((name) => !list.all.some((one) => one.name === name && one.text.startsWith("subscription")));
    expect(asked).toEqual(["AllPublicFigures", "DefenseDocument", "DefenseDocuments", "EconomyDocument", "Matter", "Matters", "PublicFigures", "Records"]);
  }, 120_000);
});

describe("the list binds", () => {
  test("whoever asks for a firm, person or machine, and the publication system, and nobody else of the demonstration", () => {
    const at = (kind: "official" | "contractor" | "system" | "liaison", org: string): boolean => isBoundToKnown(policy, { kind, org });
    expect([at("contractor", "JPN.PRV.9990001000001"), at("system", "JPN.PRV.9990001000002"), at("official", "JPN.PRV"), at("contractor", "JPN.METI")]).toEqual([true, true, true, true]);
    expect(at("system", "JPN.CAS.PUB")).toBe(true);
    expect([at("system", "JPN.METI"), at("official", "JPN.CAS"), isBoundToKnown(policy, { kind: "liaison", hostOrg: "JPN.MOD" })]).toEqual([false, false, false]);
    expect(isBoundToKnown(policy, { kind: "liaison", hostOrg: "JPN.PRV.9990001000001" })).toBe(true);
  });
});
