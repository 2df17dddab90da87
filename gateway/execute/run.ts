/**
 * The state of one request: coerced variables, the result tree, what failed and what was asked of whom. Nothing in it outlives the request.
 */
import { variableFloor } from "../plan/argument-floor";
import type { ArgumentFloor, ResultNode } from "../plan/place";
import type { CompiledOperation, RootField } from "../plan/operation";
import type { ErrorCode, RefusalReason } from "../errors";
import type { Decisions } from "./decision-memo";
import { Receiver } from "./flow";
import type { LabelPool, LabelRef, ValueLabel } from "./label-pool";
import type { CallRecord, ClientError, ExecuteRequest, ExecuteSeams, ReasonClass } from "./request";
import { Shadows } from "./shadows";
import { Stop } from "./stop";
import type { LabelCore, LocalizedText } from "../../schema/label";

/** What is told about a withheld place; depends on the existence label and the asker only. */
export class Notice {
  constructor(
    readonly reasonClass: ReasonClass, readonly contact: LocalizedText | null, readonly requestable: boolean,
    /** Label of the fact that there is something here. */
    readonly existence: ValueLabel,
  ) {}
}

export class Run {
  readonly root: ResultNode;
  readonly calls: CallRecord[] = [];
  /** Of a mutation: the labels under which ministries wrote; null where one does not say. */
  readonly written: (LabelCore | null)[] = [];
  /** No string in the tree holds anything that JSON escapes. */
  plainText = true;
  /** Nor any character beyond ASCII. */
  ascii = true;
  /** NOT_ASKED at root fields, by response name. */
  readonly rootNotices = new Map<string, Notice>();
  readonly stop = new Stop();
  /** What was answered without being told everything; nothing of it is the asker's. */
  readonly shadows = new Shadows();
  readonly #errors = new Map<string, ClientError>();
  readonly #holds: (boolean | undefined)[] = [];
  readonly #receivers = new Map<string, Receiver>();
  readonly #argumentFloors = new Map<ArgumentFloor, LabelRef>();
  readonly #variableFloors = new Map<string, LabelRef>();

  constructor(
    readonly operation: CompiledOperation, readonly request: ExecuteRequest, readonly seams: ExecuteSeams,
    readonly pool: LabelPool, readonly decisions: Decisions,
    /** Coerced values by planned name. */
    readonly variables: Readonly<Record<string, unknown>>,
  ) {
    this.root = operation.root.makeNode();
    this.root[0] = operation.rootType;
    for (const definition of operation.flooredVariables) {
      const name = operation.variables.get(definition.variable.name.value);
      if (name !== undefined) this.#variableFloors.set(name, pool.refOf(variableFloor(operation.bundle.labels, operation.view, definition.type, variables[name])));
    }
  }

  /** In the order of the client's root fields, whichever failed first. */
  get errors(): readonly ClientError[] {
    return this.#errors.size === 0 ? [] : this.operation.rootNames.flatMap((name) => this.#errors.get(name) ?? []);
  }

  /** Whether condition `number` of the operation holds; every one is evaluated once. */
  holds(number: number): boolean { return number === 0 || (this.#holds[number] ??= this.operation.conditions.holds(number, this.variables)); }

  /** One code per root field, whatever the number and place of the failures below it. */
  fail(roots: readonly RootField[], code: ErrorCode = "MINISTRY_UNAVAILABLE", reason?: RefusalReason): void {
    for (const root of roots) if (this.holds(root.when)) this.failAt(root.responseName, code, reason);
  }

  failAt(responseName: string, code: ErrorCode, reason?: RefusalReason): void {
    const known = this.#errors.get(responseName);
    if (known === undefined || (known.code === "MINISTRY_UNAVAILABLE" && code === "MINISTRY_REFUSED")) this.#errors.set(responseName, { code, path: [responseName], ...(reason === undefined ? {} : { reason }) });
  }

  /** A ministry as one that is told things; `local` when it is the gateway itself. */
  receiver(subgraph: string, local: boolean): Receiver {
    let receiver = this.#receivers.get(subgraph);
    if (receiver === undefined) this.#receivers.set(subgraph, receiver = new Receiver(this, subgraph, local));
    return receiver;
  }

  /** Floor of arguments together with that of the variables in them. */
  argumentFloor(floor: ArgumentFloor | undefined): LabelRef {
    if (floor === undefined) return this.pool.bottom;
    const known = this.#argumentFloors.get(floor);
    if (known !== undefined) return known;
    const ref = floor.variables.reduce((sum, name) => this.pool.join(sum, this.#variableFloors.get(name) ?? this.pool.bottom), this.pool.refOf(floor.core));
    this.#argumentFloors.set(floor, ref);
    return ref;
  }

  /** Variables of a fetch as JSON members, without braces; absent ones are left out. */
  variablesText(names: readonly string[]): string {
    let text = "";
    for (const name of names) {
      const value = this.variables[name];
      if (value !== undefined) text += `${text === "" ? "" : ","}"${name}":${JSON.stringify(value)}`;
    }
    return text;
  }
}
