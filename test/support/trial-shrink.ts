/** Makes a failing trial smaller: drops selections of the operation and differences between the worlds as long as it still fails in the same way. */
import { Kind, parse, print, visit, type DocumentNode } from "graphql";
import { World } from "./generate-world";
import type { Trial } from "./trial-generated";
import type { GeneratedSession } from "./trial-session";

type Fails = (trial: Trial) => Promise<boolean>;
/** Tries of one kind; a shrunk trial need not be the smallest. */
const MOST = 400;

export async function shrinkTrial(session: GeneratedSession, trial: Trial, fails: Fails): Promise<Trial> {
  const fewer = await shrinkOperation(session, trial, fails);
  return shrinkWorlds(fewer, fails);
}

async function shrinkOperation(session: GeneratedSession, trial: Trial, fails: Fails): Promise<Trial> {
  let current = trial;
  let tries = 0;
  for (let at = 0; tries < MOST; at += 1) {
    const smaller = withoutSelection(parse(current.text), at);
    if (smaller === undefined) return current;
    const text = print(dropUnused(smaller));
    const declared = new Set(text.match(/\$[A-Za-z0-9_]+/g));
    const variables = Object.fromEntries(Object.entries(current.variables).filter(([name]) => declared.has(`$${name}`)));
    const candidate = { ...current, text, variables };
    tries += 1;
    if (session.question(current.asker.view, text, variables) === undefined || !(await fails(candidate))) continue;
    current = candidate;
    at -= 1;
  }
  return current;
}

/** The document without its selection number `at` (in document order); undefined when there are no more. */
function withoutSelection(document: DocumentNode, at: number): DocumentNode | undefined {
  let number = -1;
  let dropped = false;
  const drop = (): null | undefined => {
    number += 1;
    if (number !== at) return undefined;
    dropped = true;
    return null;
  };
  const smaller = visit(document, {
    Field: drop, InlineFragment: drop, FragmentSpread: drop,
    SelectionSet: { leave: (set) => (set.selections.length > 0 ? undefined : { ...set, selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } }] }) },
  });
  return dropped ? smaller : undefined;
}

function dropUnused(document: DocumentNode): DocumentNode {
  const text = print(document);
  const spread = new Set(text.match(/\.\.\.[A-Z][A-Za-z0-9]*/g));
  return {
    ...document,
    definitions: document.definitions.filter((definition) => definition.kind !== Kind.FRAGMENT_DEFINITION || spread.has(`...${definition.name.value}`)).map((definition) => {
      if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
      const body = text.replace(/^(?:query|mutation|subscription) Search\([^)]*\)/, "");
      return { ...definition, variableDefinitions: (definition.variableDefinitions ?? []).filter((variable) => new RegExp(`\\$${variable.variable.name.value}\\b`).test(body)) };
    }),
  };
}

/** Takes back the differences of one type in one ministry at a time. */
async function shrinkWorlds(trial: Trial, fails: Fails): Promise<Trial> {
  let current = trial;
  for (const key of trial.worlds[0].rows.keys()) {
    const [first, second] = current.worlds;
    const rows = first.rows.get(key);
    if (rows === undefined || JSON.stringify(rows) === JSON.stringify(second.rows.get(key))) continue;
    const candidate: Trial = { ...current, worlds: [first, new World(new Map([...second.rows, [key, rows]]))], made: current.made.filter((made) => !made.startsWith(key)) };
    if (await fails(candidate)) current = candidate;
  }
  return current;
}
