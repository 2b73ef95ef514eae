import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb'
import { projection, type ReadOf } from '../actions/get.ts'
import { InvalidKeyError } from '../errors/invalidKeyError.ts'
import { conditionExpression, type Condition } from '../expressions/condition.ts'
import { ExpressionParts } from '../expressions/expressionParts.ts'
import type {
  AnyEntity,
  AttributesOf,
  IndexesOf,
  ItemOf,
  PartitionOf,
  SortPrefixOf,
  StoredItem,
} from '../schema/entity.ts'
import type { FieldValues, KeyTemplate } from '../schema/keyTemplate.ts'
import type { Index } from '../schema/tableShape.ts'
import type { Session } from '../session/session.ts'
import { plainPosition, positionOf, readCursor, writeCursor } from './cursor.ts'
import { Results, type PageRead } from './results.ts'
import { itemsOf, taggedItemsOf, type Shape } from './shape.ts'

/** What queries of every kind can be told. */
export interface ReadOptions {
  /**
   * Goes on behind the place of a cursor that the same query has given, here or in another
   * process.
   */
  readonly after?: string | undefined
  /** Also sees what was written an instant ago; the table and local indexes alone can do it. */
  readonly consistent?: boolean
  /** How many items one request reads at most; all pages together have all results. */
  readonly pageSize?: number
  readonly signal?: AbortSignal
}

/** How the items of an entity in one partition are read. */
export interface QueryOptions<E, I, Names extends keyof AttributesOf<E>> extends ReadOptions {
  /** The index whose partition it is. */
  readonly index?: I
  /** Reads these attributes and the key only. */
  readonly attributes?: readonly Names[]
  /** What has to be true of the results. What is left out has been read, and counts as that. */
  readonly filter?: Condition<E> | undefined
  /** The last one of the sort key first. */
  readonly reverse?: boolean
}

/** A query of a part of the partition. */
export interface RangeOptions<E, I, Names extends keyof AttributesOf<E>>
  extends QueryOptions<E, I, Names> {
  /** Items whose sort key has these first values. */
  readonly sort?: SortPrefixOf<E, I>
  /** Items from the sort key on that begins with these values. */
  readonly from?: SortPrefixOf<E, I>
  /** Items up to the sort keys that begin with these values, which are included. */
  readonly to?: SortPrefixOf<E, I>
}

type AnyOptions = ReadOptions & {
  readonly index?: string | undefined
  readonly attributes?: readonly PropertyKey[]
  readonly filter?: Condition<never> | undefined
  readonly reverse?: boolean
  readonly sort?: object
  readonly from?: object
  readonly to?: object
}

/** The items of an entity in one partition, in the order of their sort keys. */
export function query<
  E extends AnyEntity,
  const I extends IndexesOf<E> | undefined,
  const Names extends keyof AttributesOf<E>,
>(
  session: Session,
  entity: E,
  partition: PartitionOf<E, I>,
  options: RangeOptions<E, I, Names>,
): Results<ReadOf<E, Names>> {
  const plain = options as AnyOptions
  const plan = new QueryPlan(session, [entity], partition as FieldValues, plain)
  plan.bound(plain)
  return plan.results(itemsOf(entity, plain.attributes as readonly string[] | undefined))
}

/** The beginning of sort keys, and how they are read. */
interface PrefixQuery<E, I, Names extends keyof AttributesOf<E>> {
  readonly prefix: SortPrefixOf<E, I>
  readonly options: QueryOptions<E, I, Names>
}

/** Those whose sort key begins with values, the last of which may be the beginning of one. */
export function queryPrefix<
  E extends AnyEntity,
  const I extends IndexesOf<E> | undefined,
  const Names extends keyof AttributesOf<E>,
>(
  session: Session,
  entity: E,
  partition: PartitionOf<E, I>,
  { prefix, options }: PrefixQuery<E, I, Names>,
): Results<ReadOf<E, Names>> {
  const plain = options as AnyOptions
  const plan = new QueryPlan(session, [entity], partition as FieldValues, plain)
  plan.beginWith(prefix)
  return plan.results(itemsOf(entity, plain.attributes as readonly string[] | undefined))
}

/** An item with the name of its entity, by which TypeScript knows its type. */
export type Tagged<E> = E extends { readonly name: infer Name }
  ? { readonly entity: Name; readonly item: ItemOf<E> }
  : never

/** How the items of several entities in one partition are read. */
export interface CollectionOptions<I> extends ReadOptions {
  readonly index?: I
  readonly reverse?: boolean
}

/**
 * The items of several entities in one partition that they share, each with the name of its
 * entity.
 */
export function queryCollection<E extends AnyEntity, const I extends IndexesOf<E> | undefined>(
  session: Session,
  entities: readonly E[],
  partition: PartitionOf<E, I>,
  options: CollectionOptions<I>,
): Results<Tagged<E>> {
  const plan = new QueryPlan(session, entities, partition as FieldValues, options)
  return plan.results(taggedItemsOf(entities))
}

/**
 * Greater than whatever a key holds behind the same beginning: the last character that there is.
 */
const last = '\u{10FFFF}'

/** A query that is being put together, then read page by page. */
class QueryPlan {
  readonly #session: Session
  readonly #options: AnyOptions
  readonly #entity: AnyEntity
  readonly #index: Index
  readonly #parts: ExpressionParts
  readonly #partition: string
  #sortCondition: string | undefined
  #sortText = ''

  constructor(
    session: Session,
    entities: readonly AnyEntity[],
    partition: FieldValues,
    options: AnyOptions,
  ) {
    const [entity] = entities
    if (entity === undefined) throw new InvalidKeyError('A query names no entity.')
    this.#session = session
    this.#options = options
    this.#entity = entity
    this.#index = options.index === undefined ? entity.table : indexOf(entity, options.index)
    this.#parts = new ExpressionParts(entity)
    const texts = entities.map((each) =>
      templateOf(each, this.#index.partitionKey).compose(partition),
    )
    this.#partition = texts[0] as string
    if (texts.some((text) => text !== this.#partition)) {
      throw new InvalidKeyError('The entities of a query have different partitions.')
    }
  }

  /** All items of the entity, or those between bounds. */
  bound({ sort, from, to }: AnyOptions): void {
    const template = this.#sortTemplate()
    if (template === undefined) return
    if (from === undefined && to === undefined) {
      this.#haveValues(template, (sort ?? {}) as FieldValues)
    } else {
      const first = template.composeBeginning((from ?? {}) as FieldValues)
      const end = template.composeBeginning((to ?? {}) as FieldValues) + last
      const [low, high] = [this.#parts.value({ S: first }), this.#parts.value({ S: end })]
      this.#setSort(`${this.#sortName()} BETWEEN ${low} AND ${high}`, `${first} ${end}`)
    }
  }

  beginWith(values: FieldValues): void {
    const template = this.#sortTemplate()
    if (template === undefined) throw new InvalidKeyError('The index has no sort key.')
    this.#beginWithText(template.composeBeginning(values))
  }

  /** Sort keys with exactly these first values, or the one that has values for everything. */
  #haveValues(template: KeyTemplate, values: FieldValues): void {
    const { placeholders, literals } = template
    const count = placeholders.filter(({ name }) => values[name] !== undefined).length
    if (count < placeholders.length) {
      const end = count === 0 ? '' : literals[count]
      this.#beginWithText(template.composeBeginning(values) + end)
      return
    }
    const text = template.compose(values)
    this.#setSort(`${this.#sortName()} = ${this.#parts.value({ S: text })}`, `= ${text}`)
  }

  #beginWithText(text: string): void {
    if (text === '') return
    this.#setSort(`begins_with(${this.#sortName()}, ${this.#parts.value({ S: text })})`, text)
  }

  #setSort(condition: string, text: string): void {
    this.#sortCondition = condition
    this.#sortText = text
  }

  #sortName(): string {
    return this.#parts.name(this.#index.sortKey as string)
  }

  #sortTemplate(): KeyTemplate | undefined {
    const { sortKey } = this.#index
    return sortKey === undefined ? undefined : templateOf(this.#entity, sortKey)
  }

  results<T>(shape: Shape<unknown>): Results<T> {
    const input = this.#input()
    const origin = this.#origin(input)
    const { after } = this.#options
    if (after !== undefined) positionOf(readCursor(origin, after))
    return new Results<T>(
      (start, limit) => this.#pages<T>({ input, origin, shape: shape as Shape<T> }, start, limit),
      after,
    )
  }

  #input(): QueryCommandInput {
    const { attributes, filter, reverse, consistent, index } = this.#options
    const parts = this.#parts
    const name = parts.name(this.#index.partitionKey)
    const keys = [`${name} = ${parts.value({ S: this.#partition })}`]
    if (this.#sortCondition !== undefined) keys.push(this.#sortCondition)
    const chosen = attributes as readonly string[] | undefined
    return {
      TableName: this.#session.tableNameOf(this.#entity),
      ...(index !== undefined && { IndexName: index }),
      KeyConditionExpression: keys.join(' AND '),
      ...(filter !== undefined && { FilterExpression: conditionExpression(filter, parts) }),
      ...(chosen !== undefined && { ProjectionExpression: this.#projection(chosen) }),
      ...(reverse === true && { ScanIndexForward: false }),
      ...(consistent === true && { ConsistentRead: true }),
      ...parts.members(),
    }
  }

  /** With the keys of the index, which cursors are made of. */
  #projection(chosen: readonly string[]): string {
    const { partitionKey, sortKey } = this.#index
    const projected = projection(this.#entity, chosen, this.#parts)
    const names = [partitionKey, sortKey].filter((name) => name !== undefined)
    const keys = names.map((name) => this.#parts.name(name))
    return [...new Set([...projected.split(', '), ...keys])].join(', ')
  }

  #origin({ TableName, IndexName = '' }: QueryCommandInput): string {
    return JSON.stringify([TableName, IndexName, this.#partition, this.#sortText])
  }

  async *#pages<T>(
    { input, origin, shape }: { input: QueryCommandInput; origin: string; shape: Shape<T> },
    after: string | undefined,
    limit: number | undefined,
  ): AsyncIterable<PageRead<T>> {
    const { pageSize = limit, signal } = this.#options
    const keyNames = this.#keyNames()
    let start = after === undefined ? undefined : positionOf(readCursor(origin, after))
    do {
      const { Items = [], LastEvaluatedKey } = await this.#session.send(
        new QueryCommand({
          ...input,
          ...(start !== undefined && { ExclusiveStartKey: start }),
          ...(pageSize !== undefined && { Limit: pageSize }),
        }),
        signal,
      )
      const rows = Items.flatMap((stored) => {
        const shaped = shape(stored)
        if (shaped === undefined) return []
        const cursor = (): string => writeCursor(origin, plainPosition(pick(stored, keyNames)))
        return [{ value: shaped.value, cursor }]
      })
      start = LastEvaluatedKey
      yield {
        rows,
        cursor: start === undefined ? undefined : writeCursor(origin, plainPosition(start)),
      }
    } while (start !== undefined)
  }

  #keyNames(): readonly string[] {
    const { partitionKey, sortKey } = this.#entity.table
    const names = [partitionKey, sortKey, this.#index.partitionKey, this.#index.sortKey]
    return [...new Set(names.filter((name) => name !== undefined))]
  }
}

const pick = (item: StoredItem, names: readonly string[]): StoredItem =>
  Object.fromEntries(names.map((name) => [name, item[name] as StoredItem[string]]))

function indexOf(entity: AnyEntity, name: string): Index {
  const index = Object.hasOwn(entity.table.indexes, name) ? entity.table.indexes[name] : undefined
  if (index === undefined) throw new InvalidKeyError(`${entity.table.name} has no index ${name}.`)
  return index
}

function templateOf(entity: AnyEntity, attribute: string): KeyTemplate {
  const template = entity.templates.get(attribute)
  if (template !== undefined) return template
  throw new InvalidKeyError(`${entity.name} has no key ${attribute}.`)
}
