/** The question of README, page and demo: everything four ministries hold on one matter. One text, so that all three show the same thing. */

/** Opaque id of matter PRJ-QS-2026; that it belongs to that token is content, and readable only by those assigned to it. */
export const DEMO_MATTER = "mtr_st6cgtwm6663pxhq";

/** The people of the demo, in the order of its columns. */
export const DEMO_PERSONAS = ["ciro-analyst", "meti-officer", "us-liaison", "aus-liaison", "contractor-engineer", "uncleared-official"] as const;

/** Response names of the four sections of a matter. */
export const SECTIONS = ["defense", "economy", "cabinetSecretariat", "cabinetOffice"] as const;

export const MATTER_QUERY = `query Matter($id: ID!) {
  matter(id: $id) {
    id
    defense { entry { token name { ja en } } documents(first: 20) { totalCount nodes { ...D } } }
    economy { documents(first: 20) { totalCount nodes { ...D } } }
    cabinetSecretariat { documents(first: 20) { totalCount nodes { ...D } } }
    cabinetOffice { documents(first: 20) { totalCount nodes { ...D } } }
  }
}
fragment D on Document {
  id
  ministry
  contact { ja en }
  reference
  kind
  title { ja en }
  summary { ja en }
  body { ja en }
  source { ja en }
  figures { ja en }
}`;

/** Who revokes whose assignment to what, in the demo. */
export const DEMO_REVOCATION = { officer: "mod-security-officer", subject: "ciro-analyst", token: "PRJ-QS-2026" } as const;

export const REVOKE_MUTATION = `mutation Revoke($input: AssignmentRevocation!) {
  defenseRevokeAssignment(input: $input) { __typename }
}`;
