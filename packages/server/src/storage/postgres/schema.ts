/** The form of tables and functions; a store of another one is not opened. */
export const schemaVersion = 1

/** PostgreSQL's least version, as `server_version_num` has it. */
export const leastServerVersion = 150_000

/** `name` as SQL takes it, whatever is in it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * The tables of a store and the functions that commit.
 *
 * - `entries`: see `storedKey.ts` for `k` and `rest`; `h` is the version of `v`, the value.
 * - `done`: a row for each commit that took place, by its token, until nobody can ask for it any
 *   more; one with `applied` false stands for a commit that never will (`settlement.ts`).
 *
 * A commit locks its keys, in one order for everybody, shared those that it only relies on. Then a
 * statement of its own, which sees what was committed while the locks were waited for, compares the
 * versions: so there are no serialization failures, and nothing is taken for granted that somebody
 * else is about to change. A large commit, whose keys would be more locks than there is room for,
 * locks the whole store, of which every other commit has a share.
 *
 * Commits that have no key in common, but for those that they only rely on, can be made as a
 * group: `em`, `pm` and `dm` say which one an expectation or a write belongs to, and those that are
 * refused leave the others as they are.
 *
 * A negative number stands for a shared lock.
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

CREATE FUNCTION ${s}.commit(locks bigint[], ek bytea[], eh bytea[], pk bytea[], ph bytea[],
  pv bytea[], pr bytea[], dk bytea[], done_token bytea)
  RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE n bigint;
BEGIN
  FOREACH n IN ARRAY locks LOOP
    IF n > 0 THEN PERFORM pg_advisory_xact_lock(n);
    ELSE PERFORM pg_advisory_xact_lock_shared(-n); END IF;
  END LOOP;
  IF EXISTS (SELECT 1 FROM unnest(ek, eh) AS e(k, h) LEFT JOIN ${s}.entries AS x USING (k)
    WHERE x.h IS DISTINCT FROM e.h) THEN RETURN false; END IF;
  INSERT INTO ${s}.entries (k, h, v, rest) SELECT * FROM unnest(pk, ph, pv, pr)
    ON CONFLICT (k) DO UPDATE SET h = EXCLUDED.h, v = EXCLUDED.v;
  IF cardinality(dk) > 0 THEN DELETE FROM ${s}.entries WHERE k = ANY (dk); END IF;
  INSERT INTO ${s}.done (token, applied) VALUES (done_token, true);
  RETURN true;
END $$;

CREATE FUNCTION ${s}.commit_group(locks bigint[], ek bytea[], eh bytea[], em bigint[], pk bytea[],
  ph bytea[], pv bytea[], pr bytea[], pm bigint[], dk bytea[], dm bigint[], done_token bytea)
  RETURNS bigint[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE n bigint; refused bigint[];
BEGIN
  FOREACH n IN ARRAY locks LOOP
    IF n > 0 THEN PERFORM pg_advisory_xact_lock(n);
    ELSE PERFORM pg_advisory_xact_lock_shared(-n); END IF;
  END LOOP;
  SELECT COALESCE(array_agg(e.m), '{}') INTO refused
    FROM unnest(ek, eh, em) AS e(k, h, m) LEFT JOIN ${s}.entries AS x USING (k)
    WHERE x.h IS DISTINCT FROM e.h;
  INSERT INTO ${s}.entries (k, h, v, rest)
    SELECT k, h, v, rest FROM unnest(pk, ph, pv, pr, pm) AS p(k, h, v, rest, m)
    WHERE m <> ALL (refused)
    ON CONFLICT (k) DO UPDATE SET h = EXCLUDED.h, v = EXCLUDED.v;
  IF cardinality(dk) > 0 THEN
    DELETE FROM ${s}.entries
      WHERE k IN (SELECT d.k FROM unnest(dk, dm) AS d(k, m) WHERE d.m <> ALL (refused));
  END IF;
  INSERT INTO ${s}.done (token, applied, refused) VALUES (done_token, true, refused);
  RETURN refused;
END $$;

CREATE FUNCTION ${s}.commit_staged(whole bigint, ek bytea[], eh bytea[], done_token bytea)
  RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(whole);
  IF EXISTS (SELECT 1 FROM unnest(ek, eh) AS e(k, h) LEFT JOIN ${s}.entries AS x USING (k)
    WHERE x.h IS DISTINCT FROM e.h) THEN RETURN false; END IF;
  DELETE FROM pg_temp.staged AS a USING pg_temp.staged AS b WHERE a.k = b.k AND a.n < b.n;
  DELETE FROM ${s}.entries WHERE k IN (SELECT k FROM pg_temp.staged WHERE v IS NULL);
  INSERT INTO ${s}.entries (k, h, v, rest)
    SELECT k, h, v, rest FROM pg_temp.staged WHERE v IS NOT NULL
    ON CONFLICT (k) DO UPDATE SET h = EXCLUDED.h, v = EXCLUDED.v;
  INSERT INTO ${s}.done (token, applied) VALUES (done_token, true);
  RETURN true;
END $$;`
}
