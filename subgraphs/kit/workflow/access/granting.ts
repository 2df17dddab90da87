/**
 * What granting access to a matter by its opaque id needs (SPEC 15.10, 15.40). Gives the token and the body that issued it, to whoever may read the one and grants for the other;
 * refuses a hidden matter as one that does not exist.
 */
import { type Label, type LabelCore, isUnder, join } from "../../../../schema/label";
import { clearanceAt } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import type { NoticeFor, StepContext } from "../declare";

/**
 * The label of what is said about a matter: at least that of the fact that there is such a matter, which a request or its outcome would otherwise tell to everybody who reads requests.
 * @throws Refusal STATE for a matter that is not there for the asker
 */
export async function labelNaming({ query }: Pick<StepContext, "query">, matter: unknown, label: LabelCore): Promise<LabelCore> {
  const [known] = await query<{ body: Label }>("SELECT l.body FROM matter m JOIN label l ON l.id = m.label_id WHERE m.id = $1", [matter]);
  if (known === undefined) throw new Refusal("REFUSED_STATE");
  return join(label, known.body.existence);
}

/** The token of a matter, which only they read who are assigned to it. @throws Refusal as for a matter that does not exist */
export async function tokenOfMatter(query: StepContext["query"], matter: unknown): Promise<string> {
  const [held] = await query<{ token: string | null }>("SELECT token FROM matter WHERE id = $1", [matter]);
  if (held === undefined || held.token === null) throw new Refusal("REFUSED_STATE");
  return held.token;
}

/** The token of the item's matter; whoever grants access is assigned to it. */
export function tokenOf({ query, item }: StepContext): Promise<string> { return tokenOfMatter(query, item?.body["matter"]); }

/** Authority is over the body that issued the token, which may be below the ministry. */
export async function issuerFor({ query, policy, asker, now }: StepContext, token: string): Promise<string> {
  const [issued] = await query<{ issuer: string }>("SELECT issuer FROM token_issuer($1)", [token]);
  if (issued === undefined) throw new Refusal("REFUSED_STATE");
  if (!clearanceAt(policy, asker.subject, now).roles.some(({ role, org }) => role === "GRANT" && isUnder(issued.issuer, org))) throw new Refusal("REFUSED_ROLE");
  return issued.issuer;
}

/** One notice of this kind to everybody who holds one of the roles over the ministry or a part of it. */
export async function noticesToHolders({ query, ministry, today }: StepContext, roles: readonly string[], kind: string): Promise<readonly NoticeFor[]> {
  const held = await Promise.all(roles.map((role) => query<{ subject: string }>("SELECT subject FROM holders_of_role($1, $2, $3)", [role, ministry.org, today])));
  return [...new Set(held.flat().map(({ subject }) => subject))].map((subject) => ({ subject, kind }));
}
