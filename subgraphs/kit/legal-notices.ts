/**
 * Legal notices and who has acknowledged them (SPEC 3.12), where the register is kept. Gives the asker the notices that bind them; takes an acknowledgement of one of these, in the version in force, from
 * the asker for themselves. Refuses any other notice in the same words, whether there is one or not.
 */
import type { DataSource } from "typeorm";
import { labelOf, noticesFor, type LegalNotice, type Policy } from "../../schema/policy";
import type { AcknowledgementPageArgs } from "./graph/legal-notices";
import type { Connection, RegisterNode } from "./graph/nodes";
import { rowsByLabel } from "./conditions";
import { type PageEnvironment, readPage } from "./page";
import { Refusal } from "./refusal";
import { vettingLabel } from "./register-labels";
import type { LegalNoticeRegister, LegalNoticeNode } from "./request-context";
import type { ResponseLabels } from "./response-labels";
import type { Asker } from "./rows";

export interface LegalNoticeEnvironment {
  readonly policy: Policy;
  readonly pool: DataSource;
  readonly asker: Asker;
  readonly page: PageEnvironment;
  readonly labels: ResponseLabels;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Takes in labels that were made meanwhile. */
  readonly refresh: () => Promise<void>;
}

interface Own { readonly notice: string; readonly version: string; readonly at: Date }
interface AcknowledgementRow extends Own { readonly id: string; readonly label_id: number; readonly subject: string }

/** Who keeps the register, and so owns what it tells of vettings. */
const KEEPER = "JPN.CAO";

export class LegalNotices implements LegalNoticeRegister {
  constructor(private readonly environment: LegalNoticeEnvironment) {}

  async list(): Promise<readonly LegalNoticeNode[]> {
    const { pool, asker } = this.environment;
    // Which notices bind somebody tells what they are eligible for. It is told to them alone, and not to an officer who simulates their view.
    if (asker.ctx.observer !== undefined) return [];
    const own = await pool.query<Own[]>("SELECT notice, version, at FROM own_acknowledgements($1)", [asker.subject.id]);
    return this.#binding().map((notice) => nodeOf(notice, own.find((each) => each.notice === notice.id && each.version === notice.version)?.at));
  }

  async acknowledge(id: string, version: string): Promise<LegalNoticeNode> {
    const { pool, asker, refresh } = this.environment;
    if (asker.action !== "WRITE") throw new Refusal("REFUSED_ROLE");
    const notice = this.#binding().find((each) => each.id === id && each.version === version);
    if (notice === undefined) throw new Refusal("REFUSED_STATE");
    const label = labelOf(vettingLabel(KEEPER));
    const at = await pool.transaction(async (manager) => {
      const [done] = await manager.query<{ at: Date }[]>("SELECT acknowledge_notice($1, $2, $3, intern_label($4, $5)) AS at", [asker.subject.id, id, version, label.id, JSON.stringify(label)]);
      return done?.at;
    });
    await refresh();
    return nodeOf(notice, at);
  }

  page({ subject = null, ...args }: AcknowledgementPageArgs): Promise<Connection> {
    const { page, labels } = this.environment;
    return readPage<AcknowledgementRow>({
      name: "acknowledgements", from: (_parameters, known) => (known === undefined ? "acknowledgement q" : rowsByLabel("acknowledgement", "q", known)), alias: "q", id: "q.id", columns: "q.id, q.label_id, q.subject, q.notice, q.version, q.at", order: [{ column: () => "q.subject", direction: "ASC" }],
      scope: { subject }, where: (parameters) => (subject === null ? "TRUE" : `q.subject = ${parameters.add(subject)}`),
      node: (row): RegisterNode => {
        const label = labels.snapshot.get(row.label_id);
        if (label === undefined) throw new Error("a row without a label");
        return { subject: row.subject, notice: row.notice, version: row.version, at: row.at.toISOString(), _label: labels.plain(label) };
      },
    }, args, page);
  }

  #binding(): readonly LegalNotice[] {
    const { policy, asker, now } = this.environment;
    return noticesFor(policy, asker.subject, now);
  }
}

function nodeOf({ id, version, regimes, title, text }: LegalNotice, at: Date | undefined): LegalNoticeNode {
  return { id, version, regimes, title, text, acknowledgedAt: at?.toISOString() ?? null };
}
