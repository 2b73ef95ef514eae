import type {
  DynamoDBClient,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-dynamodb'
import type { RequestContext } from '../actions/action.ts'
import { systemClock, systemRandom, type Clock, type Random } from '../clock.ts'
import { Backoff, type RetryOptions } from '../retries/backoff.ts'
import type { AnyEntity } from '../schema/entity.ts'

/** How a client is made. */
export interface ClientOptions {
  /** The name that a table has in this deployment, by the one that it is declared with. */
  readonly tableName?: (declared: string) => string
  /** How conflicts, throttled transactions and unprocessed parts of batches are tried again. */
  readonly retry?: RetryOptions
  /** For tests that own time and randomness. */
  readonly clock?: Clock
  readonly random?: Random
}

/** What the requests of a client share. */
export class Session implements RequestContext {
  readonly random: Random
  readonly clock: Clock
  readonly backoff: Backoff
  readonly #sdk: DynamoDBClient
  readonly #tableName: (declared: string) => string

  constructor(sdk: DynamoDBClient, options: ClientOptions) {
    const { clock = systemClock, random = systemRandom } = options
    this.#sdk = sdk
    this.#tableName = options.tableName ?? ((declared) => declared)
    this.clock = clock
    this.random = random
    this.backoff = new Backoff(options.retry ?? {}, { clock, random })
  }

  tableNameOf({ table }: Pick<AnyEntity, 'table'>): string {
    return this.#tableName(table.name)
  }

  now(): string {
    return this.clock.now().toISOString()
  }

  /** Sends a command of the SDK; errors are those of the SDK. */
  send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: Command<Input, Output>,
    signal: AbortSignal | undefined,
  ): Promise<Output> {
    return this.#sdk.send(command, signal === undefined ? {} : { abortSignal: signal })
  }
}

/** A command of the SDK, such as `new GetItemCommand(input)`. */
type Command<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = Parameters<
  typeof DynamoDBClient.prototype.send<Input, Output>
>[0]
