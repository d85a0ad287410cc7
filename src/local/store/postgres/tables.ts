import { commitFunction } from './commit-function.ts';

/** Where instances notify each other of commits. */
export const channel = 'anon_cli';

/** Increases with every change to the tables or the function. */
export const layout = 1;

/**
 * Everything is in ASCII: texts as JSON strings without quotes, so that order and equality need no language.
 * - `state` has one row. Whoever commits locks it, so that commits are one after another.
 * - `document.key` and `lookup.value` are the texts of indexes, which are short; `document.id` is the whole id.
 * - `change` has the documents of the last commits, all of them since the revision `state.complete_since`.
 */
export const createTables = `
CREATE TABLE anon_cli.state (
  layout integer NOT NULL,
  lookup_version integer NOT NULL,
  epoch text NOT NULL,
  revision bigint NOT NULL,
  complete_since bigint NOT NULL,
  last_place bigint NOT NULL
);
CREATE UNIQUE INDEX state_has_one_row ON anon_cli.state ((true));
CREATE TABLE anon_cli.document (
  place bigint PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  body text COLLATE "C" NOT NULL,
  UNIQUE (kind, key)
);
CREATE INDEX document_in_order ON anon_cli.document (kind, place);
CREATE TABLE anon_cli.lookup (
  kind text COLLATE "C" NOT NULL,
  lookup text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  place bigint NOT NULL,
  PRIMARY KEY (kind, lookup, value, place)
);
CREATE INDEX lookup_of_document ON anon_cli.lookup (place);
CREATE TABLE anon_cli.change (
  revision bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL
);
CREATE INDEX change_in_order ON anon_cli.change (revision);
CREATE TABLE anon_cli.used_once (
  id text COLLATE "C" PRIMARY KEY,
  ends bigint NOT NULL
);
CREATE INDEX used_once_by_end ON anon_cli.used_once (ends);
${commitFunction}
INSERT INTO anon_cli.state VALUES (${layout}, 0, gen_random_uuid()::text, 0, 0, 0);
`;
