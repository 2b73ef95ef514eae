import { expect } from 'vitest'

const credential = 'AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/dynamodb/aws4_request'

/** The status and the body of an answer. */
export async function asked(
  endpoint: string,
  operation: string,
  request: object,
  service = 'DynamoDB_20120810',
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${service}.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: `${credential}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(request),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const writers = 4
/** Writes overlap, and leave most of the processor to what is tested. */
const pauseMs = 5

interface Written {
  readonly acknowledged: number
  /** Whose answer was an error, or none. */
  readonly unsure: number
}

/**
 * Clients that write into a store while it is moved, and remember what was acknowledged: items of
 * their own, which are deleted now and then, and counters, in transactions and without.
 */
export class MigrationLoad {
  /** What was answered with an error while servers were there. */
  readonly failures: string[] = []
  longestPauseMs = 0
  #isOver = true
  #serial = 0
  #lastMs = 0
  #acknowledged = 0
  #running: Promise<void>[] = []
  /** Whether an item is there, of those whose last write was acknowledged. */
  readonly #items = new Map<string, boolean>()
  readonly #counters = new Map<string, Written>()

  async furnish(endpoint: string, furnished = 1500): Promise<void> {
    const definition = (AttributeName: string): object => ({ AttributeName, AttributeType: 'S' })
    const { status, body } = await asked(endpoint, 'CreateTable', {
      TableName: 'Things',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [definition('id'), definition('kind')],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ByKind',
          KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    })
    if (status !== 200) throw new Error(JSON.stringify(body))
    for (let from = 0; from < furnished; from += 25) {
      const Things = Array.from({ length: 25 }, (_, i) => ({
        PutRequest: { Item: this.#item(`old ${from + i}`, 'o'.repeat(3000)) },
      }))
      await asked(endpoint, 'BatchWriteItem', { RequestItems: { Things } })
      for (let i = 0; i < 25; i += 1) this.#items.set(`old ${from + i}`, true)
    }
  }

  #item(id: string, text: string): object {
    return { id: { S: id }, kind: { S: id.slice(0, 3) }, text: { S: text } }
  }

  begin(endpoints: readonly string[]): void {
    this.#isOver = false
    this.#lastMs = performance.now()
    this.#running = Array.from({ length: writers }, (_, writer) =>
      this.#write(endpoints[writer % endpoints.length] as string, writer),
    )
  }

  /** So many further writes are acknowledged. */
  async written(count: number): Promise<void> {
    const until = this.#acknowledged + count
    await expect
      .poll(() => this.#acknowledged, { timeout: 60_000, interval: 20 })
      .toBeGreaterThanOrEqual(until)
  }

  async end(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#running)
  }

  async #write(endpoint: string, writer: number): Promise<void> {
    while (!this.#isOver) {
      const isWritten = await this.#once(endpoint, writer)
      // A server that is gone, or gives up its store, is not asked over and over.
      await new Promise((resolve) => setTimeout(resolve, isWritten ? pauseMs : 20))
    }
  }

  async #once(endpoint: string, writer: number): Promise<boolean> {
    this.#serial += 1
    const [id, counter] = [`new ${this.#serial}`, `count ${writer}`]
    const older = `new ${this.#serial - 40}`
    const add = {
      TableName: 'Things',
      Key: { id: { S: counter } },
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }
    const put = { TableName: 'Things', Item: this.#item(id, 'n'.repeat(200)) }
    const kind = this.#serial % 4
    if (kind === 0) return this.#ask(endpoint, 'PutItem', put, { items: [[id, true]] })
    if (kind === 1) return this.#ask(endpoint, 'UpdateItem', add, { counter })
    if (kind === 2) {
      const gone = { TableName: 'Things', Key: { id: { S: older } } }
      return this.#ask(endpoint, 'DeleteItem', gone, { items: [[older, false]] })
    }
    const TransactItems = [{ Put: put }, { Update: add }]
    return this.#ask(
      endpoint,
      'TransactWriteItems',
      { TransactItems },
      { items: [[id, true]], counter },
    )
  }

  async #ask(
    endpoint: string,
    operation: string,
    request: object,
    { items = [], counter }: { items?: [string, boolean][]; counter?: string },
  ): Promise<boolean> {
    const answer = await asked(endpoint, operation, request).catch((error: unknown) => ({
      status: 0,
      body: String(error),
    }))
    const isWritten = answer.status === 200
    for (const [id, isThere] of items) {
      if (isWritten) this.#items.set(id, isThere)
      else this.#items.delete(id)
    }
    if (counter !== undefined) {
      const { acknowledged, unsure } = this.#counters.get(counter) ?? { acknowledged: 0, unsure: 0 }
      this.#counters.set(
        counter,
        isWritten
          ? { acknowledged: acknowledged + 1, unsure }
          : { acknowledged, unsure: unsure + 1 },
      )
    }
    if (!isWritten) {
      this.failures.push(`${operation}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return false
    }
    const nowMs = performance.now()
    this.longestPauseMs = Math.max(this.longestPauseMs, nowMs - this.#lastMs)
    this.#lastMs = nowMs
    this.#acknowledged += 1
    return true
  }

  /** All that was acknowledged is there, in the table and in its index, and nothing twice. */
  async expectAll(endpoint: string): Promise<void> {
    const found = await itemsOf(endpoint, { TableName: 'Things', ConsistentRead: true })
    const wrong = [...this.#items].filter(([id, isThere]) => found.has(id) !== isThere)
    expect(wrong).toEqual([])
    for (const [counter, { acknowledged, unsure }] of this.#counters) {
      const n = Number((found.get(counter) as { n?: { N: string } } | undefined)?.n?.N ?? 0)
      expect(n, counter).toBeGreaterThanOrEqual(acknowledged)
      expect(n, counter).toBeLessThanOrEqual(acknowledged + unsure)
    }
    const indexed = await itemsOf(endpoint, { TableName: 'Things', IndexName: 'ByKind' })
    const kinds = [...found.keys()].filter((id) => !id.startsWith('count'))
    expect([...indexed.keys()].sort()).toEqual(kinds.sort())
  }
}

async function itemsOf(endpoint: string, scan: object): Promise<Map<string, object>> {
  const items = new Map<string, object>()
  let next: object = {}
  do {
    const { status, body } = await asked(endpoint, 'Scan', { ...scan, ...next })
    expect(status, JSON.stringify(body).slice(0, 500)).toBe(200)
    for (const item of body['Items'] as { id: { S: string } }[]) items.set(item.id.S, item)
    const key = body['LastEvaluatedKey']
    next = key === undefined ? {} : { ExclusiveStartKey: key }
  } while (Object.keys(next).length > 0)
  return items
}
