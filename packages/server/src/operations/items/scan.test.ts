import { beforeEach, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'

let plane: DataPlane
const TableName = 'Music'

type Response = Record<string, unknown>

const validation = (message: string): Response => ({ __type: 'ValidationException', message })
const s = (S: string): { S: string } => ({ S })
const n = (value: number): { N: string } => ({ N: String(value) })
const scan = (more: object = {}): Promise<Response> => plane.call('Scan', { TableName, ...more })

const ids = ({ Items }: Response): number[] =>
  (Items as { id: { N: string } }[]).map(({ id }) => Number(id.N))
const sorted = (numbers: number[]): number[] => numbers.toSorted((a, b) => a - b)

beforeEach(async () => {
  plane = await openDataPlane()
  await plane.createTable(TableName, ['id:N'])
  for (let id = 0; id < 8; id++) {
    const Item = { id: n(id), half: n(Math.floor(id / 2)), m: { M: { x: n(id) } } }
    await plane.call('PutItem', { TableName, Item })
  }
})

describe('Scan', () => {
  it('gives every item once, with all its attributes', async () => {
    const all = await scan()
    expect(sorted(ids(all))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(all).toMatchObject({ Count: 8, ScannedCount: 8 })
    expect(all).not.toHaveProperty('LastEvaluatedKey')
    expect(all['Items']).toContainEqual({ id: n(5), half: n(2), m: { M: { x: n(5) } } })
  })

  it('gives nothing of an empty table', async () => {
    await plane.createTable('Empty', ['id:N'])
    const empty = await scan({ TableName: 'Empty' })
    expect(empty).toEqual({ Items: [], Count: 0, ScannedCount: 0 })
  })

  it('filters by any attribute, keys too', async () => {
    const filtered = await scan({
      FilterExpression: 'half = :one OR id = :seven',
      ExpressionAttributeValues: { ':one': n(1), ':seven': n(7) },
    })
    expect(sorted(ids(filtered))).toEqual([2, 3, 7])
    expect(filtered).toMatchObject({ Count: 3, ScannedCount: 8 })
  })

  it('filters by ScanFilter and ConditionalOperator', async () => {
    const half = { ComparisonOperator: 'EQ', AttributeValueList: [n(1)] }
    const id = { ComparisonOperator: 'IN', AttributeValueList: [n(2), n(7)] }
    expect(sorted(ids(await scan({ ScanFilter: { half } })))).toEqual([2, 3])
    expect(ids(await scan({ ScanFilter: { half, id } }))).toEqual([2])
    const either = await scan({ ScanFilter: { half, id }, ConditionalOperator: 'OR' })
    expect(sorted(ids(either))).toEqual([2, 3, 7])
  })

  it('projects and counts', async () => {
    const names = await scan({ AttributesToGet: ['id', 'nothing'], Limit: 1 })
    expect(names['Items']).toEqual([names['LastEvaluatedKey']])
    const paths = await scan({ ProjectionExpression: 'm.x' })
    expect(paths['Items']).toContainEqual({ m: { M: { x: n(3) } } })
    expect(await scan({ Select: 'COUNT' })).toEqual({ Count: 8, ScannedCount: 8 })
  })

  it('goes on behind the last key until one page is not full', async () => {
    const found: number[] = []
    let page = await scan({ Limit: 4 })
    found.push(...ids(page))
    page = await scan({ Limit: 4, ExclusiveStartKey: page['LastEvaluatedKey'] })
    found.push(...ids(page))
    expect(sorted(found)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    page = await scan({ Limit: 4, ExclusiveStartKey: page['LastEvaluatedKey'] })
    expect(page).toEqual({ Items: [], Count: 0, ScannedCount: 0 })
  })

  it('reports its capacity', async () => {
    const of = async (more: object): Promise<unknown> =>
      (await scan({ ReturnConsumedCapacity: 'INDEXES', ...more }))['ConsumedCapacity']
    const units = (CapacityUnits: number): object => ({
      TableName,
      CapacityUnits,
      Table: { CapacityUnits },
    })
    expect(await of({})).toEqual(units(0.5))
    const Item = { id: n(8), text: s('x'.repeat(8192)) }
    await plane.call('PutItem', { TableName, Item })
    expect(await of({ ConsistentRead: true })).toEqual(units(3))
    expect(await of({ Select: 'COUNT' })).toEqual(units(1.5))
  })
})

describe('Scan refuses', () => {
  it.each<[string, object, string]>([
    [
      'a segment of no total',
      { Segment: 0 },
      'The TotalSegments parameter is required but was not present in the request when Segment ' +
        'parameter is present',
    ],
    [
      'a total without a segment',
      { TotalSegments: 2 },
      'The Segment parameter is required but was not present in the request when parameter ' +
        'TotalSegments is present',
    ],
    [
      'a segment that is not one of the total',
      { Segment: 5, TotalSegments: 5 },
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
        'Segment: 5 is not less than TotalSegments: 5',
    ],
    [
      'values without an expression',
      { ExpressionAttributeValues: { ':v': s('a') } },
      'ExpressionAttributeValues can only be specified when using expressions: ' +
        'FilterExpression is null',
    ],
    [
      'both forms',
      { ScanFilter: {}, AttributesToGet: ['v'], FilterExpression: 'v = v' },
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {AttributesToGet, ScanFilter} ' +
        'Expression parameters: {FilterExpression}',
    ],
    [
      'an empty filter',
      { FilterExpression: '' },
      'Invalid FilterExpression: The expression can not be empty;',
    ],
    [
      'an unknown index',
      { IndexName: 'byNothing' },
      'The table does not have the specified index: byNothing',
    ],
    [
      'projected attributes without an index',
      { Select: 'ALL_PROJECTED_ATTRIBUTES' },
      'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    ],
    [
      'a filter that reaches into a key',
      { FilterExpression: 'attribute_exists(id[0])' },
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not " +
        'allowed: Key: id',
    ],
    [
      'a starting key of another type',
      { ExclusiveStartKey: { id: s('1') } },
      'The provided starting key is invalid: The provided key element does not match the schema',
    ],
    [
      'a Limit of 0',
      { Limit: 0 },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: " +
        'Member must have value greater than or equal to 1',
    ],
  ])('%s', async (_, request, message) => {
    expect(await scan(request)).toEqual(validation(message))
  })

  it('a starting key of another segment', async () => {
    const first = await scan({ TotalSegments: 2, Segment: 0, Limit: 1 })
    const ExclusiveStartKey = first['LastEvaluatedKey']
    expect(await scan({ TotalSegments: 2, Segment: 1, ExclusiveStartKey })).toEqual(
      validation(
        'The provided starting key is invalid: Invalid ExclusiveStartKey. ' +
          'Please use ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: 1',
      ),
    )
    const rest = await scan({ TotalSegments: 2, Segment: 0, ExclusiveStartKey })
    expect(rest).not.toHaveProperty('__type')
  })

  it('a table that is not there', async () => {
    expect(await scan({ TableName: 'Nothing' })).toEqual({
      __type: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    })
  })
})
