/** An export reads page by page and marks every line with all that is in it and nothing of its neighbours; a refusal ends it without a line. */
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Person } from "../../../../gateway/cli/person";
import { Progress } from "../../../../gateway/cli/progress";
import { exportRegister } from "../../../../gateway/cli/registers/export";
import { EXPORTED } from "../../../../gateway/cli/registers/exported";
import { loadPolicy } from "../../../../schema/policy";

const policy = loadPolicy();
const MARKS = ["(//JPN CUI//CUI//JPN ONLY)", "(//JPN S//DOC//REL TO JPN, USA)", "(//JPN S//DOC//NTK PRJ-QS-2026//REL TO JPN, AUS)"];
const asked: { readonly variables: { readonly first: number; readonly after: string | null } }[] = [];
let answers: readonly object[] = [];
let server: Server;
let person: Person;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => { body += chunk.toString(); });
    request.on("end", () => { asked.push({ ...JSON.parse(body) as (typeof asked)[number], marks: request.headers["kanmon-marks"], token: request.headers.authorization } as never); response.end(JSON.stringify(answers[asked.length - 1])); });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  process.env["KANMON_TOKEN"] = "token-of-a-test";
  person = new Person({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
});
afterAll(() => { delete process.env["KANMON_TOKEN"]; server.close(); });
beforeEach(() => { asked.length = 0; });

const node = (reference: string): object => ({ id: `doc_${reference}`, reference, kind: "REPORT", class: null, owner: "JPN.MOD", validUntil: null, contact: null, matter: null, title: { ja: "a", en: "b" }, summary: null, body: { ja: "c", en: "d" }, source: null, figures: null });
const page = (nodes: readonly (object | null)[], at: object, next: string | null): object => ({
  data: { defenseDocuments: { totalCount: 12, pageInfo: { hasNextPage: next !== null, endCursor: next }, nodes } },
  extensions: { release: { marking: { ja: "", en: next === null ? "//JPN SECRET//DOC//JPN ONLY" : "//JPN CUI//CUI//JPN ONLY", label: "L" }, withheld: next === null ? [{}] : [], portions: { marks: MARKS.map((en) => ({ ja: "", en })), at } } },
});
const take = (): ReturnType<typeof exportRegister> => { const register = EXPORTED["documents"]; if (register === undefined) throw new Error("no register"); return exportRegister(person, policy, register, { ministries: ["defense"], progress: new Progress("x", { write: () => true }) }); };
const cells = ({ columns, lines }: { readonly columns: readonly string[]; readonly lines: readonly (readonly string[])[] }, name: string): readonly (string | undefined)[] => lines.map((line) => line[columns.indexOf(name)]);

test("marks lines by what is in them, parts only where they differ, and the whole by all pages", async () => {
  const eleven = Array.from({ length: 11 }, (_, at) => node(String(at)));
  const at = { "defenseDocuments.totalCount": 1, "defenseDocuments.nodes.1.reference": 0, "defenseDocuments.nodes.1.title.ja": 0, "defenseDocuments.nodes.10.reference": 1, "defenseDocuments.nodes.10.title.ja": 0, "defenseDocuments.nodes.10.body.ja": 2 };
  answers = [page(eleven, at, "next"), page([null, node("last")], { "defenseDocuments.nodes.1.reference": 1 }, null)];
  const exported = await take();
  expect(asked.map(({ variables }) => variables.after)).toEqual([null, "next"]);
  expect(asked[0]).toMatchObject({ marks: "portions", token: "Bearer token-of-a-test" });
  expect(cells(exported, "reference")).toEqual([...eleven.keys()].map(String).concat("last"));
  expect(cells(exported, "label")).toEqual(["", MARKS[0], ...Array.from({ length: 8 }, () => ""), "(//JPN S//CUI/DOC//NTK PRJ-QS-2026//JPN ONLY)", MARKS[1]]);
  expect(cells(exported, "title.label")[10]).toBe(MARKS[0]);
  expect(cells(exported, "body.label")[10]).toBe(MARKS[2]);
  expect(cells(exported, "title.label")[1]).toBe("");
  expect([exported.marking.en, exported.withheld, exported.exitCode]).toEqual(["//JPN SECRET//CUI/DOC//JPN ONLY", 1, 4]);
});

test("ends with a refusal, and has no line then, whatever came before", async () => {
  answers = [page([node("1")], {}, "next"), { errors: [{ message: "no", extensions: { code: "UNAUTHENTICATED" } }] }];
  expect(await take()).toMatchObject({ lines: [], exitCode: 3, refused: { errors: [{ message: "no" }] } });
});
