import type { ItemWrite } from '../../isolation/history.ts'
import type { Item } from '../../model/attributes.ts'
import type { Condition } from '../../model/conditions.ts'
import type { Update, UpdateAction } from '../../model/updates.ts'
import type { Action, ReturnValues, SingleWrite } from '../../model/writes.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'
import type { Intent } from './intent.ts'
import { countName, logName, logValue, type SharedItem } from './tables.ts'

/** A write, as the server and the model do it and as the history has it. */
export interface LoggedAction {
  readonly action: Action
  /** Undefined for a mere check. */
  readonly write: ItemWrite | undefined
}

export const isThere: Condition = { kind: 'attribute_exists', path: ['pk'] }
export const isAbsent: Condition = { kind: 'attribute_not_exists', path: ['pk'] }

const appended = (ids: readonly string[]): UpdateAction => ({
  clause: 'SET',
  path: [logName],
  value: {
    kind: 'list_append',
    left: {
      kind: 'if_not_exists',
      path: [logName],
      otherwise: { kind: 'value', value: { L: [] } },
    },
    right: { kind: 'value', value: logValue(ids) },
  },
})

/** Other attributes that an append may change: a count, a set, and the keys of indexes. */
function alongside(random: SeededRandom): Update {
  const update: UpdateAction[] = []
  if (random.chance(0.5)) update.push({ clause: 'ADD', path: [countName], value: { N: '1' } })
  if (random.chance(0.3)) {
    const member = `m${random.below(9)}`
    update.push({ clause: 'ADD', path: ['t'], value: { SS: [member] } })
  }
  if (random.chance(0.4)) {
    const value = { kind: 'value', value: { S: `g${random.below(3)}` } } as const
    update.push(
      random.chance(0.7)
        ? { clause: 'SET', path: ['g'], value }
        : { clause: 'REMOVE', path: ['g'] },
    )
  }
  if (random.chance(0.3)) {
    const value = { kind: 'value', value: { N: String(random.below(3)) } } as const
    update.push({ clause: 'SET', path: ['h'], value })
  }
  return update
}

/** Appends ids to the log of an item, which comes into being if it is absent. */
export function append(
  item: SharedItem,
  ids: readonly string[],
  random: SeededRandom,
  condition?: Condition,
): LoggedAction {
  const update = [appended(ids), ...alongside(random)]
  return updateOf(item, ids, update, { ...(condition !== undefined && { condition }), random })
}

function updateOf(
  item: SharedItem,
  ids: readonly string[],
  update: Update,
  more: { readonly condition?: Condition; readonly random: SeededRandom },
): LoggedAction {
  const { random, condition } = more
  const action: Action = {
    kind: 'Update',
    table: item.definition.name,
    key: item.key,
    update,
    showOld: random.chance(0.5),
    ...(condition !== undefined && { condition }),
  }
  return { action, write: { key: item.name, versions: ids } }
}

/** Adds `amount` to the balance of an account that has at least `atLeast`. */
export function transferTo(
  item: SharedItem,
  ids: readonly string[],
  { amount, atLeast, random }: { amount: number; atLeast: number; random: SeededRandom },
): LoggedAction {
  const change: UpdateAction = { clause: 'ADD', path: ['b'], value: { N: String(amount) } }
  const condition: Condition = {
    kind: 'compare',
    comparator: '>=',
    left: { kind: 'path', path: ['b'] },
    right: { kind: 'value', value: { N: String(atLeast) } },
  }
  return updateOf(item, ids, [appended(ids), change], { random, condition })
}

/** Puts an item where none is. */
export function insert(
  item: SharedItem,
  ids: readonly string[],
  random: SeededRandom,
  attributes: Item = {},
): LoggedAction {
  const action: Action = {
    kind: 'Put',
    table: item.definition.name,
    item: { ...item.key, ...attributes, [logName]: logValue(ids) },
    condition: isAbsent,
    showOld: random.chance(0.5),
  }
  return { action, write: { key: item.name, versions: ids, before: [] } }
}

/** Replaces an item that is still as it was seen. */
export function rewrite(
  item: SharedItem,
  ids: readonly string[],
  seen: readonly string[],
  random: SeededRandom,
): LoggedAction {
  if (seen.length === 0) return insert(item, ids, random)
  const action: Action = {
    kind: 'Put',
    table: item.definition.name,
    item: {
      ...item.key,
      [logName]: logValue([...seen, ...ids]),
      ...(random.chance(0.5) && { g: { S: `g${random.below(3)}` } }),
    },
    condition: {
      kind: 'compare',
      comparator: '=',
      left: { kind: 'path', path: [logName] },
      right: { kind: 'value', value: logValue(seen) },
    },
    showOld: random.chance(0.5),
  }
  return { action, write: { key: item.name, versions: ids, before: seen } }
}

/** Deletes an item; `id` names the deletion. */
export function remove(
  item: SharedItem,
  id: string,
  random: SeededRandom,
  condition?: Condition,
): LoggedAction {
  const action: Action = {
    kind: 'Delete',
    table: item.definition.name,
    key: item.key,
    showOld: random.chance(0.5),
    ...(condition !== undefined && { condition }),
  }
  return { action, write: { key: item.name, versions: [id], deletes: true } }
}

export function check(item: SharedItem, condition: Condition, random: SeededRandom): LoggedAction {
  const action: Action = {
    kind: 'ConditionCheck',
    table: item.definition.name,
    key: item.key,
    condition,
    showOld: random.chance(0.5),
  }
  return { action, write: undefined }
}

const sign = { Put: ':=', Update: '+=', Delete: 'deleted', ConditionCheck: '?' } as const

/** One action for people: `Lists/a += 3.1`. */
export function actionText({ action, write }: LoggedAction): string {
  const name = write?.key ?? `${action.table} ${JSON.stringify((action as { key: Item }).key)}`
  const guard = action.condition === undefined ? '' : ` if ${action.condition.kind}`
  return `${name} ${sign[action.kind]} ${write?.versions.join(',') ?? ''}${guard}`
}

export function single(logged: LoggedAction, random: SeededRandom): Intent {
  const { action, write } = logged
  const operation: SingleWrite = {
    kind: 'SingleWrite',
    action,
    returnValues: random.pick(returnValuesOf(action)),
    capacity: action.table === 'Sorted' ? random.pick(['NONE', 'TOTAL', 'INDEXES']) : 'NONE',
    metrics: random.chance(0.2),
  }
  const description = `${action.kind}Item(${actionText(logged)}) ${operation.returnValues}`
  const writes = write === undefined ? [] : [write]
  return { operation, parts: [{ description, level: 'serializable', writes }] }
}

function returnValuesOf({ kind }: Action): readonly ReturnValues[] {
  return kind === 'Update'
    ? ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']
    : ['NONE', 'ALL_OLD']
}
