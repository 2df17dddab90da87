/**
 * Grants and revocations of assignments (SPEC 3, 6). Takes the input of the mutation; needs a statement with action WRITE, a token whose assignments the asker may read, and the
 * role GRANT over the body that issued it. What the asker may not know is refused as what does not exist; someone without any such role is refused before anything is looked up.
 */
import type { DataSource } from "typeorm";
import { type LabelCore, isUnder } from "../../schema/label";
import { type Policy, clearanceAt, startOfDay } from "../../schema/policy";
import type { AssignmentGrant, AssignmentRevocation } from "./graph/inputs";
import type { RegisterNode } from "./graph/nodes";
import type { Once } from "./once";
import { settings } from "./reader";
import { Refusal } from "./refusal";
import type { Registers } from "./registers";
import type { AssignmentChanges } from "./request-context";
import type { Asker, Visible } from "./rows";
import { refuseWrite } from "./write-guard";
import { useKey } from "./workflow/runner";

const LONGEST = 1_000;
/** Subject ids as issuers of tokens give them. */
const SUBJECT = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/;

export interface ChangeEnvironment {
  readonly policy: Policy;
  readonly pool: DataSource;
  readonly asker: Asker;
  readonly visible: Visible;
  readonly registers: Registers;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Under which the gateway may ask again what became of a change. */
  readonly once?: Once | undefined;
  /** What the change was said to be made of (4.19). */
  readonly highWater?: LabelCore | undefined;
}

type Query = <T>(text: string, values: readonly unknown[]) => Promise<readonly T[]>;
type ChangedRow = Parameters<Registers["assignment"]>[0];
type Deciding = Pick<ChangeEnvironment, "policy" | "asker" | "visible" | "now" | "highWater">;

export class Assignments implements AssignmentChanges {
  readonly #environment: ChangeEnvironment;

  constructor(environment: ChangeEnvironment) { this.#environment = environment; }

  grant(input: AssignmentGrant): Promise<{ readonly assignment: RegisterNode | null }> {
    checkGrant(input);
    const { role, from, until } = input;
    return this.#change(input, ["GRANT", role, from, until], (query) => grantWithin(this.#environment, query, input));
  }

  revoke(input: AssignmentRevocation): Promise<{ readonly assignment: RegisterNode | null }> {
    const { subject, token, reason } = input;
    if (!SUBJECT.test(subject) || !areTexts(token, reason)) throw new Refusal("BAD_USER_INPUT");
    return this.#change(input, ["REVOKE"], async (query) => {
      const { labelId } = await authoriseFor(this.#environment, query, token);
      const [held] = await query<{ role: string; from: string; until: string; granted_by: string }>(
        'SELECT a.role, a."from", a.until, a.granted_by FROM assignment a WHERE a.subject = $1 AND a.token = $2', [subject, token]);
      const [done] = await query<{ done: boolean }>("SELECT revoke_assignment($1, $2, $3, $4) AS done", [this.#environment.asker.subject.id, subject, token, reason]);
      if (held === undefined || done?.done !== true) throw new Refusal("REFUSED_STATE");
      return { ...held, label_id: labelId, subject, token, reason };
    });
  }

  /** One transaction that ends with the change and its line of history, or with nothing. */
  async #change({ subject, token, reason }: AssignmentRevocation, request: readonly string[], act: (query: Query) => Promise<ChangedRow>): Promise<{ readonly assignment: RegisterNode | null }> {
    const { asker, pool, visible, registers, once } = this.#environment;
    if (asker.action !== "WRITE" || (authorities(this.#environment).length === 0 && once?.isAgain !== true)) throw new Refusal("REFUSED_ROLE");
    const text = JSON.stringify([...request, subject, token, reason]);
    const key = once?.keyOf(text);
    const changed = await pool.transaction(async (manager) => {
      const query: Query = (statement, values) => manager.query(statement, [...values]);
      await manager.query(settings(visible));
      const before = key === undefined ? "" : await useKey(manager, asker.subject.id, key, text, "assignment");
      // What was ended is told as what is there now: nothing.
      if (before !== "") return (await query<ChangedRow>('SELECT a.label_id, a.subject, a.token, a.role, a."from", a.until, a.granted_by, a.reason FROM assignment a WHERE a.subject = $1 AND a.token = $2', [subject, token]))[0];
      if (once?.isAgain === true) throw new Refusal("REFUSED_STATE");
      return act(query);
    });
    return { assignment: changed === undefined ? null : registers.assignment(changed) };
  }
}

/** One grant, within a transaction that the caller ends and that knows what the asker may read. @throws Refusal */
export async function grantWithin(environment: Deciding, query: Query, input: AssignmentGrant): Promise<ChangedRow> {
  checkGrant(input);
  const { subject, token, role, from, until, reason } = input;
  const { issuer, labelId } = await authoriseFor(environment, query, token);
  const [done] = await query<{ done: boolean }>("SELECT grant_assignment($1, $2, $3, $4, $5, $6, $7, $8) AS done", [environment.asker.subject.id, subject, token, role, from, until, issuer, reason]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
  return { label_id: labelId, subject, token, role, from, until, granted_by: issuer, reason };
}

function checkGrant({ subject, token, from, until, reason }: AssignmentGrant): void {
  if (!SUBJECT.test(subject) || !areTexts(token, reason) || Number.isNaN(startOfDay(from)) || Number.isNaN(startOfDay(until)) || until < from) throw new Refusal("BAD_USER_INPUT");
}

function authorities({ policy, asker, now }: Deciding): readonly string[] {
  return clearanceAt(policy, asker.subject, now).roles.filter(({ role }) => role === "GRANT").map(({ org }) => org);
}

/** Who issued a token, and the label of what is said about assignments to it, for whoever may change them. @throws Refusal */
async function authoriseFor(environment: Deciding, query: Query, token: string): Promise<{ readonly issuer: string; readonly labelId: number }> {
  const { asker, policy, visible, now, highWater } = environment;
  const [issued] = await query<{ issuer: string; label_id: number }>("SELECT issuer, label_id FROM token_issuer($1)", [token]);
  const label = issued && visible.labels.get(issued.label_id);
  if (issued === undefined || label === undefined) throw new Refusal("REFUSED_STATE");
  refuseWrite({ policy, asker, now, highWater }, label);
  if (!authorities(environment).some((org) => isUnder(issued.issuer, org))) throw new Refusal("REFUSED_ROLE");
  return { issuer: issued.issuer, labelId: issued.label_id };
}

function areTexts(...texts: readonly string[]): boolean {
  return texts.every((text) => text.length > 0 && text.length <= LONGEST && !text.includes("\0"));
}
