import { Federation, askMonolith } from "./federation";
import { counter, monolith, specs } from "./conformance-zoo";

let federation: Federation | undefined;
function running(): Federation { if (federation === undefined) throw new Error("not started"); return federation; }
beforeAll(async () => { federation = await Federation.start(specs); });
afterAll(() => federation?.stop());
beforeEach(() => { counter.value = 0; counter.log.length = 0; });

interface Case { readonly what: string; readonly query: string; readonly variables?: Record<string, unknown> }
const ALIKE: readonly Case[] = [
  { what: "@requires", query: "{ items { sku plain } }" },
  { what: "@requires with arguments", query: "{ items { sku usdTax } }" },
  { what: "@requires with arguments beside the client's own arguments", query: "{ items { usdTax price(currency: \"EUR\") } }" },
  { what: "@requires with arguments beside the client's own arguments under an alias", query: "{ items { p: price(currency: \"EUR\") price usdTax } }" },
  { what: "two @requires with conflicting arguments", query: "{ items { usdTax eurTax plain } }" },
  { what: "two conflicting @requires beside the client's third", query: "{ a: items { usdTax price(currency: \"GBP\") eurTax } b: items { eurTax plain packed } }" },
  { what: "@requires of a field that itself has @requires with other arguments", query: "{ items { summary } }" },
  { what: "@requires in a chain through the ministry that is already being asked", query: "{ items { stamp } b: items { stamp ticket sku } }" },
  { what: "chains of @requires from several ministries together", query: "query($t: Boolean! = true) { items { stamp @include(if: $t) summary packed ticket @skip(if: $t) eurTax price } grid { stamp } }" },
  { what: "all taxes and the summary", query: "query($c: String) { items { summary eurTax usdTax plain price(currency: $c) stock } }", variables: { c: "GBP" } },
  { what: "@requires of an object", query: "{ items { packed size { h } } }" },
  { what: "@override", query: "{ items { sku stock } }" },
  { what: "a value type of which two ministries know a part", query: "{ items { size { w h } } }" },
  { what: "lists of lists", query: "{ grid { sku stock } cube { sku stock usdTax } }" },
  { what: "lists of lists in an entity", query: "{ orders { lines { item { sku stock price } } } }" },
  { what: "a union", query: "{ things { __typename ... on Item { sku stock } ... on Book { id title pages rating } ... on Nothing { why } } }" },
  { what: "a union of which nothing is asked", query: "{ things { ... on Nothing { why } } thing { ... on Item { sku } } }" },
  { what: "one member of a union from another ministry", query: "{ thing { ... on Book { title code } } }" },
  { what: "an interface", query: "{ media { __typename id title ... on Book { pages } ... on Film { code } } }" },
  { what: "fields of one name and different types under aliases", query: "{ media { ... on Book { c: code p: pages } ... on Film { d: code q: pages } } }" },
  { what: "one response name with different fields per type", query: "{ media { ... on Book { x: title } ... on Film { x: id } } things { ... on Item { x: price } ... on Book { x: pages } } }".replace("x: price } ... on Book { x: pages }", "x: sku } ... on Book { x: id }").replace("... on Book { x: title } ... on Film { x: id }", "... on Book { x: title } ... on Film { x: title }") },
  { what: "@interfaceObject from the interface", query: "{ media { title rating(scale: 3) fans { name } } }" },
  { what: "@interfaceObject towards the interface", query: "{ rated(above: 1) { __typename id title rating ... on Book { pages fans { name orders { uid } } } } }" },
  { what: "only __typename through an @interfaceObject", query: "{ rated { __typename } }" },
  { what: "only own fields through an @interfaceObject", query: "{ rated { id rating(scale: 2) } }" },
  { what: "fields of one implementation through an @interfaceObject", query: "{ rated { ... on Film { n: code } ... on Book { code rating } } }" },
  { what: "several keys of one type", query: "{ orders { uid paid eta region } order(region: \"kanto\", number: 2) { uid eta paid customer { id } } }" },
  { what: "keys from a ministry that knows only one of them", query: "{ customers { name orders { eta paid region } } }" },
  { what: "nested keys", query: "{ orders { parcels { index grams seal order { uid eta } } } }" },
  { what: "non-resolvable keys in later fetches", query: "{ rated { fans { id name tier orders { customer { name } lines { item { sku stock } } } } } }" },
  { what: "@provides", query: "{ vip { name } again: vip { name tier } }" },
  { what: "value objects", query: "{ orders { note { ja en } } }" },
  { what: "enums, defaults and input objects", query: "query($m: Mix, $ms: [Mix!], $c: Colour = GREEN) { colour c2: colour(c: $c) c3: colour(c: BLUE, mix: $m) echo(mix: $m, many: $ms) e2: echo(mix: { a: RED, deep: { a: BLUE } }) }", variables: { m: { a: "RED", deep: { a: "GREEN", b: null } }, ms: [{ a: "BLUE" }] } },
  { what: "custom scalars", query: "{ json }" },
  { what: "__typename everywhere", query: "{ __typename orders { __typename note { __typename } parcels { __typename } lines { __typename item { __typename } } } rated { t: __typename } }" },
  { what: "mutations in order across ministries", query: "mutation { a: bump(by: 1) { value log } note(text: \"x\") b: bump(by: 2) { value log } c: note(text: \"y\") }" },
  { what: "all below a mutation before the next one of the same ministry", query: "mutation { a: bump(by: 1) { value query { counted } } b: bump(by: 2) { log query { counted } } ... { a: bump(by: 1) { log } } }" },
  { what: "the same under conditions", query: "mutation($t: Boolean! = true, $f: Boolean! = false) { ... @include(if: $t) { a: bump(by: 1) { query { counted } } b: bump(by: 2) { query { counted } } } c: bump(by: 4) @include(if: $f) { query { counted } } }" },
  { what: "the same mutation twice", query: "mutation { a: bump(by: 1) { value } b: bump(by: 1) { value } bump(by: 5) { value } }" },
  { what: "queries beneath a mutation", query: "mutation { bump(by: 1) { value query { items { sku stock } __typename } } }" },
  { what: "conditions on fragments and across ministries", query: "query($a: Boolean!, $b: Boolean!) { media { ... on Book @include(if: $a) { rating @skip(if: $b) pages } ... @skip(if: $a) { title fans { name } } } orders @skip(if: $b) { paid @include(if: $a) eta @include(if: $b) } }", variables: { a: true, b: false } },
  { what: "conditions the other way", query: "query($a: Boolean!, $b: Boolean!) { media { ... on Book @include(if: $a) { rating @skip(if: $b) pages } ... @skip(if: $a) { title fans { name } } } orders @skip(if: $b) { paid @include(if: $a) eta @include(if: $b) } }", variables: { a: false, b: false } },
  { what: "one field with and without a condition", query: "query($a: Boolean! = false) { items { stock @include(if: $a) stock usdTax @include(if: $a) size @include(if: $a) { w } size { h } } }" },
  { what: "skipped inputs of @requires", query: "query($a: Boolean! = true) { items { price @skip(if: $a) plain usdTax @skip(if: $a) eurTax } }" },
  { what: "a skipped @requires beside another field of its ministry", query: "query($s: Boolean! = true) { items { packed @skip(if: $s) plain usdTax @include(if: $s) summary @skip(if: $s) size { h } } orders { parcels { seal @skip(if: $s) grams } } }" },
  { what: "fields in the order in which conditions let them in", query: "query($f: Boolean! = false) { items { stock @include(if: $f) sku stock ... @include(if: $f) { size { w } } price size { h } } media { title @include(if: $f) ... on Book { id title } } }" },
  { what: "introspection beside data", query: "{ __schema { queryType { name } } items { sku } __type(name: \"Colour\") { enumValues { name } } }" },
  { what: "introspection in fragments with variables", query: "query($n: String!) { ...I } fragment I on Query { t: __type(name: $n) { ...T } } fragment T on __Type { kind name }", variables: { n: "Media" } },
];

it.each(ALIKE)("answers $what as one schema would", async ({ query, variables }) => {
  const expected = await askMonolith(monolith, query, variables);
  counter.value = 0;
  counter.log.length = 0;
  const outcome = await running().run(query, variables);
  expect(JSON.parse(JSON.stringify(outcome.data))).toEqual(expected);
  expect(JSON.stringify(outcome.data)).toBe(JSON.stringify(expected));
  expect(outcome.errors).toEqual([]);
});
