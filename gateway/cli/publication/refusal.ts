/** Why nothing is published: an answer that is not certainly public and whole, or a folder that says something else. Whatever was published before stays as it is. */
import { CommandFailure, EXIT } from "../exit";

/** What is wrong, in words of data/failures.json. */
export type Why = "publicationRefused" | "publicationUnmarked" | "publicationNotPublic" | "publicationWithheld" | "publicationOtherForm" | "publicationNotTold" | "publicationNotWhole" | "publicationForgets" | "publicationUnreadable";

/** Ends a publication. `detail` is a name, a path or a code, never a value. */
export class NotPublished extends CommandFailure {
  constructor(readonly why: Why, detail = "") { super(EXIT.verificationFailed, [why, { detail }]); }
}
