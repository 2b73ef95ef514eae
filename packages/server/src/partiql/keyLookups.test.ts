import { describe, expect, it } from 'vitest'
import { bindStatement } from './bindStatement.ts'
import type { BoundSelect } from './boundStatement.ts'
import { keyEqualities } from './keyEqualities.ts'
import { keyLookups } from './keyLookups.ts'
import { readStatement } from './readStatement.ts'

function whereOf(condition: string): BoundSelect['where'] {
  const bound = bindStatement(readStatement(`SELECT * FROM T WHERE ${condition}`), [])
  return (bound as BoundSelect).where
}

/** The lookups as `partition` or `partition sort…`, and whether anything is still to be asked. */
function found(condition: string): string | undefined {
  const read = keyLookups(whereOf(condition), { partitionKey: 'pk', sortKey: 'sk' })
  if (read === undefined) return undefined
  const lookups = read.lookups.map(({ partitionKey, sortKey }) =>
    [
      Object.values(partitionKey).join(),
      ...sortKey.map(({ operator, values }) => `${operator} ${JSON.stringify(values)}`),
    ].join(' '),
  )
  return `${lookups.join('; ')}${read.filter === undefined ? '' : ' | filter'}`
}

describe('keyLookups', () => {
  it.each([
    ['a = 1', undefined],
    ["pk <> 'x'", undefined],
    ["pk > 'x'", undefined],
    ["NOT pk = 'x'", undefined],
    ["pk = 'x' OR a = 1", undefined],
    ['pk = sk', undefined],
    ["pk.a = 'x'", undefined],
    ["pk = 'x'", 'x'],
    ["'x' = pk", 'x'],
    ["pk = 'x' AND pk = 'y'", 'x | filter'],
    ["pk IN ('x', 'y')", 'x; y'],
    ["pk = 'x' OR pk = 'y' OR pk IN ['z']", 'x; y; z'],
    ["(a = 1 AND (pk = 'x' AND b = 2))", 'x | filter'],
    ["pk = 'x' AND 3 > sk", 'x < [{"N":"3"}]'],
    ["pk = 'x' AND sk > 1 AND sk <= 3", 'x > [{"N":"1"}] <= [{"N":"3"}]'],
    ["pk = 'x' AND begins_with(sk, 'a')", 'x begins_with [{"S":"a"}]'],
    ["pk = 'x' AND sk IN (1, 2)", 'x = [{"N":"1"}]; x = [{"N":"2"}]'],
    ["pk = 'x' AND sk <> 1", 'x | filter'],
    ["pk = 'x' AND size(sk) = 1", 'x | filter'],
    [
      "(pk = 'x' AND sk = 1) OR (pk = 'y' AND a = 1 AND sk < 2)",
      'x = [{"N":"1"}]; y < [{"N":"2"}] | filter',
    ],
    ["(pk = 'x' AND sk = 1) OR (pk = 'y' AND a = 1)", 'x = [{"N":"1"}]; y | filter'],
  ])('%s', (condition, expected) => {
    expect(found(condition)).toBe(expected)
  })

  it.each([
    ["(pk = 'x' AND sk = 1) OR (pk = 'x' AND a = 1)", true],
    ["(pk IN ('y', 'x') AND sk = 1) OR (pk IN ('x', 'z') AND a = 1)", true],
    ["(pk IN ('y', 'x') AND sk = 1) OR (pk IN ('w', 'z') AND a = 1)", false],
    ["pk = 'x' AND (sk = 1 OR a = 1)", true],
    ["pk = 'x' AND (sk = 1 OR a = 1 AND sk = 2)", false],
  ])('overlap in one partition alone: %s', (condition, overlaps) => {
    const text = 'Overlapping conditions with range keys are not supported in where clause'
    const finding = expect(() => found(condition))
    if (overlaps) finding.toThrow(text)
    else finding.not.toThrow()
  })

  it.each([
    ["pk = 'x' OR pk = 'y'", true],
    ["pk IN ('x', 'y') AND sk = 1", false],
    ["pk = 'x' AND NOT (a = 1 OR b = 1)", true],
  ])('say whether there is an OR anywhere: %s', (condition, has) => {
    const read = keyLookups(whereOf(condition), { partitionKey: 'pk', sortKey: 'sk' })
    expect(read?.hasAlternatives).toBe(has)
  })
})

describe('a condition that names very many items', () => {
  const list = (count: number, quote = ''): string =>
    Array.from({ length: count }, (_, i) => `${quote}${i}${quote}`).join()
  const equalities = (count: number): string =>
    `(${Array.from({ length: count }, (_, i) => `pk = '${i}'`).join(' OR ')})`
  const read = (condition: string): unknown => {
    const { lookups = [], filter } =
      keyLookups(whereOf(condition), { partitionKey: 'pk', sortKey: 'sk' }) ?? {}
    return [lookups.length, lookups[0]?.sortKey.length, filter?.kind]
  }
  const both = `pk IN (${list(50, "'")}) AND sk IN (${list(100)})`

  it.each([
    [both, [5000, 1, undefined]],
    [`${equalities(50)} AND sk IN (${list(100)}) AND sk > 3`, [5000, 2, undefined]],
    [`${equalities(51)} AND sk IN (${list(100)})`, [51, 0, 'in']],
    [`${equalities(51)} AND sk IN (${list(100)}) AND sk > 3`, [51, 1, 'in']],
    [`${equalities(300)} AND sk IN (${list(16)})`, [4800, 1, undefined]],
    [`(${both}) OR (pk = 'x' AND sk = 1)`, [51, 0, 'or']],
  ])('reads the items of its partitions: %.50s', (condition, expected) => {
    expect(read(condition)).toEqual(expected)
  })
})

describe('keyEqualities', () => {
  it.each([
    ["pk = 'x'", undefined],
    ["pk = 'x' AND sk IN (1)", undefined],
    ["pk = 'x' OR sk = 1", undefined],
    ["sk = 1 AND pk = 'x'", { key: { pk: { S: 'x' }, sk: { N: '1' } }, rest: undefined }],
  ])('%s', (condition, expected) => {
    const equalities = keyEqualities(whereOf(condition), ['pk', 'sk'])
    expect(
      equalities === undefined ? undefined : { ...equalities, key: { ...equalities.key } },
    ).toEqual(expected)
  })

  it('leave the rest, another value of a key too', () => {
    const equalities = keyEqualities(whereOf("pk = 'x' AND pk = 'y' AND a = 1"), ['pk'])
    expect(equalities?.rest).toEqual(whereOf("pk = 'y' AND a = 1"))
  })
})
