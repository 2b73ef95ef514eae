import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { check, type Checked } from '../actions/check.ts'
import { deleteItem, deleteRequest, type DeleteOptions } from '../actions/deleteItem.ts'
import {
  get,
  getRequest,
  itemRead,
  type Get,
  type GetOptions,
  type ReadOf,
} from '../actions/get.ts'
import { insert, put, putRequest, type Put, type PutOptions } from '../actions/put.ts'
import { update, updateRequest, type UpdateOptions } from '../actions/update.ts'
import { batchGet, type BatchOptions, type ItemsOfGets } from '../batches/batchGet.ts'
import { batchWrite, type BatchAction } from '../batches/batchWrite.ts'
import type { Canceled } from '../errors/transactionCanceledError.ts'
import type { Changes } from '../expressions/updateExpression.ts'
import {
  query,
  queryCollection,
  queryPrefix,
  type CollectionOptions,
  type QueryOptions,
  type RangeOptions,
  type Tagged,
} from '../reads/query.ts'
import type { Results } from '../reads/results.ts'
import { scan, type ScanOptions } from '../reads/scan.ts'
import type { Attempt } from '../retries/attempt.ts'
import type {
  AnyEntity,
  AttributesOf,
  IndexesOf,
  ItemInputOf,
  ItemOf,
  KeyOf,
  PartitionOf,
  SortPrefixOf,
} from '../schema/entity.ts'
import { Session, type ClientOptions } from '../session/session.ts'
import {
  transactGet,
  type GetReasonsOf,
  type Gets,
  type ItemsOf,
  type TransactGetOptions,
} from '../transactions/transactGet.ts'
import {
  transactWrite,
  type ReasonsOf,
  type TransactWriteOptions,
  type WriteActions,
} from '../transactions/transactWrite.ts'
import { singleCheck, singleWrite, type Write } from './singleWrite.ts'

/** What single requests can be told besides. */
export interface SendOptions {
  readonly signal?: AbortSignal
}

/** Which image of the item a write gives back. */
export interface Returning<Image extends string> {
  /**
   * `old`: the item as it was before, if there was one. `new`: as it is after. Without it nothing.
   */
  readonly returns?: Image
}

/** What a write gives back that was told to return an image. */
export type Returned<E, Image> = [Image] extends [never]
  ? void
  : Image extends 'new'
    ? ItemOf<E>
    : ItemOf<E> | undefined

/**
 * A client for the entities of tables, on a client of the AWS SDK for JavaScript v3, whose errors
 * pass through where nothing is said of others. Made by `createClient`.
 */
export class TableClient {
  readonly #session: Session

  constructor(sdk: DynamoDBClient, options: ClientOptions = {}) {
    this.#session = new Session(sdk, options)
  }

  /**
   * Reads an item by its key; `undefined` if there is none.
   * @throws StoredItemError when the item is not as its entity declares it
   */
  async get<E extends AnyEntity, const Names extends keyof AttributesOf<E> = never>(
    entity: E,
    key: KeyOf<E>,
    options: GetOptions<E, Names> & SendOptions = {},
  ): Promise<ReadOf<E, Names> | undefined> {
    const action: Get = get(entity, key, options)
    const { Item } = await this.#session.send(
      new GetItemCommand({
        ...getRequest(action, this.#session),
        ...(action.isConsistent && { ConsistentRead: true }),
      }),
      options.signal,
    )
    return Item === undefined ? undefined : (itemRead(action, Item) as ReadOf<E, Names>)
  }

  /** Writes a new item; fails with ConditionFailedError if there is one with the same key. */
  insert<E extends AnyEntity>(
    entity: E,
    item: ItemInputOf<E>,
    options: SendOptions = {},
  ): Write<E> {
    return this.#put<E, void>(insert(entity, item), undefined, options.signal)
  }

  /**
   * Writes an item, in place of one with the same key unless `allowOverwrite` is `false`.
   * Fails with ConditionFailedError.
   */
  put<E extends AnyEntity, const Image extends 'old' = never>(
    entity: E,
    item: ItemInputOf<E>,
    options: PutOptions<E> & Returning<Image> & SendOptions = {},
  ): Write<E, Returned<E, Image>> {
    return this.#put(put(entity, item, options), options.returns, options.signal)
  }

  #put<E extends AnyEntity, Result>(
    action: Put<E>,
    image: 'old' | undefined,
    signal: AbortSignal | undefined,
  ): Write<E, Result> {
    const session = this.#session
    const { entity, item: values } = action
    return singleWrite(session, { entity, values, image, signal }, (told) =>
      session.send(new PutItemCommand({ ...putRequest(action, session), ...told }), signal),
    )
  }

  /**
   * Changes attributes of an item, which is made if it is not there and `mustExist` is not said.
   * Fails with ConditionFailedError.
   */
  update<E extends AnyEntity, const Image extends 'old' | 'new' = never>(
    entity: E,
    key: KeyOf<E>,
    changes: Changes<E>,
    options: UpdateOptions<E> & Returning<Image> & SendOptions = {},
  ): Write<E, Returned<E, Image>> {
    const session = this.#session
    const action = update(entity, key, changes, options)
    const { returns: image, signal } = options
    return singleWrite(session, { entity, values: action.key, image, signal }, (told) =>
      session.send(new UpdateItemCommand({ ...updateRequest(action, session), ...told }), signal),
    )
  }

  /**
   * Deletes an item, or does nothing if there is none and `idempotent` is not `false`.
   * Fails with ConditionFailedError.
   */
  delete<E extends AnyEntity, const Image extends 'old' = never>(
    entity: E,
    key: KeyOf<E>,
    options: DeleteOptions<E> & Returning<Image> & SendOptions = {},
  ): Write<E, Returned<E, Image>> {
    const session = this.#session
    const action = deleteItem(entity, key, options)
    const { returns: image, signal } = options
    return singleWrite(session, { entity, values: action.key, image, signal }, (told) =>
      session.send(new DeleteItemCommand({ ...deleteRequest(action, session), ...told }), signal),
    )
  }

  /**
   * Fails with ConditionFailedError unless the item is what is wanted of it. Costs what a
   * transaction of one action does.
   */
  check<E extends AnyEntity>(
    entity: E,
    key: KeyOf<E>,
    wanted: Checked<E>,
    options: SendOptions = {},
  ): Write<E> {
    return singleCheck(this.#session, check(entity, key, wanted), options.signal)
  }

  /**
   * The items of an entity in one partition of the table or of an index, in the order of their
   * sort keys.
   */
  query<
    E extends AnyEntity,
    const I extends IndexesOf<E> | undefined = undefined,
    const Names extends keyof AttributesOf<E> = never,
  >(
    entity: E,
    partition: PartitionOf<E, I>,
    options: RangeOptions<E, I, Names> = {},
  ): Results<ReadOf<E, Names>> {
    return query(this.#session, entity, partition, options)
  }

  /** Those whose sort key begins with values, the last of which may be the beginning of one. */
  queryPrefix<
    E extends AnyEntity,
    const I extends IndexesOf<E> | undefined = undefined,
    const Names extends keyof AttributesOf<E> = never,
  >(
    entity: E,
    partition: PartitionOf<E, I>,
    prefix: SortPrefixOf<E, I>,
    options: QueryOptions<E, I, Names> = {},
  ): Results<ReadOf<E, Names>> {
    return queryPrefix(this.#session, entity, partition, { prefix, options })
  }

  /**
   * The items of several entities in one partition that they share, each with the name of its
   * entity.
   */
  queryCollection<E extends AnyEntity, const I extends IndexesOf<E> | undefined = undefined>(
    entities: readonly E[],
    partition: PartitionOf<E, I>,
    options: CollectionOptions<I> = {},
  ): Results<Tagged<E>> {
    return queryCollection(this.#session, entities, partition, options)
  }

  /**
   * All items of some entities of one table, each with the name of its entity, in no order that
   * means anything.
   */
  scan<E extends AnyEntity>(entities: readonly E[], options: ScanOptions = {}): Results<Tagged<E>> {
    return scan(this.#session, entities, options)
  }

  /**
   * Reads any number of items, each by itself: not all at one moment. What DynamoDB leaves
   * unprocessed is asked for again.
   * @returns at each place the item of the read there, `undefined` if there is none
   * @throws UnprocessedError
   */
  batchGet<const G extends readonly Get[]>(
    gets: G,
    options: BatchOptions = {},
  ): Promise<ItemsOfGets<G>> {
    return batchGet(this.#session, gets, options)
  }

  /**
   * Writes any number of items, each by itself. What DynamoDB leaves unprocessed is sent again.
   * @throws UnprocessedError, with some items written; RefusedError for two actions about one item
   */
  batchWrite(actions: readonly BatchAction[], options: BatchOptions = {}): Promise<void> {
    return batchWrite(this.#session, actions, options)
  }

  /**
   * Performs all actions or none. A conflict or a throttle is tried again, with the same token; a
   * condition that failed never.
   * @throws TransactionCanceledError, RefusedError
   */
  transactWrite<const A extends WriteActions>(
    actions: A,
    options: TransactWriteOptions = {},
  ): Attempt<void, Canceled<ReasonsOf<A>>> {
    return transactWrite(this.#session, actions, options)
  }

  /**
   * Reads all items as they are at one moment. A conflict or a throttle is tried again.
   * @throws TransactionCanceledError, RefusedError
   */
  transactGet<const G extends Gets>(
    gets: G,
    options: TransactGetOptions = {},
  ): Attempt<ItemsOf<G>, Canceled<GetReasonsOf<G>>> {
    return transactGet(this.#session, gets, options)
  }
}

/**
 * A client for the entities of tables.
 * @param sdk a client of the AWS SDK for JavaScript v3; it stays the program's own, to be
 *   configured and destroyed
 */
export function createClient(sdk: DynamoDBClient, options: ClientOptions = {}): TableClient {
  return new TableClient(sdk, options)
}
