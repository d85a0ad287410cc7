/** Shorter than the client's own wait, so that the client learns that nothing was saved. */
const lockTimeoutMs = 4000;

/** How many commits the log of changes has at most. */
const loggedCommits = 1000;

/** The error of {@link commitFunction} where another version of this program computes the lookups. */
export const otherVersion = 'AN001';

/**
 * Saves a commit with one statement, and so in one round trip: the new revision, or NULL where a condition is not met.
 *
 * Documents are found with subqueries, not joins: their plan stays an index scan, also in a session that has planned it
 * when there were few documents.
 */
export const commitFunction = `
CREATE FUNCTION anon_cli.commit(work jsonb) RETURNS bigint LANGUAGE plpgsql SET lock_timeout = ${lockTimeoutMs} AS $commit$
DECLARE
  known anon_cli.state%ROWTYPE;
  places bigint[];
BEGIN
  SELECT * INTO STRICT known FROM anon_cli.state FOR UPDATE;
  IF known.lookup_version <> (work->>'lookupVersion')::integer THEN
    RAISE EXCEPTION 'another version computes the lookups' USING ERRCODE = '${otherVersion}';
  END IF;

  IF EXISTS (
    SELECT FROM jsonb_to_recordset(work->'documents') AS c (kind text, key text, revision bigint)
    WHERE c.revision <> coalesce(
      (SELECT d.revision FROM anon_cli.document d WHERE d.kind = c.kind AND d.key = c.key), 0)
  ) OR EXISTS (
    SELECT FROM jsonb_to_recordset(work->'nowhere') AS c (kind text, lookup text, value text)
    WHERE (SELECT l.place FROM anon_cli.lookup l
      WHERE l.kind = c.kind AND l.lookup = c.lookup AND l.value = c.value LIMIT 1) IS NOT NULL
  ) OR EXISTS (
    SELECT FROM jsonb_to_recordset(work->'unchanged') AS c (kind text, since bigint)
    WHERE c.since < known.complete_since OR (SELECT h.revision FROM anon_cli.change h
      WHERE h.revision > c.since AND h.kind = c.kind LIMIT 1) IS NOT NULL
  ) THEN
    RETURN NULL;
  END IF;
  known.revision := known.revision + 1;

  IF (work->>'clears')::boolean THEN
    DELETE FROM anon_cli.lookup;
    DELETE FROM anon_cli.document;
  END IF;
  IF NOT (work->>'isLogged')::boolean THEN
    DELETE FROM anon_cli.change;
    known.complete_since := known.revision;
  END IF;

  places := ARRAY(
    SELECT (SELECT d.place FROM anon_cli.document d WHERE d.kind = r.kind AND d.key = r.key)
    FROM jsonb_to_recordset(work->'removed') AS r (kind text, key text));
  DELETE FROM anon_cli.lookup WHERE place = ANY (places);
  DELETE FROM anon_cli.document WHERE place = ANY (places);

  places := ARRAY(
    SELECT (SELECT d.place FROM anon_cli.document d WHERE d.kind = p.kind AND d.key = p.key)
    FROM jsonb_to_recordset(work->'put') AS p (kind text, key text));
  DELETE FROM anon_cli.lookup WHERE place = ANY (places);
  INSERT INTO anon_cli.document (place, kind, key, id, revision, body)
    SELECT known.last_place + p.position, p.kind, p.key, p.id, known.revision, p.body
    FROM jsonb_to_recordset(work->'put') AS p (position bigint, kind text, key text, id text, body text)
    ON CONFLICT (kind, key) DO UPDATE SET revision = EXCLUDED.revision, body = EXCLUDED.body;
  INSERT INTO anon_cli.lookup (kind, lookup, value, place)
    SELECT v.kind, v.lookup, v.value,
      (SELECT d.place FROM anon_cli.document d WHERE d.kind = v.kind AND d.key = v.key)
    FROM jsonb_to_recordset(work->'values') AS v (kind text, key text, lookup text, value text);

  INSERT INTO anon_cli.change (revision, kind, id)
    SELECT known.revision, c.kind, c.id FROM jsonb_to_recordset(work->'changed') AS c (kind text, id text);
  DELETE FROM anon_cli.change WHERE revision <= known.revision - ${loggedCommits};
  UPDATE anon_cli.state SET
    revision = known.revision,
    complete_since = greatest(known.complete_since, known.revision - ${loggedCommits}),
    last_place = known.last_place + jsonb_array_length(work->'put');
  -- Not every engine that speaks PostgreSQL's protocol has notifications.
  IF to_regproc('pg_catalog.pg_notify') IS NOT NULL THEN
    PERFORM pg_notify('anon_cli', known.revision::text);
  END IF;
  RETURN known.revision;
END
$commit$;
`;
