import { createHash } from "node:crypto";
import path from "node:path";
import { makePage, type PageSettings } from "../../../gateway/console/page";
import { DEMO_MATTER, MATTER_QUERY, SECTIONS } from "../../../gateway/cli/question";
import data from "../../../gateway/cli/data/personas.json";

const folder = path.join(__dirname, "../../../gateway/console");
const settings: PageSettings = {
  issuer: "http://127.0.0.1:4002/", personas: data.personas, partners: ["USA", "AUS"], query: MATTER_QUERY, variables: { id: DEMO_MATTER }, sections: SECTIONS, notice: data.notice,
};
const page = makePage(settings, folder);
const policy = page.headers["content-security-policy"] ?? "";
const inside = (tag: RegExp): string => tag.exec(page.body)?.[1] ?? "";

test("is one file under 60 kB that refers to nothing outside itself", () => {
  expect(Buffer.byteLength(page.body)).toBeLessThan(60_000);
  expect(page.body).not.toMatch(/\{\{\w+\}\}/);
  const references = [...page.body.matchAll(/(?:src|href|action|url\()\s*=?\s*["'(]?([^"')\s>]+)/g)].map((match) => match[1]);
  expect(references.filter((each) => each?.includes(":") === true && !each.startsWith("data:"))).toEqual([]);
});

test("allows exactly its own script and style, and connections to the gateway and the issuer only", () => {
  const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const script = inside(/<script>([^]*?)<\/script>/);
  const style = inside(/<style>([^]*?)<\/style>/);
  expect(script.length).toBeGreaterThan(1000);
  expect(policy).toContain(`script-src ${hash(script)};`);
  expect(policy).toContain(`style-src ${hash(style)};`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self' http://127.0.0.1:4002;");
  expect(policy).not.toMatch(/unsafe|\*/);
});

test("keeps nothing in the browser and never makes markup of an answer", () => {
  expect(page.body).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie|innerHTML|insertAdjacentHTML|outerHTML|document\.write|\beval\(/);
});

test("embeds texts so that none can end the element they lie in", () => {
  const attacked = makePage({ ...settings, notice: { ja: "</script><script>alert(1)</script>", en: "x" } }, folder);
  expect(attacked.body.match(/<script/g)).toHaveLength(2);
  expect(JSON.parse(/<script type="application\/json" id="settings">([^]*?)<\/script>/.exec(attacked.body)?.[1] ?? "")).toMatchObject({ notice: { ja: "</script><script>alert(1)</script>" } });
});

test("refuses an issuer that is not a URL", () => {
  expect(() => makePage({ ...settings, issuer: "'unsafe-inline'" }, folder)).toThrow();
});

test("carries the frame text of every demonstration and has both languages for every word", () => {
  const embedded = JSON.parse(inside(/<script type="application\/json" id="settings">([^]*?)<\/script>/)) as { words: Record<string, { ja: string; en: string }>; notice: unknown };
  expect(embedded.notice).toEqual(data.notice);
  for (const word of Object.values(embedded.words)) { expect(word.ja).not.toBe(""); expect(word.en).not.toBe(""); }
  const used = [...page.body.matchAll(/say\("(\w+)"/g)].map((match) => match[1] ?? "");
  expect(used.filter((key) => !(key in embedded.words))).toEqual([]);
  expect(used.length).toBeGreaterThan(10);
});
