import type { TableDefinition } from '../model/tables.ts'
import type { Client } from '../means/httpClient.ts'
import { archive, counters, creationOf, lastingTables, type KeySpace } from './crashTables.ts'
import { ExpectedStore, type AcknowledgedStep, type Settlement } from './expectedStore.ts'
import { RequestChooser, type RequestChooserOptions } from './requestChooser.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { describeTable, readStore } from './storeContents.ts'
import { batchesOf, WriteLoad, type WriteLoadOptions } from './writeLoad.ts'
import { StreamReplay } from './streamReplay.ts'
import { within } from './within.ts'

/** Nothing expires by these numbers, but the order of it is kept with every write. */
const keptOrder = ({ name }: TableDefinition): object => ({
  TableName: name,
  TimeToLiveSpecification: {
    Enabled: true,
    AttributeName: name === counters.name ? 'n' : 'weight',
  },
})

/** One store that loads write to through one server after another, and what it has to hold. */
export class StoreUnderLoad {
  readonly expected: ExpectedStore
  readonly random: SeededRandom
  readonly #streams = new StreamReplay()
  #requests = 0
  #loads = 0

  constructor(seed: number, onAcknowledged?: (step: AcknowledgedStep) => void) {
    this.expected = new ExpectedStore(onAcknowledged)
    this.random = new SeededRandom(seed)
  }

  /** Clients that have not started yet. */
  newLoad(
    client: Client,
    options: Pick<WriteLoadOptions, 'onInternalError'> & Partial<RequestChooserOptions> = {},
  ): WriteLoad {
    const chooser = new RequestChooser(this.expected, {
      random: this.random,
      nextId: () => `w${(this.#requests += 1)}`,
      round: (this.#loads += 1),
      ...options,
    })
    const { expected: store, random } = this
    return new WriteLoad({ ...options, client, store, chooser, random })
  }

  /** Makes the lasting tables, and items for a backfill. */
  async populate(client: Client, archived: KeySpace = archive): Promise<void> {
    for (const definition of lastingTables) {
      await client.perform('CreateTable', creationOf(definition))
      this.expected.acknowledgeTableChange({ kind: 'CreateTable', definition })
      await client.perform('UpdateTimeToLive', keptOrder(definition))
    }
    const load = this.newLoad(client)
    for (const keys of batchesOf(archived)) await load.send(load.chooser.batchOf(archived, keys))
    load.expectNoFailures()
  }

  /** How many records of streams have been followed. */
  get recordsFollowed(): number {
    return this.#streams.recordCount
  }

  /**
   * Throws when the store is not what it has to be, see {@link ExpectedStore.settle}, or when the
   * streams of its tables do not lead to it.
   */
  async settle(client: Client, options: { countsLate?: boolean } = {}): Promise<Settlement> {
    const contents = await within('reading', readStore(client, options))
    const settlement = this.expected.settle(contents)
    const ofStreams = await within('the streams', this.#streams.compare(client, contents))
    const problems = [...settlement.problems, ...ofStreams]
    if (problems.length === 0) return settlement
    const shown = problems.slice(0, 20).join('\n')
    throw new Error(`${problems.length} problems after ${this.#loads} loads:\n${shown}`)
  }
}

/** Resolves when no index is being built or removed any more. */
export async function untilIndexesRest(client: Client): Promise<void> {
  const rest = async (): Promise<void> => {
    for (;;) {
      const { TableStatus } = await describeTable(client, archive.definition.name)
      if (TableStatus === 'ACTIVE') return
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  await within('the work on indexes', rest())
}
