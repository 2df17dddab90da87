/**
 * SPEC 5.2, 5.17: the arguments of every `@label` are words of the policy in force, and a `@role` names a role. Unknown levels, regimes, bodies, nations and purposes are refused, and so are
 * lists that permit nobody: an empty `purposes`, `rel` or `dist` is a mistake or a trap, never "unrestricted" [B-8].
 */
import { type Policy, PolicyError, roleFloorOf } from "../../policy";
import { findingOf } from "../finding";
import type { SubgraphRule } from "./rule";

const NAME = "label-arguments";

export const labelArguments: SubgraphRule = {
  name: NAME,
  check: (subgraphs, policy) => subgraphs.flatMap(({ name, applications }) => applications
    .filter(({ directive }) => directive !== "existence")
    .flatMap(({ directive, coordinate, arguments: args }) => (directive === "role" ? refuseRole(args) : refuseArguments(args, policy)).map((message) => findingOf(NAME, coordinate, [name], message)))),
};

function refuseRole(args: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    roleFloorOf(args);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return [`unknown role ${JSON.stringify(args["name"])}`];
    throw error;
  }
}

function refuseArguments(args: Readonly<Record<string, unknown>>, policy: Policy): readonly string[] {
  const found: string[] = [];
  const isBody = (word: string): boolean => policy.members.isKnownOrg(word);
  const isNation = (word: string): boolean => policy.nations.has(word);
  const levels = policy.levels.map((level) => level.name.replaceAll(" ", "_"));
  const { level = "PUBLIC", owner } = args;
  if (typeof level !== "string" || !levels.includes(level)) found.push(`unknown level ${JSON.stringify(level)}`);
  if (owner !== undefined && owner !== null && (typeof owner !== "string" || !(isBody(owner) || isNation(owner)))) found.push(`unknown owner ${JSON.stringify(owner)}`);
  const checkList = (argument: string, isKnown: (word: string) => boolean, mayBeEmpty: boolean): void => {
    const words = args[argument];
    if (words === undefined || words === null) return;
    if (!Array.isArray(words)) return void found.push(`${argument} is not a list`);
    if (words.length === 0 && !mayBeEmpty) found.push(`an empty ${argument} would permit nobody; leave it out or name someone`);
    for (const word of words) if (typeof word !== "string" || !isKnown(word)) found.push(`unknown member of ${argument}: ${JSON.stringify(word)}`);
  };
  checkList("regimes", (word) => [...policy.regimes.keys()].some((regime) => regime === word), true);
  checkList("rel", isNation, false);
  checkList("dist", isBody, false);
  checkList("purposes", (word) => policy.purposes.has(word), false);
  if (Array.isArray(args["rel"]) && args["rel"].length > 0 && !args["rel"].includes("JPN")) found.push("rel leaves out JPN, so Japan may not hold it");
  return found;
}
