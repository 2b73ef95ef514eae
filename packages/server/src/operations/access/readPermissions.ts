import { selectOf, type PermissionContext } from '../../access/permissions/accessContext.ts'
import {
  createExpressionContext,
  type ExpressionRequest,
} from '../../expressions/expressionContext.ts'
import {
  compileKeyClauses,
  readKeyClauses,
  type KeyAttributeCondition,
} from '../../expressions/keyCondition.ts'
import { compileKeyConditions } from '../../expressions/legacyKeyConditions.ts'
import { keySchemaOf } from '../../reads/readTarget.ts'
import { findIndex } from '../../schema/table.ts'
import type { Services } from '../services.ts'
import { keyTexts } from './keyTexts.ts'
import { hasProjection, namedAttributes, type NamingParameters } from './namedAttributes.ts'
import type { PermissionReader } from './permissionReader.ts'

/** Items of a table or an index, which a request looks for. */
interface ReadParameters extends Omit<NamingParameters, 'KeyConditions'> {
  readonly TableName: string
  readonly IndexName?: string
  readonly Select?: string
  readonly KeyConditions?: Parameters<typeof compileKeyConditions>[0]
  readonly ReturnConsumedCapacity?: string
}

/** Query and Scan. */
export const readPermissions: PermissionReader<ReadParameters> = {
  context(services, request): PermissionContext {
    const { ReturnConsumedCapacity: returnConsumedCapacity, IndexName, Select } = request
    return {
      partitionKeyValues: queriedKeys(services, request),
      attributes: namedAttributes(services, request),
      select: selectOf({
        select: Select,
        hasProjection: hasProjection(request),
        isOfIndex: IndexName !== undefined,
      }),
      ...(returnConsumedCapacity !== undefined && { returnConsumedCapacity }),
    }
  },
}

/** What a query sets the partition keys equal to, of the index if it is one of an index. */
function queriedKeys(services: Services, request: ReadParameters): string[][] {
  const { TableName, IndexName } = request
  const table = services.catalog.find(TableName)
  if (table === undefined) return []
  const index = IndexName === undefined ? undefined : findIndex(table, IndexName)
  if (IndexName !== undefined && index === undefined) return []
  const conditions = keyConditionsOf(services, request)
  return keySchemaOf({ table, index }).partitionKeys.map(({ name }) => {
    const equality = conditions.find((each) => each.name === name && each.operator === '=')
    return keyTexts(equality?.values ?? [])
  })
}

/** What a query asks of the attributes of keys. */
export function keyConditionsOf(
  services: Services,
  request: Pick<ReadParameters, 'KeyConditionExpression' | 'KeyConditions'> & ExpressionRequest,
): readonly KeyAttributeCondition[] {
  const { KeyConditionExpression, KeyConditions } = request
  if (KeyConditionExpression !== undefined) {
    const context = createExpressionContext(request, services)
    return compileKeyClauses(readKeyClauses(KeyConditionExpression, context)).conditions
  }
  return KeyConditions === undefined ? [] : compileKeyConditions(KeyConditions).conditions
}
