import { selectOf, type PermissionContext } from '../../access/permissions/accessContext.ts'
import { usualValueRules, type ValueRules } from '../../values/valueRules.ts'
import type { Services } from '../services.ts'
import { partitionKeysOf } from './keyTexts.ts'
import { hasProjection, namedAttributes, type NamingParameters } from './namedAttributes.ts'
import type { PermissionReader } from './permissionReader.ts'

/** One item of a table, which a request reads, writes or checks. */
export interface ItemParameters extends NamingParameters {
  readonly TableName: string
  readonly ReturnValues?: string
  readonly ReturnValuesOnConditionCheckFailure?: string
  readonly ReturnConsumedCapacity?: string
}

/** The condition keys of an operation on one item, or of such an action of a transaction. */
export function itemContext(
  services: Services,
  request: ItemParameters,
  rules: ValueRules = usualValueRules,
): PermissionContext {
  const table = services.catalog.find(request.TableName)
  const { ReturnConsumedCapacity: returnConsumedCapacity } = request
  return {
    partitionKeyValues: partitionKeysOf(table, [request.Item ?? request.Key], rules) ?? [],
    attributes: namedAttributes(services, request, rules),
    select: selectOf({ hasProjection: hasProjection(request), isOfIndex: false }),
    returnValues: returnedBy(request),
    ...(returnConsumedCapacity !== undefined && { returnConsumedCapacity }),
  }
}

/**
 * All that a write may give back: what a condition that is false gives is a value of ReturnValues,
 * too (developer guide: specifying conditions).
 */
export function returnedBy({
  ReturnValues = 'NONE',
  ReturnValuesOnConditionCheckFailure: onFailure = 'NONE',
}: Pick<ItemParameters, 'ReturnValues' | 'ReturnValuesOnConditionCheckFailure'>):
  | string
  | readonly string[] {
  if (onFailure === 'NONE' || onFailure === ReturnValues) return ReturnValues
  return ReturnValues === 'NONE' ? onFailure : [ReturnValues, onFailure]
}

/** GetItem, PutItem, UpdateItem, DeleteItem. */
export const itemPermissions: PermissionReader<ItemParameters> = {
  context: (services, request) => itemContext(services, request),
}
