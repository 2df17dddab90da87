/**
 * The policy in force: the rules, the members, the agreements and the registered clients, read once at start (SPEC 1.9).
 * Refuses to load what contradicts itself; its version is the hash of the files as written, before dates are shifted.
 */
import { createHash } from "node:crypto";
import { canonicalJson, type MarkingWords } from "../label";
import { readAgreements, type Agreements } from "./agreements";
import agreementsJson from "./agreements.json";
import { readClients, type Client } from "./clients";
import clientsJson from "./clients.json";
import { readMembers, type Members } from "./members";
import membersJson from "./members.json";
import policyJson from "./policy.json";
import { PolicyError } from "./policy-error";
import { readRules, type Rules } from "./rules-file";

/** Parsed JSON of the four files. */
export interface PolicyFiles {
  readonly policy: unknown;
  readonly members: unknown;
  readonly agreements: unknown;
  readonly clients: unknown;
}

export interface Policy extends Omit<Rules, "words"> {
  /** `P-` and 16 hexadecimal digits: hash of the unshifted files. */
  readonly version: string;
  readonly words: MarkingWords;
  readonly members: Members;
  readonly agreements: Agreements;
  readonly clients: ReadonlyMap<string, Client>;
}

export interface PolicyOptions {
  /** Whole days by which every date of the files is moved (`demoShiftDays`); the version does not change with it. */
  readonly shiftDays?: number;
}

const OWN_FILES: PolicyFiles = { policy: policyJson, members: membersJson, agreements: agreementsJson, clients: clientsJson };

/**
 * Loads and checks a policy; without files, the one beside this module.
 * Throws PolicyError with the JSON path of the first mistake.
 */
export function loadPolicy(files: PolicyFiles = OWN_FILES, options: PolicyOptions = {}): Policy {
  const shiftDays = options.shiftDays ?? 0;
  if (!Number.isInteger(shiftDays)) throw new PolicyError("shiftDays", "must be a whole number of days");
  const { words, ...rules } = readRules(files.policy);
  const members = readMembers(files.members, shiftDays);
  const agreements = readAgreements(files.agreements, { ...rules, words }, shiftDays);
  const clients = readClients(files.clients);
  rules.hold.offices.forEach((org, at) => {
    if (!members.isKnownOrg(org)) throw new PolicyError(`policy.hold.offices[${at}]`, `unknown body ${org}`);
  });
  rules.knownOperations.orgs.forEach((org, at) => {
    if (!members.isKnownOrg(org)) throw new PolicyError(`policy.knownOperations.orgs[${at}]`, `unknown body ${org}`);
  });
  const hash = createHash("sha256").update(canonicalJson([files.policy, files.members, files.agreements, files.clients])).digest("hex");
  const policy: Policy = {
    ...rules,
    version: `P-${hash.slice(0, 16)}`,
    words: { ...words, orgs: members.wordsJa },
    members,
    agreements,
    clients,
  };
  written.set(policy, files);
  return policy;
}

const written = new WeakMap<Policy, PolicyFiles>();

/** The files that a policy was loaded from; undefined for one that was made of others. */
export function filesOf(policy: Policy): PolicyFiles | undefined {
  return written.get(policy);
}
