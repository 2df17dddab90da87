/**
 * What a subgraph of the bench answers. Each distinct request body is executed once by graphql-js over Apollo's subgraph schema, so that whatever a
 * planner asks is answered correctly, and kept as bytes: from then on an answer costs one map lookup, and the gateway under test is what is measured.
 */
import { buildSubgraphSchema } from "@apollo/subgraph";
import { execute, GraphQLError, type GraphQLSchema, parse } from "graphql";
import type { Label } from "../../../schema/label";
import { type Product, type Review, shippingEstimate, type Thing, type User, type World } from "./data";
import { ACCOUNTS, INVENTORY, PRODUCTS, REVIEWS, sdlOf, type SubgraphName } from "./schema";

/** The label one subgraph gives to one thing. */
export type LabelOf = (subgraph: SubgraphName, thing: Thing) => Label;
export interface Labelling {
  readonly directives: string;
  readonly labelOf: LabelOf;
  /** Things above the asker. They are answered all the same, for the gateway to withhold, but a page is full without them, as a guarded ministry counts. */
  readonly isAbove: (thing: Thing) => boolean;
}

interface Asked { readonly labels: Label[]; readonly positions: Map<string, number> }
type Resolvers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type Reference = Readonly<Record<string, unknown>>;

/** Distinct bodies kept; the mixed load of the memory run stays far below. */
const KEPT = 20_000;

/** Gives the response's bytes for a request body's: at once when that body was asked before. */
export function answererOf(subgraph: SubgraphName, world: World, labelling: Labelling | undefined): (body: Buffer) => Buffer | Promise<Buffer> {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdlOf(subgraph, labelling)), resolvers: resolversOf(subgraph, world, labelling) as never });
  const kept = new Map<string, Buffer>();
  return (body) => {
    const key = body.toString("latin1");
    const known = kept.get(key);
    if (known !== undefined) return known;
    return answer(schema, JSON.parse(body.toString("utf8")) as Request).then((answered) => {
      const made = Buffer.from(JSON.stringify(answered));
      if (kept.size < KEPT) kept.set(key, made);
      return made;
    });
  };
}

interface Request { readonly query: string; readonly variables?: Readonly<Record<string, unknown>>; readonly operationName?: string }

async function answer(schema: GraphQLSchema, request: Request): Promise<unknown> {
  const asked: Asked = { labels: [], positions: new Map() };
  const result = await execute({ schema, document: parse(request.query), variableValues: request.variables, operationName: request.operationName, contextValue: asked });
  return asked.labels.length === 0 ? result : { ...result, extensions: { labels: asked.labels.map((record) => ({ record })) } };
}

function resolversOf(subgraph: SubgraphName, world: World, labelling: Labelling | undefined): Resolvers {
  const label = labelling === undefined ? {} : { _label: (thing: Thing, _: unknown, asked: Asked) => intern(asked, labelling.labelOf(subgraph, thing)) };
  const user = { ...label, __resolveReference: (reference: Reference) => world.users.get(String(reference["id"])) ?? null };
  const product = { ...label, __resolveReference: (reference: Reference) => world.products.get(String(reference["upc"])) ?? null };
  const review = { ...label, __resolveReference: (reference: Reference) => world.reviews.get(String(reference["id"])) ?? null };
  const reviewsBy = (keep: (each: Review) => boolean): readonly Review[] => [...world.reviews.values()].filter(keep);
  switch (subgraph) {
    case ACCOUNTS: return {
      Query: { me: () => world.users.get("u-01") ?? null, user: (_: unknown, { id }: { id: string }) => world.users.get(id) ?? null, users: () => [...world.users.values()] },
      User: user,
    };
    case PRODUCTS: return {
      Query: { topProducts: (_: unknown, { first }: { first: number }) => page([...world.products.values()], first, labelling?.isAbove) },
      Product: product,
    };
    case INVENTORY: return {
      Product: {
        ...product,
        __resolveReference: (reference: Reference) => { const found = world.products.get(String(reference["upc"])); return found === undefined ? null : { ...found, given: reference }; },
        shippingEstimate: ({ given }: { given: Reference }) => estimate(given),
      },
    };
    case REVIEWS: return {
      Review: { ...review, author: ({ author }: Review) => world.users.get(author) ?? null, product: ({ product: upc }: Review) => world.products.get(upc) ?? null },
      User: { ...user, reviews: ({ id }: User) => reviewsBy((each) => each.author === id) },
      Product: { ...product, reviews: ({ upc }: Product) => reviewsBy((each) => each.product === upc) },
    };
    default: { const never: never = subgraph; throw new RangeError(String(never)); }
  }
}

function page(products: readonly Product[], first: number, isAbove: (thing: Thing) => boolean = () => false): readonly Product[] {
  let left = first;
  return products.filter((product) => left > 0 && (isAbove(product) || left-- > 0));
}

/** A required input that was withheld arrives as null, and an estimate without its inputs is null. */
function estimate(given: Reference): number | null {
  const { price, weight } = given;
  if (price === undefined || weight === undefined) throw new GraphQLError("the representation lacks price or weight");
  return typeof price === "number" && typeof weight === "number" ? shippingEstimate(price, weight) : null;
}

function intern(asked: Asked, label: Label): number {
  const known = asked.positions.get(label.id);
  if (known !== undefined) return known;
  asked.positions.set(label.id, asked.labels.length);
  return asked.labels.push(label) - 1;
}
