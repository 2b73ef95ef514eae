import { compareAnswers, normalised } from './answers.ts'
import { ComparedReadings } from './comparedReadings.ts'
import { ComparedSelects } from './comparedSelects.ts'
import { withCanonicalValues } from './comparisons.ts'
import { answered, countsOf, createDatabase, type Counts, type Database } from './database.ts'
import { changeIndexes, type IndexChange } from './indexChanges.ts'
import type { Faulty } from './faults.ts'
import {
  performed,
  type Operation,
  type PlainOperation,
  type StatementOperation,
} from './operations.ts'
import type { Scan } from './queries.ts'
import type { SearchVectors } from './searches.ts'
import { requestOf } from './requests.ts'
import { textOf, type Script } from './scripts.ts'
import { byItem, recordOf, type ViewType } from './streams.ts'
import type { TestServer } from './testServer.ts'
import { unreachable } from './unreachable.ts'

/**
 * A server and the model side by side: everything is done to both, and their answers have to be the
 * same. `token` makes a script's request tokens its own where scripts share a server.
 */
export class ComparedWorlds {
  readonly #server: TestServer
  readonly #database: Database
  readonly #token: (name: string) => string
  readonly #readings: ComparedReadings
  readonly #selects: ComparedSelects

  constructor(server: TestServer, script: Script, token: (name: string) => string) {
    this.#server = server
    this.#database = createDatabase(script.tables, server.layer)
    this.#token = token
    this.#readings = new ComparedReadings(server, this.#database)
    this.#selects = new ComparedSelects(server, this.#database, this.#readings)
  }

  /** Carries out one operation; throws an error that shows both answers when they differ. */
  async run(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'Reopen':
        return this.#server.reopen(operation.store)
      case 'CreateIndex':
      case 'DeleteIndex':
        return this.#changeIndexes(operation)
      case 'Query':
      case 'Scan':
        return this.#readings.compare(withCanonicalValues(operation), operation)
      case 'Select':
        return this.#selects.compare(withCanonicalValues(operation), operation)
      case 'SingleWrite':
      case 'GetItem':
      case 'TransactWriteItems':
      case 'TransactGetItems':
      case 'BatchGetItem':
      case 'BatchWriteItem':
      case 'UpdateTimeToLive':
      case 'DescribeTimeToLive':
      case 'ExecuteStatement':
      case 'BatchExecuteStatement':
      case 'ExecuteTransaction':
      case 'SearchVectors':
        return this.#compareAnswers(operation)
      case 'Faulty':
        return this.#compareRefusals(operation)
      default:
        return unreachable(operation)
    }
  }

  async #compareAnswers(
    operation: PlainOperation | StatementOperation | SearchVectors,
  ): Promise<void> {
    const { name, body } = requestOf(operation)
    const actual = await this.#server.call(name, this.#withOwnToken(body))
    const expected = this.#answered(name, () =>
      performed(this.#database, withCanonicalValues(operation)),
    )
    compareAnswers(textOf(operation), normalised(expected), normalised(actual))
  }

  /** A faulty request does nothing, whatever else may be wrong with it. */
  async #compareRefusals(operation: Faulty): Promise<void> {
    const { name, body } = requestOf(operation)
    const actual = await this.#server.call(name, this.#withOwnToken(body))
    const expected = this.#answered(name, () => {
      throw operation.fault.refusal
    })
    compareAnswers(textOf(operation), normalised(expected), normalised(actual))
  }

  #answered(operation: string, answer: () => object): object {
    return answered({ layer: this.#database.layer, operation }, answer)
  }

  /** What the items make of a new index, or of writes after it, shows in what follows. */
  async #changeIndexes(change: IndexChange): Promise<void> {
    if (!changeIndexes(this.#database, change)) return
    const { name, body } = requestOf(change)
    await this.#server.mustCall(name, body)
    await this.#server.settled(change.table)
  }

  #withOwnToken(body: object): object {
    const { ClientRequestToken: token } = body as { ClientRequestToken?: string }
    return token === undefined ? body : { ...body, ClientRequestToken: this.#token(token) }
  }

  /** At the end of a script: what the streams of the tables tell, in the order of each item. */
  async compareStreams(viewTypeOf: (tableName: string) => ViewType): Promise<void> {
    for (const { definition, changes = [] } of this.#database.tables) {
      const { name } = definition
      const expected = changes.map((change) => recordOf(change, viewTypeOf(name)))
      const actual = await this.#server.recordsOf(name)
      compareAnswers(`the stream of ${name}`, byItem(expected), byItem(actual))
    }
  }

  /** At the end of a script: all that tables and indexes hold, and their counts. */
  async compareEverything(): Promise<void> {
    for (const table of this.#database.tables) {
      const { name, indexes } = table.definition
      const { Table: described } = await this.#server.call('DescribeTable', { TableName: name })
      const counts = countsOfDescription(described as Description)
      compareAnswers(`DescribeTable ${name}`, countsOf(table), counts)
      for (const index of [undefined, ...indexes.map((each) => each.name)]) {
        const base = { kind: 'Scan', table: name, consistent: false, capacity: 'INDEXES' } as const
        const scan: Scan = index === undefined ? base : { ...base, index }
        await this.#readings.compare(scan, scan)
      }
    }
  }
}

interface IndexDescription {
  readonly IndexName: string
  readonly ItemCount: number
  readonly IndexSizeBytes: number
}

interface Description {
  readonly ItemCount: number
  readonly TableSizeBytes: number
  readonly LocalSecondaryIndexes?: readonly IndexDescription[]
  readonly GlobalSecondaryIndexes?: readonly IndexDescription[]
  readonly VectorIndexes?: readonly IndexDescription[]
}

function countsOfDescription(described: Description): Counts {
  const { LocalSecondaryIndexes: local = [], GlobalSecondaryIndexes: global = [] } = described
  const counts = [...local, ...global, ...(described.VectorIndexes ?? [])].map(
    ({ IndexName, ItemCount, IndexSizeBytes }) => [IndexName, [ItemCount, IndexSizeBytes]],
  )
  return {
    table: [described.ItemCount, described.TableSizeBytes],
    indexes: Object.fromEntries(counts) as Counts['indexes'],
  }
}
