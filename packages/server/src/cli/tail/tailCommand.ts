import type { Clock } from '../../clock.ts'
import { nearestName } from '../../nearestName.ts'
import { OperatorError } from '../operatorError.ts'
import { ApiFailure, NoAnswer, StrangeAnswer } from './apiConnection.ts'
import { recordLines } from './recordLines.ts'
import { StreamFollower, type ApiCall } from './streamFollower.ts'
import type { TailedRecord } from './tailedRecord.ts'
import type { TailOptions } from './tailOptions.ts'

/** What the command works with. */
export interface TailSurroundings {
  readonly call: ApiCall
  readonly endpoint: URL
  readonly clock: Clock
  /** Resolves when the text can be followed by more. */
  readonly write: (text: string) => Promise<void>
  /** For the person at the terminal, beside the records. */
  readonly note: (text: string) => void
  /** Aborted when there is nobody any more who wants records. */
  readonly signal: AbortSignal
  readonly colours: boolean
}

/** How often a stream that has nothing new is asked. */
const idleMs = 200
/** How often a server that does not answer is asked. */
const absentMs = 1000
/** What is refused for now alone. */
const throttled = /Throttl|LimitExceeded|ThroughputExceeded/
/** Most characters of a value in the form for people. */
const valueLength = 120

/**
 * `dynatom tail`: writes the records of a table's stream as they come, until the signal is aborted
 * or the stream has ended. A server that goes away is waited for, once it has answered. Throws
 * OperatorError for what the person who started it can put right.
 */
export async function tailTable(options: TailOptions, around: TailSurroundings): Promise<void> {
  const { tableName, json, fromStart } = options
  const { clock, signal, write, note, endpoint, colours } = around
  const absentTable = (): Promise<string> => textOfAbsent(tableName, around)
  const absentStream = `The stream of ${tableName} that was followed is not there any more.`
  const follower = await asOperator(around, absentTable, async () => {
    const streamArn = await streamOf(options, around)
    const opened = new StreamFollower(around.call, streamArn, clock)
    await opened.begin(fromStart ? 'start' : 'now')
    return opened
  })
  const from = fromStart ? 'from its oldest record on' : 'from now on'
  note(`Following the stream of ${tableName} at ${endpoint.origin}, ${from}.`)
  const textOf = json
    ? (record: TailedRecord) => `${JSON.stringify(record)}\n`
    : (record: TailedRecord) => recordLines(record, { colours, valueLength })
  let isAbsent = false
  while (!signal.aborted) {
    const round = await asOperator(
      around,
      () => absentStream,
      () => patient(() => follower.round()),
    )
    if (signal.aborted) return
    if (round instanceof Error) {
      if (!isAbsent) note(`${endpoint.origin} does not answer: ${round.message}. Trying again.`)
      isAbsent = true
      await pause(absentMs, clock, signal)
      continue
    }
    if (isAbsent) note(`${endpoint.origin} answers again.`)
    isAbsent = false
    if (round.isTrimmed) note('Some records were older than 24 hours and are gone.')
    if (round.records.length > 0) await write(round.records.map(textOf).join(''))
    if (round.isOver) {
      note(`The stream of ${tableName} has ended: it was disabled, or its table deleted.`)
      return
    }
    if (round.records.length === 0) await pause(idleMs, clock, signal)
  }
}

/** What `work` gives, or why there is no answer for now. */
async function patient<T>(work: () => Promise<T>): Promise<T | Error> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NoAnswer) return error
    if (!(error instanceof ApiFailure)) throw error
    const isPassing = error.statusCode >= 500 || throttled.test(error.errorName)
    if (isPassing) return new Error(error.errorName)
    throw error
  }
}

/** The ARN of the table's stream. Throws OperatorError when there is none. */
async function streamOf(
  { tableName }: TailOptions,
  { call, endpoint }: TailSurroundings,
): Promise<string> {
  const { Table: table } = await call<{
    readonly Table: {
      readonly LatestStreamArn?: string
      readonly StreamSpecification?: { readonly StreamEnabled?: boolean }
    }
  }>('DynamoDB_20120810', 'DescribeTable', { TableName: tableName })
  if (table.LatestStreamArn !== undefined && table.StreamSpecification?.StreamEnabled === true) {
    return table.LatestStreamArn
  }
  throw new OperatorError(
    `The table ${tableName} has no stream. To enable one: aws dynamodb update-table ` +
      `--endpoint-url ${endpoint.origin} --table-name ${tableName} ` +
      '--stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES',
  )
}

/** Makes sentences of errors; `absent` is the one for what is not there. */
async function asOperator<T>(
  { endpoint, signal }: TailSurroundings,
  absent: () => string | Promise<string>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (signal.aborted) throw error
    if (error instanceof NoAnswer) {
      throw new OperatorError(
        `Cannot reach a server at ${endpoint.origin}: ${error.message}; see --endpoint.`,
      )
    }
    if (error instanceof StrangeAnswer) {
      throw new OperatorError(
        `What answers at ${endpoint.origin} is no DynamoDB (${error.message}); see --endpoint.`,
      )
    }
    if (!(error instanceof ApiFailure)) throw error
    if (error.errorName === 'ResourceNotFoundException') throw new OperatorError(await absent())
    throw new OperatorError(`${endpoint.origin} refuses: ${error.errorName}: ${error.message}`)
  }
}

/** The sentence for a table that is not there, with the one that was probably meant. */
async function textOfAbsent(
  tableName: string,
  { call, endpoint }: TailSurroundings,
): Promise<string> {
  const { TableNames: names } = await call<{ readonly TableNames: readonly string[] }>(
    'DynamoDB_20120810',
    'ListTables',
    {},
  )
  const nearest = nearestName(tableName, names)
  const suggestion = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  return `There is no table ${tableName} at ${endpoint.origin}.${suggestion}`
}

/** Resolves after a while, or when the signal is aborted. */
function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.startTimer(ms, end)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })
}
