/**
 * agreements.json: which partner gets what under which dated agreement (SPEC 11, EQ1-EQ6).
 * Takes parsed JSON; gives `Agreements`; refuses unknown keys, unknown codes and tables that contradict themselves.
 * Everything a table does not say is denied.
 */
import type { Level, Nation, Regime } from "../label";
import { endOfDay, shiftDate, startOfDay } from "./days";
import { PolicyError } from "./policy-error";
import type { Rules } from "./rules-file";
import {
  date, flag, level, list, matching, notice, nullable, object, oneOf, optional, refuseTwice, regime, text,
} from "./shape";

const shape = object({
  notice,
  demoDay: date,
  agreements: list(object({
    id: text, version: optional(text), nation: matching(/^[A-Z]{3,}$/, "a nation or a registered group"), nameJa: text, nameEn: text,
    status: oneOf("IN_FORCE", "SIGNED", "SUSPENDED", "TERMINATED"), signedOn: nullable(date), from: nullable(date),
    fromPrecision: oneOf("DAY", "MONTH"), until: nullable(date), regimes: list(regime), regimesVerify: optional(list(regime)),
    in: list(object({ mark: text, level, regime: nullable(regime), duties: optional(list(text)), verify: optional(flag) })),
    out: list(object({ level, regime, mark: text, verify: optional(flag) })),
    industrial: optional(object({ upTo: level, verify: optional(flag) })),
    verify: optional(flag), note: optional(text),
  })),
});

type AgreementFile = ReturnType<typeof shape>["agreements"][number];

export interface Agreement {
  readonly id: string;
  readonly version: string;
  readonly nation: Nation;
  readonly nameJa: string;
  readonly nameEn: string;
  /** First instant in force and first instant after; NaN when it is not in force at all. */
  readonly start: number;
  readonly end: number;
  readonly regimes: ReadonlySet<Regime>;
  readonly in: AgreementFile["in"];
  readonly out: AgreementFile["out"];
  /** By level: the level a partner's clearance must have (level of the mark that it goes out under); undefined without an entry. */
  readonly equivalents: readonly (Level | undefined)[];
  /** Level up to which firms of the partner may have what goes out (industrial annex); undefined where no firm may. */
  readonly industrial: Level | undefined;
}

export interface Agreements {
  readonly all: readonly Agreement[];
  /** The version of the agreement in force at an instant. */
  byId(id: string, now: number): Agreement | undefined;
  /** The agreement in force with a nation or a registered group. */
  byNation(nation: Nation, now: number): Agreement | undefined;
  /** Instants at which some agreement starts or ends, ascending. */
  readonly boundaries: readonly number[];
}

/** True while the agreement is in force. */
export function isInForce(agreement: Agreement, now: number): boolean {
  return agreement.start <= now && now < agreement.end;
}

/** Reads agreements.json. `shiftDays`: whole days by which every date is moved. Throws PolicyError. */
export function readAgreements(value: unknown, rules: Rules, shiftDays: number): Agreements {
  const file = shape(value, "agreements");
  const all = file.agreements.map((entry, at) => readAgreement(entry, rules, shiftDays, `agreements.agreements[${at}]`));
  refuseTwice(all, (entry) => `${entry.id} ${entry.version}`, "agreements.agreements", "id");
  all.forEach((entry, at) => all.slice(0, at).forEach((earlier) => {
    if (earlier.nation === entry.nation && earlier.start < entry.end && entry.start < earlier.end) {
      throw new PolicyError(`agreements.agreements[${at}].from`, `two agreements with ${entry.nation} in force at once`);
    }
  }));
  const boundaries = all.flatMap((entry) => [entry.start, entry.end]).filter(Number.isFinite).sort((a, b) => a - b);
  return {
    all,
    byId: (id, now) => all.find((entry) => entry.id === id && isInForce(entry, now)),
    byNation: (nation, now) => all.find((entry) => entry.nation === nation && isInForce(entry, now)),
    boundaries: [...new Set(boundaries)],
  };
}

function readAgreement(entry: AgreementFile, rules: Rules, days: number, path: string): Agreement {
  if (!rules.nations.has(entry.nation) && !rules.groups.has(entry.nation)) throw new PolicyError(`${path}.nation`, `unknown: ${entry.nation}`);
  const inForce = entry.status === "IN_FORCE";
  if (inForce && entry.from === null) throw new PolicyError(`${path}.from`, "an agreement in force needs the day from which it is");
  if (entry.from !== null && entry.until !== null && entry.from > entry.until) throw new PolicyError(`${path}.until`, "lies before from");
  refuseTwice(entry.in, (row) => row.mark, `${path}.in`, "mark");
  refuseTwice(entry.out, (row) => `${row.level} ${row.regime}`, `${path}.out`, "regime");
  const equivalents = readEquivalents(entry, path);
  checkComplete(entry, rules, path);
  return {
    id: entry.id, version: entry.version ?? entry.from ?? "unversioned", nation: entry.nation, nameJa: entry.nameJa, nameEn: entry.nameEn,
    start: inForce && entry.from !== null ? startOfDay(shiftDate(entry.from, days)) : Number.NaN,
    end: inForce ? (entry.until === null ? Number.POSITIVE_INFINITY : endOfDay(shiftDate(entry.until, days))) : Number.NaN,
    regimes: new Set(entry.regimes), in: entry.in, out: entry.out, equivalents, industrial: entry.industrial?.upTo,
  };
}

/** EQ3: what goes out comes back at least as high, and a higher level never asks for a lower clearance. */
function readEquivalents(entry: AgreementFile, path: string): readonly (Level | undefined)[] {
  const equivalents: (Level | undefined)[] = [];
  entry.out.forEach((row, at) => {
    if (!entry.regimes.includes(row.regime)) throw new PolicyError(`${path}.out[${at}].regime`, `${row.regime} is not in the scope of the agreement`);
    const back = entry.in.find((given) => given.mark === row.mark);
    if (back === undefined) throw new PolicyError(`${path}.out[${at}].mark`, `${row.mark} has no entry in the other direction`);
    if (back.level < row.level) throw new PolicyError(`${path}.out[${at}].mark`, `${row.mark} would come back lower, as level ${back.level}`);
    equivalents[row.level] = Math.max(equivalents[row.level] ?? 0, back.level) as Level;
  });
  let highest = 0;
  [0, 1, 2, 3, 4].forEach((row) => {
    const own = equivalents[row];
    if (own !== undefined && own < highest) throw new PolicyError(`${path}.out`, `level ${row} asks for less clearance than a lower level`);
    highest = own ?? highest;
  });
  return equivalents;
}

/**
 * SPEC 11.8: within the levels of the table every regime in scope has an entry at each level it can have. Then "an entry for
 * (level, regime)" and "a level of the table and a regime of the table" say the same about every portion, and the decision
 * about a combination equals the AND of the decisions about its parts.
 */
function checkComplete(entry: AgreementFile, rules: Rules, path: string): void {
  const highest = Math.max(-1, ...entry.out.map((row) => row.level));
  entry.regimes.forEach((scoped, at) => {
    for (const possible of rules.regimes.get(scoped)?.levels ?? []) {
      if (possible <= highest && !entry.out.some((row) => row.level === possible && row.regime === scoped)) {
        throw new PolicyError(`${path}.regimes[${at}]`, `${scoped} has no out entry at level ${possible}`);
      }
    }
  });
}
