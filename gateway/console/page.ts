/**
 * The page at `/` of a demonstration: one HTML text without any external reference, and the headers that let nothing else run or load.
 * Its script and style are allowed by their hashes; it talks to the gateway and to the development issuer only. Served in demo mode alone.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import words from "./words.json";

export interface PageSettings {
  /** Origin of the development issuer, `http://127.0.0.1:4002`. */
  readonly issuer: string;
  readonly personas: readonly { readonly id: string; readonly name: { readonly ja: string; readonly en: string }; readonly purpose: string }[];
  /** Nations the second answer can be made for. */
  readonly partners: readonly string[];
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Response names of the sections of a matter. */
  readonly sections: readonly string[];
  readonly notice: { readonly ja: string; readonly en: string };
}
export interface Page { readonly body: string; readonly headers: Readonly<Record<string, string>> }

/**
 * Makes the page.
 * @param folder where browser.html, browser.css and browser.js lie
 * @throws when the issuer is not an http(s) origin: it becomes part of the content security policy
 */
export function makePage(settings: PageSettings, folder: string): Page {
  const issuer = new URL(settings.issuer).origin;
  const read = (name: string): string => fs.readFileSync(path.join(folder, name), "utf8");
  const parts: Readonly<Record<string, string>> = { STYLE: read("browser.css"), SCRIPT: read("browser.js"), SETTINGS: embed({ ...settings, issuer, words }) };
  const body = read("browser.html").replace(/\{\{(\w+)\}\}/g, (whole, name: string) => parts[name] ?? whole);
  const policy = [
    "default-src 'none'", `script-src ${hashOf(parts["SCRIPT"] ?? "")}`, `style-src ${hashOf(parts["STYLE"] ?? "")}`, "img-src data:", `connect-src 'self' ${issuer}`,
    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
  ].join("; ");
  return {
    body,
    headers: {
      "content-type": "text/html; charset=utf-8", "content-security-policy": policy, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin", "cache-control": "no-store", "permissions-policy": "camera=(), geolocation=(), microphone=()",
    },
  };
}

function hashOf(text: string): string { return `'sha256-${createHash("sha256").update(text).digest("base64")}'`; }

/** JSON inside a script element: `<` would let a text end the element. */
function embed(value: unknown): string { return JSON.stringify(value).replace(/</g, "\\u003c"); }
