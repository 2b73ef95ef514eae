import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'
import {
  anyValue,
  clauses,
  conditions,
  Writing,
  type Written,
  type WrittenClause,
  type WrittenValue,
} from './testdata/writtenTwice.ts'
import { runsOf } from '../../testing/propertyRuns.ts'

/*
 * Random statements do what the equivalent requests with expressions do: on two databases with the
 * same items they give the same items, capacity and errors, and leave the same items.
 */

type Response = Record<string, unknown>

const TableName = 'Pairs'
const index = {
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byG',
      KeySchema: [
        { AttributeName: 'g', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
}
const table = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'N' },
    { AttributeName: 'g', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  ...index,
}
const INDEXES = { ReturnConsumedCapacity: 'INDEXES' }

async function opened(): Promise<DataPlane> {
  const plane = await openDataPlane({ validation: 'older', reservedWords: 'allow' })
  expect(await plane.call('CreateTable', table)).not.toHaveProperty('__type')
  return plane
}

let stated: DataPlane
let expressed: DataPlane

const items = fc.array(
  fc.record({
    pk: fc.constantFrom('p', 'q'),
    sk: fc.integer({ min: 0, max: 4 }),
    attributes: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), anyValue, { maxKeys: 4 }),
  }),
  { minLength: 2, maxLength: 12 },
)

type Drawn = typeof items extends fc.Arbitrary<infer T> ? T : never

/** Makes the items of both tables these alone. */
async function prepare(drawn: Drawn): Promise<void> {
  for (const plane of [stated, expressed]) {
    for (const { pk, sk } of await scan(plane)) {
      await plane.call('DeleteItem', { TableName, Key: { pk, sk } })
    }
    for (const { pk, sk, attributes } of drawn) {
      const values = Object.entries(attributes).map(([name, { value }]) => [name, value])
      const Item = {
        pk: { S: pk },
        sk: { N: `${sk}` },
        g: { S: 'g' },
        ...Object.fromEntries(values),
      }
      expect(await plane.call('PutItem', { TableName, Item })).toEqual({})
    }
  }
}

async function scan(plane: DataPlane): Promise<Response[]> {
  return (await plane.call('Scan', { TableName }))['Items'] as Response[]
}

const expressionPrefix = /^Invalid (Condition|Filter|KeyCondition|Projection|Update)Expression: /

/** An error as both say it: what names the parameter of an expression, statements have not. */
function plain(response: Response): Response {
  const { message } = response
  if (typeof message !== 'string') return response
  return { ...response, message: message.replace(expressionPrefix, '') }
}

const substitutions = ({ values }: Writing): object =>
  Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}
const given = ({ parameters }: Writing): object =>
  parameters.length > 0 ? { Parameters: parameters } : {}

/** An optional part, which is empty when there is none. */
function written(writing: Writing, part: Written | null): readonly [string, string] {
  return part === null ? ['', ''] : part(writing)
}

const optional = fc.option(conditions, { freq: 2 })
const sortConditions: fc.Arbitrary<string> = fc.constantFrom(
  '',
  'sk = 2',
  'sk < 3',
  'sk <= 2',
  'sk > 1',
  'sk >= 2',
  'sk BETWEEN 1 AND 3',
)

/** All pages of a statement beside those of the request that asks for the same. */
async function comparePages(request: object, operation: string, expression: object): Promise<void> {
  let [first, second]: object[] = [{}, {}]
  for (;;) {
    const page = await stated.call('ExecuteStatement', { ...request, ...first })
    const other = await expressed.call(operation, { ...expression, ...second })
    if ('__type' in other || '__type' in page) {
      expect(plain(page)).toEqual(plain(other))
      return
    }
    const { Items, ConsumedCapacity, NextToken } = page
    expect({ Items, ConsumedCapacity }).toEqual({
      Items: other['Items'],
      ConsumedCapacity: other['ConsumedCapacity'],
    })
    expect(NextToken === undefined).toBe(other['LastEvaluatedKey'] === undefined)
    if (NextToken === undefined) return
    first = { NextToken }
    second = { ExclusiveStartKey: other['LastEvaluatedKey'] }
  }
}

beforeAll(async () => {
  stated = await opened()
  expressed = await opened()
})

describe('statements and expressions', () => {
  it('read alike', async () => {
    const reads = fc.record({
      drawn: items,
      key: fc.constantFrom('pk', 'g', 'scan', 'scan of an index'),
      sort: sortConditions,
      filter: optional,
      columns: fc.option(
        fc.uniqueArray(fc.constantFrom('pk', 'sk', 'a', 'b', 'c', 'gone'), { minLength: 1 }),
      ),
      reverse: fc.boolean(),
      Limit: fc.option(fc.integer({ min: 1, max: 4 })),
      ConsistentRead: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        reads,
        async ({ drawn, key, sort, filter, columns, reverse, Limit, ConsistentRead }) => {
          await prepare(drawn)
          const writing = new Writing()
          const isOfIndex = key === 'g' || key === 'scan of an index'
          const isKeyed = key === 'pk' || key === 'g'
          const [partition, placeholder] = writing.value({
            value: { S: key === 'g' ? 'g' : 'p' },
            literal: undefined,
          })
          const [where, FilterExpression] = written(writing, filter)
          const keyed = [`${key} = ${partition}`, sort].filter((part) => part !== '').join(' AND ')
          const parts = [isKeyed ? keyed : '', where === '' ? '' : `(${where})`]
          const condition = parts.filter((part) => part !== '').join(' AND ')
          const direction = isKeyed && reverse ? ' ORDER BY sk DESC' : ''
          const Statement =
            `SELECT ${columns?.join() ?? '*'} FROM ${TableName}${isOfIndex ? '.byG' : ''}` +
            `${condition === '' ? '' : ` WHERE ${condition}`}${direction}`
          if (!isKeyed) writing.parameters.shift()
          const values: Record<string, unknown> = { ...writing.values }
          if (!isKeyed) delete values[placeholder]
          const numbered = sort.replaceAll(/(?<= )\d/g, (digit) => {
            if (!isKeyed) return digit
            values[`:s${digit}`] = { N: digit }
            return `:s${digit}`
          })
          const common = {
            ...(Limit !== null && { Limit }),
            ...(!isOfIndex && { ConsistentRead }),
            ...INDEXES,
          }
          const keyCondition = [`${key} = ${placeholder}`, numbered].filter((part) => part !== '')
          await comparePages(
            { Statement, ...given(writing), ...common },
            isKeyed ? 'Query' : 'Scan',
            {
              TableName,
              ...(isOfIndex && { IndexName: 'byG' }),
              ...(isKeyed && {
                KeyConditionExpression: keyCondition.join(' AND '),
                ScanIndexForward: !reverse,
              }),
              ...(FilterExpression !== '' && { FilterExpression }),
              ...(columns !== null && { ProjectionExpression: columns.join() }),
              ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
              ...common,
            },
          )
        },
      ),
      { numRuns: runsOf(400) },
    )
  })

  it('write alike, alone and in transactions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ drawn: items, writes: fc.array(writes, { minLength: 1, maxLength: 4 }) }),
        async ({ drawn, writes: wanted }) => {
          await prepare(drawn)
          for (const write of wanted) await compareWrite(write)
          await compareTransaction(wanted)
          expect(await scan(stated)).toEqual(await scan(expressed))
        },
      ),
      { numRuns: runsOf(400) },
    )
  })
})

interface Write {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly sk: number
  readonly condition: Written | null
  readonly changes: readonly WrittenClause[]
  readonly attributes: Readonly<Record<string, WrittenValue>>
  readonly returning: readonly [statement: string, operation: string]
  readonly onFailure: 'ALL_OLD' | 'NONE'
}

const sections = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const

const writes: fc.Arbitrary<Write> = fc.record({
  kind: fc.constantFrom('insert' as const, 'update' as const, 'delete' as const),
  sk: fc.integer({ min: 0, max: 4 }),
  condition: optional,
  // An expression has what one clause does together, so a statement has it in this order too.
  changes: fc
    .array(clauses, { minLength: 1, maxLength: 3 })
    .map((all) => all.toSorted((a, b) => sections.indexOf(a.clause) - sections.indexOf(b.clause))),
  attributes: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), anyValue, { maxKeys: 4 }),
  returning: fc.constantFrom(
    ['', 'NONE'] as const,
    ['ALL OLD', 'ALL_OLD'] as const,
    ['ALL NEW', 'ALL_NEW'] as const,
    ['MODIFIED OLD', 'UPDATED_OLD'] as const,
    ['MODIFIED NEW', 'UPDATED_NEW'] as const,
  ),
  onFailure: fc.constantFrom('ALL_OLD', 'NONE'),
})

interface Pair {
  readonly statement: { readonly Statement: string }
  readonly operation: 'PutItem' | 'UpdateItem' | 'DeleteItem'
  readonly request: object
}

function insertOf({ sk, attributes }: Write): Pair {
  const writing = new Writing()
  const members = Object.entries(attributes).map(
    ([name, value]) => `, '${name}': ${writing.value(value)[0]}`,
  )
  const Statement = `INSERT INTO ${TableName} VALUE {'pk': 'p', 'sk': ${sk}${members.join('')}}`
  const values = Object.entries(attributes).map(([name, { value }]) => [name, value])
  const Item = { pk: { S: 'p' }, sk: { N: `${sk}` }, ...Object.fromEntries(values) }
  const ConditionExpression = 'attribute_not_exists(pk)'
  return {
    statement: { Statement, ...given(writing) },
    operation: 'PutItem',
    request: { TableName, Item, ConditionExpression },
  }
}

function changeOf(
  { kind, sk, condition, changes, returning, onFailure }: Write,
  single: boolean,
): Pair {
  const writing = new Writing()
  const Key = { pk: { S: 'p' }, sk: { N: `${sk}` } }
  const isUpdate = kind === 'update'
  const made = isUpdate
    ? changes.map(({ clause, written: write }) => ({ clause, texts: write(writing) }))
    : []
  const [where, rest] = written(writing, condition)
  const key = `WHERE pk = 'p' AND sk = ${sk}${where === '' ? '' : ` AND (${where})`}`
  const shown = single && returning[0] !== '' && (isUpdate || returning[0] === 'ALL OLD')
  const suffix = shown ? ` RETURNING ${returning[0]} *` : ''
  const more = {
    ...(shown && { ReturnValues: returning[1] }),
    ReturnValuesOnConditionCheckFailure: onFailure,
    ...substitutions(writing),
  }
  if (!isUpdate) {
    const ConditionExpression =
      rest === '' ? {} : { ConditionExpression: `attribute_not_exists(pk) OR (${rest})` }
    return {
      statement: statementOf(`DELETE FROM ${TableName} ${key}${suffix}`, writing, onFailure),
      operation: 'DeleteItem',
      request: { TableName, Key, ...ConditionExpression, ...more },
    }
  }
  const parts = sections.flatMap((clause) => {
    const texts = made.filter((each) => each.clause === clause).map((each) => each.texts[1])
    return texts.length === 0 ? [] : `${clause} ${texts.join(', ')}`
  })
  const stating = made.map(
    ({ clause, texts }) => `${clause === 'REMOVE' ? clause : 'SET'} ${texts[0]}`,
  )
  const existence = 'attribute_exists(pk)'
  return {
    statement: statementOf(
      `UPDATE ${TableName} ${stating.join(' ')} ${key}${suffix}`,
      writing,
      onFailure,
    ),
    operation: 'UpdateItem',
    request: {
      TableName,
      Key,
      UpdateExpression: parts.join(' '),
      ConditionExpression: rest === '' ? existence : `${existence} AND (${rest})`,
      ...more,
    },
  }
}

function statementOf(Statement: string, writing: Writing, onFailure: string): Pair['statement'] {
  const request = { Statement, ...given(writing), ReturnValuesOnConditionCheckFailure: onFailure }
  return request
}

const pairOf = (write: Write, single: boolean): Pair =>
  write.kind === 'insert' ? insertOf(write) : changeOf(write, single)

async function compareWrite(write: Write): Promise<void> {
  const { statement, operation, request } = pairOf(write, true)
  const answer = await stated.call('ExecuteStatement', { ...statement, ...INDEXES })
  const other = await expressed.call(operation, { ...request, ...INDEXES })
  if (write.kind === 'insert' && other['__type'] === 'ConditionalCheckFailedException') {
    expect(answer).toEqual({
      __type: 'DuplicateItemException',
      message: 'Duplicate primary key exists in table',
    })
  } else if ('__type' in other || '__type' in answer) {
    expect([statement, plain(answer)]).toEqual([statement, plain(other)])
  } else {
    const { Attributes, ConsumedCapacity } = other
    expect([statement, answer]).toEqual([
      statement,
      { Items: Attributes === undefined ? [] : [Attributes], ConsumedCapacity },
    ])
  }
}

/** The same writes as one transaction; those that are no statement or expression are left out. */
async function compareTransaction(wanted: readonly Write[]): Promise<void> {
  const distinct = new Map(wanted.map((write) => [write.sk, write]))
  const pairs = [...distinct.values()].map((write) => pairOf(write, false))
  const answer = await stated.call('ExecuteTransaction', {
    TransactStatements: pairs.map(({ statement }) => statement),
    ...INDEXES,
  })
  const other = await expressed.call('TransactWriteItems', {
    TransactItems: pairs.map(({ operation, request }) => ({
      [operation.replace('Item', '')]: request,
    })),
    ...INDEXES,
  })
  if (other['__type'] === 'ValidationException') {
    const prefix = /^Validation failed in TransactStatements\[\d+\]: /
    const message = String(answer['message']).replace(prefix, '')
    expect({ ...answer, message }).toEqual(plain(other))
  } else if (other['__type'] === undefined) {
    expect(answer).toEqual({ Responses: [], ...other })
  } else {
    const reasons = (response: Response): object[] =>
      response['CancellationReasons'] as { readonly Code: string }[]
    expect(reasons(answer)).toEqual(
      reasons(other).map((reason, i) => {
        const isInsert = pairs[i]?.operation === 'PutItem'
        const isFailed = (reason as { Code: string }).Code === 'ConditionalCheckFailed'
        return isInsert && isFailed
          ? { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' }
          : reason
      }),
    )
  }
}
