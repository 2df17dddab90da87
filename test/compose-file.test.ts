import fs from "node:fs";
import { GATEWAY_NODE_FLAGS, MINISTRY_NODE_FLAGS } from "../gateway/cli/root";
import path from "node:path";
import { ministries } from "../subgraphs";
import { listAt, mapAt, readCompose, textAt, type YamlMap } from "./gateway/cli/compose-yaml";

const text = fs.readFileSync(path.join(__dirname, "../docker-compose.yml"), "utf8");
const variables = { DEPLOYMENT: "/deployment", DEPLOYMENT_USER: "1000:1000", DEPLOYMENT_DEMO: "0", GATEWAY_1_PORT: "4000", GATEWAY_2_PORT: "4010" };
const file = readCompose(text, variables);
const services = mapAt(file, "services");
const names = Object.keys(services);
const service = (name: string): YamlMap => mapAt(services, name);
const environment = (name: string): YamlMap => mapAt(service(name), "environment");
const MINISTRIES = Object.keys(ministries);

test("has a database, a preparation and a process per ministry, two gateways, and the issuer only beside a gateway and on request, as what is published", () => {
  expect([...names].sort()).toEqual([...MINISTRIES.flatMap((name) => [name, `${name}-db`, `${name}-setup`]), "gateway-1", "gateway-2", "issuer-1", "issuer-2", "publisher", "site"].sort());
  for (const at of [1, 2]) {
    expect(service(`issuer-${at}`)["profiles"]).toEqual(["demo"]);
    expect(service(`issuer-${at}`)["network_mode"]).toBe(`service:gateway-${at}`);
    expect(environment(`issuer-${at}`)["KANMON_HOST"]).toBe("127.0.0.1");
  }
});

test.each(Object.keys(variables))("does not start without %s", (name) => {
  expect(() => readCompose(text, { ...variables, [name]: "" })).toThrow(`${name} is required`);
});

test("confines every service: not root, read-only root, no capabilities, no new privileges", () => {
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) {
    const { user, read_only: readOnly, cap_drop: dropped, security_opt: options } = service(name);
    expect([name, user, readOnly, dropped, options]).toEqual([name, "1000:1000", "true", ["ALL"], ["no-new-privileges:true"]]);
  }
});

test("holds no secret and no default for one: passwords, keys and URLs with passwords are files", () => {
  expect(text).not.toMatch(/\$\{[^}]*:-|_PASSWORD:/);
  for (const name of names) {
    for (const key of Object.keys(environment(name))) {
      if (/PASSWORD|KEYS|DATABASE/.test(key)) expect([name, key, textAt(environment(name), key)]).toEqual([name, expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\/secrets\//)]);
    }
  }
});

test("gives each service the secrets it names and no other, and the owner's sign-in to the preparation alone", () => {
  for (const name of names) {
    const used = Object.keys(environment(name)).map((key) => textAt(environment(name), key)).filter((value) => value.startsWith("/run/secrets/")).map((value) => value.slice("/run/secrets/".length));
    expect([name, [...listAt(service(name), "secrets")].sort()]).toEqual([name, used.sort()]);
    expect(Object.keys(mapAt(file, "secrets"))).toEqual(expect.arrayContaining(used));
    if (used.some((secret) => secret.includes("owner"))) expect(name).toMatch(/-(db|setup)$/);
  }
});

test("keeps each database on a network of its own, without a way out, shared with its ministry only", () => {
  for (const ministry of MINISTRIES) {
    const network = `${ministry}-data`;
    expect(mapAt(file, "networks", network)["internal"]).toBe("true");
    expect(names.filter((name) => listAt(service(name), "networks").includes(network)).sort()).toEqual([ministry, `${ministry}-db`, `${ministry}-setup`].sort());
    expect(listAt(service(`${ministry}-db`), "networks")).toEqual([network]);
  }
});

test("publishes gateways and the site of published files only, and on loopback only", () => {
  const published = names.filter((name) => service(name)["ports"] !== undefined);
  expect(published).toEqual(["gateway-1", "gateway-2", "site"]);
  for (const name of published) for (const port of listAt(service(name), "ports")) expect(port).toMatch(name === "site" ? /^127\.0\.0\.1:4003:4003$/ : /^127\.0\.0\.1:\d+:4000$/);
});

test("gives what anybody asks neither a key nor a way to any of the others, and the folder to read only; who writes it has the key and no port", () => {
  const folderOf = (name: string): readonly string[] => listAt(service(name), "volumes").filter((volume) => volume.includes("/state/"));
  expect([listAt(service("site"), "secrets"), listAt(service("site"), "networks"), folderOf("site")]).toEqual([[], ["public"], ["/deployment/state/public:/public:ro"]]);
  expect(names.filter((name) => listAt(service(name), "networks").includes("public"))).toEqual(["site"]);
  expect([listAt(service("publisher"), "secrets"), folderOf("publisher"), service("publisher")["network_mode"]]).toEqual([["publication-system"], ["/deployment/state/public:/public"], "service:gateway-1"]);
  for (const name of ["publisher", "site"]) expect(service(name)["profiles"]).toEqual(["demo"]);
});

test("has a health check for every service that stays, and mounts code read-only", () => {
  for (const name of names) {
    if (name.endsWith("-setup")) expect(service(name)["restart"]).toBe("no");
    else expect([name, listAt(mapAt(service(name), "healthcheck"), "test")[0]]).toEqual([name, "CMD"]);
    for (const volume of listAt(service(name), "volumes")) if (volume.startsWith("./")) expect(volume).toMatch(/:ro$/);
  }
});

test("runs gateways and ministries that answer with the flags of node that a start on one machine uses", () => {
  for (const [name, service] of Object.entries(services)) {
    const command = "command" in (service as object) ? listAt(mapAt(services, name), "command") : [];
    const flags = command.includes("gateway") ? GATEWAY_NODE_FLAGS : command.includes("ministry") && !command.includes("--prepare") ? MINISTRY_NODE_FLAGS : undefined;
    if (flags !== undefined) expect([name, ...command.slice(0, 1 + flags.length)]).toEqual([name, "node", ...flags]);
  }
});
