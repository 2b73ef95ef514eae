import { ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb'
import { InvalidCursorError } from '../errors/invalidCursorError.ts'
import { InvalidKeyError } from '../errors/invalidKeyError.ts'
import { ExpressionParts } from '../expressions/expressionParts.ts'
import type { AnyEntity, StoredItem } from '../schema/entity.ts'
import type { Session } from '../session/session.ts'
import { plainPosition, positionOf, readCursor, writeCursor, type Position } from './cursor.ts'
import type { ReadOptions, Tagged } from './query.ts'
import { Results, type PageRead, type Row } from './results.ts'
import { taggedItemsOf, type Shape } from './shape.ts'

/** How a table is scanned. */
export interface ScanOptions extends ReadOptions {
  /** Into how many parts, 1 to 1,000,000, the table is divided, which are read side by side. 1 */
  readonly segments?: number
}

/** Where a segment is: at its beginning, behind an item, or at its end. */
type SegmentPlace = 'begin' | Position | 'end'

/**
 * All items of some entities of one table, in no order that means anything, each with the name of
 * its entity.
 */
export function scan<E extends AnyEntity>(
  session: Session,
  entities: readonly E[],
  options: ScanOptions,
): Results<Tagged<E>> {
  const [entity] = entities
  if (entity === undefined) throw new InvalidKeyError('A scan names no entity.')
  if (entities.some(({ table }) => table.name !== entity.table.name)) {
    throw new InvalidKeyError('The entities of a scan are in different tables.')
  }
  const { segments = 1, after } = options
  if (!Number.isSafeInteger(segments) || segments < 1) {
    throw new RangeError(`segments is to be a positive integer, not ${segments}.`)
  }
  const tables = new TableScan<Tagged<E>>(session, entities, options)
  if (after !== undefined) tables.placesOf(after)
  return new Results((start, limit) => tables.pages(start, limit), after)
}

interface SegmentPage {
  readonly items: readonly StoredItem[]
  readonly next: SegmentPlace
}

/** A scan of one table, whose segments are read side by side and given out page by page. */
class TableScan<T> {
  readonly #session: Session
  readonly #options: ScanOptions
  readonly #entity: AnyEntity
  readonly #input: ScanCommandInput
  readonly #shape: Shape<T>
  readonly #segments: number
  readonly #origin: string

  constructor(session: Session, entities: readonly AnyEntity[], options: ScanOptions) {
    this.#session = session
    this.#options = options
    this.#entity = entities[0] as AnyEntity
    this.#segments = options.segments ?? 1
    this.#shape = taggedItemsOf(entities) as Shape<T>
    this.#input = inputOf(session, entities, options)
    this.#origin = JSON.stringify([this.#input.TableName, 'scan', this.#segments])
  }

  /** @throws InvalidCursorError */
  placesOf(cursor: string): SegmentPlace[] {
    const places = readCursor(this.#origin, cursor)
    if (!Array.isArray(places) || places.length !== this.#segments) {
      throw new InvalidCursorError('The cursor belongs to another scan.')
    }
    return places.map((place: unknown) =>
      place === 'begin' || place === 'end' ? place : positionOf(place),
    )
  }

  #cursorAt(places: readonly SegmentPlace[]): string {
    const plain = places.map((place) => (typeof place === 'string' ? place : plainPosition(place)))
    return writeCursor(this.#origin, plain)
  }

  /**
   * Pages as they come in. INVARIANT: a cursor knows of what was given out, not of what was merely
   * read: what segments have ready beside the page at hand is read again by whoever goes on from
   * it.
   */
  async *pages(after: string | undefined, limit: number | undefined): AsyncIterable<PageRead<T>> {
    const places: SegmentPlace[] =
      after === undefined ? Array(this.#segments).fill('begin') : this.placesOf(after)
    const underWay = new Map<number, Promise<{ segment: number; page: SegmentPage }>>()
    const start = (segment: number): void => {
      const place = places[segment] as SegmentPlace
      if (place === 'end') return
      const read = this.#read(segment, place, limit).then((page) => ({ segment, page }))
      // Whoever leaves the loop early does not wait for what is under way, nor hear of its failure.
      read.catch(() => undefined)
      underWay.set(segment, read)
    }
    places.forEach((_, segment) => start(segment))
    while (underWay.size > 0) {
      const { segment, page } = await Promise.race(underWay.values())
      underWay.delete(segment)
      const rows = this.#rows(page.items, [...places], segment)
      places[segment] = page.next
      start(segment)
      const isLast = underWay.size === 0
      yield { rows, cursor: isLast ? undefined : this.#cursorAt(places) }
    }
  }

  #rows(items: readonly StoredItem[], places: SegmentPlace[], segment: number): Row<T>[] {
    const { partitionKey, sortKey } = this.#entity.table
    return items.flatMap((stored) => {
      const shaped = this.#shape(stored)
      if (shaped === undefined) return []
      const cursor = (): string => {
        const key = [partitionKey, sortKey].map((name) => [name, stored[name]])
        const here = [...places]
        here[segment] = Object.fromEntries(key) as Position
        return this.#cursorAt(here)
      }
      return [{ value: shaped.value, cursor }]
    })
  }

  async #read(
    segment: number,
    place: SegmentPlace,
    limit: number | undefined,
  ): Promise<SegmentPage> {
    const { pageSize = limit, signal } = this.#options
    const { Items = [], LastEvaluatedKey } = await this.#session.send(
      new ScanCommand({
        ...this.#input,
        ...(this.#segments > 1 && { Segment: segment, TotalSegments: this.#segments }),
        ...(typeof place !== 'string' && { ExclusiveStartKey: place }),
        ...(pageSize !== undefined && { Limit: pageSize }),
      }),
      signal,
    )
    return { items: Items, next: LastEvaluatedKey ?? 'end' }
  }
}

/** A filter leaves out most of what is not of the entities; the rest is told by whole keys. */
function inputOf(
  session: Session,
  entities: readonly AnyEntity[],
  { consistent }: ScanOptions,
): ScanCommandInput {
  const entity = entities[0] as AnyEntity
  const parts = new ExpressionParts(entity)
  const filters = new Set(entities.map((each) => prefixFilter(each, parts)))
  const isFiltered = !filters.has('')
  return {
    TableName: session.tableNameOf(entity),
    ...(isFiltered && { FilterExpression: [...filters].map((each) => `(${each})`).join(' OR ') }),
    ...(consistent === true && { ConsistentRead: true }),
    ...(isFiltered && parts.members()),
  }
}

function prefixFilter(entity: AnyEntity, parts: ExpressionParts): string {
  const { partitionKey, sortKey } = entity.table
  return [partitionKey, sortKey]
    .flatMap((attribute) => {
      const { prefix } = entity.template(attribute)
      if (prefix === '') return []
      return [`begins_with(${parts.name(attribute)}, ${parts.value({ S: prefix })})`]
    })
    .join(' AND ')
}
