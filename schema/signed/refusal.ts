/** Thrown for a list of signers, a key or a document that is not what it has to be; the message is for the operator and carries no key material. */
export class SignedError extends Error { override readonly name = "SignedError"; }
