// A ministry's system asks one question, and stores the answer only where its marking may be kept. Node 20 or later, jose and fetch.
import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { importJWK, SignJWT } from "jose";

const [id, keyFile, issuer, gateway, store] = process.argv.slice(2);
const QUESTION = "{ economyDocuments(first: 50) { totalCount nodes { id reference title { ja en } } } }";
const LEVELS = { PUBLIC: ["U", "公開"], CUI: ["C0", "取扱注意"], CONFIDENTIAL: ["C", "秘"], SECRET: ["S", "極秘"], "TOP SECRET": ["TS", "機密"] };
const must = (holds, why) => { if (!holds) throw new Error(`nothing stored: ${why}`); };

// Who the system is shows its own key: an assertion for this issuer alone, for half a minute and one use. There is no password.
async function fetchToken() {
  const key = JSON.parse(await readFile(keyFile, "utf8"));
  const assertion = await new SignJWT({}).setProtectedHeader({ alg: "EdDSA", typ: "client-authentication+jwt", kid: key.kid }).setIssuer(id).setSubject(id)
    .setAudience(issuer).setIssuedAt().setExpirationTime("30s").setJti(randomUUID()).sign(await importJWK(key, "EdDSA"));
  const fields = { grant_type: "client_credentials", client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", client_assertion: assertion };
  const { access_token: token, error } = await (await fetch(`${issuer}/token`, { method: "POST", body: new URLSearchParams(fields) })).json();
  must(token, `no token (${error})`);
  return token;
}
// Every word of the marking has to be one that the store is accredited for. What this does not understand is not kept.
function check({ marking, withheld } = {}, { level: highest, regimes, readers, body, purpose }) {
  const [, level, rest] = /^\/\/JPN (PUBLIC|CUI|CONFIDENTIAL|SECRET|TOP SECRET)((?:\/\/.+)?)$/.exec(marking?.en) ?? [];
  must(level && Array.isArray(withheld), "no marking, or one that nobody can read");
  must(LEVELS[level].includes(marking.ja?.split("//")[0].replace(/^.*［(.+)］$/, "$1")), "the two languages differ");
  must(Object.keys(LEVELS).indexOf(level) <= Object.keys(LEVELS).indexOf(highest), `${level} is above ${highest}, the level of the store`);
  const listed = (part, word) => (part.startsWith(`${word} `) ? part.slice(word.length + 1).split(/,? /) : []);
  const parts = rest.split("//").slice(1).flatMap((part) => (/^(NTK |FGI\b|CAVEAT |VALID )/.test(part) ? [] : part.split("/")));
  const nations = parts.flatMap((part) => (part === "JPN ONLY" ? ["JPN"] : listed(part, "REL TO")));
  must(level === "PUBLIC" || nations.includes("ALL") || readers.every((reader) => nations.includes(reader)), "it may not go to everybody who reads the store");
  const isKept = (part) => regimes.includes(part) || /^(JPN ONLY$|REL TO |ORCON |DISPLAY ONLY )/.test(part) || listed(part, "DIST").includes(body) || listed(part, "PURPOSE").includes(purpose);
  must(parts.every(isKept), `"${parts.find((part) => !isKept(part))}" is not for this store`);
}
const accreditation = JSON.parse(await readFile(`${store}/accreditation.json`, "utf8"));
const headers = { authorization: `Bearer ${await fetchToken()}`, "content-type": "application/json", "kanmon-purpose": accreditation.purpose };
const { data, errors, extensions } = await (await fetch(gateway, { method: "POST", headers, body: JSON.stringify({ query: QUESTION }) })).json();
must(data && !errors, `refused (${errors?.[0]?.extensions?.code})`);
check(extensions?.release, accreditation);
await writeFile(`${store}/answer.json.part`, JSON.stringify({ ...extensions.release, data }), { mode: 0o600, flush: true });
await rename(`${store}/answer.json.part`, `${store}/answer.json`); // whole or not at all, and never without its marking and what was withheld
