/**
 * What `bench:ministry` asks: lists, filters, sorts, search, counts and pages as a ministry is asked for them, and for each the plain query that somebody would write on tables that
 * hold nothing but what is visible. The plain ones are written here and not derived from the kit, so that they owe it nothing.
 */
import type { DocumentPageArgs } from "../../subgraphs/kit/graph/filters";

/** Where a later page begins, found by asking for the rows before it. */
export interface Place { readonly cursor: string; readonly id: string; readonly reference: string }
export interface Facts { readonly middle: Place; readonly newest: Place; readonly reference: string; readonly matter: string; readonly ids: readonly string[] }
export interface Question {
  readonly name: string;
  readonly part: "page" | "count";
  readonly args: (facts: Facts) => DocumentPageArgs;
  readonly matter?: (facts: Facts) => string;
  readonly plain: (facts: Facts) => Plain;
}
export interface Plain { readonly text: string; readonly values: readonly unknown[] }

export const PAGE = 20;
const content = "LEFT JOIN content ON content.id = d.id";
const title = "LEFT JOIN portion title ON title.record_id = d.id AND title.name = 'title'";
const searched = "d.id IN (SELECT p.record_id FROM portion p WHERE p.ja ILIKE $1 OR p.en ILIKE $1)";
/** Two characters, as is usual in Japanese: they stand in one of fifty texts. */
const JAPANESE = "\u3044\u3046";

interface Wanted { readonly joins?: string; readonly where?: string; readonly order?: string; readonly values?: readonly unknown[]; readonly sorts?: string; readonly outer?: string }

/** The rows of a page are found first, then shown: anybody would write it so. */
function page({ joins = "", where = "TRUE", order = "d.id", values = [], sorts = "", outer = "d.id" }: Wanted): Plain {
  return { text: `SELECT d.* FROM (SELECT d.id AS page_id${sorts} FROM record d ${joins} WHERE ${where} ORDER BY ${order} LIMIT ${PAGE + 1}) page JOIN document d ON d.id = page.page_id ORDER BY ${outer}`, values };
}

function count({ joins = "", where = "TRUE", values = [] }: Wanted): Plain {
  return { text: `SELECT count(*) FROM record d ${joins} WHERE ${where}`, values };
}

interface Asked { readonly name: string; readonly args: Question["args"]; readonly matter?: Question["matter"]; readonly wanted: (facts: Facts) => Wanted; readonly parts?: readonly Question["part"][] }

const byReference = { joins: content, order: "content.reference DESC NULLS LAST, d.id", sorts: ", content.reference AS sort_0", outer: "page.sort_0 DESC NULLS LAST, d.id" } as const;
const byTitle = { joins: title, order: "title.en ASC NULLS LAST, d.id", sorts: ", title.en AS sort_0", outer: "page.sort_0 ASC NULLS LAST, d.id" } as const;
const pages = ["page"] as const;

const ASKED: readonly Asked[] = [
  { name: "list", args: () => ({ first: PAGE }), wanted: () => ({}), parts: ["page", "count"] },
  { name: "list, last page", args: () => ({ last: PAGE }), wanted: () => ({ order: "d.id DESC", outer: "d.id DESC" }), parts: pages },
  { name: "list, a page in the middle", args: ({ middle }) => ({ first: PAGE, after: middle.cursor }), wanted: ({ middle }) => ({ where: "d.id > $1", values: [middle.id] }), parts: pages },
  { name: "newest first", args: () => ({ first: PAGE, orderBy: [{ field: "REFERENCE", direction: "DESC" }] }), wanted: () => byReference, parts: pages },
  { name: "newest first, a later page", args: ({ newest }) => ({ first: PAGE, after: newest.cursor, orderBy: [{ field: "REFERENCE", direction: "DESC" }] }), parts: pages,
    wanted: ({ newest }) => ({ ...byReference, where: "(content.reference < $1 OR content.reference IS NULL OR (content.reference = $1 AND d.id > $2))", values: [newest.reference, newest.id] }) },
  { name: "by title", args: () => ({ first: PAGE, orderBy: [{ field: "TITLE_EN", direction: "ASC" }] }), wanted: () => byTitle, parts: pages },
  { name: "one reference", args: ({ reference }) => ({ first: PAGE, filter: { reference: { eq: reference } } }), wanted: ({ reference }) => ({ joins: content, where: "content.reference = $1", values: [reference] }), parts: ["page", "count"] },
  { name: "a kind that many have", args: () => ({ first: PAGE, filter: { kind: { eq: "REPORT" } } }), wanted: () => ({ joins: content, where: "content.kind = $1", values: ["REPORT"] }), parts: ["page", "count"] },
  { name: "a kind, newest first", args: () => ({ first: PAGE, filter: { kind: { eq: "PLAN" } }, orderBy: [{ field: "REFERENCE", direction: "DESC" }] }), parts: pages,
    wanted: () => ({ ...byReference, where: "content.kind = $1", values: ["PLAN"] }) },
  { name: "a title that contains", args: () => ({ first: PAGE, filter: { title: { en: { contains: "kami 12" } } } }), wanted: () => ({ joins: title, where: "title.en ILIKE $1", values: ["%kami 12%"] }), parts: ["page", "count"] },
  { name: "search", args: () => ({ first: PAGE, filter: { search: "Q1234 " } }), wanted: () => ({ where: searched, values: ["%Q1234 %"] }), parts: ["page", "count"] },
  { name: "search in Japanese", args: () => ({ first: PAGE, filter: { search: JAPANESE } }), wanted: () => ({ where: searched, values: [`%${JAPANESE}%`] }), parts: ["page", "count"] },
  { name: "records of a matter", args: () => ({ first: PAGE }), matter: ({ matter }) => matter, wanted: ({ matter }) => ({ where: "d.matter_id = $1", values: [matter] }), parts: ["page", "count"] },
  { name: "records by id", args: ({ ids }) => ({ first: PAGE, filter: { id: { in: ids } } }), wanted: ({ ids }) => ({ where: "d.id = ANY($1::text[])", values: [ids] }), parts: pages },
];

/** Every question, each of its parts by itself. */
export const QUESTIONS: readonly Question[] = ASKED.flatMap(({ name, args, matter, wanted, parts = pages }) => parts.map((part): Question =>
  ({ name, part, args, ...(matter === undefined ? {} : { matter }), plain: (facts) => (part === "page" ? page(wanted(facts)) : count(wanted(facts))) })));
