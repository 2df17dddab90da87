/** The people of the demo and the frame that every demo output carries, as the data file has them. */
import data from "./data/personas.json";
import { CommandFailure, EXIT } from "./exit";

export interface DemoPersona { readonly id: string; readonly name: { readonly ja: string; readonly en: string }; readonly client: string; readonly purpose: string; /** Not a person: it shows with a key of its own who it is. */ readonly isMachine: boolean }

export const PERSONAS: readonly DemoPersona[] = data.personas.map(({ id, name, client, purpose, kind }) => ({ id, name, client, purpose, isMachine: kind === "system" }));
export const NOTICE: { readonly ja: string; readonly en: string; readonly note: string } = data.notice;
/** `JA / EN`: the one-line frame. */
export const FRAME_TEXT = `${NOTICE.ja} / ${NOTICE.en}`;

/** The person with this id. Throws CommandFailure (usage) for another. */
export function personaCalled(id: string): DemoPersona {
  const found = PERSONAS.find((persona) => persona.id === id);
  if (found === undefined) throw new CommandFailure(EXIT.usage, ["nobodyInDemo", { id, known: PERSONAS.map((persona) => persona.id).join(", ") }]);
  return found;
}
