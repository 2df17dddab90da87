/** The web server of published files (SPEC 18.12): three names to anybody, and nothing else to anybody. */
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { FILES, makeEdition, PAGE_FILE } from "../../../../gateway/cli/publication/edition";
import { keepEdition } from "../../../../gateway/cli/publication/keep";
import { type RunningSite, startSite } from "../../../../gateway/cli/publication/site";
import { reportOf } from "./published";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-site-"));
const folder = path.join(root, "public");
let site: RunningSite;
beforeAll(async () => { site = await startSite(folder, "127.0.0.1", 0); });
afterAll(async () => { await site.stop(); fs.rmSync(root, { recursive: true, force: true }); });

const get = (at: string, init: RequestInit = {}): Promise<Response> => fetch(`http://127.0.0.1:${site.port}${at}`, init);
/** As a client that does not tidy its path. */
const raw = (head: string): Promise<string> => new Promise((resolve, reject) => {
  let text = "";
  net.connect(site.port, "127.0.0.1", function (this: net.Socket) { this.end(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n`); }).on("data", (chunk) => { text += chunk.toString(); }).once("close", () => { resolve(text); }).once("error", reject);
});

test("has nothing before anything was published", async () => { for (const at of ["/", "/figures.json", "/figures.csv"]) expect([at, (await get(at)).status]).toEqual([at, 404]); });

test("then hands each file to anybody, as it lies there, with headers that let nothing run", async () => {
  keepEdition(folder, [reportOf("2024")]);
  const edition = makeEdition([reportOf("2024")]);
  for (const name of FILES) {
    const answer = await get(`/${name}`);
    expect([name, answer.status, Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(edition[name]))]).toEqual([name, 200, true]);
    expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  }
  expect(await (await get("/")).text()).toBe(edition[PAGE_FILE]);
  const head = await get("/?a=b", { method: "HEAD" });
  expect([head.status, Number(head.headers.get("content-length")), await head.text()]).toEqual([200, Buffer.byteLength(edition[PAGE_FILE]), ""]);
});

test("answers everything else alike, whether there is such a file or not", async () => {
  fs.writeFileSync(path.join(folder, "draft.json"), "{}");
  fs.writeFileSync(path.join(folder, ".figures.json.part"), "{");
  fs.writeFileSync(path.join(root, "secret"), "x");
  const texts = await Promise.all(["/draft.json", "/.figures.json.part", "/../secret", "/%2e%2e/secret", "//figures.json", "/figures.json/", "/FIGURES.JSON", "/nothing", "/graphql", "http://x/figures.json"].map((at) => raw(`GET ${at} HTTP/1.1`)));
  const plain = texts.map((text) => text.replace(/^Date: .*$/m, ""));
  expect(new Set(plain).size).toBe(1);
  expect(plain[0]).toMatch(/^HTTP\/1\.1 404 /);
});

test("takes nothing from anybody", async () => {
  for (const method of ["POST", "PUT", "DELETE"]) expect([method, (await get("/figures.json", { method })).status]).toEqual([method, 405]);
});
