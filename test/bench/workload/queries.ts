/** The questions asked: the benchmark's own (nested lists, all four subgraphs), a medium one (three calls), a small one (one call). */
export type QueryName = "big" | "medium" | "small";

const FRAGMENTS = `
fragment User on User { id username name }
fragment Review on Review { id body }
fragment Product on Product { inStock name price shippingEstimate upc weight }`;

export const QUERIES: Readonly<Record<QueryName, string>> = {
  big: `query TestQuery {
  users { ...User reviews { ...Review product { ...Product reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } } } }
  topProducts { ...Product reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } }
}${FRAGMENTS}`,
  medium: `query Medium { topProducts(first: 20) { upc name price weight reviews { id body author { id name } } } }`,
  small: `query Small { user(id: "u-02") { id name username } }`,
};

export function bodyOf(query: string): Buffer { return Buffer.from(JSON.stringify({ query })); }
