/** A statement of one form at any length. */
export interface LongStatement {
  readonly name: string
  /** Its text, of at most `length` characters; about that many, beyond a few hundred. */
  text(length: number): string
}

/** What is repeated, by its number. */
type Unit = string | ((i: number) => string)

const where = 'SELECT * FROM Met WHERE '
const keys = "WHERE id = 'k' AND sk = 1"

/** `head`, as many of `unit` as there is room for, and `tail`. */
function repeated(name: string, head: string, unit: Unit, tail = ''): LongStatement {
  return {
    name,
    text(length) {
      const units: string[] = []
      let room = length - head.length - tail.length
      for (let i = 0; ; i++) {
        const next = typeof unit === 'string' ? unit : unit(i)
        room -= next.length
        if (room < 0) return `${head}${units.join('')}${tail}`
        units.push(next)
      }
    },
  }
}

/** `head` and what is `inside` of as many of `open` and `close` as there is room for. */
function nested(
  name: string,
  head: string,
  [open, inside, close]: readonly string[],
): LongStatement {
  return {
    name,
    text(length) {
      const levels = `${open}${close}`.length
      const count = Math.max(0, Math.floor((length - head.length - `${inside}`.length) / levels))
      return `${head}${open?.repeat(count)}${inside}${close?.repeat(count)}`
    },
  }
}

const list = (count: number, of: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => of(i)).join()
const manyKeys = `(id IN (${list(20, (i) => `'${i}'`)}) AND sk IN (${list(60, String)}))`

/** Forms that a statement's 8,192 characters may have, of those that a reader may be slow at. */
export const longStatements: readonly LongStatement[] = [
  nested('parentheses', where, ['(', 'a=1', ')']),
  repeated('parentheses that stay open', where, '('),
  nested('brackets', `${where}a=`, ['[', '1', ']']),
  repeated('brackets that stay open', `${where}a=`, '['),
  nested('sets in sets', `${where}a=`, ['<<', '1', '>>']),
  nested('maps in maps', `${where}a=`, ["{'a':", '1', '}']),
  repeated('brackets of two kinds', `${where}a=`, '[{', '1'),
  nested('calls in calls', where, ['size(', 'a', ')']),
  nested('IN in IN', where, ['a IN (', '1', ')']),
  nested('EXISTS in EXISTS', '', ['EXISTS(', 'SELECT * FROM Met', ')']),
  repeated('NOT', where, 'NOT ', 'a=1'),
  repeated('signs', `${where}a=`, '- ', '1'),
  repeated('plus', `${where}a=`, '+', '1'),
  repeated('sums', 'UPDATE Met SET a=', '1+', `1 ${keys}`),
  repeated('IS', `${where}a`, ' IS INT'),
  repeated('BETWEEN', where, 'a BETWEEN ', '1'),
  repeated('AND', where, 'a=1 AND ', 'a=1'),
  repeated('OR', where, (i) => `a${i}=1 OR `, 'a=1'),
  repeated('OR of partition keys', where, (i) => `id='${i}' OR `, "id='k'"),
  repeated('OR of one partition key', where, "id='k' OR ", "id='k'"),
  repeated('OR of items', where, (i) => `(id='${i}' AND sk=${i}) OR `, "(id='k' AND sk=1)"),
  repeated('OR of many items', where, `${manyKeys} OR `, manyKeys),
  repeated('AND of OR', where, "(id='k' OR id='l') AND ", "id='k'"),
  repeated(
    'partition keys and sort keys',
    `${where}sk IN (${list(90, String)}) AND (`,
    (i) => {
      return `id='${i}' OR `
    },
    "id='k')",
  ),
  repeated('IN', `${where}a IN (`, (i) => `${i},`, '1)'),
  repeated('IN of partition keys', `${where}id IN [`, (i) => `'${i}',`, "'k']"),
  repeated('commas', `${where}a IN (`, ',', ')'),
  repeated('a list', `${where}a=[`, '1,', '1]'),
  repeated('a set', `${where}a=<<`, (i) => `${i},`, '-1>>'),
  repeated('a set of one member', `${where}a=<<`, '1,', '1>>'),
  repeated('a map', "INSERT INTO Met VALUE {'id':'k','sk':1", (i) => `,'a${i}':[]`, '}'),
  repeated('comments', '', '/**/', `${where}a=1`),
  repeated('comments to the end of the line', '', '--\n', `${where}a=1`),
  repeated('a comment that stays open', '', '/*'),
  repeated('lines', where, '\n', 'f(a)'),
  repeated('lines of bags', `${where}a=[`, '<<1>>,\n', '1]'),
  repeated('doubled quotes', `${where}a='`, "''", "'"),
  repeated('doubled quotes that stay open', `${where}a='`, "''"),
  repeated('a quoted name', 'SELECT "', '""', '" FROM Met'),
  repeated('quotes of two kinds', '', `'"`),
  repeated('digits', `${where}a=`, '9'),
  repeated('digits behind a point', `${where}a=0.`, '0', '1'),
  repeated('leading zeros', `${where}a=`, '0', '1'),
  repeated('an exponent', `${where}a=1e`, '9'),
  repeated('a path', 'SELECT a', '.a', ' FROM Met'),
  repeated('indices', 'SELECT a', '[0]', ' FROM Met'),
  repeated('columns', 'SELECT ', (i) => `a${i},`, 'a FROM Met'),
  repeated('stars', 'SELECT ', '*', ' FROM Met'),
  repeated('names of a table', 'SELECT * FROM Met', '.a'),
  repeated('joins', 'SELECT * FROM Met', ' JOIN Met'),
  repeated('keys of an order', `SELECT * FROM Met WHERE id='k' ORDER BY `, 'sk,', 'sk'),
  repeated('SET', 'UPDATE Met', (i) => ` SET a${i}=1`, ` ${keys}`),
  repeated('SET of one path', 'UPDATE Met', ' SET a=1', ` ${keys}`),
  repeated('SET of elements', 'UPDATE Met', (i) => ` SET a.b[${i}]=1`, ` ${keys}`),
  repeated('REMOVE', 'UPDATE Met', (i) => ` REMOVE a${i}`, ` ${keys}`),
  repeated(
    'functions of sets',
    'UPDATE Met',
    (i) => {
      return ` SET s${i}=set_add(s${i},<<'x'>>)\n`
    },
    keys,
  ),
  repeated('RETURNING', `DELETE FROM Met ${keys} RETURNING `, 'ALL '),
  repeated('semicolons', `${where}a=1`, ';'),
  repeated('question marks', '', '?'),
  repeated('NUL', '', '\0'),
  repeated('NUL in a text', `${where}a='`, '\0', "'"),
  repeated('surrogate halves', `${where}a='`, '\ud800', "'"),
  repeated('surrogate halves in a name', `${where}"`, '\udc00', '"=1'),
  repeated('characters of two units', `${where}a='`, '😀', "'"),
  repeated('combining characters', `SELECT "`, 'e\u0301', '" FROM Met'),
  repeated('letters of no token', '', 'é'),
  repeated('blanks of no kind', where, '\u00a0', 'a=1'),
]
