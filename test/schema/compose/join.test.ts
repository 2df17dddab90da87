import { BOTTOM, dominates, equalLabels } from "../../../schema/label";
import { composeSupergraph, printFinding, ComposeError } from "../../../schema/compose";
import { brief, compose, findingsOf, messageOf, open, subgraph } from "./harness";

const doc = (label: string): string => `type Query { doc: Doc @shareable } type Doc @key(fields: "id") { id: ID! title: String @shareable ${label} }`;

describe("labels of one coordinate", () => {
  test("join over the subgraphs, whatever the majority says [B-1]", () => {
    const { labels } = compose(
      subgraph("a", doc(`@label(level: "TOP_SECRET", regimes: ["SDS"])`)), subgraph("b", doc(`@label(level: "CUI")`)), subgraph("c", doc(`@label(level: "CUI")`)),
    );
    expect(brief(labels.floor("Doc", "title"))).toBe("4 SDS");
  });

  test("do not depend on the order or the names of the subgraphs [B-2]", () => {
    const bodies = [doc(`@label(level: "CUI")`), doc(`@label(level: "SECRET", regimes: ["SDS"])`), doc(`@label(level: "CONFIDENTIAL", regimes: ["CESI"])`)];
    const names = ["a", "b", "c"];
    const permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    const floors = permutations.map((order) => {
      const bundle = composeSupergraph([...order.map((at, index) => subgraph(names[index] ?? "", bodies[at] ?? "")), open].reverse());
      return brief(bundle.labels.floor("Doc", "title"));
    });
    expect(new Set(floors)).toEqual(new Set(["3 CESI/SDS"]));
    const versions = permutations.map((order) => composeSupergraph(order.map((at) => subgraph(names[at] ?? "", bodies[at] ?? ""))).version);
    expect(new Set(versions).size).toBe(1);
  });

  test("join several applications of one subgraph", () => {
    const { labels } = compose(subgraph("a", doc(`@label(level: "CUI", purposes: ["VETTING"]) @label(level: "CONFIDENTIAL", purposes: ["VETTING", "OVERSIGHT"])`)));
    expect(labels.floor("Doc", "title")).toMatchObject({ level: 2, purposes: ["VETTING"] });
  });

  test("intersect what each owner permits", () => {
    const { labels } = compose(
      subgraph("a", doc(`@label(level: "CONFIDENTIAL", owner: "JPN.MOD", rel: ["JPN", "USA"])`)), subgraph("b", doc(`@label(level: "CONFIDENTIAL", owner: "JPN.MOD", rel: ["JPN", "AUS"])`)),
    );
    expect(labels.floor("Doc", "title").owners["JPN.MOD"]).toMatchObject({ rel: ["JPN"] });
  });

  test("never widen when a subgraph adds one [B-10]", () => {
    const labels = ["", `@label(level: "CUI")`, `@label(level: "SECRET", regimes: ["SDS"])`, `@label(level: "CUI", purposes: ["VETTING"])`, `@label(level: "CUI", owner: "USA", rel: ["JPN", "USA"])`];
    for (const first of labels) {
      const before = compose(subgraph("a", doc(first)), subgraph("b", doc(""))).labels.floor("Doc", "title");
      for (const added of labels) {
        const after = compose(subgraph("a", doc(first)), subgraph("b", doc(added))).labels.floor("Doc", "title");
        expect(dominates(after, before)).toBe(true);
      }
    }
  });

  test("keep every alternative of a conjunction: what two subgraphs ask for is asked for together [B-9]", () => {
    const { labels } = compose(subgraph("a", doc(`@label(level: "SECRET", regimes: ["SDS", "CESI"])`)), subgraph("b", doc(`@label(level: "SECRET", regimes: ["SDS"])`)));
    expect(brief(labels.floor("Doc", "title"))).toBe("3 CESI/SDS");
  });

  test("are PUBLIC where no subgraph says anything", () => {
    const { labels } = compose(subgraph("a", doc("")));
    expect(equalLabels(labels.floor("Doc", "title"), BOTTOM)).toBe(true);
    expect(labels.distinct).toHaveLength(1);
  });

  test("of a field that was overridden still count", () => {
    const from = subgraph("a", `type Query { doc: Doc } type Doc @key(fields: "id") { id: ID! title: String @label(level: "SECRET", regimes: ["SDS"]) }`);
    const to = subgraph("b", `type Doc @key(fields: "id") { id: ID! title: String @override(from: "a") }`);
    expect(brief(compose(from, to).labels.floor("Doc", "title"))).toBe("3 SDS");
  });

  test("of a provided field hold whichever subgraph provides it [B-20]", () => {
    const owner = subgraph("a", `type Doc @key(fields: "id") { id: ID! secret: String @shareable @label(level: "SECRET", regimes: ["SDS"]) }`);
    const provider = subgraph("b", `type Query { docs: [Doc] @provides(fields: "secret") } type Doc @key(fields: "id") { id: ID! secret: String @external }`);
    expect(brief(compose(owner, provider).labels.floor("Doc", "secret"))).toBe("3 SDS");
  });
});

describe("labels by specification identity", () => {
  const link = (imports: string): string => `@link(url: "https://kanmon.example/label/v1.0", ${imports})`;
  const renamed = (name: string, as: string, existence: string): Parameters<typeof subgraph>[2] => ({
    link: as, compose: `@composeDirective(name: "@${name}") @composeDirective(name: "@${existence}")`,
    definitions: subgraph("x", "").sdl.split("\n").filter((line) => line.startsWith("directive ")).join("\n").replace("@label(", `@${name}(`).replace("@existence ", `@${existence} `),
  });
  const body = `type Query { doc: String @NAME(level: "SECRET", regimes: ["SDS"]) }`;

  test.each([
    ["imported under another name", "lbl", `import: [{name: "@label", as: "@lbl"}, "@existence"]`, "existence"],
    ["not imported", "label", `import: ["@existence"]`, "existence"],
    ["namespaced", "label", `as: "label"`, "label__existence"],
    ["namespaced under another name", "marks", `as: "marks"`, "marks__existence"],
  ])("are read when the directive is %s [B-5]", (_, name, imports, existence) => {
    const { labels } = composeSupergraph([
      subgraph("a", `${body.replace("NAME", name)} type T { x: String @${existence} }`, renamed(name, link(imports), existence)),
      subgraph("b", "type Query { hello: String }", renamed(name, link(imports), existence)),
    ]);
    expect(brief(labels.floor("Query", "doc"))).toBe("3 SDS");
  });

  test("refuse two names for the same directive, with an error one can read [B-5]", () => {
    expect(findingsOf(subgraph("a", body.replace("NAME", "lbl"), renamed("lbl", link(`import: [{name: "@label", as: "@lbl"}, "@existence"]`), "existence"))))
      .toEqual(["spec-named-alike @label [a, open]"]);
  });

  test("refuse a subgraph that defines a directive of that name without the link [B-4]", () => {
    expect(findingsOf(subgraph("a", `directive @label(level: Int!) on FIELD_DEFINITION type Query { doc: String @label(level: 4) }`, { link: null })))
      .toEqual(["spec-linked @label [a]", "spec-linked schema [a]"]);
  });

  test("refuse a directive of that name that was imported from elsewhere", () => {
    const other = `@link(url: "https://elsewhere.example/label/v1.0", import: ["@label"])`;
    expect(findingsOf(subgraph("a", body.replace("NAME", "label"), { link: other, compose: `@composeDirective(name: "@label")`, definitions: renamed("label", "", "existence")?.definitions ?? "" })))
      .toEqual(["spec-linked @existence [a]", "spec-linked @label [a]", "spec-linked schema [a]"]);
  });

  test("refuse a subgraph that does not link the specification at all", () => {
    expect(findingsOf(subgraph("a", "type Query { doc: String }", { link: null }))).toEqual(["spec-linked schema [a]"]);
  });

  test.each(["v2.0", "v1.1", "v0.9"])("refuse version %s of the specification [B-6]", (version) => {
    const options = { link: `@link(url: "https://kanmon.example/label/${version}", import: ["@label", "@existence"])` };
    expect(findingsOf(subgraph("a", body.replace("NAME", "label"), options))).toContain("spec-version schema [a]");
  });

  test("refuse a subgraph whose labels composition would drop for want of @composeDirective", () => {
    expect(findingsOf(subgraph("a", body.replace("NAME", "label"), { compose: `@composeDirective(name: "@existence")` }))).toEqual(["spec-composed @label [a]"]);
    expect(findingsOf(subgraph("a", `type Query { t: T } type T { x: String @existence }`, { compose: `@composeDirective(name: "@label")` }))).toEqual(["spec-composed @existence [a]"]);
  });

  test("refuse another definition of the directive: one without repeatable, one with another default", () => {
    const { definitions = "" } = renamed("label", "", "existence") ?? {};
    expect(findingsOf(subgraph("a", body.replace("NAME", "label"), { definitions: definitions.replace(" repeatable", "") }))).toEqual(["spec-definition @label [a]"]);
    expect(findingsOf(subgraph("a", body.replace("NAME", "label"), { definitions: definitions.replace(`"PUBLIC"`, `"CUI"`) }))).toEqual(["spec-definition @label [a]"]);
  });
});

describe("arguments of labels", () => {
  test.each([
    ["an unknown level", `level: "COSMIC"`], ["a level in lower case", `level: "secret"`], ["an unknown regime", `level: "SECRET", regimes: ["XYZ"]`],
    ["an empty list of purposes", `level: "CUI", purposes: []`], ["an unknown purpose", `level: "CUI", purposes: ["FUN"]`], ["an empty rel", `level: "CUI", rel: []`],
    ["an empty dist", `level: "CUI", dist: []`], ["a rel without Japan", `level: "CUI", rel: ["USA"]`], ["an unknown nation", `level: "CUI", rel: ["JPN", "XXX"]`],
    ["an unknown owner", `level: "CUI", owner: "JPN.NOBODY"`], ["an unknown body in dist", `level: "CUI", dist: ["JPN.NOBODY"]`],
  ])("are refused with %s [B-8]", (_, args) => {
    expect(new Set(findingsOf(subgraph("a", `type Query { doc: String @label(${args}) }`)))).toEqual(new Set(["label-arguments Query.doc [a]"]));
  });

  test("are refused by GraphQL itself when of another type", () => {
    expect(findingsOf(subgraph("a", `type Query { doc: String @label(level: 3) }`))).toEqual(["subgraph schema [a]"]);
  });
});

describe("a label", () => {
  test("on an external field is refused, because composition would ignore it", () => {
    const a = subgraph("a", `type Query { doc: Doc } type Doc @key(fields: "id") { id: ID! title: String @shareable }`);
    const b = subgraph("b", `type Query { other: Doc @provides(fields: "title") } type Doc @key(fields: "id") { id: ID! title: String @external @label(level: "CUI") }`);
    expect(findingsOf(a, b)).toEqual(["no-label-on-external Doc.title [b]"]);
  });

  test("survives on every kind of element and reaches the coordinate", () => {
    const { labels } = compose(subgraph("a", `
      type Query { everything(filter: Filter, kind: Kind @label(level: "CONFIDENTIAL")): Union other: Face stamp: Stamp kind: Kind }
      type T implements Face @label(level: "CUI") { x: String @label(level: "SECRET") }
      interface Face @label(level: "CUI") { x: String }
      union Union @label(level: "CONFIDENTIAL") = T
      enum Kind @label(level: "CUI") { OPEN COVERT @label(level: "SECRET") }
      input Filter @label(level: "CUI") { a: String b: String @label(level: "SECRET") }
      scalar Stamp @label(level: "TOP_SECRET")
    `));
    const level = (core: { readonly level: number }): number => core.level;
    expect({
      type: level(labels.floor("T")), field: level(labels.floor("T", "x")), interface: level(labels.floor("Face")), interfaceField: level(labels.floor("Face", "x")),
      union: level(labels.floor("Query", "everything")), argument: level(labels.argumentFloor("Query", "everything", "kind")), inputObject: level(labels.argumentFloor("Query", "everything", "filter")),
      enum: level(labels.floor("Query", "kind")), value: level(labels.enumValueFloor("Kind", "COVERT")), openValue: level(labels.enumValueFloor("Kind", "OPEN")),
      input: level(labels.inputFieldFloor("Filter", "b")), openInput: level(labels.inputFieldFloor("Filter", "a")), scalar: level(labels.floor("Query", "stamp")), typename: level(labels.floor("T", "__typename")),
    }).toEqual({
      type: 1, field: 3, interface: 1, interfaceField: 1, union: 2, argument: 2, inputObject: 1, enum: 1, value: 3, openValue: 1, input: 3, openInput: 1, scalar: 4, typename: 1,
    });
  });
});

test("an unknown coordinate has no floor, rather than PUBLIC", () => {
  const { labels } = compose(subgraph("a", doc("")));
  expect(() => labels.floor("Doc", "nothing")).toThrow(RangeError);
  expect(() => labels.floor("constructor")).toThrow(RangeError);
  expect(() => labels.floor("Doc", "constructor")).toThrow(RangeError);
});

test("a finding names the rule, the coordinate, the subgraph and what to do", () => {
  const message = messageOf(subgraph("a", `type Query { doc: String @label(level: "COSMIC") }`));
  expect(message).toBe('label-arguments Query.doc [a]: unknown level "COSMIC"');
  expect(new ComposeError([{ rule: "r", coordinate: "c", subgraphs: ["s"], message: "m" }]).message).toBe(printFinding({ rule: "r", coordinate: "c", subgraphs: ["s"], message: "m" }));
});
