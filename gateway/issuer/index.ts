/** The development token issuer: everything other folders use of it. */
export { ASSERTION_TYPE, LONGEST_ASSERTION_S } from "./assertion";
export { isLoopback, NotLoopback, originOf } from "./loopback";
export { readMachines, type MachineClient } from "./machines";
export { PERSONA_GRANT, startIssuer, type IssuerSettings, type RunningIssuer } from "./server";
export { issueToken, makeIssuerKeys, MAX_LIFE_S, publicKeysOf, type IssuerKeys, type Persona, type TokenSettings } from "./token";
