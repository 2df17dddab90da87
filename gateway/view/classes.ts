/**
 * Classes of subjects (SPEC 5): everybody who is permitted the same static labels sees the same schema, and has the same validated documents and plans, apart from
 * everybody else's. Takes what a subject is permitted and gives the class with its view; keeps a bounded number of them.
 */
import { createHash } from "node:crypto";
import type { GraphQLSchema } from "graphql";
import { LRUCache } from "lru-cache";
import { type Bundle, prepareViews, type PrintedView, printView, staticClass, viewOf } from "../../schema/compose";
import type { LabelCore } from "../../schema/label";

export interface SubjectClass<Server> {
  /** `C-` and a hash of bundle and bits; names the class in evidence. */
  readonly id: string;
  readonly view: GraphQLSchema;
  readonly server: Server;
  /** The view as text; printed when first asked for. */
  readonly print: () => PrintedView;
}

/** A view of the demo bundle takes about a megabyte with its documents and plans. */
const KEPT = 32;

export class SubjectClasses<Server> {
  readonly #classes: LRUCache<string, SubjectClass<Server>>;

  constructor(private readonly bundle: Bundle, private readonly serve: (view: GraphQLSchema, id: string) => Server, most = KEPT) {
    this.#classes = new LRUCache({ max: most });
    prepareViews(bundle);
  }

  get size(): number { return this.#classes.size; }

  /** Name of the class: one bit per distinct floor. */
  bitsOf(permitted: (floor: LabelCore) => boolean): string { return staticClass(this.bundle, permitted); }

  /** The class with these bits, made when it is not there. */
  get(bits: string): SubjectClass<Server> {
    const known = this.#classes.get(bits);
    if (known !== undefined) return known;
    const { distinct } = this.bundle.labels;
    const permitted = new Set(distinct.filter((_, at) => bits[at] === "1"));
    const view = viewOf(this.bundle, (floor) => permitted.has(floor));
    const id = `C-${createHash("sha256").update(`${this.bundle.version}\n${bits}`).digest("base64url").slice(0, 22)}`;
    let printed: PrintedView | undefined;
    const made: SubjectClass<Server> = { id, view, server: this.serve(view, id), print: () => (printed ??= printView(view)) };
    this.#classes.set(bits, made);
    return made;
  }

  /** Everything kept, for stopping. */
  all(): readonly SubjectClass<Server>[] { return [...this.#classes.values()]; }
}
