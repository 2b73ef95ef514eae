import { describe, expect, onTestFinished, test } from 'vitest'
import { openDataPlane } from '../../packages/server/src/testing/dataPlane.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { measureProcessor } from '../../packages/server/src/testing/processorTime.ts'
import { perform } from '../means/httpClient.ts'
import {
  expressionRequests,
  expressionTable,
  resetRequest,
  type ExpressionRequest,
} from './expressionRequests.ts'
import { HostileServer } from './hostileServer.ts'
import { Pipeline } from './pipeline.ts'
import { runSeed, suiteOption } from './suiteOptions.ts'

const seed = runSeed('expressions')
const count = suiteOption('EXPRESSIONS', 100_000)
/** After so long no more are written, however many there were. */
const mostMs = suiteOption('SECONDS', Infinity) * 1000
/** As many of them are sent to the built server as well. */
const sentCount = Math.min(count, 5000)
/** After so many the item is put back to what it was. */
const resetInterval = 50
/** Time of the processor, of which no expression takes a thousandth of this. */
const longestMs = 2000

/** Beginnings of what DynamoDB says about expressions and their values, envelopes aside. */
const texts: readonly RegExp[] = [
  /^Invalid (Condition|Filter|KeyCondition|Projection|Update)Expression: \S/,
  /^ExpressionAttribute(Names|Values) contains invalid (value|key): \S/,
  /^ExpressionAttribute(Names|Values) can only be specified when using expressions/,
  /^Value provided in ExpressionAttribute(Names|Values) unused in expressions: keys: \{/,
  /^One or more parameter values (were invalid:|are not valid\.) \S/,
  /^Query condition missed key schema element: /,
  /^Conditions can be of length 1 or 2 only$/,
  /^(Query key condition not supported|Filter Expression can only contain non-primary key attributes: )/,
  /^Key attributes must be scalars; list random access '\[\]' and map lookup '\.' are not allowed: /,
  /^The (document path provided in the update|provided) expression (is invalid|refers to an attribute)/,
  /^An operand in the update expression has an incorrect data type$/,
  /^Number overflow\. |^Number underflow\. |^Item size to update has exceeded /,
  /^The parameter cannot be converted to a numeric value: |^Nesting Levels have exceeded supported /,
]

const otherErrors = ['ConditionalCheckFailedException', 'TransactionCanceledException']

interface Slowest {
  ms: number
  text: string
}

/** `success`, or the name of the error; throws when it is none that an expression can lead to. */
function outcomeOf(
  { text, operation }: ExpressionRequest,
  response: Record<string, unknown>,
): string {
  const error = response['__type'] as string | undefined
  if (error === undefined) return 'success'
  const message = (response['message'] ?? response['Message']) as string
  const isExpected =
    error === 'ValidationException'
      ? texts.some((form) => form.test(message.replace(/^1 validation error detected: /, '')))
      : otherErrors.includes(error)
  if (!isExpected) throw new Error(`${operation} ${JSON.stringify(text)}: ${error} ${message}`)
  return error
}

test('expressions end in a success or in a text of DynamoDB, each in no time', async () => {
  const plane = await openDataPlane()
  await plane.call('CreateTable', expressionTable)
  const outcomes: Record<string, number> = {}
  const slowest: Slowest = { ms: 0, text: '' }
  const timed = async ({
    operation,
    request,
  }: ExpressionRequest): Promise<[number, Record<string, unknown>]> => {
    const usedMs = measureProcessor()
    const response = await plane.call(operation, request)
    return [usedMs(), response]
  }
  let done = 0
  const startMs = performance.now()
  for (const request of expressionRequests(new SeededRandom(seed))) {
    if (done % resetInterval === 0) await plane.call('PutItem', resetRequest)
    const [ms, response] = await timed(request).catch((error: unknown) => {
      throw new Error(`${request.operation} ${JSON.stringify(request.request)}`, { cause: error })
    })
    const outcome = outcomeOf(request, response)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    if (ms > slowest.ms) Object.assign(slowest, { ms, text: request.text })
    done += 1
    if (done === count || performance.now() - startMs > mostMs) break
  }
  console.log(`${done} expressions:`, outcomes, 'slowest:', slowest)
  expect(slowest.ms).toBeLessThan(longestMs)
  // The grammar is met often enough from both sides.
  expect(outcomes['success']).toBeGreaterThan(done * 0.15)
  expect(outcomes['ValidationException']).toBeGreaterThan(done * 0.15)
  expect(outcomes['ConditionalCheckFailedException']).toBeGreaterThan(0)
})

describe('over HTTP', () => {
  test('the built server answers the same', async () => {
    const server = await HostileServer.start()
    await perform(server.endpoint, 'CreateTable', expressionTable)
    const connection = await Pipeline.connect(server.endpoint)
    onTestFinished(() => connection.close())
    const plane = await openDataPlane()
    await plane.call('CreateTable', expressionTable)
    let done = 0
    for (const { operation, request } of expressionRequests(new SeededRandom(seed))) {
      if (done % resetInterval === 0) {
        await plane.call('PutItem', resetRequest)
        await connection.ask('PutItem', JSON.stringify(resetRequest))
      }
      const { body } = await connection.ask(operation, JSON.stringify(request))
      const answered = JSON.parse(body.replace(/"__type":"[^"#]*#/, '"__type":"')) as object
      expect([request, answered]).toEqual([request, await plane.call(operation, request)])
      if (++done === sentCount) break
    }
    await server.expectUnharmed()
  })
})
