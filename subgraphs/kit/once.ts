/**
 * Changes that may be asked about again (SPEC 6.5): the gateway gives every change a key, and when the asker's standing was changed meanwhile it asks once more, as who they are now. Then nothing
 * is carried out: what was, is answered as the asker reads it by now. Takes the key and the requests of one call; a change that does not remember what it did is not asked about again.
 */
import { createHash } from "node:crypto";
import { type DocumentNode, Kind, getOperationAST } from "graphql";
import type { MinistryDefinition } from "./definition";
import { workflowsOf } from "./workflow/list";

export class Once {
  readonly #times = new Map<string, number>();

  /** @param isAgain only what was carried out is told */
  constructor(private readonly key: string, readonly isAgain: boolean) {}

  /** The key of a request of this call: of two that are equal each has its own, in their order. */
  keyOf(request: string): string {
    const times = (this.#times.get(request) ?? 0) + 1;
    this.#times.set(request, times);
    return createHash("sha256").update(`${this.key}\n${times}\n${request}`).digest("base64url");
  }
}

/** Name of the field by which a step is taken. */
export function stepField({ field }: Pick<MinistryDefinition, "field">, mutation: string): string { return `${field}${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}`; }

/** Fields of changes that remember under which key they were carried out. */
export function rememberedChanges(ministry: MinistryDefinition): ReadonlySet<string> {
  const steps = workflowsOf(ministry).flatMap(({ steps: all }) => Object.values(all).flatMap(({ mutation }) => (mutation === "" ? [] : [stepField(ministry, mutation)])));
  return new Set([...steps, stepField(ministry, "grantAssignment"), stepField(ministry, "revokeAssignment")]);
}

/** Whether an operation is a change of which every part is remembered. */
export function isRemembered(document: DocumentNode, operationName: string | undefined, remembered: ReadonlySet<string>): boolean {
  const operation = getOperationAST(document, operationName);
  return operation?.operation === "mutation" && operation.selectionSet.selections.every((selection) => selection.kind === Kind.FIELD && (remembered.has(selection.name.value) || selection.name.value === "__typename"));
}
