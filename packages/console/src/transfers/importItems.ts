import {
  BatchWriteItemCommand,
  PutItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { itemToDynamodbJson, type Item } from '../values/dynamodbJson.ts'
import { writeExactJson } from '../values/exactJson.ts'
import type { ImportRow } from './itemFormats.ts'

/** A line of a file that is not in the table, and why. */
export interface RefusedLine {
  readonly line: number
  readonly reason: string
  readonly text: string
}

export interface Import {
  readonly tableName: string
  readonly keyNames: readonly string[]
  /** Whether what is there gives way; otherwise a line is refused whose key is there. */
  readonly isReplacing: boolean
}

/** BatchWriteItem takes no more. */
const mostInBatch = 25
/** Requests that are under way at once. */
const lanes = { batches: 4, puts: 16 }
/** How often what was left unprocessed is sent again, with pauses that grow. */
const mostRetries = 10
const firstPauseMs = 50

/** Refusals of one item; after any other error nothing more can be hoped for. */
const ofItem = [
  'ValidationException',
  'ConditionalCheckFailedException',
  'ItemCollectionSizeLimitExceededException',
  'TransactionConflictException',
]
const ofPace = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')
const textOf = (error: unknown): string => {
  if (nameOf(error) === 'ConditionalCheckFailedException') {
    return 'There is an item with this key.'
  }
  return error instanceof Error ? error.message : String(error)
}

type Accepted = ImportRow & { readonly item: Item }

/**
 * Writes rows to a table. INVARIANT: each row that is given to it is counted in `written` or told
 * to `onRefused`, once it has ended; rows with the same key are written in their order.
 */
export class ItemWriter {
  private readonly client: DynamoDBClient
  private readonly target: Import
  private readonly onRefused: (refused: RefusedLine) => void
  private batch: Accepted[] = []
  private readonly busyKeys = new Set<string>()
  private readonly running = new Set<Promise<void>>()
  private failure: unknown
  written = 0

  constructor(client: DynamoDBClient, target: Import, onRefused: (refused: RefusedLine) => void) {
    this.client = client
    this.target = target
    this.onRefused = onRefused
  }

  /** Takes a row, and waits while enough are under way. Rejects once no more can be written. */
  async take(row: ImportRow): Promise<void> {
    if (row.item === undefined) return this.onRefused(row)
    const key = this.keyOf(row.item)
    if (this.busyKeys.has(key)) await this.settle()
    this.busyKeys.add(key)
    this.batch.push(row)
    if (this.batch.length >= (this.target.isReplacing ? mostInBatch : 1)) await this.flush()
    if (this.failure !== undefined) {
      await this.settle()
      throw this.failure
    }
  }

  /** Waits until everything that was taken has been written or refused. */
  async settle(): Promise<void> {
    await this.flush()
    await Promise.all(this.running)
  }

  private async flush(): Promise<void> {
    const rows = this.batch
    if (rows.length === 0) return
    this.batch = []
    const most = this.target.isReplacing ? lanes.batches : lanes.puts
    while (this.running.size >= most) await Promise.race(this.running)
    const written = this.write(rows).then(() => {
      this.running.delete(written)
      for (const { item } of rows) this.busyKeys.delete(this.keyOf(item))
    })
    this.running.add(written)
  }

  /** Never rejects. */
  private async write(rows: readonly Accepted[]): Promise<void> {
    if (this.failure !== undefined) return this.refuse(rows, this.failure)
    if (!this.target.isReplacing) {
      for (const row of rows) await this.put(row)
      return
    }
    const left = await this.sendBatch(rows)
    for (const row of left) await this.put(row)
  }

  /** Resolves to the rows that have to be written one by one, to learn which are refused. */
  private async sendBatch(rows: readonly Accepted[]): Promise<readonly Accepted[]> {
    const { tableName } = this.target
    let requests: WriteRequest[] = rows.map(({ item }) => ({ PutRequest: { Item: item } }))
    for (let retries = 0; ; retries += 1) {
      try {
        const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } })
        const { UnprocessedItems = {} } = await this.client.send(command)
        const left = UnprocessedItems[tableName] ?? []
        this.written += requests.length - left.length
        if (left.length === 0) return []
        requests = left
      } catch (error) {
        if (ofItem.includes(nameOf(error))) return this.rowsOf(requests, rows)
        if (!ofPace.includes(nameOf(error))) {
          this.fail(this.rowsOf(requests, rows), error)
          return []
        }
      }
      if (retries === mostRetries) {
        const still = `It was left unprocessed ${mostRetries + 1} times.`
        this.refuse(this.rowsOf(requests, rows), new Error(still))
        return []
      }
      await pause(firstPauseMs * 2 ** Math.min(retries, 6))
    }
  }

  private rowsOf(requests: readonly WriteRequest[], rows: readonly Accepted[]) {
    const keys = new Set(requests.map(({ PutRequest }) => this.keyOf(PutRequest?.Item ?? {})))
    return rows.filter(({ item }) => keys.has(this.keyOf(item)))
  }

  private async put(row: Accepted): Promise<void> {
    if (this.failure !== undefined) return this.refuse([row], this.failure)
    const { tableName, keyNames, isReplacing } = this.target
    const command = new PutItemCommand({
      TableName: tableName,
      Item: row.item,
      ...(!isReplacing && {
        ConditionExpression: 'attribute_not_exists(#key)',
        ExpressionAttributeNames: { '#key': keyNames[0] ?? '' },
      }),
    })
    for (let retries = 0; ; retries += 1) {
      try {
        await this.client.send(command)
        this.written += 1
        return
      } catch (error) {
        const isPace = ofPace.includes(nameOf(error))
        if (!isPace && !ofItem.includes(nameOf(error))) return this.fail([row], error)
        if (!isPace || retries === mostRetries) return this.refuse([row], error)
        await pause(firstPauseMs * 2 ** Math.min(retries, 6))
      }
    }
  }

  private fail(rows: readonly Accepted[], error: unknown): void {
    this.failure = error
    this.refuse(rows, error)
  }

  private refuse(rows: readonly Accepted[], error: unknown): void {
    for (const { line, text } of rows) this.onRefused({ line, text, reason: textOf(error) })
  }

  /** The same for numbers that are the same, however they are written. */
  private keyOf(item: Item): string {
    const key = this.target.keyNames.flatMap((name) => {
      const value = item[name]
      if (value === undefined) return []
      return [[name, value.N === undefined ? value : { N: canonicalNumber(value.N) }] as const]
    })
    return writeExactJson(itemToDynamodbJson(Object.fromEntries(key)), '')
  }
}

/** A decimal number as its sign, its digits without zeros around them, and its exponent. */
function canonicalNumber(text: string): string {
  const form = /^\s*([+-]?)0*(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = form.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const kept = digits.replace(/0+$/, '')
  if (kept === '') return /[0-9]/.test(text) ? '0' : text
  const shift = Number(exponent) - fraction.length + digits.length - kept.length
  return `${sign === '-' ? '-' : ''}${kept}e${shift}`
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
