import { commitFunctions } from './commitFunctions.ts'
import { quoted } from './quoted.ts'

/** The form of tables and functions; a store of another one is not opened. */
export const schemaVersion = 1

/** PostgreSQL's least version, as `server_version_num` has it. */
export const leastServerVersion = 150_000

/**
 * The tables of a store and the functions that commit (`commitFunctions.ts`).
 *
 * - `entries`: see `storedKey.ts` for `k` and `rest`; `h` is the version of `v`, the value.
 * - `done`: a row for each commit that took place, by its token, until nobody can ask for it any
 *   more; one with `applied` false stands for a commit that never will (`settlement.ts`).
 */
export function schemaText(schema: string): string {
  const s = quoted(schema)
  return `
CREATE SCHEMA IF NOT EXISTS ${s};
CREATE TABLE ${s}.store (version integer NOT NULL);
INSERT INTO ${s}.store VALUES (${schemaVersion});
CREATE TABLE ${s}.entries (k bytea PRIMARY KEY, h bytea NOT NULL, v bytea NOT NULL, rest bytea)
  WITH (fillfactor = 90);
ALTER TABLE ${s}.entries ALTER COLUMN v SET STORAGE EXTERNAL;
CREATE TABLE ${s}.done
  (token bytea PRIMARY KEY, applied boolean NOT NULL, refused bigint[],
    at timestamptz NOT NULL DEFAULT now());
${commitFunctions(schema, 'plain')}`
}
