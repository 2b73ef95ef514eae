import { beforeEach, expect, test } from 'vitest'
import type { Clock } from '../../clock.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import { OperatorError } from '../operatorError.ts'
import { ApiFailure, NoAnswer } from './apiConnection.ts'
import type { ApiCall } from './streamFollower.ts'
import { tailTable } from './tailCommand.ts'

const record = {
  eventName: 'REMOVE',
  dynamodb: {
    ApproximateCreationDateTime: 1_767_323_045,
    Keys: { pk: { S: 'a' } },
    SequenceNumber: '100000000000000000002',
  },
}

/** What GetRecords answers, one after the other; nothing new behind that. */
let pages: (object | Error)[]
let written: string
let notes: string[]
let stopping: AbortController

const answers: Readonly<Record<string, object>> = {
  DescribeTable: {
    Table: { LatestStreamArn: 'arn', StreamSpecification: { StreamEnabled: true } },
  },
  DescribeStream: { StreamDescription: { Shards: [{ ShardId: 's', SequenceNumberRange: {} }] } },
  GetShardIterator: { ShardIterator: 'i' },
}

const call: ApiCall = <Answer extends object>(_: string, operation: string): Promise<Answer> => {
  const answer = answers[operation] ?? pages.shift()
  if (answer instanceof Error) return Promise.reject(answer)
  if (answer === undefined) stopping.abort()
  return Promise.resolve((answer ?? { NextShardIterator: 'i' }) as Answer)
}

/** Time in which every wait is over at once. */
class HurriedClock extends ManualClock {
  override startTimer(delayMs: number, work: () => void): ReturnType<Clock['startTimer']> {
    this.defer(work)
    return super.startTimer(delayMs, () => {})
  }
}

const tail = (json = false): Promise<void> =>
  tailTable(
    { tableName: 'Orders', json, fromStart: false },
    {
      call,
      endpoint: new URL('http://db:8000'),
      clock: new HurriedClock(),
      write: async (text) => void (written += text),
      note: (text) => void notes.push(text),
      signal: stopping.signal,
      colours: false,
    },
  )

beforeEach(() => {
  pages = []
  written = ''
  notes = []
  stopping = new AbortController()
})

const page = { Records: [record], NextShardIterator: 'i' }
const following = 'Following the stream of Orders at http://db:8000, from now on.'

test('writes records in the form that was asked for', async () => {
  pages = [page]
  await tail()
  expect(written).toBe('2026-01-02T03:04:05Z REMOVE pk="a"\n')
  stopping = new AbortController()
  ;[pages, written] = [[page], '']
  await tail(true)
  expect(written).toBe(`${JSON.stringify(record)}\n`)
  expect(notes).toEqual([following, following])
})

test('waits for a server that does not answer or has no room, and says so once', async () => {
  pages = [
    new NoAnswer('nothing listens there'),
    new ApiFailure('ServiceUnavailable', 503, ''),
    new ApiFailure('ProvisionedThroughputExceededException', 400, ''),
    new ApiFailure('ThrottlingException', 400, ''),
    page,
  ]
  await tail()
  expect(written).toMatch(/REMOVE/)
  expect(notes).toEqual([
    following,
    'http://db:8000 does not answer: nothing listens there. Trying again.',
    'http://db:8000 answers again.',
  ])
})

test('says that records are gone, and goes on', async () => {
  pages = [new ApiFailure('TrimmedDataAccessException', 400, ''), page]
  await tail()
  expect(notes).toEqual([following, 'Some records were older than 24 hours and are gone.'])
  expect(written).toMatch(/REMOVE/)
})

test('ends with a sentence for what the server refuses', async () => {
  pages = [new ApiFailure('AccessDeniedException', 400, 'no')]
  const refused = tail()
  await expect(refused).rejects.toBeInstanceOf(OperatorError)
  await expect(refused).rejects.toThrow('http://db:8000 refuses: AccessDeniedException: no')
})
