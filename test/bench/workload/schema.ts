/**
 * The graph of the well-known federation gateway benchmark (accounts, inventory, products, reviews), in two editions: bare, and with `_label` on
 * every object. The subgraphs carry the names of four ministries, because policy (accreditation, keepers) knows those; stock and ours use the
 * same names, so that the planner sees the same graph.
 */
export const ACCOUNTS = "cabinet-office";
export const REVIEWS = "cabinet-secretariat";
export const PRODUCTS = "defense";
export const INVENTORY = "economy";
export type SubgraphName = typeof ACCOUNTS | typeof REVIEWS | typeof PRODUCTS | typeof INVENTORY;
export const SUBGRAPHS: readonly SubgraphName[] = [ACCOUNTS, REVIEWS, PRODUCTS, INVENTORY];

const FEDERATION = `@link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@provides", "@requires", "@shareable", "@inaccessible", "@composeDirective"])`;
const LABEL = `@link(url: "https://kanmon.example/label/v1.0", import: ["@label", "@existence"]) @composeDirective(name: "@label") @composeDirective(name: "@existence")`;

const TYPES: Readonly<Record<SubgraphName, string>> = {
  [ACCOUNTS]: `
type Query { me: User  user(id: ID!): User  users: [User] }
type User @key(fields: "id") {
  id: ID!
  name: String
  username: String @shareable
  birthday: Int
}`,
  [REVIEWS]: `
type Review @key(fields: "id") {
  id: ID!
  body: String
  author: User @provides(fields: "username")
  product: Product
}
type User @key(fields: "id") {
  id: ID!
  username: String @external
  reviews: [Review]
}
type Product @key(fields: "upc") {
  upc: String!
  reviews: [Review]
}`,
  [PRODUCTS]: `
type Query { topProducts(first: Int = 5): [Product] }
type Product @key(fields: "upc") {
  upc: String!
  name: String
  price: Int
  weight: Int
}`,
  [INVENTORY]: `
type Product @key(fields: "upc") {
  upc: String!
  weight: Int @external
  price: Int @external
  inStock: Boolean
  shippingEstimate: Int @requires(fields: "price weight")
}`,
};

/** SDL of one subgraph; labelled: with `_label` on every object type and the label specification linked (`directives` is schema/directives.graphql). */
export function sdlOf(name: SubgraphName, labelled: { readonly directives: string } | undefined): string {
  if (labelled === undefined) return `extend schema ${FEDERATION}\n${TYPES[name]}\n`;
  const types = TYPES[name].replace(/^type \w+ @key.*\{$/gm, (opening) => `${opening}\n  _label: Int! @inaccessible @shareable`);
  return `extend schema ${FEDERATION} ${LABEL}\n${labelled.directives}\n${types}\n`;
}
