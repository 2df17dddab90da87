/**
 * The data of the benchmark: invented people, goods and opinions, made by arithmetic so that every process has the same. Sizes are chosen so that
 * the benchmark's question is answered with about 87 kB and touches about two hundred (subgraph, object) pairs, each of which can carry a label.
 */
export interface User { readonly __typename: "User"; readonly id: string; readonly name: string; readonly username: string; readonly birthday: number }
export interface Product { readonly __typename: "Product"; readonly upc: string; readonly name: string; readonly price: number; readonly weight: number; readonly inStock: boolean }
export interface Review { readonly __typename: "Review"; readonly id: string; readonly body: string; readonly author: string; readonly product: string }
export type Thing = User | Product | Review;
export interface World {
  readonly users: ReadonlyMap<string, User>;
  readonly products: ReadonlyMap<string, Product>;
  readonly reviews: ReadonlyMap<string, Review>;
}

const FIRST = ["Aoi", "Haru", "Kei", "Mina", "Nao", "Ren", "Rio", "Sora", "Tomo", "Yui", "Yuki", "Zen"];
const LAST = ["Hoshimi", "Kazamori", "Mizuhara", "Tsukioka"];
const ADJECTIVES = ["folding", "lacquered", "quiet", "sturdy", "woven", "compact", "bright"];
const NOUNS = ["desk lamp", "tea tray", "umbrella", "bookshelf", "lunch box", "wall clock", "stool"];
const OPINIONS = [
  "Arrived a day early and looks exactly like the picture.", "The finish scratches easily, but it does its work every morning.",
  "Bought a second one for the office; colleagues keep asking about it.", "Too heavy to carry up the stairs alone, otherwise faultless.",
  "After a year of daily use nothing is loose and nothing creaks.", "The manual is thin, though there is little one could do wrong.",
];
const USERS = 12;
const PRODUCTS = 46;
const REVIEWS = 48;

/** @param keep which things exist; a thing that does not is dropped from every list and is null where it was referred to */
export function makeWorld(keep: (thing: Thing) => boolean = () => true): World {
  const users = range(USERS).map((at): User => ({
    __typename: "User", id: id("u", at), name: `${pick(FIRST, at)} ${pick(LAST, at)}`, username: `@${pick(FIRST, at).toLowerCase()}.${pick(LAST, at).toLowerCase()}`, birthday: 19_500_101 + at * 30_107,
  }));
  const products = range(PRODUCTS).map((at): Product => ({
    __typename: "Product", upc: id("p", at), name: `${pick(ADJECTIVES, at)} ${pick(NOUNS, at * 3 + Math.floor(at / 7))}`, price: 300 + ((at * 373) % 1900), weight: 40 + ((at * 97) % 900), inStock: at % 3 !== 0,
  }));
  // 48 reviews over 40 products: some have two, six have none.
  const reviews = range(REVIEWS).map((at): Review => ({
    __typename: "Review", id: id("r", at), body: `${pick(OPINIONS, at * 5 + Math.floor(at / 12))} ${pick(OPINIONS, at + 2).slice(0, 14)}.`, author: id("u", (at * 5) % USERS), product: id("p", (at * 7) % 40),
  }));
  return { users: index(users.filter(keep)), products: index(products.filter(keep)), reviews: index(reviews.filter(keep)) };
}

export function keyOf(thing: Thing): string { return thing.__typename === "Product" ? thing.upc : thing.id; }

/** What the inventory charges for sending; from inputs that come with the representation. */
export function shippingEstimate(price: number, weight: number): number { return price > 1000 ? 0 : Math.round(weight * 0.5); }

function index<T extends Thing>(things: readonly T[]): ReadonlyMap<string, T> { return new Map(things.map((thing) => [keyOf(thing), thing])); }
function range(size: number): readonly number[] { return Array.from({ length: size }, (_, at) => at); }
function id(prefix: string, at: number): string { return `${prefix}-${String(at + 1).padStart(2, "0")}`; }
function pick<T>(list: readonly T[], at: number): T { const found = list[at % list.length]; if (found === undefined) throw new RangeError("empty list"); return found; }
