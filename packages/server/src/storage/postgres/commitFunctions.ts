import { quoted } from './quoted.ts'

/**
 * What the functions that commit do beside that.
 * - `plain`: nothing.
 * - `noting`: they note the keys that change in the table `changed`, in the same transaction.
 * - `waitingUntil`: they refuse until that time of the node's, in seconds since 1970, and note from
 *   then on. So who has stopped commits and dies has not stopped them for long.
 * - `refusing`: they refuse for good.
 */
export type CommitForm = 'plain' | 'noting' | 'refusing' | { readonly waitingUntil: string }

/** The error of a commit that is to be tried again: nobody may commit for a moment. */
export const waitingCode = 'DY001'
const refusingCode = 'DY002'

function haltOf(form: CommitForm): string {
  if (form === 'refusing') return raising(refusingCode, 'the store has been moved')
  if (typeof form === 'string') return ''
  const raise = raising(waitingCode, 'the store is being moved')
  return `IF extract(epoch FROM clock_timestamp()) < ${form.waitingUntil} THEN ${raise} END IF;`
}

const raising = (code: string, message: string): string =>
  `RAISE EXCEPTION USING ERRCODE = '${code}', MESSAGE = '${message}';`

/** What differs between the forms, for one schema. */
interface FormText {
  /** The schema, as SQL names it. */
  readonly s: string
  /** What comes before anything else. */
  readonly halt: string
  /** What is done with rows that have been put. */
  readonly notingPuts: (rows: string) => string
  /** Deletes the entries that the condition `which` finds. */
  readonly removing: (which: string) => string
}

function formText(schema: string, form: CommitForm): FormText {
  const s = quoted(schema)
  const notes = form === 'noting' || typeof form === 'object'
  return {
    s,
    halt: haltOf(form),
    notingPuts: (rows) =>
      notes ? `INSERT INTO ${s}.changed (k, rest) SELECT k, rest FROM ${rows};` : '',
    // Of a long key that is deleted the store alone knows the rest.
    removing: (which) =>
      notes
        ? `WITH gone AS (DELETE FROM ${s}.entries ${which} RETURNING k, rest)
        INSERT INTO ${s}.changed (k, rest) SELECT k, rest FROM gone;`
        : `DELETE FROM ${s}.entries ${which};`,
  }
}

/**
 * The functions that commit, whether they are there already or not.
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
export function commitFunctions(schema: string, form: CommitForm): string {
  const text = formText(schema, form)
  return [commitText(text), groupText(text), stagedText(text)].join('\n\n')
}

/** Takes the locks `locks`, in their order, by the variable `n`. */
const takingLocks = `FOREACH n IN ARRAY locks LOOP
    IF n > 0 THEN PERFORM pg_advisory_xact_lock(n);
    ELSE PERFORM pg_advisory_xact_lock_shared(-n); END IF;
  END LOOP;`

const commitText = ({ s, halt, notingPuts, removing }: FormText): string => `
CREATE OR REPLACE FUNCTION ${s}.commit(locks bigint[], ek bytea[], eh bytea[], pk bytea[],
  ph bytea[], pv bytea[], pr bytea[], dk bytea[], done_token bytea)
  RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE n bigint;
BEGIN
  ${halt}
  ${takingLocks}
  IF EXISTS (SELECT 1 FROM unnest(ek, eh) AS e(k, h) LEFT JOIN ${s}.entries AS x USING (k)
    WHERE x.h IS DISTINCT FROM e.h) THEN RETURN false; END IF;
  INSERT INTO ${s}.entries (k, h, v, rest) SELECT * FROM unnest(pk, ph, pv, pr)
    ON CONFLICT (k) DO UPDATE SET h = EXCLUDED.h, v = EXCLUDED.v;
  IF cardinality(dk) > 0 THEN ${removing('WHERE k = ANY (dk)')} END IF;
  ${notingPuts('unnest(pk, pr) AS p(k, rest)')}
  INSERT INTO ${s}.done (token, applied) VALUES (done_token, true);
  RETURN true;
END $$;`

/** Which entries the members of a group delete that are not refused. */
const deletedOfGroup =
  'WHERE k IN (SELECT d.k FROM unnest(dk, dm) AS d(k, m) WHERE d.m <> ALL (refused))'

const groupText = ({ s, halt, notingPuts, removing }: FormText): string => `
CREATE OR REPLACE FUNCTION ${s}.commit_group(locks bigint[], ek bytea[], eh bytea[],
  em bigint[], pk bytea[], ph bytea[], pv bytea[], pr bytea[], pm bigint[], dk bytea[], dm bigint[],
  done_token bytea)
  RETURNS bigint[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE n bigint; refused bigint[];
BEGIN
  ${halt}
  ${takingLocks}
  SELECT COALESCE(array_agg(e.m), '{}') INTO refused
    FROM unnest(ek, eh, em) AS e(k, h, m) LEFT JOIN ${s}.entries AS x USING (k)
    WHERE x.h IS DISTINCT FROM e.h;
  INSERT INTO ${s}.entries (k, h, v, rest)
    SELECT k, h, v, rest FROM unnest(pk, ph, pv, pr, pm) AS p(k, h, v, rest, m)
    WHERE m <> ALL (refused)
    ON CONFLICT (k) DO UPDATE SET h = EXCLUDED.h, v = EXCLUDED.v;
  IF cardinality(dk) > 0 THEN
    ${removing(deletedOfGroup)}
  END IF;
  ${notingPuts('unnest(pk, pr, pm) AS p(k, rest, m) WHERE m <> ALL (refused)')}
  INSERT INTO ${s}.done (token, applied, refused) VALUES (done_token, true, refused);
  RETURN refused;
END $$;`

const stagedText = ({ s, halt, notingPuts }: FormText): string => `
CREATE OR REPLACE FUNCTION ${s}.commit_staged(whole bigint, ek bytea[], eh bytea[],
  done_token bytea)
  RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  ${halt}
  PERFORM pg_advisory_xact_lock(whole);
  IF EXISTS (SELECT 1 FROM unnest(ek, eh) AS e(k, h) LEFT JOIN ${s}.entries AS x USING (k)
    WHERE x.h IS DISTINCT FROM e.h) THEN RETURN false; END IF;
  DELETE FROM pg_temp.staged AS a USING pg_temp.staged AS b WHERE a.k = b.k AND a.n < b.n;
  DELETE FROM ${s}.entries WHERE k IN (SELECT k FROM pg_temp.staged WHERE v IS NULL);
  ${notingPuts('pg_temp.staged')}
  INSERT INTO ${s}.entries (k, h, v, rest)
    SELECT k, h, v, rest FROM pg_temp.staged WHERE v IS NOT NULL
    ON CONFLICT (k) DO UPDATE SET h = EXCLUDED.h, v = EXCLUDED.v;
  INSERT INTO ${s}.done (token, applied) VALUES (done_token, true);
  RETURN true;
END $$;`
