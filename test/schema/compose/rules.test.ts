import { brief, compose, findingsOf, messageOf, subgraph } from "./harness";

const SECRET = `@label(level: "SECRET", regimes: ["SDS"])`;
const CUI = `@label(level: "CUI")`;
const LABEL = "_label: Int! @inaccessible @shareable";
const one = (body: string): readonly string[] => findingsOf(subgraph("a", body));
const bare = (name: string, body: string): ReturnType<typeof subgraph> => subgraph(name, body, { bare: true });

describe("nothing is unlabelled", () => {
  test.each([
    ["a value at a root", `type Query { x: Int }`, ["label-present Query.x [a]"]],
    ["a value object at a root", `type Query { v: V } type V { x: Int }`, ["label-present Query.v [a]"]],
    ["a stub of an entity at a root", `type Query { d: D } type D @key(fields: "id") { id: ID! }`, ["label-present Query.d [a]"]],
    ["what a mutation answers", `type Query { x: Int ${CUI} } type Mutation { m: Boolean }`, ["label-present Mutation.m [a]"]],
    ["content of an entity", `type Query { d: D ${CUI} } type D @key(fields: "id") { id: ID! x: Int }`, ["label-present D.x [a]"]],
    ["one possible type of a root's union", `type Query { u: U } union U = A | B type A { x: Int ${LABEL} } type B { x: Int }`, ["label-present Query.u [a]"]],
  ])("%s without a label is refused", (_, body, expected) => {
    expect(findingsOf(bare("a", body))).toEqual(expected);
  });

  test.each([
    ["the field", `type Query { x: Int @label(level: "PUBLIC") }`], ["its type", `type Query @label(level: "PUBLIC") { x: Int }`], ["the scalar returned", `type Query { x: S } scalar S @label(level: "PUBLIC")`],
    ["an interface of its type", `type Query { d: D ${CUI} } interface I { x: Int @label(level: "PUBLIC") } type D implements I @key(fields: "id") { id: ID! x: Int }`],
    ["the object that holds it", `type Query { d: D } type D @key(fields: "id") { id: ID! x: Int v: V ${LABEL} } type V { y: Int }`],
    ["every possible type", `type Query { u: U } union U = A | B type A { x: Int ${LABEL} } type B ${CUI} { x: Int }`],
  ])("a label on %s is enough", (_, body) => {
    expect(findingsOf(bare("a", body))).toEqual([]);
  });

  test("a label in one subgraph does not label what another adds to the record", () => {
    const owner = subgraph("a", `type Query { d: D } type D @key(fields: "id") { id: ID! x: Int ${LABEL} }`);
    expect(findingsOf(owner, bare("b", `type D @key(fields: "id") { id: ID! y: Int }`))).toEqual(["label-present D.y [b]"]);
    expect(findingsOf(owner, bare("b", `type D @key(fields: "id") { id: ID! y: Int ${LABEL} }`))).toEqual([]);
    expect(findingsOf(owner, bare("b", `type D @key(fields: "id") { id: ID! y: Int ${CUI} }`))).toEqual([]);
  });

  test("nor does a PUBLIC label that another subgraph puts on a type that both share [B-125]", () => {
    expect(findingsOf(subgraph("a", `type Query @label(level: "PUBLIC") { x: Int }`), bare("b", `type Query { y: Int }`))).toEqual(["label-present Query.y [b]"]);
  });

  test("an interface object has no record to be labelled by, so its fields say it themselves [B-13]", () => {
    const media = subgraph("a", `type Query { media: [Media] } interface Media @key(fields: "id") { id: ID! } type Book implements Media @key(fields: "id") { id: ID! ${LABEL} }`);
    expect(findingsOf(media, bare("b", `type Media @interfaceObject @key(fields: "id") { id: ID! rating: Int }`))).toEqual(["label-present Media.rating [b]"]);
    expect(findingsOf(media, bare("b", `type Media @interfaceObject @key(fields: "id") { id: ID! rating: Int ${CUI} }`))).toEqual([]);
  });
});

describe("an argument named after a field", () => {
  const asking = (args: string, rest = ""): readonly string[] => one(`type Query { docs(${args}): [Doc!] } type Doc @key(fields: "id") { id: ID! title: String covertTitle: String ${SECRET} agent: Agent ${LABEL} } type Agent { name: String ${SECRET} age: Int } ${rest}`);

  test.each(["covertTitle: String", "covertTitle_startsWith: String", "covert_title_gt: Int", "minCovertTitle: Int", "orderByCovertTitle: Boolean", "covertTitles: Int, x: Int, COVERT_TITLE: Int"])("is refused below it: %s [B-26, B-65]", (args) => {
    expect(asking(args).some((finding) => finding.startsWith("argument-covers Query.docs("))).toBe(true);
  });
  test.each(["title: String", "covert: Int", "first: Int", "ageOfAgent: Int", `covertTitle: String ${SECRET}`])("is accepted otherwise: %s [B-65]", (args) => {
    expect(asking(args)).toEqual([]);
  });
  test("is found in input objects, behind connectives, and as an enum value [B-65]", () => {
    expect(asking("where: Where", `input Where { not: Where covertTitle: String title: String }`)).toEqual(["argument-covers Where.covertTitle [a]"]);
    expect(asking("sort: [Sort!]", `enum Sort { TITLE_ASC COVERT_TITLE_ASC }`)).toEqual(["argument-covers Sort.COVERT_TITLE_ASC [a]"]);
    expect(asking("sort: By", `input By { by: Sort } enum Sort { TITLE_ASC COVERT_TITLE_ASC ${SECRET} }`)).toEqual([]);
  });
  test("is found along a path through another object [B-66]", () => {
    expect(asking("where: Where", `input Where { agent: AgentWhere } input AgentWhere { name: String age: Int }`)).toEqual(["argument-covers AgentWhere.name [a]"]);
    expect(asking("where: Where", `input Where { agent: AgentWhere ${SECRET} } input AgentWhere { name: String age: Int }`)).toEqual([]);
  });
  test("is found when a page or an edge stands between [B-65]", () => {
    expect(one(`type Query { docs(covertTitle: String): Page } type Page { edges: [Edge] ${LABEL} } type Edge { node: Doc ${LABEL} } type Doc @key(fields: "id") { id: ID! covertTitle: String ${SECRET} ${LABEL} }`)).toEqual(["argument-covers Query.docs(covertTitle:) [a]"]);
  });
  test("of a mutation is what is written into it", () => {
    expect(one(`type Query { x: Int } type Mutation { write(covertTitle: String): Doc } type Doc @key(fields: "id") { id: ID! covertTitle: String ${SECRET} ${LABEL} }`)).toEqual(["argument-covers Mutation.write(covertTitle:) [a]"]);
  });
});

describe("a list", () => {
  const doc = `type Doc @key(fields: "id") { id: ID! title: String ${LABEL} }`;
  test.each(["total: Int", "docCount: Int", "hasNextPage: Boolean", "endCursor: String"])("is not counted by an object without a label: %s [B-69, B-70]", (field) => {
    const name = field.slice(0, field.indexOf(":"));
    expect(one(`type Query { p: Page } type Page { docs: [Doc] ${field} } ${doc}`)).toEqual([`list-droppable Page.${name} [a]`]);
    expect(one(`type Query { p: Page } type Page { docs: [Doc] ${field} ${LABEL} } ${doc}`)).toEqual([]);
  });
  test("may stand beside what does not count it", () => {
    expect(one(`type Query { p: Page } type Page { docs: [Doc] title: String } ${doc}`)).toEqual([]);
    expect(one(`type Query { p: Page } type Page { words: [Word] total: Int } type Word { ja: String } ${doc}`)).toEqual([]);
  });
  test("of unlabelled edges would keep an empty edge for a withheld node [B-53]", () => {
    expect(one(`type Query { p: Page } type Page { edges: [Edge] } type Edge { node: Doc } ${doc}`)).toEqual(["list-droppable Page.edges [a]"]);
    expect(one(`type Query { p: Page } type Page { edges: [Edge] } type Edge { node: Doc ${LABEL} } ${doc}`)).toEqual([]);
  });
  test("of labelled things comes from one ministry, also inside a value object that several answer", () => {
    const sharing = (name: string, list: string): ReturnType<typeof subgraph> => subgraph(name, `type Query { box: Box @shareable } type Box { ${list} } type Item { x: Int @shareable ${LABEL} }`);
    expect(findingsOf(sharing("a", "items: [Item!] @shareable"), sharing("b", "items: [Item!] @shareable"))).toEqual(["no-merged-lists Box.items [a, b]"]);
    expect(findingsOf(sharing("a", "items: [Item!] @shareable x: Int @shareable"), sharing("b", "x: Int @shareable"))).toEqual([]);
    const words = (name: string): ReturnType<typeof subgraph> => subgraph(name, `type Query { words: [Word!] @shareable } type Word { ja: String @shareable }`);
    expect(findingsOf(words("a"), words("b"))).toEqual([]);
  });
});

describe("a record", () => {
  const owner = (title: string): ReturnType<typeof subgraph> => subgraph("a", `type Query { d: D } type D @key(fields: "id") { id: ID! title: String ${title} ministry: String @shareable @existence ${LABEL} }`);
  test("has its content from one ministry; keys and existence fields may be shared [B-41]", () => {
    expect(findingsOf(owner("@shareable"), subgraph("b", `type D @key(fields: "id") { id: ID! title: String @shareable ${LABEL} }`))).toEqual(["one-label-owner D.title [a, b]"]);
    expect(findingsOf(owner(""), subgraph("b", `type D @key(fields: "id") { id: ID! ministry: String @shareable @existence note: String ${LABEL} }`))).toEqual([]);
  });
  test("may have its content taken over altogether, not for a share of the requests", () => {
    const taking = (directive: string): ReturnType<typeof subgraph> => subgraph("b", `type D @key(fields: "id") { id: ID! title: String ${directive} ${LABEL} }`);
    expect(findingsOf(owner(""), taking(`@override(from: "a")`))).toEqual([]);
    expect(findingsOf(owner(""), taking(`@override(from: "a", label: "percent(50)")`))).toEqual(["one-label-owner D.title [a, b]"]);
  });
  test("is provided on the way only by who labels it [B-20]", () => {
    const providing = (label: string): ReturnType<typeof subgraph> => subgraph("b", `type Query { ds: [D] @provides(fields: "title") @label(level: "PUBLIC") } type D @key(fields: "id") { id: ID! title: String @external ${label} }`);
    expect(findingsOf(owner("@shareable"), providing(""))).toEqual(["one-label-owner D.title [b]"]);
    expect(findingsOf(owner("@shareable"), providing(LABEL))).toEqual([]);
  });
  test("is reached from a root through one ministry", () => {
    const root = (name: string): ReturnType<typeof subgraph> => subgraph(name, `type Query { v: V @shareable } type V { x: Int @shareable ${LABEL} }`);
    expect(findingsOf(root("a"), root("b"))).toEqual(["one-label-owner Query.v [a, b]"]);
  });
  test.each([["a number", "n: Int!"], ["a choice", "n: Kind!"], ["a date", "n: Date!"], ["a list", "n: [ID!]!"], ["a flag", "n: Boolean!"]])("is not found again by %s [B-18]", (_, field) => {
    expect(one(`type Query { d: D } type D @key(fields: "n") { ${field} ${LABEL} } enum Kind { A B } scalar Date`)).toEqual(["keys-hold-no-content D.n [a]"]);
  });
  test("is found again by an id inside an object", () => {
    expect(one(`type Query { d: D } type D @key(fields: "org { id }") { org: Org ${LABEL} } type Org { id: ID }`)).toEqual([]);
    expect(one(`type Query { d: D } type D @key(fields: "org { size }") { org: Org ${LABEL} } type Org { size: Int }`)).toEqual(["keys-hold-no-content Org.size [a]"]);
  });
});

describe("a text", () => {
  const texts = (text: string): readonly string[] => one(`type Query { "${text}" x: Int granite: Granite covertBudget: Int ${SECRET} plan: Int ${SECRET} k(by: Kind): Int } type Granite ${SECRET} { name: String } enum Kind { OPEN COVERT ${SECRET} }`);
  test.each(["see Granite", "see covertBudget", "like \\`plan\\`", "not COVERT", "Granite.name", "covertBudget, of old"].map((text) => text.replaceAll("\\`", "`")))("may not name what is above it: %s [B-76]", (text) => {
    expect(texts(text)).toEqual(["texts-below-label Query.x [a]"]);
  });
  test.each(["a plan", "a granite stone", "covert", "OPEN", "name", "Query.x", "covertBudgets"])("may say what gives nothing away: %s", (text) => {
    expect(texts(text)).toEqual([]);
  });
  test("of what is labelled may name what is below its label, and deprecation reasons count", () => {
    expect(one(`type Query { "like covertBudget" plan: Int ${SECRET} covertBudget: Int ${SECRET} }`)).toEqual([]);
    expect(one(`type Query { plan: Int @deprecated(reason: "use covertBudget") covertBudget: Int ${SECRET} }`)).toEqual(["texts-below-label Query.plan [a]"]);
    expect(one(`"see Granite" type Query { x: Int } type Granite ${SECRET} { name: String }`)).toEqual(["texts-below-label Query [a, open]"]);
  });
});

describe("a default value", () => {
  const kinds = `enum Kind { OPEN COVERT ${SECRET} } input In { kind: Kind hidden: Int ${SECRET} deep: In }`;
  test.each(["k: Kind = COVERT", "k: [Kind!] = [OPEN, COVERT]", "i: In = {kind: COVERT}", "i: In = {hidden: 1}", "i: In = {deep: {deep: {kind: COVERT}}}"])("may not name what is above its argument: %s [B-73]", (args) => {
    expect(one(`type Query { f(${args}): Int } ${kinds}`)).toEqual([`defaults-below-label Query.f(${args.slice(0, 1)}:) [a]`]);
  });
  test("may where the argument or its field is as restricted", () => {
    expect(one(`type Query { f(k: Kind = COVERT ${SECRET}): Int g(k: Kind = COVERT): Int ${SECRET} h(k: Kind = OPEN): Int } ${kinds}`)).toEqual([]);
  });
  test("of an input field counts too, and of a directive that clients use", () => {
    expect(one(`type Query { f(i: Out): Int } input Out { kind: Kind = COVERT } ${kinds}`)).toEqual(["defaults-below-label Out.kind [a]"]);
    const live = `directive @live(kind: Kind = COVERT) on QUERY`;
    expect(findingsOf(subgraph("a", `${live} type Query { f(k: Kind): Int } ${kinds}`), subgraph("open", `${live} type Query { hello: String } ${kinds}`))).not.toEqual([]);
  });
});

describe("floors of pages and edges", () => {
  test("are at least those of what they list, totals and cursors included [B-69]", () => {
    const { labels } = compose(subgraph("a", `type Query { p: Page } type Page { nodes: [D!] edges: [DEdge!] totalCount: Int ${LABEL} } type DEdge { node: D cursor: String ${LABEL} } interface Rec @label(level: "CUI") { x: Int } type D implements Rec ${SECRET} { x: Int ${LABEL} }`));
    expect(["Page", "DEdge", "D"].map((type) => brief(labels.floor(type)))).toEqual(["3 SDS", "3 SDS", "3 SDS"]);
    expect([labels.floor("Page", "totalCount"), labels.floor("DEdge", "cursor")].map(brief)).toEqual(["3 SDS", "3 SDS"]);
    expect(brief(labels.floor("Query", "p"))).toBe("0");
  });
  test("are not those of what merely hangs on an object", () => {
    const { labels } = compose(subgraph("a", `type Query { p: P } type P { node: D things: [D] name: String } type D ${SECRET} { x: Int }`));
    expect(brief(labels.floor("P", "name"))).toBe("0");
  });
});

describe("the label specification", () => {
  test("is known by its whole address: another scheme, host or path is another specification [B-4]", () => {
    for (const url of ["http://kanmon.example/label/v1.0", "https://kanmon.example.org/label/v1.0", "https://kanmon.example/other/label/v1.0", "https://kanmon.example/labels/v1.0"]) {
      expect(findingsOf(subgraph("a", `type Query { x: Int }`, { link: `@link(url: "${url}", import: ["@label", "@existence"])` }))).toContain("spec-linked schema [a]");
    }
  });
  test("is linked once: two versions side by side are refused [B-6]", () => {
    const link = `@link(url: "https://kanmon.example/label/v1.0", import: ["@label", "@existence"]) @link(url: "https://kanmon.example/label/v2.0", as: "newer")`;
    expect(findingsOf(subgraph("a", `type Query { x: Int }`, { link }))).not.toEqual([]);
  });
  test("is not shadowed by a home-made directive of its name beside a renamed import [B-4, B-5]", () => {
    const definitions = subgraph("x", "").sdl.split("\n").filter((line) => line.startsWith("directive ")).join("\n").replace("@label(", "@lbl(");
    const link = `@link(url: "https://kanmon.example/label/v1.0", import: [{name: "@label", as: "@lbl"}, "@existence"])`;
    const options = { link, compose: `@composeDirective(name: "@lbl") @composeDirective(name: "@existence")`, definitions: `${definitions}\ndirective @label(level: Int!) on FIELD_DEFINITION` };
    expect(messageOf(subgraph("a", `type Query { x: Int @label(level: 4) @lbl(level: "CUI") }`, { ...options, bare: true }))).toMatch(/^subgraph schema \[a\]: .*Cannot import .@label. as .@lbl./);
  });
  test("is not enough: a subgraph of the first federation would be rewritten before it is merged", () => {
    const first = { federation: `@link(url: "https://specs.apollo.dev/link/v1.0")`, compose: "" };
    expect(findingsOf(subgraph("a", `type Query { x: Int ${LABEL.replace("@inaccessible @shareable", "")} }`, { ...first, bare: true }))).toEqual(["subgraph schema [a]"]);
    expect(messageOf(subgraph("a", `type Query { x: Int }`, { ...first, bare: true }))).toContain("does not link federation 2");
  });
  test("is read on root types whatever a subgraph calls them", () => {
    const source = subgraph("a", `schema { query: Questions } type Questions { x: Int ${SECRET} y: Int ${CUI} }`);
    const { labels } = compose(source);
    expect([labels.floor("Query", "x"), labels.floor("Query", "y"), labels.floor("Query", "hello")].map(brief)).toEqual(["3 SDS", "1", "0"]);
  });
  test("is read on extensions as on definitions", () => {
    const { labels } = compose(subgraph("a", `type Query { t: T k: Kind u: U } type T { x: Int } extend type T ${CUI} { y: Int ${SECRET} } enum Kind { A } extend enum Kind ${CUI} { B ${SECRET} } union U = T extend union U ${CUI}`));
    expect([labels.floor("T"), labels.floor("T", "y"), labels.enumValueFloor("Kind", "A"), labels.enumValueFloor("Kind", "B"), labels.floor("Query", "u")].map(brief)).toEqual(["1", "3 SDS", "1", "3 SDS", "1"]);
  });
});

test("a finding says which subgraphs have to change and why", () => {
  expect(messageOf(subgraph("a", `type Query { docs(covertTitle: String): [Doc!] } type Doc @key(fields: "id") { id: ID! covertTitle: String ${SECRET} ${LABEL} }`)))
    .toBe("argument-covers Query.docs(covertTitle:) [a]: is named after Doc.covertTitle, whose floor it does not reach");
});
