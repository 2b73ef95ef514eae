import { describe, expect, test } from 'vitest'
import type { KeyAttribute } from '../database/tables.ts'
import { JsonFault } from '../values/exactJson.ts'
import {
  actionsOf,
  moved,
  newToken,
  newTransaction,
  withActions,
  withCopy,
  withNewAction,
  type ActionDraft,
  type TransactionDraft,
} from './transactionDraft.ts'
import { inForm } from './transactionForm.ts'
import { readInput, requestJson, writeInput } from './transactionInput.ts'

const keys = new Map<string, readonly KeyAttribute[]>([
  [
    'Orders',
    [
      { name: 'pk', type: 'S' },
      { name: 'sk', type: 'N' },
    ],
  ],
  ['Blobs', [{ name: 'id', type: 'B' }]],
])

const [blank] = newTransaction.writes as readonly [ActionDraft]
const writing = (...actions: readonly Partial<ActionDraft>[]): TransactionDraft => ({
  ...newTransaction,
  writes: actions.map((action, i) => ({ ...blank, id: i + 1, ...action })),
})
const large = '12345678901234567890123456789012345678'

describe('the request of a draft', () => {
  test('has each kind of action, with what belongs to it alone', () => {
    const shared = {
      table: 'Orders',
      key: ['a', large],
      condition: '#s > :n',
      names: '{ "#s": "stock" }',
      values: `{ ":n": { "N": "${large}" } }`,
    }
    const draft = writing(
      { ...shared, kind: 'Put', item: '{ "pk": { "S": "a" }, "sk": { "N": "1" } }', update: 'x' },
      { ...shared, kind: 'Update', update: 'SET a = :n', item: 'x', returnsOld: true },
      { ...shared, kind: 'Delete', condition: '', names: '', values: ' ' },
      { ...shared, kind: 'ConditionCheck' },
    )
    const Key = { pk: { S: 'a' }, sk: { N: large } }
    const conditional = {
      TableName: 'Orders',
      ConditionExpression: '#s > :n',
      ExpressionAttributeNames: { '#s': 'stock' },
      ExpressionAttributeValues: { ':n': { N: large } },
    }
    expect(writeInput(draft, keys)).toEqual({
      TransactItems: [
        { Put: { ...conditional, Item: { pk: { S: 'a' }, sk: { N: '1' } } } },
        {
          Update: {
            ...conditional,
            Key,
            UpdateExpression: 'SET a = :n',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { Delete: { TableName: 'Orders', Key } },
        { ConditionCheck: { ...conditional, Key } },
      ],
    })
    expect(writeInput({ ...draft, token: 't' }, keys)).toHaveProperty('ClientRequestToken', 't')
  })

  test('reads items, and of those what is wanted', () => {
    const draft = { ...writing(), reads: [{ ...blank, table: 'Orders', key: ['a', '1'] }] }
    const Get = { TableName: 'Orders', Key: { pk: { S: 'a' }, sk: { N: '1' } } }
    expect(readInput(draft, keys)).toEqual({ TransactItems: [{ Get }] })
    const projection = { projection: '#p', names: '{ "#p": "price" }' }
    const reads = draft.reads.map((read) => ({ ...read, ...projection }))
    expect(readInput({ ...draft, reads }, keys)).toEqual({
      TransactItems: [
        {
          Get: { ...Get, ProjectionExpression: '#p', ExpressionAttributeNames: { '#p': 'price' } },
        },
      ],
    })
  })

  test('takes plain JSON, and the key as JSON of a table that is not known', () => {
    const draft = writing({
      kind: 'Update',
      table: 'Hidden',
      keyJson: '{ "id": "a" }',
      values: `{ ":n": ${large} }`,
    })
    expect(writeInput({ ...draft, form: 'plain' }, keys)).toMatchObject({
      TransactItems: [
        {
          Update: { Key: { id: { S: 'a' } }, ExpressionAttributeValues: { ':n': { N: large } } },
        },
      ],
    })
  })

  test('is JSON with bytes in base64', () => {
    const draft = writing({ kind: 'Delete', table: 'Blobs', key: ['AP8B'] })
    expect(JSON.parse(requestJson(writeInput(draft, keys)))).toEqual({
      TransactItems: [{ Delete: { TableName: 'Blobs', Key: { id: { B: 'AP8B' } } } }],
    })
  })

  test.each<[Partial<ActionDraft>, string]>([
    [{ item: '' }, 'Action 2: Item: Expected a value at line 1, column 1.'],
    [
      { item: '{"a":1}' },
      'Action 2: Item: a: a value is an object with one type, such as { "S": "…" }.',
    ],
    [
      { kind: 'Delete', table: 'X', keyJson: '[]' },
      'Action 2: Key: An item is an object: { "name": { "S": "…" } }.',
    ],
    [
      { kind: 'Delete', table: 'Blobs', key: ['*'] },
      'Action 2: Binary values are typed in as base64.',
    ],
    [
      { item: '{}', names: '{"#a":1}' },
      'Action 2: Names: an object of texts, such as { "#n": "name" }.',
    ],
    [{ item: '{}', values: '{' }, 'Action 2: Values: Expected a name in double quotes'],
  ])('is refused for %j', (action, message) => {
    const draft = writing({ item: '{}' }, action)
    expect(() => writeInput(draft, keys)).toThrow(JsonFault)
    expect(() => writeInput(draft, keys)).toThrow(message)
  })
})

describe('the actions of a draft', () => {
  const draft = writing({ table: 'A' }, { table: 'B' }, { table: 'C' })
  const namesOf = (actions: readonly ActionDraft[]) => actions.map(({ table }) => table).join('')

  test('change places, and stay where there is none', () => {
    expect(namesOf(moved(draft.writes, 0, 1))).toBe('BAC')
    expect(namesOf(moved(draft.writes, 2, -1))).toBe('ACB')
    expect(namesOf(moved(draft.writes, 0, -1))).toBe('ABC')
    expect(namesOf(moved(draft.writes, 2, 1))).toBe('ABC')
  })

  test('have ids of their own, also copies and new ones', () => {
    const copied = withCopy(draft.writes, 1)
    expect(namesOf(copied)).toBe('ABBC')
    const more = withNewAction(copied, 'Update')
    expect(more.at(-1)).toMatchObject({ table: 'C', kind: 'Update' })
    expect(new Set(more.map(({ id }) => id)).size).toBe(5)
  })

  test('are those of the mode', () => {
    const reading = { ...draft, mode: 'read' as const }
    expect(actionsOf(reading)).toBe(draft.reads)
    const changed = withActions(reading, [])
    expect([changed.reads, changed.writes]).toEqual([[], draft.writes])
  })
})

test('items, keys and values change their form, and what is no JSON stays', () => {
  const draft = writing({
    item: '{"a":{"N":"1.50"}}',
    values: 'x',
    keyJson: '',
    names: '{"#a":"b"}',
  })
  const plain = inForm(draft, 'plain')
  expect(plain.writes[0]).toMatchObject({
    item: '{\n  "a": 1.50\n}',
    values: 'x',
    keyJson: '',
    names: '{"#a":"b"}',
  })
  expect(inForm(plain, 'dynamodb').writes[0]?.item).toBe('{\n  "a": {\n    "N": "1.50"\n  }\n}')
  expect(inForm(draft, 'dynamodb')).toBe(draft)
})

test('tokens are as DynamoDB takes them, each another one', () => {
  const tokens = Array.from({ length: 50 }, newToken)
  expect(new Set(tokens).size).toBe(50)
  for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{32}$/)
})
