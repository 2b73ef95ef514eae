import type { PolicyOwnerName } from '../../errors/resourcePolicyErrors.ts'
import { streamNotFound } from '../../errors/streamErrors.ts'
import { tableInUse, tableNotFound } from '../../errors/tableErrors.ts'
import type { PolicyOwner } from '../../schema/resourceNames.ts'
import type { PolicySettings, TableRecord } from '../../schema/tableRecord.ts'
import type { PermissionReader } from '../access/permissionReader.ts'
import type { NamedResource } from '../namedResources.ts'
import type { Services } from '../services.ts'

/** The table or the stream of ResourceArn. */
export function policyResource({
  ResourceArn: arn,
}: {
  readonly ResourceArn?: string
}): readonly NamedResource[] {
  if (arn === undefined) return []
  return [
    arn.includes('/stream/') ? { kind: 'stream', stream: arn } : { kind: 'table', table: arn },
  ]
}

/** The table or the stream whose policy a request is about. */
export interface PolicyTarget {
  readonly owner: PolicyOwner
  /** As the server itself gives it. */
  readonly arn: string
  readonly name: PolicyOwnerName
}

/** The target of a ResourceArn, there or not. Throws ValidationException for any other. */
export function policyTarget({ catalog }: Pick<Services, 'catalog'>, text: string): PolicyTarget {
  const { names } = catalog
  const owner = names.policyOwner(text)
  const { kind, tableName } = owner
  if (owner.kind === 'table') {
    return { owner, arn: names.tableArn(tableName), name: { kind, name: tableName } }
  }
  const arn = names.streamArn(tableName, owner.label)
  return { owner, arn, name: { kind, name: arn } }
}

/** Everybody is told of ARNs that have no policy in this account (behaviour digest 5). */
export const policyPermissions: PermissionReader<{ readonly ResourceArn: string }> = {
  admit: (services, { ResourceArn }) => void policyTarget(services, ResourceArn),
}

/** What is known of a target's policy. Throws ResourceNotFoundException. */
export async function readSettings(
  { catalog, streams }: Pick<Services, 'catalog' | 'streams'>,
  { owner, arn }: PolicyTarget,
): Promise<PolicySettings | undefined> {
  if (owner.kind === 'table') return catalog.tableForControl(owner.tableName).record.policySettings
  const stream = await streams.find(owner)
  if (stream === undefined) throw streamNotFound(arn)
  return stream.policySettings
}

type ReviseSettings = (settings: PolicySettings | undefined) => PolicySettings | undefined

/**
 * Changes a target's policy, in one commit, by what `revise` makes of what is known of it; it may
 * be asked again, of others. An error that it throws is the caller's. Throws
 * ResourceNotFoundException, ResourceInUseException.
 */
export async function changeSettings(
  { catalog }: Pick<Services, 'catalog'>,
  { owner, arn }: PolicyTarget,
  revise: ReviseSettings,
): Promise<void> {
  const withPolicy = <Record extends WithSettings>(record: Record): Record => {
    const policySettings = revise(record.policySettings)
    return policySettings === undefined ? record : { ...record, policySettings }
  }
  if (owner.kind === 'stream') {
    if (!(await catalog.amendStream(owner, withPolicy))) throw streamNotFound(arn)
    return
  }
  const table = catalog.find(owner.tableName)
  if (table === undefined) throw tableNotFound(owner.tableName)
  await catalog.amend(table, (record) => {
    checkChangeable(record)
    return withPolicy(record)
  })
}

interface WithSettings {
  readonly policySettings?: PolicySettings
}

/** A policy cannot be changed before the table is there or after it began to go. */
function checkChangeable({ status, tableName }: TableRecord): void {
  if (status === 'CREATING') throw tableInUse('created', tableName)
  if (status === 'DELETING') throw tableInUse('deleted', tableName)
}
