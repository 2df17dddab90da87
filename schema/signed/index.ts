/** The public surface of signed documents, by name. */
export { addSignature, signDocument, type SigningKey, verifyDocument, type Verified, type VerifyOptions } from "./document";
export { SignedError } from "./refusal";
export { readPublicKey, readSigners, type Signer, type Signers } from "./signers";
