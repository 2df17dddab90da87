/** Editions: who has which, when one ends, and what a replacement that fails leaves behind (SPEC 8.5). */
import type { Bundle } from "../../schema/compose";
import type { Policy } from "../../schema/policy";
import { NO_OPERATIONS } from "../../gateway/bundle/known-operations";
import { type Edition, type EditionParts, Editions } from "../../gateway/edition";

const bundle = (version: string): Bundle => ({ version }) as Bundle;
const policy = (version: string): Policy => ({ version }) as Policy;

interface Made extends Edition { readonly name: string; ended: number }
let made: Made[];
let warnings: string[];
let switches: string[];
const make = (parts: EditionParts): Made => {
  if (parts.bundle.version === "bad") throw new Error("not fit");
  const edition: Made = { ...parts, name: `${parts.bundle.version}/${parts.policy.version}`, ended: 0, stations: {} as Made["stations"], classes: () => 0, end: () => { edition.ended += 1; return Promise.resolve(); } };
  made.push(edition);
  return edition;
};
const open = (): Editions<Made> => new Editions(make({ bundle: bundle("B1"), operations: NO_OPERATIONS, policy: policy("P1") }), {
  make, warn: (problem) => { warnings.push(problem); }, onSwitch: (now, before) => { switches.push(`${before.name} -> ${now.name}`); },
});
const settle = (): Promise<void> => new Promise((done) => { setImmediate(done); });
beforeEach(() => { made = []; warnings = []; switches = []; });

it("lets a request keep the edition with which it began, and gives later ones the new one [B-101]", async () => {
  const editions = open();
  const early = editions.take();
  await editions.replace({ bundle: bundle("B2") });
  const late = editions.take();
  expect([early.edition.name, late.edition.name, editions.current().name]).toEqual(["B1/P1", "B2/P1", "B2/P1"]);
  expect(switches).toEqual(["B1/P1 -> B2/P1"]);
});

it("ends an edition with its last request, once, and not before", async () => {
  const editions = open();
  const [one, two] = [editions.take(), editions.take()];
  await editions.replace({ bundle: bundle("B2") });
  one.leave();
  one.leave();
  await settle();
  expect([made[0]?.ended, editions.alive]).toEqual([0, 2]);
  two.leave();
  await settle();
  expect([made[0]?.ended, editions.alive]).toEqual([1, 1]);
  one.leave();
  await settle();
  expect(made.map(({ ended }) => ended)).toEqual([1, 0]);
});

it("ends an edition that nobody has as soon as it is replaced, and never the current one", async () => {
  const editions = open();
  editions.take().leave();
  await settle();
  expect(made[0]?.ended).toBe(0);
  await editions.replace({ policy: policy("P2") });
  await settle();
  expect(made.map(({ name, ended }) => [name, ended])).toEqual([["B1/P1", 1], ["B1/P2", 0]]);
});

it("keeps the current edition when another one cannot be made", async () => {
  const editions = open();
  await expect(editions.replace({ bundle: bundle("bad") })).rejects.toThrow("not fit");
  await expect(editions.replace(() => { throw new Error("not signed"); })).rejects.toThrow("not signed");
  expect([editions.current().name, editions.alive, made.length, switches]).toEqual(["B1/P1", 1, 1, []]);
  expect((await editions.replace({ bundle: bundle("B3") })).name).toBe("B3/P1");
});

it("loses neither a bundle nor a policy when both are replaced at the same time", async () => {
  const editions = open();
  await Promise.all([editions.replace(async () => { await settle(); return { bundle: bundle("B2") }; }), editions.replace({ policy: policy("P2") })]);
  expect([editions.current().name, switches]).toEqual(["B2/P2", ["B1/P1 -> B2/P1", "B2/P1 -> B2/P2"]]);
});

it("makes nothing anew of the same parts", async () => {
  const editions = open();
  const before = editions.current();
  expect(await editions.replace({ bundle: before.bundle })).toBe(before);
  expect([made.length, before.ended]).toEqual([1, 0]);
});

it("waits for everybody when it ends, and replaces nothing afterwards", async () => {
  const editions = open();
  const request = editions.take();
  await editions.replace({ bundle: bundle("B2") });
  let isOver = false;
  const end = editions.end().then(() => { isOver = true; });
  await settle();
  expect(isOver).toBe(false);
  request.leave();
  await end;
  expect(made.map(({ ended }) => ended)).toEqual([1, 1]);
  await expect(editions.replace({ bundle: bundle("B4") })).rejects.toThrow("stopping");
});

it("tells when an edition does not end cleanly, and goes on", async () => {
  const editions = open();
  const first = editions.current();
  Object.assign(first, { end: () => Promise.reject(new Error("stuck")) });
  await editions.replace({ bundle: bundle("B2") });
  await settle();
  expect([warnings, editions.alive]).toEqual([["an edition did not end cleanly"], 1]);
});

it("tells whoever follows that there is another edition, once it is the current one, and nobody who does not any more", async () => {
  const editions = open();
  const told: string[] = [];
  const leave = editions.follow(() => { told.push(`one: ${editions.current().name}`); });
  editions.follow(() => { told.push(`two: ${editions.current().name}`); });
  await editions.replace({ bundle: bundle("B2") });
  await expect(editions.replace({ bundle: bundle("bad") })).rejects.toThrow("not fit");
  await editions.replace({});
  leave();
  await editions.replace({ policy: policy("P2") });
  expect(told).toEqual(["one: B2/P1", "two: B2/P1", "two: B2/P2"]);
});
