/** Who may take a step is asked of every item, also of one that does not say what it is expected to say: then it is for nobody, or for whom else it is, and never a failure (SPEC 15). */
import { loadPolicy } from "../../../../schema/policy";
import { ministries } from "../../../../subgraphs";
import { workflowsOf } from "../../../../subgraphs/kit/workflow/list";
import { everybody } from "../../../support/people";
import { DEMO_NOON } from "../../../support/postgres";

const policy = loadPolicy();
const people = everybody(policy);
const NOW = DEMO_NOON;

test.each(Object.values(ministries).map((ministry) => ({ name: ministry.name, ministry })))("no step of $name fails over an item that says nothing", ({ ministry }) => {
  let asked = 0;
  for (const { name, fields, steps } of workflowsOf(ministry)) {
    for (const body of [{}, Object.fromEntries(Object.keys(fields).map((field) => [field, null]))]) {
      for (const [step, { by }] of Object.entries(steps)) {
        for (const { subject, ctx } of people) {
          const situation = { policy, asker: { subject, action: "WRITE" as const, ctx: { ...ctx, now: NOW }, digest: subject.id }, now: NOW };
          const over = (): unknown => by.over(situation, { owner: ministry.org, subject: null, body });
          asked += 1;
          let answered: unknown;
          try { answered = over(); } catch (error) { answered = error; }
          if (typeof answered !== "boolean") throw new Error(`${name} ${step} for ${subject.id}: ${String(answered)}`);
        }
      }
    }
  }
  expect(asked).toBeGreaterThan(1_000);
});
