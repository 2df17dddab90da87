/** What resolvers of one request may use: readers that see the asker's world only. Made anew for every request. */
import type { LocalizedText } from "../../schema/label";
import type { ImportOutcome, ImportRequest } from "./bulk/importer";
import type { AssignmentGrant, AssignmentRevocation } from "./graph/inputs";
import type { AcknowledgementPageArgs } from "./graph/legal-notices";
import type { DocumentPageArgs, MatterPageArgs, PageArgs } from "./graph/filters";
import type { ChangeWindow } from "./operation";
import type { Workflow } from "./workflow/declare";
import type { Items } from "./workflow/items";
import type { Values } from "./workflow/kinds";
import type { Connection, DocumentNode, EntityNode, RegisterNode } from "./graph/nodes";

export interface RequestContext {
  /** A shared entity exactly as it was asked for, whether or not anything is known of it here. */
  readonly echo: (typename: "Matter" | "Designation" | "Person", id: string) => EntityNode;
  readonly documents: DocumentReader;
  readonly matters: MatterReader;
  readonly registers: RegisterReader;
  readonly changes: AssignmentChanges;
  readonly items: Items;
  /** Of a subscription: the changes that the event is about. */
  readonly window: ChangeWindow | undefined;
  readonly legalNotices: LegalNoticeRegister;
  /** Takes a step of a workflow and reads the item again. */
  readonly take: (workflow: Workflow, step: string, input: Values, key: string | null) => Promise<RegisterNode | null>;
  /** Takes a table into a register, all or nothing. */
  readonly importTable: (request: ImportRequest, key: string | null) => Promise<ImportOutcome>;
}

export interface LegalNoticeNode {
  readonly id: string; readonly version: string; readonly regimes: readonly string[]; readonly title: LocalizedText; readonly text: LocalizedText;
  readonly acknowledgedAt: string | null;
}
/** The asker's own notices, and the register of all acknowledgements under guard. */
export interface LegalNoticeRegister {
  list(): Promise<readonly LegalNoticeNode[]>;
  acknowledge(notice: string, version: string): Promise<LegalNoticeNode>;
  page(args: AcknowledgementPageArgs): Promise<Connection>;
}

export interface DocumentReader {
  /** Records that the asker has; with `matter`, only those filed under it. */
  page(args: DocumentPageArgs, matter: string | undefined): Promise<Connection>;
  byId(id: string): Promise<DocumentNode | null>;
  matterOf(document: DocumentNode): Promise<EntityNode | null>;
  linked(document: DocumentNode, name: "tearline" | "tearlineOf"): Promise<DocumentNode | null>;
  refersTo(document: DocumentNode): Promise<readonly (DocumentNode | EntityNode)[] | null>;
}

export interface MatterReader {
  page(args: MatterPageArgs): Promise<Connection>;
  designationPage(args: MatterPageArgs): Promise<Connection>;
  entryOf(matter: string): Promise<RegisterNode | null>;
  entryOfDesignation(designation: string): Promise<RegisterNode | null>;
  matterOfDesignation(designation: string): Promise<EntityNode | null>;
}

export interface RegisterReader {
  assignmentsOfMatter(matter: string): Promise<readonly RegisterNode[]>;
  assignmentsOfPerson(person: string): Promise<readonly RegisterNode[]>;
  eligibilitiesOf(person: string): Promise<readonly RegisterNode[]>;
  formerAccessOf(person: string): Promise<readonly RegisterNode[]>;
  personEntry(person: string): Promise<RegisterNode | null>;
  people(args: PageArgs): Promise<Connection>;
}

/** Each refuses with a code of `refusal.ts`; a hidden token is refused as one that does not exist. */
export interface AssignmentChanges {
  grant(input: AssignmentGrant): Promise<{ readonly assignment: RegisterNode | null }>;
  revoke(input: AssignmentRevocation): Promise<{ readonly assignment: RegisterNode | null }>;
}
