import { compilePattern } from '../policies/arnPattern.ts'
import { textParts } from '../policies/policyText.ts'
import { operationPermissions, statementActions } from './operationPermissions.ts'

/** Actions that no operation here needs (service authorization reference). */
const permissionOnly = [
  'DescribeReservedCapacity',
  'DescribeReservedCapacityOfferings',
  'GetAbacStatus',
  'InjectError',
  'PurchaseReservedCapacityOfferings',
  'ReadDataForReplication',
  'RestoreTableFromAwsBackup',
  'StartAwsBackupJob',
  'UpdateAbacStatus',
  'UpdateGlobalTableVersion',
]

/** Every action of DynamoDB that a policy can name, without its prefix, in order. */
export const knownActions: readonly string[] = [
  ...new Set([
    ...[...operationPermissions.values()].flatMap((permissions) => {
      if (permissions.kind === 'rules') return permissions.rules.map(({ action }) => action)
      return permissions.kind === 'transaction' ? Object.values(permissions.actions) : []
    }),
    ...Object.values(statementActions),
    ...permissionOnly,
  ]),
].sort()

const lowerActions = knownActions.map((action) => `dynamodb:${action.toLowerCase()}`)

/** Whether a pattern of a policy, such as `dynamodb:Get*`, names any action of DynamoDB. */
export function namesKnownAction(pattern: string): boolean {
  const parts = textParts(pattern.toLowerCase(), { variables: false, wildcards: true }) ?? []
  const test = compilePattern(parts)
  return lowerActions.some((action) => test(action, { valueOf: () => undefined }) === true)
}
