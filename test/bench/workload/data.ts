/**
 * The data of the bench: invented people, goods and opinions, made by arithmetic so that every process has the same. `known` has the proportions of the
 * well-known benchmark: 6 users, 9 products, 11 reviews with long texts, each met many times over in an answer of about 87 kB. `wide` answers the same
 * question with as many bytes, but of 106 things with short texts, met about twice each: more objects, more labels, less text.
 */
export type Size = "known" | "wide";
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
interface Proportions {
  readonly users: number; readonly products: number;
  /** Author and product of each review, counted from 0. */
  readonly reviews: readonly (readonly [author: number, product: number])[];
  readonly bodyOf: (at: number) => string;
}
const SIZES: Readonly<Record<Size, Proportions>> = {
  known: {
    users: 6, products: 9, reviews: [[0, 0], [0, 1], [1, 2], [1, 0], [2, 2], [2, 0], [3, 1], [3, 2], [4, 0], [5, 1], [5, 3]],
    bodyOf: (at) => range(7).map((offset) => pick(OPINIONS, at * 5 + offset)).join(" "),
  },
  // 48 reviews over 40 products: some have two, six have none.
  wide: {
    users: 12, products: 46, reviews: range(48).map((at) => [(at * 5) % 12, (at * 7) % 40]),
    bodyOf: (at) => `${pick(OPINIONS, at * 5 + Math.floor(at / 12))} ${pick(OPINIONS, at + 2).slice(0, 14)}.`,
  },
};

/** @param keep which things exist; a thing that does not is dropped from every list and is null where it was referred to */
export function makeWorld(size: Size, keep: (thing: Thing) => boolean = () => true): World {
  const { users: userCount, products: productCount, reviews: links, bodyOf } = SIZES[size];
  const users = range(userCount).map((at): User => ({
    __typename: "User", id: id("u", at), name: `${pick(FIRST, at)} ${pick(LAST, at)}`, username: `@${pick(FIRST, at).toLowerCase()}.${pick(LAST, at).toLowerCase()}`, birthday: 19_500_101 + at * 30_107,
  }));
  const products = range(productCount).map((at): Product => ({
    __typename: "Product", upc: id("p", at), name: `${pick(ADJECTIVES, at)} ${pick(NOUNS, at * 3 + Math.floor(at / 7))}`, price: 300 + ((at * 373) % 1900), weight: 40 + ((at * 97) % 900), inStock: at % 3 !== 0,
  }));
  const reviews = links.map(([author, product], at): Review => ({ __typename: "Review", id: id("r", at), body: bodyOf(at), author: id("u", author), product: id("p", product) }));
  return { users: index(users.filter(keep)), products: index(products.filter(keep)), reviews: index(reviews.filter(keep)) };
}

export function keyOf(thing: Thing): string { return thing.__typename === "Product" ? thing.upc : thing.id; }

/** What the inventory charges for sending; from inputs that come with the representation. */
export function shippingEstimate(price: number, weight: number): number { return price > 1000 ? 0 : Math.round(weight * 0.5); }

function index<T extends Thing>(things: readonly T[]): ReadonlyMap<string, T> { return new Map(things.map((thing) => [keyOf(thing), thing])); }
function range(size: number): readonly number[] { return Array.from({ length: size }, (_, at) => at); }
function id(prefix: string, at: number): string { return `${prefix}-${String(at + 1).padStart(2, "0")}`; }
function pick<T>(list: readonly T[], at: number): T { const found = list[at % list.length]; if (found === undefined) throw new RangeError("empty list"); return found; }
