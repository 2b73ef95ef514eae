import { beforeEach, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'

let plane: DataPlane
const TableName = 'Music'

type Response = Record<string, unknown>

const validation = (message: string): Response => ({ __type: 'ValidationException', message })
const s = (S: string): { S: string } => ({ S })
const n = (value: number): { N: string } => ({ N: String(value) })
const put = (Item: object, table = TableName): Promise<Response> =>
  plane.call('PutItem', { TableName: table, Item })
const query = (more: object): Promise<Response> => plane.call('Query', { TableName, ...more })

/** The members of a query for the items of partition key `a`. */
const ofA = { KeyConditionExpression: 'pk = :a', ExpressionAttributeValues: { ':a': s('a') } }
const queryA = (more: object = {}): Promise<Response> => query({ ...ofA, ...more })

const sortKeys = ({ Items }: Response): number[] =>
  (Items as { sk: { N: string } }[]).map(({ sk }) => Number(sk.N))

beforeEach(async () => {
  plane = await openDataPlane()
  await plane.createTable(TableName, ['pk:S', 'sk:N'])
  for (const sk of [10, -1, 3, 2]) {
    await put({ pk: s('a'), sk: n(sk), even: { BOOL: sk % 2 === 0 }, m: { M: { x: n(sk) } } })
  }
  await put({ pk: s('b'), sk: n(3) })
})

describe('Query', () => {
  it('gives the items of one partition key by their sort keys, with all their attributes', async () => {
    const item = (sk: number): object => ({
      pk: s('a'),
      sk: n(sk),
      even: { BOOL: sk % 2 === 0 },
      m: { M: { x: n(sk) } },
    })
    expect(await queryA()).toEqual({
      Items: [item(-1), item(2), item(3), item(10)],
      Count: 4,
      ScannedCount: 4,
    })
    expect(await queryA({ ScanIndexForward: false })).toEqual({
      Items: [item(10), item(3), item(2), item(-1)],
      Count: 4,
      ScannedCount: 4,
    })
  })

  it('finds nothing under another partition key', async () => {
    const ExpressionAttributeValues = { ':a': s('c') }
    const nothing = await queryA({ ExpressionAttributeValues })
    expect(nothing).toEqual({ Items: [], Count: 0, ScannedCount: 0 })
  })

  it.each([
    ['sk = :x', [2]],
    ['sk < :x', [-1]],
    ['sk <= :x', [-1, 2]],
    ['sk > :x', [3, 10]],
    ['sk >= :x', [2, 3, 10]],
    [':x > sk', [-1]],
    ['sk BETWEEN :x AND :x', [2]],
  ])('reads by pk = :a AND %s', async (sortCondition, expected) => {
    const found = await query({
      KeyConditionExpression: `pk = :a AND ${sortCondition}`,
      ExpressionAttributeValues: { ':a': s('a'), ':x': n(2) },
    })
    expect(sortKeys(found)).toEqual(expected)
  })

  it.each([
    ['EQ', [n(2)], [2]],
    ['LT', [n(2)], [-1]],
    ['LE', [n(2)], [-1, 2]],
    ['GT', [n(2)], [3, 10]],
    ['GE', [n(2)], [2, 3, 10]],
    ['BETWEEN', [n(0), n(5)], [2, 3]],
  ])('reads by KeyConditions with %s', async (ComparisonOperator, AttributeValueList, expected) => {
    const found = await query({
      KeyConditions: {
        sk: { ComparisonOperator, AttributeValueList },
        pk: { ComparisonOperator: 'EQ', AttributeValueList: [s('a')] },
      },
    })
    expect(sortKeys(found)).toEqual(expected)
  })

  it('reads by begins_with on strings and binaries', async () => {
    await plane.createTable('Texts', ['pk:S', 'sk:S'])
    for (const sk of ['a', 'ab', 'ab\0', 'abc', 'ac', 'b']) {
      await put({ pk: s('a'), sk: s(sk) }, 'Texts')
    }
    const texts = await query({
      TableName: 'Texts',
      KeyConditionExpression: 'pk = :a AND begins_with(sk, :x)',
      ExpressionAttributeValues: { ':a': s('a'), ':x': s('ab') },
    })
    const keys = (texts['Items'] as { sk: { S: string } }[]).map(({ sk }) => sk.S)
    expect(keys).toEqual(['ab', 'ab\0', 'abc'])
    await plane.createTable('Binaries', ['pk:S', 'sk:B'])
    for (const sk of ['/w==', '//8=', '//8A', '/v8=']) {
      await put({ pk: s('a'), sk: { B: sk } }, 'Binaries')
    }
    const binaries = await query({
      TableName: 'Binaries',
      KeyConditionExpression: 'pk = :a AND begins_with(sk, :x)',
      ExpressionAttributeValues: { ':a': s('a'), ':x': { B: '//8=' } },
    })
    expect(binaries['Items']).toEqual([
      { pk: s('a'), sk: { B: '//8=' } },
      { pk: s('a'), sk: { B: '//8A' } },
    ])
  })

  it('counts what the filter refuses in ScannedCount and Limit', async () => {
    const FilterExpression = 'even = :yes'
    const ExpressionAttributeValues = { ':a': s('a'), ':yes': { BOOL: true } }
    const filtered = await queryA({ FilterExpression, ExpressionAttributeValues })
    expect(filtered).toMatchObject({ Count: 2, ScannedCount: 4 })
    expect(filtered).not.toHaveProperty('LastEvaluatedKey')
    expect(sortKeys(filtered)).toEqual([2, 10])
    const page = await queryA({ FilterExpression, ExpressionAttributeValues, Limit: 3 })
    expect(page).toMatchObject({ Count: 1, ScannedCount: 3 })
    expect(page['LastEvaluatedKey']).toEqual({ pk: s('a'), sk: n(3) })
    const emptyPage = await queryA({ FilterExpression, ExpressionAttributeValues, Limit: 1 })
    expect(emptyPage).toEqual({
      Items: [],
      Count: 0,
      ScannedCount: 1,
      LastEvaluatedKey: { pk: s('a'), sk: n(-1) },
    })
  })

  it('filters by QueryFilter and ConditionalOperator', async () => {
    const even = { ComparisonOperator: 'EQ', AttributeValueList: [{ BOOL: true }] }
    const noMap = { ComparisonOperator: 'NULL' }
    const KeyConditions = { pk: { ComparisonOperator: 'EQ', AttributeValueList: [s('a')] } }
    const filtered = async (more: object): Promise<number[]> =>
      sortKeys(await query({ KeyConditions, ...more }))
    expect(await filtered({ QueryFilter: { even } })).toEqual([2, 10])
    expect(await filtered({ QueryFilter: { even, m: noMap } })).toEqual([])
    expect(await filtered({ QueryFilter: { even, m: noMap }, ConditionalOperator: 'OR' })).toEqual([
      2, 10,
    ])
    expect(await filtered({ QueryFilter: {} })).toEqual([-1, 2, 3, 10])
  })

  it('filters and projects by expressions beside KeyConditions', async () => {
    const response = await query({
      KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [s('a')] } },
      FilterExpression: 'even = :yes',
      ProjectionExpression: 'sk',
      ExpressionAttributeValues: { ':yes': { BOOL: true } },
    })
    expect(response['Items']).toEqual([{ sk: n(2) }, { sk: n(10) }])
  })

  it('projects, and counts without items', async () => {
    const paths = await queryA({ ProjectionExpression: 'm.x, nothing', Limit: 2 })
    expect(paths['Items']).toEqual([{ m: { M: { x: n(-1) } } }, { m: { M: { x: n(2) } } }])
    expect(paths['LastEvaluatedKey']).toEqual({ pk: s('a'), sk: n(2) })
    const KeyConditions = { pk: { ComparisonOperator: 'EQ', AttributeValueList: [s('a')] } }
    const names = await query({
      KeyConditions,
      AttributesToGet: ['sk'],
      Select: 'SPECIFIC_ATTRIBUTES',
    })
    expect(names['Items']).toEqual([{ sk: n(-1) }, { sk: n(2) }, { sk: n(3) }, { sk: n(10) }])
    expect(await queryA({ Select: 'COUNT' })).toEqual({ Count: 4, ScannedCount: 4 })
    expect(await queryA({ Select: 'COUNT', Limit: 4 })).toEqual({
      Count: 4,
      ScannedCount: 4,
      LastEvaluatedKey: { pk: s('a'), sk: n(10) },
    })
    expect(await queryA({ Select: 'ALL_ATTRIBUTES' })).toEqual(await queryA())
  })

  it('goes on behind a key that was deleted since, in both directions', async () => {
    await plane.call('DeleteItem', { TableName, Key: { pk: s('a'), sk: n(3) } })
    const ExclusiveStartKey = { pk: s('a'), sk: { N: '3.0' } }
    expect(sortKeys(await queryA({ ExclusiveStartKey }))).toEqual([10])
    expect(sortKeys(await queryA({ ExclusiveStartKey, ScanIndexForward: false }))).toEqual([2, -1])
  })

  it('ends a page that is full with a key, even when nothing follows', async () => {
    const full = await queryA({ Limit: 4 })
    expect(full['LastEvaluatedKey']).toEqual({ pk: s('a'), sk: n(10) })
    const ExclusiveStartKey = full['LastEvaluatedKey'] as object
    expect(await queryA({ ExclusiveStartKey })).toEqual({ Items: [], Count: 0, ScannedCount: 0 })
    expect(await queryA({ Limit: 5 })).not.toHaveProperty('LastEvaluatedKey')
  })

  it('ends a query of one row without a key, as it cannot be restarted', async () => {
    const one = await query({
      KeyConditionExpression: 'pk = :a AND sk = :x',
      ExpressionAttributeValues: { ':a': s('a'), ':x': n(2) },
      Limit: 1,
    })
    expect(one).toMatchObject({ Count: 1, ScannedCount: 1 })
    expect(one).not.toHaveProperty('LastEvaluatedKey')
  })

  it('never sees an item of a table that was created anew', async () => {
    await plane.call('DeleteTable', { TableName })
    await plane.createTable(TableName, ['pk:S', 'sk:N'])
    expect(await queryA()).toEqual({ Items: [], Count: 0, ScannedCount: 0 })
  })

  it('takes partition keys of every type', async () => {
    await plane.createTable('ByNumber', ['id:N'])
    await put({ id: n(5), v: s('x') }, 'ByNumber')
    const found = await query({
      TableName: 'ByNumber',
      KeyConditionExpression: '#id = :id',
      ExpressionAttributeNames: { '#id': 'id' },
      ExpressionAttributeValues: { ':id': { N: '5.00' } },
    })
    expect(found['Items']).toEqual([{ id: n(5), v: s('x') }])
  })
})

describe('The capacity of a query', () => {
  const capacity = async (more: object): Promise<unknown> =>
    (await queryA({ ReturnConsumedCapacity: 'TOTAL', ...more }))['ConsumedCapacity']
  const total = (CapacityUnits: number): object => ({ TableName, CapacityUnits })

  it('is rounded up once for a page', async () => {
    for (const sk of [2, 3]) await put({ pk: s('a'), sk: n(sk), text: s('x'.repeat(2100)) })
    expect(await capacity({})).toEqual(total(1))
    expect(await capacity({ ConsistentRead: true })).toEqual(total(2))
    expect(await capacity({ ConsistentRead: true, Limit: 2 })).toEqual(total(1))
    expect(await capacity({ ReturnConsumedCapacity: 'INDEXES' })).toEqual({
      ...total(1),
      Table: { CapacityUnits: 1 },
    })
    expect(await capacity({ ReturnConsumedCapacity: 'NONE' })).toBe(undefined)
  })

  it('is that of what was read, whatever is filtered or left out', async () => {
    for (const sk of [2, 3]) await put({ pk: s('a'), sk: n(sk), text: s('x'.repeat(4000)) })
    expect(await capacity({ ConsistentRead: true })).toEqual(total(2))
    const ExpressionAttributeValues = { ':a': s('a'), ':none': s('') }
    const filtered = {
      ConsistentRead: true,
      ExpressionAttributeValues,
      FilterExpression: '#t = :none',
    }
    expect(await capacity({ ...filtered, ExpressionAttributeNames: { '#t': 'text' } })).toEqual(
      total(2),
    )
    expect(await capacity({ ConsistentRead: true, ProjectionExpression: 'sk' })).toEqual(total(2))
    expect(await capacity({ ConsistentRead: true, Select: 'COUNT' })).toEqual(total(2))
  })

  it('is at least that of one block', async () => {
    const ExpressionAttributeValues = { ':a': s('nobody') }
    expect(await capacity({ ExpressionAttributeValues })).toEqual(total(0.5))
    expect(await capacity({ ExpressionAttributeValues, ConsistentRead: true })).toEqual(total(1))
  })
})

describe('Query refuses', () => {
  const eq = (value: object): object => ({ ComparisonOperator: 'EQ', AttributeValueList: [value] })
  const sortKeyIs = (value: object): object => ({
    KeyConditionExpression: 'pk = :a AND sk > :x',
    ExpressionAttributeValues: { ':a': s('a'), ':x': value },
  })

  it.each<[string, object, string]>([
    [
      'no key condition',
      {},
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the ' +
        'request.',
    ],
    ['no conditions', { KeyConditions: {} }, 'Conditions can be of length 1 or 2 only'],
    [
      'no partition key',
      { KeyConditions: { sk: eq(n(1)) } },
      'Query condition missed key schema element: pk',
    ],
    [
      'another attribute',
      { KeyConditions: { pk: eq(s('a')), other: eq(s('a')) } },
      'Query condition missed key schema element: sk',
    ],
    [
      'too many conditions',
      { KeyConditions: { pk: eq(s('a')), sk: eq(n(1)), other: eq(n(1)) } },
      'Conditions can be of length 1 or 2 only',
    ],
    [
      'a value of another type',
      sortKeyIs(s('1')),
      'One or more parameter values were invalid: ' +
        'Condition parameter type does not match schema type',
    ],
    [
      'both forms',
      { ...ofA, QueryFilter: { v: eq(s('a')) }, ConditionalOperator: 'AND' },
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {QueryFilter, ConditionalOperator} ' +
        'Expression parameters: {KeyConditionExpression}',
    ],
    [
      'both forms of key conditions',
      { ...ofA, KeyConditions: { pk: eq(s('a')) } },
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {KeyConditions} ' +
        'Expression parameters: {KeyConditionExpression}',
    ],
    [
      'values without an expression',
      { KeyConditions: { pk: eq(s('a')) }, ExpressionAttributeValues: { ':v': s('a') } },
      'ExpressionAttributeValues can only be specified when using expressions: ' +
        'FilterExpression and KeyConditionExpression are null',
    ],
    [
      'unused values',
      { ...ofA, ExpressionAttributeValues: { ':a': s('a'), ':b': s('b') } },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}',
    ],
    [
      'a filter on a key',
      { ...ofA, FilterExpression: 'v = :a AND sk = :a' },
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    ],
    [
      'a QueryFilter on a key',
      { KeyConditions: { pk: eq(s('a')) }, QueryFilter: { pk: eq(s('a')) } },
      'QueryFilter can only contain non-primary key attributes: Primary key attribute: pk',
    ],
    [
      'ConditionalOperator alone',
      { KeyConditions: { pk: eq(s('a')) }, ConditionalOperator: 'AND' },
      'ConditionalOperator cannot be used without Filter or Expected',
    ],
    [
      'a path into a key',
      { ...ofA, ProjectionExpression: 'v, pk.x' },
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not " +
        'allowed: Key: pk',
    ],
    [
      'an attribute twice',
      { KeyConditions: { pk: eq(s('a')) }, AttributesToGet: ['v', 'v'] },
      'One or more parameter values were invalid: Duplicate value in attribute name: v',
    ],
    [
      'an unknown index',
      { ...ofA, IndexName: 'byNothing' },
      'The table does not have the specified index: byNothing',
    ],
    [
      'SPECIFIC_ATTRIBUTES without any',
      { ...ofA, Select: 'SPECIFIC_ATTRIBUTES' },
      '1 validation error detected: Must specify the AttributesToGet or ProjectionExpression ' +
        'when choosing to get SPECIFIC_ATTRIBUTES',
    ],
    [
      'a projection of all attributes',
      { ...ofA, Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'v' },
      'Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES',
    ],
    [
      'a projection of a number',
      { KeyConditions: { pk: eq(s('a')) }, Select: 'COUNT', AttributesToGet: ['v'] },
      'Cannot specify the AttributesToGet when choosing to get only the Count',
    ],
    [
      'projected attributes without an index',
      { ...ofA, Select: 'ALL_PROJECTED_ATTRIBUTES' },
      'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    ],
    [
      'a Limit of 0',
      { ...ofA, Limit: 0 },
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: " +
        'Member must have value greater than or equal to 1',
    ],
  ])('%s', async (_, request, message) => {
    expect(await query(request)).toEqual(validation(message))
  })

  it('a table that is not there, once the request itself is sound', async () => {
    const response = await queryA({ TableName: 'Nothing' })
    expect(response).toEqual({
      __type: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    })
    const unsound = await query({ TableName: 'Nothing' })
    expect(unsound['__type']).toBe('ValidationException')
  })

  const invalid = 'The provided starting key is invalid'
  const whole = { pk: s('a'), sk: n(3) }

  it.each<[string, object, object, string]>([
    ['without its sort key', { pk: s('a') }, {}, invalid],
    ['that is empty', {}, {}, invalid],
    ['with another attribute', { ...whole, v: s('a') }, {}, invalid],
    [
      'of another type',
      { pk: s('a'), sk: s('3') },
      {},
      'The provided key element does not match the schema',
    ],
    [
      'with a bad number',
      { pk: s('a'), sk: { N: 'x' } },
      {},
      'The parameter cannot be converted to a numeric value: x',
    ],
    [
      'with a bad set',
      { pk: s('a'), sk: { SS: ['a', 'a'] } },
      {},
      'One or more parameter values were invalid: Input collection ["a", "a"] contains duplicates.',
    ],
    [
      'with a bad value',
      { pk: s('a'), sk: { NULL: false } },
      {},
      `${invalid}: One or more parameter values were invalid: ` +
        'Null attribute value types must have the value of true',
    ],
    [
      'with an empty value',
      { pk: s(''), sk: n(3) },
      {},
      'The provided starting key is invalid: One or more parameter values are not valid. ' +
        'The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
    ],
    [
      'of another partition',
      { pk: s('b'), sk: n(3) },
      {},
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
    [
      'that does not meet the condition',
      whole,
      sortKeyIs(n(3)),
      'The provided starting key does not match the range key predicate',
    ],
    [
      'of one row',
      whole,
      {
        KeyConditionExpression: 'pk = :a AND sk = :x',
        ExpressionAttributeValues: { ':a': s('a'), ':x': n(3) },
      },
      'The query can return at most one row and cannot be restarted',
    ],
  ])('a starting key %s', async (_, ExclusiveStartKey, more, message) => {
    expect(await queryA({ ...more, ExclusiveStartKey })).toEqual(validation(message))
  })
})
