import type { MakeSet } from '../../packages/server/src/cli/engineSet.ts'
import type { StorageEngine } from '../../packages/server/src/storage/engine.ts'
import { checkStore } from '../../packages/server/src/check/checkStore.ts'
import { makeStoreOlder } from '../../packages/server/src/testing/olderStore.ts'
import { openDataPlane, type DataPlane } from '../../packages/server/src/testing/dataPlane.ts'
import type { Layer } from './layers.ts'
import type { ToldChange } from './streams.ts'

interface StreamRecord {
  readonly eventName: ToldChange['eventName']
  readonly dynamodb: Omit<ToldChange, 'eventName'> & {
    readonly SequenceNumber: string
    readonly ApproximateCreationDateTime: number
  }
}

function toldBy({ eventName, dynamodb }: StreamRecord): ToldChange {
  const { SequenceNumber: _number, ApproximateCreationDateTime: _time, ...told } = dynamodb
  return { eventName, ...told }
}

interface Opening {
  readonly open: () => Promise<DataPlane>
  readonly plane: DataPlane
  readonly countsLate: boolean
}

/** A server in this process, which can be opened again on the same store. */
export class TestServer {
  readonly #engine: StorageEngine
  readonly layer: Layer
  /** Whether DescribeTable tells counts that are some seconds old. */
  readonly countsLate: boolean
  readonly #open: () => Promise<DataPlane>
  #plane: DataPlane

  private constructor(engine: StorageEngine, layer: Layer, { open, plane, countsLate }: Opening) {
    this.#engine = engine
    this.layer = layer
    this.#open = open
    this.#plane = plane
    this.countsLate = countsLate
  }

  /** `makeSet` is for an engine that several servers share. */
  static async open(engine: StorageEngine, layer: Layer, makeSet?: MakeSet): Promise<TestServer> {
    const set = makeSet === undefined ? {} : { makeSet }
    const open = (): Promise<DataPlane> => openDataPlane({ engine, validation: layer, ...set })
    const countsLate = makeSet !== undefined
    return new TestServer(engine, layer, { open, plane: await open(), countsLate })
  }

  /** Forgets all that is not in the store, which may be as an earlier version would have it. */
  async reopen(store: 'asItIs' | 'older'): Promise<void> {
    await this.#plane.endWork()
    if (store === 'older') await makeStoreOlder(this.#engine)
    this.#plane = await this.#open()
  }

  /** The response of an operation, or the body of its error. */
  call(operation: string, request: object): Promise<Record<string, unknown>> {
    return this.#plane.call(operation, request)
  }

  /** {@link call} of what cannot fail. */
  async mustCall(operation: string, request: object): Promise<Record<string, unknown>> {
    const response = await this.call(operation, request)
    if (!('__type' in response)) return response
    throw new Error(`${operation} ${JSON.stringify(request)}\nfailed: ${JSON.stringify(response)}`)
  }

  /** Waits until nothing of a table is being created or deleted. */
  async settled(tableName: string): Promise<void> {
    for (let attempt = 0; attempt < 10_000; attempt++) {
      const description = await this.mustCall('DescribeTable', { TableName: tableName })
      if (!/"(CREATING|DELETING|UPDATING)"/.test(JSON.stringify(description))) return
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    throw new Error(`table ${tableName} does not become active`)
  }

  /** All records of a table's stream. */
  async recordsOf(tableName: string): Promise<ToldChange[]> {
    const { Table } = await this.mustCall('DescribeTable', { TableName: tableName })
    const { LatestStreamArn: StreamArn } = Table as { readonly LatestStreamArn: string }
    const { StreamDescription } = await this.mustCall('DescribeStream', { StreamArn })
    const { Shards } = StreamDescription as { readonly Shards: readonly { ShardId: string }[] }
    const told: ToldChange[] = []
    for (const { ShardId } of Shards) {
      const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
      let { ShardIterator } = await this.mustCall('GetShardIterator', from)
      for (;;) {
        const page = await this.mustCall('GetRecords', { ShardIterator })
        const records = page['Records'] as readonly StreamRecord[]
        if (records.length === 0) break
        told.push(...records.map(toldBy))
        ShardIterator = page['NextShardIterator']
      }
    }
    return told
  }

  /** Throws when something is wrong in the store. */
  async checkStore(): Promise<void> {
    const findings = await checkStore(this.#engine)
    if (findings.length > 0) throw new Error(`the store is wrong: ${JSON.stringify(findings)}`)
  }
}
