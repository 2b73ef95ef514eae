import type { AttributeDefinition, BillingMode, TableClass } from '../../schema/tableRecord.ts'
import type {
  OnDemandThroughputParameter,
  ProvisionedThroughputParameter,
  WarmThroughputParameter,
} from './capacityChecks.ts'
import type { SseSpecificationParameter } from './encryptionSettings.ts'
import type { IndexUpdate } from './indexUpdates.ts'
import type { StreamSpecificationParameter } from './streamSettings.ts'

/** An UpdateTable request as the model lets it through. */
export interface UpdateTableRequest {
  readonly TableName: string
  /** The keys of a new index; those that the table has already may be there too. */
  readonly AttributeDefinitions?: readonly AttributeDefinition[]
  readonly BillingMode?: BillingMode
  readonly ProvisionedThroughput?: ProvisionedThroughputParameter
  readonly GlobalSecondaryIndexUpdates?: readonly IndexUpdate[]
  readonly StreamSpecification?: StreamSpecificationParameter
  readonly SSESpecification?: SseSpecificationParameter
  readonly TableClass?: TableClass
  readonly DeletionProtectionEnabled?: boolean
  readonly OnDemandThroughput?: OnDemandThroughputParameter
  readonly WarmThroughput?: WarmThroughputParameter
  readonly ReplicaUpdates?: readonly unknown[]
  readonly GlobalTableWitnessUpdates?: readonly unknown[]
  readonly MultiRegionConsistency?: string
}
