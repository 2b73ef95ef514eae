import type { PermittedRequest } from '../../operations/performer.ts'
import { requestedKeys } from '../../operations/requestedKeys.ts'
import type { Table } from '../../schema/table.ts'
import type { AnyAction } from '../../transactions/writeWatcher.ts'
import { attributeOf, newAttributeMap, type AttributeMap } from '../../values/attributeValue.ts'
import type { ExplainedAction } from '../explanations/explanation.ts'

/** What an action does; undefined for one that was invalid. */
export function shownAction(
  action: AnyAction,
  asked: PermittedRequest | undefined,
  position: number,
): ExplainedAction | undefined {
  if ('invalid' in action) return undefined
  const { table } = action
  if (!('change' in action)) {
    const requested = asked && requestedKeys(asked).find((each) => each.position === position)
    const key = keyIn(table, requested?.attributes ?? newAttributeMap())
    return { action: 'Get', table: table.name, key }
  }
  return { action: action.change.kind, table: table.name, key: keyIn(table, action.key) }
}

/** The key among the attributes of an item. */
export function keyIn({ primaryKey }: Table, attributes: AttributeMap): AttributeMap {
  const { partitionKey, sortKey } = primaryKey
  const key = newAttributeMap()
  for (const { name } of sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]) {
    const value = attributeOf(attributes, name)
    if (value !== undefined) key[name] = value
  }
  return key
}
