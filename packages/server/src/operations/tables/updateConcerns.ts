import {
  globalTablesUnsupported,
  indexChangedWith,
  indexCreatedWithWarmThroughput,
  indexListEmpty,
  modificationNotAlone,
  nothingToUpdate,
  onDemandThroughputNotAlone,
  streamChangedWithCapacity,
  warmThroughputNotAlone,
  type SoleChange,
  type UpdateMember,
} from '../../errors/tableSettingErrors.ts'
import { billingModeOf } from './tableCreation.ts'
import type { UpdateTableRequest } from './tableUpdate.ts'

/** What an UpdateTable can change; not all of it is in AWS's list of what one must ask for. */
type UpdateConcern = UpdateMember | 'VectorIndexUpdates' | 'DisassociationProtectionEnabled'

/** Changes that come alone, in the order in which they are named when several are there. */
const soleChanges: readonly (readonly [UpdateConcern, SoleChange])[] = [
  ['SSESpecification', 'Server-Side Encryption'],
  ['TableClass', 'TableClass'],
  ['DeletionProtectionEnabled', 'DeletionProtection'],
  ['DisassociationProtectionEnabled', 'DisassociationProtection'],
]

/**
 * Checks that an UpdateTable asks for something, and for no more than can be changed at once
 * (behaviour digest 5). Throws ValidationException.
 */
export function checkConcerns(request: UpdateTableRequest): void {
  const concerns = concernsOf(request)
  checkSingleRegion(request, concerns)
  if (concerns.size === 0) throw nothingToUpdate(emptyMembers(request))
  if (request.GlobalSecondaryIndexUpdates?.length === 0) {
    throw indexListEmpty('GlobalSecondaryIndexUpdates')
  }
  if (concerns.size > 1) checkTogether(request, concerns)
}

/** What a request asks to change. A list or structure with nothing in it asks for nothing. */
function concernsOf(request: UpdateTableRequest): ReadonlySet<UpdateConcern> {
  const members: readonly (readonly [UpdateConcern, boolean])[] = [
    ['ProvisionedThroughput', request.ProvisionedThroughput !== undefined],
    ['BillingMode', billingModeOf(request) !== undefined],
    ['UpdateStreamEnabled', request.StreamSpecification !== undefined],
    ['GlobalSecondaryIndexUpdates', isFilled(request.GlobalSecondaryIndexUpdates)],
    ['SSESpecification', request.SSESpecification !== undefined],
    ['ReplicaUpdates', isFilled(request.ReplicaUpdates)],
    ['DeletionProtectionEnabled', request.DeletionProtectionEnabled !== undefined],
    ['OnDemandThroughput', isFilled(request.OnDemandThroughput)],
    ['WarmThroughput', isFilled(request.WarmThroughput)],
    ['TableClass', request.TableClass !== undefined],
    ['VectorIndexUpdates', isFilled(request.VectorIndexUpdates)],
    ['DisassociationProtectionEnabled', request.DisassociationProtectionEnabled !== undefined],
  ]
  return new Set(members.filter(([, present]) => present).map(([member]) => member))
}

function isFilled(value: object | undefined): boolean {
  return value !== undefined && Object.keys(value).length > 0
}

/** Members that ask for nothing by themselves, but are there. */
function emptyMembers(request: UpdateTableRequest): UpdateMember[] {
  const members = ['MultiRegionConsistency', 'OnDemandThroughput', 'WarmThroughput'] as const
  return members.filter((member) => request[member] !== undefined)
}

function checkSingleRegion(
  request: UpdateTableRequest,
  concerns: ReadonlySet<UpdateConcern>,
): void {
  if (concerns.has('ReplicaUpdates')) throw globalTablesUnsupported('ReplicaUpdates')
  if (isFilled(request.GlobalTableWitnessUpdates?.[0])) {
    throw globalTablesUnsupported('GlobalTableWitnessUpdates')
  }
  if (request.MultiRegionConsistency !== undefined && concerns.size > 0) {
    throw globalTablesUnsupported('MultiRegionConsistency')
  }
}

function checkTogether(request: UpdateTableRequest, concerns: ReadonlySet<UpdateConcern>): void {
  for (const [member, change] of soleChanges) {
    if (concerns.has(member)) throw modificationNotAlone(change)
  }
  const updates = request.GlobalSecondaryIndexUpdates ?? []
  if (concerns.has('WarmThroughput')) {
    const creates = updates.some(({ Create }) => Create !== undefined)
    throw creates ? indexCreatedWithWarmThroughput() : warmThroughputNotAlone()
  }
  if (concerns.has('OnDemandThroughput')) {
    if (concerns.size > 2 || !concerns.has('BillingMode')) throw onDemandThroughputNotAlone()
  }
  const changesCapacity =
    concerns.has('ProvisionedThroughput') || billingModeOf(request) === 'PROVISIONED'
  const changesStream = concerns.has('UpdateStreamEnabled')
  if (changesStream && changesCapacity) throw streamChangedWithCapacity()
  const changesIndexes = updates.some(({ Create, Delete }) => (Create ?? Delete) !== undefined)
  if (changesIndexes && changesCapacity) throw indexChangedWith('capacity')
  const changesAnyIndex = changesIndexes || concerns.has('VectorIndexUpdates')
  if (changesAnyIndex && changesStream) throw indexChangedWith('stream')
}
