import { isValidationException } from '../../errors/apiError.ts'
import { transactionTooLarge } from '../../errors/transactionErrors.ts'
import type { ExpressionRequest } from '../../expressions/expressionContext.ts'
import { maxTransactionBytes } from '../../limits.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import { checkKeysNotEmpty, rowKeyOfKey } from '../../items/primaryKey.ts'
import type { Table } from '../../schema/table.ts'
import type { InvalidAction, ReadAction } from '../../transactions/writePlan.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { transactedValueRules } from '../../values/valueRules.ts'
import { readUnitsOfSize } from '../../capacity/capacityUnits.ts'
import { consumedCapacities, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { unitsOfTable, usageByName, type TableUsage } from '../../capacity/usage.ts'
import { projected, projectionPaths, type Projection } from '../../reads/projection.ts'
import { checkKeyValues } from './keyParameter.ts'
import { transactedTables } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import { compileProjectionExpression } from './projectionParameter.ts'
import { checkPathsOutsideAllKeys } from './scalarKeys.ts'
import type { Services } from '../services.ts'
import { checkDistinctItems } from './transactWriteItems.ts'

interface GetAction extends ExpressionRequest {
  readonly TableName: string
  readonly Key: AttributeMap
  readonly ProjectionExpression?: string
}

export interface TransactGetItemsRequest {
  readonly TransactItems: readonly { readonly Get: GetAction }[]
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

/** TransactGetItems: up to 100 items in one committed state; refused beside unfinished writes. */
export async function transactGetItems(
  services: Services,
  request: TransactGetItemsRequest,
): Promise<Answer> {
  const gets = request.TransactItems.map(({ Get }) => Get)
  const projections = gets.map((get) => checkGet(services, get))
  const tables = gets.map(({ TableName }) => services.catalog.tableForData(TableName))
  const bound = gets.map(({ Key }, i) => bindGet(tables[i] as Table, Key))
  checkDistinctItems(bound.map((action) => ('rowKey' in action ? action.rowKey : undefined)))
  gets.forEach(({ Key }, i) => checkKeysNotEmpty(tables[i] as Table, Key))
  const actions = bound.map((action, i) => outsideKeys(action, projections[i] as Projection))
  const images = await services.coordinator.readTransaction(actions)
  const sizeBytes = images.reduce((sum, image) => sum + (image?.sizeBytes ?? 0), 0)
  if (sizeBytes > maxTransactionBytes) throw transactionTooLarge()
  const usage = usageByName(
    images.map((image, i): TableUsage => {
      const units = unitsOfTable(2 * readUnitsOfSize(image?.sizeBytes ?? 0))
      const { TableName: name } = gets[i] as GetAction
      return { name, table: tables[i] as Table, kind: 'read', units }
    }),
  )
  return {
    response: {
      Responses: images.map((image, i) => itemResponse(image, projections[i] as Projection)),
      ConsumedCapacity: consumedCapacities(request.ReturnConsumedCapacity, usage, true),
    },
    usage,
  }
}

function checkGet(services: Services, get: GetAction): Projection {
  const projection = compileProjectionExpression(services, get, get.ProjectionExpression)
  checkKeyValues(get.Key, transactedValueRules)
  return projection
}

function bindGet(table: Table, key: AttributeMap): ReadAction | InvalidAction {
  return orInvalid(() => ({ table, rowKey: rowKeyOfKey(table, key) }))
}

/** A projection that leads into a key is a reason of its action, as with the paths of an Update. */
function outsideKeys(
  action: ReadAction | InvalidAction,
  projection: Projection,
): ReadAction | InvalidAction {
  if ('invalid' in action) return action
  return orInvalid(() => {
    checkPathsOutsideAllKeys(action.table, projectionPaths(projection))
    return action
  })
}

function orInvalid(bind: () => ReadAction): ReadAction | InvalidAction {
  try {
    return bind()
  } catch (error) {
    if (!isValidationException(error)) throw error
    return { invalid: error }
  }
}

/** A missing item and a projection that matches nothing both give `{}`. */
function itemResponse(image: ItemImage | undefined, projection: Projection): object {
  if (image === undefined) return {}
  const item = projected(image, projection)
  const isEmpty = projection.kind !== 'all' && Object.keys(item).length === 0
  return isEmpty ? {} : { Item: item }
}

export const transactGetItemsOperation: Operation<TransactGetItemsRequest> = {
  name: 'TransactGetItems',
  access: 'read',
  resources: transactedTables,
  handler: transactGetItems,
}
