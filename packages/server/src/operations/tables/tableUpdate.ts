import type { AttributeDefinition, BillingMode } from '../../schema/tableRecord.ts'
import type {
  OnDemandThroughputParameter,
  ProvisionedThroughputParameter,
  WarmThroughputParameter,
} from './capacityChecks.ts'
import type { SseSpecificationParameter } from './encryptionSettings.ts'
import type { IndexUpdate } from './indexUpdates.ts'
import type { StreamSpecificationParameter } from './streamSettings.ts'
import type { VectorIndexUpdate } from './vectorIndexChecks.ts'

/** An UpdateTable request as the model lets it through. */
export interface UpdateTableRequest {
  readonly TableName: string
  /** The keys of a new index; those that the table has already may be there too. */
  readonly AttributeDefinitions?: readonly AttributeDefinition[]
  readonly BillingMode?: BillingMode
  /** Another name of BillingMode, which wins; not in AWS's model. */
  readonly TableThroughputMode?: BillingMode
  readonly ProvisionedThroughput?: ProvisionedThroughputParameter
  readonly GlobalSecondaryIndexUpdates?: readonly IndexUpdate[]
  readonly StreamSpecification?: StreamSpecificationParameter
  readonly SSESpecification?: SseSpecificationParameter
  /** Any text: see tableClass.ts. */
  readonly TableClass?: string
  readonly DeletionProtectionEnabled?: boolean
  readonly OnDemandThroughput?: OnDemandThroughputParameter
  readonly WarmThroughput?: WarmThroughputParameter
  readonly ReplicaUpdates?: readonly unknown[]
  readonly GlobalTableWitnessUpdates?: readonly object[]
  readonly MultiRegionConsistency?: string
  readonly DisassociationProtectionEnabled?: boolean
  readonly VectorIndexUpdates?: readonly VectorIndexUpdate[]
}
