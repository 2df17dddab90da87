/** Opens an item of another workflow as a consequence of a step, in the same transaction (SPEC 15.5). Whoever took the step is its actor; the step's own rules said that it may be. */
import type { Opening, StepContext, Workflow } from "./declare";
import { newId } from "./runner";

/** @returns id of the new item @throws Refusal when its label breaks a rule */
export async function openItem({ asker, query, intern }: Pick<StepContext, "asker" | "query" | "intern">, workflow: Workflow, step: string, opening: Opening, id = newId()): Promise<string> {
  const declared = workflow.steps[step];
  if (declared === undefined || declared.from.length > 0 || typeof declared.to !== "string") throw new Error(`${workflow.name} is not opened by ${step}`);
  const { label, owner, subject = null, due = null, body, note = {} } = opening;
  await query("SELECT open_item($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    [asker.subject.id, id, await intern(label), workflow.name, step, declared.to, owner, subject, due, JSON.stringify(body), JSON.stringify(note)]);
  return id;
}
