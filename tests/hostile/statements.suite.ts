import { expect, test } from 'vitest'
import { openDataPlane, type DataPlane } from '../../packages/server/src/testing/dataPlane.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { measureProcessor } from '../../packages/server/src/testing/processorTime.ts'
import { perform } from '../means/httpClient.ts'
import { expressionTable, resetRequest } from './expressionRequests.ts'
import { HostileServer } from './hostileServer.ts'
import { Pipeline } from './pipeline.ts'
import { longStatements } from './longStatements.ts'
import { StatementWriter, type StatementOrigin } from './statementWriter.ts'
import { runSeed, suiteOption } from './suiteOptions.ts'

const seed = runSeed('statements')
const count = suiteOption('STATEMENTS', 100_000)
/** After so long no more are written, however many there were. */
const mostMs = suiteOption('SECONDS', Infinity) * 1000
/** As many of them are sent to the built server as well. */
const sentCount = Math.min(count, 5000)
/** After so many the item is put back to what it was. */
const resetInterval = 50
const maxStatementLength = 8192
/** Time of the processor, of which no statement takes a thousandth of this. */
const longestMs = 2000

const table = {
  ...expressionTable,
  AttributeDefinitions: [
    ...expressionTable.AttributeDefinitions,
    { AttributeName: 's', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byS',
      KeySchema: [{ AttributeName: 's', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
}

const expectedErrors = [
  'ValidationException',
  'ConditionalCheckFailedException',
  'DuplicateItemException',
  'ResourceNotFoundException',
  'TransactionCanceledException',
]
/** Beginnings of what DynamoDB says about statements and their values. */
const texts: readonly RegExp[] = [
  /^Statement wasn't well formed, can't be processed: /,
  /^Validation failed in TransactStatements\[0\]: \S/,
  /^(Aliasing is not supported|Empty bags are not supported)$/,
  /^(Unrecognized function: |Unexpected path component at |Unsupported (clause|operation|data type): )\S/,
  /^Number of parameters in request and statement don't match\.$/,
  /^(Number (overflow|underflow)\. |Attempting to store more than 38 |The parameter cannot be converted )/,
  /^Nesting Levels have exceeded supported limits/,
  /^(Incorrect (operand type|number of operands)|Operator or function requires a document path)/,
  /^(The first operand must be distinct|The BETWEEN operator requires |Invalid attribute type name)/,
  /^Two document paths (overlap|conflict)/,
  /^One or more parameter values (were invalid:|are not valid\.) \S/,
  /^The (document path provided in the update|provided) (expression|key element) /,
  /^An operand in the update expression has an incorrect data type$/,
  /^(Where clause does not contain a mandatory|Must have |Attribute .* in ORDER BY|Overlapping conditions)/,
  /^The (table does not have the specified index|first argument to SET_|second argument to SET_)/,
  /^SET_(ADD|DELETE) must have exactly two arguments at /,
  /^(A path may contain|Path component cannot|FROM clause may only|This operation is not supported on)/,
  /^(Invalid returning clause: |RETURNING clause |Reads on indices |Select statements within |EXISTS\(\))/,
  /^(Supplied AttributeValue |Item size |Key attributes must be scalars|The provided key element)/,
  /^The function is not allowed to be used this way|^Strongly consistent read |^NextToken does not/,
  /^The update expression attempted to update (a|the) secondary index key/,
  /^1 validation error detected: Value /,
  /^Input collection contains duplicates$/,
]

interface Asked {
  readonly operation: string
  readonly request: object
  readonly text: string
  readonly origin: StatementOrigin
}

function* statementRequests(random: SeededRandom): Generator<Asked> {
  const writer = new StatementWriter(random)
  for (;;) {
    const [statement, origin] = writer.write()
    const of = { text: statement.Statement, origin }
    const kind = random.below(8)
    if (kind === 0) {
      yield { operation: 'BatchExecuteStatement', request: { Statements: [statement] }, ...of }
    } else if (kind === 1) {
      yield { operation: 'ExecuteTransaction', request: { TransactStatements: [statement] }, ...of }
    } else {
      const more = random.chance(0.1) ? { ConsistentRead: true, Limit: 1 } : {}
      yield { operation: 'ExecuteStatement', request: { ...statement, ...more }, ...of }
    }
  }
}

/** `success`, or the name of the error; throws when it is none that a statement can lead to. */
function outcomeOf(
  { text, operation }: Pick<Asked, 'text' | 'operation'>,
  response: Record<string, unknown>,
): string {
  const error = response['__type'] as string | undefined
  if (error === undefined) return 'success'
  const message = (response['message'] ?? response['Message']) as string
  const isExpected =
    error === 'ValidationException'
      ? texts.some((form) => form.test(message))
      : expectedErrors.includes(error)
  if (!isExpected) throw new Error(`${operation} ${JSON.stringify(text)}: ${error} ${message}`)
  return error
}

async function opened(): Promise<DataPlane> {
  const plane = await openDataPlane()
  await plane.call('CreateTable', table)
  return plane
}

test('statements end in a success or in a text of DynamoDB, each in no time', async () => {
  const plane = await opened()
  const outcomes: Record<string, number> = {}
  const origins: Record<StatementOrigin, number> = { grammar: 0, mutation: 0 }
  const slowest = { ms: 0, text: '' }
  let done = 0
  const startMs = performance.now()
  for (const asked of statementRequests(new SeededRandom(seed))) {
    if (done % resetInterval === 0) await plane.call('PutItem', resetRequest)
    const usedMs = measureProcessor()
    const response = await plane.call(asked.operation, asked.request).catch((error: unknown) => {
      throw new Error(`${asked.operation} ${JSON.stringify(asked.request)}`, { cause: error })
    })
    const ms = usedMs()
    const outcome = outcomeOf(asked, response)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    origins[asked.origin] += 1
    if (ms > slowest.ms) Object.assign(slowest, { ms, text: asked.text })
    done += 1
    if (done === count || performance.now() - startMs > mostMs) break
  }
  console.log(`${done} statements:`, origins, outcomes, 'slowest:', slowest)
  expect(origins.grammar + origins.mutation).toBe(done)
  expect(origins.grammar).toBeGreaterThan(done * 0.5)
  expect(origins.mutation).toBeGreaterThan(done * 0.25)
  expect(slowest.ms).toBeLessThan(longestMs)
  // The grammar is met often enough from both sides.
  expect(outcomes['success']).toBeGreaterThan(done * 0.15)
  expect(outcomes['ValidationException']).toBeGreaterThan(done * 0.15)
  expect(outcomes['ConditionalCheckFailedException']).toBeGreaterThan(0)
  expect(outcomes['DuplicateItemException']).toBeGreaterThan(0)
})

test('the built server answers the same over HTTP', async () => {
  const server = await HostileServer.start()
  await perform(server.endpoint, 'CreateTable', table)
  const connection = await Pipeline.connect(server.endpoint)
  const plane = await opened()
  try {
    let done = 0
    for (const { operation, request } of statementRequests(new SeededRandom(seed))) {
      if (done % resetInterval === 0) {
        await plane.call('PutItem', resetRequest)
        await connection.ask('PutItem', JSON.stringify(resetRequest))
      }
      const { body } = await connection.ask(operation, JSON.stringify(request))
      const answered = JSON.parse(body.replace(/"__type":"[^"#]*#/, '"__type":"')) as object
      const expected = await plane.call(operation, request)
      // A token names its table, which each server has by itself.
      const isPage = 'NextToken' in expected
      if (!isPage) expect([request, answered]).toEqual([request, expected])
      if (++done === sentCount) break
    }
    await server.expectUnharmed()
  } finally {
    connection.close()
  }
})

test('the longest statements are answered like any other, and the server stays up', async () => {
  const server = await HostileServer.start()
  await perform(server.endpoint, 'CreateTable', table)
  const connection = await Pipeline.connect(server.endpoint)
  const operation = 'ExecuteStatement'
  try {
    for (const { name, text } of longStatements) {
      for (const length of [maxStatementLength, maxStatementLength / 2]) {
        const { body } = await connection.ask(
          operation,
          JSON.stringify({ Statement: text(length) }),
        )
        const answer = JSON.parse(body.replace(/"__type":"[^"#]*#/, '"__type":"')) as object
        outcomeOf({ operation, text: name }, answer as Record<string, unknown>)
      }
      await server.expectUnharmed()
    }
  } finally {
    connection.close()
  }
})
