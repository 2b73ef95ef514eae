import { afterEach, describe, expect, test } from 'vitest'
import { defaultServerLimits } from '../http/serverLimits.ts'
import { StorageFailure } from '../storage/engine.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { soon } from '../testing/soon.ts'
import type { WorkEvent } from '../upkeep/workFailures.ts'
import { composeDatabase, type Database } from './createDatabase.ts'

interface World {
  readonly engine: FaultyEngine
  readonly clock: ManualClock
  readonly events: WorkEvent[]
  call(operation: string, request: object): Promise<Record<string, unknown>>
  health(): Promise<string>
}

const opened: Database[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()))
})

async function openWorld(delayTransientStatuses = false): Promise<World> {
  const engine = new FaultyEngine()
  const clock = new ManualClock()
  const events: WorkEvent[] = []
  const onBackgroundWork = (event: WorkEvent): void => void events.push(event)
  const options = { clock, onBackgroundWork, delayTransientStatuses }
  const database = await composeDatabase(engine, options, defaultServerLimits)
  opened.push(database)
  const { requestHandler } = database.clientConfig()
  const send = async (
    method: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<{ status: number; text: string }> => {
    const { response } = await requestHandler.handle({ method, path: '/', headers, body })
    return { status: response.statusCode, text: Buffer.from(response.body).toString('utf8') }
  }
  return {
    engine,
    clock,
    events,
    async call(operation, request) {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': '20260102T030405Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260102/us-east-1/dynamodb/aws4_request, ' +
          'SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000',
      }
      const { text } = await send('POST', headers, JSON.stringify(request))
      return JSON.parse(text) as Record<string, unknown>
    },
    async health() {
      const { status, text } = await send('GET', {}, '')
      expect(status).toBe(200)
      return text
    },
  }
}

const TableName = 'Things'

const things = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
}

async function createTable({ call }: World): Promise<void> {
  await call('CreateTable', things)
  const Item = { pk: { S: 'a' }, g: { S: 'b' } }
  expect(await call('PutItem', { TableName, Item })).toEqual({})
}

interface Work {
  readonly name: string
  readonly delayTransientStatuses?: boolean
  /** What is there before the disk is almost full. */
  readonly prepare?: (world: World) => Promise<void>
  /** Gives the database work by one request, whose commit is the last that there is room for. */
  readonly give: (world: World) => Promise<Record<string, unknown>>
  /** Has the work begin. */
  readonly begin?: (world: World) => void
  readonly job: string | RegExp
}

const works: readonly Work[] = [
  {
    name: 'the removal of a table',
    prepare: createTable,
    give: ({ call }) => call('DeleteTable', { TableName }),
    job: 'removing what a deleted table or index has left (number 1)',
  },
  {
    name: 'the building of an index',
    prepare: createTable,
    give: ({ call }) =>
      call('UpdateTable', {
        TableName,
        AttributeDefinitions: [{ AttributeName: 'g', AttributeType: 'S' }],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: 'byG',
              KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
            },
          },
        ],
      }),
    job: 'building the index byG of the table Things (number 2)',
  },
  {
    name: 'the end of a status',
    delayTransientStatuses: true,
    give: ({ call }) => call('CreateTable', things),
    begin: ({ clock }) => clock.advance(5000),
    job: 'ending the status CREATING of the table Things',
  },
  {
    name: 'the purge of tokens',
    prepare: createTable,
    give: ({ call }) => {
      const put = { Put: { TableName, Item: { pk: { S: 'c' } } } }
      return call('TransactWriteItems', { TransactItems: [put], ClientRequestToken: 'token' })
    },
    begin: ({ clock }) => clock.advance(11 * 60_000),
    job: 'removing ended client request tokens',
  },
]

describe('a full disk that nobody but the background meets', () => {
  test.each(works)('is told, and health shows it: $name', async (work) => {
    const world = await openWorld(work.delayTransientStatuses)
    const { engine, clock, events, health } = world
    await work.prepare?.(world)
    const error = 'no space is left on the disk for the store'
    let commitsLeft = 1
    engine.meet = (call) => {
      if (call === 'commit' && commitsLeft-- <= 0) throw new StorageFailure(error)
    }
    expect(await work.give(world)).not.toHaveProperty('__type')
    work.begin?.(world)
    const healthy = 'healthy: dynamodb.us-east-1.amazonaws.com '
    await soon(() => expect(events).toHaveLength(1))
    const failed = { kind: 'failed', job: work.job, error }
    expect(events).toEqual([{ ...failed, attempt: 1, nextTryMs: 1000 }])
    expect(await health()).toBe(`${healthy}\nbackground work is failing: 1 job, see the log\n`)
    clock.advance(1000)
    await soon(() => expect(events).toHaveLength(2))
    expect(events[1]).toEqual({ ...failed, attempt: 2, nextTryMs: 2000 })
    engine.meet = () => undefined
    clock.advance(2000)
    await soon(() => expect(events).toHaveLength(3))
    expect(events[2]).toEqual({ kind: 'recovered', job: work.job, attempts: 2 })
    expect(await health()).toBe(healthy)
  })
})
