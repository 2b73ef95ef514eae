import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  ConditionalCheckFailedException,
  InternalServerError,
  TransactionCanceledException,
  TransactionInProgressException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Client, type Call, type ClientOptions, type Server } from './client.ts'
import { Defects } from './defects.ts'
import type { Operation } from './history.ts'
import { HistoryRecorder } from './historyRecorder.ts'
import { RunFigures } from './runFigures.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'

/** Random choices that always go the same way: for what is likelier than `value`, against the rest. */
const resolved = (value: number): SeededRandom =>
  Object.assign(new SeededRandom(0), { next: () => value })

const $metadata = { httpStatusCode: 400 }
const canceled = new TransactionCanceledException({ $metadata, message: 'canceled' })
const inProgress = new TransactionInProgressException({ $metadata, message: 'in progress' })
const failedCondition = new ConditionalCheckFailedException({ $metadata, message: 'failed' })
const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
const write = { key: 'a', versions: ['1'] }

interface Scene {
  readonly client: Client
  readonly defects: Defects
  readonly figures: RunFigures
  readonly server: { life: number }
  operations(): readonly Operation[]
}

interface SceneOptions extends Partial<Pick<ClientOptions, 'givesUpMs' | 'expects'>> {
  readonly number?: number
  readonly patienceMs?: number
  readonly several?: Pick<Server, 'choose' | 'isOutlived'>
}

function sceneOf(
  random: SeededRandom,
  { number = 0, patienceMs = 30_000, several, ...manners }: SceneOptions = {},
): Scene {
  const ready = (): Promise<void> => Promise.resolve()
  const server = { life: 1, endpoint: 'http://127.0.0.1:1', ready, ...several }
  const recorder = new HistoryRecorder(0, 0)
  const reports = { figures: new RunFigures(), defects: new Defects() }
  const disturbances = { timeOut: 0, reset: 0, withinMs: 0 }
  const given = { number, server, recorder, random, reports, disturbances }
  const client = new Client({ ...given, patienceMs, ...manners })
  onTestFinished(() => client.close())
  return { client, server, ...reports, operations: () => recorder.history().operations }
}

/** Resends everything that it may; sends nothing twice at once. */
const persistent = (): SeededRandom => resolved(0.06)

/** A write whose requests are answered with `answers`, in turn. */
function callOf(answers: readonly unknown[], parts: Partial<Call<string>> = {}): Call<string> {
  const left = [...answers]
  return {
    description: 'write',
    writes: [write],
    send: () => {
      const answer = left.shift()
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as string)
    },
    ...parts,
  }
}

const withToken = { hasToken: true }

describe('an operation of the history', () => {
  test('has its positions around the request, and what the answer told', async () => {
    const { client, operations } = sceneOf(persistent())
    const seen = (): object => ({ reads: [{ key: 'b', versions: ['0'] }] })
    await client.perform(callOf(['done'], { seen }))
    expect(operations()).toEqual([
      {
        id: 0,
        client: 0,
        description: 'write',
        level: 'serializable',
        outcome: 'ok',
        invoked: 0,
        completed: 1,
        reads: [{ key: 'b', versions: ['0'] }],
        writes: [write],
      },
    ])
  })

  test('is refused with what the refusal showed', async () => {
    const { client, operations } = sceneOf(persistent())
    const seenOnRefusal = (): Operation['reads'] => [{ key: 'a', versions: ['0'] }]
    const refused = callOf([failedCondition], { seenOnRefusal, levelOnRefusal: 'readCommitted' })
    await client.perform(refused)
    const read = { key: 'a', versions: ['0'] }
    expect(operations()).toMatchObject([
      { outcome: 'refused', level: 'readCommitted', reads: [read], writes: [write] },
    ])
  })

  test('is unknown and never completed without an answer', async () => {
    const { client, operations } = sceneOf(persistent())
    await client.perform(callOf([reset]))
    expect(operations()).toMatchObject([{ outcome: 'unknown', writes: [write] }])
    expect(operations()[0]).not.toHaveProperty('completed')
  })

  test('is not recorded when it saw and wrote nothing', async () => {
    const { client, operations, figures } = sceneOf(persistent())
    await client.perform(callOf(['done'], { writes: [] }))
    expect(operations()).toEqual([])
    expect(figures.operations).toBe(1)
  })

  test('is one for each part of a batch, all under way at the same time', async () => {
    const { client, operations } = sceneOf(persistent())
    const second = { key: 'b', versions: ['2'] }
    const seen = (): object => ({ writes: [write], refusedWrites: [second] })
    await client.perform(callOf(['done'], { writes: [write, second], parts: 2, seen }))
    await client.perform(callOf([reset], { writes: [write, second], parts: 2, seen }))
    expect(operations()).toMatchObject([
      { outcome: 'ok', writes: [write], invoked: 0, completed: 2 },
      { outcome: 'refused', writes: [second], invoked: 1, completed: 3 },
      { outcome: 'unknown', writes: [write], invoked: 4 },
      { outcome: 'unknown', writes: [second], invoked: 5 },
    ])
  })
})

describe('a transaction with a token', () => {
  const outcomeOf = async (answers: readonly unknown[]): Promise<unknown> => {
    const { client, operations } = sceneOf(persistent())
    await client.perform(callOf([...answers, 'replayed'], withToken))
    expect(operations()).toHaveLength(1)
    return operations()[0]?.outcome
  }

  test('is sent again until its outcome is known, and stays one operation', async () => {
    expect(await outcomeOf([reset, inProgress, reset, 'done'])).toBe('ok')
    expect(await outcomeOf([canceled])).toBe('refused')
  })

  test('is not refused while an earlier attempt may be under way', async () => {
    expect(await outcomeOf([reset, canceled])).toBe('unknown')
    expect(await outcomeOf([inProgress, canceled])).toBe('unknown')
  })

  test('is refused when the process that had the earlier attempt is dead', async () => {
    const { client, server, operations } = sceneOf(persistent())
    const answers = callOf([reset, canceled], withToken)
    const send: typeof answers.send = (...args) => {
      const answer = answers.send(...args)
      server.life += 1
      return answer
    }
    await client.perform({ ...answers, send })
    expect(operations()).toMatchObject([{ outcome: 'refused' }])
  })

  test('is not refused by the next one of several servers on a store that outlives them', async () => {
    let life = 0
    const choose = (): { endpoint: string; life: number } => {
      life += 1
      return { endpoint: `http://127.0.0.1:${life}`, life }
    }
    const several = { choose, isOutlived: true }
    const { client, operations } = sceneOf(persistent(), { several })
    const asked: unknown[] = []
    const answers = callOf([reset, canceled], withToken)
    const send: typeof answers.send = (sdk, ...rest) => {
      asked.push(sdk)
      return answers.send(sdk, ...rest)
    }
    await client.perform({ ...answers, send })
    expect(operations()).toMatchObject([{ outcome: 'unknown' }])
    expect(new Set(asked).size).toBe(2)
  })

  test('may be sent twice at once: one success is enough', async () => {
    const { client, operations } = sceneOf(resolved(0.01))
    await client.perform(callOf([inProgress, 'done', 'replayed'], withToken))
    await client.perform(callOf([canceled, reset], withToken))
    await client.perform(callOf([canceled, canceled], withToken))
    expect(operations().map(({ outcome }) => outcome)).toEqual(['ok', 'unknown', 'refused'])
  })

  test('that succeeded succeeds again; anything else is a defect', async () => {
    const { client, defects, figures } = sceneOf(persistent())
    await client.perform(callOf(['done', 'replayed'], withToken))
    await client.perform(callOf(['done', reset], withToken))
    expect(defects.count).toBe(0)
    await client.perform(callOf(['done', canceled], withToken))
    await client.perform(callOf(['done', inProgress], withToken))
    expect(defects.kept.map(({ name }) => name)).toEqual(['replay', 'replay'])
    expect(figures.replays).toBe(4)
  })

  test('is left alone by a client that does not insist', async () => {
    const { client, figures } = sceneOf(resolved(0.99))
    await client.perform(callOf(['done'], withToken))
    await client.perform(callOf([reset], withToken))
    expect(figures).toMatchObject({ requests: 2, replays: 0, outcomes: { ok: 1, unknown: 1 } })
  })
})

test('an answer that nobody provoked is a defect', async () => {
  const { client, defects, operations } = sceneOf(persistent())
  const failure = { $metadata: { httpStatusCode: 500 }, message: 'oops' }
  await client.perform(callOf([new InternalServerError(failure)]))
  await client.perform(callOf([new Error('checksum')]))
  expect(operations().map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown'])
  expect(defects.kept.map(({ name }) => name)).toEqual(['answer', 'answer'])
})

test('a request that is not answered is given up, and a defect', async () => {
  const { client, defects, operations } = sceneOf(persistent(), { patienceMs: 5 })
  const aborted = Object.assign(new Error('aborted'), { name: 'AbortError' })
  const send: Call<string>['send'] = (_, { abortSignal }) =>
    new Promise((_resolve, reject) => {
      abortSignal.addEventListener('abort', () => reject(aborted))
    })
  await client.perform({ ...callOf([]), send })
  expect(operations()).toMatchObject([{ outcome: 'unknown' }])
  expect(defects.kept).toEqual([{ name: 'silence', text: 'write is not answered' }])
})

test('a client that looks elsewhere in time sees no defect in silence', async () => {
  const { client, defects, operations } = sceneOf(persistent(), { givesUpMs: 5 })
  const aborted = Object.assign(new Error('aborted'), { name: 'AbortError' })
  const send: Call<string>['send'] = (_, { abortSignal }) =>
    new Promise((_resolve, reject) => {
      abortSignal.addEventListener('abort', () => reject(aborted))
    })
  await client.perform({ ...callOf([]), send })
  expect(operations()).toMatchObject([{ outcome: 'unknown' }])
  expect(defects.count).toBe(0)
})

test('a failure that is expected of the server leaves its outcome open, and is no defect', async () => {
  const expects: ClientOptions['expects'] = ({ name }) => name === 'InternalServerError'
  const { client, defects, operations } = sceneOf(persistent(), { expects })
  const failure = { $metadata: { httpStatusCode: 500 }, message: 'no leader' }
  await client.perform(callOf([new InternalServerError(failure)]))
  expect(operations()).toMatchObject([{ outcome: 'unknown' }])
  await client.perform(callOf([new Error('checksum')]))
  expect(defects.kept.map(({ name }) => name)).toEqual(['answer'])
})

test('every second client sends the tokens that it is given and no others', async () => {
  const bodies: string[] = []
  const listener = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.once('end', () => {
      bodies.push(body)
      response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}')
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void listener.close())
  await new Promise((resolve) => listener.once('listening', resolve))
  const endpoint = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
  for (const number of [0, 1]) {
    const { client, server } = sceneOf(persistent(), { number })
    Object.assign(server, { endpoint })
    for (const token of [{}, { ClientRequestToken: 'mine' }]) {
      const item = { Delete: { TableName: 'Items', Key: { id: { S: 'ä' } } } }
      const command = new TransactWriteItemsCommand({ TransactItems: [item], ...token })
      const send: Call<object>['send'] = (sdk, options) => sdk.send(command, options)
      expect((await client.perform({ description: '', send })).outcome).toBe('ok')
    }
  }
  const tokens = bodies.map(
    (body) => (JSON.parse(body) as Record<string, unknown>)['ClientRequestToken'],
  )
  expect(tokens).toEqual([expect.stringMatching(/^.{36}$/), 'mine', undefined, 'mine'])
})
