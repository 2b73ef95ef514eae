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
