import { Federation, askMonolith, buildMonolith } from "./federation";

const users = [{ id: "u1", name: "Aki" }, { id: "u2", name: "Bo" }];
const products = [
  { upc: "p1", title: "Table", price: 899, weight: 100, inStock: true },
  { upc: "p2", title: "Couch", price: 1299, weight: 1000, inStock: false },
  { upc: "p3", title: null, price: null, weight: null, inStock: true },
];
const reviews = [
  { id: "r1", body: "fine", author: "u1", product: "p1" }, { id: "r2", body: "heavy", author: "u2", product: "p1" },
  { id: "r3", body: null, author: "u1", product: "p2" }, { id: "r4", body: "?", author: "u2", product: "p3" },
];
const shipping = (product: { price: number | null; weight: number | null }): number | null => (product.price === null || product.weight === null ? null : product.price > 1000 ? 0 : product.weight / 2);

const specs = [
  { name: "accounts", sdl: `type Query { me: User users: [User!]! user(id: ID!): User } type User @key(fields: "id") { id: ID! name: String }`,
    resolvers: {
      Query: { me: () => users[0], users: () => users, user: (_: unknown, { id }: { id: string }) => users.find((user) => user.id === id) ?? null },
      User: { __resolveReference: ({ id }: { id: string }) => users.find((user) => user.id === id) ?? null },
    } },
  { name: "products", sdl: `type Query { top(first: Int = 2): [Product] } type Product @key(fields: "upc") { upc: ID! title: String price: Int weight: Int }`,
    resolvers: {
      Query: { top: (_: unknown, { first }: { first: number }) => products.slice(0, first) },
      Product: { __resolveReference: ({ upc }: { upc: string }) => products.find((product) => product.upc === upc) ?? null },
    } },
  { name: "inventory", sdl: `type Product @key(fields: "upc") { upc: ID! price: Int @external weight: Int @external inStock: Boolean shipping: Float @requires(fields: "price weight") }`,
    resolvers: { Product: {
      __resolveReference: (reference: { upc: string }) => ({ ...products.find((product) => product.upc === reference.upc), ...reference }),
      shipping: (product: { price: number | null; weight: number | null }) => shipping(product),
    } } },
  { name: "reviews", sdl: `type User @key(fields: "id") { id: ID! reviews: [Review] } type Product @key(fields: "upc") { upc: ID! reviews: [Review!] } type Review @key(fields: "id") { id: ID! body: String author: User product: Product }`,
    resolvers: {
      User: { reviews: (user: { id: string }) => reviews.filter((review) => review.author === user.id) },
      Product: { reviews: (product: { upc: string }) => reviews.filter((review) => review.product === product.upc) },
      Review: {
        __resolveReference: ({ id }: { id: string }) => reviews.find((review) => review.id === id) ?? null,
        author: (review: { author: string }) => ({ id: review.author }), product: (review: { product: string }) => ({ upc: review.product }),
      },
    } },
];

const monolith = buildMonolith(`
  type Query { me: User users: [User!]! user(id: ID!): User top(first: Int = 2): [Product] }
  type User { id: ID! name: String reviews: [Review] }
  type Product { upc: ID! title: String price: Int weight: Int inStock: Boolean shipping: Float reviews: [Review!] }
  type Review { id: ID! body: String author: User product: Product }`, {
  Query: {
    me: () => users[0], users: () => users, user: (_, { id }: { id: string }) => users.find((user) => user.id === id),
    top: (_, { first }: { first: number }) => products.slice(0, first),
  },
  User: { reviews: (user: { id: string }) => reviews.filter((review) => review.author === user.id) },
  Product: {
    reviews: (product: { upc: string }) => reviews.filter((review) => review.product === product.upc),
    shipping: (product: (typeof products)[number]) => shipping(product),
  },
  Review: {
    author: (review: { author: string }) => users.find((user) => user.id === review.author),
    product: (review: { product: string }) => products.find((product) => product.upc === review.product),
  },
});

let federation: Federation | undefined;
beforeAll(async () => { federation = await Federation.start(specs); });
afterAll(() => federation?.stop());

function running(): Federation { if (federation === undefined) throw new Error("not started"); return federation; }

const OPERATIONS: readonly { readonly what: string; readonly query: string; readonly variables?: Record<string, unknown> }[] = [
  { what: "one root field", query: "{ me { id name } }" },
  { what: "only __typename", query: "{ __typename }" },
  { what: "nested entities across four subgraphs", query: "{ me { name reviews { body product { title inStock shipping reviews { author { name } } } } } }" },
  { what: "lists of entities", query: "{ users { name reviews { id author { id name } } } top(first: 3) { title shipping } }" },
  { what: "aliases at every depth", query: "{ a: me { x: id y: name r: reviews { z: body } } b: me { x: name } }" },
  { what: "an alias that equals a key", query: "{ users { id: name reviews { id: body author { id: name name: id } } } }" },
  { what: "hostile aliases", query: "{ __proto__: me { constructor: name __proto__: id toString: reviews { hasOwnProperty: body } } }" },
  { what: "fragments", query: "{ me { ...U reviews { ...R } } } fragment U on User { id name } fragment R on Review { body product { ...P } } fragment P on Product { title inStock }" },
  { what: "variables and defaults", query: "query($n: Int = 3, $id: ID!) { top(first: $n) { upc } user(id: $id) { name reviews { id } } }", variables: { id: "u2" } },
  { what: "a variable named representations", query: "query($representations: ID!) { user(id: $representations) { name reviews { body } } }", variables: { representations: "u1" } },
  { what: "skip and include", query: "query($t: Boolean!, $f: Boolean!) { me @include(if: $t) { id @skip(if: $t) name @include(if: $f) reviews @include(if: $t) { body @skip(if: $f) } } top @include(if: $f) { upc } }", variables: { t: true, f: false } },
  { what: "a field under both a true and a false condition", query: "query($t: Boolean!, $f: Boolean!) { me { name @include(if: $f) ... @include(if: $t) { name } reviews @skip(if: $t) { id } } }", variables: { t: true, f: false } },
  { what: "everything skipped", query: "query($t: Boolean!) { me @skip(if: $t) { name } }", variables: { t: true } },
  { what: "the only field of an object skipped", query: "{ me { __typename @skip(if: true) } users { name @include(if: false) } }" },
  { what: "an unknown entity", query: "{ user(id: \"nobody\") { name reviews { id } } }" },
  { what: "null inputs of @requires", query: "{ top(first: 3) { upc shipping } }" },
  { what: "__typename under aliases", query: "{ q: __typename me { t: __typename reviews { __typename product { u: __typename } } } }" },
];

it.each(OPERATIONS)("answers $what as one schema would", async ({ query, variables }) => {
  const outcome = await running().run(query, variables);
  expect(outcome.errors).toEqual([]);
  expect(JSON.stringify(outcome.data)).toBe(JSON.stringify(await askMonolith(monolith, query, variables)));
});
