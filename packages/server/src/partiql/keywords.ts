/*
 * The words that PartiQL keeps for itself: those of SQL-92 and its own. As an attribute's name they
 * are quoted. DynamoDB's guide has no list of them; two others were held against each other:
 *
 * - "Reserved keywords (specification version 2019)" of partiql.org. Its words that came with later
 *   parts of PartiQL are left out (windows, LATERAL, OVERLAY, UPSERT, REPLACE, EXPLAIN, NULLS,
 *   OFFSET, CAN_CAST): DynamoDB's statements are older than they are, and it is the milder error to
 *   take a bare name that AWS refuses.
 * - "Reserved keywords" of the QLDB guide, AWS's other PartiQL of those years. It has the names of
 *   types, and words of dates and of TRIM (YEAR, DAY, HOUR, BOTH) which the first has not; AWS's
 *   examples for DynamoDB use `year` bare, so these are names here.
 *
 * Two are known to be DynamoDB's: `inner` and `size` are refused as bare parts of a path. The
 * reserved words of DynamoDB's expressions are another list and mean nothing in statements.
 */

const ofSql = `
absolute action add all allocate alter and any are as asc assertion at authorization avg begin
between bit bit_length by cascade cascaded case cast catalog char character character_length
char_length check close coalesce collate collation column commit connect connection constraint
constraints continue convert corresponding count create cross current current_date current_time
current_timestamp current_user cursor date date_add date_diff deallocate dec decimal declare
default deferrable deferred delete desc describe descriptor diagnostics disconnect distinct
domain double drop else end escape except exception exec execute exists external extract false
fetch first float for foreign found from full get global go goto grant group having identity
immediate in indicator initially inner input insensitive insert int integer intersect interval
into is isolation join key language last left level like local lower match max min module names
national natural nchar next no not null nullif numeric octet_length of on only open option or
order outer output overlaps pad partial position precision prepare preserve primary prior
privileges procedure public read real references relative restrict revoke right rollback rows
schema scroll section select session session_user set size smallint some space sql sqlcode
sqlerror sqlstate substring sum system_user table temporary then time timestamp to transaction
translate translation trim true union unique unknown update upper usage user using value values
varchar varying view when whenever where with work write zone`

const ofPartiql = `
missing pivot unpivot limit tuple remove index conflict do nothing returning modified new old let
bool boolean string symbol clob blob struct list sexp bag`

const wordsOf = (text: string): string[] => text.trim().split(/\s+/)

export const keywords: ReadonlySet<string> = new Set([...wordsOf(ofSql), ...wordsOf(ofPartiql)])

/** The keywords that join or test what stands beside them. */
export const operatorWords: ReadonlySet<string> = new Set([
  'and',
  'or',
  'is',
  'in',
  'like',
  'between',
  'union',
  'intersect',
  'except',
])
