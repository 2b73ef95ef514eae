import type { DataPlane } from '../../packages/server/src/testing/dataPlane.ts'

/** Requests of one form at any size, whose cost may grow with their size and no faster. */
export interface CostPattern {
  readonly name: string
  /** The smallest size that is measured; the largest is eight times as large. */
  readonly base: number
  /** Puts what the request meets into the table, once for each size. */
  prepare?(plane: DataPlane, size: number): Promise<void>
  /** `unique` makes an expression one that has not been seen, so that it is not remembered. */
  ask(size: number, unique: number): readonly [operation: string, request: object]
}

const TableName = 'Met'
const keyOf = (size: number): object => ({ id: { S: `size ${size}` }, sk: { N: '1' } })
const many = <T>(count: number, of: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => of(i))
const joined = (count: number, of: (i: number) => string, separator = ','): string =>
  many(count, of).join(separator)

type Parameter = 'ConditionExpression' | 'ProjectionExpression' | 'UpdateExpression'

/** An expression of `size` pieces, in the request that takes it. */
function parsed(
  name: string,
  base: number,
  parameter: Parameter,
  text: (size: number, unique: number) => string,
): CostPattern {
  return {
    name,
    base,
    ask(size, unique) {
      const expression = { TableName, Key: keyOf(0), [parameter]: text(size, unique) }
      if (parameter === 'ProjectionExpression') return ['GetItem', expression]
      return ['UpdateItem', { ...expression, ExpressionAttributeValues: { ':v': { N: '1' } } }]
    },
  }
}

const condition = (
  name: string,
  base: number,
  text: (size: number, unique: number) => string,
): CostPattern => parsed(name, base, 'ConditionExpression', text)
const projection = (
  name: string,
  base: number,
  text: (size: number, unique: number) => string,
): CostPattern => parsed(name, base, 'ProjectionExpression', text)
const update = (
  name: string,
  base: number,
  text: (size: number, unique: number) => string,
): CostPattern => parsed(name, base, 'UpdateExpression', text)

function statement(
  name: string,
  base: number,
  text: (size: number, unique: number) => string,
): CostPattern {
  return {
    name,
    base,
    ask: (size, unique) => ['ExecuteStatement', { Statement: text(size, unique) }],
  }
}

const where = (text: string): string => `SELECT * FROM Met WHERE ${text}`
const ofKey = "WHERE id = 'k' AND sk = 1"

/** Statements; 8192 characters are the most that one may have. */
export const statementPatterns: readonly CostPattern[] = [
  statement('parentheses', 20, (n, u) => where(`${'('.repeat(n)}a${u}=1${')'.repeat(n)}`)),
  statement('NOT', 20, (n, u) => where(`${'NOT '.repeat(n)}a${u}=1`)),
  statement('AND', 60, (n, u) => where(joined(n, () => `a${u}=1`, ' AND '))),
  statement('AND and OR in turn', 60, (n, u) =>
    where(`${joined(n, (i) => `a${u}=1 ${i % 2 ? 'AND' : 'OR'} `, '')}a=1`),
  ),
  statement('OR of keys', 10, (n, u) =>
    where(joined(n, (i) => `(id='${u}' AND sk=${i} AND v=1)`, ' OR ')),
  ),
  statement('a list', 400, (n, u) => where(`a${u} = [${joined(n, () => '1')}]`)),
  statement('a set', 150, (n, u) => where(`a${u} = <<${joined(n, (i) => `${i}`)}>>`)),
  statement('sets', 80, (n, u) => where(`a${u} = [${joined(n, () => '<<1>>', ',\n')}]`)),
  statement('a map', 90, (n, u) => where(`a${u} = {${joined(n, (i) => `'${i}':1`)}}`)),
  statement('levels of a path', 400, (n, u) => where(`a${u}${'.a'.repeat(n)}=1`)),
  statement('columns', 150, (n, u) => `SELECT ${joined(n, (i) => `a${i}`)} FROM Met WHERE a${u}=1`),
  statement('comments', 200, (n, u) => `${'--\n'.repeat(n)}${where(`a${u}=1`)}`),
  statement('lines', 500, (n, u) => `${'\n'.repeat(n)}${where(`f${u}(a)`)}`),
  statement('quotes', 400, (n, u) => where(`a${u}='${"''".repeat(n)}'`)),
  statement('what is no token', 500, (n) => '#'.repeat(n)),
  statement(
    'clauses',
    50,
    (n, u) => `UPDATE Met ${joined(n, (i) => `SET a${i}=${u}`, ' ')} ${ofKey}`,
  ),
  statement('functions of sets', 22, (n, u) => {
    const clauses = joined(n, (i) => `SET s${i} = set_add(s${i}, <<'x'>>)`, '\n')
    return `/* ${u} */ UPDATE Met ${clauses} ${ofKey}`
  }),
]

/** Texts; 4096 bytes are the most that an expression may have. */
export const textPatterns: readonly CostPattern[] = [
  condition('parentheses', 250, (n, u) => `${'('.repeat(n)}a${u}=:v${')'.repeat(n)}`),
  condition('parentheses that stay open', 500, (n) => '('.repeat(n)),
  condition('NOT', 120, (n, u) => `${'NOT '.repeat(n)}a${u}=:v`),
  condition('AND', 25, (n, u) => joined(n, () => `a${u}=:v`, ' AND ')),
  condition('AND and OR in turn', 25, (n, u) =>
    joined(n, (i) => `a${u}=:v ${i % 2 ? 'AND' : 'OR'} `, ''),
  ),
  condition(
    'AND in parentheses',
    22,
    (n, u) => `${`(a${u}=:v AND `.repeat(n)}a=:v${')'.repeat(n)}`,
  ),
  condition('BETWEEN', 15, (n, u) => joined(n, () => `a${u} BETWEEN :v AND :v`, ' AND ')),
  condition('IN', 120, (n, u) => `a${u} IN (${joined(n, () => ':v')})`),
  condition('functions in functions', 75, (n, u) => `${'size('.repeat(n)}a${u}${')'.repeat(n)}=:v`),
  condition('levels of a path', 240, (n, u) => `a${u}${'.a'.repeat(n)}=:v`),
  condition('indices of a path', 160, (n, u) => `a${u}${'[0]'.repeat(n)}=:v`),
  condition('a long name', 500, (n, u) => `a${u}${'x'.repeat(n)}=:v`),
  condition('a long placeholder', 500, (n, u) => `#a${u}${'x'.repeat(n)}=:v`),
  condition('a long function', 500, (n, u) => `a${u}${'x'.repeat(n)}(b)`),
  condition('blanks', 500, (n, u) => `${' '.repeat(n)}a${u}=:v`),
  condition('symbols', 500, (n) => '='.repeat(n)),
  condition('brackets', 500, (n) => `a${'['.repeat(n)}`),
  condition('characters of no token', 500, (n) => '"'.repeat(n)),
  projection('paths', 50, (n, u) => joined(n, (i) => `a${u}${i}`)),
  projection('paths below one name', 40, (n, u) =>
    joined(n, (i) => `a${u}.${'bcdefg'[i % 6]}${i}`),
  ),
  projection(
    'paths that overlap at the end',
    50,
    (n, u) => `${joined(n, (i) => `a${u}${i}`)},a${u}0`,
  ),
  projection('indices', 50, (n, u) => joined(n, (i) => `a${u}[${i}]`)),
  projection('indices from the last', 50, (n, u) => joined(n, (i) => `a${u}[${n - i}]`)),
  update('SET', 30, (n, u) => `SET ${joined(n, (i) => `a${u}${i}=:v`)}`),
  update('SET of elements', 25, (n, u) => `SET ${joined(n, (i) => `a${u}[${i}]=:v`)}`),
  update('sums that are too long', 100, (n, u) => `SET a${u} = ${joined(n, () => ':v', '+')}`),
  update('if_not_exists in if_not_exists', 22, (n, u) => {
    return `SET a${u} = ${'if_not_exists(b, '.repeat(n)}:v${')'.repeat(n)}`
  }),
  update('REMOVE', 50, (n, u) => `REMOVE ${joined(n, (i) => `a${u}${i}`)}`),
  update('clauses', 50, (n, u) => `SET a${u}=:v ${'REMOVE b '.repeat(n)}`),
]

/** Many substitutions beside an expression that uses one of them, or none. */
export const substitutionPatterns: readonly CostPattern[] = [
  {
    name: 'names that nobody uses',
    base: 500,
    ask: (n) => [
      'GetItem',
      {
        TableName,
        Key: keyOf(0),
        ProjectionExpression: '#n1',
        ExpressionAttributeNames: Object.fromEntries(many(n, (i) => [`#n${i}`, 'a'])),
      },
    ],
  },
  {
    name: 'values that nobody uses',
    base: 500,
    ask: (n) => [
      'Scan',
      {
        TableName,
        FilterExpression: 'a = :v1',
        ExpressionAttributeValues: Object.fromEntries(many(n, (i) => [`:v${i}`, { N: '1' }])),
      },
    ],
  },
  {
    name: 'members of a set, equal at the end',
    base: 5000,
    ask: (n) => [
      'PutItem',
      { TableName, Item: { ...keyOf(0), a: { SS: [...many(n, String), '0'] } } },
    ],
  },
  {
    name: 'digits',
    base: 50_000,
    ask: (n) => ['PutItem', { TableName, Item: { ...keyOf(0), a: { N: `${'0'.repeat(n)}1` } } }],
  },
  {
    name: 'attributes',
    base: 2000,
    ask: (n) => [
      'PutItem',
      {
        TableName,
        Item: { ...keyOf(0), ...Object.fromEntries(many(n, (i) => [`a${i}`, { N: '1' }])) },
      },
    ],
  },
]

type Value = object

/** An expression of one piece that meets an attribute `a` of `size`. */
function met(
  name: string,
  base: number,
  parts: {
    readonly a: (size: number) => Value
    readonly v?: (size: number) => Value
    readonly condition?: string
    readonly update?: (size: number) => string
    readonly projection?: string
  },
): CostPattern {
  const { a, v, condition: ConditionExpression } = parts
  return {
    name,
    base,
    async prepare(plane, size) {
      const response = await plane.call('PutItem', {
        TableName,
        Item: { ...keyOf(size), a: a(size) },
      })
      if ('__type' in response) throw new Error(JSON.stringify(response))
    },
    ask(size) {
      const shared = { TableName, Key: keyOf(size) }
      if (parts.projection !== undefined) {
        return ['GetItem', { ...shared, ProjectionExpression: parts.projection }]
      }
      const expressions = {
        ...(ConditionExpression !== undefined && { ConditionExpression }),
        ...(parts.update !== undefined && { UpdateExpression: parts.update(size) }),
        ...(v !== undefined && { ExpressionAttributeValues: { ':v': v(size) } }),
      }
      // A condition that is false: nothing is written, so nothing but the expression is measured.
      return ['UpdateItem', { ...shared, ...expressions }]
    },
  }
}

const text = (n: number): Value => ({ S: 'a'.repeat(n) })
const binary = (n: number): Value => ({ B: Buffer.alloc(n, 'a').toString('base64') })
/** A part that agrees with {@link text} up to its middle wherever it is tried. */
const periodic = (n: number): string => `${'a'.repeat(n / 4)}b${'a'.repeat(n / 4)}`
const list = (n: number): Value => ({ L: many(n, (i) => ({ N: String(i) })) })
const map = (n: number): Value => ({ M: Object.fromEntries(many(n, (i) => [`k${i}`, { N: '1' }])) })
const strings = (n: number): Value => ({ SS: many(n, (i) => `s${i}`) })
const nested = (n: number): Value => ({
  L: many(n / 10, () => ({ L: many(10, () => ({ M: {} })) })),
})
const twenty = (part: string): string => joined(20, () => `(${part})`, ' OR ')

/** Values; 400 KB are the most that an item may have. */
export const valuePatterns: readonly CostPattern[] = [
  met('contains, a part that nearly fits everywhere', 40_000, {
    a: text,
    v: (n) => ({ S: periodic(n) }),
    condition: 'contains(a, :v)',
  }),
  met('contains in binary', 40_000, {
    a: binary,
    v: (n) => ({ B: Buffer.from(periodic(n)).toString('base64') }),
    condition: 'contains(a, :v)',
  }),
  met('contains, a short part', 40_000, {
    a: text,
    v: () => ({ S: `${'a'.repeat(100)}b${'a'.repeat(100)}` }),
    condition: twenty('contains(a, :v)'),
  }),
  met('begins_with', 40_000, {
    a: text,
    v: (n) => ({ S: `${'a'.repeat(n - 1)}b` }),
    condition: twenty('begins_with(a, :v)'),
  }),
  met('begins_with in binary', 20_000, {
    a: binary,
    v: (n) => ({ B: Buffer.from(`${'a'.repeat(n - 1)}b`).toString('base64') }),
    condition: 'begins_with(a, :v)',
  }),
  met('order of texts', 40_000, { a: text, v: text, condition: twenty('a < :v') }),
  met('equality of lists', 5000, { a: list, v: list, condition: twenty('a <> :v') }),
  met('equality of maps', 4000, { a: map, v: map, condition: twenty('a <> :v') }),
  met('equality of sets', 5000, { a: strings, v: strings, condition: twenty('a <> :v') }),
  met('equality of what is nested', 5000, { a: nested, v: nested, condition: twenty('a <> :v') }),
  met('contains in a list', 5000, {
    a: list,
    v: () => ({ N: '-1' }),
    condition: twenty('contains(a, :v)'),
  }),
  met('contains in a set', 5000, {
    a: strings,
    v: () => ({ S: 'no' }),
    condition: twenty('contains(a, :v)'),
  }),
  met('size', 4000, { a: map, v: () => ({ N: '-1' }), condition: twenty('size(a) = :v') }),
  met('DELETE of nothing', 3000, {
    a: strings,
    v: () => ({ SS: ['no'] }),
    update: () => 'DELETE a :v',
    condition: 'attribute_exists(a)',
  }),
  // Both grow, the map and how often it is set: what is far too large is not walked through.
  met('a map set again and again', 50, {
    a: (n) => map(n * 60),
    update: (n) => `SET ${joined(n, (i) => `b${i} = a`)}`,
  }),
  met('a list appended to itself', 3000, {
    a: list,
    update: () => `SET ${joined(50, (i) => `b${i} = list_append(a, a)`)}`,
  }),
  met('elements of a list', 5000, { a: list, projection: joined(300, (i) => `a[${i * 10}]`) }),
]

/** A page of items, each held against a constant; both grow. */
function page(name: string, filter: string, constant: (size: number) => Value): CostPattern {
  return {
    name,
    base: 50,
    async prepare(plane, size) {
      await plane.createTable(`Page${size}`, ['id:S'])
      for (let i = 0; i < size; i++) {
        const Item = { id: { S: `${i}` }, m: { M: {} }, b: { B: 'YQ==' }, s: { S: 'a' } }
        await plane.call('PutItem', { TableName: `Page${size}`, Item })
      }
    },
    ask: (size) => [
      'Scan',
      {
        TableName: `Page${size}`,
        FilterExpression: filter,
        ExpressionAttributeValues: { ':v': constant(size * 40) },
      },
    ],
  }
}

export const pagePatterns: readonly CostPattern[] = [
  page('a page against a large map', 'm = :v', map),
  page('a page against the size of a large map', 'size(:v) = s', map),
  page('a page against a large binary', 'contains(b, :v) OR begins_with(b, :v)', (n) =>
    binary(n * 20),
  ),
  page('a page against a large text', 'contains(s, :v) OR begins_with(s, :v)', (n) => text(n * 20)),
  page('a page against a large set', 's = :v OR contains(s, :v)', strings),
  page('a page against a large list', 's = :v OR m = :v', list),
]
