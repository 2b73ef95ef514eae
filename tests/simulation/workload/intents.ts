import type { ItemWrite } from '../../isolation/history.ts'
import type { Item } from '../../model/attributes.ts'
import type { BatchGetItem, BatchWriteItem } from '../../model/batches.ts'
import type { GetItem } from '../../model/reads.ts'
import type { TransactGetItems, TransactWriteItems } from '../../model/transactions.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'
import { actionText, type LoggedAction } from './actions.ts'
import type { Intent } from './intent.ts'
import type { SharedItem } from './tables.ts'

export function transaction(actions: readonly LoggedAction[], token: string | undefined): Intent {
  const operation: TransactWriteItems = {
    kind: 'TransactWriteItems',
    actions: actions.map(({ action }) => action),
    capacity: 'NONE',
    ...(token !== undefined && { token }),
  }
  const texts = actions.map(actionText).join(', ')
  const description = `TransactWriteItems(${texts})${token === undefined ? '' : ` token ${token}`}`
  const writes = actions.map(({ write }) => write).filter((write) => write !== undefined)
  const levels = { level: 'serializable', levelWhenRefused: 'readCommitted' } as const
  return { operation, parts: [{ description, ...levels, writes }] }
}

export function getItem(item: SharedItem, consistent: boolean): Intent {
  const { definition, key, name } = item
  const operation: GetItem = {
    kind: 'GetItem',
    table: definition.name,
    key,
    consistent,
    capacity: 'TOTAL',
  }
  const description = `GetItem(${name})${consistent ? ' consistent' : ''}`
  const level = consistent ? 'serializable' : 'readCommitted'
  return { operation, parts: [{ description, level, writes: [] }] }
}

export function transactGet(items: readonly SharedItem[]): Intent {
  const operation: TransactGetItems = {
    kind: 'TransactGetItems',
    gets: items.map(({ definition, key }) => ({ table: definition.name, key })),
    capacity: 'TOTAL',
  }
  const description = `TransactGetItems(${items.map(({ name }) => name).join(', ')})`
  return { operation, parts: [{ description, level: 'serializable', writes: [] }] }
}

export function batchGet(items: readonly SharedItem[], random: SeededRandom): Intent {
  const tables = new Map<string, Item[]>()
  for (const { definition, key } of items) {
    tables.set(definition.name, [...(tables.get(definition.name) ?? []), key])
  }
  const operation: BatchGetItem = {
    kind: 'BatchGetItem',
    reads: [...tables].map(([table, keys]) => ({ table, keys, consistent: random.chance(0.5) })),
    capacity: 'TOTAL',
  }
  const description = `BatchGetItem(${items.map(({ name }) => name).join(', ')})`
  return { operation, parts: [{ description, level: 'readCommitted', writes: [] }] }
}

/** A put of an item that nobody else writes, or a deletion. */
export interface BatchedWrite {
  readonly item: SharedItem
  readonly id: string
  /** What is put; undefined for a deletion. */
  readonly put: Item | undefined
}

export function batchWrite(writes: readonly BatchedWrite[]): Intent {
  const tables = new Map<string, BatchWriteItem['writes'][number]['requests'][number][]>()
  for (const { item, put } of writes) {
    const requests = tables.get(item.definition.name) ?? []
    tables.set(item.definition.name, requests)
    requests.push(
      put === undefined ? { kind: 'Delete', key: item.key } : { kind: 'Put', item: put },
    )
  }
  const operation: BatchWriteItem = {
    kind: 'BatchWriteItem',
    writes: [...tables].map(([table, requests]) => ({ table, requests })),
    capacity: 'NONE',
  }
  const parts = writes.map(({ item, id, put }) => {
    const write: ItemWrite = {
      key: item.name,
      versions: [id],
      ...(put === undefined && { deletes: true }),
    }
    const sign = put === undefined ? 'deleted' : ':='
    const description = `BatchWriteItem(${item.name} ${sign} ${id})`
    return { description, level: 'serializable' as const, writes: [write] }
  })
  return { operation, parts }
}
