import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'vitest'

const TableName = 'Orders'
const writers = 8

const key = (id: string): { id: { S: string } } => ({ id: { S: id } })

const adding = (id: string) => ({
  TableName,
  Key: key(id),
  UpdateExpression: 'ADD n :one',
  ExpressionAttributeValues: { ':one': { N: '1' } },
})

/**
 * Programs on the SDK as it is, with its usual attempts, that write while servers come and go.
 * Whatever is not done is an error here, and what is done twice shows in a counter.
 */
export class UpgradeLoad {
  readonly errors: string[] = []
  /** Requests that the SDK has sent more than once. */
  repeated = 0
  requests = 0
  readonly #client: DynamoDBClient
  readonly #items: string[] = []
  readonly #counts = new Map<string, number>()
  #isOver = false
  #running: Promise<void>[] = []

  constructor(endpoint: string) {
    this.#client = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'k', secretAccessKey: 's' },
    })
  }

  begin(): void {
    this.#running = Array.from({ length: writers }, (_, writer) => this.#write(writer))
  }

  async #write(writer: number): Promise<void> {
    for (let i = 0; !this.#isOver; i += 1) {
      try {
        await this.#once(writer, i)
      } catch (error) {
        this.errors.push(String(error))
      }
    }
  }

  async #once(writer: number, i: number): Promise<void> {
    const id = `item ${writer} ${i}`
    const [own, common] = [`count ${writer}`, 'count of all']
    if (i % 4 === 0) {
      const ConditionExpression = 'attribute_not_exists(id)'
      await this.#told(
        this.#client.send(new PutItemCommand({ TableName, Item: key(id), ConditionExpression })),
      )
      this.#items.push(id)
    } else if (i % 4 === 1) {
      await this.#told(this.#client.send(new UpdateItemCommand(adding(common))))
      this.#count(common)
    } else if (i % 4 === 2) {
      const TransactItems = [{ Put: { TableName, Item: key(id) } }, { Update: adding(own) }]
      await this.#told(this.#client.send(new TransactWriteItemsCommand({ TransactItems })))
      this.#items.push(id)
      this.#count(own)
    } else {
      const read = { TableName, Key: key(own), ConsistentRead: true }
      const { Item } = await this.#told(this.#client.send(new GetItemCommand(read)))
      // What was acknowledged by one server is known to the next.
      expect(Number(Item?.['n']?.N ?? 0)).toBe(this.#counts.get(own) ?? 0)
    }
  }

  async #told<T extends { readonly $metadata: { readonly attempts?: number } }>(
    sent: Promise<T>,
  ): Promise<T> {
    this.requests += 1
    const answer = await sent
    if ((answer.$metadata.attempts ?? 1) > 1) this.repeated += 1
    return answer
  }

  #count(id: string): void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
  }

  /** So many further requests are sent. */
  async sent(count: number): Promise<void> {
    const until = this.requests + count
    await expect.poll(() => this.requests, { timeout: 60_000 }).toBeGreaterThan(until)
  }

  async end(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#running)
  }

  /** All that was acknowledged is there, and nothing twice. */
  async expectAll(): Promise<void> {
    const found = new Map<string, number>()
    let next: Record<string, { S: string }> | undefined
    do {
      const scan = new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey: next })
      const { Items = [], LastEvaluatedKey } = await this.#client.send(scan)
      for (const { id, n } of Items) found.set(id?.S ?? '', Number(n?.N ?? 0))
      next = LastEvaluatedKey as typeof next
    } while (next !== undefined)
    expect(this.#items.filter((id) => !found.has(id))).toEqual([])
    for (const [id, count] of this.#counts) expect(found.get(id), id).toBe(count)
    expect(found.size).toBe(this.#items.length + this.#counts.size)
  }

  close(): void {
    this.#client.destroy()
  }
}
