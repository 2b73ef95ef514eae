import { compareAnswers, normalised, someToken } from './answers.ts'
import type { Value } from './attributes.ts'
import type { ComparedReadings } from './comparedReadings.ts'
import { equal } from './comparisons.ts'
import { answered, type Database } from './database.ts'
import { entriesOf, sortRank, type Entry, type Query, type Scan, type Target } from './queries.ts'
import { invalid } from './refusal.ts'
import { requestOf } from './requests.ts'
import { shortened, textOf } from './scripts.ts'
import {
  checkSelect,
  isReverse,
  partitionsOf,
  rangesOf,
  selectPage,
  type Ranges,
  type Select,
} from './selects.ts'
import type { TestServer } from './testServer.ts'

const operation = 'ExecuteStatement'

/** SELECTs of a server and of the model, page by page. */
export class ComparedSelects {
  readonly #server: TestServer
  readonly #database: Database
  readonly #readings: ComparedReadings

  constructor(server: TestServer, database: Database, readings: ComparedReadings) {
    this.#server = server
    this.#database = database
    this.#readings = readings
  }

  /** What the model leaves open is learnt from a query or scan of the same items. */
  async compare(request: Select, written: Select): Promise<void> {
    let target: Target | undefined
    const refusal = answered({ layer: this.#database.layer, operation }, () => {
      target = checkSelect(this.#database, request)
      return {}
    })
    const { body } = requestOf(written)
    if (target === undefined) {
      const actual = await this.#server.call(operation, body)
      return compareAnswers(textOf(written), normalised(refusal), normalised(actual))
    }
    const ranges = await this.#ranges(target, request)
    await this.#comparePages(target, request, ranges, body)
  }

  async #ranges(target: Target, { statement }: Select): Promise<Ranges> {
    const { table, index, access, orderBy } = statement
    const plain = { table, consistent: false, capacity: 'NONE' } as const
    const source = index === undefined ? plain : { ...plain, index }
    if (access.kind === 'everything') {
      const scan: Scan = { ...source, kind: 'Scan' }
      const [all = []] = await this.#readings.entriesInOrder(scan, scan)
      return rangesOf(target, statement, () => all)
    }
    const found: (readonly [Value, readonly Entry[]])[] = []
    for (const partition of partitionsOf(access)) {
      const name = target.partitionKeys[0]?.name as string
      const query: Query = {
        ...source,
        kind: 'Query',
        conditions: [{ name, operator: '=', values: [partition] }],
        forward: !isReverse(target, orderBy),
      }
      found.push([partition, await this.#partition(target, query)])
    }
    return rangesOf(target, statement, (partition) => {
      return found.find(([value]) => equal(value, partition as Value))?.[1] ?? []
    })
  }

  /** The order in a table is that of its sort keys; an index can have ties. */
  async #partition(target: Target, query: Query): Promise<readonly Entry[]> {
    if (target.index !== undefined) {
      const [listed = []] = await this.#readings.entriesInOrder(query, query)
      return listed
    }
    const entries = entriesOf(this.#database, query)
    entries.sort((a, b) => sortRank(target, a.image, b.image))
    return query.forward ? entries : entries.reverse()
  }

  /** Follows NextToken from page to page. The token itself is the server's own. */
  async #comparePages(
    target: Target,
    request: Select,
    ranges: Ranges,
    body: object,
  ): Promise<void> {
    let position = { range: 0, offset: 0 }
    let members: object = {}
    for (;;) {
      const { items, capacity, next } = selectPage(target, request, ranges, position)
      const sent = { ...body, ...members }
      const expected = {
        Items: items,
        ConsumedCapacity: capacity,
        NextToken: next === undefined ? undefined : someToken,
      }
      const actual = await this.#server.call(operation, sent)
      compareAnswers(`${operation} ${shortened(sent)}`, normalised(expected), normalised(actual))
      const { NextToken } = actual
      if (next === undefined) return
      if (position.range === 0 && position.offset === 0) await this.#compareOther(body, NextToken)
      position = next
      members = { NextToken }
    }
  }

  /** A token is for its own statement alone. */
  async #compareOther(body: object, NextToken: unknown): Promise<void> {
    const { Statement } = body as { readonly Statement: string }
    const sent = { ...body, Statement: `${Statement} `, NextToken }
    const actual = await this.#server.call(operation, sent)
    const expected = answered({ layer: this.#database.layer, operation }, () => {
      throw invalid('NextToken does not match request')
    })
    compareAnswers(`${operation} ${shortened(sent)}`, expected, actual)
  }
}
