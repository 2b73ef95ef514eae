import { notWellFormed } from '../errors/statementErrors.ts'
import { currentToken, nextToken, type Cursor } from './cursor.ts'

/** PartiQL's names of types, by what DynamoDB has for them; `''` for what it has not. */
const typesByName: ReadonlyMap<string, string> = new Map(
  Object.entries({
    missing: 'MISSING',
    null: 'NULL',
    bool: 'BOOL',
    boolean: 'BOOL',
    int: 'N',
    int2: 'N',
    int4: 'N',
    int8: 'N',
    integer: 'N',
    integer2: 'N',
    integer4: 'N',
    integer8: 'N',
    bigint: 'N',
    smallint: 'N',
    float: 'N',
    real: 'N',
    'double precision': 'N',
    dec: 'N',
    decimal: 'N',
    numeric: 'N',
    char: 'S',
    character: 'S',
    varchar: 'S',
    'character varying': 'S',
    string: 'S',
    symbol: 'S',
    blob: 'B',
    clob: '',
    date: '',
    time: '',
    timestamp: '',
    sexp: '',
    list: 'L',
    struct: 'M',
    tuple: 'M',
    bag: 'SET',
  }),
)

/**
 * Takes the name of a type, of one word or two, and gives what it stands for: a type of DynamoDB,
 * `MISSING`, `SET` for all three of sets, or nothing. Throws for what names none.
 */
export function parseTypeName(cursor: Cursor): string {
  const words = [currentToken(cursor), nextToken(cursor)]
  for (const count of [2, 1]) {
    const used = words.slice(0, count)
    if (used.some(({ kind }) => kind !== 'keyword' && kind !== 'name')) continue
    const type = typesByName.get(used.map(({ value }) => value.toLowerCase()).join(' '))
    if (type === undefined) continue
    cursor.position += count
    return type
  }
  throw notWellFormed('Expected type name')
}
