/** A grant that is taken away stops the next value within a second, whatever kind of grant and whichever ministry gave it (G8): the whole deployment in its own processes, the change a row of the ministry's database. */
import { setTimeout as wait } from "node:timers/promises";
import { connectAsOwner, REVOCATIONS, takeAway } from "./support/revocations";
import { startStory } from "./stories/story";

const MOST_MS = 1_000;
const story = startStory();
const dataOf = async (persona: string, query: string): Promise<string> => {
  const answer = await story.as(persona).query(query);
  expect(answer.errors).toEqual([]);
  return JSON.stringify(answer.data);
};

test.each(REVOCATIONS)("$kind: what $persona lost is in no answer a second later, and is back when it is given back", async (revocation) => {
  const { persona, database, query } = revocation;
  const client = await connectAsOwner(story.home, database);
  try {
    const before = await dataOf(persona, query);
    const giveBack = await takeAway(client, revocation);
    const begun = performance.now();
    let lastSeen = 0;
    let after = before;
    while (performance.now() - begun < 3 * MOST_MS && after === before) {
      const sent = performance.now();
      after = await dataOf(persona, query);
      if (after === before) lastSeen = sent - begun;
    }
    expect(lastSeen).toBeLessThan(MOST_MS);
    expect(after.length).toBeLessThan(before.length);
    // It stays away.
    await wait(300);
    expect(await dataOf(persona, query)).toBe(after);
    await giveBack();
    for (const until = performance.now() + 3_000; performance.now() < until && await dataOf(persona, query) !== before;) await wait(20);
    expect(await dataOf(persona, query)).toBe(before);
  } finally { await client.end(); }
});

test("the age and the last event of every ministry's feed are in the metrics, and nobody who is in it", async () => {
  const text = await (await fetch(`${story.admin}/metrics`)).text();
  const valuesOf = (name: string): readonly number[] => [...text.matchAll(new RegExp(`^kanmon_standing_${name}\\{subgraph="[a-z-]+"\\} (\\S+)$`, "gm"))].map(([, value]) => Number(value));
  const ages = valuesOf("age_seconds");
  expect(ages.length).toBeGreaterThanOrEqual(4);
  for (const age of ages) expect(age).toBeLessThan(15);
  expect(valuesOf("in_force")).toEqual(ages.map(() => 1));
  expect(Math.min(...valuesOf("revision"))).toBeGreaterThan(0);
  for (const { persona } of REVOCATIONS) expect(text).not.toContain(persona);
});
