import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createDatabase, type Database } from '../../../server/src/index.ts'
import { createClient, tableDefinition, type ClientOptions, type TableClient } from '../index.ts'
import { bank } from './bankTable.ts'

/** A request as the SDK sends it, and what it was asked. */
export interface SentRequest {
  readonly operation: string
  readonly body: Record<string, unknown>
}

/**
 * An answer in place of the database's: the name of an error or a body, and what an error carries.
 */
export interface FakedAnswer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/**
 * A client on a database in this process, whose requests can be seen, and answered in its place.
 */
export interface BankClient extends AsyncDisposable {
  readonly db: TableClient
  readonly sdk: DynamoDBClient
  readonly database: Database
  readonly sent: SentRequest[]
  /** How long the client waited, in milliseconds, each time. */
  readonly waits: number[]
  /** Asked first for each request; what it gives is the answer. */
  fake: (request: SentRequest) => FakedAnswer | undefined
}

export const refusal = (name: string, members: Record<string, unknown> = {}): FakedAnswer => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name, ...members },
})

/**
 * Opens a database in memory that has the table of `bankTable.ts`. Time and randomness are fixed.
 */
export async function openBank(options: ClientOptions = {}): Promise<BankClient> {
  const database = await createDatabase({
    inMemory: true,
    tables: [tableDefinition(bank) as never],
  })
  const sent: SentRequest[] = []
  const waits: number[] = []
  const config = database.clientConfig()
  const { requestHandler } = config
  const encoder = new TextEncoder()
  const watching: typeof requestHandler = {
    ...requestHandler,
    metadata: requestHandler.metadata,
    async handle(request, handling) {
      const target = request.headers['x-amz-target'] ?? ''
      const text =
        typeof request.body === 'string'
          ? request.body
          : new TextDecoder().decode(request.body as Uint8Array)
      const seen = {
        operation: target.split('.')[1] ?? '',
        body: JSON.parse(text) as SentRequest['body'],
      }
      sent.push(seen)
      const answer = bankClient.fake(seen)
      if (answer === undefined) return requestHandler.handle(request, handling)
      const headers = { 'content-type': 'application/x-amz-json-1.0' }
      const body = encoder.encode(JSON.stringify(answer.body))
      return { response: { statusCode: answer.status, headers, body } }
    },
  }
  const sdk = new DynamoDBClient({ ...config, requestHandler: watching as never, maxAttempts: 1 })
  let tokens = 0
  const db = createClient(sdk, {
    clock: {
      now: () => new Date('2026-11-30T12:00:00.000Z'),
      wait: (ms) => {
        waits.push(ms)
        return Promise.resolve()
      },
    },
    random: { fraction: () => 0.5, token: () => `token-${tokens++}` },
    ...options,
  })
  const bankClient: BankClient = {
    db,
    sdk,
    database,
    sent,
    waits,
    fake: () => undefined,
    async [Symbol.asyncDispose]() {
      sdk.destroy()
      await database.close()
    },
  }
  return bankClient
}
