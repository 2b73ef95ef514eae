import { compareAnswers, difference, normalised } from './answers.ts'
import type { Item } from './attributes.ts'
import { equalItems } from './comparisons.ts'
import { answered, type Database } from './database.ts'
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
import { shortened, textOf } from './scripts.ts'
import { keyOf, sameKey } from './tables.ts'
import type { TestServer } from './testServer.ts'

type Body = Record<string, unknown>

/** Queries and scans of a server and of the model, which read page by page. */
export class ComparedReadings {
  readonly #server: TestServer
  readonly #database: Database

  constructor(server: TestServer, database: Database) {
    this.#server = server
    this.#database = database
  }

  /**
   * Reads everything first, to learn the order of what the model leaves open: partitions in a scan,
   * ties in an index. From then on every page has to be the model's.
   */
  async compare(request: Query | Scan, written: Query | Scan): Promise<void> {
    const refusal = answered({ layer: this.#database.layer, operation: request.kind }, () => {
      checkReading(this.#database, request)
      return {}
    })
    if ('__type' in refusal) {
      const actual = await this.#server.call(request.kind, requestOf(written).body)
      compareAnswers(textOf(written), normalised(refusal), normalised(actual))
      return
    }
    const target = targetOf(this.#database, request)
    const segments = await this.entriesInOrder(request, written)
    for (const [number, own] of segments.entries()) {
      const members = { Segment: number, TotalSegments: segments.length }
      const isParallel = request.kind === 'Scan' && request.totalSegments !== undefined
      const body = { ...requestOf(written).body, ...(isParallel && members) }
      await this.#comparePages(target, request, own, body)
    }
  }

  /**
   * What the model would find before a filter, in the order of the server, segment by segment;
   * throws unless the server finds the same. REQUIRES: nothing refuses the request.
   */
  async entriesInOrder(request: Query | Scan, written: Query | Scan): Promise<Entry[][]> {
    const target = targetOf(this.#database, request)
    const entries = entriesOf(this.#database, request)
    const segments = await this.#listings(target, request, written)
    const found = matched(target, segments.flat(), entries, textOf(written))
    checkOrder(target, request, found, textOf(written))
    let start = 0
    return segments.map(({ length }) => found.slice(start, (start += length)))
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
