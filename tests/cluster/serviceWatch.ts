import { setTimeout as pause } from 'node:timers/promises'
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'

const tableName = 'probes'
const pauseMs = 50
const giveUpMs = 2000
/** Longer than anything may take that is not broken. */
const mostOutageMs = 120_000

/** A write of one server that was acknowledged. */
interface Acknowledged {
  readonly sentMs: number
  readonly doneMs: number
}

/** How long servers made no write after something had happened. */
export interface Outage {
  readonly what: string
  /** Since the watch began. */
  readonly atMs: number
  /** Until the last of the servers made one that was sent afterwards. */
  readonly ms: number
}

/** Writes something at each server again and again, and knows when that was acknowledged. */
export class ServiceWatch {
  readonly outages: Outage[] = []
  readonly startedMs: number = performance.now()
  readonly #sdks: readonly DynamoDBClient[]
  readonly #last: Acknowledged[]
  /** Of every second: how many writes of each server were acknowledged. */
  readonly perSecond: number[][] = []
  #isOver = false
  #probing: Promise<unknown> = Promise.resolve()

  constructor(endpoints: readonly string[]) {
    this.#last = endpoints.map(() => ({ sentMs: 0, doneMs: 0 }))
    this.#sdks = endpoints.map(
      (endpoint) =>
        new DynamoDBClient({
          endpoint,
          region: 'us-east-1',
          credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
          maxAttempts: 1,
        }),
    )
  }

  async start(): Promise<void> {
    const [first] = this.#sdks as [DynamoDBClient]
    await first.send(
      new CreateTableCommand({
        TableName: tableName,
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'N' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
    this.#probing = Promise.all(this.#sdks.map((sdk, server) => this.#probe(sdk, server)))
  }

  async #probe(sdk: DynamoDBClient, server: number): Promise<void> {
    for (let n = 0; !this.#isOver; n++) {
      const sentMs = performance.now()
      const Item = { pk: { N: String(server) }, n: { N: String(n) } }
      const abortSignal = AbortSignal.timeout(giveUpMs)
      try {
        await sdk.send(new PutItemCommand({ TableName: tableName, Item }), { abortSignal })
        this.#last[server] = { sentMs, doneMs: performance.now() }
        this.#count(server)
      } catch {
        // That is what is measured.
      }
      await pause(pauseMs)
    }
  }

  #count(server: number): void {
    const second = Math.floor((performance.now() - this.startedMs) / 1000)
    while (this.perSecond.length <= second) this.perSecond.push(this.#sdks.map(() => 0))
    const counts = this.perSecond[second] as number[]
    counts[server] = (counts[server] ?? 0) + 1
  }

  /**
   * Waits until each of the servers that `isUp` has made a write that was sent after `sinceMs`, and keeps
   * how long that took.
   */
  async untilServed(
    what: string,
    sinceMs: number,
    isUp: (server: number) => boolean,
  ): Promise<Outage> {
    const atMs = sinceMs - this.startedMs
    for (;;) {
      const up = this.#last.filter((_, server) => isUp(server))
      const isServed = up.every(({ sentMs }) => sentMs >= sinceMs)
      const ms = performance.now() - sinceMs
      if (isServed || ms > mostOutageMs) {
        const outage = { what, atMs, ms }
        this.outages.push(outage)
        return outage
      }
      await pause(10)
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#probing
    for (const sdk of this.#sdks) sdk.destroy()
  }
}
