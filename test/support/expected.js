/**
 * Who gets what: every persona of the demo against every record and portion of all ministries, worked out by a second, naive
 * reading of SPEC 1, 3 and 4. Shares no code with schema/: sets are enumerated, dates compared as texts on the demo day.
 * Then the same again with less: what is different under a ceiling, with every level of the standing lowered, and on a day on which some labels, grants and clearances are over.
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
const isOn = (day, from, until) => from <= day && day <= until;

/** The body itself and everything below it. */
const subtree = (node) => new Set(orgs.filter((org) => org.split(".").slice(0, node.split(".").length).join(".") === node));

/** What is less than on the demo day: a ceiling of the request, levels in the standing, or a later day on which things are over. */
const LESS = [{ by: "CEILING_CUI", ceiling: 1 }, { by: "STANDING_CONFIDENTIAL", standing: 2 }, { by: "DAY_2027-07-01", day: "2027-07-01" }];

/** The whole standing of a persona on a day, as plain facts. */
function factsOf(persona, { ceiling = 4, standing: most = 4, day = TODAY } = {}) {
  const subject = standing.flatMap((ministry) => ministry.subjects).find((entry) => entry.id === persona.id);
  const client = clients.find((entry) => entry.id === persona.client);
  const [facility] = stated("facilities", persona.id);
  const attestation = stated("attestations", persona.id).map((held) => ({ ...held, attestedLevel: Math.min(held.attestedLevel, most) }))[0];
  const active = stated("eligibilities", persona.id).filter((held) => held.status === "ACTIVE" && isOn(day, held.notifiedOn, held.validUntil));
  const contractorCounts = (held) => {
    if (subject.kind !== "contractor") return true;
    const issuer = matters.find((matter) => matter.token === held.token)?.issuer;
    return facility !== undefined && facility.validUntil >= day && ["NONE", "MITIGATED"].includes(facility.foci)
      && facility.contracts.includes(held.token) && active.some((vouched) => vouched.grantedBy === issuer) && facility.sites.includes(client.site);
  };
  const tokens = stated("assignments", persona.id).filter((held) => isOn(day, held.from, held.until) && contractorCounts(held)).map((held) => held.token);
  const usable = active.filter((held) => held.usableAt.some((node) => subtree(node).has(subject.org)));
  const regimes = new Set(["CUI"]);
  for (const { regime } of usable) for (const covered of regime === "SDS" ? ["SDS", "CESI", "DOC", "MODS", "EQS"] : [regime]) regimes.add(covered);
  let top = Math.max(1, ...usable.map((held) => Math.min(held.maxLevel, most)));
  if (subject.kind === "liaison") top = attestation.attestedLevel;
  if (facility !== undefined) top = Math.min(top, facility.level);
  return {
    nation: subject.nation, body: subject.hostOrg ?? subject.org, kind: subject.kind, tokens: new Set(tokens), regimes, attestation,
    top: Math.min(top, client.zoneLevel, ceiling), purpose: subject.purposes[0], day,
  };
}

/** Rule 2 for other nations: in force, in scope, and the attested level reaches what the mark it goes out under asks for. */
function partnerMayHave(facts, label) {
  if (label.level === 0 && label.regimes.length === 0) return true;
  const agreement = agreements.find((entry) => entry.id === facts.attestation.agreementId);
  if (agreement.status !== "IN_FORCE" || agreement.nation !== facts.nation || !(agreement.from <= facts.day && facts.day <= (agreement.until ?? "9999"))) return false;
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

/** Past its last day a designated label needs what nobody of the demo holds; an existence label of its own stays as it is. */
const DESIGNATED = ["SDS", "CESI", "EQS", "MDA", "MODS"];
function onDay(day, record, label, isWhole) {
  const isOver = record.validUntil !== null && record.validUntil !== "OWNER_CONSENT" && record.validUntil < day;
  const ends = isWhole || label.need.length > 0 || label.regimes.some((regime) => DESIGNATED.includes(regime));
  return isOver && ends ? { ...label, need: [...label.need, "HOLD.REVIEW"] } : label;
}

function outcomesOf(facts, record) {
  const label = onDay(facts.day, record, record.label, true);
  const existence = record.existenceLevel === null ? label : { ...record.label, level: record.existenceLevel, regimes: [], need: [], handling: [] };
  const whole = mayHave(facts, label) ? "permit" : mayHave(facts, existence) ? "redact" : "hide";
  if (record.portions === undefined) return whole;
  const portions = PORTIONS.map((name) => [name, whole !== "hide" && mayHave(facts, onDay(facts.day, record, record.portions[name].label, false)) ? "permit" : "hide"]);
  return { record: whole, ...Object.fromEntries(portions) };
}

function table() {
  return personas.map((persona) => {
    const facts = factsOf(persona);
    const outcomes = Object.fromEntries(records.map((record) => [record.reference, outcomesOf(facts, record)]));
    return { persona: persona.id, client: persona.client, purpose: facts.purpose, outcomes };
  });
}

/** Of what is less only what is different. */
function narrowed(cases) {
  return LESS.flatMap(({ by, ...less }) => personas.map((persona, at) => {
    const facts = factsOf(persona, less);
    const changed = records.map((record) => [record.reference, outcomesOf(facts, record)]).filter(([reference, row]) => JSON.stringify(row) !== JSON.stringify(cases[at].outcomes[reference]));
    return { persona: persona.id, by, outcomes: Object.fromEntries(changed) };
  }));
}

function linesOf(cases) {
  return cases.map(({ outcomes, ...head }) => {
    const rows = Object.entries(outcomes).map(([reference, outcome]) => `   ${JSON.stringify(reference)}: ${JSON.stringify(outcome)}`);
    return `  ${JSON.stringify(head).slice(0, -1)},"outcomes":{\n${rows.join(",\n")}\n  }}`;
  }).join(",\n");
}

const cases = table();
process.stdout.write(`{
 "about": "EXERCISE. Made by test/support/expected.js; permit, redact or hide, on the demo day, for the first purpose of each persona; then what is different with less.",
 "cases": [
${linesOf(cases)}
 ],
 "narrowed": [
${linesOf(narrowed(cases))}
 ]
}
`);
