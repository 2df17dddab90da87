/**
 * Who gets what: every persona of the demo against every record and portion of all ministries, worked out by a second, naive
 * reading of SPEC 1, 3 and 4. Shares no code with schema/: sets are enumerated, dates compared as texts on the demo day.
 * Prints test/cases/expected.json: `node test/support/expected.js > test/cases/expected.json`.
 */
"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..", "..");
const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
const MINISTRIES = [
  "defense", "economy", "cabinet-secretariat", "cabinet-office", "foreign-affairs", "police", "public-security", "finance", "education", "coast-guard", "cyber",
];
const PORTIONS = ["title", "summary", "body", "source", "figures"];
const TODAY = "2026-11-01";

const agreements = read("schema/policy/agreements.json").agreements;
const orgs = read("schema/policy/members.json").members.map((member) => member.org);
const clients = read("schema/policy/clients.json").clients;
const { personas } = read("gateway/cli/data/personas.json");
const standing = MINISTRIES.map((ministry) => read(`subgraphs/${ministry}/data/standing.json`));
const matters = MINISTRIES.flatMap((ministry) => read(`subgraphs/${ministry}/data/matters.json`).matters);
const records = MINISTRIES.flatMap((ministry) => read(`subgraphs/${ministry}/data/records.json`).records.map((record) => ({ ...record, ministry })));

const stated = (list, id) => standing.flatMap((ministry) => (ministry[list] ?? []).filter((entry) => entry.subject === id));
const isToday = (from, until) => from <= TODAY && TODAY <= until;

/** The body itself and everything below it. */
const subtree = (node) => new Set(orgs.filter((org) => org.split(".").slice(0, node.split(".").length).join(".") === node));

/** The whole standing of a persona on the demo day, as plain facts. */
function factsOf(persona) {
  const subject = standing.flatMap((ministry) => ministry.subjects).find((entry) => entry.id === persona.id);
  const client = clients.find((entry) => entry.id === persona.client);
  const [facility] = stated("facilities", persona.id);
  const [attestation] = stated("attestations", persona.id);
  const active = stated("eligibilities", persona.id).filter((held) => held.status === "ACTIVE" && isToday(held.notifiedOn, held.validUntil));
  const contractorCounts = (held) => {
    if (subject.kind !== "contractor") return true;
    const issuer = matters.find((matter) => matter.token === held.token)?.issuer;
    return facility !== undefined && facility.validUntil >= TODAY && ["NONE", "MITIGATED"].includes(facility.foci)
      && facility.contracts.includes(held.token) && active.some((vouched) => vouched.grantedBy === issuer) && facility.sites.includes(client.site);
  };
  const tokens = stated("assignments", persona.id).filter((held) => isToday(held.from, held.until) && contractorCounts(held)).map((held) => held.token);
  const usable = active.filter((held) => held.usableAt.some((node) => subtree(node).has(subject.org)));
  const regimes = new Set(["CUI"]);
  for (const { regime } of usable) for (const covered of regime === "SDS" ? ["SDS", "CESI", "DOC", "MODS", "EQS"] : [regime]) regimes.add(covered);
  let top = Math.max(1, ...usable.map((held) => held.maxLevel));
  if (subject.kind === "liaison") top = attestation.attestedLevel;
  if (facility !== undefined) top = Math.min(top, facility.level);
  return {
    nation: subject.nation, body: subject.hostOrg ?? subject.org, kind: subject.kind, tokens: new Set(tokens), regimes, attestation,
    top: Math.min(top, client.zoneLevel), purpose: subject.purposes[0],
  };
}

/** Rule 2 for other nations: in force, in scope, and the attested level reaches what the mark it goes out under asks for. */
function partnerMayHave(facts, label) {
  if (label.level === 0 && label.regimes.length === 0) return true;
  const agreement = agreements.find((entry) => entry.id === facts.attestation.agreementId);
  if (agreement.status !== "IN_FORCE" || agreement.nation !== facts.nation || !(agreement.from <= TODAY && TODAY <= (agreement.until ?? "9999"))) return false;
  if (!label.regimes.every((regime) => agreement.regimes.includes(regime))) return false;
  const marks = agreement.out.filter((row) => row.level === label.level).map((row) => row.mark);
  const wanted = marks.map((mark) => agreement.in.find((row) => row.mark === mark).level);
  return wanted.length > 0 && wanted.every((level) => level <= facts.attestation.attestedLevel);
}

/** All rules that bear on reading, for RETRIEVE. */
function mayHave(facts, label) {
  const owners = Object.values(label.owners);
  const inAll = (sets) => sets.every((set) => set);
  return label.level <= facts.top
    && (facts.nation === "JPN" ? label.regimes.every((regime) => facts.regimes.has(regime)) : partnerMayHave(facts, label))
    && label.need.every((token) => facts.tokens.has(token))
    && inAll(owners.map((owner) => owner.rel === "ALL" || owner.rel.includes(facts.nation)))
    && inAll(owners.map((owner) => owner.dist === "ALL" || new Set(owner.dist.flatMap((node) => [...subtree(node)])).has(facts.body)))
    && (label.purposes === "ALL" || label.purposes.includes(facts.purpose));
}

function outcomesOf(facts, record) {
  const existence = record.existenceLevel === null ? record.label
    : { ...record.label, level: record.existenceLevel, regimes: [], need: [], handling: [] };
  const whole = mayHave(facts, record.label) ? "permit" : mayHave(facts, existence) ? "redact" : "hide";
  if (record.portions === undefined) return whole;
  const portions = PORTIONS.map((name) => [name, whole !== "hide" && mayHave(facts, record.portions[name].label) ? "permit" : "hide"]);
  return { record: whole, ...Object.fromEntries(portions) };
}

function table() {
  return personas.map((persona) => {
    const facts = factsOf(persona);
    const outcomes = Object.fromEntries(records.map((record) => [record.reference, outcomesOf(facts, record)]));
    return { persona: persona.id, client: persona.client, purpose: facts.purpose, outcomes };
  });
}

function print(cases) {
  const lines = cases.map(({ outcomes, ...head }) => {
    const rows = Object.entries(outcomes).map(([reference, outcome]) => `   ${JSON.stringify(reference)}: ${JSON.stringify(outcome)}`);
    return `  ${JSON.stringify(head).slice(0, -1)},"outcomes":{\n${rows.join(",\n")}\n  }}`;
  });
  return `{\n "about": "EXERCISE. Made by test/support/expected.js; permit, redact or hide, on the demo day, for the first purpose of each persona.",\n "cases": [\n${lines.join(",\n")}\n ]\n}\n`;
}

process.stdout.write(print(table()));
