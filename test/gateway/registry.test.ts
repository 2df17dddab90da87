import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { parseGatewayKeys, parseRegistry } from "../../gateway/registry";

const sign = generateKeyPairSync("ed25519");
const agree = generateKeyPairSync("x25519");
const jwk = (key: { export(options: { format: "jwk" }): JsonWebKey }): JsonWebKey => key.export({ format: "jwk" });
const whole = {
  gateways: [{ id: "gw", sign: { ...jwk(sign.publicKey), kid: "k" }, agree: jwk(agree.publicKey) }],
  ministries: [{ subgraph: "defense", url: "http://127.0.0.1:1", agree: jwk(agree.publicKey) }],
  issuers: [{ issuer: "i", jwksUri: "http://127.0.0.1:2/jwks", audience: "a", algorithms: ["EdDSA"], speaksFor: "EVERYBODY" }],
};
const keys = { id: "gw", sign: { ...jwk(sign.privateKey), kid: "k" }, agree: jwk(agree.privateKey) };

describe("the registry", () => {
  it("gives members and keys", () => {
    const registry = parseRegistry(whole);
    expect(registry.ministries[0]?.subgraph).toBe("defense");
    expect(parseGatewayKeys(keys, registry).kid).toBe("k");
  });

  it("names the place of a mistake and refuses it", () => {
    const [ministry] = whole.ministries;
    const [issuer] = whole.issuers;
    const speaking = (speaksFor: unknown): unknown => ({ ...whole, issuers: [{ ...issuer, speaksFor }] });
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [null, /\$ must be an object/], [{ ...whole, extra: 1 }, /\$\.extra is not known/], [{ ...whole, ministries: [{ ...ministry, url: "file:///etc" }] }, /ministries\[0\]\.url/],
      [{ ...whole, ministries: [ministry, ministry] }, /same member twice/], [{ ...whole, ministries: [{ ...ministry, agree: jwk(agree.privateKey) }] }, /private key/],
      [{ ...whole, ministries: [{ ...ministry, agree: jwk(sign.publicKey) }] }, /X25519/], [{ ...whole, issuers: [{ ...issuer, algorithms: ["HS256"] }] }, /algorithms/],
      [{ ...whole, issuers: [{ ...issuer, algorithms: [] }] }, /algorithms/], [{ ...whole, issuers: [{ ...issuer, audience: "" }] }, /audience/], [{ ...whole, gateways: {} }, /gateways must be a list/],
      // For whom an issuer speaks is said, and never by leaving it out or empty.
      [{ ...whole, issuers: [{ issuer: "i", jwksUri: "http://127.0.0.1:2/jwks", audience: "a", algorithms: ["EdDSA"] }] }, /^registry: \$\.issuers\[0\] lacks speaksFor$/],
      [speaking([]), /issuers\[0\]\.speaksFor names nobody/], [speaking("ALL"), /issuers\[0\]\.speaksFor must be a list/], [speaking([{}]), /speaksFor\[0\] must name a body or a nation/],
      [speaking([{ body: "JPN.MOD" }, { body: "" }]), /speaksFor\[1\]\.body/], [speaking([{ body: "mod" }]), /speaksFor\[0\]\.body must be an org path/], [speaking([{ nation: "JPN" }]), /speaksFor\[0\]\.nation must be the code of another/],
      [speaking([{ nation: "USA", org: "JPN" }]), /speaksFor\[0\]\.org is not known/],
    ];
    for (const [value, problem] of wrong) expect(() => parseRegistry(value)).toThrow(problem);
  });

  it("refuses keys of a gateway it does not know, and public keys where private ones belong", () => {
    const registry = parseRegistry(whole);
    expect(() => parseGatewayKeys({ ...keys, id: "other" }, registry)).toThrow(/not a gateway/);
    expect(() => parseGatewayKeys({ ...keys, sign: { ...jwk(sign.publicKey), kid: "k" } }, registry)).toThrow(/lacks d/);
    expect(() => parseGatewayKeys({ ...keys, agree: jwk(agree.publicKey) }, registry)).toThrow(/not a usable private key/);
  });
});
