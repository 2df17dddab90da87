/**
 * The files one bench run needs, in a folder of its own below the system's temporary folder: supergraphs, signed bundle, registry, keys, standing, request
 * bodies. Everything is made here with fresh keys; nothing is kept after the run but the results.
 */
import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { type IssuerKeys, issueToken, makeIssuerKeys, publicKeysOf } from "../../gateway/issuer";
import { composeSupergraph } from "../../schema/compose";
import { policyForGateway } from "../support/policy-files";
import { contentOf, makeReleaseKey, signed, signersOf } from "../support/signed-bundle";
import type { SubgraphsReady } from "./subgraphs";
import { directivesText } from "./workload/labels";
import { REVIEWS, sdlOf, SUBGRAPHS } from "./workload/schema";

const ISSUER = "http://127.0.0.1:4002";
const AUDIENCE = "kanmon";
const GATEWAY_ID = "gateway-bench";
const TOKEN_LIFE_S = 600;
/** Client registration of the policy in force with the highest zone. */
const CLIENT = "kasumi-1-z4";
export const SUBJECTS: readonly string[] = Array.from({ length: 8 }, (_, at) => `bench-official-${at + 1}`);

interface KeyPair { readonly open: JsonWebKey; readonly secret: JsonWebKey }

export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), "kanmon-bench-"));
  readonly standingFile: string;
  readonly #issuer: IssuerKeys;
  readonly #sign = keyPair("ed25519");
  readonly #agree = keyPair("x25519");
  readonly #ministries = new Map(SUBGRAPHS.map((name) => [name, keyPair("x25519").open]));
  readonly #release = makeReleaseKey();
  #made = 0;

  private constructor(issuer: IssuerKeys) {
    this.#issuer = issuer;
    const standing = Object.fromEntries(SUBGRAPHS.map((name) => [name, standingOf(name)]));
    this.standingFile = this.write("standing.json", JSON.stringify({ standing, jwks: publicKeysOf(issuer) }));
  }

  static async create(): Promise<Workspace> { return new Workspace(await makeIssuerKeys()); }

  write(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  /** Supergraph of the bare subgraphs, as stock composition makes it. */
  bareSupergraph({ ports }: SubgraphsReady): string {
    const result = composeServices(SUBGRAPHS.map((name) => ({ name, url: urlOf(ports[name]), typeDefs: parse(sdlOf(name, undefined)) })));
    if (result.errors !== undefined) throw new AggregateError(result.errors, "the bare graph does not compose");
    return this.write(`bare-${++this.#made}.graphql`, result.supergraphSdl);
  }

  /** Environment of `kanmon gateway` with labels. A fresh evidence folder each time. */
  async labelledEnvironment({ ports, control }: SubgraphsReady): Promise<Record<string, string>> {
    const directives = directivesText();
    const bundle = composeSupergraph(SUBGRAPHS.map((name) => ({ name, url: urlOf(ports[name]), sdl: sdlOf(name, { directives }) })));
    const at = ++this.#made;
    const registry = {
      gateways: [{ id: GATEWAY_ID, sign: this.#sign.open, agree: this.#agree.open }],
      ministries: SUBGRAPHS.map((name) => ({ subgraph: name, url: `http://127.0.0.1:${ports[name]}`, agree: this.#ministries.get(name) })),
      issuers: [{ issuer: ISSUER, jwksUri: `http://127.0.0.1:${control}/jwks`, audience: AUDIENCE, algorithms: ["EdDSA"], speaksFor: "EVERYBODY" }],
    };
    const policy = await policyForGateway(mkdtempSync(join(this.folder, "policy-")), Date.now());
    return {
      KANMON_POLICY_FILE: policy.policyFile, KANMON_POLICY_SIGNERS_FILE: this.write(`officers-${at}.json`, JSON.stringify(policy.policySigners)),
      KANMON_BUNDLE_FILE: this.write(`bundle-${at}.json`, await signed(contentOf(bundle), [this.#release])),
      KANMON_BUNDLE_SIGNERS_FILE: this.write(`signers-${at}.json`, JSON.stringify(signersOf([this.#release]))),
      KANMON_REGISTRY_FILE: this.write(`registry-${at}.json`, JSON.stringify(registry)),
      KANMON_KEYS_FILE: this.write(`keys-${at}.json`, JSON.stringify({ id: GATEWAY_ID, sign: this.#sign.secret, agree: this.#agree.secret })),
      KANMON_EVIDENCE_DIR: mkdtempSync(join(this.folder, "evidence-")),
      KANMON_DEMO: "1",
    };
  }

  /** One access token for each subject of the bench, good for ten minutes. */
  async tokens(subjects: readonly string[] = SUBJECTS): Promise<readonly string[]> {
    const personas = subjects.map((id) => ({ id, client: CLIENT }));
    const issued = await Promise.all(subjects.map((id) => issueToken({ issuer: ISSUER, audience: AUDIENCE, keys: this.#issuer, personas, lifeS: TOKEN_LIFE_S, clock: Date.now }, id)));
    return issued.flatMap((each) => each === undefined ? [] : [each.token]);
  }

  remove(): void { rmSync(this.folder, { recursive: true, force: true }); }
}

function urlOf(port: number | undefined): string { return `http://127.0.0.1:${port}/graphql`; }

/** All subjects are officials kept by the ministry that plays the reviews; the others state nothing. */
function standingOf(name: string): unknown {
  const mine = name === REVIEWS ? SUBJECTS : [];
  return {
    ministry: name, revision: 1, at: new Date().toISOString(), tokens: [], vocabulary: [],
    subjects: mine.map((id) => ({ id, kind: "official", nation: "JPN", org: "JPN.CAS.CIRO", purposes: ["ANALYSIS"] })),
    eligibilities: mine.map((subject) => ({
      subject, regime: "DOC", maxLevel: 3, basis: "ASSESSMENT", grantedBy: "JPN.CAS", usableAt: ["JPN.CAS"], notifiedOn: "2025-04-01", validUntil: "2099-03-31", status: "ACTIVE", consentId: "CNS-BENCH",
    })),
    assignments: [], roles: [], facilities: [], attestations: [], acknowledgements: name === "cabinet-office" ? SUBJECTS.map((subject) => ({ subject, notice: "NOTICE-DOC", version: "1" })) : [],
  };
}

function keyPair(kind: "ed25519" | "x25519"): KeyPair {
  const { publicKey, privateKey } = kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519");
  const kid = kind === "ed25519" ? { kid: "bench" } : {};
  return { open: { ...publicKey.export({ format: "jwk" }), ...kid }, secret: { ...privateKey.export({ format: "jwk" }), ...kid } };
}
