/**
 * The floor that one directive states where it stands (SPEC 5.2, 5.17): a core for `@label`, the token of a role for `@role`. `@existence` states none.
 */
import { BOTTOM, type LabelCore } from "../label";
import { floorOf, roleFloorOf } from "../policy";
import type { Application } from "./subgraph";

/** @throws PolicyError for words that are none */
export function statedFloor({ directive, arguments: args }: Application): LabelCore {
  switch (directive) {
    case "label": return floorOf(args);
    case "role": return roleFloorOf(args);
    case "existence": return BOTTOM;
  }
}
