import { beforeEach, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'

let plane: DataPlane
const TableName = 'Orders'

type Response = Record<string, unknown>

const validation = (message: string): Response => ({ __type: 'ValidationException', message })
const s = (S: string): { S: string } => ({ S })
const n = (value: number): { N: string } => ({ N: String(value) })
const put = (Item: object): Promise<Response> => plane.call('PutItem', { TableName, Item })
const query = (more: object): Promise<Response> => plane.call('Query', { TableName, ...more })
const scan = (more: object): Promise<Response> => plane.call('Scan', { TableName, ...more })

const keySchema = (hashKeys: readonly string[], rangeKeys: readonly string[]): object[] => [
  ...hashKeys.map((AttributeName) => ({ AttributeName, KeyType: 'HASH' })),
  ...rangeKeys.map((AttributeName) => ({ AttributeName, KeyType: 'RANGE' })),
]

/**
 * The table has a local index of each projection, and global ones of one and of several attributes.
 */
beforeEach(async () => {
  plane = await openDataPlane()
  const index = (IndexName: string, KeySchema: object[], Projection: object): object => ({
    IndexName,
    KeySchema,
    Projection,
  })
  const keysOnly = { ProjectionType: 'KEYS_ONLY' }
  const all = { ProjectionType: 'ALL' }
  const response = await plane.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk:S', 'sk:S', 'total:N', 'city:S', 'shop:S', 'day:S'].map((text) => ({
      AttributeName: text.slice(0, -2),
      AttributeType: text.slice(-1),
    })),
    KeySchema: keySchema(['pk'], ['sk']),
    LocalSecondaryIndexes: [
      index('localAll', keySchema(['pk'], ['total']), all),
      index('localKeys', keySchema(['pk'], ['total']), keysOnly),
    ],
    GlobalSecondaryIndexes: [
      index('byCity', keySchema(['city'], ['total']), all),
      index('byCityKeys', keySchema(['city'], []), keysOnly),
      index('byShop', keySchema(['city', 'shop'], ['day', 'total']), {
        ProjectionType: 'INCLUDE',
        NonKeyAttributes: ['note'],
      }),
    ],
  })
  expect(response).not.toHaveProperty('__type')
  const rows: readonly [string, string, number, string, string, string][] = [
    ['a', '1', 5, 'Rome', 'x', 'mon'],
    ['a', '2', 5, 'Rome', 'x', 'mon'],
    ['a', '3', -2, 'Oslo', 'x', 'tue'],
    ['b', '1', 7, 'Rome', 'y', 'mon'],
    ['b', '2', 5, 'Rome', 'x', 'tue'],
  ]
  for (const [pk, sk, total, city, shop, day] of rows) {
    const note = s(`${pk}${sk}`)
    await put({
      pk: s(pk),
      sk: s(sk),
      total: n(total),
      city: s(city),
      shop: s(shop),
      day: s(day),
      note,
      more: s('m'),
    })
  }
  await put({ pk: s('a'), sk: s('none'), note: s('in no index') })
})

const names = ({ Items }: Response): string[] =>
  (Items as { pk: { S: string }; sk: { S: string } }[]).map(({ pk, sk }) => `${pk.S}${sk.S}`)

/** The members of a query of `IndexName` for what its attributes equal. */
function equals(IndexName: string, values: Readonly<Record<string, string>>): object {
  const ExpressionAttributeNames: Record<string, string> = {}
  const ExpressionAttributeValues: Record<string, object> = {}
  for (const [name, value] of Object.entries(values)) {
    ExpressionAttributeNames[`#${name}`] = name
    ExpressionAttributeValues[`:${name}`] = s(value)
  }
  const KeyConditionExpression = Object.keys(values)
    .map((name) => `#${name} = :${name}`)
    .join(' AND ')
  return { IndexName, KeyConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues }
}
const localKeys = equals('localKeys', { pk: 'a' })
const byCity = equals('byCity', { city: 'Rome' })
const byCityKeys = equals('byCityKeys', { city: 'Rome' })

describe('A query of an index', () => {
  it('is in the order of the index, without the items that are not in it', async () => {
    expect(names(await query(equals('localAll', { pk: 'a' })))).toEqual(['a3', 'a1', 'a2'])
    const backwards = await query({ ...equals('localAll', { pk: 'a' }), ScanIndexForward: false })
    expect(names(backwards)).toEqual(['a2', 'a1', 'a3'])
    const cities = names(await query(byCity))
    expect(cities.slice(0, 3).toSorted()).toEqual(['a1', 'a2', 'b2'])
    expect(cities.slice(3)).toEqual(['b1'])
  })

  it('gives the projected attributes', async () => {
    const { Items } = await query({ ...localKeys, Limit: 1 })
    expect(Items).toEqual([{ pk: s('a'), sk: s('3'), total: n(-2) }])
    const shop = await query(equals('byShop', { city: 'Rome', shop: 'y' }))
    expect(shop['Items']).toEqual([
      {
        pk: s('b'),
        sk: s('1'),
        total: n(7),
        city: s('Rome'),
        shop: s('y'),
        day: s('mon'),
        note: s('b1'),
      },
    ])
    const Select = 'ALL_PROJECTED_ATTRIBUTES'
    expect(await query({ ...localKeys, Select })).toEqual(await query(localKeys))
    const whole = await query({ ...byCity, Select: 'ALL_ATTRIBUTES' })
    expect(whole['Items']).toContainEqual(expect.objectContaining({ more: s('m'), note: s('b1') }))
  })

  it('uses several partition key attributes, and sort keys from the left', async () => {
    const base = equals('byShop', { city: 'Rome', shop: 'x' }) as Record<string, object>
    const found = async (condition: string, values: object): Promise<string[]> => {
      const more = {
        KeyConditionExpression: `#city = :city AND #shop = :shop${condition}`,
        ExpressionAttributeNames: {
          ...base['ExpressionAttributeNames'],
          ...(condition.includes('#day') && { '#day': 'day' }),
          ...(condition.includes('#t') && { '#t': 'total' }),
        },
        ExpressionAttributeValues: { ...base['ExpressionAttributeValues'], ...values },
      }
      const response = await query({ ...base, ...more })
      return '__type' in response ? [String(response['message'])] : names(response).toSorted()
    }
    expect(await found('', {})).toEqual(['a1', 'a2', 'b2'])
    expect(await found(' AND #day = :d', { ':d': s('mon') })).toEqual(['a1', 'a2'])
    expect(await found(' AND #day > :d', { ':d': s('mon') })).toEqual(['b2'])
    expect(await found(' AND begins_with(#day, :d)', { ':d': s('t') })).toEqual(['b2'])
    const both = { ':d': s('mon'), ':t': n(5) }
    expect(await found(' AND #day = :d AND #t >= :t', both)).toEqual(['a1', 'a2'])
    expect(await found(' AND #day = :d AND #t > :t', both)).toEqual([])
    expect(await found(' AND #day > :d AND #t > :t', both)).toEqual([
      'RANGE key attributes day must have equality conditions specified in the query because a ' +
        'condition is present on key attribute total',
    ])
    expect(await found(' AND #t > :t', { ':t': n(5) })).toEqual([
      'RANGE key attributes day must have equality conditions specified in the query because a ' +
        'condition is present on key attribute total',
    ])
  })

  it.each([true, false])('is the same page by page (forward: %s)', async (ScanIndexForward) => {
    for (const request of [localKeys, byCity, byCityKeys]) {
      const whole = names(await query({ ...request, ScanIndexForward }))
      for (const Limit of [1, 2]) {
        const found: string[] = []
        let page: Response = {}
        do {
          const ExclusiveStartKey = page['LastEvaluatedKey']
          page = await query({ ...request, ScanIndexForward, Limit, ExclusiveStartKey })
          found.push(...names(page))
        } while (page['LastEvaluatedKey'] !== undefined)
        expect(found).toEqual(whole)
      }
    }
  })

  it('goes on behind an item that was deleted since', async () => {
    const page = await query({ ...localKeys, Limit: 2 })
    expect(page['LastEvaluatedKey']).toEqual({ pk: s('a'), sk: s('1'), total: n(5) })
    const Key = { pk: s('a'), sk: s('1') }
    await plane.call('DeleteItem', { TableName, Key })
    const rest = await query({ ...localKeys, ExclusiveStartKey: page['LastEvaluatedKey'] })
    expect(names(rest)).toEqual(['a2'])
  })

  it('may filter on the keys of the table', async () => {
    const request = byCity as { ExpressionAttributeValues: object }
    const filtered = await query({
      ...request,
      FilterExpression: 'sk = :two',
      ExpressionAttributeValues: { ...request.ExpressionAttributeValues, ':two': s('2') },
    })
    expect(names(filtered).toSorted()).toEqual(['a2', 'b2'])
    expect(filtered).toMatchObject({ Count: 2, ScannedCount: 4 })
  })
})

describe('A local index', () => {
  it('gives what it does not have from the table', async () => {
    const whole = await query({ ...localKeys, Select: 'ALL_ATTRIBUTES', ConsistentRead: true })
    expect(whole['Items']).toEqual((await query(equals('localAll', { pk: 'a' })))['Items'])
    const notes = await query({ ...localKeys, ProjectionExpression: 'note' })
    expect(notes['Items']).toEqual([{ note: s('a3') }, { note: s('a1') }, { note: s('a2') }])
    const keys = await query({ ...localKeys, ProjectionExpression: 'sk' })
    expect(keys['Items']).toEqual([{ sk: s('3') }, { sk: s('1') }, { sk: s('2') }])
  })

  it('filters by what it does not have, and gives what it has', async () => {
    const request = localKeys as { ExpressionAttributeValues: object }
    const filtered = await query({
      ...request,
      FilterExpression: 'note > :note',
      ExpressionAttributeValues: { ...request.ExpressionAttributeValues, ':note': s('a1') },
    })
    expect(filtered['Items']).toEqual([
      { pk: s('a'), sk: s('3'), total: n(-2) },
      { pk: s('a'), sk: s('2'), total: n(5) },
    ])
  })

  it('costs the reads from the table beside its own', async () => {
    await put({ pk: s('a'), sk: s('3'), total: n(-2), text: s('x'.repeat(5000)) })
    const capacity = async (more: object): Promise<unknown> => {
      const ReturnConsumedCapacity = 'INDEXES'
      return (await query({ ...localKeys, ReturnConsumedCapacity, ...more }))['ConsumedCapacity']
    }
    const units = (index: number, table: number): object => ({
      TableName,
      CapacityUnits: index + table,
      Table: { CapacityUnits: table },
      LocalSecondaryIndexes: { localKeys: { CapacityUnits: index } },
    })
    expect(await capacity({ ConsistentRead: true })).toEqual(units(1, 0))
    expect(await capacity({})).toEqual(units(0.5, 0))
    const Select = 'ALL_ATTRIBUTES'
    expect(await capacity({ ConsistentRead: true, Select })).toEqual(units(1, 4))
    expect(await capacity({ Select })).toEqual(units(0.5, 2))
    expect(await capacity({ Select, ReturnConsumedCapacity: 'TOTAL' })).toEqual({
      TableName,
      CapacityUnits: 2.5,
    })
  })

  it('counts items of the table towards the page', async () => {
    for (const sk of '12345678') {
      const text = s('x'.repeat(190_000))
      expect(await put({ pk: s('a'), sk: s(sk), total: n(1), text })).toEqual({})
    }
    expect(await query({ ...localKeys, Select: 'COUNT' })).toEqual({ Count: 8, ScannedCount: 8 })
    const page = await query({ ...localKeys, ProjectionExpression: 'sk, note, more' })
    expect(page).toMatchObject({ Count: 6, ScannedCount: 6 })
    expect(page).toHaveProperty('LastEvaluatedKey')
  })
})

describe('A global index', () => {
  it('reports its capacity', async () => {
    const { ConsumedCapacity } = await query({ ...byCity, ReturnConsumedCapacity: 'INDEXES' })
    expect(ConsumedCapacity).toEqual({
      TableName,
      CapacityUnits: 0.5,
      Table: { CapacityUnits: 0 },
      GlobalSecondaryIndexes: { byCity: { CapacityUnits: 0.5 } },
    })
  })

  it('ends pages with its own keys and those of the table', async () => {
    const page = await query({ ...equals('byShop', { city: 'Oslo', shop: 'x' }), Limit: 1 })
    expect(page['LastEvaluatedKey']).toEqual({
      pk: s('a'),
      sk: s('3'),
      city: s('Oslo'),
      shop: s('x'),
      day: s('tue'),
      total: n(-2),
    })
    const single = await query({ ...byCityKeys, Limit: 1 })
    expect(Object.keys(single['LastEvaluatedKey'] as object).toSorted()).toEqual([
      'city',
      'pk',
      'sk',
    ])
  })

  const whole = { pk: s('a'), sk: s('1'), city: s('Rome'), total: n(5) }
  it.each<[string, object, string]>([
    [
      'ConsistentRead',
      { ...byCity, ConsistentRead: true },
      'Consistent reads are not supported on global secondary indexes',
    ],
    [
      'all attributes of an index that has not all',
      { ...byCityKeys, Select: 'ALL_ATTRIBUTES' },
      'One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported ' +
        'for global secondary index byCityKeys because its projection type is not ALL',
    ],
    [
      'attributes that it does not have',
      { ...byCityKeys, ProjectionExpression: 'pk, note, more.x' },
      'One or more parameter values were invalid: ' +
        'Global secondary index byCityKeys does not project [note, more]',
    ],
    [
      'a filter on its key',
      { ...byCityKeys, FilterExpression: 'city = :city' },
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: city',
    ],
    [
      'a path into its key',
      { ...byCity, ProjectionExpression: 'city.x' },
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not " +
        'allowed: IndexKey: city',
    ],
    [
      'a starting key without the keys of the index',
      { ...byCity, ExclusiveStartKey: { pk: s('a'), sk: s('1') } },
      'The provided starting key is invalid',
    ],
    [
      'a starting key of another type',
      { ...byCity, ExclusiveStartKey: { ...whole, total: s('5') } },
      'The provided key element does not match the schema',
    ],
    [
      "a starting key of another type of the table's",
      { ...byCity, ExclusiveStartKey: { ...whole, pk: n(5) } },
      'The provided starting key is invalid: The provided key element does not match the schema',
    ],
    [
      'a starting key that could not be in the index',
      { ...byCity, ExclusiveStartKey: { ...whole, city: s('') } },
      'The provided starting key is invalid',
    ],
    [
      'a starting key of another partition',
      { ...byCity, ExclusiveStartKey: { ...whole, city: s('Oslo') } },
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
  ])('refuses %s', async (_, request, message) => {
    expect(await query(request)).toEqual(validation(message))
  })

  it('refuses a starting key that does not meet the condition', async () => {
    const request = byCity as {
      ExpressionAttributeNames: object
      ExpressionAttributeValues: object
    }
    const response = await query({
      ...request,
      KeyConditionExpression: '#city = :city AND #total > :low',
      ExpressionAttributeNames: { ...request.ExpressionAttributeNames, '#total': 'total' },
      ExpressionAttributeValues: { ...request.ExpressionAttributeValues, ':low': n(5) },
      ExclusiveStartKey: whole,
    })
    expect(response).toEqual(
      validation('The provided starting key does not match the range key predicate'),
    )
  })
})

describe('A scan of an index', () => {
  it.each([['localKeys'], ['byCity'], ['byShop']])('%s gives its entries', async (IndexName) => {
    const whole = names(await scan({ IndexName }))
    expect(whole.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
    const parts: string[] = []
    for (const Segment of [0, 1, 2]) {
      let page: Response = {}
      do {
        const ExclusiveStartKey = page['LastEvaluatedKey']
        page = await scan({ IndexName, Segment, TotalSegments: 3, Limit: 1, ExclusiveStartKey })
        parts.push(...names(page))
      } while (page['LastEvaluatedKey'] !== undefined)
    }
    expect(parts).toEqual(whole)
  })

  it('reads from the table what a local index does not have', async () => {
    const { Items } = await scan({ IndexName: 'localKeys', ProjectionExpression: 'note' })
    expect(Items).toContainEqual({ note: s('b2') })
    expect(Items).toHaveLength(5)
  })
})

describe('the key attributes of an index together', () => {
  const long = (length: number): { S: string } => s('x'.repeat(length))
  const shipment = { pk: s('z'), sk: s('1'), city: long(1500), day: s('mon'), total: n(1) }

  it('must fit the limit when an item is put', async () => {
    expect(await put({ ...shipment, shop: long(549) })).toEqual(
      validation(
        'One or more parameter values were invalid: ' +
          'Size of hashkey has exceeded the maximum size limit of2048 bytes',
      ),
    )
    expect(await put({ ...shipment, shop: long(548) })).toEqual({})
    expect(await put({ ...shipment, shop: s('x'), day: long(1023) })).toEqual(
      validation(
        'One or more parameter values were invalid: ' +
          'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
      ),
    )
  })

  it('must fit the limit when an update writes one of them', async () => {
    await put({ ...shipment, shop: s('x') })
    const update = (value: object): Promise<Response> =>
      plane.call('UpdateItem', {
        TableName,
        Key: { pk: shipment.pk, sk: shipment.sk },
        UpdateExpression: 'SET shop = :v',
        ExpressionAttributeValues: { ':v': value },
      })
    expect(await update(long(549))).toEqual(
      validation(
        'The update expression attempted to update the secondary index key beyond allowed size limits',
      ),
    )
    expect(await update(long(548))).toEqual({})
  })
})
