import type { PermissionContext } from '../../access/permissions/accessContext.ts'
import { transactedValueRules } from '../../values/valueRules.ts'
import { itemContext, type ItemParameters } from './itemPermissions.ts'
import type { PermissionReader } from './permissionReader.ts'

interface Transaction {
  readonly TransactItems: readonly object[]
  readonly ReturnConsumedCapacity?: string
}

/** Which member of an entry asks for an action. */
const memberOfAction: Readonly<Record<string, string>> = {
  'dynamodb:ConditionCheckItem': 'ConditionCheck',
  'dynamodb:DeleteItem': 'Delete',
  'dynamodb:GetItem': 'Get',
  'dynamodb:PutItem': 'Put',
  'dynamodb:UpdateItem': 'Update',
}

/** The entries of a transaction, each by itself. */
export const transactionPermissions = (
  enclosingOperation: 'TransactGetItems' | 'TransactWriteItems',
): PermissionReader<Transaction> => ({
  context(services, request, { action, entry = 0 }): PermissionContext {
    const members = request.TransactItems[entry] as Readonly<Record<string, ItemParameters>>
    const parameters = members[memberOfAction[action] ?? ''] as ItemParameters
    const { ReturnConsumedCapacity } = request
    const whole = ReturnConsumedCapacity === undefined ? {} : { ReturnConsumedCapacity }
    const item = { ...parameters, ...whole }
    return { ...itemContext(services, item, transactedValueRules), enclosingOperation }
  },
})
