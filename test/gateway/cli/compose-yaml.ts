/**
 * Reads docker-compose.yml: the part of YAML it is written in (block maps, JSON lists and texts, anchors, aliases, merges) and variables of the form `${NAME:?why}`.
 * Refuses everything else, so that the file cannot come to mean something that its tests do not see.
 */
export type Yaml = string | readonly string[] | { readonly [key: string]: Yaml };
export type YamlMap = { readonly [key: string]: Yaml };

interface Line { readonly indent: number; readonly key: string; readonly rest: string; readonly number: number }

/** @param variables values of the variables; one that is missing throws, as docker-compose does */
export function readCompose(text: string, variables: Readonly<Record<string, string>>): YamlMap {
  const lines = text.split("\n").flatMap((raw, at): readonly Line[] => {
    if (/^\s*(#.*)?$/.test(raw)) return [];
    const match = /^( *)([\w.<-]+):(?: (.*))?$/.exec(raw);
    if (match === null) throw new Error(`line ${at + 1} is not in the part of YAML this file uses: ${raw}`);
    return [{ indent: match[1]?.length ?? 0, key: match[2] ?? "", rest: (match[3] ?? "").trim(), number: at + 1 }];
  });
  const anchors = new Map<string, Yaml>();
  let next = 0;

  const readMap = (indent: number): YamlMap => {
    const map: Record<string, Yaml> = {};
    for (let line = lines[next]; line !== undefined && line.indent === indent; line = lines[next]) {
      next += 1;
      const value = readValue(line);
      if (line.key === "<<") { for (const [key, merged] of Object.entries(value as YamlMap)) map[key] ??= merged; continue; }
      map[line.key] = value;
    }
    const after = lines[next];
    if (after !== undefined && after.indent > indent) throw new Error(`line ${after.number} is indented further than its map`);
    return map;
  };
  const readValue = (line: Line): Yaml => {
    if (line.rest.startsWith("*")) {
      const found = anchors.get(line.rest.slice(1));
      if (found === undefined) throw new Error(`line ${line.number}: nothing is called ${line.rest}`);
      return found;
    }
    const anchor = /^&([\w-]+)$/.exec(line.rest)?.[1];
    if (anchor === undefined && line.rest !== "") return readScalar(line);
    const inner = lines[next];
    if (inner === undefined || inner.indent <= line.indent) throw new Error(`line ${line.number} has no value`);
    const value = readMap(inner.indent);
    if (anchor !== undefined) anchors.set(anchor, value);
    return value;
  };
  const readScalar = ({ rest, number }: Line): Yaml => {
    if (rest === "{}") return {};
    const filled = rest.replace(/\$\{(\w+):\?[^}]+\}/g, (_whole, name: string) => {
      const value = variables[name];
      if (value === undefined || value === "") throw new Error(`line ${number}: ${name} is required`);
      return value;
    });
    if (filled.includes("${")) throw new Error(`line ${number}: a variable that is not required`);
    return /^["[]/.test(filled) ? JSON.parse(filled) as Yaml : filled;
  };
  return readMap(0);
}

/** The map under a path of keys. */
export function mapAt(map: YamlMap, ...keys: readonly string[]): YamlMap {
  return keys.reduce<YamlMap>((found, key) => {
    const value = found[key];
    if (typeof value !== "object" || Array.isArray(value)) throw new Error(`no map at ${keys.join(".")}`);
    return value as YamlMap;
  }, map);
}

/** The list under a key, empty where there is none. */
export function listAt(map: YamlMap, key: string): readonly string[] {
  const value = map[key] ?? [];
  if (!Array.isArray(value)) throw new Error(`${key} is not a list`);
  return value as readonly string[];
}

/** The text under a key. */
export function textAt(map: YamlMap, key: string): string {
  const value = map[key];
  if (typeof value !== "string") throw new Error(`${key} is not a text`);
  return value;
}
