import { compareAnswers, difference, normalised } from './answers.ts'
import type { Item } from './attributes.ts'
import { equalItems, withCanonicalValues } from './comparisons.ts'
import { answered, countsOf, createDatabase, type Counts, type Database } from './database.ts'
import { changeIndexes, type IndexChange } from './indexChanges.ts'
import type { Faulty } from './faults.ts'
import { performed, type Operation, type PlainOperation } from './operations.ts'
import {
  checkReading,
  entriesOf,
  entriesToRead,
  pageOf,
  samePartition,
  sortRank,
  targetOf,
  type Entry,
  type Query,
  type Scan,
  type Target,
} from './queries.ts'
import { requestOf } from './requests.ts'
import { shortened, textOf, type Script } from './scripts.ts'
import { byItem, recordOf, type ViewType } from './streams.ts'
import { keyOf, sameKey } from './tables.ts'
import type { TestServer } from './testServer.ts'
import { unreachable } from './unreachable.ts'

type Body = Record<string, unknown>

/**
 * A server and the model side by side: everything is done to both, and their answers have to be the
 * same. `token` makes a script's request tokens its own where scripts share a server.
 */
export class ComparedWorlds {
  readonly #server: TestServer
  readonly #database: Database
  readonly #token: (name: string) => string

  constructor(server: TestServer, script: Script, token: (name: string) => string) {
    this.#server = server
    this.#database = createDatabase(script.tables, server.layer)
    this.#token = token
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
        return this.#compareReading(withCanonicalValues(operation), operation)
      case 'SingleWrite':
      case 'GetItem':
      case 'TransactWriteItems':
      case 'TransactGetItems':
      case 'BatchGetItem':
      case 'BatchWriteItem':
      case 'UpdateTimeToLive':
      case 'DescribeTimeToLive':
        return this.#compareAnswers(operation)
      case 'Faulty':
        return this.#compareRefusals(operation)
      default:
        return unreachable(operation)
    }
  }

  async #compareAnswers(operation: PlainOperation): Promise<void> {
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
        await this.#compareReading(scan, scan)
      }
    }
  }

  /**
   * Reads everything first, to learn the order of what the model leaves open: partitions in a scan,
   * ties in an index. From then on every page has to be the model's.
   */
  async #compareReading(request: Query | Scan, written: Query | Scan): Promise<void> {
    const refusal = this.#answered(request.kind, () => {
      checkReading(this.#database, request)
      return {}
    })
    if ('__type' in refusal) {
      const actual = await this.#server.call(request.kind, requestOf(written).body)
      compareAnswers(textOf(written), normalised(refusal), normalised(actual))
      return
    }
    const target = targetOf(this.#database, request)
    const entries = entriesOf(this.#database, request)
    const segments = await this.#listings(target, request, written)
    const found = matched(target, segments.flat(), entries, textOf(written))
    checkOrder(target, request, found, textOf(written))
    let start = 0
    for (const [number, segment] of segments.entries()) {
      const own = found.slice(start, (start += segment.length))
      const members = { Segment: number, TotalSegments: segments.length }
      const isParallel = request.kind === 'Scan' && request.totalSegments !== undefined
      const body = { ...requestOf(written).body, ...(isParallel && members) }
      await this.#comparePages(target, request, own, body)
    }
  }

  /** What the server holds of `target`, segment by segment, in unlimited pages without a filter. */
  async #listings(target: Target, request: Query | Scan, written: Query | Scan): Promise<Item[][]> {
    const { filter: _f, projection: _p, select: _s, limit: _l, ...whole } = written
    const total = request.kind === 'Scan' ? request.totalSegments : undefined
    const { ExclusiveStartKey: _, ...body } = requestOf(whole as Query | Scan).body as Body
    if (total === undefined) return [await this.#listing(request.kind, body)]
    const segments: Item[][] = []
    for (let Segment = 0; Segment < total; Segment++) {
      segments.push(await this.#listing('Scan', { ...body, Segment, TotalSegments: total }))
    }
    checkSegments(target, segments)
    return segments
  }

  async #listing(name: string, body: object): Promise<Item[]> {
    const items: Item[] = []
    let start: object = {}
    for (;;) {
      const page = await this.#server.call(name, { ...body, ...start })
      if (!Array.isArray(page['Items']))
        throw new Error(`${name} ${shortened(body)}\nfailed: ${shortened(page)}`)
      items.push(...(page['Items'] as Item[]))
      if (page['LastEvaluatedKey'] === undefined) return items
      start = { ExclusiveStartKey: page['LastEvaluatedKey'] }
    }
  }

  /** Follows LastEvaluatedKey from page to page, each of which has to be the model's. */
  async #comparePages(
    target: Target,
    request: Query | Scan,
    entries: readonly Entry[],
    body: object,
  ): Promise<void> {
    let start: object = {}
    let rest = request.kind === 'Query' ? entriesToRead(target, request, entries) : entries
    for (;;) {
      const sent = { ...body, ...start }
      const { response, readCount } = pageOf(target, request, rest)
      const expected = normalised(response)
      const actual = await this.#server.call(request.kind, sent)
      compareAnswers(`${request.kind} ${shortened(sent)}`, expected, normalised(actual))
      if (actual['LastEvaluatedKey'] === undefined) return
      start = { ExclusiveStartKey: actual['LastEvaluatedKey'] }
      rest = rest.slice(readCount)
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
}

function countsOfDescription(described: Description): Counts {
  const { LocalSecondaryIndexes = [], GlobalSecondaryIndexes = [] } = described
  const counts = [...LocalSecondaryIndexes, ...GlobalSecondaryIndexes].map(
    ({ IndexName, ItemCount, IndexSizeBytes }) => [IndexName, [ItemCount, IndexSizeBytes]],
  )
  return {
    table: [described.ItemCount, described.TableSizeBytes],
    indexes: Object.fromEntries(counts) as Counts['indexes'],
  }
}

/**
 * The model's entries in the order in which the server listed them; throws unless they are the
 * same.
 */
function matched(
  target: Target,
  listed: readonly Item[],
  entries: readonly Entry[],
  text: string,
): Entry[] {
  const { definition } = target
  const found = listed.map((image) => {
    return entries.find((entry) => sameKey(definition, entry.image, image))
  })
  const images = entries.map((entry) => entry.image)
  const isSame =
    listed.length === entries.length &&
    new Set(found).size === entries.length &&
    listed.every((image, i) => found[i] !== undefined && equalItems(found[i].image, image))
  if (!isSame) throw new Error(difference(`everything in ${text}`, images, listed))
  return found as Entry[]
}

/** Entries of one partition stand together, in the order of their sort keys. */
function checkOrder(
  target: Target,
  request: Query | Scan,
  found: readonly Entry[],
  text: string,
): void {
  const isForward = request.kind === 'Scan' || request.forward
  const fits = found.every(({ image }, i) => {
    const before = found[i - 1]?.image
    if (before === undefined) return true
    if (samePartition(target, before, image)) {
      const rank = sortRank(target, before, image)
      return isForward ? rank <= 0 : rank >= 0
    }
    return !found.slice(0, i).some((other) => samePartition(target, other.image, image))
  })
  const keys = found.map(({ image }) => keyOf(target.definition, image))
  if (!fits) throw new Error(`the order of ${text}\nis wrong: ${shortened(keys)}`)
}

/** Every partition is in one segment as a whole. */
function checkSegments(target: Target, segments: readonly (readonly Item[])[]): void {
  segments.forEach((segment, i) => {
    const others = segments.filter((_, j) => j !== i).flat()
    const torn = segment.find((item) => others.some((each) => samePartition(target, item, each)))
    if (torn !== undefined) throw new Error(`two segments have a part of ${shortened(torn)}`)
  })
}
