/**
 * Hidden ids asked one by one (SPEC 5.7, G3): by every field of a view that takes an id, which reaches each ministry by its own root fields and by `_entities`, a hidden thing is answered as an absent one,
 * byte for byte once the id itself is taken out, and nothing is called for it that is not called for the other.
 */
import { getNamedType, isListType, getNullableType, isObjectType, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import { selectionOf } from "./generate-mutation";
import type { Random } from "./generate-random";
import type { Question, Said } from "./trial-change";
import type { Violation } from "./trial-generated";
import type { Round } from "./trial-round";

/** Questions by id, each with the name of the field. */
function byIdOf(view: GraphQLSchema): readonly { readonly name: string; readonly text: string }[] {
  const root = view.getQueryType();
  return root === undefined || root === null ? [] : byIdIn(root, []);
}

function byIdIn(type: GraphQLObjectType, path: readonly string[]): readonly { readonly name: string; readonly text: string }[] {
  return Object.values(type.getFields()).flatMap((field) => {
    const at = [...path, field.name];
    const named = getNamedType(field.type);
    if (field.args.length === 0 && at.length < 3 && isObjectType(named) && !isListType(getNullableType(field.type)) && Object.values(named.getFields()).some(({ args }) => args.length > 0)) return byIdIn(named, at);
    if (field.args.length !== 1 || field.args[0]?.name !== "id") return [];
    const asked = path.reduceRight((inner, name) => `${name} { ${inner} }`, `${field.name}(id: $id)${selectionOf(named, 2)}`);
    return [{ name: field.name, text: `query ById($id: ID!) { ${asked} }` }];
  });
}

/** @returns how many hidden ids were asked for, by how many fields, and where one was not answered as an absent one */
export async function askOneByOne(random: Random, { reader, hidden, vocabulary }: Round, ask: (question: Question) => Promise<Said>, most: number): Promise<{ readonly asked: number; readonly fields: number; readonly violations: readonly Violation[] }> {
  const violations: Violation[] = [];
  const unseen = new Set(hidden);
  let asked = 0;
  let fields = 0;
  for (const { name, text } of random.shuffle(byIdOf(reader.view))) {
    const fitting = (vocabulary.idsFor?.(name) ?? []).filter((id) => unseen.has(id));
    if (fitting.length === 0 || asked >= most) continue;
    fields += 1;
    for (const id of random.shuffle(fitting).slice(0, 2)) {
      asked += 1;
      const absent = `${id.slice(0, 4)}${random.word(id.length - 4)}`;
      const shown = async (one: string): Promise<string> => {
        const { head, text: answer, calls } = await ask({ text, variables: { id: one } });
        return [head, answer.replace(/"evidence":\{[^}]*\}/, ""), ...[...calls].map(([ministry, bodies]) => `${ministry} ${bodies.join()}`)].join("\n").replaceAll(one, "ID");
      };
      const [given, expected] = [await shown(id), await shown(absent)];
      if (given !== expected) violations.push({ check: "G3: a hidden id is answered as an absent one", detail: `${name} ${id}\n${given}\n${expected}` });
    }
  }
  return { asked, fields, violations };
}
