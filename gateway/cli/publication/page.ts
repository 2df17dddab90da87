/**
 * The public page (SPEC 18.11): one HTML text in both languages, without script and without anything from elsewhere; its own policy lets nothing else load, whoever serves it. Takes reports; every word from them is escaped.
 */
import { createHash } from "node:crypto";
import words from "../data/publication-words.json";
import type { Bilingual, Figure, NamedReport } from "./edition";

export interface PageParts { readonly notice: Bilingual; readonly marking: Bilingual; readonly files: readonly string[] }

const LANGS = ["ja", "en"] as const;
type Lang = (typeof LANGS)[number];

const STYLE = "body{margin:0 auto;max-width:70rem;padding:0 1rem 1rem;color:#1a1a1c;background:#fff;font:1rem/1.6 \"Noto Sans JP\",\"Hiragino Sans\",\"Yu Gothic UI\",system-ui,sans-serif}"
  + ".notice{margin:0 -1rem;padding:.3rem 1rem;background:#ffc700;text-align:center;font-weight:700;border:2px dashed #1a1a1c;border-width:2px 0}"
  + "h1{margin:1.25rem 0 0;font-size:1.6rem;line-height:1.3}h2{margin:1.5rem 0 .25rem;font-size:1.15rem}.quiet{color:#52525b}p{margin:.25rem 0}"
  + "table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{padding:.2rem .6rem;border:1px solid #8c8c99;text-align:left;vertical-align:top}td:last-child{text-align:right;white-space:nowrap}";

/** What the page allows: its own style. `frame-ancestors` counts only as a header, which a server adds (`site.ts`). */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'`;

/** Makes the page. */
export function makePage(reports: readonly NamedReport[], { notice, marking, files }: PageParts): string {
  const frame = `<p class="notice">${both(notice)}</p>`;
  return [
    "<!doctype html>", '<html lang="ja">', "<head>", '<meta charset="utf-8">', `<meta http-equiv="Content-Security-Policy" content="${escape(PAGE_POLICY)}">`, '<meta name="referrer" content="no-referrer">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">', `<title>${escape(words.title.ja)} / ${escape(words.title.en)}</title>`, `<style>${STYLE}</style>`, "</head>", "<body>",
    frame, `<p class="quiet">${both(marking)}</p>`, ...LANGS.flatMap((lang) => partOf(reports, lang, files)), frame, "</body>", "</html>", "",
  ].join("\n");
}

function partOf(reports: readonly NamedReport[], lang: Lang, files: readonly string[]): readonly string[] {
  const links = files.map((file) => `<a href="${escape(file)}">${escape(file)}</a>`).join(" ");
  return [
    `<main lang="${lang}">`, `<h1>${escape(words.title[lang])}</h1>`, `<p class="quiet">${escape(words.intro[lang])}</p>`, `<p>${escape(words.files[lang])}: ${links}</p>`,
    ...(reports.length === 0 ? [`<p>${escape(words.none[lang])}</p>`] : reports.flatMap((report) => tableOf(report, lang))), "</main>",
  ];
}

function tableOf({ year, name, publishedOn, figures }: NamedReport, lang: Lang): readonly string[] {
  const heads = [words.measure, words.regime, words.item, words.figure].map((head) => `<th>${escape(head[lang])}</th>`).join("");
  return [
    `<h2>${escape(name[lang])} ${escape(words.yearOf[lang].replace("{year}", year))}</h2>`, `<p class="quiet">${escape(words.publishedOn[lang])}: <time>${escape(publishedOn)}</time></p>`,
    `<table><thead><tr>${heads}</tr></thead><tbody>`, ...figures.map((figure) => rowOf(figure, lang)), "</tbody></table>",
  ];
}

function rowOf({ measure, regime, item, atLeast }: Figure, lang: Lang): string {
  const cells = [wordOf(words.measures, measure, lang), wordOf(words.regimes, regime, lang), item === "ALL" ? "" : item === "" ? words.noItem[lang] : item, atLeast === null ? "X" : String(atLeast)];
  return `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join("")}</tr>`;
}

/** The word for a code; a code without one stands for itself. */
function wordOf(known: Readonly<Record<string, Bilingual>>, code: string, lang: Lang): string { return known[code]?.[lang] ?? code; }

function both({ ja, en }: Bilingual): string { return `<span lang="ja">${escape(ja)}</span> / <span lang="en">${escape(en)}</span>`; }

function escape(text: string): string { return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`); }
