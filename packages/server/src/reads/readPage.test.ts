import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StorageEngine } from '../storage/engine.ts'
import { LmdbEngine } from '../storage/lmdb/lmdbEngine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { systemClock, type Clock } from '../clock.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { openDataPlane, type DataPlane } from '../testing/dataPlane.ts'

type Response = Record<string, unknown>

const s = (S: string): { S: string } => ({ S })
const n = (value: number): { N: string } => ({ N: String(value) })

/** The items of all pages, which must each keep to `Limit` and count what they give. */
async function readAll(
  plane: DataPlane,
  operation: 'Query' | 'Scan',
  request: object,
  limits: readonly number[],
): Promise<object[]> {
  const items: object[] = []
  let ExclusiveStartKey: unknown
  for (let page = 0; page < 200; page++) {
    const Limit = limits[page % limits.length] as number
    const response = await plane.call(operation, { ...request, Limit, ExclusiveStartKey })
    const found = response['Items'] as object[]
    expect(response['Count']).toBe(found.length)
    expect(response['ScannedCount']).toBeLessThanOrEqual(Limit)
    items.push(...found)
    ExclusiveStartKey = response['LastEvaluatedKey']
    if (ExclusiveStartKey === undefined) return items
    expect(response['ScannedCount']).toBe(Limit)
  }
  throw new Error('the pages do not end')
}

describe.each(['memory', 'lmdb'])('Pages over the %s engine', (engineName) => {
  let plane: DataPlane
  let engine: StorageEngine
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-pages-'))
  const TableName = 'Pages'
  const sortValues = [-700, -1.5, -1, 0, 1e-5, 0.5, 1, 2, 10, 99, 100, 101, 5000]

  beforeAll(async () => {
    engine = engineName === 'memory' ? new MemoryEngine() : await LmdbEngine.open(directory)
    plane = await openDataPlane({ engine })
    await plane.createTable(TableName, ['pk:S', 'sk:N'])
    const puts: Promise<Response>[] = []
    for (const pk of ['a', 'b', 'c', 'd', 'e', 'f']) {
      for (const sk of pk === 'a' ? sortValues : [1, 2, 3]) {
        const Item = { pk: s(pk), sk: { N: sk === 1e-5 ? '0.00001' : String(sk) } }
        puts.push(plane.call('PutItem', { TableName, Item }))
      }
    }
    await Promise.all(puts)
  })

  afterAll(async () => {
    await engine.close()
    rmSync(directory, { recursive: true, force: true })
  })

  const numberOf = (item: object): number => Number((item as { sk: { N: string } }).sk.N)
  const limitsOf = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })

  it('of a query are the sorted list, cut anywhere, in both directions', async () => {
    const bounds = fc.tuple(fc.constantFrom(...sortValues), fc.constantFrom(...sortValues))
    await fc.assert(
      fc.asyncProperty(limitsOf, fc.boolean(), bounds, async (limits, forward, [x, y]) => {
        const [low, high] = [Math.min(x, y), Math.max(x, y)]
        const numberText = (value: number): string => (value === 1e-5 ? '0.00001' : String(value))
        const request = {
          TableName,
          KeyConditionExpression: 'pk = :a AND sk BETWEEN :low AND :high',
          ExpressionAttributeValues: {
            ':a': s('a'),
            ':low': { N: numberText(low) },
            ':high': { N: numberText(high) },
          },
          ScanIndexForward: forward,
        }
        const expected = sortValues.filter((value) => value >= low && value <= high)
        const found = await readAll(plane, 'Query', request, limits)
        expect(found.map(numberOf)).toEqual(forward ? expected : expected.toReversed())
      }),
      { numRuns: 60 },
    )
  })

  it('of all segments together are the scan, none twice', async () => {
    const whole = await readAll(plane, 'Scan', { TableName }, [1000])
    expect(whole).toHaveLength(sortValues.length + 15)
    await fc.assert(
      fc.asyncProperty(limitsOf, fc.integer({ min: 1, max: 12 }), async (limits, total) => {
        const parts: object[] = []
        for (let Segment = 0; Segment < total; Segment++) {
          const request = { TableName, Segment, TotalSegments: total }
          parts.push(...(await readAll(plane, 'Scan', request, limits)))
        }
        expect(parts).toEqual(whole)
      }),
      { numRuns: 25 },
    )
  })

  it('filtered give what the filter lets pass', async () => {
    await fc.assert(
      fc.asyncProperty(limitsOf, fc.constantFrom(...sortValues), async (limits, least) => {
        const request = {
          TableName,
          FilterExpression: 'pk = :a AND sk >= :x',
          ExpressionAttributeValues: {
            ':a': s('a'),
            ':x': { N: least === 1e-5 ? '0.00001' : String(least) },
          },
        }
        const found = await readAll(plane, 'Scan', request, limits)
        expect(found.map(numberOf)).toEqual(sortValues.filter((value) => value >= least))
      }),
      { numRuns: 20 },
    )
  })
})

describe('A page', () => {
  const TableName = 'Big'
  const kilobyte = 1024

  /** An item of exactly `sizeBytes`. REQUIRES: `sk` is one digit. */
  const itemOf = (sk: number, sizeBytes: number): object => {
    const rest = 'pk'.length + 1 + 'sk'.length + 2 + 't'.length
    return { pk: s('a'), sk: n(sk), t: s('x'.repeat(sizeBytes - rest)) }
  }
  const pageSizes = async (sizesBytes: readonly number[]): Promise<Response> => {
    const plane = await openDataPlane()
    await plane.createTable(TableName, ['pk:S', 'sk:N'])
    for (const [at, sizeBytes] of sizesBytes.entries()) {
      await plane.call('PutItem', { TableName, Item: itemOf(at + 1, sizeBytes) })
    }
    return plane.call('Query', {
      TableName,
      KeyConditionExpression: 'pk = :a',
      ExpressionAttributeValues: { ':a': s('a') },
      Select: 'COUNT',
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
    })
  }

  it.each([
    ['of one byte below 1 MB goes on', -1, 4, 257],
    ['of exactly 1 MB is full', 0, 3, 256],
    ['holds the item that crosses 1 MB', 1, 3, 257],
  ])('%s', async (_, difference, scannedCount, units) => {
    const sizes = [400 * kilobyte, 400 * kilobyte, 224 * kilobyte + difference, kilobyte, kilobyte]
    const page = await pageSizes(sizes)
    expect(page).toEqual({
      Count: scannedCount,
      ScannedCount: scannedCount,
      LastEvaluatedKey: { pk: s('a'), sk: n(scannedCount) },
      ConsumedCapacity: { TableName, CapacityUnits: units },
    })
  })

  it('is full with its last item, even when nothing follows', async () => {
    const page = await pageSizes([400, 400, 224].map((size) => size * kilobyte))
    expect(page).toMatchObject({ ScannedCount: 3, LastEvaluatedKey: { pk: s('a'), sk: n(3) } })
  })

  it('reads no entry beyond its last one, and closes what it opened', async () => {
    const engine = new FaultyEngine()
    const plane = await openDataPlane({ engine })
    await plane.createTable(TableName, ['pk:S', 'sk:N'])
    for (let sk = 0; sk < 50; sk++) {
      await plane.call('PutItem', { TableName, Item: { pk: s('a'), sk: n(sk) } })
    }
    engine.entriesRead = 0
    const page = await plane.call('Query', {
      TableName,
      KeyConditionExpression: 'pk = :a AND sk >= :x',
      ExpressionAttributeValues: { ':a': s('a'), ':x': n(20) },
      Limit: 5,
    })
    expect(page).toMatchObject({ ScannedCount: 5 })
    expect(engine.entriesRead).toBe(5)
    expect([engine.openRanges, engine.openSnapshots]).toEqual([0, 0])
    await plane.call('Scan', { TableName, Limit: 3 })
    expect(engine.entriesRead).toBe(8)
    expect(engine.openSnapshots).toBe(0)
  })

  it('of many items lets other requests go first now and then', async () => {
    let nowMs = 0
    let turns = 0
    const clock: Clock = {
      ...systemClock,
      monotonicMs: () => (nowMs += 6),
      defer: (work) => {
        turns += 1
        systemClock.defer(work)
      },
    }
    const plane = await openDataPlane({ clock })
    await plane.createTable('Many', ['p:S', 's:N'])
    for (let i = 0; i < 200; i++) {
      await plane.call('PutItem', { TableName: 'Many', Item: { p: { S: 'a' }, s: { N: `${i}` } } })
    }
    expect(await plane.call('Scan', { TableName: 'Many' })).toMatchObject({ Count: 200 })
    expect(turns).toBe(3)
    const filtered = { TableName: 'Many', FilterExpression: 'attribute_exists(p)' }
    expect(await plane.call('Scan', filtered)).toMatchObject({ Count: 200 })
    expect(turns).toBe(3 + 25)
    await plane.createTable('Large', ['p:S', 's:N'])
    const text = { S: 'x'.repeat(20_000) }
    for (let i = 0; i < 10; i++) {
      const Item = { p: { S: 'a' }, s: { N: `${i}` }, text }
      await plane.call('PutItem', { TableName: 'Large', Item })
    }
    expect(await plane.call('Scan', { TableName: 'Large' })).toMatchObject({ Count: 10 })
    expect(turns).toBe(3 + 25 + 10)
  })

  it('closes what it opened when the store fails', async () => {
    const engine = new FaultyEngine()
    const plane = await openDataPlane({ engine })
    await plane.createTable(TableName, ['pk:S', 'sk:N'])
    await plane.call('PutItem', { TableName, Item: { pk: s('a'), sk: n(1) } })
    engine.meet = (call) => {
      if (call === 'next') throw new Error('the disk is gone')
    }
    await expect(plane.call('Scan', { TableName })).rejects.toThrow('the disk is gone')
    expect(engine.openSnapshots).toBe(0)
  })

  it('comes from an engine that reads with promises all the same', async () => {
    const engine = new FaultyEngine()
    const plane = await openDataPlane({ engine })
    await plane.createTable(TableName, ['pk:S', 'sk:N'])
    for (let sk = 0; sk < 5; sk++) {
      await plane.call('PutItem', { TableName, Item: { pk: s('a'), sk: n(sk) } })
    }
    const request = { TableName, Limit: 3 }
    const expected = await plane.call('Scan', request)
    engine.answers = 'later'
    expect(await plane.call('Scan', request)).toEqual(expected)
    expect(expected).toMatchObject({ Count: 3, LastEvaluatedKey: { pk: s('a'), sk: n(2) } })
    expect(engine.openSnapshots).toBe(0)
  })
})
