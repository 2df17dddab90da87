/**
 * What a workflow is (SPEC 15): states, steps between them, who may take which, what an item holds. A declaration is data and small rules; everything that makes it safe
 * (one transaction, versions, four eyes, labels, history, notices, repeated requests) is in `runner.ts` and the same for all of them.
 */
import type { LabelCore, Lifecycle, OrgPath } from "../../../schema/label";
import type { Policy } from "../../../schema/policy";
import type { Floor } from "../labels";
import type { MinistryDefinition } from "../definition";
import type { Asker } from "../rows";
import type { Seals } from "../seals";
import type { Authority } from "./authority";
import type { FieldDeclarations, Values } from "./kinds";

/** An item as it is before a step. */
export interface Item {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  /** Body in the org tree whose item it is: authority over it is authority over this body. */
  readonly owner: OrgPath;
  /** Whom it is about, as tokens name people. */
  readonly subject: string | null;
  /** Day by which something has to happen. */
  readonly due: string | null;
  readonly label: LabelCore;
  readonly body: Values;
  readonly steps: readonly TakenStep[];
}

export interface TakenStep { readonly name: string; readonly actor: string; readonly at: string; readonly from: string | null; readonly to: string; readonly note: Values }

/** What a rule may look at, and do, while a step is taken. */
export interface StepContext {
  readonly ministry: MinistryDefinition;
  readonly policy: Policy;
  readonly asker: Asker;
  /** Milliseconds since the epoch, and its day in Japan. */
  readonly now: number;
  readonly today: string;
  /** The item before the step; nothing where the step opens one. */
  readonly item: Item | undefined;
  /** Id of the item, also of one that is being opened. */
  readonly id: string;
  readonly input: Values;
  /** Reads and calls within the step's transaction, as what the asker may read. */
  readonly query: <T>(text: string, values?: readonly unknown[]) => Promise<readonly T[]>;
  /** Documents of this ministry for others, and of others for this one; nothing where the ministry runs without a registry. */
  readonly seals?: Seals | undefined;
  /** The number of a label, which is kept if it is new. @throws Refusal REFUSED_LABEL when it breaks a rule of labels */
  readonly intern: (core: LabelCore, parts?: LabelParts) => Promise<number>;
}
export interface LabelParts { readonly existence?: LabelCore | undefined; readonly validUntil?: string | null | undefined; /** Id of the label that takes over after the last day. */ readonly onLapse?: string | undefined; /** What the place had besides its label: status, terms, successor. */ readonly lifecycle?: Lifecycle | undefined; readonly kind?: "record" | "portion" | "existence" | "tearline" }

/** What a step makes of an item; what is not given stays. */
export interface Change {
  readonly body?: Values;
  readonly label?: LabelCore;
  readonly owner?: OrgPath;
  readonly subject?: string | null;
  readonly due?: string | null;
  /** Kept with the step itself: reasons, references. */
  readonly note?: Values;
}
/** A step that opens an item gives all of it. */
export interface Opening extends Change { readonly label: LabelCore; readonly owner: OrgPath; readonly body: Values }

export interface NoticeFor { readonly subject: string; readonly kind: string }

export interface StepDeclaration {
  /** States in which it may be taken; none where it opens an item. */
  readonly from: readonly string[];
  readonly to: string | ((context: StepContext) => string);
  readonly by: Authority;
  /** Whoever took one of these on the same item may not take this one (four eyes). */
  readonly notBy?: readonly string[];
  /** Opens an item that is not for whoever opens it to read: what is put into a box stays there. Only a step that opens may be sealed. */
  readonly sealed?: true;
  /** Name of the mutation without the ministry: `proposeDesignation`; empty where only the clock takes the step. */
  readonly mutation: string;
  readonly description: string;
  readonly input: FieldDeclarations;
  /** Refuses by throwing; looks at nothing outside the context. */
  readonly check?: (context: StepContext) => void | Promise<void>;
  readonly change: (context: StepContext) => Change | Promise<Change>;
  /** What else changes in the ministry in the same transaction; the item has taken the step by then. */
  readonly effect?: (context: StepContext) => Promise<void>;
  readonly notify?: (context: StepContext) => readonly NoticeFor[] | Promise<readonly NoticeFor[]>;
  /** Taken by the clock, when this holds of an item in one of the states that has a day by which something has to happen. */
  readonly onDay?: (item: Item, today: string) => boolean;
}

export interface Workflow {
  /** Type of its items in the graph: `DesignationProposal`. */
  readonly name: string;
  /** Their plural, after which lists are named: `DesignationProposals`. */
  readonly plural: string;
  readonly description: string;
  /** Below this no item can ever be; views of people without it do not have the type at all. */
  readonly floor: Floor;
  /** Where such items are kept. */
  readonly keptBy: (ministry: MinistryDefinition) => boolean;
  readonly states: readonly string[];
  /** Who reads an item about somebody else is written down for that person before the answer goes out (15.39). */
  readonly readingsKept?: boolean;
  /** What an item holds, by name; all of it is under the item's label. */
  readonly fields: FieldDeclarations;
  /** Fields with what an item belongs to (ids of items elsewhere, topics), by which lists can be narrowed. */
  readonly relatesBy?: readonly string[];
  readonly steps: Readonly<Record<string, StepDeclaration>>;
}

/** A field of such a name would be read as what it is not. */
const OF_EVERY_ITEM: ReadonlySet<string> = new Set(["id", "state", "version", "owner", "subject", "due", "openedAt", "steps"]);

/**
 * Checks a declaration.
 * @throws Error for a state or a step that nobody declared, a field that every item has, a workflow that nothing opens, or a state that cannot be reached
 */
export function defineWorkflow(workflow: Workflow): Workflow {
  const { name, states, steps } = workflow;
  const complain = (what: string): never => { throw new Error(`workflow ${name}: ${what}`); };
  const known = new Set(states);
  for (const [step, { from, to, notBy = [], sealed = false }] of Object.entries(steps)) {
    if (sealed && from.length > 0) complain(`${step} is sealed and opens nothing`);
    for (const state of typeof to === "string" ? [...from, to] : from) if (!known.has(state)) complain(`${step} names the state ${state}`);
    for (const other of notBy) if (!Object.hasOwn(steps, other)) complain(`${step} names the step ${other}`);
  }
  for (const field of workflow.relatesBy ?? []) if (!Object.hasOwn(workflow.fields, field)) complain(`it is narrowed by the field ${field}`);
  for (const field of Object.keys(workflow.fields)) if (OF_EVERY_ITEM.has(field)) complain(`the field ${field} is one that every item has`);
  if (!Object.values(steps).some(({ from }) => from.length === 0)) complain("nothing opens an item");
  // Any number of steps may be for the clock alone.
  const mutations = Object.values(steps).map(({ mutation }) => mutation).filter((mutation) => mutation !== "");
  if (new Set(mutations).size !== mutations.length) complain("two steps of one name");
  return workflow;
}
