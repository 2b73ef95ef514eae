import type { Item } from '../model/attributes.ts'
import type { Client } from '../means/httpClient.ts'
import { describeTable, keyText, type StoreContents } from './storeContents.ts'

/** What following the stream of one table has come to. */
interface FollowedStream {
  readonly arn: string
  readonly items: Map<string, Item>
  /** The last sequence number that was read of each shard. */
  readonly shards: Map<string, string>
}

interface StreamRecord {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly dynamodb: {
    readonly Keys: Item
    readonly NewImage?: Item
    readonly OldImage?: Item
    readonly SequenceNumber: string
  }
}

const streams = 'DynamoDBStreams_20120810'

/**
 * Follows the streams of all tables, from server to server, and makes the tables out of them. What
 * was read once is not read again: a record that was acknowledged cannot go away.
 */
export class StreamReplay {
  recordCount = 0
  readonly #followed = new Map<string, FollowedStream>()

  /** Reads on, and gives what the streams and the tables tell differently. */
  async compare(client: Client, contents: StoreContents): Promise<readonly string[]> {
    const problems: string[] = []
    for (const [name, { items }] of contents) {
      const { LatestStreamArn: arn, KeySchema } = await describeTable(client, name)
      if (arn === undefined) continue
      const known = this.#followed.get(name)
      const isSame = known?.arn === arn
      const followed = isSame ? known : { arn, items: new Map(), shards: new Map() }
      this.#followed.set(name, followed)
      const keyNames = KeySchema.map(({ AttributeName }) => AttributeName)
      problems.push(...(await this.#follow(client, followed, keyNames)))
      problems.push(...differences(name, followed.items, items))
    }
    return problems
  }

  async #follow(
    client: Client,
    { arn, items, shards }: FollowedStream,
    keyNames: readonly string[],
  ): Promise<string[]> {
    const problems: string[] = []
    for (const ShardId of await shardsOf(client, arn)) {
      for await (const { eventName, dynamodb } of recordsOf(client, arn, ShardId, shards)) {
        this.recordCount += 1
        const { Keys, OldImage, NewImage } = dynamodb
        const key = keyText(keyNames, Keys)
        const told = `${eventName} ${dynamodb.SequenceNumber} of ${key} in ${arn}`
        if (canonical(items.get(key)) !== canonical(OldImage)) {
          problems.push(`${told} finds ${canonical(OldImage)}, not ${canonical(items.get(key))}`)
        }
        if (NewImage === undefined) items.delete(key)
        else items.set(key, NewImage)
      }
    }
    return problems
  }
}

/** The ids of all shards, parents before their children. */
async function shardsOf(client: Client, StreamArn: string): Promise<string[]> {
  const ids: string[] = []
  let start: object = {}
  for (;;) {
    const request = { StreamArn, ...start }
    const { StreamDescription } = await client.perform(`${streams}.DescribeStream`, request)
    const { Shards, LastEvaluatedShardId } = StreamDescription as {
      readonly Shards: readonly { readonly ShardId: string }[]
      readonly LastEvaluatedShardId?: string
    }
    ids.push(...Shards.map(({ ShardId }) => ShardId))
    if (LastEvaluatedShardId === undefined) return ids
    start = { ExclusiveStartShardId: LastEvaluatedShardId }
  }
}

/** The records of a shard behind the last one that `shards` has, which is kept up. */
async function* recordsOf(
  client: Client,
  StreamArn: string,
  ShardId: string,
  shards: Map<string, string>,
): AsyncGenerator<StreamRecord, void> {
  const SequenceNumber = shards.get(ShardId)
  const from =
    SequenceNumber === undefined
      ? { ShardIteratorType: 'TRIM_HORIZON' }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber }
  const request = { StreamArn, ShardId, ...from }
  let { ShardIterator } = await client.perform(`${streams}.GetShardIterator`, request)
  while (ShardIterator !== undefined) {
    const page = await client.perform(`${streams}.GetRecords`, { ShardIterator })
    const records = page['Records'] as readonly StreamRecord[]
    yield* records
    const last = records.at(-1)
    if (last === undefined) return
    shards.set(ShardId, last.dynamodb.SequenceNumber)
    ShardIterator = page['NextShardIterator']
  }
}

function differences(
  table: string,
  replayed: ReadonlyMap<string, Item>,
  items: ReadonlyMap<string, Item>,
): string[] {
  const keys = new Set([...replayed.keys(), ...items.keys()])
  return [...keys].flatMap((key) => {
    const [told, found] = [canonical(replayed.get(key)), canonical(items.get(key))]
    return told === found ? [] : [`${table}: ${key} is ${found}, and its stream tells ${told}`]
  })
}

/** Equal for values that are: members of maps in one order. */
function canonical(item: Item | undefined): string {
  if (item === undefined) return 'absent'
  return JSON.stringify(item, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
