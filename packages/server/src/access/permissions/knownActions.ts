import { compilePattern } from '../policies/arnPattern.ts'
import { textParts } from '../policies/policyText.ts'
import {
  operationPermissions,
  statementActions,
  type OperationPermissions,
  type ResourceSource,
} from './operationPermissions.ts'

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

/** What has a policy of its own. */
export type PolicyOwnerKind = 'table' | 'stream'

/** The permission-only actions that are about tables. */
const replicationActions = ['ReadDataForReplication', 'InjectError']

/** On what the actions of an operation are checked. */
function checkedOn(permissions: OperationPermissions): readonly [string, ResourceSource][] {
  if (permissions.kind === 'rules') return permissions.rules.map(({ action, on }) => [action, on])
  if (permissions.kind === 'statements') return []
  return Object.values(permissions.actions).map((action) => [action, 'table'])
}

const ownersBySource = (source: ResourceSource): readonly PolicyOwnerKind[] => {
  if (source === 'all') return []
  if (source === 'resourceArn') return ['table', 'stream']
  return source === 'stream' || source === 'streamOfIterator' ? ['stream'] : ['table']
}

/** The actions that are checked on a table or what belongs to it, and those on a stream. */
const actionsByOwner = ((): Readonly<Record<PolicyOwnerKind, ReadonlySet<string>>> => {
  const found = { table: new Set<string>(), stream: new Set<string>() }
  for (const permissions of operationPermissions.values()) {
    for (const [action, source] of checkedOn(permissions)) {
      for (const owner of ownersBySource(source)) found[owner].add(action)
    }
  }
  for (const action of Object.values(statementActions)) found.table.add(action)
  for (const action of replicationActions) found.table.add(action)
  return found
})()

const lowerAction = (action: string): string => `dynamodb:${action.toLowerCase()}`
const lowerActions = knownActions.map(lowerAction)
const lowerActionsByOwner: Readonly<Record<PolicyOwnerKind, readonly string[]>> = {
  table: [...actionsByOwner.table].map(lowerAction),
  stream: [...actionsByOwner.stream].map(lowerAction),
}

/**
 * Whether a pattern of a policy, such as `dynamodb:Get*`, names any action of DynamoDB, in the
 * policy of a table or a stream any that is checked on such a one.
 */
export function namesKnownAction(pattern: string, owner?: PolicyOwnerKind): boolean {
  const parts = textParts(pattern.toLowerCase(), { variables: false, wildcards: true }) ?? []
  const test = compilePattern(parts)
  const actions = owner === undefined ? lowerActions : lowerActionsByOwner[owner]
  return actions.some((action) => test(action, { valueOf: () => undefined }) === true)
}
