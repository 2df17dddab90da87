/**
 * The list of known operations as the commands ask them (SPEC 19). Takes the committed documents; gives them by name, the change that is a step, and streams. Which of them a
 * person may ask is the gateway's to say, and so is whether the list is in force: this is the one that came with the commands.
 */
import fs from "node:fs";
import { type FieldNode, Kind, OperationTypeNode, parse } from "graphql";
import { OPERATIONS, operationsIn } from "./operation-files";
import { fieldOf } from "./registers/export";
import { schemaFile } from "./root";
import { lowered, type Step, ViewOf } from "./view-of";

/**
 * Operations with lists of the items that people of firms read, from the one with most to those that are for some. `purpose`: what has to be declared for it to be answered to anybody; without
 * it the question would only be a refusal in the evidence.
 */
export const ITEM_OPERATIONS: readonly { readonly name: string; readonly purpose?: string }[] = [{ name: "OpenItems" }, { name: "PatentPreservations" }, { name: "OwnVetting", purpose: "SELF-ACCESS" }];

export interface Listed { readonly name: string; readonly text: string; readonly kind: OperationTypeNode; /** Root fields. */ readonly fields: readonly string[]; /** Whether it is narrowed by a day, `before`. */ readonly takesDay: boolean }

export class KnownList {
  readonly #listed: readonly Listed[];
  #schema: ViewOf | undefined;

  constructor(texts: readonly string[] = operationsIn(schemaFile(OPERATIONS))) { this.#listed = texts.map(readListed); }

  /** @throws Error where there is none of that name */
  listed(name: string): Listed {
    const found = this.#listed.find((listed) => listed.name === name);
    if (found === undefined) throw new Error(`there is no known operation ${name}`);
    return found;
  }

  /** @throws Error where there is none of that name */
  document(name: string): string { return this.listed(name).text; }

  /** Names of the steps of a ministry that are on the list, without the ministry: `answerAgency`. */
  steps(ministry: string): readonly string[] { return this.#changes(ministry).map(({ step }) => step); }

  /** @returns undefined where no listed operation is that step */
  step(ministry: string, name: string): Step | undefined {
    const change = this.#changes(ministry).find(({ step }) => step === name);
    const step = change === undefined ? undefined : this.#whole().step(ministry, name);
    return change === undefined || step === undefined ? undefined : { ...step, document: change.text };
  }

  /** The stream of a ministry's notices or changes of items, where it is listed. */
  stream(ministry: string, list: "Items" | "Notices"): string | undefined { return this.#listed.find(({ kind, fields }) => kind === OperationTypeNode.SUBSCRIPTION && fields[0] === `${fieldOf(ministry)}${list}`)?.text; }

  #changes(ministry: string): readonly { readonly step: string; readonly text: string }[] {
    const prefix = fieldOf(ministry);
    return this.#listed.flatMap(({ kind, fields: [field = "", ...more], text }) => (kind === OperationTypeNode.MUTATION && more.length === 0 && field.startsWith(prefix) && /^[A-Z]/.test(field.slice(prefix.length)) ? [{ step: lowered(field.slice(prefix.length)), text }] : []));
  }

  /** What steps take is in the committed schema; a list says only which there are. */
  #whole(): ViewOf { return (this.#schema ??= new ViewOf(fs.readFileSync(schemaFile("supergraph.graphql"), "utf8"))); }
}

function readListed(text: string): Listed {
  const operation = parse(text, { noLocation: true }).definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error("a listed document has no operation");
  const fields = operation.selectionSet.selections.filter((selection): selection is FieldNode => selection.kind === Kind.FIELD).map(({ name }) => name.value);
  return { name: operation.name?.value ?? "", text, kind: operation.operation, fields, takesDay: (operation.variableDefinitions ?? []).some(({ variable }) => variable.name.value === "before") };
}
