/**
 * What somebody may not know of comes and goes while they ask (SPEC 3.11, G3): a matter with its token, at one ministry, for as long as the answer takes. The gateway hears of the token by
 * the ministry's standing; the answer has to be what it is where nothing happens. Afterwards the world is as it was.
 */
import { ministries } from "../../subgraphs";
import type { Random } from "./generate-random";
import type { Round } from "./trial-round";
import { MINISTRIES, type Side } from "./world-running";

export interface Meanwhile { readonly what: string; readonly act: <T>(side: Side, ask: () => Promise<T>) => Promise<T> }

/** Draws what comes and goes; undefined where nothing at that ministry is hidden from the round's person. */
export function drawMeanwhile(random: Random, { sights }: Pick<Round, "sights">, labels: (ministry: string) => readonly number[]): Meanwhile | undefined {
  const ministry = random.pick(MINISTRIES);
  const known = sights.get(ministry)?.known;
  const hidden = labels(ministry).filter((label) => known?.has(label) === false);
  const [id, token] = [`mtr_${random.word(16)}`, `ZZ-${random.word(8)}`];
  if (hidden.length === 0) return undefined;
  const label = random.pick(hidden);
  const issuer = ministries[ministry]?.org;
  const goes = async (side: Side, isOver: () => boolean): Promise<void> => side.inDatabase(ministry, async (client) => {
    do {
      await client.query("BEGIN");
      await client.query("INSERT INTO vault.matter (id, designation_id, label_id) VALUES ($1, $2, $3)", [id, `dsg_${id.slice(4)}`, label]);
      await client.query("INSERT INTO vault.matter_entry (id, label_id, token, issuer, assignment_label) VALUES ($1, $2, $3, $4, $2)", [id, label, token, issuer]);
      await client.query("COMMIT");
      for (const table of ["matter_entry", "matter"]) await client.query(`DELETE FROM vault.${table} WHERE id = $1`, [id]);
    } while (!isOver());
  });
  return {
    what: `${ministry}: hidden matter ${id} comes and goes meanwhile`,
    act: async (side, ask) => {
      let isOver = false;
      const going = goes(side, () => isOver);
      try { return await ask(); } finally { isOver = true; await going; }
    },
  };
}
