import { describe, expect, test } from 'vitest'
import type {
  PassingWrite,
  PointName,
  Points,
} from '../../packages/server/src/transactions/points.ts'
import { SharedWorld, withTwoServers } from './sharedWorld.ts'
import {
  addRequest,
  amountOf,
  changesIn,
  indexRequest,
  keyOf,
  keysIn,
  streamedTableRequest,
  tableRequest,
} from './tables.ts'

const seeds = [1, 2, 3]

const notFound = {
  __type: 'ResourceNotFoundException',
  message: 'Requested resource not found',
}

describe.each(seeds)('two servers on one store, seed %i', (seed) => {
  test('one numbering of tables: no table shows rows of another', async () => {
    await withTwoServers({ seed }, async (world, a, b) => {
      const names = ['table0', 'table1', 'table2', 'table3', 'table4', 'table5']
      await Promise.all(
        names.map((name, i) => (i % 2 === 0 ? a : b).ask('CreateTable', tableRequest(name))),
      )
      await Promise.all(
        names.map((TableName, i) =>
          (i % 2 === 0 ? b : a).ask('PutItem', { TableName, Item: keyOf(`of ${TableName}`) }),
        ),
      )
      for (const server of [a, b]) {
        expect((await server.ask('ListTables', {}))['TableNames']).toEqual(names)
        const found = await Promise.all(names.map((TableName) => keysIn(server, { TableName })))
        expect(found).toEqual(names.map((name) => [`of ${name}`]))
      }
      expect(await world.check()).toEqual([])
    })
  })

  test('a name is given to one of two creations', async () => {
    await withTwoServers({ seed }, async (world, a, b) => {
      const answers = await Promise.all(
        [a, b].map((s) => s.call('CreateTable', tableRequest('music'))),
      )
      const refused = answers.filter(({ kind }) => kind === 'error')
      expect(answers.filter(({ kind }) => kind === 'response')).toHaveLength(1)
      expect(refused).toMatchObject([
        { body: { __type: 'ResourceInUseException', message: 'Table already exists: music' } },
      ])
      expect(await world.check()).toEqual([])
    })
  })

  test('what one has written the other reads at once', async () => {
    await withTwoServers({ seed }, async (_, a, b) => {
      await a.ask('CreateTable', tableRequest('music'))
      for (let i = 1; i <= 10; i++) {
        const [writer, reader] = i % 2 === 0 ? [a, b] : [b, a]
        await writer.ask('UpdateItem', addRequest('music', 'x', 1))
        expect(await amountOf(reader, 'music', 'x')).toBe(i)
      }
    })
  })

  test('a policy that one has put is at once that of the other, and one revision has one next', async () => {
    await withTwoServers({ seed }, async (world, a, b) => {
      const { TableDescription } = await a.ask('CreateTable', streamedTableRequest('music'))
      const { TableArn, LatestStreamArn } = TableDescription as Record<string, string>
      for (const [ResourceArn, Action] of [
        [TableArn, 'dynamodb:Scan'],
        [LatestStreamArn, 'dynamodb:GetRecords'],
      ]) {
        const policyOf = (Sid: string) => ({
          ResourceArn,
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Sid, Effect: 'Deny', Principal: '*', Action, Resource: '*' }],
          }),
        })
        let ExpectedRevisionId = 'NO_POLICY'
        for (let i = 0; i < 5; i++) {
          const answers = await Promise.all(
            [a, b].map((server, j) =>
              server.call('PutResourcePolicy', { ...policyOf(`S${i}x${j}`), ExpectedRevisionId }),
            ),
          )
          const won = answers.findIndex(({ kind }) => kind === 'response')
          expect(answers[1 - won]).toMatchObject({ body: { __type: 'PolicyNotFoundException' } })
          for (const server of [a, b]) {
            const { Policy, RevisionId } = await server.ask('GetResourcePolicy', { ResourceArn })
            expect(Policy).toBe(policyOf(`S${i}x${won}`).Policy)
            ExpectedRevisionId = RevisionId as string
          }
        }
      }
      expect(await world.check()).toEqual([])
    })
  })

  test('a stream has the changes of both, each once and in order', async () => {
    await withTwoServers({ seed }, async (world, a, b) => {
      await a.ask('CreateTable', streamedTableRequest('music'))
      const adds = Array.from({ length: 12 }, (_, i) =>
        (i % 2 === 0 ? a : b).ask('UpdateItem', addRequest('music', 'x', 1)),
      )
      await b.ask('ListTables', {})
      const { catalog } = b
      await Promise.all([...adds, catalog.rollOverStream(catalog.tableForControl('music'))])
      await a.ask('TransactWriteItems', {
        TransactItems: ['y', 'z'].map((pk) => ({ Put: { TableName: 'music', Item: keyOf(pk) } })),
      })
      const { Table } = await a.ask('DescribeTable', { TableName: 'music' })
      const { LatestStreamArn: StreamArn } = Table as { readonly LatestStreamArn: string }
      for (const server of [a, b]) {
        const told = await changesIn(server, StreamArn)
        const amounts = Array.from({ length: 12 }, (_, i) => `x ${i + 1}`)
        expect(told).toEqual([...amounts, 'y undefined', 'z undefined'])
      }
      await b.ask('UpdateTable', {
        TableName: 'music',
        StreamSpecification: { StreamEnabled: false },
      })
      await a.ask('UpdateItem', addRequest('music', 'x', 1))
      expect(await changesIn(a, StreamArn)).toHaveLength(14)
      expect(await world.check()).toEqual([])
    })
  })

  test('a table that one has dropped is gone for the other', async () => {
    await withTwoServers({ seed }, async (world, a, b) => {
      await a.ask('CreateTable', tableRequest('music'))
      await b.ask('PutItem', { TableName: 'music', Item: keyOf('x') })
      await a.ask('DeleteTable', { TableName: 'music' })
      const Put = { TableName: 'music', Item: keyOf('y') }
      const requests: [string, object][] = [
        ['GetItem', { TableName: 'music', Key: keyOf('x') }],
        ['Scan', { TableName: 'music' }],
        ['PutItem', Put],
        ['TransactWriteItems', { TransactItems: [{ Put }] }],
        ['BatchGetItem', { RequestItems: { music: { Keys: [keyOf('x')] } } }],
      ]
      for (const [operation, request] of requests) {
        expect(await b.refused(operation, request), operation).toEqual(notFound)
      }
      expect(await b.refused('DescribeTable', { TableName: 'music' })).toEqual({
        __type: 'ResourceNotFoundException',
        message: 'Requested resource not found: Table: music not found',
      })
      await b.ask('CreateTable', tableRequest('music'))
      expect(await keysIn(a, { TableName: 'music' })).toEqual([])
      await world.pause(60_000)
      expect(await world.check()).toEqual([])
    })
  })

  test('writes that are under way while a table is dropped leave nothing', async () => {
    await withTwoServers({ seed }, async (world, a, b) => {
      await a.ask('CreateTable', tableRequest('music'))
      await keysIn(b, { TableName: 'music' })
      const puts = Array.from({ length: 30 }, async (_, i) => {
        await world.pause(world.random.below(20))
        return b.call('PutItem', { TableName: 'music', Item: keyOf(`${i}`) })
      })
      await a.ask('DeleteTable', { TableName: 'music' })
      for (const answer of await Promise.all(puts)) {
        if (answer.kind !== 'response') expect(answer).toMatchObject({ body: notFound })
      }
      await world.pause(60_000)
      expect(await world.check()).toEqual([])
      expect(world.events).toEqual([])
    })
  })

  test('single-item writes of one item from both sides all count', async () => {
    await withTwoServers({ seed }, async (world, a, b) => {
      await a.ask('CreateTable', tableRequest('music'))
      const clients = [a, b, a, b, a, b, a, b].map(async (server) => {
        for (let i = 0; i < 10; i++) await server.ask('UpdateItem', addRequest('music', 'hot', 1))
      })
      await Promise.all(clients)
      expect(await amountOf(a, 'music', 'hot')).toBe(80)
      expect(await world.check()).toEqual([])
    })
  })

  test('counts agree after a pause', async () => {
    await withTwoServers({ seed }, async (world, a, b) => {
      await a.ask('CreateTable', tableRequest('music'))
      await b.ask('UpdateTable', indexRequest('music', 'byGroup'))
      const put = async (i: number): Promise<void> => {
        const Item = { ...keyOf(`${i}`), ...(i % 3 === 0 && { group: { S: 'g' } }) }
        await (i % 2 === 0 ? a : b).ask('PutItem', { TableName: 'music', Item })
      }
      await Promise.all(Array.from({ length: 30 }, (_, i) => put(i)))
      await a.ask('DeleteItem', { TableName: 'music', Key: keyOf('0') })
      // Also while nobody has added them up a check knows them.
      expect(await world.check()).toEqual([])
      await world.pause(20_000)
      for (const server of [a, b]) {
        expect((await server.ask('DescribeTable', { TableName: 'music' }))['Table']).toMatchObject({
          ItemCount: 29,
          GlobalSecondaryIndexes: [{ IndexName: 'byGroup', ItemCount: 9 }],
        })
      }
      expect(await world.check()).toEqual([])
    })
  })
})

/** Holds writes at a point until they are let go. */
class Gate implements Points {
  readonly #point: PointName
  readonly #kind: PassingWrite['kind']
  #release: () => void = () => undefined
  #opened: Promise<void> | undefined
  arrived = 0

  constructor(point: PointName, kind: PassingWrite['kind']) {
    this.#point = point
    this.#kind = kind
  }

  close(): void {
    this.#opened = new Promise((resolve) => (this.#release = resolve))
  }

  open(): void {
    this.#opened = undefined
    this.#release()
  }

  at(point: PointName, write: PassingWrite): Promise<void> | undefined {
    if (point !== this.#point || write.kind !== this.#kind) return undefined
    this.arrived += 1
    return this.#opened
  }
}

const add = (pk: string, amount: number): object => ({ Update: addRequest('music', pk, amount) })

async function withGate(
  seed: number,
  kind: PassingWrite['kind'],
  story: (
    world: SharedWorld,
    parts: Record<'a' | 'b', Awaited<ReturnType<SharedWorld['open']>>> & { gate: Gate },
  ) => Promise<void>,
): Promise<void> {
  const world = new SharedWorld({ seed })
  const whole = async (): Promise<void> => {
    const gate = new Gate('judged', kind)
    const a = await world.open('a', gate)
    const b = await world.open('b')
    await a.ask('CreateTable', tableRequest('music'))
    await story(world, { a, b, gate })
    expect(await world.check()).toEqual([])
    await Promise.all([a.close(), b.close()])
  }
  await world.run(whole())
}

async function until(world: SharedWorld, holds: () => boolean): Promise<void> {
  while (!holds()) await world.pause(1)
}

describe.each(seeds)('conflicts between two servers, seed %i', (seed) => {
  test('a transaction is cancelled at the items that another server has changed', async () => {
    await withGate(seed, 'transaction', async (world, { a, b, gate }) => {
      gate.close()
      const TransactItems = [add('x', 1), add('y', 1), add('z', 1)]
      const transaction = a.refused('TransactWriteItems', { TransactItems })
      await until(world, () => gate.arrived === 1)
      await b.ask('UpdateItem', addRequest('music', 'y', 10))
      gate.open()
      expect(await transaction).toEqual({
        __type: 'TransactionCanceledException',
        Message:
          'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
          '[None, TransactionConflict, None]',
        CancellationReasons: [
          { Code: 'None' },
          { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
          { Code: 'None' },
        ],
      })
      expect(await amountOf(b, 'music', 'x')).toBe(0)
      expect(await amountOf(b, 'music', 'y')).toBe(10)
    })
  })

  test('of two transactions with an item in common one is done', async () => {
    await withGate(seed, 'transaction', async (world, { a, b, gate }) => {
      gate.close()
      const first = a.call('TransactWriteItems', { TransactItems: [add('x', 1), add('y', 1)] })
      await until(world, () => gate.arrived === 1)
      await b.ask('TransactWriteItems', { TransactItems: [add('y', 5), add('z', 5)] })
      gate.open()
      expect(await first).toMatchObject({
        kind: 'error',
        body: {
          __type: 'TransactionCanceledException',
          CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
        },
      })
      expect(await Promise.all(['x', 'y', 'z'].map((pk) => amountOf(a, 'music', pk)))).toEqual([
        0, 5, 5,
      ])
    })
  })

  test('a transaction goes on when only its table has changed', async () => {
    await withGate(seed, 'transaction', async (world, { a, b, gate }) => {
      gate.close()
      const transaction = a.ask('TransactWriteItems', { TransactItems: [add('x', 1)] })
      await until(world, () => gate.arrived === 1)
      await b.ask('UpdateTable', indexRequest('music', 'byGroup'))
      gate.open()
      await transaction
      expect(await amountOf(b, 'music', 'x')).toBe(1)
    })
  })

  test('a single-item write is evaluated again on what another server wrote', async () => {
    await withGate(seed, 'write', async (world, { a, b, gate }) => {
      gate.close()
      const write = a.call('PutItem', {
        TableName: 'music',
        Item: keyOf('x'),
        ConditionExpression: 'attribute_not_exists(pk)',
      })
      await until(world, () => gate.arrived === 1)
      await b.ask('UpdateItem', addRequest('music', 'x', 3))
      gate.open()
      expect(await write).toMatchObject({ body: { __type: 'ConditionalCheckFailedException' } })
      expect(await amountOf(a, 'music', 'x')).toBe(3)
    })
  })

  test('a client request token is used once, on whichever server', async () => {
    await withGate(seed, 'transaction', async (world, { a, b, gate }) => {
      gate.close()
      const request = { ClientRequestToken: 'once', TransactItems: [add('x', 1)] }
      const first = a.ask('TransactWriteItems', request)
      await until(world, () => gate.arrived === 1)
      await b.ask('TransactWriteItems', request)
      gate.open()
      await first
      expect(await amountOf(a, 'music', 'x')).toBe(1)
      expect(
        await b.refused('TransactWriteItems', { ...request, TransactItems: [add('x', 2)] }),
      ).toMatchObject({ __type: 'IdempotentParameterMismatchException' })
    })
  })
})
