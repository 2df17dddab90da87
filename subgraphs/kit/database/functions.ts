/**
 * Functions that run as the keeper: the only way in which a ministry's process writes, and the statement of standing, which is about everybody (SPEC 3, 6).
 * A change names a token; a token whose assignments the asker may not read is refused exactly as one that does not exist.
 */
import { READABLE_SETTING, isMember } from "./guards";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/** Entries are hash-stamped and numbered under one lock, so their order is the order of commits. */
const append = `CREATE FUNCTION vault.append(p_actor text, p_change text, p_body jsonb) RETURNS bigint ${definer} AS $$
DECLARE last vault.revision; stamp text; moment timestamptz := clock_timestamp();
BEGIN
  SELECT * INTO last FROM vault.revision FOR UPDATE;
  stamp := encode(sha256(convert_to(concat_ws(E'\\n', last.hash, last.revision + 1, moment::text, p_actor, p_change, p_body::text), 'UTF8')), 'hex');
  INSERT INTO vault.history VALUES (last.revision + 1, moment, p_actor, p_change, p_body, last.hash, stamp);
  UPDATE vault.revision SET revision = last.revision + 1, hash = stamp;
  PERFORM pg_notify('standing', (last.revision + 1)::text);
  RETURN last.revision + 1;
END $$`;

const refuseRewriting = `CREATE FUNCTION vault.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'history is append-only'; END $$`;

/** Issuer of a token, for whom the asker may read its assignments; nothing otherwise. */
const issuer = `CREATE FUNCTION token_issuer(p_token text) RETURNS TABLE (issuer text, label_id int) ${definer} AS $$
BEGIN RETURN QUERY SELECT e.issuer::text, e.assignment_label FROM vault.matter_entry e WHERE e.token = p_token AND ${isMember("e.assignment_label", READABLE_SETTING)}; END $$`;

const grant = `CREATE FUNCTION grant_assignment(p_actor text, p_subject text, p_token text, p_role text, p_from text, p_until text, p_granted_by text, p_reason text) RETURNS boolean ${definer} AS $$
DECLARE entry vault.matter_entry;
BEGIN
  SELECT * INTO entry FROM vault.matter_entry e WHERE e.token = p_token AND ${isMember("e.assignment_label", READABLE_SETTING)};
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM FROM vault.revision FOR UPDATE;
  INSERT INTO vault.assignment VALUES (p_subject, p_token, entry.assignment_label, entry.id, (SELECT s.person_id FROM vault.subject s WHERE s.id = p_subject), p_role, p_from, p_until, p_granted_by, p_reason)
    ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM vault.append(p_actor, 'GRANT_ASSIGNMENT', jsonb_build_object('subject', p_subject, 'token', p_token, 'role', p_role, 'from', p_from, 'until', p_until, 'reason', p_reason));
  RETURN true;
END $$`;

const revoke = `CREATE FUNCTION revoke_assignment(p_actor text, p_subject text, p_token text, p_reason text) RETURNS boolean ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  DELETE FROM vault.assignment a WHERE a.subject = p_subject AND a.token = p_token AND ${isMember("a.label_id", READABLE_SETTING)};
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM vault.append(p_actor, 'REVOKE_ASSIGNMENT', jsonb_build_object('subject', p_subject, 'token', p_token, 'reason', p_reason));
  RETURN true;
END $$`;

/** Everything the ministry states, read in one snapshot. */
const standing = `CREATE FUNCTION standing() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT jsonb_build_object(
  'revision', (SELECT revision FROM vault.revision),
  'tokens', COALESCE((SELECT jsonb_agg(jsonb_build_object('token', e.token, 'issuer', e.issuer) ORDER BY e.token) FROM vault.matter_entry e), '[]'),
  'subjects', COALESCE((SELECT jsonb_agg(s.body ORDER BY s.id) FROM vault.subject s), '[]'),
  'assignments', COALESCE((SELECT jsonb_agg(jsonb_build_object('subject', a.subject, 'token', a.token, 'role', a.role, 'from', a."from", 'until', a.until, 'grantedBy', a.granted_by,
    'reason', a.reason) ORDER BY a.subject, a.token) FROM vault.assignment a)
    , '[]'))
  || COALESCE((SELECT jsonb_object_agg(t.list, t.bodies) FROM (SELECT list, jsonb_agg(body ORDER BY id) AS bodies FROM vault.statement GROUP BY list) t), '{}')
$$`;

/** Public signatures that the ministry's role may call. */
export const CALLABLE: readonly string[] = [
  "token_issuer(text)", "grant_assignment(text, text, text, text, text, text, text, text)", "revoke_assignment(text, text, text, text)", "standing()",
];

export const FUNCTIONS: readonly string[] = [
  append, refuseRewriting, "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.history EXECUTE FUNCTION vault.refuse_rewriting()",
  issuer, grant, revoke, standing,
];
