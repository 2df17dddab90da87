/**
 * A federation with one of everything: abstract types, `@interfaceObject`, `@requires` with arguments, `@provides`, `@override`, keys of every kind,
 * lists of lists, shared value types, mutations. The same objects serve the subgraphs and the monolith.
 */
import { buildMonolith, type SubgraphSpec } from "./federation";

const RATES: Readonly<Record<string, number>> = { JPY: 1, USD: 0.01, EUR: 0.008, GBP: 0.007 };
type Reference = Readonly<Record<string, unknown>>;
interface Item { readonly __typename: "Item"; readonly sku: string; readonly base: number | null; readonly price: (args: { currency?: string | null }) => number | null; readonly stock: number; readonly size: { w: number; h: number } | null }
const makeItem = (sku: string, base: number | null, stock: number, size: Item["size"]): Item => ({
  __typename: "Item", sku, base, stock, size, price: ({ currency }) => (base === null ? null : base * (RATES[currency ?? "JPY"] ?? Number.NaN)),
});
export const items: readonly Item[] = [makeItem("i1", 1000, 3, { w: 1, h: 2 }), makeItem("i2", null, 0, null), makeItem("i3", 250, 9, { w: 5, h: 6 })];
const [i1, i2, i3] = items;
export const media = [
  { __typename: "Book", id: "m1", title: "Kokoro", pages: 200, code: "978", rating: 5, fans: ["c1", "c2"] },
  { __typename: "Film", id: "m2", title: null, pages: 90, code: 12, rating: null, fans: [] },
  { __typename: "Book", id: "m3", title: "Botchan", pages: null, code: "979", rating: 2, fans: null },
];
export const customers = [{ id: "c1", name: "Aki", tier: "GOLD" }, { id: "c2", name: "Bo", tier: null }];
export const orders = [
  { uid: "o1", region: "kanto", number: 1, customer: "c1", paid: true, eta: 2, lines: [[i1, null], [i3]], note: { ja: "\u6025\u304e", en: "urgent" } },
  { uid: "o2", region: "kansai", number: 1, customer: "c2", paid: false, eta: null, lines: [], note: null },
  { uid: "o3", region: "kanto", number: 2, customer: "gone", paid: null, eta: 9, lines: null, note: { ja: null, en: "late" } },
];
export const parcels = [{ order: "o1", index: 0, grams: 10, seal: "s-1" }, { order: "o1", index: 1, grams: null, seal: "s-2" }, { order: "o2", index: 0, grams: 3, seal: null }];
export const counter = { value: 0, log: [] as string[] };

const findOrder = (reference: Reference): (typeof orders)[number] | null => orders.find((order) => (reference["uid"] === undefined
  ? order.region === reference["region"] && order.number === reference["number"] : order.uid === reference["uid"])) ?? null;
const findItem = (reference: Reference): Item | null => items.find((item) => item.sku === reference["sku"]) ?? null;
const customerOf = (id: string): (typeof customers)[number] | null => customers.find((customer) => customer.id === id) ?? null;
const orderOf = (parcel: { order: string }): (typeof orders)[number] | null => orders.find((order) => order.uid === parcel.order) ?? null;
const tax = (price: unknown): number | null => (typeof price === "number" ? Math.round(price * 10) / 100 : null);
const summarise = (usdTax: unknown, gbp: unknown): string => `${String(usdTax)}/${String(gbp)}`;
const print = (name: string, value: unknown): string => `${name} ${String(value)}`;
const describe = (size: unknown): string => JSON.stringify(size ?? null);
const bump = (_: unknown, { by }: { by: number }): typeof counter => { counter.value += by; counter.log.push(`bump ${by}`); return { ...counter, log: [...counter.log] }; };
const note = (_: unknown, { text }: { text: string }): string[] => { counter.log.push(text); return [...counter.log]; };

export const specs: readonly SubgraphSpec[] = [
  { name: "catalog", sdl: `
      type Query { items: [Item] item(sku: ID!): Item things: [Thing] thing: Thing grid: [[Item]] cube: [[[Item!]]!] colour(c: Colour = RED, mix: Mix): Colour json: Json echo(mix: Mix, many: [Mix!]): String }
      type Item @key(fields: "sku") { sku: ID! price(currency: String = "JPY"): Float stock: Int size: Size @shareable plain: Float @external ticket: String @requires(fields: "plain") }
      type Size { w: Int @shareable } union Thing = Item | Book | Nothing type Nothing { why: String! }
      type Book @key(fields: "id", resolvable: false) { id: ID! } enum Colour { RED GREEN BLUE } input Mix { a: Colour! b: Int = 7 deep: Mix } scalar Json
      type Mutation { bump(by: Int!): Counter } type Counter { value: Int log: [String] query: Query }`,
    resolvers: {
      Query: {
        items: () => items, item: (_: unknown, args: Reference) => findItem(args), things: () => [i1, { __typename: "Book", id: "m1" }, null, { __typename: "Nothing", why: "none" }],
        thing: () => ({ __typename: "Book", id: "m3" }), grid: () => [[i1, null], null, [i3, i1]], cube: () => [[[i1], [i3, i1]], [null]],
        colour: (_: unknown, { c }: { c: string }) => c, json: () => ({ a: [1, { __proto__: 2 }], b: null }), echo: (_: unknown, args: unknown) => JSON.stringify(args),
      },
      Item: { __resolveReference: (reference: Reference) => ({ ...findItem(reference), ...reference }), ticket: (item: Reference) => print("ticket", item["plain"]) }, Mutation: { bump }, Counter: { query: () => ({}) },
    } },
  { name: "tax", sdl: `
      type Item @key(fields: "sku") { sku: ID! price(currency: String = "JPY"): Float @external size: Size @external plain: Float @requires(fields: "price")
        usdTax: Float @requires(fields: "price(currency: \\"USD\\")") eurTax: Float @requires(fields: "price(currency: \\"EUR\\")") packed: String @requires(fields: "size { w }") }
      type Size { w: Int @external }`,
    resolvers: { Item: {
      __resolveReference: (reference: Reference) => reference,
      plain: (item: Reference) => tax(item["price"]), usdTax: (item: Reference) => tax(item["price"]), eurTax: (item: Reference) => tax(item["price"]),
      packed: (item: Reference) => describe(item["size"]),
    } } },
  { name: "warehouse", sdl: `
      type Item @key(fields: "sku") { sku: ID! stock: Int @override(from: "catalog") size: Size @shareable usdTax: Float @external price(currency: String = "JPY"): Float @external
        summary: String @requires(fields: "usdTax price(currency: \\"GBP\\")") ticket: String @external stamp: String @requires(fields: "ticket") } type Size { h: Int @shareable }
      type Query { counted: Int } type Mutation { note(text: String!): [String] }`,
    resolvers: { Item: { __resolveReference: (reference: Reference) => ({ ...findItem(reference), ...reference }), summary: (item: Reference) => summarise(item["usdTax"], item["price"]), stamp: (item: Reference) => print("stamp", item["ticket"]) }, Mutation: { note }, Query: { counted: () => counter.value } } },
  { name: "library", sdl: `
      type Query { media: [Media] medium(id: ID!): Media! } interface Media @key(fields: "id") { id: ID! title: String }
      type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int code: String } type Film implements Media @key(fields: "id") { id: ID! title: String pages: Int! code: Int }`,
    resolvers: {
      Query: { media: () => media, medium: (_: unknown, { id }: { id: string }) => media.find((medium) => medium.id === id) },
      Media: { __resolveReference: ({ id }: { id: string }) => media.find((medium) => medium.id === id) ?? null },
      Book: { __resolveReference: ({ id }: { id: string }) => media.find((medium) => medium.id === id) ?? null },
      Film: { __resolveReference: ({ id }: { id: string }) => media.find((medium) => medium.id === id) ?? null },
    } },
  { name: "ratings", sdl: `
      type Query { rated(above: Int = 0): [Media!] } type Media @key(fields: "id") @interfaceObject { id: ID! rating(scale: Int = 1): Int fans: [Customer!] }
      type Customer @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Query: { rated: (_: unknown, { above }: { above: number }) => media.filter((medium) => (medium.rating ?? 0) > above).map(({ id }) => ({ id })) },
      Media: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        rating: ({ id }: { id: string }, { scale }: { scale: number }) => { const rating = media.find((medium) => medium.id === id)?.rating; return rating === null || rating === undefined ? null : rating * scale; },
        fans: ({ id }: { id: string }) => media.find((medium) => medium.id === id)?.fans?.map((fan) => ({ id: fan })) ?? null,
      },
    } },
  { name: "crm", sdl: `type Query { customers: [Customer!]! } type Customer @key(fields: "id") { id: ID! name: String! @shareable tier: String orders: [Order!]! } type Order @key(fields: "uid") { uid: ID! }`,
    resolvers: {
      Query: { customers: () => customers },
      Customer: { __resolveReference: ({ id }: { id: string }) => customerOf(id), orders: ({ id }: { id: string }) => orders.filter((order) => order.customer === id).map(({ uid }) => ({ uid })) },
    } },
  { name: "orders", sdl: `
      type Query { orders: [Order!]! order(region: String!, number: Int!): Order } type Order @key(fields: "uid") @key(fields: "region number") { uid: ID! region: String! number: Int! customer: Customer lines: [[Line]] note: Words parcels: [Parcel!] }
      type Line { item: Item } type Item @key(fields: "sku", resolvable: false) { sku: ID! } type Words @shareable { ja: String en: String }
      type Customer @key(fields: "id") { id: ID! name: String! @external } type Parcel @key(fields: "order { uid } index") { order: Order! index: Int! grams: Int }
      extend type Query { vip: Customer @provides(fields: "name") }`,
    resolvers: {
      Query: { orders: () => orders, order: (_: unknown, args: Reference) => findOrder(args), vip: () => customers[0] },
      Order: {
        __resolveReference: findOrder, customer: (order: { customer: string }) => ({ id: order.customer }),
        lines: (order: (typeof orders)[number]) => order.lines?.map((row) => row.map((item) => (item === null ? null : { item }))) ?? null,
        parcels: (order: { uid: string }) => parcels.filter((parcel) => parcel.order === order.uid),
      },
      Parcel: { order: orderOf },
    } },
  { name: "billing", sdl: `type Order @key(fields: "uid") { uid: ID! paid: Boolean }`, resolvers: { Order: { __resolveReference: findOrder } } },
  { name: "shipping", sdl: `
      type Order @key(fields: "region number") { region: String! number: Int! uid: ID! eta: Int }
      type Parcel @key(fields: "order { uid } index") { order: Order! index: Int! seal: String }`,
    resolvers: {
      Order: { __resolveReference: findOrder },
      Parcel: { __resolveReference: (reference: { order: { uid: string }; index: number }) => { const found = parcels.find((parcel) => parcel.order === reference.order.uid && parcel.index === reference.index); return found === undefined ? null : { ...found, order: findOrder(reference.order) }; } },
    } },
];

export const monolith = buildMonolith(`
  type Query { items: [Item] item(sku: ID!): Item things: [Thing] thing: Thing grid: [[Item]] cube: [[[Item!]]!] colour(c: Colour = RED, mix: Mix): Colour json: Json echo(mix: Mix, many: [Mix!]): String
    media: [Media] medium(id: ID!): Media! rated(above: Int = 0): [Media!] customers: [Customer!]! orders: [Order!]! order(region: String!, number: Int!): Order vip: Customer counted: Int }
  type Mutation { bump(by: Int!): Counter note(text: String!): [String] } type Counter { value: Int log: [String] query: Query }
  type Item { sku: ID! price(currency: String = "JPY"): Float stock: Int size: Size plain: Float usdTax: Float eurTax: Float packed: String summary: String ticket: String stamp: String }
  type Size { w: Int h: Int } union Thing = Item | Book | Nothing type Nothing { why: String! } # In the order of names, as in a view.
  enum Colour { BLUE GREEN RED } input Mix { a: Colour! b: Int = 7 deep: Mix } scalar Json
  interface Media { id: ID! title: String rating(scale: Int = 1): Int fans: [Customer!] }
  type Book implements Media { id: ID! title: String pages: Int code: String rating(scale: Int = 1): Int fans: [Customer!] }
  type Film implements Media { id: ID! title: String pages: Int! code: Int rating(scale: Int = 1): Int fans: [Customer!] }
  type Customer { id: ID! name: String! tier: String orders: [Order!]! }
  type Order { uid: ID! region: String! number: Int! customer: Customer lines: [[Line]] note: Words parcels: [Parcel!] paid: Boolean eta: Int }
  type Line { item: Item } type Words { ja: String en: String } type Parcel { order: Order! index: Int! grams: Int seal: String }`, {
  Query: {
    items: () => items, item: (_, args: Reference) => findItem(args), things: () => [i1, media[0], null, { __typename: "Nothing", why: "none" }], thing: () => media[2],
    grid: () => [[i1, null], null, [i3, i1]], cube: () => [[[i1], [i3, i1]], [null]], colour: (_, { c }: { c: string }) => c, json: () => ({ a: [1, { __proto__: 2 }], b: null }),
    echo: (_, args) => JSON.stringify(args), media: () => media, medium: (_, { id }: { id: string }) => media.find((medium) => medium.id === id),
    rated: (_, { above }: { above: number }) => media.filter((medium) => (medium.rating ?? 0) > above), customers: () => customers, orders: () => orders,
    order: (_, args: Reference) => findOrder(args), vip: () => customers[0], counted: () => counter.value,
  },
  Mutation: { bump, note }, Counter: { query: () => ({}) },
  Item: {
    plain: (item: Item) => tax(item.price({})), usdTax: (item: Item) => tax(item.price({ currency: "USD" })), eurTax: (item: Item) => tax(item.price({ currency: "EUR" })),
    packed: (item: Item) => describe(item.size === null ? null : { w: item.size.w }), summary: (item: Item) => summarise(tax(item.price({ currency: "USD" })), item.price({ currency: "GBP" })),
    ticket: (item: Item) => print("ticket", tax(item.price({}))), stamp: (item: Item) => print("stamp", print("ticket", tax(item.price({})))),
  },
  ...Object.fromEntries(["Book", "Film"].map((name) => [name, {
    rating: (medium: (typeof media)[number], { scale }: { scale: number }) => (medium.rating === null ? null : medium.rating * scale),
    fans: (medium: (typeof media)[number]) => medium.fans?.map(customerOf) ?? null,
  }])),
  Customer: { orders: (customer: { id: string }) => orders.filter((order) => order.customer === customer.id) },
  Order: {
    customer: (order: { customer: string }) => customerOf(order.customer) ?? { id: order.customer },
    lines: (order: (typeof orders)[number]) => order.lines?.map((row) => row.map((item) => (item === null ? null : { item }))) ?? null,
    parcels: (order: { uid: string }) => parcels.filter((parcel) => parcel.order === order.uid),
  },
  Parcel: { order: orderOf },
});
void i2;
