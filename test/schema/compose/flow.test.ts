import { ComposeError, composeSupergraph } from "../../../schema/compose";
import { brief, compose, findingsOf, messageOf, subgraph } from "./harness";

const SECRET = `@label(level: "SECRET", regimes: ["SDS"])`;
const CUI = `@label(level: "CUI")`;

describe("floors flow", () => {
  test("from a type to its fields, `__typename` included", () => {
    const { labels } = compose(subgraph("a", `type Query { t: T } type T ${SECRET} { x: String y: String ${CUI} }`));
    expect(["x", "y", "__typename"].map((field) => brief(labels.floor("T", field)))).toEqual(["3 SDS", "3 SDS", "3 SDS"]);
    expect(brief(labels.floor("Query", "t"))).toBe("0");
  });

  test("from an interface to its implementations, through chains, and not back [B-12, B-13]", () => {
    const { labels } = compose(subgraph("a", `
      type Query { a: A b: B }
      interface A { x: String ${CUI} y: String }
      interface B implements A @label(level: "CONFIDENTIAL") { x: String y: String }
      type X implements B & A ${SECRET} { x: String y: String }
      type Y implements B & A { x: String y: String @label(level: "TOP_SECRET") }
    `));
    expect(["A", "B", "X", "Y"].map((type) => [brief(labels.floor(type)), brief(labels.floor(type, "x")), brief(labels.floor(type, "y"))])).toEqual([
      ["0", "1", "0"], ["2", "2", "2"], ["3 SDS", "3 SDS", "3 SDS"], ["2", "2", "4"],
    ]);
  });

  test("from an argument of an interface's field to that of the implementations", () => {
    const { labels } = compose(subgraph("a", `type Query { a: A } interface A { x(by: Int ${SECRET}): String } type X implements A { x(by: Int): String }`));
    expect(brief(labels.argumentFloor("X", "x", "by"))).toBe("3 SDS");
  });

  test("from an interface object's field to every implementation [B-13]", () => {
    const media = subgraph("a", `
      type Query { media: [Media] }
      interface Media @key(fields: "id") { id: ID! }
      type Book implements Media @key(fields: "id") { id: ID! } type Film implements Media @key(fields: "id") { id: ID! }
    `);
    const ratings = subgraph("b", `type Media @interfaceObject @key(fields: "id") @label(level: "CUI") { id: ID! rating: Int ${SECRET} plain: Int }`);
    const { labels } = compose(media, ratings);
    expect(["Media", "Book", "Film"].map((type) => brief(labels.floor(type, "rating")))).toEqual(["3 SDS", "3 SDS", "3 SDS"]);
    expect(["Media", "Book", "Film"].map((type) => brief(labels.floor(type, "plain")))).toEqual(["1", "1", "1"]);
  });

  test("from a returned scalar, enum or union to the field, not from a returned object", () => {
    const { labels } = compose(subgraph("a", `
      type Query { s: Stamp e: [Kind!] u: U o: O }
      scalar Stamp ${CUI} enum Kind ${SECRET} { K } union U @label(level: "CONFIDENTIAL") = O type O ${SECRET} { x: Int }
    `));
    expect(["s", "e", "u", "o"].map((field) => brief(labels.floor("Query", field)))).toEqual(["1", "3 SDS", "2", "0"]);
  });
});

describe("a field computed from others", () => {
  const owner = (secret: string): ReturnType<typeof subgraph> => subgraph("a", `type Query { d: D } type D @key(fields: "id") { id: ID! secret: String ${secret} }`);
  const hinting = (hint: string, requires = "secret"): ReturnType<typeof subgraph> =>
    subgraph("b", `type D @key(fields: "id") { id: ID! secret: String @external hint: String @requires(fields: "${requires}") ${hint} }`);

  test("is refused below its inputs [B-14]", () => {
    expect(findingsOf(owner(SECRET), hinting(""))).toEqual(["requires-flows-up D.hint [b]"]);
    expect(findingsOf(owner(SECRET), hinting(CUI))).toEqual(["requires-flows-up D.hint [b]"]);
    expect(messageOf(owner(SECRET), hinting(""))).toContain("D.secret");
  });

  test("composes at or above its inputs", () => {
    expect(findingsOf(owner(SECRET), hinting(SECRET))).toEqual([]);
    expect(findingsOf(owner(CUI), hinting(SECRET))).toEqual([]);
  });

  test("needs the regimes and the audience of its inputs, not only their level", () => {
    expect(findingsOf(owner(SECRET), hinting(`@label(level: "TOP_SECRET", regimes: ["CESI"])`))).toEqual(["requires-flows-up D.hint [b]"]);
    expect(findingsOf(owner(`@label(level: "CUI", purposes: ["VETTING"])`), hinting(CUI))).toEqual(["requires-flows-up D.hint [b]"]);
    expect(findingsOf(owner(`@label(level: "CUI", owner: "JPN.MOD")`), hinting(CUI))).toEqual(["requires-flows-up D.hint [b]"]);
  });

  test("is refused when a chain through a third subgraph ends below [B-14]", () => {
    const middle = subgraph("b", `type D @key(fields: "id") { id: ID! secret: String @external middle: String @requires(fields: "secret") ${SECRET} }`);
    const last = subgraph("c", `type D @key(fields: "id") { id: ID! middle: String @external last: String @requires(fields: "middle") }`);
    expect(findingsOf(owner(SECRET), middle, last)).toEqual(["requires-flows-up D.last [c]"]);
  });

  test("counts a label that only the receiving subgraph's neighbours put there", () => {
    const again = subgraph("c", `type D @key(fields: "id") { id: ID! secret: String @shareable ${SECRET} }`);
    const plain = subgraph("a", `type Query { d: D } type D @key(fields: "id") { id: ID! secret: String @shareable }`);
    expect(findingsOf(plain, again, hinting(""))).toEqual(["requires-flows-up D.hint [b]"]);
  });

  const agents = (labels: { readonly name?: string; readonly agent?: string; readonly argument?: string; readonly kind?: string; readonly spy?: string }): ReturnType<typeof subgraph> => subgraph("a", `
    type Query { d: D }
    type D @key(fields: "id") { id: ID! owner: Owner who: Face f(x: Int ${labels.argument ?? ""}, kind: Kind): String }
    type Owner { agent: Agent @shareable } type Agent ${labels.agent ?? ""} { name: String @shareable ${labels.name ?? ""} }
    interface Face { alias: String } type Clerk implements Face { alias: String @shareable } type Spy implements Face ${labels.spy ?? ""} { alias: String @shareable }
    enum Kind { OPEN COVERT ${labels.kind ?? ""} }
  `);
  const reader = (requires: string): ReturnType<typeof subgraph> => subgraph("b", `
    type D @key(fields: "id") { id: ID! ${
      requires.startsWith("owner") ? "owner: Owner @external" : requires.startsWith("who") ? "who: Face @external" : "f(x: Int, kind: Kind): String @external"
    } hint: String @requires(fields: "${requires}") }
    type Owner { agent: Agent @shareable } type Agent { name: String @shareable }
    interface Face { alias: String } type Clerk implements Face { alias: String @shareable } type Spy implements Face { alias: String @shareable }
    enum Kind { OPEN COVERT }
  `);

  test.each([
    ["a nested field", "owner { agent { name } }", { name: SECRET }], ["the type of a nested object", "owner { agent { name } }", { agent: SECRET }],
    ["an inline fragment's type", "who { ... on Spy { alias } }", { spy: SECRET }], ["a possible type behind an interface", "who { alias }", { spy: SECRET }],
    ["an argument", "f(x: 1)", { argument: SECRET }], ["an enum literal in an argument", "f(kind: COVERT)", { kind: SECRET }],
  ] as const)("counts %s of a nested selection [B-16]", (_, requires, labels) => {
    expect(findingsOf(agents({}), reader(requires))).toEqual([]);
    expect(findingsOf(agents(labels), reader(requires))).toEqual(["requires-flows-up D.hint [b]"]);
  });

  test("counts the type of what may be there even when no fragment asks it anything, because its name is sent", () => {
    expect(findingsOf(agents({ spy: SECRET }), reader("who { ... on Clerk { alias } }"))).toEqual(["requires-flows-up D.hint [b]"]);
  });

  test("is refused below what any of its contexts gives [B-17]", () => {
    const contexts = (first: string, second: string): ReturnType<typeof subgraph> => subgraph("a", `
      type Query { one: One two: Two }
      type One @context(name: "c") @key(fields: "id") { id: ID! grade: String ${first} leaf: Leaf }
      type Two @context(name: "c") @key(fields: "id") { id: ID! grade: String ${second} leaf: Leaf }
      type Leaf @key(fields: "id") { id: ID! computed(grade: String @fromContext(field: "$c { grade }")): String ${CUI} }
    `);
    expect(findingsOf(contexts(CUI, ""), subgraph("b", `type Leaf @key(fields: "id") { id: ID! }`))).toEqual([]);
    expect(findingsOf(contexts("", SECRET), subgraph("b", `type Leaf @key(fields: "id") { id: ID! }`))).toEqual(["requires-flows-up Leaf.computed [a]"]);
    expect(findingsOf(contexts(SECRET, ""), subgraph("b", `type Leaf @key(fields: "id") { id: ID! }`))).toEqual(["requires-flows-up Leaf.computed [a]"]);
  });

  test("on an interface object is refused when one implementation's input is above it", () => {
    const media = (film: string): ReturnType<typeof subgraph> => subgraph("a", `
      type Query { media: [Media] } interface Media @key(fields: "id") { id: ID! title: String }
      type Book implements Media @key(fields: "id") { id: ID! title: String } type Film implements Media @key(fields: "id") { id: ID! title: String ${film} }
    `);
    const computing = subgraph("b", `type Media @interfaceObject @key(fields: "id") { id: ID! title: String @external shout: String @requires(fields: "title") }`);
    expect(findingsOf(media(""), computing)).toEqual([]);
    expect(findingsOf(media(SECRET), computing)).toEqual(["requires-flows-up Film.shout [b]"]);
  });
});

describe("keys and existence fields", () => {
  test("hold no label of their own [B-18]", () => {
    const people = (nin: string, type = ""): ReturnType<typeof subgraph> => subgraph("a", `type Query { d: D } type D @key(fields: "nin") ${type} { nin: ID! ${nin} }`);
    const other = subgraph("b", `type D @key(fields: "nin") { nin: ID! pub: String }`);
    expect(findingsOf(people(""), other)).toEqual([]);
    expect(findingsOf(people("", SECRET), other)).toEqual([]);
    expect(findingsOf(people(SECRET), other)).toEqual(["keys-carry-no-label D.nin [a]", "keys-carry-no-label D.nin [b]"]);
    expect(findingsOf(people(SECRET, CUI), other)).toContain("keys-carry-no-label D.nin [a]");
  });

  test("hold none inside a nested key either [B-18]", () => {
    const nested = (label: string): ReturnType<typeof subgraph> => subgraph("a", `type Query { d: D } type D @key(fields: "org { code }") { org: Org } type Org { code: String ${label} }`);
    expect(findingsOf(nested(""))).toEqual([]);
    expect(findingsOf(nested(CUI))).toEqual(["keys-carry-no-label Org.code [a]"]);
  });

  test("are existence fields, nothing else is", () => {
    const { labels } = compose(subgraph("a", `type Query { d: D } type D @key(fields: "id org { code }") { id: ID! org: Org ministry: String @existence title: String } type Org { code: String }`));
    expect(["__typename", "id", "org", "ministry", "title"].filter((field) => labels.isExistence("D", field))).toEqual(["__typename", "id", "org", "ministry"]);
    expect(labels.isExistence("Org", "code")).toBe(false);
  });

  test("are agreed on: one subgraph cannot make another's content a key or an existence field [B-125]", () => {
    const owner = subgraph("a", `type Query { d: D } type D @key(fields: "id") { id: ID! nin: String @shareable }`);
    expect(findingsOf(owner, subgraph("b", `type D @key(fields: "id") @key(fields: "nin") { id: ID! nin: String @shareable }`))).toEqual(["existence-agreed D.nin [a]"]);
    expect(findingsOf(owner, subgraph("b", `type D @key(fields: "id") { id: ID! nin: String @shareable @existence }`))).toEqual(["existence-agreed D.nin [a]"]);
    expect(findingsOf(subgraph("a", `type Query { d: D } type D @key(fields: "id") { id: ID! nin: String @shareable @existence }`), subgraph("b", `type D @key(fields: "id") @key(fields: "nin") { id: ID! nin: String @shareable }`))).toEqual([]);
  });
});

describe("what can be withheld", () => {
  const labelled = (fields: string): ReturnType<typeof subgraph> =>
    subgraph("a", `type Query { d: D } type D @key(fields: "id") { id: ID! ministry: String! @existence _label: Int! @inaccessible @shareable ${fields} }`);

  test("is nullable in a labelled type, keys and existence fields excepted [B-54]", () => {
    expect(findingsOf(labelled("title: String list: [String!]"))).toEqual([]);
    expect(findingsOf(labelled("title: String!"))).toEqual(["redactable-is-nullable D.title [a]"]);
    expect(findingsOf(labelled("list: [String!]!"))).toEqual(["redactable-is-nullable D.list [a]"]);
  });

  test("is nullable where a field has a floor of its own", () => {
    expect(findingsOf(subgraph("a", `type Query { d: D } type D { title: String! ${CUI} }`))).toEqual(["redactable-is-nullable D.title [a]"]);
    expect(findingsOf(subgraph("a", `type Query { d: D } type D ${CUI} { title: String! }`))).toEqual([]);
  });

  test("is nullable in an existence field that returns something labelled: that one is decided by itself", () => {
    const edge = (node: string): ReturnType<typeof subgraph> => subgraph("b", `type Query { e: E } type E { cursor: String! @existence node: ${node} @existence _label: Int! @inaccessible } type D @key(fields: "id", resolvable: false) { id: ID! }`);
    expect(findingsOf(labelled(""), edge("D"))).toEqual([]);
    expect(findingsOf(labelled(""), edge("D!"))).toEqual(["redactable-is-nullable E.node [b]"]);
  });

  test("is nullable where a field returns something labelled, also behind an abstract type or an enum", () => {
    expect(findingsOf(labelled(""), subgraph("b", `type Query { e: E! } type E { x: D! } type D @key(fields: "id", resolvable: false) { id: ID! }`))).toEqual(["redactable-is-nullable E.x [b]"]);
    expect(findingsOf(subgraph("a", `type Query { u: U! } union U = T | V type T { x: Int } type V ${CUI} { x: Int }`))).toEqual(["redactable-is-nullable Query.u [a]"]);
    expect(findingsOf(subgraph("a", `type Query { t: T } type T { k: [Kind!]! } enum Kind { OPEN COVERT ${SECRET} }`))).toEqual(["redactable-is-nullable T.k [a]"]);
    expect(findingsOf(subgraph("a", `type Query { t: T } type T { k: [Kind!] } enum Kind { OPEN COVERT ${SECRET} }`))).toEqual([]);
  });

  test("has a label field of exactly one shape", () => {
    const shape = (field: string, type = "type D"): readonly string[] => findingsOf(subgraph("a", `type Query { d: D } ${type} { id: ID ${field} }`));
    expect(shape("_label: Int! @inaccessible @shareable")).toEqual([]);
    expect(shape("_label: Int @inaccessible")).toEqual(["label-field-shape D._label [a]"]);
    expect(shape("_label: Int!")).toEqual(["label-field-shape D._label [a]"]);
    expect(shape("_label(x: Int): Int! @inaccessible")).toEqual(["label-field-shape D._label [a]"]);
    expect(shape("_label: Int! @inaccessible", "type E implements D { id: ID _label: Int! @inaccessible } interface D")).toEqual(["label-field-shape D._label [a]"]);
    expect(findingsOf(subgraph("a", `type Query { d(i: I): Int } input I { a: Int _label: Int! @inaccessible }`))).toEqual(["label-field-shape I._label [a]"]);
  });

  test("is known per type and subgraph", () => {
    const { labels } = compose(labelled(""), subgraph("b", `type Query { p: P } type P { d: D } type D @key(fields: "id", resolvable: false) { id: ID! }`));
    expect([labels.isLabelled("D"), labels.isLabelled("P"), labels.labelledIn("a", "D"), labels.labelledIn("b", "D")]).toEqual([true, false, true, false]);
  });
});

test("a schema in which everything is labelled is refused: somebody permitted only PUBLIC could ask nothing", () => {
  const all = subgraph("a", `type Query { a: String ${CUI} b: T } type T ${SECRET} { x: Int }`);
  expect(() => composeSupergraph([all])).toThrow(ComposeError);
  expect(() => composeSupergraph([all])).toThrow(/^query-answers-everybody Query /);
});
