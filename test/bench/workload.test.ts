import { ApolloGateway, GraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { composeSupergraph } from "../../schema/compose";
import { decide, type DecisionContext, loadPolicy, type Subject, verifyLabelId } from "../../schema/policy";
import { answererOf } from "./workload/answer";
import { makeWorld, type Thing, type World } from "./workload/data";
import { DISTINCT_LABELS, directivesText, dropsWhenWithheld, labelsOf } from "./workload/labels";
import { QUERIES } from "./workload/queries";
import { sdlOf, SUBGRAPHS } from "./workload/schema";

const asker: Subject = {
  id: "bench-official-1", kind: "official", nation: "JPN", org: "JPN.CAS.CIRO", assignments: [], roles: [], purposes: ["ANALYSIS"],
  eligibilities: [{ regime: "DOC", maxLevel: 3, basis: "ASSESSMENT", grantedBy: "JPN.CAS", usableAt: ["JPN.CAS"], notifiedOn: "2025-04-01", validUntil: "2099-03-31", status: "ACTIVE", consentId: "CNS-BENCH" }],
};
const now = Date.parse("2026-11-01T12:00:00+09:00");
const ctx: DecisionContext = { now, zoneLevel: 4 };
const world = makeWorld("known");
const wide = makeWorld("wide");
const thingsOf = ({ users, products, reviews }: World): readonly Thing[] => [...users.values(), ...products.values(), ...reviews.values()];

describe("the workload of the bench", () => {
  it.each([["known", world], ["wide", wide]] as const)("is answered by the stock gateway in about 87 kB with sixteen calls: %s", async (_, answered) => {
    const composed = composeServices(SUBGRAPHS.map((name) => ({ name, url: `http://${name}.test/graphql`, typeDefs: parse(sdlOf(name, undefined)) })));
    const answerers = new Map(SUBGRAPHS.map((name) => [name as string, answererOf(name, answered, undefined)]));
    let calls = 0;
    const buildService = ({ name }: { name: string }): GraphQLDataSource => ({
      process: async ({ request: { query, variables } }) => { calls += 1; return JSON.parse(String(await answerers.get(name)?.(Buffer.from(JSON.stringify({ query, variables }))))) as never; },
    });
    const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl: composed.supergraphSdl ?? "", buildService }), stopOnTerminationSignals: false });
    await server.start();
    const { body } = await server.executeOperation({ query: QUERIES.big });
    await server.stop();
    const text = body.kind === "single" ? JSON.stringify(body.singleResult.data) : "";
    expect(body.kind === "single" && body.singleResult.errors).toBeUndefined();
    expect(text.length).toBeGreaterThan(82_000);
    expect(text.length).toBeLessThan(92_000);
    expect(calls).toBe(16);
  });

  it("labels every object type in its labelled edition and none in its bare one", () => {
    const directives = directivesText();
    const bundle = composeSupergraph(SUBGRAPHS.map((name) => ({ name, url: `http://${name}.test/graphql`, sdl: sdlOf(name, { directives }) })));
    expect(["User", "Product", "Review"].map((name) => bundle.labels.isLabelled(name))).toEqual([true, true, true]);
    expect(SUBGRAPHS.map((name) => sdlOf(name, undefined)).join("")).not.toContain("_label");
  });

  it("has two hundred different labels, readable to its askers and to the four ministries", () => {
    const policy = loadPolicy();
    const give = labelsOf("permitted");
    const labels = SUBGRAPHS.flatMap((name) => thingsOf(wide).map((thing) => give(name, thing)));
    expect(new Set(labels.map(({ id }) => id)).size).toBe(DISTINCT_LABELS);
    expect(labels.every((label) => verifyLabelId(label))).toBe(true);
    const cleared = SUBGRAPHS.flatMap((name) => policy.members.accreditations(name).map(({ subject, zoneLevel }) => ({ subject, ctx: { now, zoneLevel } })));
    for (const each of [{ subject: asker, ctx }, ...cleared]) {
      expect(labels.filter((label) => decide(policy, each.subject, "RETRIEVE", label, each.ctx).outcome !== "permit")).toEqual([]);
    }
  });

  it("hides exactly about a tenth of the things from its askers when it withholds", () => {
    const policy = loadPolicy();
    const give = labelsOf("withheld");
    for (const things of [thingsOf(world), thingsOf(wide)]) {
      const hidden = things.filter((thing) => SUBGRAPHS.every((name) => decide(policy, asker, "RETRIEVE", give(name, thing), ctx).outcome === "hide"));
      const dropped = things.filter(dropsWhenWithheld);
      expect(hidden).toEqual(dropped);
      expect(dropped.length).toBeGreaterThanOrEqual(things.length / 12);
    }
  });

  it("answers a repeated body with the very same bytes and never mixes two", async () => {
    const answer = answererOf("cabinet-office", world, undefined);
    const bodyFor = (id: string): Buffer => Buffer.from(JSON.stringify({ query: "query($id: ID!) { user(id: $id) { name } }", variables: { id } }));
    const first = await answer(bodyFor("u-01"));
    expect(await answer(bodyFor("u-01"))).toBe(first);
    expect(String(await answer(bodyFor("u-02")))).not.toBe(String(first));
  });
});
