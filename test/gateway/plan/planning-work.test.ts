import { type GraphQLSchema, parse } from "graphql";
import { MATTER_QUERY } from "../../../gateway/cli/question";
import { codeOf } from "../../../gateway/errors";
import { DEFAULT_LIMITS, Planner } from "../../../gateway/plan";
import { canonicalOperation } from "../../../gateway/plan/canonical";
import { Graph } from "../../../gateway/plan/graph";
import { chooseOperation } from "../../../gateway/plan/limits";
import { planningWork } from "../../../gateway/plan/planning-work";
import { apiSchemaOf, readDemoBundle } from "../../../schema/compose";

/** Milliseconds of processor time within which whatever is accepted is planned and compiled; a quiet machine takes 200 at most (test/bench/PLANNING.md), this one may be busy. */
const WORST_MS = 1_000;
const MINISTRIES = ["cabinetOffice", "cabinetSecretariat", "coastGuard", "cyber", "defense", "economy", "education", "finance", "foreignAffairs", "police", "publicSecurity"];
const repeat = (count: number, one: (at: number) => string): string => Array.from({ length: count }, (_, at) => one(at)).join(" ");
const DOCUMENT = "fragment D on Document { id ministry contact { ja en } reference kind title { ja en } summary { ja en } body { ja en } source { ja en } figures { ja en } }";

let view: GraphQLSchema;
let planner: Planner;
let graph: Graph;
beforeAll(() => {
  const bundle = readDemoBundle();
  view = apiSchemaOf(bundle);
  planner = new Planner(bundle);
  graph = new Graph(bundle);
}, 60_000);

function outcome(source: string): string {
  try { planner.compile(view, parse(source), undefined); return "accepted"; } catch (thrown) { return codeOf(thrown); }
}
/** The lesser of two, in milliseconds of processor time: what else the machine does is no part of it. */
function cost(source: string): number {
  return Math.min(...[1, 2].map((again) => {
    const begun = process.cpuUsage();
    outcome(`# ${again}\n${source}`);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000;
  }));
}
/** As large as the limits let it be: 490 is within the limit of aliases. */
function largest(make: (count: number) => string): number {
  let [accepted, refused] = [1, 491];
  while (refused - accepted > 1) {
    const middle = (accepted + refused) >> 1;
    if (workOf(make(middle)) <= DEFAULT_LIMITS.planning) accepted = middle; else refused = middle;
  }
  return accepted;
}
function workOf(source: string): number {
  const chosen = chooseOperation(parse(source), undefined, { ...DEFAULT_LIMITS, tokens: 1e6 });
  return planningWork(graph, chosen.definition.operation === "mutation" ? "Mutation" : "Query", canonicalOperation(chosen).selections);
}

const SHAPES: Readonly<Record<string, (count: number) => string>> = {
  "a matter of every ministry": (count) => `fragment S on Matter { ${MINISTRIES.map((name) => `${name} { __typename }`).join(" ")} } { ${repeat(count, (at) => `a${at}: matter(id: "${at}") { ...S }`)} }`,
  "a matter of one ministry": (count) => `fragment S on Matter { defense { __typename } } { ${repeat(count, (at) => `a${at}: matter(id: "${at}") { ...S }`)} }`,
  "documents of many matters": (count) => `${DOCUMENT} { ${repeat(count, (at) => `a${at}: matter(id: "${at}") { defense { documents(first: 20) { nodes { ...D } } } }`)} }`,
  "parts under conditions": (count) => `query(${repeat(60, (at) => `$v${at}: Boolean!`)}) { ${repeat(count, (at) => `a${at}: matter(id: "${at}") @include(if: $v${at % 60}) { id defense @skip(if: $v${(at + 7) % 60}) { documents(first: 1) @include(if: $v${(at + 11) % 60}) { nodes { id } } } }`)} }`,
  "a section under conditions of conditions": (count) => `query(${repeat(count, (at) => `$v${at}: Boolean!`)}) { matter(id: "1") { ${repeat(count, (at) => `... @include(if: $v${at}) { ${MINISTRIES[at % 11] ?? ""} { __typename }`)} ${"}".repeat(count)} } }`,
  "a section under many conditions": (count) => `query(${repeat(count, (at) => `$v${at}: Boolean!`)}) { matter(id: "1") { ${repeat(count, (at) => `... @include(if: $v${at}) { defense { __typename } }`)} } }`,
  "conditions around everything": (count) => `query(${repeat(count, (at) => `$v${at}: Boolean!`)}) { ${repeat(count, (at) => `... @skip(if: $v${at}) {`)} matter(id: "1") { defense { __typename } } ${"}".repeat(count)} }`,
  "what documents refer to": (count) => `{ defenseDocuments(first: 1) { nodes { ${repeat(count, (at) => `a${at}: refersTo { ... on Document { title { ja } } }`)} } } }`,
  "changes": (count) => `mutation($v: RequestAccessInput!) { ${repeat(count, (at) => `a${at}: cabinetOfficeRequestAccess(input: $v) { __typename }`)} }`,
};

describe("the work of planning", () => {
  it.each(Object.entries(SHAPES))("is bounded for the largest accepted operation: %s [B-28] [B-109]", (_, make) => {
    const count = largest(make);
    expect(outcome(make(count))).toBe("accepted");
    expect(cost(make(count))).toBeLessThan(WORST_MS);
    expect(count).toBeGreaterThan(5);
  }, 120_000);

  it("of 490 matters of every ministry is refused before anything is planned, whoever asks [B-109]", () => {
    const plan = jest.spyOn(Graph.prototype, "plan");
    expect(outcome(SHAPES["a matter of every ministry"]?.(490) ?? "")).toBe("OPERATION_LIMIT");
    expect(plan).not.toHaveBeenCalled();
    plan.mockRestore();
  });

  it("of references of references of references is refused: every level has eleven times the ways, in ninety characters of a query [B-28]", () => {
    const plan = jest.spyOn(Graph.prototype, "plan");
    const chain = (levels: number): string => (levels === 0 ? "title { ja }" : `title { ja } refersTo { ... on Document { ${chain(levels - 1)} } }`);
    expect([1, 3, 4, 10].map((levels) => outcome(`{ defenseDocuments(first: 1) { nodes { ${chain(levels)} } } }`))).toEqual(["accepted", "OPERATION_LIMIT", "OPERATION_LIMIT", "OPERATION_LIMIT"]);
    expect(plan).toHaveBeenCalledTimes(1);
    plan.mockRestore();
  });

  it("counts what is asked of the types that there are, and nothing of those that there cannot be", () => {
    const asked = (types: readonly string[]): number => workOf(`{ defenseDocuments(first: 1) { nodes { refersTo { ${types.map((type) => `... on ${type} { title { ja } }`).join(" ")} } } } }`);
    const [own, other] = [asked(["DefenseDocument"]), asked(["EconomyDocument"])];
    // Another ministry has to be asked for the title of its document; for the titles of all, ten have to be.
    expect([other - own, asked(["Document"]) - own]).toEqual([10, 10 * (10 + 2)]);
    expect(asked(["Matter"])).toBe(own - 2);
  });

  it("is not counted by names: aliases, fragments and a fragment written out many times are all the same", () => {
    const bomb = `{ matter(id: "1") { ...F0 } } ${repeat(3, (level) => `fragment F${level} on Matter { ${`...F${level + 1} `.repeat(14)}}`)} fragment F3 on Matter { defense { __typename } }`;
    expect(outcome(bomb)).toBe("OPERATION_LIMIT");
    expect(outcome(bomb.replace(/\.\.\.F0/, "...F2"))).toBe("accepted");
  });

  it("does not come near the limit with what the product itself asks", () => {
    const lists = Object.values(view.getQueryType()?.getFields() ?? {}).filter(({ name, args }) => name.startsWith("cabinetOffice") && args.some((argument) => argument.name === "states")).map(({ name }) => name);
    expect(lists.length).toBeGreaterThan(20);
    const items = `{ ${lists.map((name) => `${name}(first: 200) { totalCount nodes { id state version owner subject due } }`).join(" ")} }`;
    for (const source of [MATTER_QUERY, items]) expect(workOf(source)).toBeLessThan(DEFAULT_LIMITS.planning / 3);
  });

  it("leaves introspection to its own limit", () => {
    expect(workOf("{ __schema { types { name fields { name args { name } } } } __type(name: \"Matter\") { name } }")).toBe(0);
  });
});
